/** Lists of articles as pages show them: the front page by day, one day, one name, with small pictures. */
import { parseKey } from '../archive/keys.ts';
import type { LabelCount } from '../catalog/catalog.ts';
import type { CatalogArticle, LeadPicture } from '../catalog/entry.ts';
import { articleHref } from './article.ts';
import { separated } from './article-page.ts';
import type { ArticleList, DayOfArticles } from './lists.ts';
import { html, type Markup } from './markup.ts';
import { pictureHref } from './pictures.ts';
import { withQuery } from './shell.ts';
import { number, type Words } from './words.ts';

/** Days one below the other, the newest first. @param before what stands above them */
export function daysContent(list: ArticleList, url: URL, words: Words): Markup {
  if (list.days.length === 0) return html`<p class="empty">${words.nothing}</p>`;
  return html`${list.days.map((day, i) => dayOfArticles(day, i === 0 && !url.searchParams.has('after'), words))}${pager(list.next, url, words)}`;
}

function dayOfArticles({ day, articles }: DayOfArticles, isFirst: boolean, words: Words): Markup {
  const leading = isFirst
    ? articles.find(({ lead }) => lead !== null && lead.width >= WIDE && lead.width > lead.height)
    : undefined;
  const others = articles.filter((each) => each !== leading);
  return html`<section class="day">
<h2><a class="plain" href="/days/${day}">${dayInWords(day, words)}</a></h2>
${leading === undefined ? null : item(leading, words, 'leading')}<ol class="items">
${others.map((each) => item(each, words))}</ol>
</section>
`;
}

/** A picture that is as wide can head a page. In pixels. */
const WIDE = 500;

/**
 * One below the other, without days; each with its day instead.
 * @param items `name` is the title with its marks; `extra` stands in place of the summary
 */
export function itemsContent(
  items: readonly { readonly article: CatalogArticle; readonly name: Markup; readonly extra: Markup | null }[],
  words: Words,
): Markup {
  return html`<ol class="items dated">
${items.map(({ article, ...shown }) => item(article, words, 'dated', shown))}</ol>`;
}

/** @param form `leading` is large and stands alone; `dated` prints the day as well */
function item(
  article: CatalogArticle,
  words: Words,
  form: 'plain' | 'leading' | 'dated' = 'plain',
  { name, extra }: { readonly name: Markup | null; readonly extra: Markup | null } = { name: null, extra: null },
): Markup {
  const { id, title, lead, publishedAt, summary } = article;
  const href = articleHref(id);
  const picture = lead === null ? null : leadPicture(lead);
  const day = form === 'dated' ? publishedAt.slice(0, 10) : null;
  const clock = article.precision === 'day' ? null : publishedAt.slice(11, 16);
  const when = [day, clock].filter((each) => each !== null).join(' ');
  const meta = [
    ...(when === '' ? [] : [html`<time datetime="${publishedAt}">${when}</time>`]),
    ...whose(article, words),
    ...states(article, words),
  ];
  const link = html`<a href="${href}"><bdi>${title === '' ? words.untitled : (name ?? title)}</bdi></a>`;
  // Below a day it is a heading of the third rank.
  const heading = form === 'dated' ? html`<h2 lang="zh-Hans">${link}</h2>` : html`<h3 lang="zh-Hans">${link}</h3>`;
  const inside = html`<div>${heading}
${form === 'plain' || summary === null || extra !== null ? null : html`<p class="summary" lang="zh-Hans">${summary}</p>\n`}${extra}<p class="meta">${separated(meta)}</p></div>${picture}`;
  return form === 'leading'
    ? html`<div class="item leading">${inside}</div>\n`
    : html`<li class="item">${inside}</li>\n`;
}

function whose({ columnists, staff, source, list, id }: CatalogArticle, words: Words): readonly Markup[] {
  const names = [...columnists.map(({ name }) => name), ...staff].slice(0, 3);
  const people = names.length === 0 ? [] : [html`<bdi>${names.join('、')}</bdi>`];
  const place = id.startsWith('fengwen:') ? words.post : (list ?? source);
  return place === null ? people : [...people, html`<bdi>${place}</bdi>`];
}

function states(
  { versions, withdrawnSince, movedTo, pictures, flags }: CatalogArticle,
  words: Words,
): readonly Markup[] {
  return [
    ...(pictures > 1 ? [html`<span>${words.countPictures(pictures)}</span>`] : []),
    ...(versions > 1 ? [html`<span class="state">${words.versionCount(versions)}</span>`] : []),
    ...(withdrawnSince === null ? [] : [html`<span class="state">${words.withdrawn}</span>`]),
    ...(movedTo === null ? [] : [html`<span class="state">${words.movedAway}</span>`]),
    ...(flags.length === 0 ? [] : [html`<span>${words.flags} ${flags.length}</span>`]),
  ];
}

function leadPicture({ key, width, height }: LeadPicture): Markup | null {
  const parsed = parseKey(key);
  if (parsed?.kind !== 'picture') return null;
  const size = width > 0 && height > 0 ? html` width="${width}" height="${height}"` : null;
  return html`<img src="${pictureHref(parsed.sha256, parsed.type)}" alt=""${size} loading="lazy" decoding="async">`;
}

/** Where a list goes on, and back to its beginning. */
export function pager(next: string | null, url: URL, words: Words): Markup | null {
  const isBegun = url.searchParams.has('after');
  if (next === null && !isBegun) return null;
  const start = new URL(url);
  start.searchParams.delete('after');
  return html`<nav class="pager" aria-label="${words.pages}">${
    isBegun ? html`<a href="${start.pathname}${start.search}">${words.newestFirst}</a>` : html`<span></span>`
  }${next === null ? null : html`<a rel="next" href="${withQuery(url, 'after', next)}">${words.older} →</a>`}</nav>`;
}

/** Names by which a list may be narrowed down, each a link. */
export function narrowing(
  label: string,
  {
    names,
    chosen,
    href,
  }: {
    readonly names: readonly LabelCount[];
    readonly chosen: string | null;
    readonly href: (name: string | null) => string;
  },
  words: Words,
): Markup | null {
  if (names.length === 0) return null;
  const entry = (name: string | null, text: Markup) =>
    html`<li><a href="${href(name)}"${name === chosen ? html` aria-current="true"` : null}>${text}</a></li>\n`;
  return html`<div class="narrowing"><span>${label}</span><ul>
${entry(null, html`${words.all}`)}${names.map(({ name, articles }) => entry(name, html`<bdi>${name}</bdi> <small>${number(articles, words)}</small>`))}</ul></div>`;
}

/** `2026年10月14日星期三`. */
export function dayInWords(day: string, { locale }: Words): string {
  const at = new Date(`${day}T00:00:00Z`);
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }).format(at);
}
