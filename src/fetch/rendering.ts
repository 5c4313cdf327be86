/**
 * A page that came already, shown as its own scripts make it. It is shown in a box: a browser context of its own whose only
 * way out leads nowhere, so that popups, workers, sockets and whatever a browser may learn to ask by reach nothing. The
 * scripts and data that it may have are asked for by the program and handed in. The context goes when the page was read,
 * and its cookies, storage and workers with it.
 */
import type { Browser, BrowserContextOptions, Route, Page as Tab } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Exchange } from '../model.ts';
import { headerOf } from './exchange.ts';

export interface RenderOptions {
  readonly timeoutMs: number;
  /** Of the HTML that the page has become. */
  readonly maxBytes: number;
  /** Ends it at once. */
  readonly signal: AbortSignal;
  /** Asks for a script, or data, that the page wants; the page goes without what this refuses. */
  readonly load: (url: string, signal: AbortSignal) => Promise<Exchange>;
}

/** No name is resolved in the browser (`chromium.ts`), and this one by nobody (RFC 6761, 6.4). */
const NOWHERE = 'socks5://nowhere.invalid:1';
/** So many things a page may want. */
const MOST_LOADED = 50;
const LOADED: readonly string[] = ['script', 'xhr', 'fetch'];
/** What of the headers of scripts and data counts. */
const PASSED_ON = /^(?:content-type$|access-control-)/i;

/** A tab in a context of its own; whoever opens it closes the context. */
export async function openBox(browser: Browser, options: BrowserContextOptions): Promise<Tab> {
  const context = await browser.newContext({
    ...options,
    acceptDownloads: false,
    serviceWorkers: 'block',
    proxy: { server: NOWHERE },
  });
  const tab = await context.newPage();
  context.on('page', (popup) => void popup.close().catch(() => {})); // it may have closed itself
  return tab;
}

/**
 * Shows an answer in the tab of a box and gives what is there once its scripts are quiet, as HTML.
 * @returns the same exchange with the HTML for its body
 * @throws TIMEOUT, TOO_LARGE; what the tab throws where it goes away
 */
export async function renderExchange(
  tab: Tab,
  source: Exchange,
  options: Omit<RenderOptions, 'signal'> & { readonly now: () => number },
): Promise<Exchange> {
  const { url, response } = source;
  const over = new AbortController(); // what is still asked for then comes too late
  let isGiven = false;
  let loaded = 0;
  await tab.context().route('**/*', async (route) => {
    const request = route.request();
    const isSource = request.isNavigationRequest() && request.url() === url;
    if (!isGiven && isSource) {
      isGiven = true;
      return route.fulfill({
        status: 200,
        contentType: headerOf(response.headers, 'content-type') ?? 'text/html',
        body: Buffer.from(response.body),
      });
    }
    const isWanted = request.method() === 'GET' && LOADED.includes(request.resourceType());
    if (!isWanted || loaded >= MOST_LOADED) return refuse(route);
    loaded += 1;
    return options.load(request.url(), over.signal).then(
      (answer) => handIn(route, answer),
      () => refuse(route), // whatever it was, the page does not get it
    );
  });
  try {
    await tab.goto(url, { waitUntil: 'load', timeout: options.timeoutMs });
    const startedAt = new Date(options.now()).toISOString();
    // Quiet is not promised by any page; what is there after a while is what it shows.
    await tab.waitForLoadState('networkidle', { timeout: options.timeoutMs / 4 }).catch(() => {});
    const body = Buffer.from(await readHtml(tab, url, options.maxBytes));
    const others = response.headers.filter(([name]) => name.toLowerCase() !== 'content-type');
    return {
      ...source,
      startedAt,
      response: {
        status: 200,
        statusText: 'OK',
        headers: [...others, ['content-type', 'text/html; charset=utf-8']],
        body,
      },
      cut: null,
      road: 'rendered',
    };
  } catch (error) {
    if ((error as Error).name === 'TimeoutError')
      throw new ArchiveError('TIMEOUT', `${url}: the scripts did not come to an end`, { cause: error });
    throw error;
  } finally {
    over.abort();
  }
}

async function handIn(route: Route, { response: { status, headers, body } }: Exchange): Promise<void> {
  if (status >= 300 && status < 400) return refuse(route);
  const passed = headers.filter(([name]) => PASSED_ON.test(name));
  return route.fulfill({ status, headers: Object.fromEntries(passed), body: Buffer.from(body) }).catch(() => {});
}

/** A page that would go elsewhere has nothing to show. One that has gone meanwhile asks for nothing any more. */
function refuse(route: Route): Promise<void> {
  return route.abort('blockedbyclient').catch(() => {});
}

/** Its length is looked at before it leaves the tab, in a world that the page's scripts cannot change. */
async function readHtml(tab: Tab, url: string, maxBytes: number): Promise<string> {
  const cdp = await tab.context().newCDPSession(tab);
  const { frameTree } = await cdp.send('Page.getFrameTree');
  const world = await cdp.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const expression = `(() => {
    const { doctype, documentElement } = document;
    const html = (doctype ? new XMLSerializer().serializeToString(doctype) : '') + (documentElement?.outerHTML ?? '');
    return html.length > ${maxBytes} ? html.length : html;
  })()`;
  const { result } = await cdp.send('Runtime.evaluate', {
    contextId: world.executionContextId,
    expression,
    returnByValue: true,
  });
  const html: unknown = result.value;
  if (typeof html !== 'string' || Buffer.byteLength(html) > maxBytes)
    throw new ArchiveError('TOO_LARGE', `${url}: more than ${maxBytes} bytes once its scripts ran`);
  return html;
}
