/** What one visit to an article may take of the site: time, bytes and requests. Nothing that an article is made of holds a run. */
import type { Clock } from '../clock.ts';
import { ArchiveError } from '../errors.ts';

export interface VisitLimits {
  readonly visitMs: number;
  /** Of bodies, after decoding. */
  readonly visitBytes: number;
  /** Redirects and further attempts included. */
  readonly visitRequests: number;
}

export interface Budget {
  /**
   * Makes a request in its turn, and counts it.
   * @throws BUDGET_SPENT instead, where nothing is left; what `request` throws
   */
  during<T>(request: () => Promise<T>): Promise<T>;
  /** Counts bytes that came. What came whole is used, although nothing may be left for more. */
  take(bytes: number): void;
}

/** A budget that ends what is in hand. */
export interface Deadline extends Budget, Disposable {
  /** Aborts when the budget is spent, or the signal that it was opened with aborts. */
  readonly signal: AbortSignal;
  /** What was spent, in words; null while all is left. */
  spent(): string | null;
  /** True for an error by which the budget, and nothing else, ended some work. */
  ended(error: unknown): boolean;
}

/** A budget whose time is that of requests alone: a wait for a host's turn costs nothing. */
export function openBudget(limits: VisitLimits, { clock }: { readonly clock: Pick<Clock, 'now'> }): Budget {
  let inRequestsMs = 0;
  const account = openAccount(limits, () => inRequestsMs);
  return {
    during: async (request) => {
      account.request();
      const beganMs = clock.now();
      try {
        return await request();
      } finally {
        inRequestsMs += Math.max(0, clock.now() - beganMs);
      }
    },
    take: account.take,
  };
}

/**
 * A budget whose time begins now and includes every wait. When it is spent, all that goes by its signal ends at once; a
 * timer sees to it that this needs no request to be noticed, and no right clock.
 */
export function openDeadline(
  limits: VisitLimits,
  { clock, signal }: { readonly clock: Pick<Clock, 'now'>; readonly signal: AbortSignal },
): Deadline {
  const beganMs = clock.now();
  const end = new AbortController();
  let isOver = false;
  const over = () => {
    isOver = true;
    end.abort();
  };
  const account = openAccount(limits, () => (isOver ? limits.visitMs : clock.now() - beganMs));
  const timer = setTimeout(over, limits.visitMs);
  return {
    signal: AbortSignal.any([signal, end.signal]),
    during: async (request) => {
      try {
        account.request();
      } catch (error) {
        end.abort();
        throw error;
      }
      return request();
    },
    take: (bytes) => {
      account.take(bytes);
      if (account.spent() !== null) end.abort();
    },
    spent: () => (end.signal.aborted ? account.spent() : null),
    ended: (error) =>
      end.signal.aborted &&
      !signal.aborted &&
      error instanceof Error &&
      (error.name === 'AbortError' || (error instanceof ArchiveError && error.code === 'BUDGET_SPENT')),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** @param passedMs how much of the time is spent */
function openAccount({ visitMs, visitBytes, visitRequests }: VisitLimits, passedMs: () => number) {
  let [bytes, requests] = [0, 0];
  const spent = () => {
    if (passedMs() >= visitMs) return `limits.visitMs: more than ${visitMs} ms`;
    if (bytes > visitBytes) return `limits.visitBytes: more than ${visitBytes} bytes`;
    return requests > visitRequests ? `limits.visitRequests: more than ${visitRequests} requests` : null;
  };
  return {
    spent,
    request: () => {
      requests += 1;
      const what = spent();
      if (what !== null) throw new ArchiveError('BUDGET_SPENT', what);
    },
    take: (count: number) => {
      bytes += count;
    },
  };
}
