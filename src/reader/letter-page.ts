/** The letter of a month as a page. */
import type { ArticleChange } from '../archive/changes.ts';
import { RECHECK_AGES, type RecheckAge } from '../journal/rechecks.ts';
import { type Letter, monthAfter, monthAt, monthBefore } from '../letter/letter.ts';
import { percent } from '../letter/markdown.ts';
import type { Rates, Share } from '../letter/rates.ts';
import { onSiteClock, shownTime } from '../site/clock.ts';
import { entry } from './changes-page.ts';
import { html, type Markup } from './markup.ts';
import type { Words } from './words.ts';

/** More of one kind are counted, not listed. */
const MOST_LISTED = 200;
const MOST_SOURCES = 50;

export function letterContent(letter: Letter, words: Words): Markup {
  const { letterReport: said } = words;
  const { month, days, isUnderWay, published, edited, withdrawn, returned, damaged } = letter;
  const number = numberIn(words);
  const next = monthAfter(month) <= monthAt(Date.parse(letter.asOf)) ? monthAfter(month) : null;
  return html`<h1>${words.letter} · ${said.title(month)}</h1>
<p class="quiet">${days.since} – ${days.until} · ${said.asOf(shownTime(onSiteClock(letter.asOf)))}</p>
${isUnderWay ? html`<p class="notice">${said.underWay(days.since, days.until)}</p>` : null}
${damaged === 0 ? null : html`<p class="notice">${said.damaged(number(damaged))}</p>`}
<div class="report">
<h2>${said.published}</h2>
<p>${said.publishedCount(number(published.articles), number(published.posts))}</p>
${published.sources.length === 0 ? null : table(published.sources.slice(0, MOST_SOURCES).map(({ source, count }) => [source ?? said.onDemand, number(count)]))}
<h2>${said.edited}</h2>
<p>${said.editedCount(number(edited.edits), number(edited.articles))}</p>
${events(edited.all, words)}
<h2>${said.withdrawn}</h2>
<p>${said.withdrawnCount(number(withdrawn.count), number(returned.count))}</p>
${events([...withdrawn.all, ...returned.all], words)}
<h2>${said.missed}</h2>
<p>${completenessOf(letter, words)}</p>
${table(missedRows(letter, words))}
<h2>${said.rates}</h2>
${ratesTable(letter, words)}
${RECHECK_AGES.map((age) => html`<p class="quiet">${denominator(age, letter.rates[age], words)}</p>\n`)}<p class="quiet">${said.method}</p>
</div>
<nav class="pager" aria-label="${words.pages}"><a rel="prev" href="/letters/${monthBefore(month)}">← ${monthBefore(month)}</a>${next === null ? html`<span></span>` : html`<a rel="next" href="/letters/${next}">${next} →</a>`}</nav>`;
}

function numberIn({ locale }: Words): (count: number) => string {
  return (count) => count.toLocaleString(locale);
}

function table(rows: readonly (readonly [string, string])[]): Markup | null {
  if (rows.length === 0) return null;
  return html`<table>
${rows.map(([name, count]) => html`<tr><th scope="row"><bdi>${name}</bdi></th><td>${count}</td></tr>\n`)}</table>`;
}

function events(changes: readonly ArticleChange[], words: Words): Markup | null {
  if (changes.length === 0) return null;
  const rest = changes.length - MOST_LISTED;
  return html`<ol class="events">
${changes.slice(0, MOST_LISTED).map((each) => entry(each, words))}</ol>
${rest > 0 ? html`<p>${words.letterReport.more(numberIn(words)(rest))} <a href="/changes">${words.changes}</a></p>` : null}`;
}

function missedRows({ missed }: Letter, words: Words): (readonly [string, string])[] {
  const names = Object.entries(words.letterReport.missedRows) as [keyof Letter['missed'], string][];
  return names.filter(([key]) => missed[key] > 0).map(([key, name]) => [name, numberIn(words)(missed[key])]);
}

function completenessOf({ completeness: { known, archived, completeness } }: Letter, words: Words): string {
  const number = numberIn(words);
  const { published, archivedShare } = completeness;
  if (archivedShare === null) return words.letterReport.noneKnown;
  const [low, high] = [number(published.low), number(published.high)];
  const share = `${percent(archivedShare.low, 'down')} – ${percent(archivedShare.high, 'up')}`;
  return words.letterReport.share(number(archived), number(known), low === high ? low : `${low} – ${high}`, share);
}

function ratesTable({ rates }: Letter, words: Words): Markup {
  const { ages, rateRows } = words.letterReport;
  const rows = Object.entries(rateRows) as [keyof typeof rateRows, string][];
  return html`<table>
<tr><td></td>${RECHECK_AGES.map((age) => html`<th scope="col">${ages[age]}</th>`)}</tr>
${rows.map(([key, name]) => html`<tr><th scope="row">${name}</th>${RECHECK_AGES.map((age) => html`<td>${shareText(rates[age][key], words)}</td>`)}</tr>\n`)}</table>`;
}

function shareText({ count, of, interval }: Share, words: Words): string {
  const number = numberIn(words);
  if (interval === null) return words.letterReport.none;
  const bounds = `${percent(interval.low, 'down')} – ${percent(interval.high, 'up')}`;
  return words.letterReport.shareOf(number(count), number(of), percent(count / of), bounds);
}

function denominator(age: RecheckAge, rates: Rates, words: Words): string {
  const number = numberIn(words);
  const { articles, revisited, notRevisited, notYet, notComparable } = rates;
  const said = words.letterReport;
  const parts = [
    said.revisited(age, number(articles), number(revisited)),
    ...(notRevisited === 0 ? [] : [said.notRevisited(number(notRevisited))]),
    ...(notYet === 0 ? [] : [said.notYet(number(notYet))]),
    ...(notComparable === 0 ? [] : [said.notComparable(number(notComparable))]),
  ];
  return words.language === 'zh' ? `${parts.join('；')}。` : `${parts.join('; ')}.`;
}
