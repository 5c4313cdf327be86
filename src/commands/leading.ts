/** The part of `schedule` that leads a cluster: one of several leads, offers the hands what is due, and says that it lives. */
import type { App } from '../app.ts';
import { systemClock } from '../clock.ts';
import { COMMAND as WORKER } from '../cluster/hand.ts';
import { type Leadership, openLeadership } from '../cluster/leadership.ts';
import { watchLeftBehind } from '../cluster/left-behind.ts';
import { openVisitQueue } from '../cluster/queue.ts';
import type { Config } from '../config.ts';
import type { Leading } from '../crawl/schedule.ts';
import { unlessRefused } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { NumberSpace } from '../model.ts';

/** As long as one leads; others wait. */
export interface Lead extends Disposable {
  /**
   * Resolves once this process leads, or is asked to stop.
   * @param onWait is called before each pause
   */
  hold(onWait: () => Promise<void>): Promise<void>;
  /** @throws LEADERSHIP_LOST */
  require(): void;
  isLeading(): boolean;
}

/** So soon a schedule that waits takes over. */
const LOOK_MS = 1000;

export function openLead(
  postgres: string,
  { stopSignal, log }: { readonly stopSignal: AbortSignal; readonly log: Log },
): Lead {
  const leadership: Leadership = openLeadership(postgres);
  return {
    hold: async (onWait) => {
      let isTold = false;
      while (!stopSignal.aborted && !leadership.lead()) {
        if (!isTold)
          log({
            level: 'info',
            stage: 'run',
            message: 'another schedule leads, or the database is away; this one waits',
          });
        isTold = true;
        await onWait();
        await systemClock.sleep(LOOK_MS, { signal: stopSignal }).catch(() => {}); // the loop looks at the signal
      }
      if (isTold && !stopSignal.aborted) log({ level: 'info', stage: 'run', message: 'this schedule leads now' });
    },
    require: () => {
      if (!leadership.isLeading())
        throw new ArchiveError('LEADERSHIP_LOST', 'the lock of the schedule in the database');
    },
    isLeading: leadership.isLeading,
    [Symbol.dispose]: leadership[Symbol.dispose],
  };
}

/** So many targets of each number space wait in the queue at most: its order is that of the moment when they were offered. */
const OFFERED = 64;
/** What a host that is left alone for longer has is not offered. */
const SOON_MS = 30_000;

export interface HandingOut extends Leading, AsyncDisposable {
  /** Aborts where this process does not lead any more. */
  readonly lost: AbortSignal;
}

/** Offers what is due to the hands until disposed. */
export function beginHandingOut(
  { frontier, journal, shared, services, storage, trash }: App,
  lead: Lead,
  { config, command, log }: { readonly config: Config; readonly command: string; readonly log: Log },
): HandingOut {
  const { redis } = config.cluster;
  const queue = redis === null ? null : openVisitQueue(redis, log);
  const lost = new AbortController();
  const leftBehind = shared === null ? null : watchLeftBehind({ storage, trash, shared }, log);
  let hasHands = false;
  let step: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    step = step.then(offer).catch((error: unknown) => {
      if (!(error instanceof ArchiveError)) throw error; // the schedule meets the same, and says it
    });
  }, LOOK_MS);
  void offer().catch(() => {}); // as above
  return {
    lost: lost.signal,
    requireLead: lead.require,
    handsVisit: () => hasHands,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await step;
      await leftBehind?.[Symbol.asyncDispose]();
      unlessRefused(() => shared?.hands.leave());
      await queue?.[Symbol.asyncDispose]();
    },
  };

  async function offer(): Promise<void> {
    if (!lead.isLeading()) return lost.abort();
    shared?.hands.beat({ command, inHand: [], leads: true });
    const hands = queue === null ? [] : (shared?.hands.all() ?? []);
    hasHands = hands.some(({ command, isSilent }) => command === WORKER && !isSilent);
    await queue?.offer(SPACES.flatMap((space) => (isSoon(space) ? frontier.ready(OFFERED, space) : [])));
  }

  function isSoon(space: NumberSpace): boolean {
    const origin = space === 'guancha' ? config.site.www : config.site.community;
    return journal.hosts.nextAt(new URL(origin).host) - services.clock.now() < SOON_MS;
  }
}

const SPACES: readonly NumberSpace[] = ['guancha', 'fengwen'];
