/** The frame of every page: head, masthead with sections and search, foot with language and theme. */
import { html, type Markup } from './markup.ts';
import { LANGUAGES, type Preferences, THEMES } from './preferences.ts';
import { SCRIPT_HREF } from './script.ts';
import { FILES_POLICIES } from './security.ts';
import { STYLE_HREF } from './style.ts';
import { type Words, wordsIn } from './words.ts';

/** The sections that the masthead names, with their addresses. */
export const SECTIONS = {
  front: '/',
  calendar: '/calendar',
  people: '/people',
  topics: '/topics',
  changes: '/changes',
  coverage: '/coverage',
  audit: '/audit',
  state: '/run',
} as const satisfies Partial<Record<keyof Words, string>>;

type Section = keyof typeof SECTIONS;

/**
 * What carries the pages: a server, or files that no program answers for. In files there is nothing that has to be asked
 * for, and their head says what a server says with the answer.
 */
export type Medium = 'server' | 'files';

/** They show what runs do now, and what the archive lacks today. */
const OF_SERVERS: readonly Section[] = ['coverage', 'audit', 'state'];

export interface PageFrame {
  /** Of the window; null for the front page. */
  readonly title: string | null;
  /** The section that the page is; null where it is none. */
  readonly section: Section | null;
  readonly preferences: Preferences;
  /** The address that was asked for. */
  readonly url: URL;
  readonly medium: Medium;
  readonly content: Markup;
  /** What the form for signing out sends along; null where nobody has signed in. */
  readonly formToken: string | null;
  /** What the head says besides, such as the page's feed. */
  readonly head?: Markup;
  /** Width of the content: a column of text, or lists and tables. */
  readonly width?: 'text' | 'wide';
  /** False for a page with markup of the site, which has no script at all. */
  readonly isScripted?: boolean;
}

/** The whole page. */
export function page({
  title,
  section,
  preferences,
  url,
  medium,
  content,
  head,
  width = 'wide',
  isScripted = true,
  formToken,
}: PageFrame): Markup {
  const words = wordsIn(preferences.language);
  const window = title === null ? words.name : `${title} · ${words.name}`;
  return html`<!doctype html>
<html lang="${words.locale}" data-theme="${preferences.theme}">
<head>
<meta charset="utf-8">
${medium === 'server' ? null : metaPolicy(isScripted)}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${window}</title>
<link rel="stylesheet" href="${STYLE_HREF}">
${isScripted ? html`<script defer src="${SCRIPT_HREF}"></script>\n` : null}
<link rel="icon" type="image/svg+xml" href="/static/icon.svg">
<link rel="alternate" type="application/atom+xml" title="${words.name}" href="/feeds/atom.xml">
<link rel="alternate" type="application/atom+xml" title="${words.changes}" href="/feeds/changes/atom.xml">
${head ?? null}</head>
<body>
<a class="skip" href="#content">${words.skip}</a>
<header class="masthead">
<p class="name"><a href="/">${words.name}</a></p>
${sections(words, section, medium)}
${url.pathname === '/search' ? null : searchForm(words)}
</header>
<main id="content" class="${width}" tabindex="-1">
${content}
</main>
${foot(words, preferences, { url, medium, formToken })}
</body>
</html>
`;
}

/** Before all that it holds for. */
function metaPolicy(isScripted: boolean): Markup {
  return html`<meta http-equiv="Content-Security-Policy" content="${FILES_POLICIES[isScripted ? 'page' : 'article']}">
<meta name="referrer" content="no-referrer">
`;
}

function sections(words: Words, here: Section | null, medium: Medium): Markup {
  const all = Object.entries(SECTIONS) as [Section, string][];
  const entries = medium === 'server' ? all : all.filter(([name]) => !OF_SERVERS.includes(name));
  return html`<nav class="sections" aria-label="${words.menu}"><ul>
${entries.map(
  ([name, href]) =>
    html`<li><a href="${href}"${name === here ? html` aria-current="page"` : null}>${words[name]}</a></li>\n`,
)}</ul></nav>`;
}

/** The page of the search has its own. */
function searchForm(words: Words): Markup {
  return html`<form class="search" role="search" action="/search"><input type="search" name="q" maxlength="1000" aria-label="${words.searchFor}" placeholder="${words.searchFor}" autocomplete="off" enterkeyhint="search"><button>${words.search}</button></form>`;
}

function foot(
  words: Words,
  { language, theme }: Preferences,
  { url, medium, formToken }: Pick<PageFrame, 'url' | 'medium' | 'formToken'>,
): Markup {
  const other = LANGUAGES.find((each) => each !== language) ?? language;
  return html`<footer class="foot">
<p>${medium === 'server' ? words.foot : words.footOfFiles}</p>
<p class="switches"><a href="${withQuery(url, 'lang', other)}" lang="${wordsIn(other).locale}" hreflang="${other}">${words.otherLanguage}</a>${medium === 'server' ? themes(words, theme, url) : null}</p>
${
  formToken === null
    ? null
    : html`<form method="post" action="/logout"><input type="hidden" name="token" value="${formToken}"><button>${words.signOut}</button></form>`
}</footer>`;
}

function themes(words: Words, theme: Preferences['theme'], url: URL): Markup {
  return html`
<span>${words.theme}</span>${THEMES.map(
    (each) =>
      html` <a href="${withQuery(url, 'theme', each)}"${each === theme ? html` aria-current="true"` : null}>${words.themes[each]}</a>`,
  )}`;
}

/** The same page with one parameter set. */
export function withQuery(url: URL, name: string, value: string): string {
  const query = new URLSearchParams(url.search);
  query.set(name, value);
  return `${url.pathname}?${query}`;
}
