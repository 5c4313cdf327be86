/** The fetcher that asks the site itself, by a browser, through the one door out. */
import type { Exchange } from '../model.ts';
import type { Site } from '../site/address.ts';
import { keepBroken } from './broken-off.ts';
import type { PageBrowser } from './browser.ts';
import type { Cookies } from './cookies.ts';
import type { Door, KeepExchange, KeptKind } from './door.ts';
import { plainHeaders, setCookiesOf } from './exchange.ts';
import { type Fetcher, followExchanges, type Validators } from './fetcher.ts';

/** @param parts `browser` belongs to the fetcher from now on, and ends with it; nothing is kept without `keep` */
export function createBrowserFetcher(parts: {
  readonly browser: PageBrowser;
  readonly door: Door;
  readonly cookies: Cookies;
  readonly site: Site;
  readonly keep?: KeepExchange | undefined;
}): Fetcher {
  const { browser, door, cookies, site, keep = async (exchange) => exchange } = parts;

  return {
    fetch: (url, { signal, list = false, known, budget }) =>
      followExchanges(url, site, (address, { isFirst }) =>
        pass({ url: address, kind: list ? 'list' : 'page', signal }, async (caps) => {
          const headers = { ...(isFirst ? conditions(known) : {}), ...cookies.headersFor(address) };
          const get = () => browser.get(address, { ...caps, signal, headers });
          const answer = await (budget === undefined ? get() : budget.during(get));
          budget?.take(answer.response.body.length);
          cookies.keep(address, setCookiesOf(answer));
          return answer;
        }),
      ),
    render: async (exchanges, { signal }) => {
      const source = exchanges.at(-1);
      if (source === undefined) throw new TypeError('there is no exchange to show');
      const { timeoutMs, maxBytes } = door.pageCaps;
      const rendered = await browser.render(source, { timeoutMs, maxBytes, signal, load: loadScript(signal) });
      return [...exchanges, await keep({ ...rendered, capture: source.capture }, 'page')];
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };

  /** A page's own requests pass the door like any other; what they set is the page's, and is not kept. */
  function loadScript(signal: AbortSignal): (url: string, over: AbortSignal) => Promise<Exchange> {
    return async (url, over) => {
      const either = AbortSignal.any([signal, over]);
      const exchanges = await followExchanges(url, site, (address) =>
        pass({ url: address, kind: 'script', signal: either }, (caps) =>
          browser.get(address, { ...caps, signal: either, headers: { ...cookies.headersFor(address) } }),
        ),
      );
      return exchanges.at(-1) as Exchange; // there is at least one
    };
  }

  async function pass(
    request: { readonly url: string; readonly kind: KeptKind; readonly signal: AbortSignal },
    ask: (caps: { readonly maxBytes: number; readonly timeoutMs: number }) => Promise<Exchange>,
  ): Promise<Exchange> {
    const passed = () =>
      door.pass(request, async (caps) => {
        const answer = await ask(caps);
        const { status, headers } = answer.response;
        return { exchange: answer, status, headers: plainHeaders(headers) };
      });
    // The host's next turn does not wait for the disk.
    const { exchange } = await keepBroken((broken) => keep(broken, request.kind), passed);
    return keep(exchange, request.kind);
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
