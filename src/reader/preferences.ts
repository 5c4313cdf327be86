/** How a visitor wants the pages: language and theme, from the address, a cookie, or what the browser says. */

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** `auto` follows the system. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

/** What a request says of them; null where it says nothing. */
interface Asked {
  /** `?lang=` and `?theme=`. */
  readonly query: (name: string) => string | undefined;
  readonly cookie: (name: string) => string | undefined;
  readonly acceptLanguage: string | undefined;
}

/** The address decides, then the cookie, then the browser. What is none of the values counts as not said. */
export function preferencesOf({ query, cookie, acceptLanguage }: Asked): Preferences {
  const language = oneOf(LANGUAGES, query('lang')) ?? oneOf(LANGUAGES, cookie('lang'));
  const theme = oneOf(THEMES, query('theme')) ?? oneOf(THEMES, cookie('theme'));
  return { language: language ?? accepted(acceptLanguage ?? ''), theme: theme ?? 'auto' };
}

function oneOf<T extends string>(values: readonly T[], text: string | undefined): T | null {
  return values.find((value) => value === text) ?? null;
}

/** Chinese where the browser wants it, or no language that there is (RFC 9110, 12.5.4). */
function accepted(header: string): Language {
  const wanted = header
    .slice(0, LONGEST_HEADER)
    .split(',')
    .flatMap((part) => {
      const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = Number(parameters.find((each) => each.trim().startsWith('q='))?.split('=')[1] ?? 1);
      const language = oneOf(LANGUAGES, range.split('-')[0]);
      return language === null || !(quality > 0) ? [] : [{ language, quality }];
    })
    .sort((a, b) => b.quality - a.quality);
  return wanted[0]?.language ?? 'zh';
}

const LONGEST_HEADER = 500;
