/** The audit as a page for people: what is wrong, where most of it is, and each finding with what mends it. */
import { dirname } from 'node:path';
import { CHECKS } from '../audit/checks-table.ts';
import type { AuditSummary, Finding, Reporter } from '../audit/finding.ts';
import { bar } from '../page/bar.ts';
import { pageEnd, pageStart } from '../page/frame.ts';
import { html, type Markup } from '../page/markup.ts';
import { printable } from '../printable.ts';
import type { TextFile } from '../store/text-file.ts';
import type { AuditRun } from './audit-run.ts';
import { type Group, type Located, openGroups } from './groups.ts';
import { REPORT_STYLE } from './html-style.ts';
import { linkTo } from './links.ts';
import { openMonths } from './months.ts';
import { counted, sentence } from './sentence.ts';

/** More of one check are counted, not shown: the page stays one that a browser opens. */
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
    const { severity, means, mend } = CHECKS[code];
    const head = html`<section class="check" id="check-${code}">
<h3><span class="level ${severity}">${severity}</span> <code>${code}</code> <span class="quiet">${count.toLocaleString('en')}</span></h3>
<p>${sentence(means)} <span class="quiet">What mends it: ${mend}.</span></p>
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
  return roots.map(printable).join(', ');
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
<p class="quiet asked"><code>${printable(run.command)}</code> on <time datetime="${run.startedAt.toISOString()}">${at}</time>, in ${(elapsedMs / 1000).toLocaleString('en', { maximumFractionDigits: 1 })} s</p>
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
  const path = printable(roots.length > 1 ? `${root}/${found.path}` : found.path === '' ? '.' : found.path);
  const link = linkTo(each, from);
  const name = html`<bdi>${path}</bdi>`;
  return html`<li><p class="path fixed">${link === null ? name : html`<a href="${link}">${name}</a>`}</p><p><bdi>${printable(found.detail)}</bdi>${found.article === null ? null : html` <span class="quiet article">${found.article}</span>`}</p></li>\n`;
}
