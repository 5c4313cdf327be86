/** Checks of page and fields: one article of one layout, the one that was asked for, and fields that agree. */
import { type Flag, flag } from '../flags.ts';
import { readClock } from '../site/clock.ts';
import type { CheckInput } from './check-input.ts';
import { nameOf } from './column.ts';
import { readTimes } from './fields.ts';
import { inColumn } from './find-article.ts';
import { type Element, elementsBelow, oneLine } from './html.ts';

/** Further layouts, further articles, a torn column, another article's address, labels of the encoding. */
export function checkPage(input: CheckInput): readonly Flag[] {
  const { found, parts } = input;
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
  const doubt = parts.map(({ encodingDoubt }) => encodingDoubt).find((each) => each !== null);
  if (doubt) flags.push(flag('encoding-disagrees', doubt));
  return flags;
}

/** What stands in every article once, and never in its body. */
function isOfAnArticle({ name, attribs }: Element): boolean {
  const classes = ` ${attribs.class ?? ''} `;
  return / (?:all-txt|article-txt-content) /.test(classes) || (name === 'div' && / time fix /.test(classes));
}

/** The headline is one. */
export function checkTitle({ article: { title } }: CheckInput): readonly Flag[] {
  return isSuspectTitle(title) ? [flag('title-suspect', title)] : [];
}

/** True for the name of the site, and for next to nothing. */
export function isSuspectTitle(title: string): boolean {
  return /^(?:观察者网|风闻(?:社区)?|首页|无标题)$/.test(title) || title.replace(/\s+/g, '').length < 2;
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
  return flags;
}
