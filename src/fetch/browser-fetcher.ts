/** The fetcher that asks the site itself, by a browser, through the one door out. */
import type { Exchange } from '../model.ts';
import type { Site } from '../site/address.ts';
import type { PageBrowser } from './browser.ts';
import type { Cookies } from './cookies.ts';
import type { Door, RequestKind } from './door.ts';
import { plainHeaders, setCookiesOf } from './exchange.ts';
import { type Fetcher, followExchanges, type Validators } from './fetcher.ts';

/** @param parts `browser` belongs to the fetcher from now on, and ends with it */
export function createBrowserFetcher(parts: {
  readonly browser: PageBrowser;
  readonly door: Door;
  readonly cookies: Cookies;
  readonly site: Site;
}): Fetcher {
  const { browser, door, cookies, site } = parts;

  return {
    fetch: (url, { signal, list = false, known }) =>
      followExchanges(url, site, (address, { isFirst }) =>
        pass({ url: address, kind: list ? 'list' : 'page', signal }, async (caps) => {
          const headers = { ...(isFirst ? conditions(known) : {}), ...cookies.headersFor(address) };
          const answer = await browser.get(address, { ...caps, signal, headers });
          cookies.keep(address, setCookiesOf(answer));
          return answer;
        }),
      ),
    render: async (exchanges, { signal }) => {
      const source = exchanges.at(-1);
      if (source === undefined) throw new TypeError('there is no exchange to show');
      // Where a list redirects to, lists may lie.
      const request = { url: source.url, kind: 'list', signal } as const;
      return [...exchanges, await pass(request, (caps) => browser.render(source, { ...caps, signal }))];
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };

  async function pass(
    request: { readonly url: string; readonly kind: RequestKind; readonly signal: AbortSignal },
    ask: (caps: { readonly maxBytes: number; readonly timeoutMs: number }) => Promise<Exchange>,
  ): Promise<Exchange> {
    const { exchange } = await door.pass(request, async (caps) => {
      const answer = await ask(caps);
      const { status, headers } = answer.response;
      return { exchange: answer, status, headers: plainHeaders(headers) };
    });
    return exchange;
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
