/** What the site edited, withdrew and had again, the newest first. */
import type { ArticleChange } from '../archive/changes.ts';
import { onSiteClock } from '../site/clock.ts';
import { articleHref } from './article.ts';
import { dayAndMinute } from './article-page.ts';
import { html, type Markup } from './markup.ts';
import { withQuery } from './shell.ts';
import type { Words } from './words.ts';

/** @param before where the next page goes on; null at the end */
export function changesContent(
  changes: readonly ArticleChange[],
  { before, url, hasLetters }: { readonly before: string | null; readonly url: URL; readonly hasLetters: boolean },
  words: Words,
): Markup {
  return html`<h1>${words.changes}</h1>
${hasLetters ? html`<p><a href="/letters">${words.letter}</a></p>\n` : null}${
  changes.length === 0
    ? html`<p class="empty">${words.noChanges}</p>`
    : html`<ol class="events">
${changes.map((each) => entry(each, words))}</ol>`
}
${before === null ? null : html`<nav class="pager" aria-label="${words.pages}"><span></span><a rel="next" href="${withQuery(url, 'before', before)}">${words.older} →</a></nav>`}`;
}

export function entry(change: ArticleChange, words: Words): Markup {
  const { at, id, title, what } = change;
  const href = articleHref(id);
  const shown = dayAndMinute(onSiteClock(at));
  return html`<li class="${what}"><time datetime="${at}">${shown}<small> ${words.siteClock}</small></time><div><p><a href="${href}" lang="zh-Hans"><bdi>${title === '' ? words.untitled : title}</bdi></a></p>
<p><b>${words.what[what]}</b>${detail(change, href, words)}</p></div></li>
`;
}

function detail(change: ArticleChange, href: string, words: Words): Markup {
  if (change.what === 'returned') return html``;
  if (change.what === 'withdrawn') return html` <span class="quiet">${change.evidence.join('; ')}</span>`;
  const { version, kinds } = change;
  return html` · ${kinds.map((kind) => words.kinds[kind]).join(' · ')} <span class="quiet">${editedBy(change, words)}</span> <a href="${href}/diff?from=${version - 1}&amp;to=${version}">${words.compare}</a>`;
}

/** An edit in figures. */
export function editedBy({ changes }: Extract<ArticleChange, { readonly what: 'edited' }>, words: Words): string {
  if (changes === null) return '';
  const { title, body } = changes;
  return words.characters(title.added + body.added, title.removed + body.removed);
}
