/**
 * The port through which pages and lists come. An adapter is a browser, or what was kept of one (`replay.ts`); both keep
 * what is said here, which tests/fetcher.contract.ts tests.
 *
 * A caller asks for one address and gets every exchange on the way to its page: redirects first, the answer that holds
 * last. `pageOf` makes the page of them. Nothing is judged here: a challenge, a page of apology and a server error are
 * answers like any other.
 *
 * Callers owe two things. They hand in the signal that ends the program, for nothing else ends a wait for a host's turn.
 * And they take a thrown error for what its code says happens next, because only its thrower knows whether asking again
 * could help.
 */
import type { Exchange, Page } from '../model.ts';
import type { Site } from '../site/address.ts';
import type { Budget } from './budget.ts';
import { followRedirects } from './door.ts';
import { locationOf, pageOf } from './exchange.ts';

export interface Fetcher extends AsyncDisposable {
  /**
   * Asks for a page and follows its redirects, each of which has to be allowed like the first address. One to the home page
   * is not followed: it already says that there is nothing (site.md, 7.1), and is the last exchange.
   * @returns at least one exchange
   * @throws OUT_OF_SCOPE, ADDRESS_REFUSED, ROBOTS_DISALLOWED, ROBOTS_UNREACHABLE, TOO_MANY_REDIRECTS, TOO_LARGE, NETWORK, TIMEOUT, BROWSER_CRASHED, NO_BROWSER; the first three as LedAway where a redirect led there; an AbortError once the signal aborts
   */
  fetch(url: string, options: FetchOptions): Promise<readonly Exchange[]>;
  /**
   * Shows the last of the exchanges, which is not asked for again, and lets its own scripts run: for a page that shows
   * nothing without them.
   * @returns the exchanges with one behind them whose road is `rendered`
   * @throws TIMEOUT, TOO_LARGE, NETWORK, BROWSER_CRASHED, NO_BROWSER; an AbortError once the signal aborts
   */
  render(exchanges: readonly Exchange[], options: { readonly signal: AbortSignal }): Promise<readonly Exchange[]>;
}

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** True for a list, which may lie where no articles do. */
  readonly list?: boolean | undefined;
  /** What an earlier answer was known by: a site that applies it answers 304 where nothing changed (RFC 9110, 13.1). */
  readonly known?: Validators | undefined;
  /** Is charged with each request and its bytes. Throws BUDGET_SPENT. */
  readonly budget?: Budget | undefined;
}

/** What an answer can be asked for again by (RFC 9110, 8.8); null where it named none. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** The page itself. Throws what `Fetcher.fetch` throws. */
export async function fetchPage(fetcher: Fetcher, url: string, options: FetchOptions): Promise<Page> {
  return pageOf(url, await fetcher.fetch(url, options));
}

/** The page once its scripts ran. Throws what `Fetcher.render` throws. */
export async function renderPage(
  fetcher: Fetcher,
  page: Page,
  options: { readonly signal: AbortSignal },
): Promise<Page> {
  return pageOf(page.url, await fetcher.render(page.exchanges, options));
}

/**
 * What every adapter makes of an address, by its own way to a single exchange.
 * @param ask makes one request or finds its answer; `isFirst` is false for what a redirect led to
 * @throws TOO_MANY_REDIRECTS; what `ask` throws
 */
export async function followExchanges(
  url: string,
  site: Site,
  ask: (url: string, request: { readonly isFirst: boolean }) => Promise<Exchange>,
): Promise<readonly Exchange[]> {
  let asked = 0;
  const { redirects, last } = await followRedirects(url, async (address) => {
    const exchange = await ask(address, { isFirst: asked++ === 0 });
    const location = locationOf(exchange);
    return { answer: exchange, location: location === null || isHomePage(location, site) ? null : location };
  });
  return [...redirects, last];
}

function isHomePage(url: string, site: Site): boolean {
  const { origin, pathname } = new URL(url);
  return origin === site.www && pathname === '/';
}
