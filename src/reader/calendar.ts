/** The calendar: how many articles each day of a year has, a month a table, each day a link. */
import type { DayCount } from '../catalog/catalog.ts';
import { weekdayOf } from '../site/clock.ts';
import { html, type Markup } from './markup.ts';
import { number, type Words } from './words.ts';

/** @param counts of the days of the year that have any; `years` of all, in order */
export function calendarContent(
  year: number,
  { counts, years }: { readonly counts: readonly DayCount[]; readonly years: readonly number[] },
  words: Words,
): Markup {
  const byDay = new Map(counts.map(({ day, articles }) => [day, articles]));
  const most = Math.max(1, ...byDay.values());
  const total = counts.reduce((sum, { articles }) => sum + articles, 0);
  const months = shownMonths(counts).map((month) => monthTable(year, month, { byDay, most }, words));
  return html`<h1>${words.calendar} ${year}${words.year}</h1>
<div class="narrowing"><ul>
${years.map((each) => html`<li><a href="/calendar/${each}"${each === year ? html` aria-current="page"` : null}>${each}</a></li>\n`)}</ul></div>
<p class="quiet">${words.articles(number(total, words))}</p>
<div class="months">
${months}</div>`;
}

/** From the first month that has anything to the last one; 0 for January. */
function shownMonths(counts: readonly DayCount[]): readonly number[] {
  const months = counts.map(({ day }) => Number(day.slice(5, 7)) - 1);
  if (months.length === 0) return [];
  const first = Math.min(...months);
  return Array.from({ length: Math.max(...months) - first + 1 }, (_, i) => first + i);
}

function monthTable(
  year: number,
  month: number,
  { byDay, most }: { readonly byDay: ReadonlyMap<string, number>; readonly most: number },
  words: Words,
): Markup {
  const prefix = `${String(year).padStart(4, '0')}-${String(month + 1).padStart(2, '0')}`;
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const blanks = (weekdayOf(`${prefix}-01`) + 6) % 7; // weeks begin on Monday
  const cells = [
    ...Array.from({ length: blanks }, () => html`<td></td>`),
    ...Array.from({ length }, (_, i) =>
      dayCell(`${prefix}-${String(i + 1).padStart(2, '0')}`, i + 1, { byDay, most }, words),
    ),
  ];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => cells.slice(week * 7, week * 7 + 7));
  const weekdays = [1, 2, 3, 4, 5, 6, 0].map((day) => html`<th scope="col">${words.weekdays[day] ?? ''}</th>`);
  return html`<table class="month"><caption>${words.months[month] ?? ''}</caption>
<thead><tr>${weekdays}</tr></thead>
<tbody>
${weeks.map((week) => html`<tr>${week}</tr>\n`)}</tbody></table>
`;
}

/** Shades of a day, by its share of the fullest one. */
const SHADES = 4;

function dayCell(
  day: string,
  name: number,
  { byDay, most }: { readonly byDay: ReadonlyMap<string, number>; readonly most: number },
  words: Words,
): Markup {
  const articles = byDay.get(day) ?? 0;
  if (articles === 0) return html`<td class="none">${name}</td>`;
  const shade = Math.max(1, Math.ceil((articles / most) * SHADES));
  const label = words.articles(number(articles, words));
  return html`<td class="shade${shade}"><a href="/days/${day}"><b>${name}</b><small aria-hidden="true">${articles}</small><span class="hidden"> ${label}</span></a></td>`;
}
