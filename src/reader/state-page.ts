/** How complete the archive is: the page of coverage. */
import type { IdCoverage, Window } from '../coverage/id-coverage.ts';
import { coverageSections } from '../report/coverage-html.ts';
import { html, type Markup, trusted } from './markup.ts';
import type { Words } from './words.ts';

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
