/** The ledger in words: its columns, its numbers, and the estimate in a sentence. */
import type { Completeness } from './completeness.ts';
import type { DayState, Ledger, LedgerDay } from './ledger.ts';

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
export function columnsOf(days: readonly LedgerDay[]): ColumnName[] {
  return (Object.keys(COLUMNS) as ColumnName[]).filter((name) => days.some((each) => countIn(each, name) > 0));
}

export function countIn({ states }: LedgerDay, column: ColumnName): number {
  return COLUMNS[column].reduce((sum, state) => sum + states[state], 0);
}

/** Known and never seen. */
export function totalOf({ states, neverSeen }: LedgerDay): number {
  return Object.values(states).reduce((sum, count) => sum + count, neverSeen);
}

/** `904309–904328`. */
export function numbers(from: number, to: number): string {
  return from === to ? String(from) : `${from}–${to}`;
}

/** The estimate, its interval and its method. */
export function sentence({ archived, completeness }: Ledger, since: string): string {
  const { published, archivedShare, confidence } = completeness;
  if (archivedShare === null) return `nothing is known to have been published since ${since}`;
  const method = `${Math.round(100 * confidence)} % interval of a beta-binomial posterior`;
  return `${archived} of ${interval(published.low, published.high)} articles published since ${since} are archived, ${shares(archivedShare)} (${method}).`;
}

/** What the estimate rests on. */
export function evidence({ neverSeen, probed, elsewhere, completeness: { lists } }: Ledger): string {
  const asked = probed.articles + probed.unpublished;
  const parts = [
    `${neverSeen} numbers between them were never seen`,
    asked === 0
      ? 'none was asked for (backfill --ids asks)'
      : `${asked} more were asked for, and ${probed.articles} of them are articles`,
    ...(lists === null ? [] : [describeLists(lists)]),
    ...(elsewhere === 0 ? [] : [`${elsewhere} that moved or led elsewhere are left out`]),
  ];
  return `${parts.join('; ')}.`;
}

function describeLists({ lists, low, missed, high }: NonNullable<Completeness['lists']>): string {
  return `${lists} lists missed about ${Math.round(missed)} by capture and recapture (Chao’s lower bound, ${Math.round(low)} to ${Math.round(high)})`;
}

function interval(low: number, high: number): string {
  return low === high ? String(low) : `${low} to ${high}`;
}

/** Rounded away from the middle. */
function shares({ low, high }: { readonly low: number; readonly high: number }): string {
  const [from, to] = [Math.floor(low * 100 + 1e-9), Math.ceil(high * 100 - 1e-9)];
  return from === to ? `${from} %` : `${from} to ${to} %`;
}
