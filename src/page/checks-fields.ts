/** Checks of page and fields: one article of one layout, the one that was asked for, and fields that agree. */
import { type Flag, flag } from '../flags.ts';
import type { Listed } from '../model.ts';
import { readClock } from '../site/clock.ts';
import { type CheckInput, comparableText } from './check-input.ts';
import { nameOf } from './column.ts';
import { ownNumber, readTimes, searchEngineData } from './fields.ts';
import { inColumn } from './find-article.ts';
import { type Element, elementsBelow, oneLine } from './html.ts';

/** Further layouts, further articles, a torn column, another article's address, labels of the encoding. */
export function checkPage(input: CheckInput): readonly Flag[] {
  const { first, found, parts } = input;
  const { layout, column, body, rivals } = found;
  const flags: Flag[] = [];
  const others = rivals.filter((name) => name !== layout.name);
  if (others.length > 0) flags.push(flag('two-layouts', [layout.name, ...others].join(', ')));
  if (rivals.includes(layout.name)) flags.push(flag('second-article', `another column ${layout.column}`));
  const inner = elementsBelow(body.toArray()).find(isOfAnArticle);
  if (inner !== undefined) flags.push(flag('second-article', `${nameOf(inner)} inside the body`));
  const torn = [...layout.always, ...(layout.end === null ? [] : [layout.end])].find(
    (block) => inColumn(column, block).length === 0,
  );
  if (torn !== undefined) flags.push(flag('torn-column', `no ${torn} in the column`));
  const own = ownNumber(first);
  const asked = /\d+$/.exec(input.address.id)?.[0];
  if (own !== null && own !== asked) flags.push(flag('address-disagrees', `asked for ${asked}, the page says ${own}`));
  const doubt = parts.map(({ encodingDoubt }) => encodingDoubt).find((each) => each !== null);
  if (doubt) flags.push(flag('encoding-disagrees', doubt));
  return flags;
}

/** What stands in every article once, and never in its body. */
function isOfAnArticle({ name, attribs }: Element): boolean {
  const classes = ` ${attribs.class ?? ''} `;
  return / (?:all-txt|article-txt-content) /.test(classes) || (name === 'div' && / time fix /.test(classes));
}

// The headline: it is one, and agrees with the title of the page.

/**
 * The page's `<title>` is the headline (site.md, 2.3); the name of the site may follow it, and the columnist may stand in
 * front of either.
 */
export function checkTitle({ first, article }: CheckInput): readonly Flag[] {
  const { title } = article;
  const flags: Flag[] = [];
  if (isSuspectTitle(title)) flags.push(flag('title-suspect', title));
  const printed = first.$.root().children('html').children('head').children('title').first().text();
  const page = withoutSite(solid(printed));
  if (page !== '' && !sameTitle(solid(title), page)) flags.push(flag('title-mismatch', printed));
  return flags;
}

/** True for the name of the site, and for next to nothing. */
export function isSuspectTitle(title: string): boolean {
  return /^(?:观察者网|风闻(?:社区)?|首页|无标题)$/.test(title) || solid(title).length < 2;
}

/** True if two titles, white space left out, differ by nothing but `作者：` in front of one of them. */
function sameTitle(a: string, b: string): boolean {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  return long.endsWith(short) && /^(?:|.{1,30}[：:])$/.test(long.slice(0, long.length - short.length));
}

function solid(text: string): string {
  return text.replace(/\s+/g, '');
}

/** @param title without white space */
function withoutSite(title: string): string {
  return title.replace(/[-_—|](?:观察者网|风闻).*$/, '');
}

// Times: the page prints one time of publication, and its other dates agree with it.

const HOUR_MS = 3_600_000;
/** Usually an article appears on the day of its address; a day or two between them occur (site.md, 1.1). */
export const FAR_MS = 72 * HOUR_MS;

export function checkTimes(input: CheckInput): readonly Flag[] {
  const { first, found, article, address } = input;
  const flags: Flag[] = [];
  const { fetchedAt } = first.page;
  const printed = readTimes(found).published;
  if (printed === null) flags.push(flag('no-time', `nothing at ${found.layout.fields.times}`));
  else if (article.clock.published === null)
    flags.push(flag(/^(?:来源|字号|最后更新)/.test(printed) ? 'no-time' : 'unreadable-time', printed));

  const times = inColumn(found.column, found.layout.fields.times);
  const clocks = times.toArray().map((_, i) => oneLine(times.eq(i).text()));
  const read = clocks.filter((text) => readClock(text, fetchedAt) !== null);
  if (read.length > 1) flags.push(flag('two-times', read.join(', ')));

  if (article.clock.published === null) return flags;
  const at = Date.parse(article.publishedAt);
  if (address.date !== null && Math.abs(at - Date.parse(`${address.date}T12:00:00+08:00`)) > FAR_MS)
    flags.push(flag('date-far', `${article.clock.published}, address ${address.date}`));
  if (at > Date.parse(fetchedAt) + HOUR_MS) flags.push(flag('time-disagrees', `${article.publishedAt} is to come`));
  if (article.updatedAt !== null && Date.parse(article.updatedAt) < at)
    flags.push(flag('time-disagrees', `updated ${article.clock.updated}, published ${article.clock.published}`));
  return [...flags, ...againstData(input, at)];
}

/** The date for the search engine is the last update (site.md, 2.3): never before the publication. */
function againstData({ first, found }: CheckInput, at: number): readonly Flag[] {
  const data = searchEngineData(first);
  const printed = /"pubDate"\s*:\s*"([^"]+)"/.exec(data)?.[1];
  const updated = readTimes(found).updated;
  const read = printed === undefined ? null : readClock(printed, first.page.fetchedAt);
  if (printed === undefined || read === null) return [];
  const late = updated === null ? null : readClock(updated, first.page.fetchedAt);
  const early = Date.parse(read.at) < at - HOUR_MS;
  const unlikeUpdate = late !== null && Math.abs(Date.parse(read.at) - Date.parse(late.at)) > 24 * HOUR_MS;
  return early || unlikeUpdate ? [flag('time-disagrees', `pubDate ${printed}`)] : [];
}

// The list that led to the article shows it as its page does.

/**
 * Lists print the headline without the columnist, cut short at times, the minute of publication, words of the summary or
 * of the first paragraphs, and a picture of their own (site.md, 3.1).
 */
export function checkList(input: CheckInput): readonly Flag[] {
  const { listed } = input.others;
  if (listed === null) return [];
  return [
    ...(showsTitle(listed, input) ? [] : [flag('list-disagrees', `title ${listed.title}`)]),
    ...(showsTime(listed, input) ? [] : [flag('list-disagrees', `time ${listed.time}`)]),
    ...(showsSummary(listed, input) ? [] : [flag('list-disagrees', `summary ${listed.summary}`)]),
    ...(pictureIsNear(listed, input) ? [] : [flag('list-picture-far', `${listed.picture}`)]),
  ];
}

function showsTitle({ title }: Listed, { article }: CheckInput): boolean {
  if (title === null) return true;
  const [printed, headline] = [comparableText(title), comparableText(article.title)];
  const cut = /^(.+?)(?:…+|\.{3,})$/.exec(printed)?.[1];
  return cut === undefined ? sameTitle(printed, headline) : headline.includes(cut);
}

function showsTime({ time }: Listed, { article, first }: CheckInput): boolean {
  const printed = time === null ? null : readClock(time, first.page.fetchedAt);
  if (printed === null || printed.precision === 'approximate' || article.clock.published === null) return true;
  return [article.publishedAt, article.updatedAt].some((at) =>
    at === null
      ? false
      : printed.precision === 'day'
        ? at.slice(0, 10) === printed.at.slice(0, 10)
        : Math.abs(Date.parse(at) - Date.parse(printed.at)) <= HOUR_MS,
  );
}

/** An edited text keeps most pairs of neighbouring characters of its summary, another text has few of them. */
const LEAST_SHARED = 0.5;
/** A summary shorter than this proves too little. */
const LEAST_PAIRS = 12;

function showsSummary({ summary }: Listed, { article, bodies }: CheckInput): boolean {
  const wanted = new Set(pairsIn(summary ?? ''));
  if (wanted.size < LEAST_PAIRS) return true;
  const lines = bodies.flatMap((body) => body.lines);
  const there = new Set<string>();
  for (const pair of pairsIn([article.title, article.summary ?? '', ...lines].join(''))) {
    if (wanted.has(pair)) there.add(pair);
  }
  return there.size >= wanted.size * LEAST_SHARED;
}

function* pairsIn(text: string): Generator<string, void> {
  const plain = comparableText(text).replace(/[\p{P}\p{S}]/gu, '');
  for (let i = 0; i + 1 < plain.length; i++) yield plain.slice(i, i + 2);
}

/** So long before or after the publication the picture of a list may have been uploaded. */
const UPLOAD_FAR_MS = 30 * 24 * HOUR_MS;

/** Names of uploaded pictures begin with their day (site.md, 5). A picture that the page itself shows is near. */
function pictureIsNear({ picture }: Listed, { article }: CheckInput): boolean {
  const [, year, month, day] = /\/(\d{4})(\d{2})(\d{2})\d{9}\.\w+/.exec(picture ?? '') ?? [];
  const uploaded = Date.parse(`${year}-${month}-${day}T12:00:00+08:00`);
  if (picture === null || Number.isNaN(uploaded) || article.precision === 'approximate') return true;
  const nameOf = (src: string) => /[^/?!]+\.\w+(?=[?!]|$)/.exec(src)?.[0];
  const own = [article.sharePicture, ...article.images.map(({ src }) => src)];
  if (own.some((src) => src !== null && nameOf(src) === nameOf(picture))) return true;
  return Math.abs(uploaded - Date.parse(article.publishedAt)) <= UPLOAD_FAR_MS;
}
