/** The alarm of a source: its list gives nothing, or much less than it used to. */
import { wallClock } from '../clock.ts';
import { counted } from '../counted.ts';

/** One sample of a source's list. */
export interface SourceSample {
  readonly source: string;
  /** ms since 1970. */
  readonly at: number;
  /** The kind of list that the answer turned out to be; null if nothing could be read. */
  readonly kind: string | null;
  /** Of the first page, as asked for. */
  readonly url: string;
  /** Articles that the pages named, each once; of an index the lists that it named. */
  readonly entries: number;
  /** How many of the articles the frontier did not know. */
  readonly fresh: number;
  /** Entries without a title. */
  readonly untitled: number;
  /** Entries without a printed time. */
  readonly untimed: number;
  /** Code of the failure; null if all pages were read. */
  readonly code: string | null;
  readonly elapsedMs: number;
}

export interface SourceAlarm {
  readonly source: string;
  readonly what: 'unread' | 'nothing' | 'few' | 'kind' | 'titles' | 'times';
  /** `2 entries, usually 60`. */
  readonly detail: string;
  /** When the first of the samples was made that all say so, ms since 1970. */
  readonly since: number;
}

/** What a source gives on an ordinary day. */
export interface Usual {
  readonly kind: string;
  /** Median of the entries. */
  readonly entries: number;
  /** Medians of the shares of entries without title and without time, 0 to 1. */
  readonly untitled: number;
  readonly untimed: number;
}

/** So many good samples before say what is usual. */
export const USUAL_OF = 20;
/** Fewer say nothing. */
export const FEWEST_READINGS = 5;
/** Below this part of what is usual, a list gives too little. */
const FEW = 0.5;
/** A share that grew by this much is markup, not news. */
const JUMP = 0.5;
/** The network fails now and then, and every such failure is reported by itself: only so many in a row are an alarm. */
const UNREAD_IN_A_ROW = 3;

/**
 * What is usual after these samples; null if there are too few good ones. A sample that failed, or that gave
 * nothing, is no good one; one that gave little is, so that an alarm ends once the little has become usual.
 * @param samples of one source, newest first
 */
export function usualOf(samples: readonly SourceSample[]): Usual | null {
  const good = samples.filter(({ code, entries }) => code === null && entries > 0).slice(0, USUAL_OF);
  if (good.length < FEWEST_READINGS) return null;
  const kinds = Map.groupBy(good, ({ kind }) => kind);
  const [kind] = [...kinds].reduce((most, each) => (each[1].length > most[1].length ? each : most));
  return {
    kind: kind ?? 'unknown',
    entries: median(good.map(({ entries }) => entries)),
    untitled: median(good.map(({ untitled, entries }) => untitled / entries)),
    untimed: median(good.map(({ untimed, entries }) => untimed / entries)),
  };
}

/**
 * What is wrong with a source by its newest sample.
 * @param samples of one source, newest first
 */
export function alarmsOf(samples: readonly SourceSample[]): SourceAlarm[] {
  return problemsAt(samples, 0).map(({ what, detail }) => {
    let first = 0;
    while (first + 1 < samples.length && problemsAt(samples, first + 1).some((problem) => problem.what === what))
      first += 1;
    const { source = '', at = 0 } = samples[first] ?? {};
    return { source, what, detail, since: at };
  });
}

/** `头条: 2 entries, usually 60; since 2026-10-14T07:00:00.000Z`. */
export function describeAlarm({ source, detail, since }: SourceAlarm): string {
  return `${source}: ${detail}; since ${wallClock(since)}`;
}

/** The same for programs. */
export function alarmLine({ since, ...alarm }: SourceAlarm): Omit<SourceAlarm, 'since'> & { readonly since: string } {
  return { ...alarm, since: new Date(since).toISOString() };
}

type Problem = Pick<SourceAlarm, 'what' | 'detail'>;

/** What sample `index` shows, against those before it. */
function problemsAt(samples: readonly SourceSample[], index: number): Problem[] {
  const now = samples[index];
  const usual = usualOf(samples.slice(index + 1));
  if (now === undefined || usual === null) return [];
  if (now.code !== null && now.code !== 'SOURCE_EMPTY') return unread(samples.slice(index));
  if (now.entries === 0)
    return [{ what: 'nothing', detail: `nothing, usually ${counted(usual.entries, 'entry', 'entries')}` }];

  const problems: Problem[] = [];
  if (now.entries < usual.entries * FEW)
    problems.push({ what: 'few', detail: `${counted(now.entries, 'entry', 'entries')}, usually ${usual.entries}` });
  if (now.kind !== usual.kind)
    problems.push({ what: 'kind', detail: `a list of kind ${now.kind ?? 'unknown'}, usually ${usual.kind}` });
  for (const [what, name, share, before] of [
    ['titles', 'title', now.untitled / now.entries, usual.untitled],
    ['times', 'time', now.untimed / now.entries, usual.untimed],
  ] as const) {
    if (share - before < JUMP) continue;
    problems.push({ what, detail: `${percent(share)} of the entries without ${name}, usually ${percent(before)}` });
  }
  return problems;
}

/** A list of which only a later page failed was read, and says nothing about how much it gives. */
function unread(samples: readonly SourceSample[]): Problem[] {
  const last = samples.slice(0, UNREAD_IN_A_ROW);
  if (last.length < UNREAD_IN_A_ROW || last.some(({ code, entries }) => code === null || entries > 0)) return [];
  return [{ what: 'unread', detail: `could not be read ${UNREAD_IN_A_ROW} times in a row, last ${last[0]?.code}` }];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
