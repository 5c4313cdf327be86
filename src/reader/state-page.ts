/** How complete the archive is, and what in it is doubtful: the pages of coverage and audit. */
import type { CatalogState, LabelCount } from '../catalog/catalog.ts';
import type { IdCoverage, Window } from '../coverage/id-coverage.ts';
import { coverageSections } from '../report/coverage-html.ts';
import { flagInWords } from './flag-words.ts';
import { html, type Markup, trusted } from './markup.ts';
import { number, type Words } from './words.ts';

/** @param damaged how many records could not be read for it */
export function coverageContent(
  coverage: IdCoverage,
  { window, damaged }: { readonly window: Window; readonly damaged: number },
  words: Words,
): Markup {
  const sections = coverageSections(coverage, window, words.coverageReport).map(({ markup }) => trusted(markup));
  const { gaps } = coverage;
  const days = gaps.flatMap(({ fromDay, toDay }) => [fromDay, toDay]).sort();
  const [from, to] = [days[0], days.at(-1)];
  return html`<h1>${words.coverage}</h1>
<p class="quiet">${window.since} – ${window.until}</p>
${damaged === 0 ? null : html`<p class="notice">${words.damagedRecords(damaged)}</p>`}
${heatMap(coverage, words)}
${from === undefined || to === undefined ? null : html`<p>${words.askForGaps} <code>guancha-archive backfill --from ${from} --to ${to} --ids</code></p>`}
<div class="report">
${sections}</div>`;
}

/** Each day as a square: the fuller the colour, the more of what is known is archived. */
function heatMap({ days }: IdCoverage, words: Words): Markup | null {
  if (days.length === 0) return null;
  const cells = days.map(({ day, states, neverSeen }) => {
    const known = Object.values(states).reduce((sum, count) => sum + count, 0) + neverSeen;
    const archived = states.archived + states.withdrawn;
    const share = known === 0 ? 0 : archived / known;
    return html`<li class="heat${Math.floor(share * 4)}"><a href="/days/${day}">${day.slice(5)}<small>${Math.floor(share * 100)} %</small></a></li>`;
  });
  return html`<ol class="heat" aria-label="${words.archivedShare}">${cells}</ol>`;
}

/** @param flags how many articles have each */
export function auditContent(state: CatalogState, flags: readonly LabelCount[], words: Words): Markup {
  const { articles, damaged, lackText, behind } = state;
  const figures: readonly (readonly [string, number])[] = [
    [words.articlesLabel, articles],
    [words.damagedLabel, damaged],
    [words.lackTextLabel, lackText],
    [words.behindLabel, behind],
  ];
  return html`<h1>${words.audit}</h1>
<dl class="figures">${figures.map(([label, value]) => html`<div><dt>${label}</dt><dd>${number(value, words)}</dd></div>`)}</dl>
<p>${words.auditHelp}</p>
<p><code>guancha-archive audit --html report.html</code> <code>guancha-archive repair</code></p>
<section><h2>${words.flags}</h2>
${flags.length === 0 ? html`<p>${words.nothingFound}</p>` : flagTable(flags, words)}</section>`;
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
