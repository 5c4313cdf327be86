/** Does another form of the page, such as the mobile one, show the same article? */
import { type Flag, flag } from '../../flags.ts';
import { readBody } from '../body.ts';
import { readClock } from '../dates.ts';
import { readTimes, readTitle } from '../fields.ts';
import { findArticle } from '../layouts/find-article.ts';
import { comparableText } from './characters.ts';
import type { Reading } from './reading.ts';
import { sameTitle } from './title.ts';

/** Title, minute of publication and text; each form is read by its own layout. A form may show the first part alone. */
export function checkForms({ others, article, bodies, site }: Reading): readonly Flag[] {
  const { form } = others;
  if (form === null) return [];
  const found = findArticle(form);
  if (found === null) return [flag('forms-disagree', 'no layout claims the other form')];
  const title = readTitle(found) ?? '';
  const flags = sameTitle(comparableText(title), comparableText(article.title))
    ? []
    : [flag('forms-disagree', `title ${title}`)];

  const printed = readTimes(found).published ?? '';
  const clock = readClock(printed, form.page.fetchedAt);
  const minute = (at: string) => Math.floor(Date.parse(at) / 60_000);
  if (clock !== null && clock.precision !== 'approximate' && minute(clock.at) !== minute(article.publishedAt))
    flags.push(flag('forms-disagree', `time ${printed}`));

  const theirs = textOf(readBody(form, found, article.url, site).lines);
  const ours = [bodies, bodies.slice(0, 1)].map((parts) => textOf(parts.flatMap(({ lines }) => lines)));
  if (!ours.includes(theirs)) flags.push(flag('forms-disagree', `text ${firstDifference(ours[0] ?? '', theirs)}`));
  return flags;
}

function textOf(lines: readonly string[]): string {
  return comparableText(lines.join(''));
}

const EXCERPT = 30;

/** Where two texts begin to differ, as one has it and the other. */
function firstDifference(ours: string, theirs: string): string {
  let at = 0;
  while (at < ours.length && ours[at] === theirs[at]) at += 1;
  return `at character ${at}: ${ours.slice(at, at + EXCERPT) || 'its end'} | ${theirs.slice(at, at + EXCERPT) || 'its end'}`;
}
