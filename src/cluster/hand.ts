/** A hand of a cluster: visits what the leader offers, one lease for each article, and waits for whatever is away. */
import type { Clock } from '../clock.ts';
import { isInterruption } from '../crawl/crawl.ts';
import { createRefusals } from '../crawl/refusals.ts';
import { type CrawlContext, type Worked, type WorkOptions, work } from '../crawl/work.ts';
import { unlessRefused } from '../database.ts';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import type { Hands } from '../journal/hands.ts';
import type { Log } from '../log.ts';
import type { ArticleId } from '../model.ts';
import { takeVisits } from './queue.ts';

export interface HandOptions extends Omit<WorkOptions, 'fence'> {
  readonly redis: string;
  readonly hands: Hands;
  /** So many articles are in hand at once. */
  readonly concurrency: number;
  /** A host's pause once it refuses several articles in a row; twice as long each time, and no longer than `longestPauseMs`. */
  readonly blockedPauseMs: number;
  readonly longestPauseMs: number;
  /** No further article is begun once this aborts. */
  readonly stopSignal: AbortSignal;
  readonly onSettled: (settled: Worked) => void;
  /** Is called every few seconds. */
  readonly onBeat: () => void;
  readonly log: Log;
}

export const COMMAND = 'worker';

/** What comes back by itself: it is waited for, and the article in hand waits as if it had not been taken. */
const AWAY: readonly ErrorCode[] = ['DATABASE_AWAY', 'ARCHIVE_AWAY'];
export const AWAY_MS = 2000;

export function comesBack(error: unknown): error is ArchiveError {
  return error instanceof ArchiveError && AWAY.includes(error.code);
}

const BEAT_MS = 5000;

/** Works until `stopSignal` aborts. @throws what stops a run, such as a full disk */
export async function serveHand(context: CrawlContext, options: HandOptions): Promise<void> {
  const { frontier, services } = context;
  const { clock } = services;
  const { stopSignal, abortSignal, hands, log } = options;
  const refusals = createRefusals(context.journal.hosts, { ...options, now: clock.now });
  const inHand = new Set<ArticleId>();
  const failed = new AbortController();
  const ending = AbortSignal.any([stopSignal, abortSignal, failed.signal]);
  let isAway = false;

  // Whoever does not hear of this hand for long takes it for dead.
  const beat = () => {
    unlessRefused(() => {
      hands.beat({ command: COMMAND, inHand: [...inHand], leads: false });
      options.onBeat();
    });
  };
  beat();
  const beats = setInterval(beat, BEAT_MS);
  try {
    await using _visits = takeVisits(options.redis, { concurrency: options.concurrency, visit: visitOrWait, log });
    await aborted(ending);
  } finally {
    clearInterval(beats);
    unlessRefused(() => hands.leave());
  }
  abortSignal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;

  async function visitOrWait(id: ArticleId): Promise<void> {
    if (ending.aborted) return;
    try {
      await visit(id);
      isAway = false;
    } catch (error) {
      if (ending.aborted && (isInterruption(error) || abortSignal.aborted)) return;
      if (comesBack(error)) await waitFor(error);
      else failed.abort(error);
    }
  }

  async function visit(id: ArticleId): Promise<void> {
    await services.archive.requireRoom();
    const lease = frontier.take([id]);
    if (lease === null) return; // another hand was quicker, or it has ended
    inHand.add(id);
    beat();
    try {
      const worked = await work({ kind: 'queued', lease, refresh: false }, context, { ...options, fence: () => {} });
      refusals.note(worked);
      if (worked.isAway !== true) options.onSettled(worked);
    } finally {
      inHand.delete(id);
    }
  }

  /** The jobs that are held meanwhile keep this hand from taking others. */
  async function waitFor(error: ArchiveError): Promise<void> {
    if (!isAway) log({ level: 'warn', stage: 'run', message: `${error.code}: ${error.detail}; it is waited for` });
    isAway = true;
    await sleepUnless(ending, clock);
  }
}

async function sleepUnless(ending: AbortSignal, clock: Clock): Promise<void> {
  await clock.sleep(AWAY_MS, { signal: ending }).catch(() => {}); // the caller looks at the signal
}

export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
