/** When a request may start: one turn after another for each host, a pause between them, longer ones when the site asks. */
import PQueue from 'p-queue';
import type { Clock } from '../clock.ts';
import { nextAfter } from '../errors.ts';
import type { Log } from '../log.ts';
import { asksForPause } from '../site/answers.ts';

/** Keeps the turns. All waits end at once when `signal` aborts. */
export interface Politeness {
  /**
   * Runs a page request in its host's turn: one at a time, and the pause to the next one counts from the answer, so that
   * the server never sees two page requests closer than the interval, however slow the way to it is. With an interval of
   * 0 requests may overlap.
   */
  page<T extends Answered>(url: string, signal: AbortSignal, request: () => Promise<T>): Promise<T>;
  /** Runs a picture download; starts are `assetIntervalMs` apart, two at a time. */
  asset<T extends Answered>(url: string, signal: AbortSignal, request: () => Promise<T>): Promise<T>;
  /** Reads a host's robots.txt once no pause is left that the host asked for; what follows need not wait for it. */
  rules<T extends Answered>(url: string, signal: AbortSignal, request: () => Promise<T>): Promise<T>;
  /** Takes a challenge for what it is: the host is left alone for a while. */
  backOff(url: string): void;
  /** A host's own wish from robots.txt, in ms; it lengthens the interval and never shortens it. */
  setCrawlDelay(host: string, delayMs: number): void;
}

export interface Answered {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Each host's next start, in ms since 1970, remembered between runs. */
interface HostTimes {
  nextAt(host: string): number;
  setNextAt(host: string, at: number): void;
}

const ASSETS_AT_ONCE = 2;
const LONGEST_BACKOFF_MS = 3_600_000;

interface Host {
  readonly pages: PQueue;
  readonly assets: PQueue;
  crawlDelayMs: number;
  /** Refusals in a row: the next back-off doubles with each. */
  refusals: number;
  /** The same before the last answer that looked like none. */
  refusalsBefore: number;
}

export function createPoliteness(options: {
  readonly intervalMs: number;
  readonly assetIntervalMs: number;
  readonly backoffMs: number;
  readonly hosts: HostTimes;
  /** Is called for each request before it is made. */
  readonly onRequest?: ((kind: 'page' | 'picture') => void) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}): Politeness {
  const { intervalMs, assetIntervalMs, backoffMs, hosts: times, clock, log } = options;
  const hosts = new Map<string, Host>();

  return {
    page: (url, signal, request) => {
      const { host } = new URL(url);
      const state = hostState(host);
      const turn = async () => {
        await sleepUntil(() => times.nextAt(host), signal);
        stamp(host, state);
        options.onRequest?.('page');
        try {
          const answer = await request();
          apply(host, state, answer);
          return answer;
        } catch (error) {
          if (!signal.aborted && nextAfter(error) !== 'stop') slowDown(host, state, 'no answer');
          throw error;
        }
      };
      return state.pages.add(turn, { signal });
    },
    asset: async (url, signal, request) => {
      const { host } = new URL(url);
      const state = hostState(host);
      const answer = await state.assets.add(
        async () => {
          await sleepUntil(() => times.nextAt(`assets ${host}`), signal);
          options.onRequest?.('picture');
          return request();
        },
        { signal },
      );
      const pause = retryAfterMs(answer.headers['retry-after'], clock.now());
      if (pause !== null && asksForPause(answer.status)) times.setNextAt(`assets ${host}`, clock.now() + pause);
      return answer;
    },
    rules: (url, signal, request) => {
      const { host } = new URL(url);
      const turn = async () => {
        await sleepUntil(() => times.nextAt(host), signal);
        const answer = await request();
        const pause = retryAfterMs(answer.headers['retry-after'], clock.now());
        if (pause !== null && asksForPause(answer.status)) times.setNextAt(host, clock.now() + pause);
        return answer;
      };
      return hostState(host).pages.add(turn, { signal });
    },
    backOff: (url) => {
      const { host } = new URL(url);
      const state = hostState(host);
      state.refusals = Math.max(state.refusals, state.refusalsBefore); // its status had looked like an answer
      slowDown(host, state, 'a challenge');
    },
    setCrawlDelay: (host, delayMs) => {
      const state = hostState(host);
      state.crawlDelayMs = delayMs;
      state.pages.concurrency = 1;
    },
  };

  function hostState(host: string): Host {
    const known = hosts.get(host);
    if (known !== undefined) return known;
    const assetPace = assetIntervalMs === 0 ? {} : { interval: assetIntervalMs, intervalCap: 1, strict: true };
    const state = {
      pages: new PQueue({ concurrency: intervalMs === 0 ? Number.POSITIVE_INFINITY : 1 }),
      assets: new PQueue({ concurrency: ASSETS_AT_ONCE, ...assetPace }),
      crawlDelayMs: 0,
      refusals: 0,
      refusalsBefore: 0,
    };
    hosts.set(host, state);
    return state;
  }

  /** The next start is an interval away: said when a request starts, and again when its answer begins. */
  function stamp(host: string, state: Host): void {
    const pause = Math.max(intervalMs, state.crawlDelayMs);
    if (pause > 0) times.setNextAt(host, Math.max(times.nextAt(host), clock.now() + pause));
  }

  function apply(host: string, state: Host, answer: Answered): void {
    stamp(host, state);
    const asked = retryAfterMs(answer.headers['retry-after'], clock.now());
    if (asksForPause(answer.status)) slowDown(host, state, `status ${answer.status}`, asked);
    else {
      state.refusalsBefore = state.refusals;
      state.refusals = 0;
    }
  }

  function slowDown(host: string, state: Host, why: string, asked: number | null = null): void {
    const pause = asked ?? Math.min(backoffMs * 2 ** state.refusals, LONGEST_BACKOFF_MS);
    state.refusals += 1;
    times.setNextAt(host, Math.max(times.nextAt(host), clock.now() + pause));
    if (pause > 0) {
      const wish = asked === null ? '' : ', as it asks';
      log({
        level: 'warn',
        stage: 'fetch',
        message: `${host}: ${why}; next request in ${Math.ceil(pause / 1000)} s${wish}`,
      });
    }
  }

  async function sleepUntil(at: () => number, signal: AbortSignal): Promise<void> {
    for (let left = at() - clock.now(); left > 0; left = at() - clock.now())
      await clock.sleep(Math.min(left, 60_000), { signal });
    signal.throwIfAborted();
  }
}

/**
 * `Retry-After` in both forms, seconds or an HTTP date (RFC 9110, 10.2.3).
 * @param now ms since 1970
 * @returns ms from now; null where absent or unreadable
 */
export function retryAfterMs(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
