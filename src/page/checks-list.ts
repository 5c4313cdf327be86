/** The list that led to the article shows it as its page does. */
import { type Flag, flag } from '../flags.ts';
import type { Listed } from '../model.ts';
import { readClock } from '../site/clock.ts';
import { beforeDots, type CheckInput, comparableText } from './check-input.ts';
import { fileOf, namesTitle, uploadedAt } from './checks-agreement.ts';
import { bareText, partOf, shingles } from './likeness.ts';

const HOUR_MS = 3_600_000;

/**
 * Lists print the headline without the columnist, cut short or rewritten, the minute of publication, words of the summary
 * or of the first paragraphs, and a picture of their own (site.md, 3.1).
 */
export function checkList(input: CheckInput): readonly Flag[] {
  const { listed } = input.others;
  if (listed === null) return [];
  return [
    ...checkListTitle(listed, input),
    ...(showsTime(listed, input) ? [] : [flag('list-disagrees', `time ${listed.time}`)]),
    ...(showsSummary(listed, input) ? [] : [flag('list-disagrees', `summary ${listed.summary}`)]),
    ...(pictureIsNear(listed, input) ? [] : [flag('list-picture-far', `${listed.picture}`)]),
  ];
}

/** Another headline is a habit of lists as long as it speaks of the same. */
function checkListTitle({ title }: Listed, input: CheckInput): readonly Flag[] {
  if (title === null) return [];
  const headline = input.article.title;
  const cut = beforeDots(comparableText(title));
  if (namesTitle(title, input.article) || (cut !== null && cut !== '' && comparableText(headline).includes(cut)))
    return [];
  const isRelated = partOf(pairsOf(title), pairsOf(headline)) >= LEAST_OF_HEADLINE;
  const isSame = shareOf(title, input) >= (isRelated ? LEAST_OF_TITLE : LEAST_UNRELATED);
  return [flag(isSame ? 'list-title-differs' : 'list-disagrees', `title ${title}`)];
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

/** A summary shorter than this proves too little. */
const LEAST_PAIRS = 12;

function showsSummary({ summary }: Listed, input: CheckInput): boolean {
  return pairsOf(summary ?? '').size < LEAST_PAIRS || shareOf(summary ?? '', input) >= LEAST_OF_SUMMARY;
}

/**
 * Of the pairs of neighbouring characters in a text those that article and summary have, from 0 to 1: an edited text keeps
 * most of its pairs, another one has few of them. Of 25 saved documents the text had 0.65 of the title's pairs (median),
 * that of another document a quarter or less in 95 of 100.
 */
function shareOf(text: string, { article, bodies }: CheckInput): number {
  const there = [article.title, article.summary ?? '', ...bodies.flatMap((body) => body.lines)].join('\n');
  return partOf(pairsOf(text), pairsOf(there));
}

function pairsOf(text: string): ReadonlySet<string> {
  return shingles(bareText(text), 2);
}

const LEAST_OF_TITLE = 0.3;
/** Below this two headlines have next to no word in common; the text must then speak of more of the list's. */
const LEAST_OF_HEADLINE = 0.1;
const LEAST_UNRELATED = 0.4;
const LEAST_OF_SUMMARY = 0.5;

/** So long before or after the publication the picture of a list may have been uploaded. */
const UPLOAD_FAR_MS = 30 * 24 * HOUR_MS;

/** A picture that the page itself shows is near, whenever it was uploaded. */
function pictureIsNear({ picture }: Listed, { article }: CheckInput): boolean {
  const uploaded = picture === null ? null : uploadedAt(picture);
  if (picture === null || uploaded === null || article.precision === 'approximate') return true;
  const own = [article.sharePicture, ...article.images.map(({ src }) => src)];
  if (own.some((src) => src !== null && fileOf(src) === fileOf(picture))) return true;
  return Math.abs(uploaded - Date.parse(article.publishedAt)) <= UPLOAD_FAR_MS;
}
