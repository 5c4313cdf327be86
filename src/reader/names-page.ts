/** Names that articles have in common: people and topics, and the articles of one. */
import type { LabelCount } from '../catalog/catalog.ts';
import { html, type Markup } from './markup.ts';
import { withQuery } from './shell.ts';
import { number, type Words } from './words.ts';

/** The kinds of names that have a page, by the first part of its address. */
export const NAMED = { people: 'author', topics: 'topic' } as const;

export type Named = keyof typeof NAMED;

/** @param offset of the first name among all; `isMore` where others follow */
export function namesContent(
  kind: Named,
  {
    names,
    offset,
    isMore,
    url,
  }: { readonly names: readonly LabelCount[]; readonly offset: number; readonly isMore: boolean; readonly url: URL },
  words: Words,
): Markup {
  const entries = names.map(
    ({ name, articles }) =>
      html`<li><a href="${nameHref(kind, name)}"><bdi>${name}</bdi></a> <small class="quiet">${number(articles, words)}</small></li>\n`,
  );
  const turn = (to: number, text: string) => html`<a href="${withQuery(url, 'offset', String(to))}">${text}</a>`;
  return html`<h1>${words[kind]}</h1>
${
  names.length === 0
    ? html`<p class="empty">${words.nothing}</p>`
    : html`<ul class="names" lang="zh-Hans">
${entries}</ul>`
}
${
  offset === 0 && !isMore
    ? null
    : html`<nav class="pager" aria-label="${words.pages}">${offset > 0 ? turn(Math.max(0, offset - names.length), `← ${words.newer}`) : html`<span></span>`}${isMore ? turn(offset + names.length, `${words.older} →`) : null}</nav>`
}`;
}

/** The address of a name's page. */
export function nameHref(kind: Named, name: string): string {
  return `/${kind}/${encodeURIComponent(name)}`;
}
