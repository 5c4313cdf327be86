/** The audit as a page for people: what is wrong, where most of it is, and each finding with how to fix it. */
import { dirname, join, relative, sep } from 'node:path';
import type { TextFile } from '../archive/text-file.ts';
import { type AuditSummary, CHECKS, type Finding, type Reporter, type Severity } from '../audit/promises.ts';
import { counted } from '../counted.ts';
import { type AuditRun, type Group, type Located, openGroups, RANK, sentence } from './findings.ts';
import { bar, html, type Markup, pageEnd, pageStart } from './page.ts';
import { titleOf } from './titles.ts';

/** More of one check are not shown: the page stays one that a browser opens. */
const MOST_SHOWN = 200;

/** Writes the page into the file at the end of the audit, and commits the file. */
export function htmlReport(file: TextFile, run: AuditRun): Reporter {
  const groups = openGroups(MOST_SHOWN);
  const months = openMonths();
  return {
    add: (found, root) => {
      groups.add(found, root);
      months.add(found);
    },
    end: async (summary) => {
      const found = groups.worstFirst();
      const title = verdictOf(found);
      await file.write(pageStart({ title, kind: `Audit of ${namesOf(run)}`, style: REPORT_STYLE }));
      await file.write(overview(run, summary, found).markup);
      if (found.length > 0) {
        await file.write(checksTable(found).markup);
        await file.write(months.table().markup);
        await file.write('<h2 id="findings">Findings</h2>\n');
      }
      for (const group of found) await writeGroup(group);
      const { name, version } = run.tool;
      await file.write(pageEnd({ foot: `Written by ${name} ${version}. The page loads nothing.` }));
      await file.commit();
    },
  };

  async function writeGroup(group: Group): Promise<void> {
    const { code, count, shown } = group;
    const { severity, means, fix } = CHECKS[code];
    const head = html`<section class="check" id="check-${code}">
<h3><span class="level ${severity}">${severity}</span> <code>${code}</code> <span class="quiet">${count.toLocaleString('en')}</span></h3>
<p>${sentence(means)} <span class="quiet">How to fix it: ${fix}.</span></p>
${shown.length < count ? restOf(group) : null}<ol>\n`;
    await file.write(head.markup);
    for (const each of shown) await file.write(itemOf(each, dirname(file.path), run).markup);
    await file.write('</ol>\n</section>\n');
  }
}

/** `3 errors, 1 note`. */
function verdictOf(found: readonly Group[]): string {
  const parts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = countOf(found, severity);
    return count === 0 ? [] : [counted(count, severity)];
  });
  return parts.length === 0 ? 'Nothing is wrong' : parts.join(', ');
}

function countOf(found: readonly Group[], severity: Finding['severity']): number {
  return found.reduce((sum, { code, count }) => sum + (CHECKS[code].severity === severity ? count : 0), 0);
}

function namesOf({ roots }: AuditRun): string {
  return roots.join(', ');
}

function overview(run: AuditRun, summary: AuditSummary, found: readonly Group[]): Markup {
  const { articles, assets, bytes, elapsedMs } = summary;
  const asked = run.codes.filter((code) => run.groups.has(CHECKS[code].group));
  const at = `${run.startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const figure = (value: string, label: string, kind: string) =>
    html`<div><dt>${label}</dt><dd class="${kind}">${value}</dd></div>`;
  const levels = (['error', 'warning', 'note'] as const).map((severity) => {
    const count = countOf(found, severity);
    return figure(count.toLocaleString('en'), `${severity}${count === 1 ? '' : 's'}`, count === 0 ? 'zero' : severity);
  });
  return html`<p class="lead">${found.length === 0 ? html`<span class="good">✓</span> ` : null}${counted(asked.length, 'check')} asked of ${counted(articles, 'article')}${articles === 0 ? ': nothing was there to be read' : ''}.</p>
<dl class="figures">
${levels}
${figure(articles.toLocaleString('en'), 'articles read', '')}
${figure(assets.toLocaleString('en'), 'pictures read', '')}
${figure(sizeOf(bytes), 'read in all', '')}
</dl>
<p class="quiet asked"><code>${run.command}</code> on <time datetime="${run.startedAt.toISOString()}">${at}</time>, in ${(elapsedMs / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} s</p>
`;
}

function sizeOf(bytes: number): string {
  const [unit, size] = bytes >= 1e9 ? ['GB', 1e9] : ['MB', 1e6];
  return `${(bytes / Number(size)).toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`;
}

function checksTable(found: readonly Group[]): Markup {
  const most = Math.max(...found.map(({ count }) => count));
  const rows = found.map(({ code, count }) => {
    const { severity, means } = CHECKS[code];
    return html`<tr><td class="level ${severity}">${severity}</td><th scope="row"><a href="#check-${code}"><code>${code}</code></a></th><td class="means quiet">${means}</td><td class="count">${count.toLocaleString('en')}</td><td class="share">${bar(count / most, severity)}</td></tr>\n`;
  });
  return html`<h2 id="checks">By check</h2>
<table class="checks">
<thead><tr><th scope="col">level</th><th scope="col">check</th><th scope="col" class="means">what it means</th><th scope="col" class="count">findings</th><td></td></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function restOf({ code, count, shown }: Group): Markup {
  return html`<p class="rest">The first ${shown.length} of ${count.toLocaleString('en')} are on this page; <code>audit --json --only ${code}</code> prints all.</p>\n`;
}

function itemOf(each: Located, from: string, { roots }: AuditRun): Markup {
  const { found, root } = each;
  const path = roots.length > 1 ? `${root}/${found.path}` : found.path === '' ? '.' : found.path;
  const link = linkTo(each, from);
  const name = html`<bdi>${path}</bdi>`;
  const title = titleOf(each);
  return html`<li><p class="path fixed">${link === null ? name : html`<a href="${link}">${name}</a>`}</p>${title === null ? null : html`<p><b><bdi>${title}</bdi></b></p>`}<p><bdi>${found.detail}</bdi>${found.article === null ? null : html` <span class="quiet article">${found.article}</span>`}</p></li>\n`;
}

// How many findings each month of the archive has.

const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

interface Month {
  count: number;
  worst: Severity;
}

interface Months {
  add(found: Finding): void;
  /** A row a year and a column a month; nothing where no finding has a month. */
  table(): Markup;
}

function openMonths(): Months {
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

// What the page of an audit adds to the look of all pages.

const REPORT_STYLE = `
.asked { margin-top: .75rem; font-size: .875rem; overflow-wrap: anywhere; }
.below { margin-top: .6rem; font-size: .875rem; }
.level { font-size: .875rem; white-space: nowrap; }
.checks .share { width: 22%; }
.checks .means { font-size: .875rem; }
.checks th code { white-space: nowrap; }
.months { table-layout: fixed; min-width: 42rem; }
.months th, .months td { padding: .35rem .5rem; }
.months th:first-child { padding-left: 0; }
.in-error { --tint: var(--error); } .in-warning { --tint: var(--warning); } .in-note { --tint: var(--note); }
.depth1 { background: color-mix(in srgb, var(--tint) 10%, transparent); }
.depth2 { background: color-mix(in srgb, var(--tint) 18%, transparent); }
.depth3 { background: color-mix(in srgb, var(--tint) 27%, transparent); }
.depth4 { background: color-mix(in srgb, var(--tint) 37%, transparent); }
.check { margin-top: 2.25rem; }
.check h3 { display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; }
.check h3 code { font-weight: 600; font-size: 1rem; }
.check ol { list-style: none; margin-top: .6rem; border-top: 1px solid var(--rule); }
.check li { padding: .55rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
.check li p + p { font-size: .925rem; }
.path a { text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); }
.path a:hover { text-decoration-color: currentColor; }
.article { white-space: nowrap; font-size: .85rem; }
.rest { margin-top: .4rem; padding: .4rem .7rem; background: var(--raised); border-radius: 4px; font-size: .9rem; }
@media (max-width: 40rem) {
  .months { table-layout: auto; min-width: 100%; font-size: .8rem; }
  .months th, .months td { position: relative; padding: .3rem .15rem; min-width: 1.4rem; }
  .months .tail { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .checks .means { display: none; }
  .checks th code { white-space: normal; overflow-wrap: anywhere; }
  .checks .share { width: 18%; }
  .checks .bar { min-width: 2rem; }
}
`;

// Addresses of audited files, percent-encoded: whatever a name holds, it stays a name.

/**
 * Where a report's reader finds the file.
 * @param from folder of the report
 * @returns an address relative to it; null if there can be none: a name that is not valid UTF-8 cannot be written
 * down, and a document that holds scripts is not opened by a click
 */
function linkTo({ found, root }: Located, from: string): string | null {
  if (found.code === 'active-content' || found.path.includes('\ufffd')) return null;
  return `./${relativeUrl(relative(from, join(root, found.path)).split(sep).join('/'))}`;
}

function relativeUrl(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}
