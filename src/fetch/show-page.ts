/** Shows pages as their readers see them: by the browser, with style sheets that pass the one door and are kept. */
import { ArchiveError } from '../errors.ts';
import type { Exchange } from '../model.ts';
import type { Site } from '../site/address.ts';
import type { Appearance, KnownPicture } from './appearance.ts';
import { keepBroken } from './broken-off.ts';
import type { PageBrowser } from './browser.ts';
import type { Cookies } from './cookies.ts';
import type { Door, KeepExchange } from './door.ts';
import { plainHeaders } from './exchange.ts';
import { followExchanges } from './fetcher.ts';

/**
 * Lays out an answer that came already; it is not asked for again, and no script of it runs.
 * @param options `pictures` are those of the page whose size is known
 * @throws HTTP_STATUS where a style sheet is not to be had, and what `Fetcher.fetch` throws for it; TIMEOUT,
 *   PAGE_TOO_HEAVY, NETWORK, BROWSER_CRASHED, NO_BROWSER; an AbortError once the signal aborts
 */
export type ShowPage = (
  source: Exchange,
  options: { readonly pictures: readonly KnownPicture[]; readonly signal: AbortSignal },
) => Promise<Appearance>;

/** So much of style sheets is kept; the site's come to some hundred kilobytes. */
const MOST_BYTES = 16_000_000;
/** A run may last for months. */
const KEPT_MS = 24 * 3_600_000;
/** What was refused or did not come is not asked for again so soon. */
const KEPT_FAILURE_MS = 3_600_000;

export function createShowPage(parts: {
  readonly browser: Pick<PageBrowser, 'get' | 'show'>;
  readonly door: Door;
  readonly cookies: Cookies;
  readonly site: Site;
  readonly now: () => number;
  readonly keep?: KeepExchange | undefined;
}): ShowPage {
  const { browser, door, cookies, site, now, keep = async (exchange) => exchange } = parts;
  const sheets = new Map<string, { readonly asked: Promise<Exchange>; until: number }>();
  let bytes = 0;

  return (source, { pictures, signal }) => {
    const { timeoutMs } = door.pageCaps;
    return browser.show(source, { timeoutMs, signal, pictures, load: (url) => sheet(url, signal) });
  };

  function sheet(url: string, signal: AbortSignal): Promise<Exchange> {
    const known = sheets.get(url);
    if (known !== undefined && now() < known.until) return known.asked;
    if (bytes > MOST_BYTES) {
      sheets.clear();
      bytes = 0;
    }
    const kept = { asked: ask(url, signal), until: now() + KEPT_MS };
    sheets.set(url, kept);
    kept.asked.then(
      ({ response }) => {
        bytes += response.body.length;
      },
      () => {
        kept.until = signal.aborted ? 0 : now() + KEPT_FAILURE_MS;
      },
    );
    return kept.asked;
  }

  async function ask(url: string, signal: AbortSignal): Promise<Exchange> {
    const exchanges = await followExchanges(url, site, async (address) => {
      const passed = () =>
        door.pass({ url: address, kind: 'style sheet', signal }, async (caps) => {
          const exchange = await browser.get(address, { ...caps, signal, headers: { ...cookies.headersFor(address) } });
          const { status, headers } = exchange.response;
          return { answer: exchange, status, headers: plainHeaders(headers) };
        });
      const { answer } = await keepBroken((broken) => keep(broken, 'style sheet'), passed);
      return keep(answer, 'style sheet');
    });
    const last = exchanges.at(-1) as Exchange; // there is at least one
    if (last.response.status !== 200) throw new ArchiveError('HTTP_STATUS', `${url}: ${last.response.status}`);
    return last;
  }
}
