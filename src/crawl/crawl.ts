/** Many articles: what waits in the queue until nothing does, and what is due for another visit. */
import { wallClock } from '../clock.ts';
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import type { Scope } from '../frontier/frontier.ts';
import type { Revisit } from '../journal/journal.ts';
import type { Log } from '../log.ts';
import type { ArticleId, NumberSpace, Outcome } from '../model.ts';
import type { Desk, Ordered } from './desk.ts';
import { isRefusal, type Visited } from './visited.ts';
import { type CrawlContext, type Worked, type WorkOptions, work } from './work.ts';

export interface CrawlOptions extends WorkOptions {
  readonly concurrency: number;
  readonly refresh: boolean;
  /** Takes at once what is implausible beside the archived article. */
  readonly accept?: boolean | undefined;
  /** Only these articles, and what they lead to; all that wait where absent. */
  readonly only?: readonly ArticleId[] | undefined;
  /** At most so many visits. */
  readonly limit?: number | undefined;
  /** The pause once the site refuses several articles in a row; twice as long each time, at most `blockedPauses` times. */
  readonly blockedPauseMs: number;
  readonly blockedPauses: number;
  /** So often a host is waited for in a run whose robots.txt cannot be had; three times where absent. */
  readonly attempts?: number | undefined;
  /** No further article is begun once this aborts. */
  readonly stopSignal: AbortSignal;
  readonly desk?: Desk | undefined;
  /** Is called for what this run is for, and not for what was handed over to it. */
  readonly onSettled: (settled: Worked) => void;
  readonly log: Log;
}

/** What is visited next. */
interface Taken extends Ordered {
  readonly isOrdered: boolean;
}

const LONG_WAIT_MS = 60_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;

/** So many refusals in a row mean that the site does not want this visitor now. */
export const MOST_BLOCKED_IN_A_ROW = 5;

/**
 * Archives what waits, `concurrency` articles at a time, and waits for what is due later; what others have ordered comes
 * first.
 * @throws BLOCKED where the site goes on refusing after all pauses; what stops the run
 */
export async function archiveWaiting(context: CrawlContext, options: CrawlOptions): Promise<void> {
  const { frontier, services } = context;
  const { stopSignal, abortSignal, onSettled, desk } = options;
  const only = options.only === undefined ? undefined : [...options.only];
  const halt = new AbortController(); // a worker that throws stops the others after the article in hand
  const ending = AbortSignal.any([stopSignal, abortSignal, halt.signal]);
  let begun = 0;
  const away = openAway(options.attempts ?? 3);
  let toldWaitAt = 0;
  const refusals: Worked[] = []; // in a row, held back until it is known whether they stand
  let pause: Promise<void> | null = null; // while the site refuses this visitor
  try {
    await settleAll(Array.from({ length: options.concurrency }, () => worker()));
  } finally {
    reportRefusals();
    reportAway();
  }

  async function worker(): Promise<void> {
    try {
      for (;;) {
        await pause;
        await services.archive.requireRoom();
        const taken = await nextLease();
        if (taken === null) return;
        if (taken === 'waited') continue;
        await archiveLeased(taken);
        if (refusals.length < MOST_BLOCKED_IN_A_ROW || pause !== null) continue;
        pause = pauseWhileBlocked().finally(() => {
          pause = null;
        });
        await pause;
      }
    } catch (error) {
      halt.abort();
      if (!stopSignal.aborted || !isInterruption(error)) throw error; // else the run ends as it was asked to
    }
  }

  /** Null where this worker has nothing more to do; `waited` where it was worth waiting, and is to be asked again. */
  async function nextLease(): Promise<Taken | 'waited' | null> {
    if (ending.aborted) return null;
    const ordered = desk?.take() ?? null;
    if (ordered !== null) return { ...ordered, isOrdered: true };
    const scope = begun >= (options.limit ?? Number.POSITIVE_INFINITY) ? null : away.scopeOf(only);
    const lease = scope === null ? null : frontier.take(scope);
    if (lease !== null) {
      begun += 1;
      return { lease, refresh: options.refresh, accept: options.accept === true, isOrdered: false };
    }
    const dues = [scope === null ? null : frontier.nextDue(scope), desk?.nextDue() ?? null];
    const due = Math.min(...dues.map((at) => at ?? Number.POSITIVE_INFINITY));
    if (due === Number.POSITIVE_INFINITY) return null;
    tellWait(due);
    await wait(due - services.clock.now());
    return 'waited';
  }

  async function archiveLeased({ lease, refresh, accept, isOrdered }: Taken): Promise<Visited> {
    const settled = await work({ kind: 'queued', lease, refresh, accept }, context, options);
    const { outcome, found } = settled.visit;
    away.note(settled);
    if (settled.isAway === true) {
      if (!isOrdered) begun -= 1; // as if it had not been taken
      return settled.visit;
    }
    if (isOrdered && only?.includes(lease.target.id) !== true) return settled.visit;
    only?.push(...found.map((target) => target.id));
    if (isRefusal(settled.visit)) refusals.push(settled);
    else {
      if (isAnswer(outcome, options)) reportRefusals();
      onSettled(settled);
    }
    return settled.visit;
  }

  /** Pauses, then tries one article, until the site answers again. The articles that it refused wait behind all others. */
  async function pauseWhileBlocked(): Promise<void> {
    for (let pauses = 0, outcome: Outcome | null = null; outcome === null || !isAnswer(outcome, options); pauses++) {
      const pauseMs = Math.min(options.blockedPauseMs * 2 ** pauses, LONGEST_PAUSE_MS);
      const where = refusals.at(-1)?.target.url;
      if (pauses >= options.blockedPauses)
        throw new ArchiveError(
          'BLOCKED',
          `${MOST_BLOCKED_IN_A_ROW} articles in a row, ${counted(pauses, 'pause')}, last ${where}`,
        );
      requeueRefusals(pauseMs);
      options.log({
        level: 'warn',
        stage: 'run',
        message: `the site refuses requests; the crawl pauses for ${Math.ceil(pauseMs / 1000)} s${endOf(pauseMs)}, then tries one article (pause ${pauses + 1} of ${options.blockedPauses})`,
      });
      await wait(pauseMs);
      requeueRefusals(0); // of the articles that were in hand when the pause began
      outcome = await tryOne();
      if (outcome === null) return;
    }
    options.log({ level: 'info', stage: 'run', message: 'the site answers again' });
  }

  /** The outcome of the first visit that asks the site for anything; null where nothing more waits, or the work ends. */
  async function tryOne(): Promise<Outcome | null> {
    for (let taken = await nextLease(); taken !== null; taken = await nextLease()) {
      if (taken === 'waited') continue;
      const visited = await archiveLeased(taken);
      const { outcome } = visited;
      if (away.isAway(taken.lease.target.id)) return null;
      const wasAsked = outcome.kind !== 'refused' && (outcome.kind !== 'unchanged' || options.refresh);
      if (wasAsked || isRefusal(visited)) return outcome;
    }
    return null;
  }

  function requeueRefusals(pauseMs: number): void {
    const ids = refusals.map(({ target }) => target.id);
    const again = new Set(frontier.requeue({ ids, keepAttempts: true }).map(({ id }) => id));
    reportRefusals((id) => (again.has(id) ? pauseMs : null));
  }

  function reportRefusals(againInMs: (id: ArticleId) => number | null = () => null): void {
    for (const settled of refusals.splice(0)) onSettled({ ...settled, againInMs: againInMs(settled.target.id) });
  }

  function endOf(pauseMs: number): string {
    return pauseMs > LONG_WAIT_MS ? `, until ${wallClock(services.clock.now() + pauseMs)}` : '';
  }

  /** Nothing is waited for in silence. */
  function tellWait(due: number): void {
    if (due - services.clock.now() <= LONG_WAIT_MS || due === toldWaitAt) return;
    toldWaitAt = due;
    const message = `${counted(frontier.waiting(), 'article waits', 'articles wait')} to be asked for again; the next one at ${wallClock(due)}`;
    options.log({ level: 'info', stage: 'run', message });
  }

  /** What waits for a host that is left alone, as far as somebody named it; of all others one stands for them. */
  function reportAway(): void {
    if (abortSignal.aborted) return;
    for (const { space, last } of away.all()) {
      const named = only?.filter((id) => id.startsWith(`${space}:`)) ?? [last.target.id];
      for (const id of named) {
        const found = frontier.find(id);
        if (found?.state === 'waiting') onSettled({ ...last, target: found.target });
      }
      const until = wallClock(context.journal.hosts.nextAt(new URL(last.target.url).host));
      const message = `${new URL(last.target.url).host} cannot be asked for anything; what waits there is not settled, and may be asked for from ${until} on`;
      options.log({ level: 'warn', stage: 'run', message });
    }
  }

  /** Shorter where the work ends. */
  async function wait(timeMs: number): Promise<void> {
    const signal = desk === undefined ? ending : AbortSignal.any([ending, desk.arrival()]);
    await services.clock.sleep(Math.max(0, timeMs), { signal }).catch(() => {}); // whoever waited looks at `ending`
  }
}

// Hosts whose robots.txt cannot be had, or forbids everything: what is to be had there waits, and the other host goes on.

const SPACES: readonly NumberSpace[] = ['guancha', 'fengwen'];

interface Away {
  /** What came of a visit: where its host was away again and again, nothing more of it is taken in this run. */
  note(settled: Worked): void;
  isAway(id: ArticleId): boolean;
  /** What may still be taken of it; null for nothing. */
  scopeOf(only: readonly ArticleId[] | undefined): Scope | undefined | null;
  all(): readonly { readonly space: NumberSpace; readonly last: Worked }[];
}

function openAway(attempts: number): Away {
  const failures = new Map<NumberSpace, { readonly last: Worked; readonly inARow: number }>();
  let narrowed: { readonly of: readonly ArticleId[]; readonly length: number; readonly ids: ArticleId[] } | null = null;
  const isAway = (space: NumberSpace) => (failures.get(space)?.inARow ?? 0) >= attempts;
  return {
    note: (settled) => {
      const space = spaceOf(settled.target.id);
      const { outcome } = settled.visit;
      if (isAway(space)) return;
      if (settled.isAway !== true) failures.delete(space);
      else {
        // A robots.txt that forbids everything was read: it is read anew in some minutes, and nobody waits for that.
        const inARow = outcome.kind === 'refused' ? attempts : (failures.get(space)?.inARow ?? 0) + 1;
        failures.set(space, { last: settled, inARow });
        narrowed = null;
      }
    },
    isAway: (id) => isAway(spaceOf(id)),
    scopeOf: (only) => {
      const [space, ...others] = SPACES.filter((each) => !isAway(each));
      if (space === undefined) return null;
      if (others.length > 0) return only;
      if (only === undefined) return space;
      if (narrowed?.of !== only || narrowed.length !== only.length)
        narrowed = { of: only, length: only.length, ids: only.filter((id) => spaceOf(id) === space) };
      return narrowed.ids;
    },
    all: () => [...failures].filter(([space]) => isAway(space)).map(([space, { last }]) => ({ space, last })),
  };
}

function spaceOf(id: ArticleId): NumberSpace {
  return id.startsWith('guancha:') ? 'guancha' : 'fengwen';
}

/** True if somebody asked the run to stop while it waited. */
export function isInterruption(error: unknown): boolean {
  return error instanceof ArchiveError && error.code === 'INTERRUPTED';
}

/** True for what the site says to a visitor that it lets in; what is unchanged was asked for only to `refresh` it. */
function isAnswer({ kind }: Outcome, { refresh }: { readonly refresh: boolean }): boolean {
  return ['archived', 'gone', 'moved', 'link-out'].includes(kind) || (kind === 'unchanged' && refresh);
}

/** Waits for all, then throws the first failure. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/**
 * Visits all that are due when this is called, the longest due first.
 * @throws BLOCKED where the site refuses several in a row: what is due then waits; what stops the run
 */
export async function* revisitDue(
  context: CrawlContext,
  options: WorkOptions & { readonly stopSignal: AbortSignal },
): AsyncGenerator<Worked> {
  const { journal, services } = context;
  const now = services.clock.now();
  const away = new Set<NumberSpace>();
  let refusals = 0;
  for (let due = nextDue(); due !== undefined; due = nextDue()) {
    if (options.stopSignal.aborted) return;
    await services.archive.requireRoom();
    const settled = await work({ kind: 'revisit', due }, context, options);
    yield settled;
    if (settled.isAway === true) away.add(spaceOf(due.id)); // it stays due
    refusals = isRefusal(settled.visit) ? refusals + 1 : 0;
    if (refusals >= MOST_BLOCKED_IN_A_ROW)
      throw new ArchiveError('BLOCKED', `${refusals} articles in a row that were visited again, last ${due.url}`);
  }

  function nextDue(): Revisit | undefined {
    const here = SPACES.filter((space) => !away.has(space));
    const due = here.length === SPACES.length ? [undefined] : here;
    return due.flatMap((space) => journal.revisits.due(now, 1, space))[0];
  }
}
