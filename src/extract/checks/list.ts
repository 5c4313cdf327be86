/** Does the list that led to the article show it as its page does? */
import { type Flag, flag } from '../../flags.ts';
import type { Listed } from '../../model.ts';
import { readClock } from '../dates.ts';
import { comparableText } from './characters.ts';
import type { Reading } from './reading.ts';
import { sameTitle } from './title.ts';

const HOUR_MS = 3_600_000;

/**
 * Lists print the headline without the columnist, cut short at times, the minute of publication, words of the summary or
 * of the first paragraphs, and a picture of their own (site.md, 3.1).
 */
export function checkList(reading: Reading): readonly Flag[] {
  const { listed } = reading.others;
  if (listed === null) return [];
  return [
    ...(showsTitle(listed, reading) ? [] : [flag('list-disagrees', `title ${listed.title}`)]),
    ...(showsTime(listed, reading) ? [] : [flag('list-disagrees', `time ${listed.time}`)]),
    ...(showsSummary(listed, reading) ? [] : [flag('list-disagrees', `summary ${listed.summary}`)]),
    ...(pictureIsNear(listed, reading) ? [] : [flag('list-picture-far', `${listed.picture}`)]),
  ];
}

function showsTitle({ title }: Listed, { article }: Reading): boolean {
  if (title === null) return true;
  const [printed, headline] = [comparableText(title), comparableText(article.title)];
  const cut = /^(.+?)(?:…+|\.{3,})$/.exec(printed)?.[1];
  return cut === undefined ? sameTitle(printed, headline) : headline.includes(cut);
}

function showsTime({ time }: Listed, { article, first }: Reading): boolean {
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
/** A summary shorter than this tells too little. */
const LEAST_PAIRS = 12;

function showsSummary({ summary }: Listed, { article, bodies }: Reading): boolean {
  const wanted = pairsOf(summary ?? '');
  if (wanted.size < LEAST_PAIRS) return true;
  const lines = bodies.flatMap((body) => body.lines);
  const there = pairsOf([article.title, article.summary ?? '', ...lines].join(''));
  return (
    wanted
      .values()
      .filter((pair) => there.has(pair))
      .toArray().length >=
    wanted.size * LEAST_SHARED
  );
}

function pairsOf(text: string): Set<string> {
  const plain = comparableText(text).replace(/[\p{P}\p{S}]/gu, '');
  return new Set(Array.from({ length: Math.max(0, plain.length - 1) }, (_, i) => plain.slice(i, i + 2)));
}

/** So long before or after the publication the picture of a list may have been uploaded. */
const FAR_MS = 30 * 24 * HOUR_MS;

/** Names of uploaded pictures begin with their day (site.md, 5). A picture that the page itself shows is near. */
function pictureIsNear({ picture }: Listed, { article }: Reading): boolean {
  const [, year, month, day] = /\/(\d{4})(\d{2})(\d{2})\d{9}\.\w+/.exec(picture ?? '') ?? [];
  const uploaded = Date.parse(`${year}-${month}-${day}T12:00:00+08:00`);
  if (picture === null || Number.isNaN(uploaded) || article.precision === 'approximate') return true;
  const nameOf = (src: string) => /[^/?!]+\.\w+(?=[?!]|$)/.exec(src)?.[0];
  const own = [article.sharePicture, ...article.images.map(({ src }) => src)];
  if (own.some((src) => src !== null && nameOf(src) === nameOf(picture))) return true;
  return Math.abs(uploaded - Date.parse(article.publishedAt)) <= FAR_MS;
}
