/** The coverage as a page for people: how complete the archive is, day by day, and what nothing showed. */

import type { Gap } from '../coverage/gaps.ts';
import type { CoverageDay, IdCoverage, Window } from '../coverage/id-coverage.ts';
import { columnsOf, countIn, numbers, totalOf } from './coverage-text.ts';
import { COVERAGE_IN_ENGLISH, type CoverageWords } from './coverage-words.ts';
import { html, type Markup, pageEnd, pageStart, stackedBar } from './page.ts';

interface CoverageRun {
  /** Absolute path of the archive. */
  readonly archive: string;
  readonly window: Window;
  readonly tool: { readonly name: string; readonly version: string };
}

/** More of one kind are counted, not shown: the page stays one that a browser opens. */
const MOST_SHOWN = 500;

const STYLE = `
.days .share { width: 30%; }
.days .few { color: var(--error); }
.bar .archived { fill: var(--good); } .bar .known { fill: var(--note); } .bar .unseen { fill: var(--warning); }
.bar { opacity: 1; }
.evidence { margin-top: .75rem; }
`;

/** The whole page, piece by piece. */
export function* coveragePage(coverage: IdCoverage, { archive, window, tool }: CoverageRun): Generator<string> {
  const title = coverage.days.length === 0 ? 'Nothing is known' : titleOf(coverage);
  yield pageStart({
    title,
    kind: `Coverage of ${archive}, ${window.since} to ${window.until}`,
    style: STYLE,
  });
  for (const { markup } of coverageSections(coverage, window, COVERAGE_IN_ENGLISH)) yield markup;
  yield pageEnd({ foot: `Written by ${tool.name} ${tool.version}. The page loads nothing.` });
}

/** What the page says, piece by piece, without its frame. */
export function coverageSections(coverage: IdCoverage, window: Window, words: CoverageWords): readonly Markup[] {
  const { days, gaps, unwatched } = coverage;
  return [
    overview(coverage, window, words),
    ...(days.length > 0 ? [daysTable(days, words)] : []),
    gapsTable(words.gaps, gaps, words),
    gapsTable(words.unwatched, unwatched, words),
    failuresTable(coverage, words),
    sourcesTable(coverage, words),
  ];
}

function titleOf({ completeness: { archivedShare } }: IdCoverage): string {
  if (archivedShare === null) return 'Nothing was published';
  const [low, high] = [Math.floor(archivedShare.low * 100 + 1e-9), Math.ceil(archivedShare.high * 100 - 1e-9)];
  return `${low === high ? low : `${low} to ${high}`} % archived`;
}

function overview(coverage: IdCoverage, { since }: Window, words: CoverageWords): Markup {
  const { known, archived, neverSeen, probed, elsewhere } = coverage;
  const { figures } = words;
  const figure = (value: number, label: string) =>
    html`<div><dt>${label}</dt><dd class="${value === 0 ? 'zero' : ''}">${value.toLocaleString('en')}</dd></div>`;
  return html`<p class="lead">${words.sentence(coverage, since)}</p>
<dl class="figures">
${figure(archived, figures.archived)}
${figure(known - archived, figures.notArchived)}
${figure(elsewhere, figures.elsewhere)}
${figure(neverSeen, figures.neverSeen)}
${figure(probed.articles + probed.unpublished, figures.asked)}
</dl>
<p class="quiet evidence">${words.evidence(coverage)}</p>
`;
}

function daysTable(days: readonly CoverageDay[], words: CoverageWords): Markup {
  const columns = columnsOf(days);
  const most = Math.max(...days.map(totalOf));
  const count = (value: number) =>
    html`<td class="count${value === 0 ? ' quiet' : ''}">${value.toLocaleString('en')}</td>`;
  const rows = days.map((each) => {
    const archived = countIn(each, 'archived');
    const known = totalOf(each) - each.neverSeen - archived;
    const parts = [
      { kind: 'archived', share: archived / most },
      { kind: 'known', share: known / most },
      { kind: 'unseen', share: each.neverSeen / most },
    ];
    return html`<tr><th scope="row">${each.day}${each.few ? html` <span class="few">${words.few}</span>` : null}</th><td class="share">${stackedBar(parts)}</td>${columns.map((name) => count(countIn(each, name)))}${count(each.neverSeen)}<td class="count quiet">${each.usual === null ? '' : Math.round(each.usual)}</td></tr>\n`;
  });
  return html`<h2 id="days">${words.byDay}</h2>
<div class="wide"><table class="days">
<thead><tr><th scope="col">${words.day}</th><td></td>${columns.map((name) => html`<th scope="col" class="count">${words.columns[name]}</th>`)}<th scope="col" class="count">${words.neverSeen}</th><th scope="col" class="count">${words.usual}</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`;
}

function gapsTable(title: string, gaps: readonly Gap[], words: CoverageWords): Markup {
  if (gaps.length === 0) return html``;
  const rows = gaps.slice(0, MOST_SHOWN).map(({ from, to, fromDay, toDay }) => {
    const days = fromDay === toDay ? fromDay : words.days(fromDay, toDay);
    return html`<tr><th scope="row" class="fixed">${numbers(from, to)}</th><td class="count">${(to - from + 1).toLocaleString('en')}</td><td>${days}</td></tr>\n`;
  });
  const rest =
    gaps.length > MOST_SHOWN
      ? html`<p class="quiet">${words.firstOf(String(MOST_SHOWN), gaps.length.toLocaleString('en'))}</p>\n`
      : null;
  return html`<h2>${title}</h2>
${rest}<table>
<thead><tr><th scope="col">${words.numbers}</th><th scope="col" class="count">${words.howMany}</th><th scope="col">${words.inferredDay}</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function failuresTable({ failures }: IdCoverage, words: CoverageWords): Markup {
  if (failures.length === 0) return html``;
  const rows = failures
    .slice(0, MOST_SHOWN)
    .map(
      ({ from, to, state, code }) =>
        html`<tr><th scope="row" class="fixed">${numbers(from, to)}</th><td class="error">${words.outcomeOf(state)}</td><td><code>${code}</code></td></tr>\n`,
    );
  return html`<h2>${words.failed}</h2>
<table>
<thead><tr><th scope="col">${words.numbers}</th><th scope="col">${words.outcome}</th><th scope="col">${words.code}</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function sourcesTable({ sources }: IdCoverage, words: CoverageWords): Markup {
  if (sources.length === 0) return html``;
  const rows = sources.map(({ source, shown, usualShare, short }) => {
    const usual = usualShare === null ? '' : `${Math.round(100 * usualShare)} %`;
    const days = short.map((each) => `${each.day} (${words.shownOf(each.shown, each.known)})`).join(', ');
    return html`<tr><th scope="row"><bdi>${source}</bdi></th><td class="count">${shown.toLocaleString('en')}</td><td class="count">${usual}</td><td class="warning">${days}</td></tr>\n`;
  });
  return html`<h2>${words.byList}</h2>
<p class="quiet">${words.listsNote(sources.length)}</p>
<table>
<thead><tr><th scope="col">${words.list}</th><th scope="col" class="count">${words.shown}</th><th scope="col" class="count">${words.usualShare}</th><th scope="col">${words.muchLess}</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}
