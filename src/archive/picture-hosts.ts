/**
 * Which hosts of pictures answer. One that does not is left alone for all articles, longer each time, and then asked for
 * one picture first; its pictures are recorded as missing meanwhile, and a later visit has them.
 */
import type { Clock } from '../clock.ts';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import type { Log } from '../log.ts';

export interface PictureHosts {
  /**
   * Makes a request for a picture, unless its host is left alone.
   * @throws at once, with the code of its last failure, where it is; else what `request` throws
   */
  ask<T extends { readonly status: number }>(url: string, request: () => Promise<T>): Promise<T>;
  /** Whether its host is left alone now. */
  isResting(url: string): boolean;
}

/** A host is believed to be silent once so many pictures in a row had no answer. */
const MOST_IN_A_ROW = 3;
const LONGEST_REST_MS = 3_600_000;
/** The first rest, in pauses before another attempt. */
const REST = 4;

/** Failures that say nothing of the picture. */
const SILENCE: readonly ErrorCode[] = ['NETWORK', 'TIMEOUT', 'ROBOTS_UNREACHABLE'];
/** Failures that say nothing of the host either. */
const SAYS_NOTHING: readonly ErrorCode[] = ['INTERRUPTED', 'BUDGET_SPENT', 'HOST_PAUSED'];
/** Nothing was connected to: no other picture of the host would fare better. */
const UNREACHABLE: readonly string[] = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
];

interface Host {
  /** What failed since the last answer. */
  failed: Set<string>;
  code: ErrorCode;
  rest: { readonly fromMs: number; readonly forMs: number } | null;
  /** The one request that is made first after a rest. */
  probe: Promise<void> | null;
}

/** @param options `backoffMs` is the first pause before another attempt; with 0 no host is left alone */
export function watchPictureHosts(options: {
  readonly backoffMs: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}): PictureHosts {
  const { backoffMs, clock, log } = options;
  const hosts = new Map<string, Host>();

  return {
    ask: async (url, request) => {
      const { host: name } = new URL(url);
      const host = hosts.get(name) ?? { failed: new Set(), code: 'NETWORK', rest: null, probe: null };
      hosts.set(name, host);
      while (host.rest !== null) {
        if (rests(host)) throw new ArchiveError(host.code, `${url}: ${name} did not answer before, and is left alone`);
        if (host.probe === null) return probe(name, host, url, request);
        await host.probe;
      }
      return askOnce(name, host, url, request);
    },
    isResting: (url) => {
      const host = hosts.get(new URL(url).host);
      return host !== undefined && rests(host);
    },
  };

  /** A clock that was set back does not make a rest longer. */
  function rests({ rest }: Host): boolean {
    const passedMs = rest === null ? 0 : clock.now() - rest.fromMs;
    return rest !== null && passedMs >= 0 && passedMs < rest.forMs;
  }

  async function probe<T extends { readonly status: number }>(
    name: string,
    host: Host,
    url: string,
    request: () => Promise<T>,
  ): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    host.probe = promise;
    try {
      return await askOnce(name, host, url, request);
    } finally {
      host.probe = null;
      resolve();
    }
  }

  async function askOnce<T extends { readonly status: number }>(
    name: string,
    host: Host,
    url: string,
    request: () => Promise<T>,
  ): Promise<T> {
    try {
      const answer = await request();
      if (answer.status >= 500 || answer.status === 429) noteSilence(name, host, 'HTTP_STATUS', url);
      else noteAnswer(host);
      return answer;
    } catch (error) {
      if (error instanceof ArchiveError && SILENCE.includes(error.code))
        noteSilence(name, host, error.code, isUnreachable(error) ? `${url} ${host.failed.size}` : url);
      else if (error instanceof ArchiveError && !SAYS_NOTHING.includes(error.code)) noteAnswer(host);
      throw error;
    }
  }

  function noteAnswer(host: Host): void {
    host.failed.clear();
    host.rest = null;
  }

  function noteSilence(name: string, host: Host, code: ErrorCode, what: string): void {
    host.failed.add(what);
    host.code = code;
    const isSilent = host.rest !== null || host.failed.size >= MOST_IN_A_ROW;
    if (!isSilent || rests(host) || backoffMs === 0) return;
    const forMs = Math.min(host.rest === null ? backoffMs * REST : host.rest.forMs * 2, LONGEST_REST_MS);
    host.rest = { fromMs: clock.now(), forMs };
    log({
      level: 'warn',
      stage: 'fetch',
      message: `${name}: no answer for pictures; left alone for ${Math.ceil(forMs / 1000)} s, and they are recorded as missing`,
    });
  }
}

function isUnreachable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (UNREACHABLE.includes((cause as NodeJS.ErrnoException).code ?? '')) return true;
  return false;
}
