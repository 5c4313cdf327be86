/** One page request as the site should see it: in scope, allowed by robots.txt, in its turn, redirects one by one. */
import { ArchiveError } from '../errors.ts';
import type { Page, Redirect } from '../model.ts';
import { requireScope, type Site } from '../site/address.ts';
import type { BrowserFetcher } from './browser.ts';
import type { Answer } from './devtools.ts';
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
      const redirects: Redirect[] = [];
      for (let address = url; ; ) {
        const headers = redirects.length === 0 ? conditions(known) : {};
        const answer = await request(address, signal, { list, headers });
        const location = locationOf(answer);
        if (location === null) return toPage(url, redirects, answer, 'browser');
        redirects.push({ url: address, status: answer.status, location });
        if (isHomePage(location, site)) return { ...toPage(url, redirects, answer, 'browser'), finalUrl: location };
        if (redirects.length >= MOST_REDIRECTS)
          throw new ArchiveError('TOO_MANY_REDIRECTS', `${url}: ${redirects.length}, last to ${location}`);
        address = location;
      }
    },
    runScripts: async (page, signal) => {
      const source = { url: page.finalUrl, headers: page.headers, body: page.body };
      const answer = await politeness.page(source.url, signal, () => browser.render(source, signal));
      return toPage(page.url, page.redirects, answer, 'browser with scripts');
    },
  };

  async function request(
    url: string,
    signal: AbortSignal,
    { list, headers }: { readonly list: boolean; readonly headers: Readonly<Record<string, string>> },
  ): Promise<Answer> {
    requireScope(url, site, { list });
    await robots?.require(url, signal);
    const answer = await politeness.page(url, signal, () => browser.get(url, signal, headers));
    if (answer.status >= 500) throw new ArchiveError('HTTP_STATUS', `${url}: status ${answer.status}`);
    return answer;
  }
}

/** A server that knows both goes by the entity tag alone (RFC 9110, 13.1.3). */
function conditions(known: Validators | undefined): Record<string, string> {
  if (known === undefined) return {};
  return {
    ...(known.etag === null ? {} : { 'If-None-Match': known.etag }),
    ...(known.lastModified === null ? {} : { 'If-Modified-Since': known.lastModified }),
  };
}

function toPage(url: string, redirects: readonly Redirect[], answer: Answer, fetchedBy: Page['fetchedBy']): Page {
  const { status, headers, body, cut, at } = answer;
  return { url, finalUrl: answer.url, redirects, status, headers, body, cut, fetchedAt: at, fetchedBy };
}

function locationOf({ url, status, headers }: Answer): string | null {
  const location = headers.location;
  if (status < 300 || status >= 400 || location === undefined || !URL.canParse(location, url)) return null;
  return new URL(location, url).href;
}

function isHomePage(url: string, site: Site): boolean {
  const { origin, pathname } = new URL(url);
  return origin === site.www && pathname === '/';
}
