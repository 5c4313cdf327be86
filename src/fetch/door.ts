/** The one door out: what may be asked for, when, and how much of an answer is taken, for every request to the site. */
import { ArchiveError, type ErrorCode } from '../errors.ts';
import type { Exchange } from '../model.ts';
import { inListScope, inScope, type Site } from '../site/address.ts';
import { inWaybackScope } from '../site/wayback.ts';
import type { AddressGuard } from './address-guard.ts';
import type { Answered, Politeness } from './politeness.ts';
import type { Robots } from './robots.ts';

/** A page, with its pictures, scripts and style sheets, may be of the origins where articles lie, a list and a robots.txt of those where only lists lie as well. */
export type RequestKind = 'wayback' | 'page' | 'list' | 'picture' | 'script' | 'style sheet' | 'robots.txt';

export interface DoorRequest {
  readonly url: string;
  readonly kind: RequestKind;
  readonly signal: AbortSignal;
}

/**
 * Keeps an exchange before anything is made of it, and gives it with its place. Of what scripts made of a page, `capture` is
 * the place of the page. What it throws must end the work on the page: nothing rests on an exchange that is not kept.
 */
export type KeepExchange = (exchange: Exchange, kind: KeptKind) => Promise<Exchange>;

/** Of the site's own exchanges. */
export type KeptKind = Exclude<RequestKind, 'wayback'>;

/** Asks for a body as the site has it (RFC 9110, 12.5.3). */
export const UNENCODED = { 'Accept-Encoding': 'identity' } as const;

/** What whoever makes the request has to keep to. */
export interface Caps {
  /** Of a body after decoding. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

export interface Door {
  /** For a page that came already, and is shown. */
  readonly pageCaps: Caps;
  /**
   * Makes one request, without its redirects, where scope, address guard and robots.txt allow it, in its host's turn.
   * @param ask makes it within the caps; called once or not at all, and again where nothing of it was sent in time. Its answer says how the host's turns go on
   * @throws OUT_OF_SCOPE, ADDRESS_REFUSED, ROBOTS_DISALLOWED, ROBOTS_UNREACHABLE, HOST_PAUSED (a picture alone); what `ask` throws
   */
  pass<T extends Answered>(request: DoorRequest, ask: (caps: Caps) => Promise<T>): Promise<T>;
}

const TURNS = {
  wayback: 'page',
  page: 'page',
  list: 'page',
  picture: 'asset',
  script: 'asset',
  'style sheet': 'page', // of the same hosts
  'robots.txt': 'rules',
} as const satisfies Record<RequestKind, keyof Politeness>;

/** As much of a robots.txt has to be read (RFC 9309, 2.5). */
const ROBOTS_BYTES = 500 * 1024;

/**
 * @param parts `robots` is asked for when a request is made, for robots.txt comes through this door itself; null where the
 *   configuration turns it off. `politeness` is null where there is but one request for each host
 */
export function createDoor(parts: {
  readonly site: Site;
  readonly guard: AddressGuard;
  readonly robots: () => Robots | null;
  readonly politeness: Politeness | null;
  readonly timeoutMs: number;
  readonly pageBytes: number;
  readonly imageBytes: number;
  /** Origin of the Wayback Machine; null where nothing is asked of it. */
  readonly wayback?: string | null;
}): Door {
  const { site, guard, robots, politeness, timeoutMs, pageBytes, imageBytes, wayback = null } = parts;
  const maxBytes = {
    wayback: Math.max(pageBytes, imageBytes),
    page: pageBytes,
    list: pageBytes,
    picture: imageBytes,
    script: pageBytes,
    'style sheet': pageBytes,
    'robots.txt': ROBOTS_BYTES,
  };

  return {
    pageCaps: { maxBytes: pageBytes, timeoutMs },
    pass: async ({ url, kind, signal }, ask) => {
      if (!isInScope(url, kind, { site, wayback })) throw new ArchiveError('OUT_OF_SCOPE', url);
      guard.requireHost(new URL(url).hostname);
      if (kind !== 'robots.txt') await requireAllowed(url, kind, signal);
      const request = () => ask({ maxBytes: maxBytes[kind], timeoutMs });
      if (politeness === null) return request();
      return politeness[TURNS[kind]](url, signal, request);
    },
  };

  /** A robots.txt is read once for all who wait for it: what ends another's request ends that reading, and it is begun anew. */
  async function requireAllowed(url: string, kind: RequestKind, signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await robots()?.require(url, signal, { isPatient: kind !== 'picture' });
      } catch (error) {
        if (signal.aborted || (error as Error).name !== 'AbortError') throw error;
      }
    }
  }
}

function isInScope(
  url: string,
  kind: RequestKind,
  { site, wayback }: { readonly site: Site; readonly wayback: string | null },
): boolean {
  switch (kind) {
    case 'wayback':
      return wayback !== null && inWaybackScope(url, wayback, site);
    case 'page':
    case 'picture':
    case 'script':
    case 'style sheet':
      return inScope(url, site);
    case 'list':
      return inListScope(url, site);
    case 'robots.txt': // it may be a redirect to another file
      return (
        inScope(url, site) ||
        url === `${wayback}/robots.txt` ||
        (inListScope(url, site) && new URL(url).pathname === '/robots.txt')
      );
    default:
      return kind satisfies never;
  }
}

const MOST_REDIRECTS = 5;

/** A redirect led to where nothing may be asked for: what a site does with one address, or a gate before it with all. */
export class LedAway extends ArchiveError {}

const NOT_ALLOWED: readonly ErrorCode[] = ['OUT_OF_SCOPE', 'ADDRESS_REFUSED', 'ROBOTS_DISALLOWED'];

function ledAway(error: unknown, to: string): unknown {
  if (!(error instanceof ArchiveError) || !NOT_ALLOWED.includes(error.code)) return error;
  const detail = error.detail.includes(to) ? error.detail : `${error.detail}; redirected to ${to}`;
  return new LedAway(error.code, detail, { cause: error });
}

/**
 * Asks for an address and for what it redirects to, one after another.
 * @param ask gives an answer and where it leads, absolute; null where it is the last
 * @returns the answers in their order
 * @throws TOO_MANY_REDIRECTS; LedAway; what else `ask` throws
 */
export async function followRedirects<T>(
  url: string,
  ask: (url: string) => Promise<{ readonly answer: T; readonly location: string | null }>,
): Promise<{ readonly redirects: readonly T[]; readonly last: T }> {
  const redirects: T[] = [];
  for (let address = url; ; ) {
    const { answer, location } = await ask(address).catch((error: unknown) => {
      throw address === url ? error : ledAway(error, address);
    });
    if (location === null) return { redirects, last: answer };
    redirects.push(answer);
    if (redirects.length > MOST_REDIRECTS)
      throw new ArchiveError('TOO_MANY_REDIRECTS', `${url}: ${redirects.length}, last to ${location}`);
    address = location;
  }
}
