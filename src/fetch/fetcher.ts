/** One page request as the site should see it: in scope, allowed by robots.txt, in its turn, redirects one by one. */
import { ArchiveError } from '../errors.ts';
import type { Exchange, Page } from '../model.ts';
import { requireScope, type Site } from '../site/address.ts';
import type { BrowserFetcher } from './browser.ts';
import { locationOf, pageOf, plainHeaders } from './exchange.ts';
import type { Politeness } from './politeness.ts';
import type { Robots } from './robots.ts';

export interface Fetcher {
  /**
   * Asks for a page. A redirect to the home page is not followed: it already says that there is nothing (site.md, 7.1).
   * Throws what `BrowserFetcher.get` throws, and OUT_OF_SCOPE, ROBOTS_DISALLOWED, ROBOTS_UNREACHABLE, HTTP_STATUS (5xx),
   * TOO_MANY_REDIRECTS.
   * @param options `list` allows the origins where only lists lie; `known` is what an earlier answer was known by: a site that
   *   heeds it answers 304 where nothing changed (RFC 9110, 13.1)
   */
  fetch(url: string, signal: AbortSignal, options?: FetchOptions): Promise<Page>;
  /** A page that was fetched, after its own scripts ran in their host's turn; for one that shows nothing without them. */
  runScripts(page: Page, signal: AbortSignal): Promise<Page>;
}

interface FetchOptions {
  readonly list?: boolean;
  readonly known?: Validators;
}

/** What an answer can be asked for again by (RFC 9110, 8.8); null where it named none. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

const MOST_REDIRECTS = 5;

export function createFetcher(parts: {
  readonly browser: BrowserFetcher;
  readonly politeness: Politeness;
  /** Null where the configuration turns robots.txt off. */
  readonly robots: Robots | null;
  readonly site: Site;
}): Fetcher {
  const { browser, politeness, robots, site } = parts;

  return {
    fetch: async (url, signal, { list = false, known } = {}) => {
      const exchanges: Exchange[] = [];
      for (let address = url; ; ) {
        const headers = exchanges.length === 0 ? conditions(known) : {};
        const exchange = await request(address, signal, { list, headers });
        exchanges.push(exchange);
        const location = locationOf(exchange);
        if (location === null || isHomePage(location, site)) return pageOf(url, exchanges);
        if (exchanges.length >= MOST_REDIRECTS)
          throw new ArchiveError('TOO_MANY_REDIRECTS', `${url}: ${exchanges.length}, last to ${location}`);
        address = location;
      }
    },
    runScripts: async (page, signal) => {
      const source = page.exchanges.at(-1);
      if (source === undefined) throw new TypeError(`${page.url}: no exchange to show`);
      const rendered = await politeness.page(source.url, signal, () => answered(browser.render(source, signal)));
      return pageOf(page.url, [...page.exchanges, rendered.exchange]);
    },
  };

  async function request(
    url: string,
    signal: AbortSignal,
    { list, headers }: { readonly list: boolean; readonly headers: Readonly<Record<string, string>> },
  ): Promise<Exchange> {
    requireScope(url, site, { list });
    await robots?.require(url, signal);
    const { status, exchange } = await politeness.page(url, signal, () => answered(browser.get(url, signal, headers)));
    if (status >= 500) throw new ArchiveError('HTTP_STATUS', `${url}: status ${status}`);
    return exchange;
  }
}

async function answered(asked: Promise<Exchange>) {
  const exchange = await asked;
  const { status, headers } = exchange.response;
  return { exchange, status, headers: plainHeaders(headers) };
}

/** A server that knows both goes by the entity tag alone (RFC 9110, 13.1.3). */
function conditions(known: Validators | undefined): Record<string, string> {
  if (known === undefined) return {};
  return {
    ...(known.etag === null ? {} : { 'If-None-Match': known.etag }),
    ...(known.lastModified === null ? {} : { 'If-Modified-Since': known.lastModified }),
  };
}

function isHomePage(url: string, site: Site): boolean {
  const { origin, pathname } = new URL(url);
  return origin === site.www && pathname === '/';
}
