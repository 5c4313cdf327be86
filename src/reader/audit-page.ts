/** What in the archive is wrong or doubtful: the reports of audits that are kept, and the flags of the articles. */
import { CHECKS, isCheckCode } from '../audit/promises.ts';
import type { CatalogState, LabelCount } from '../catalog/catalog.ts';
import { isRepairable } from '../report/findings.ts';
import type { StoredAudit } from '../report/stored-audits.ts';
import { onSiteClock } from '../site/clock.ts';
import { articleHref } from './article.ts';
import { dayAndMinute } from './article-page.ts';
import { flagInWords } from './flag-words.ts';
import { html, type Markup } from './markup.ts';
import { number, type Words } from './words.ts';

export interface KeptReport {
  readonly number: number;
  /** Null where it cannot be read. */
  readonly report: StoredAudit | null;
}

interface AuditShown {
  readonly state: CatalogState;
  /** How many articles have each. */
  readonly flags: readonly LabelCount[];
  /** All that are kept, the newest first. */
  readonly reports: readonly KeptReport[];
  /** The one that is shown; null where none is kept. */
  readonly shown: KeptReport | null;
  /** Of the articles that it names, as far as the archive has them. */
  readonly titles: ReadonlyMap<string, string>;
}

export function auditContent({ state, flags, reports, shown, titles }: AuditShown, words: Words): Markup {
  const { articles, damaged, lackText, behind } = state;
  const figures: readonly (readonly [string, number])[] = [
    [words.articlesLabel, articles],
    [words.damagedLabel, damaged],
    [words.lackTextLabel, lackText],
    [words.behindLabel, behind],
  ];
  const { lastReport, noReport, makeReport } = words.auditReport;
  return html`<h1>${words.audit}</h1>
<dl class="figures">${figures.map(([label, value]) => html`<div><dt>${label}</dt><dd>${number(value, words)}</dd></div>`)}</dl>
<section><h2>${lastReport}</h2>
${shown === null ? html`<p>${noReport}</p>` : reportOf(shown, titles, words)}
<p class="quiet">${makeReport} <code>guancha-archive audit</code></p></section>
${reports.length < 2 ? null : reportList(reports, shown, words)}
<section><h2>${words.flags}</h2>
${flags.length === 0 ? html`<p>${words.nothingFound}</p>` : flagTable(flags, words)}</section>`;
}

function reportOf({ report }: KeptReport, titles: ReadonlyMap<string, string>, words: Words): Markup {
  const { unreadable, figures, repairWith } = words.auditReport;
  if (report === null) return html`<p>${unreadable}</p>`;
  const { articles, assets, elapsedMs } = report.summary;
  const seconds = (elapsedMs / 1000).toLocaleString(words.locale, { maximumFractionDigits: 1 });
  const canRepair = report.groups.some(({ code }) => isCheckCode(code) && isRepairable(code));
  return html`<p class="lead">${when(report)} <b>${verdictOf(report, words)}</b></p>
<p class="quiet">${figures(number(articles, words), number(assets, words), seconds)}</p>
${canRepair ? html`<p>${repairWith} <code>guancha-archive repair</code></p>` : null}${report.groups.map((group) => groupOf(group, titles, words))}`;
}

function when({ startedAt }: StoredAudit): Markup {
  return html`<time datetime="${startedAt}">${dayAndMinute(onSiteClock(startedAt))}</time>`;
}

function verdictOf({ summary: { errors, warnings }, groups }: StoredAudit, words: Words): string {
  const { nothingWrong, counts } = words.auditReport;
  const notes = groups.reduce((sum, { count }) => sum + count, 0) - errors - warnings;
  if (groups.length === 0) return nothingWrong;
  return counts(number(errors, words), number(warnings, words), number(Math.max(notes, 0), words));
}

function groupOf(
  { code, count, shown }: StoredAudit['groups'][number],
  titles: ReadonlyMap<string, string>,
  words: Words,
): Markup {
  const { severities, groups, repairs, firstOf } = words.auditReport;
  const check = isCheckCode(code) ? CHECKS[code] : null;
  const about =
    check === null
      ? null
      : html`<p>${groups[check.group]}: <span lang="en">${check.means}</span> → ${repairs[check.repair]}</p>`;
  return html`<section class="check"><h3>${check === null ? null : html`<span class="level-${check.severity}">${severities[check.severity]}</span> `}<code>${code}</code> <span class="quiet">${number(count, words)}</span></h3>
${about}${shown.length < count ? html`<p class="quiet">${firstOf(number(shown.length, words), number(count, words))} <code>guancha-archive audit --json --only ${code}</code></p>` : null}
<ul class="findings">${shown.map((each) => itemOf(each, titles))}</ul></section>
`;
}

function itemOf(
  { article, path, detail }: StoredAudit['groups'][number]['shown'][number],
  titles: ReadonlyMap<string, string>,
): Markup {
  const title = article === null ? undefined : titles.get(article);
  const named =
    title === undefined || article === null
      ? null
      : html`<a href="${articleHref(article)}"><bdi>${title}</bdi></a><br>`;
  return html`<li>${named}<code><bdi>${path}</bdi></code><br><span class="quiet"><bdi>${detail}</bdi></span></li>\n`;
}

function reportList(reports: readonly KeptReport[], shown: KeptReport | null, words: Words): Markup {
  const { olderReports, unreadable } = words.auditReport;
  const items = reports.map(({ number: report, report: read }, i) => {
    const text = html`${read === null ? html`${unreadable}` : html`${when(read)} ${verdictOf(read, words)}`}`;
    const href = i === 0 ? '/audit' : `/audit?report=${report}`;
    return html`<li>${report === shown?.number ? html`<b>${text}</b>` : html`<a href="${href}">${text}</a>`}</li>\n`;
  });
  return html`<section><h2>${olderReports}</h2><ul>${items}</ul></section>`;
}

function flagTable(flags: readonly LabelCount[], words: Words): Markup {
  const rows = flags.map(({ name, articles }) => {
    const kind = flagInWords(name, words.language);
    const query = encodeURIComponent(`flag:"${name}"`);
    return html`<tr><td>${kind === null ? '' : words[kind.level]}</td><td><a href="/search?q=${query}">${kind?.title ?? name}</a><br><small class="quiet">${kind?.meaning ?? ''}</small></td><td class="count">${number(articles, words)}</td></tr>\n`;
  });
  return html`<div class="wide" tabindex="0" role="group" aria-label="${words.flags}"><table><thead><tr><th scope="col">${words.outcome}</th><th scope="col">${words.reason}</th><th scope="col" class="count">${words.count}</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}
