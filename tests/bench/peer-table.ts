/** The comparison with other programs as Markdown: what each cost, what came of it, what it is made for. */
import type { Served } from './newspaper-process.ts';
import type { Peer } from './peer-programs.ts';
import type { Yield } from './peer-yield.ts';

/** What came of one run. */
export interface PeerResult {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly served: Served;
  readonly yielded: Yield;
  /** Null where it ended as it should; else why it did not. */
  readonly fault: string | null;
}

export interface PeerRow {
  readonly peer: Peer;
  /** A run for each round, in order; the last may have ended badly. */
  readonly results: readonly PeerResult[];
}

/** The first row is the reference of all ratios, each taken within one round. */
export function peerTables(
  rows: readonly PeerRow[],
  printed: { readonly articles: number; readonly pictures: number },
): string {
  const [reference] = rows;
  const cost = rows.map(({ peer, results }) => {
    const fault = faultOf({ peer, results });
    const good = results.filter((each) => each.fault === null);
    const cells = [
      spread(good.map(({ cpuMs }) => cpuMs / 1000)),
      ratio(results, reference?.results ?? [], ({ cpuMs }) => cpuMs),
      spread(good.map(({ peakBytes }) => peakBytes / 1e6)),
      ratio(results, reference?.results ?? [], ({ peakBytes }) => peakBytes),
      spread(good.map(({ wallMs }) => wallMs / 1000)),
      ratio(results, reference?.results ?? [], ({ wallMs }) => wallMs),
    ];
    return [named(peer), ...cells, fault ?? `${good.length} of ${results.length} runs`];
  });
  const came = rows.map(({ peer, results }) => {
    const last = results.at(-1);
    if (last === undefined) return [named(peer), ...Array.from({ length: 8 }, () => '–')];
    const { served, yielded } = last;
    return [
      named(peer),
      String(served.requests),
      of(served.articles, printed.articles),
      String(yielded.files),
      (yielded.bytes / 1e6).toFixed(1),
      of(yielded.begun, printed.articles),
      of(yielded.whole, printed.articles),
      of(yielded.pictures, printed.pictures),
      yielded.fields === null ? 'reads none' : of(yielded.fields, printed.articles),
    ];
  });
  return [
    ...table(['', 'CPU s', 'ratio', 'peak MB', 'ratio', 'wall s', 'ratio', 'ended'], cost),
    '',
    ...table(
      [
        '',
        'requests',
        'articles served',
        'files',
        'MB written',
        'beginning kept',
        'whole text kept',
        'original pictures kept',
        'fields right',
      ],
      came,
    ),
    '',
    ...table(
      ['', 'what it keeps as it was run here'],
      rows.map(({ peer }) => [peer.name, peer.keeps]),
    ),
  ].join('\n');
}

/** Why a program has no figures, or not those of every round; null where it has. */
function faultOf({ peer, results }: PeerRow): string | null {
  if (peer.command === null) return `absent: ${peer.absent ?? 'not found'}`;
  if (results.length === 0) return 'not run';
  return results.find(({ fault }) => fault !== null)?.fault ?? null;
}

function named({ name, version }: Peer): string {
  return `${name} ${version}`.trim();
}

function of(count: number, all: number): string {
  return `${count} of ${all}`;
}

/** `median (lowest–highest)`. */
function spread(values: readonly number[], digits = 1): string {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) return '–';
  const ends = `${sorted.at(0)?.toFixed(digits)}–${sorted.at(-1)?.toFixed(digits)}`;
  return sorted.length === 1 ? middle.toFixed(digits) : `${middle.toFixed(digits)} (${ends})`;
}

/** Round by round, so that a machine that others use too slows both. */
function ratio(
  results: readonly PeerResult[],
  reference: readonly PeerResult[],
  value: (result: PeerResult) => number,
): string {
  const pairs = results.flatMap((result, round) => {
    const other = reference[round];
    return result.fault !== null || other === undefined || other.fault !== null ? [] : [value(result) / value(other)];
  });
  return spread(pairs, 2);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---|').join('')}`, ...rows.map(line)];
}
