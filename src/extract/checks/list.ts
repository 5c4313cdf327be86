/** Does the list that led to the article show it as its page does? */
import { type Flag, flag } from '../../flags.ts';
import { readClock } from '../dates.ts';
import { comparableText } from './characters.ts';
import type { Reading } from './reading.ts';
import { sameTitle } from './title.ts';

const HOUR_MS = 3_600_000;

/** Lists print the headline without the columnist, cut short at times, and the minute of publication (site.md, 3.1). */
export function checkList({ others, article, first }: Reading): readonly Flag[] {
  const { listTitle = null, listTime = null } = others.listed ?? {};
  const flags: Flag[] = [];
  if (listTitle !== null && !showsTitle(comparableText(listTitle), comparableText(article.title)))
    flags.push(flag('list-disagrees', `title ${listTitle}`));
  const listed = listTime === null ? null : readClock(listTime, first.page.fetchedAt);
  if (listed === null || listed.precision === 'approximate' || article.clock.published === null) return flags;
  const near = [article.publishedAt, article.updatedAt].some((at) =>
    at === null
      ? false
      : listed.precision === 'day'
        ? at.slice(0, 10) === listed.at.slice(0, 10)
        : Math.abs(Date.parse(at) - Date.parse(listed.at)) <= HOUR_MS,
  );
  return near ? flags : [...flags, flag('list-disagrees', `time ${listTime}`)];
}

function showsTitle(listed: string, title: string): boolean {
  const cut = /^(.+?)(?:…+|\.{3,})$/.exec(listed)?.[1];
  return cut === undefined ? sameTitle(listed, title) : title.includes(cut);
}
