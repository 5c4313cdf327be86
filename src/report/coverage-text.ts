/** The coverage of numbers in lines: a row for each day, the gaps, the lists, and the estimate in a sentence. */
import { counted } from '../counted.ts';
import type { Gap } from '../coverage/gaps.ts';
import type { CoverageDay, DayState, IdCoverage, SourceShare, Window } from '../coverage/id-coverage.ts';
import type { Line, Summary } from './envelope.ts';
import { joined, line, type Style, style, type Text } from './text.ts';
import { widthOf } from './width.ts';

/** More of one kind are counted, not shown. */
const MOST_LINES = 40;
const BAR_CELLS = 24;

const STYLES: Readonly<Record<ColumnName, Style | null>> = {
  archived: 'green',
  gone: 'yellow',
  elsewhere: null,
  failed: 'red',
  refused: 'red',
  waiting: 'yellow',
};

export function coverageLines(coverage: IdCoverage, { since }: Window): Text[] {
  const { days, gaps, unwatched, failures, sources } = coverage;
  if (days.length === 0) return [`nothing is known since ${since}`];
  const short = sources.filter((source) => source.short.length > 0);
  return [
    ...daysTable(days),
    ...section('never seen', gaps.map(describeGap)),
    ...section('not watched, and not counted', unwatched.map(describeGap)),
    ...section(
      'failed',
      failures.map(({ from, to, state, code }) => `${numbers(from, to)}  ${state} ${code}`),
    ),
    ...section('lists that showed less than they usually do', short.flatMap(describeShort)),
    '',
    sentence(coverage, since),
    style('dim', evidence(coverage)),
  ];
}

/** One line for each day, gap, unwatched stretch, failure and source. */
export function* jsonLines({ days, gaps, unwatched, failures, sources }: IdCoverage): Generator<Line> {
  for (const day of days) yield { type: 'day', ...day };
  for (const gap of gaps) yield { type: 'gap', ...gap, count: gap.to - gap.from + 1 };
  for (const gap of unwatched) yield { type: 'unwatched', ...gap, count: gap.to - gap.from + 1 };
  for (const failure of failures) yield { type: 'failure', ...failure };
  for (const source of sources) yield { type: 'share', ...source };
}

/** The counts and the estimate. */
export function coverageSummary(coverage: IdCoverage, window: Window): Omit<Summary<'coverage'>, 'unreadable'> {
  const { neverSeen, probed, known, archived, elsewhere, rate, completeness } = coverage;
  const counts = { neverSeen, probed, known, archived, elsewhere, rate };
  return { ...window, ...counts, ...completeness, sentence: sentence(coverage, window.since) };
}

function daysTable(days: readonly CoverageDay[]): Text[] {
  const most = Math.max(...days.map((each) => totalOf(each)));
  const used = columnsOf(days);
  const hasUsual = days.some(({ usual }) => usual !== null);
  const heads = [...used, 'never seen', ...(hasUsual ? ['usual'] : [])];
  const head = `${'day'.padEnd(10)}  ${' '.repeat(BAR_CELLS)}${heads.map((name) => `  ${name}`).join('')}`;
  const rows = days.map((each) => {
    const cells = [
      ...used.map((name) => cell(countIn(each, name), name, STYLES[name])),
      cell(each.neverSeen, 'never seen', 'yellow'),
      hasUsual ? `  ${(each.usual === null ? '' : String(Math.round(each.usual))).padStart('usual'.length)}` : '',
    ];
    return line`${each.day}  ${barOf(each, most)}${cells}${each.few ? style('red', '  few') : ''}`;
  });
  return [style('dim', head), ...rows];
}

function cell(count: number, name: string, colour: Style | null): Text {
  const text = (count === 0 ? '·' : String(count)).padStart(widthOf(name));
  return line`  ${count === 0 ? style('dim', text) : colour === null ? text : style(colour, text)}`;
}

/** Full for what is archived, half for what else is known, light for what nothing showed. */
function barOf(each: CoverageDay, most: number): Text {
  const cells = (count: number) => Math.round((BAR_CELLS * count) / Math.max(1, most));
  const archived = countIn(each, 'archived');
  const known = totalOf(each) - each.neverSeen;
  const [full, half, all] = [cells(archived), cells(known), cells(totalOf(each))];
  return joined([
    style('green', '█'.repeat(full)),
    '▒'.repeat(half - full),
    style('yellow', '░'.repeat(all - half)),
    ' '.repeat(BAR_CELLS - all),
  ]);
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MOST_LINES;
  const more = rest > 0 ? [`  … and ${rest} more; --json prints all`] : [];
  return ['', title, ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`), ...more];
}

function describeGap({ from, to, fromDay, toDay }: Gap): string {
  return `${numbers(from, to).padEnd(15)}  ${String(to - from + 1).padStart(5)}  ${fromDay}${fromDay === toDay ? '' : ` to ${toDay}`}`;
}

function describeShort({ source, usualShare, short }: SourceShare): string[] {
  const usual = Math.round(100 * (usualShare ?? 0));
  return short.map(({ day, shown, known }) => `${day}  ${source}: ${shown} of ${known}, usually ${usual} %`);
}

// The coverage in words: its columns, its numbers, and the estimate in a sentence.

/** What a day's column is called, and which states it counts. */
const COLUMNS = {
  archived: ['archived', 'withdrawn'],
  gone: ['gone'],
  elsewhere: ['moved', 'link-out'],
  failed: ['failed'],
  refused: ['blocked', 'refused'],
  waiting: ['waiting'],
} as const satisfies Record<string, readonly DayState[]>;

export type ColumnName = keyof typeof COLUMNS;

/** The columns in which anything stands. */
export function columnsOf(days: readonly CoverageDay[]): ColumnName[] {
  return (Object.keys(COLUMNS) as ColumnName[]).filter((name) => days.some((each) => countIn(each, name) > 0));
}

export function countIn({ states }: CoverageDay, column: ColumnName): number {
  return COLUMNS[column].reduce((sum, state) => sum + states[state], 0);
}

/** Known and never seen. */
export function totalOf({ states, neverSeen }: CoverageDay): number {
  return Object.values(states).reduce((sum, count) => sum + count, neverSeen);
}

/** `904309–904328`. */
export function numbers(from: number, to: number): string {
  return from === to ? String(from) : `${from}–${to}`;
}

/** The estimate, its interval and its method. */
export function sentence({ archived, completeness }: IdCoverage, since: string): string {
  const { published, archivedShare, confidence } = completeness;
  if (archivedShare === null) return `nothing is known to have been published since ${since}`;
  const method = `${Math.round(100 * confidence)} % interval of a beta-binomial posterior`;
  return `${archived} of ${interval(published.low, published.high)} articles published since ${since} are archived, ${shares(archivedShare)} (${method}).`;
}

/** What the estimate rests on. */
export function evidence({ neverSeen, probed, elsewhere }: IdCoverage): string {
  const asked = probed.articles + probed.unpublished;
  const parts = [
    `${counted(neverSeen, 'number between them was', 'numbers between them were')} never seen`,
    asked === 0
      ? 'none was asked for (backfill --ids asks)'
      : `${counted(asked, 'more was', 'more were')} asked for: ${counted(probed.articles, 'article')}`,
    ...(elsewhere === 0 ? [] : [`${elsewhere} that moved or led elsewhere are left out`]),
  ];
  return `${parts.join('; ')}.`;
}

function interval(low: number, high: number): string {
  return low === high ? String(low) : `${low} to ${high}`;
}

/** Rounded away from the middle. */
function shares({ low, high }: { readonly low: number; readonly high: number }): string {
  const [from, to] = [Math.floor(low * 100 + 1e-9), Math.ceil(high * 100 - 1e-9)];
  return from === to ? `${from} %` : `${from} to ${to} %`;
}
