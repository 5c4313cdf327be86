/** Does the page print one time of publication, and do its other dates agree with it? */
import { type Flag, flag } from '../../flags.ts';
import { readClock } from '../dates.ts';
import { readTimes } from '../fields.ts';
import { inColumn } from '../layouts/find-article.ts';
import { searchEngineData } from '../share-picture.ts';
import { oneLine } from '../text.ts';
import type { Reading } from './reading.ts';

const HOUR_MS = 3_600_000;
/** Usually an article appears on the day of its address; a day or two between them occur (site.md, 1.1). */
export const FAR_MS = 72 * HOUR_MS;

export function checkTimes(reading: Reading): readonly Flag[] {
  const { first, found, article, address } = reading;
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
  return [...flags, ...againstData(reading, at)];
}

/** The date for the search engine is the last update (site.md, 2.3): never before the publication. */
function againstData({ first, found }: Reading, at: number): readonly Flag[] {
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
