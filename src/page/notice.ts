/**
 * What can stand in an article's own frame and is not its text. No article has such a body: one that speaks of nothing but
 * the page itself, or data. A text that shares nothing with its headline may still be the article's: it is kept, in doubt.
 */
import { DENIAL, NOTICES, OF_THE_PAGE, TO_THE_READER, WORDS_OF_NOTICES } from '../site/notices.ts';
import { MEDIA } from './column.ts';
import { readSummary, readTitle } from './fields.ts';
import type { FoundArticle } from './find-article.ts';
import { elementsBelow } from './html.ts';
import { bareText, shingles } from './likeness.ts';
import { linesOf } from './lines.ts';
import type { ParsedPage } from './page.ts';

export interface Notice {
  /** One of the notices, data that a script would have read, or a line that is of none of these and not of the article. */
  readonly kind: keyof typeof NOTICES | 'data' | 'foreign';
  /** What is there instead, in its own words. */
  readonly text: string;
}

/** In characters; news of one sentence is as short, but names somebody or something. */
const LONGEST_NOTICE = 80;
const MOST_LINES = 3;
/** So much of a notice is of its own few words. */
const LEAST_COVERED = 0.85;
/** That speaks of the page and to its reader, and shares no pair of characters with headline, summary or share settings. */
const LEAST_COVERED_OF_STRANGE = 0.5;

/** Null for a body that may be the article's. */
export function readNotice(page: ParsedPage, found: FoundArticle): Notice | null {
  const lines = linesOf(found.body.contents());
  const text = lines.join(' ');
  if (/^[[{]\s*["[{]/.test(text) && /[\]}]$/.test(text)) return { kind: 'data', text: clipped(text) };
  const title = readTitle(found) ?? '';
  const names = [title, readSummary(page), ...shareTexts(page)];
  if (lines.length > MOST_LINES || text.length > LONGEST_NOTICE) return null;
  const kind = kindOfNotice(title === '' ? text : text.replaceAll(title, ''), names);
  return kind === null || hasMedia(found, kind) ? null : { kind, text };
}

function clipped(text: string): string {
  return text.length > LONGEST_NOTICE ? `${text.slice(0, LONGEST_NOTICE)}…` : text;
}

/** `bdText` and `bdDesc` of the share settings (site.md, 2.3). */
function shareTexts({ html }: ParsedPage): readonly string[] {
  return [...html.matchAll(/\bbd(?:Text|Desc)\s*:\s*(?:'([^'\n]{0,500})'|"([^"\n]{0,500})")/g)].map(
    ([, single, double]) => single ?? double ?? '',
  );
}

/**
 * What shows something without text makes a body; beside a notice of withdrawal only what was uploaded, no drawing of a
 * page that is not there.
 */
function hasMedia({ body }: FoundArticle, kind: Notice['kind']): boolean {
  const media = elementsBelow(body.toArray()).filter(({ name }) => MEDIA.has(name));
  return kind === 'withdrawn'
    ? media.some(({ name, attribs }) => name !== 'img' || /\d{8}|[0-9a-f]{16}/.test(attribs.src ?? ''))
    : media.length > 0;
}

/** @param text without the headline, if that is named in it */
function kindOfNotice(text: string, names: readonly (string | null)[]): Notice['kind'] | null {
  const bare = bareText(text);
  if (/我(?!们)/.test(bare)) return null; // somebody tells of himself
  const covered = 1 - bare.replace(WORDS_OF_NOTICES, '').length / Math.max(1, bare.length);
  if (covered < LEAST_COVERED_OF_STRANGE) return null;
  const kinds = Object.keys(NOTICES) as (keyof typeof NOTICES)[];
  const sign = kinds.find((kind) => NOTICES[kind].test(bare)) ?? (DENIAL.test(bare) ? 'withdrawn' : null);
  if (covered >= LEAST_COVERED) return sign;
  const said = names.map((name) => bareText(name ?? '')).join('\n');
  const isStrange = [...shingles(bare, 2)].every((pair) => !said.includes(pair));
  return isStrange && OF_THE_PAGE.test(bare) && TO_THE_READER.test(bare) ? (sign ?? 'foreign') : null;
}
