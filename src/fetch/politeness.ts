/** When a request may start: one turn after another for each host, a pause between them, longer ones when the site asks. */
import PQueue from 'p-queue';
import { type Clock, wallClock } from '../clock.ts';
import { unlessRefused } from '../database.ts';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import type { Log } from '../log.ts';
import { asksForPause } from '../site/answers.ts';
import { type Moment, moment, type Turns } from './turns.ts';
import { retryAfterMs } from './wishes.ts';

/** Keeps the turns. All waits end at once when `signal` aborts, long ones also when the run is asked to stop. */
export interface Politeness {
  /**
   * Runs a page request in its host's turn: one at a time, and the pause to the next one counts from the answer, so that
   * the server never sees two page requests closer than the interval, however slow the way to it is. With an interval of
   * 0 requests may overlap. A robots.txt has its turn like a page. Where several machines ask, `request` is called again if
   * its turn had passed before it was written.
   * @throws INTERRUPTED where the run is asked to stop while the host is left alone; what `request` throws
   */
  page<T extends Answered>(url: string, signal: AbortSignal, request: () => Promise<T>): Promise<T>;
  /**
   * Runs a picture download; starts are `assetIntervalMs` apart, two at a time.
   * @throws HOST_PAUSED, for no article is kept in hand until a host of pictures may be asked; as `page`
   */
  asset<T extends Answered>(url: string, signal: AbortSignal, request: () => Promise<T>): Promise<T>;
  /** As `page`, for a robots.txt: it tells nothing of how well the host is. */
  rules<T extends Answered>(url: string, signal: AbortSignal, request: () => Promise<T>): Promise<T>;
  /** Leaves a host alone, longer each time: it refuses, without saying so by its status. */
  backOff(url: string, why?: string): void;
  /** Leaves a host alone for so long, and no longer than any host is. */
  leaveAlone(host: string, pauseMs: number, why: string): void;
  /** For how long a host is still left alone, in ms; 0 or less where it may be asked. */
  leftMs(host: string): number;
  /** A host's own wish from robots.txt, in ms; it lengthens the interval and never shortens it. 0 for none. */
  setCrawlDelay(host: string, delayMs: number): void;
}

export interface Answered {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is remembered of a host between runs. */
export interface HostPause {
  /** The next start, ms since 1970. */
  readonly nextAt: number;
  /** Why the host is left alone; null for the pause between any two requests. */
  readonly reason: string | null;
  /** How often in a row it refused or did not answer: the next back-off doubles with each. */
  readonly failures: number;
}

export interface HostTimes {
  pause(host: string): HostPause;
  setPause(host: string, pause: HostPause): void;
}

/**
 * Who may ask a host now, where several machines do. A host is claimed at the moment of asking, for slots that are reserved
 * ahead bunch when somebody wakes late, and held until the answer is in; the pause to the next request counts from then.
 */
export interface HostClaims {
  /**
   * Takes a host, or its pictures, for one request. Whoever stays silent for `leaseMs` has lost it.
   * @returns after how long it is worth asking again, in ms, where it cannot be had now
   */
  claim(key: string, leaseMs: number): { readonly token: string } | { readonly againInMs: number };
  /** Holds it for so much longer. False where it is lost. */
  extend(key: string, token: string, leaseMs: number): boolean;
  /** Gives it back, and keeps everybody from it for `pauseMs`; changes nothing where it is lost. */
  release(key: string, token: string, pauseMs: number): void;
}

/** On one machine one process asks, and its own turns keep its requests apart. */
const ALWAYS_FREE: HostClaims = { claim: () => ({ token: '' }), extend: () => true, release: () => {} };

/** A host that is held for one request, until disposed. */
interface Claim extends Disposable {
  /** True where the request failed because the claim was too old for it: the host has to be claimed anew, and it to be made again. */
  isMissed(): boolean;
  answered(): void;
}

const ALONE: Claim = { isMissed: () => false, answered: () => {}, [Symbol.dispose]: () => {} };

/** A failure of a host, and of nothing that was asked of it: whatever is to be had there waits. */
export class HostAway extends ArchiveError {
  readonly host: string;

  constructor(code: ErrorCode, host: string, detail: string, options?: { readonly cause?: unknown }) {
    super(code, detail, options);
    this.host = host;
  }
}

const PICTURES = 'assets ';
const ASSETS_AT_ONCE = 2;
const LONGEST_BACKOFF_MS = 3_600_000;
const LEASE_MS = 60_000;
/** Whoever waits for a host that another machine holds looks again after so long at the soonest. */
const LOOK_AGAIN_MS = 20;
/** A wait that is longer is told to whoever watches, and ends when the run is asked to stop. */
const LONG_WAIT_MS = 60_000;
/** Statuses by which a host of pictures asks to slow down; others say that the picture is not to be had. */
const SLOW_DOWN_PICTURES = new Set([429, 503]);
/** What the host is to blame for: no browser that died, no answer that was too large, nothing that this program ended. */
const NO_ANSWER: readonly ErrorCode[] = ['NETWORK', 'TIMEOUT'];

interface Host {
  readonly pages: PQueue;
  readonly assets: PQueue;
  crawlDelayMs: number;
  /** How often in a row it had refused before the last answer that looked like none. */
  failuresBefore: number;
}

export function createPoliteness(options: {
  readonly intervalMs: number;
  readonly assetIntervalMs: number;
  readonly backoffMs: number;
  /** No host is left alone for longer. */
  readonly longestPauseMs: number;
  readonly hosts: HostTimes;
  /** Of several machines; absent where one alone asks. */
  readonly claims?: HostClaims | undefined;
  /** A host that a machine claimed and fell silent with is free again after so long. */
  readonly leaseMs?: number;
  /** Where connections ask whether they may write; its claims are young for well less than `leaseMs`. Absent where `claims` is. */
  readonly turns?: Turns | undefined;
  /** Is called for each request before it is made. */
  readonly onRequest?: ((kind: 'page' | 'picture') => void) | undefined;
  /** Aborts where the run is to end after what is in hand. */
  readonly stopSignal?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly log: Log;
}): Politeness {
  const { intervalMs, assetIntervalMs, backoffMs, longestPauseMs, hosts: times, clock, log } = options;
  const { claims = ALWAYS_FREE, leaseMs = LEASE_MS, turns } = options;
  const hosts = new Map<string, Host>();
  const told = new Map<string, number>(); // the end of each host's pause that was told last

  return {
    page: (url, signal, request) => inTurn(url, signal, request, { isPage: true }),
    rules: (url, signal, request) => inTurn(url, signal, request, { isPage: false }),
    asset: async (url, signal, request) => {
      const { host } = new URL(url);
      const key = picturesOf(host);
      const turn = async () => {
        for (;;) {
          requirePicturesSoon(host);
          using claim = await claimed(key, () => assetIntervalMs, signal);
          options.onRequest?.('picture');
          try {
            const answer = await request();
            claim.answered();
            return answer;
          } catch (error) {
            if (!claim.isMissed() || signal.aborted) throw error;
          }
        }
      };
      const answer = await hostState(host).assets.add(turn, { signal });
      const asked = wishOf(answer);
      const isRefused = SLOW_DOWN_PICTURES.has(answer.status) || (asked !== null && asksForPause(answer.status));
      if (isRefused) slowDown(key, `status ${answer.status}`, asked);
      else forgetFailures(key, hostState(host));
      return answer;
    },
    backOff: (url, why = 'a challenge') => {
      const { host } = new URL(url);
      const before = times.pause(host);
      // Its status had looked like an answer.
      times.setPause(host, { ...before, failures: Math.max(before.failures, hostState(host).failuresBefore) });
      slowDown(host, why);
    },
    leaveAlone: (host, pauseMs, why) => pauseFor(host, pauseMs, why),
    leftMs: (host) => times.pause(host).nextAt - clock.now(),
    setCrawlDelay: (host, delayMs) => {
      const state = hostState(host);
      if (delayMs > LONG_WAIT_MS && delayMs !== state.crawlDelayMs)
        tell(`${host}: its robots.txt asks for ${Math.ceil(delayMs / 1000)} s between two pages`);
      state.crawlDelayMs = delayMs;
      state.pages.concurrency = intervalMs + delayMs === 0 ? Number.POSITIVE_INFINITY : 1;
    },
  };

  function inTurn<T extends Answered>(
    url: string,
    signal: AbortSignal,
    request: () => Promise<T>,
    { isPage }: { readonly isPage: boolean },
  ): Promise<T> {
    const { host } = new URL(url);
    const state = hostState(host);
    const turn = async (): Promise<T> => {
      for (;;) {
        using claim = await claimed(host, () => pauseOf(state), signal);
        stamp(host, state);
        if (isPage) options.onRequest?.('page');
        let answer: T;
        try {
          answer = await request();
        } catch (error) {
          if (claim.isMissed() && !signal.aborted) continue;
          const isSilent = error instanceof ArchiveError && NO_ANSWER.includes(error.code);
          if (isSilent && !signal.aborted) slowDown(host, 'no answer');
          throw error;
        }
        claim.answered();
        stamp(host, state);
        if (asksForPause(answer.status)) slowDown(host, `status ${answer.status}`, wishOf(answer));
        else if (isPage) forgetFailures(host, state);
        return answer;
      }
    };
    return state.pages.add(turn, { signal });
  }

  function hostState(host: string): Host {
    const known = hosts.get(host);
    if (known !== undefined) return known;
    const assetPace = assetIntervalMs === 0 ? {} : { interval: assetIntervalMs, intervalCap: 1, strict: true };
    const state = {
      pages: new PQueue({ concurrency: intervalMs === 0 ? Number.POSITIVE_INFINITY : 1 }),
      assets: new PQueue({ concurrency: ASSETS_AT_ONCE, ...assetPace }),
      crawlDelayMs: 0,
      failuresBefore: 0,
    };
    hosts.set(host, state);
    return state;
  }

  function wishOf({ headers }: Answered): number | null {
    return retryAfterMs(headers['retry-after'], { now: clock.now(), longestMs: longestPauseMs });
  }

  /** The next start is an interval away: said when a request starts, and again when its answer begins. */
  function stamp(host: string, state: Host): void {
    const pauseMs = pauseOf(state);
    const before = times.pause(host);
    const nextAt = clock.now() + pauseMs;
    if (pauseMs > 0 && nextAt > before.nextAt) times.setPause(host, { ...before, nextAt, reason: null });
  }

  function pauseOf({ crawlDelayMs }: Host): number {
    return Math.max(intervalMs, crawlDelayMs);
  }

  function forgetFailures(key: string, state: Host): void {
    const before = times.pause(key);
    if (!key.startsWith(PICTURES)) state.failuresBefore = before.failures;
    if (before.failures > 0) times.setPause(key, { ...before, failures: 0 });
  }

  /** @param asked what the host itself asked for, in ms */
  function slowDown(key: string, why: string, asked: number | null = null): void {
    const { failures } = times.pause(key);
    const pauseMs = asked ?? Math.min(backoffMs * 2 ** failures, LONGEST_BACKOFF_MS);
    pauseFor(key, pauseMs, asked === null ? why : `${why}, as it asks`, failures + 1);
  }

  function pauseFor(key: string, askedMs: number, reason: string, failures = times.pause(key).failures): void {
    const pauseMs = Math.min(askedMs, longestPauseMs);
    const before = times.pause(key);
    const nextAt = clock.now() + pauseMs;
    const isLonger = nextAt > before.nextAt;
    times.setPause(key, isLonger ? { nextAt, reason, failures } : { ...before, failures });
    if (pauseMs > 0 && isLonger) tellPause(key);
  }

  function tellPause(key: string): void {
    const { nextAt, reason } = times.pause(key);
    told.set(key, nextAt);
    const seconds = Math.ceil((nextAt - clock.now()) / 1000);
    const end = seconds * 1000 > LONG_WAIT_MS ? `, at ${wallClock(nextAt)}` : '';
    tell(`${key}: ${reason ?? 'left alone'}; next request in ${seconds} s${end}`);
  }

  function tell(message: string): void {
    log({ level: 'warn', stage: 'fetch', message });
  }

  /** A picture waits for what a page would wait for gladly, but not with its article in hand. */
  function requirePicturesSoon(host: string): void {
    const { nextAt, reason } = times.pause(picturesOf(host));
    if (nextAt - clock.now() <= LONG_WAIT_MS) return;
    throw new HostAway('HOST_PAUSED', host, `${host}: until ${wallClock(nextAt)}, ${reason ?? 'left alone'}`);
  }

  /**
   * Waits until a host may be asked, and takes it until disposed. A machine that was stopped before the claim came back has to
   * claim anew; one that is stopped after it is kept from writing by `turns`.
   * @param pauseMs is counted from the end of the request
   */
  async function claimed(key: string, pauseMs: () => number, signal: AbortSignal): Promise<Claim> {
    for (;;) {
      await waitFor(key, signal);
      const since = moment();
      const claim = claims.claim(key, leaseMs);
      if ('token' in claim) return holding(key, claim.token, since, pauseMs);
      // After a request there is a pause: who looks so often learns in time when it ends.
      const timeMs = Math.min(claim.againInMs, Math.max(pauseMs() / 2, LOOK_AGAIN_MS));
      await clock.sleep(Math.max(1, timeMs), { signal });
    }
  }

  function holding(key: string, token: string, since: Moment, pauseMs: () => number): Claim {
    if (claims === ALWAYS_FREE) return ALONE;
    const turn = turns?.begin(hostOf(key), since);
    let isAnswered = false;
    // A claim that cannot be kept or given back runs out.
    const extend = () => {
      const at = moment();
      if (claims.extend(key, token, leaseMs)) turn?.renew(at);
    };
    const timer = setInterval(() => unlessRefused(extend), leaseMs / 3);
    return {
      isMissed: () => turn?.isMissed() === true,
      answered: () => {
        isAnswered = true;
      },
      [Symbol.dispose]: () => {
        clearInterval(timer);
        turn?.end(isAnswered);
        unlessRefused(() => claims.release(key, token, pauseMs()));
      },
    };
  }

  /** Waits until a host may be asked. The end may come nearer meanwhile: somebody may have had the pause forgotten. */
  async function waitFor(key: string, signal: AbortSignal): Promise<void> {
    const stop = options.stopSignal;
    const left = () => times.pause(key).nextAt - clock.now();
    while (left() > LONG_WAIT_MS) {
      if (told.get(key) !== times.pause(key).nextAt) tellPause(key);
      const ending = stop === undefined ? signal : AbortSignal.any([signal, stop]);
      await clock.sleep(LONG_WAIT_MS / 4, { signal: ending }).catch(() => {}); // the next lines look at the signals
      signal.throwIfAborted();
      if (stop?.aborted === true) throw new ArchiveError('INTERRUPTED', `while ${key} is left alone`);
    }
    for (let pauseMs = left(); pauseMs > 0; pauseMs = left()) await clock.sleep(pauseMs, { signal });
    signal.throwIfAborted();
  }
}

/** What is remembered of a host's pictures stands beside what is of its pages. */
export function picturesOf(host: string): string {
  return `${PICTURES}${host}`;
}

function hostOf(key: string): string {
  return key.startsWith(PICTURES) ? key.slice(PICTURES.length) : key;
}
