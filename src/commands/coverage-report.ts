/** The ledger of numbers in lines: a row for each day, the gaps, the lists, and the estimate in a sentence. */
import stringWidth from 'string-width';
import { type ColumnName, columnsOf, countIn, evidence, numbers, sentence, totalOf } from '../coverage/describe.ts';
import type { Gap } from '../coverage/gaps.ts';
import type { Ledger, LedgerDay, Window } from '../coverage/ledger.ts';
import type { SourceShare } from '../coverage/source-shares.ts';
import type { Style, Terminal } from './terminal.ts';

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

export function coverageLines(ledger: Ledger, { since }: Window, terminal: Terminal): string[] {
  const { days, gaps, unwatched, failures, sources } = ledger;
  if (days.length === 0) return [`nothing is known since ${since}`];
  const short = sources.filter((source) => source.short.length > 0);
  return [
    ...daysTable(days, terminal),
    ...section('never seen', gaps.map(describeGap)),
    ...section('not watched, and not counted', unwatched.map(describeGap)),
    ...section(
      'failed',
      failures.map(({ from, to, state, code }) => `${numbers(from, to)}  ${state} ${code}`),
    ),
    ...section('lists that showed less than they usually do', short.flatMap(describeShort)),
    '',
    sentence(ledger, since),
    terminal.style('dim', evidence(ledger)),
  ];
}

/** One line for each day, gap, unwatched stretch, failure and source, and the summary. */
export function* jsonLines(ledger: Ledger, window: Window): Generator<object> {
  const { days, gaps, unwatched, failures, sources, completeness, ...counts } = ledger;
  for (const day of days) yield { kind: 'day', ...day };
  for (const gap of gaps) yield { kind: 'gap', ...gap, count: gap.to - gap.from + 1 };
  for (const gap of unwatched) yield { kind: 'unwatched', ...gap, count: gap.to - gap.from + 1 };
  for (const failure of failures) yield { kind: 'failure', ...failure };
  for (const source of sources) yield { kind: 'source', ...source };
  yield { summary: { ...window, ...counts, ...completeness, sentence: sentence(ledger, window.since) } };
}

function daysTable(days: readonly LedgerDay[], terminal: Terminal): string[] {
  const most = Math.max(...days.map((each) => totalOf(each)));
  const used = columnsOf(days);
  const hasUsual = days.some(({ usual }) => usual !== null);
  const heads = [...used, 'never seen', ...(hasUsual ? ['usual'] : [])];
  const head = `${'day'.padEnd(10)}  ${' '.repeat(BAR_CELLS)}${heads.map((name) => `  ${name}`).join('')}`;
  const rows = days.map((each) => {
    const cells = [
      ...used.map((name) => cell(countIn(each, name), name, STYLES[name], terminal)),
      cell(each.neverSeen, 'never seen', 'yellow', terminal),
      hasUsual ? `  ${(each.usual === null ? '' : String(Math.round(each.usual))).padStart('usual'.length)}` : '',
    ];
    return `${each.day}  ${barOf(each, most, terminal)}${cells.join('')}${each.few ? terminal.style('red', '  few') : ''}`;
  });
  return [terminal.style('dim', head), ...rows];
}

function cell(count: number, name: string, style: Style | null, terminal: Terminal): string {
  const text = (count === 0 ? '·' : String(count)).padStart(stringWidth(name));
  return `  ${count === 0 ? terminal.style('dim', text) : style === null ? text : terminal.style(style, text)}`;
}

/** Full for what is archived, half for what else is known, light for what nothing showed. */
function barOf(each: LedgerDay, most: number, terminal: Terminal): string {
  const cells = (count: number) => Math.round((BAR_CELLS * count) / Math.max(1, most));
  const archived = countIn(each, 'archived');
  const known = totalOf(each) - each.neverSeen;
  const [full, half, all] = [cells(archived), cells(known), cells(totalOf(each))];
  return [
    terminal.style('green', '█'.repeat(full)),
    '▒'.repeat(half - full),
    terminal.style('yellow', '░'.repeat(all - half)),
    ' '.repeat(BAR_CELLS - all),
  ].join('');
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
