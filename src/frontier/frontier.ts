/** The queue: which targets wait, which are in hand, how each ended and when it is asked for again. */
import type { ErrorCode } from '../errors.ts';
import type { ArticleId, Lease, NumberSpace, Outcome, Target } from '../model.ts';

/**
 * What every target goes through: `add`ed, `take`n under a lease, `settle`d with an outcome. Nothing leaves the queue: what
 * is settled keeps its outcome, and the table of `again.ts` says when it waits again.
 *
 * A lease is good for two minutes. Whoever holds one extends it while it works, and settles or releases it in the end; a
 * lease that ran out is given to the next caller, and whoever had it settles nothing any more. Of an archive on one machine one
 * run at a time takes (the archive's lock sees to that); of a cluster all hands do, and no target is given to two of them.
 * Others may look, and `requeue` beside it.
 *
 * An adapter is opened with a `Pace` and a clock, and keeps what it holds from one opening to the next, as far as it says so.
 */
export interface Frontier extends Disposable {
  /**
   * Called where a run begins. Where its caller holds the archive's lock, whoever held leases before is dead, and their targets
   * wait again; in a cluster, whoever let a lease run out. One that was in hand at `MOST_DEATHS` deaths, with no end between, fails with RUN_DIED: it may be what they
   * died of, and all others have their turn. Returns those.
   */
  takeOver(): readonly RequeuedTarget[];
  /**
   * Adds what is not known yet. A target that waits already takes over the list's picture, with source and address of the
   * list; where the caller `leads` to it from another article, the address of that one. What is settled stays as it is.
   * Returns how many are new.
   */
  add(targets: readonly Target[], options?: { readonly leads?: boolean }): number;
  /** The waiting target that is due, largest priority first and largest id (as text) among the same; null where there is none. */
  take(scope?: Scope): Lease | null;
  /** What could be taken now, in the order in which it would be, with the attempts that were made of each; nothing is leased. */
  ready(limit: number, space: NumberSpace): readonly ReadyTarget[];
  /** False where the lease is lost. */
  extend(lease: Lease): boolean;
  /** Gives a lease back as if it had not been taken. False where it is lost: nothing is changed then. */
  release(lease: Lease): boolean;
  /**
   * Ends a lease. Also without one, for who was at the site on another way: the target is then added where it is not known,
   * and all attempts count as used up.
   * @param options `isArchived` where the archive holds the article, whatever the site said now
   */
  settle(done: Lease | Target, outcome: Outcome, options?: { readonly isArchived?: boolean }): Settled;
  /** Forgets what the lists printed beside an article's address. */
  forgetPrinted(id: ArticleId): void;
  /** Makes settled targets wait again, all attempts new. Returns which, with what had become of them. */
  requeue(match: RequeueMatch): readonly RequeuedTarget[];
  /** What is known of an article; null where it was never added. */
  find(id: ArticleId): FoundTarget | null;
  /** The www articles numbered `from` to `to`, both included, in the order of numbers as text. */
  between(from: number, to: number): Iterable<FoundTarget>;
  /** When the next waiting target is due that nobody has in hand, ms since 1970; null where none waits. */
  nextDue(scope?: Scope): number | null;
  /** How many wait. */
  waiting(): number;
  /** How many there are of each source and state, in their order as text, null first. */
  counts(): readonly OutcomeCount[];
  /** What did not end well, newest first. */
  failures(limit: number): readonly Failure[];
}

export interface ReadyTarget {
  readonly id: ArticleId;
  readonly attempts: number;
}

export interface Settled {
  /** After how long the target is given out again in this run; null where the outcome stays for now. */
  readonly againInMs: number | null;
  /** The lease had run out, and the target was given to somebody else: nothing was changed. */
  readonly isLost: boolean;
}

/**
 * Some articles, or all of a number space. A list may grow at its end between calls, and only there: it is known by
 * its identity, so that thousands of ids are not read anew each time.
 */
export type Scope = readonly ArticleId[] | NumberSpace;

/** How soon and how often something is asked for again. */
export interface Pace {
  /** So often in a run. */
  readonly attempts: number;
  /** First pause between attempts. */
  readonly backoffMs: number;
  /** First rest of what failed or was refused after all attempts. */
  readonly restMs: number;
}

export type RequeueMatch =
  /** Whose time has come, by the table of outcomes; ms since 1970. */
  | { readonly dueAt: number }
  /**
   * Some articles, as if nothing had been known of them; what is paused is due at once. With `keepAttempts` only those that
   * have attempts left, behind all others: their outcome was the moment's, and is taken back.
   */
  | { readonly ids: readonly ArticleId[]; readonly keepAttempts?: boolean }
  /** All of these outcomes; codes and sources may narrow them down. */
  | {
      readonly outcomes: readonly Outcome['kind'][];
      readonly codes?: readonly ErrorCode[] | undefined;
      readonly sources?: readonly string[] | undefined;
    };

/** `code` is that of the outcome it had; null for none, and for those named by id, of which nothing is known any more. */
export interface RequeuedTarget {
  readonly id: ArticleId;
  readonly url: string;
  readonly code: string | null;
}

export interface FoundTarget {
  readonly target: Target;
  readonly state: 'waiting' | Outcome['kind'];
  /** Of the outcome, or of the attempt that failed last; null for none. */
  readonly code: string | null;
  /** What was said of it: the key of what is archived, the address that a moved one went to, else words. */
  readonly detail: string | null;
  /** Ms since 1970; null while it waits. */
  readonly settledAt: number | null;
  /** When it waits again; null while it waits, and where the outcome stands. */
  readonly againAt: number | null;
  /** Since it last began to wait. */
  readonly attempts: number;
}

/** Where an article moved to; null where it did not. */
export function destinationOf(found: FoundTarget | null): string | null {
  return found?.state === 'moved' ? found.detail : null;
}

export interface OutcomeCount {
  readonly source: string | null;
  /** `waiting`, or the outcome's kind. */
  readonly outcome: string;
  readonly count: number;
}

export interface Failure {
  readonly id: string;
  readonly url: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly detail: string | null;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** One death may be anything: a power failure, a restart. */
export const MOST_DEATHS = 2;

export const DIED: Outcome = {
  kind: 'failed',
  code: 'RUN_DIED',
  detail: `in hand when ${MOST_DEATHS} runs died`,
};

export const LEASE_MS = 120_000;

/** The outcomes that are failures. */
export const NOT_WELL = ['failed', 'blocked', 'refused'] as const satisfies readonly Outcome['kind'][];

/** What of an outcome is kept beside its kind. */
export function reasonOf(outcome: Outcome): { readonly code: string | null; readonly detail: string | null } {
  switch (outcome.kind) {
    case 'archived':
    case 'unchanged':
      return { code: null, detail: outcome.key };
    case 'gone':
      return { code: null, detail: outcome.detail };
    case 'moved':
      return { code: null, detail: outcome.to.url };
    case 'link-out':
      return { code: null, detail: outcome.to };
    case 'blocked':
    case 'refused':
    case 'failed':
      return { code: outcome.code, detail: outcome.detail };
    default:
      return outcome satisfies never;
  }
}
