/** How many findings each month of the archive has. */
import type { Finding, Severity } from '../audit/finding.ts';
import { html, type Markup } from '../page/markup.ts';
import { RANK } from './audit-run.ts';

const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

interface Month {
  count: number;
  worst: Severity;
}

export interface Months {
  add(found: Finding): void;
  /** A row a year and a column a month; nothing where no finding has a month. */
  table(): Markup;
}

export function openMonths(): Months {
  const months = new Map<string, Month>();
  let elsewhere = 0;
  return {
    add: (found) => {
      const key = monthOf(found);
      if (key === '') {
        elsewhere += 1;
        return;
      }
      const month = months.get(key) ?? { count: 0, worst: found.severity };
      months.set(key, month);
      month.count += 1;
      if (RANK[found.severity] > RANK[month.worst]) month.worst = found.severity;
    },
    table: () => (months.size === 0 ? html`` : tableOf(months, elsewhere)),
  };
}

/** `2022-01` of what lies in a month’s folder; empty for all else: pictures, quarantine, the frontier. */
function monthOf({ path }: Pick<Finding, 'path'>): string {
  const [, year, month] = /^(?:articles|records|versions)\/(?:fengwen\/)?(\d{4})\/(0[1-9]|1[0-2])\//.exec(path) ?? [];
  return year === undefined ? '' : `${year}-${month}`;
}

function tableOf(months: ReadonlyMap<string, Month>, elsewhere: number): Markup {
  const most = [...months.values()].reduce((sum, { count }) => Math.max(sum, count), 0);
  const years = [...new Set([...months.keys()].map((key) => key.slice(0, 4)))].sort().reverse();
  const rows = years.map((year) => {
    const ofYear = NAMES.map((_, i) => months.get(`${year}-${String(i + 1).padStart(2, '0')}`));
    const total = ofYear.reduce((sum, month) => sum + (month?.count ?? 0), 0);
    return html`<tr><th scope="row">${year}</th>${ofYear.map((month) => cellOf(month, most))}<td class="count">${total.toLocaleString('en')}</td></tr>\n`;
  });
  const heads = NAMES.map(
    (name) => html`<th scope="col" class="count">${name.charAt(0)}<span class="tail">${name.slice(1)}</span></th>`,
  );
  const key = 'The more findings, the deeper the colour, which is that of the worst of them.';
  const rest = ` ${elsewhere.toLocaleString('en')} more are in what belongs to no month: pictures, quarantine, the frontier.`;
  return html`<h2 id="months">By month</h2>
<div class="wide" tabindex="0" role="region" aria-labelledby="months"><table class="months">
<thead><tr><th scope="col">year</th>${heads}<th scope="col" class="count">all</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
<p class="quiet below">${key}${elsewhere === 0 ? null : rest}</p>
`;
}

/** The more findings, the deeper the colour of the worst of them; by orders of magnitude, for months differ much. */
function cellOf(month: Month | undefined, most: number): Markup {
  if (month === undefined) return html`<td class="count none"></td>`;
  const depth = most === 1 ? 1 : 1 + Math.round((3 * Math.log(month.count)) / Math.log(most));
  return html`<td class="count depth${depth} in-${month.worst}">${month.count.toLocaleString('en')}</td>`;
}
