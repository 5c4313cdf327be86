/** The search: the form with its ways of writing, and what was found. */
import type { CatalogArticle } from '../catalog/entry.ts';
import type { SnippetPiece } from '../catalog/snippet.ts';
import { itemsContent, pager } from './list-page.ts';
import type { ArticleList } from './lists.ts';
import { html, type Markup } from './markup.ts';
import { withQuery } from './shell.ts';
import { number, type Words } from './words.ts';

/** An article that was found, and what of it. */
export interface Hit {
  readonly article: CatalogArticle;
  readonly title: readonly SnippetPiece[];
  /** Null where no words were asked for. */
  readonly snippet: readonly SnippetPiece[] | null;
}

export interface SearchShown {
  readonly text: string;
  readonly sort: 'newest' | 'best';
  /** Null where nothing was asked for. */
  readonly answer: (Omit<ArticleList, 'days'> & { readonly hits: readonly Hit[] }) | null;
  /** What is wrong with the query; null where nothing is. */
  readonly fault: string | null;
}

export function searchContent({ text, sort, answer, fault }: SearchShown, url: URL, words: Words): Markup {
  return html`<h1>${words.search}</h1>
<form class="large search" role="search" action="/search"><input type="search" name="q" value="${text}" maxlength="1000" aria-label="${words.searchFor}" placeholder="${words.searchPlaceholder}" autocomplete="off"><button>${words.search}</button></form>
${fault === null ? null : html`<p class="notice" role="alert">${fault}</p>`}
${answer === null ? null : found(answer, sort, url, words)}
${help(words)}`;
}

function found(
  { hits, total, isMore, isPartlyRanked, next }: NonNullable<SearchShown['answer']>,
  sort: SearchShown['sort'],
  url: URL,
  words: Words,
): Markup {
  if (hits.length === 0) return html`<p class="empty" role="status">${words.nothingFound}</p>`;
  const count = number(total, words);
  const howMany = isPartlyRanked ? words.bestOfNewest(count) : isMore ? words.moreThan(count) : words.hits(count);
  const sorted = (each: SearchShown['sort'], label: string) => {
    const start = new URL(url);
    start.searchParams.delete('after');
    return html`<a href="${withQuery(start, 'sort', each)}"${each === sort ? html` aria-current="true"` : null}>${label}</a> `;
  };
  return html`<div class="bar"><p role="status">${howMany}</p><p class="views">${sorted('newest', words.newestFirst)}${sorted('best', words.bestFirst)}</p></div>
${itemsContent(
  hits.map(({ article, title, snippet }) => ({
    article,
    name: marked(title),
    extra: snippet === null ? null : html`<p class="summary" lang="zh-Hans">${marked(snippet)}</p>`,
  })),
  words,
)}
${pager(next, url, words)}`;
}

function marked(pieces: readonly SnippetPiece[]): Markup {
  return html`${pieces.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : html`${text}`))}`;
}

/** The search that a script does in the browser: the form, and the pieces that the script fills and shows. */
export function searchOfFiles(words: Words): Markup {
  const blank = { ...NO_ARTICLE, title: ' ' };
  return html`<h1>${words.search}</h1>
<form class="large search" role="search" action="/search"><input type="search" name="q" maxlength="1000" aria-label="${words.searchFor}" placeholder="${words.searchPlaceholder}" autocomplete="off"><button>${words.search}</button></form>
<noscript><p class="notice">${words.searchNeedsScript}</p></noscript>
<div id="found" data-none="${words.nothingFound}" data-short="${words.searchTooShort}" data-busy="${words.searching}" data-fault="${words.searchFault}" data-untitled="${words.untitled}" data-one="${words.hits('1')}" data-all="${words.hits('#')}" data-more="${words.moreThan('#')}">
<p role="status"></p>
<div class="hits"></div>
<p><button type="button" hidden>${words.searchOn}</button></p>
<template>${itemsContent([{ article: blank, name: html` `, extra: html`<p class="summary" lang="zh-Hans"></p>` }], words)}</template>
</div>
${help(words, words.searchForms.slice(0, FORMS_OF_FILES))}`;
}

/** Without those of filters. */
const FORMS_OF_FILES = 3;

/** The form of an item, to be filled. */
const NO_ARTICLE: CatalogArticle = {
  key: '',
  id: 'guancha:1',
  url: '',
  title: '',
  originalTitle: null,
  publishedAt: '1970-01-01T00:00:00+08:00',
  precision: 'second',
  updatedAt: null,
  source: null,
  list: null,
  columnists: [],
  staff: [],
  byline: null,
  editors: [],
  keywords: [],
  topic: null,
  summary: null,
  flags: [],
  versions: 1,
  withdrawnSince: null,
  movedTo: null,
  pictures: 0,
  lead: null,
  bytes: 0,
  characters: 0,
  firstCapturedAt: '',
  changedAt: '',
};

/** Ways to write a query, each with what it finds. */
function help(words: Words, forms: Words['searchForms'] = words.searchForms): Markup {
  return html`<details class="help"><summary>${words.searchHelp}</summary><dl class="facts">
${forms.map(([form, meaning]) => html`<dt><code>${form}</code></dt><dd>${meaning}</dd>\n`)}</dl></details>`;
}
