/**
 * Page requests through a real Chromium. The answer's bytes are taken off the wire (Chrome DevTools Protocol, Fetch
 * domain) and the page is never built: no script, no picture, no frame of it is asked for. The one door to playwright.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, CDPSession, Page as Tab } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import { findBrowser } from './find-browser.ts';

/** One answer; redirects are answers like any other. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes after content decoding; empty for a redirect. */
  readonly body: Uint8Array;
  /** Why the body is known to be cut short; null if it came to its end. */
  readonly cut: string | null;
  /** When the answer began, ISO 8601 in UTC. */
  readonly at: string;
}

export interface BrowserFetcher extends AsyncDisposable {
  /** Begins to start the browser and its first tab, for the first request to find; a failure is met by that request. */
  warmUp(): Promise<void>;
  /** The honest user agent: the browser's own with the product appended, or the configured one. */
  userAgent(): Promise<string>;
  /** One request, redirects not followed. Throws NETWORK, TIMEOUT, TRUNCATED, TOO_LARGE, BROWSER_CRASHED, NO_BROWSER. */
  get(url: string, signal: AbortSignal): Promise<Answer>;
  /**
   * A page that came already, after its own scripts ran, as HTML. It is not asked for again: whatever a browser shows
   * ends with `</html>`, so only the answer that was judged whole may be shown. Scripts and data of allowed addresses
   * are loaded, and no other document.
   */
  render(source: RenderSource, signal: AbortSignal): Promise<Answer>;
}

/** The answer to be shown: its address, headers and decoded bytes. */
export type RenderSource = Pick<Answer, 'url' | 'headers' | 'body'>;

export interface BrowserOptions {
  readonly executablePath: string | null;
  readonly userAgent: string | null;
  /** Appended to the browser's own user agent, such as `guancha-archive/0.1.0 (+https://…)`. */
  readonly product: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Host names that may be resolved at all. */
  readonly hosts: readonly string[];
  readonly allows: (url: string) => boolean;
  readonly log: Log;
}

/** A tab that loads one address after another. */
interface Loader {
  readonly context: BrowserContext;
  readonly tab: Tab;
  readonly cdp: CDPSession;
  uses: number;
}

/** Chromium gives a page's memory back only when its context closes (playwright#6319). */
const USES_PER_CONTEXT = 200;
const CLOSE_MS = 5000;
const CHUNK_BYTES = 4 << 20;

/** Nothing is started before the first request, or `warmUp`. */
export function openBrowser(options: BrowserOptions): BrowserFetcher {
  let running: Promise<Browser> | null = null;
  let idle: Promise<Loader>[] = [];
  let userAgent = options.userAgent; // the browser's own is asked for once
  let closing = false;

  return {
    warmUp: async () => {
      await import('playwright'); // takes this process's time; what follows takes the browser's
      const first = openLoader();
      first.catch(() => {}); // the first request hears of it
      idle.push(first);
    },
    userAgent: async () => userAgent ?? userAgentOf(await browser()),
    get: (url, signal) => inTime(url, signal, (loader) => load(loader, url, options.maxBytes)),
    render: (source, signal) => inTime(source.url, signal, (loader) => render(loader, source, options)),
    [Symbol.asyncDispose]: async () => {
      closing = true; // a tab that was on its way is not given another browser
      const open = await running?.catch(() => null);
      if (open !== null && open !== undefined) await within(CLOSE_MS, open.close());
    },
  };

  function browser(): Promise<Browser> {
    running ??= launch(options).then(
      (started) => {
        started.on('disconnected', forget);
        return started;
      },
      (error) => {
        forget();
        throw error;
      },
    );
    return running;
  }

  /** After a crash the next request starts a new browser. */
  function forget(): void {
    running = null;
    idle = [];
  }

  /** Runs `work` in a tab; where it does not end well or in time, the tab goes and its slot is free again. */
  async function inTime(url: string, signal: AbortSignal, work: (loader: Loader) => Promise<Answer>): Promise<Answer> {
    signal.throwIfAborted();
    const loader = await (idle.pop() ?? openLoader());
    const watch = new AbortController();
    try {
      const answer = await Promise.race([
        work(loader),
        died(loader, url, watch.signal),
        tooLate(url, options.timeoutMs, AbortSignal.any([signal, watch.signal])),
      ]);
      await putBack(loader);
      return answer;
    } catch (error) {
      void discard(loader);
      signal.throwIfAborted();
      if (error instanceof ArchiveError) throw error;
      throw new ArchiveError(
        isClosed(error) ? 'BROWSER_CRASHED' : 'NETWORK',
        `${url}: ${(error as Error).message.split('\n')[0]}`,
        { cause: error },
      );
    } finally {
      watch.abort();
    }
  }

  /** A new tab; in a new browser where the old one turns out to be dead. */
  async function openLoader(): Promise<Loader> {
    const open = await browser();
    try {
      return await openTab(open);
    } catch (error) {
      if (running !== null && (await running) === open) forget();
      if (closing || !isClosed(error))
        throw new ArchiveError('BROWSER_CRASHED', (error as Error).message, { cause: error });
      return openTab(await browser()).catch((again: Error) => {
        throw new ArchiveError('BROWSER_CRASHED', again.message, { cause: again });
      });
    }
  }

  async function openTab(open: Browser): Promise<Loader> {
    const context = await open.newContext({
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      userAgent: userAgent ?? (await userAgentOf(open)),
    });
    const tab = await context.newPage();
    const cdp = await context.newCDPSession(tab);
    await cdp.send('Network.enable');
    await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
    return { context, tab, cdp, uses: 0 };
  }

  async function userAgentOf(open: Browser): Promise<string> {
    const session = await open.newBrowserCDPSession();
    const version = await session.send('Browser.getVersion');
    await session.detach();
    userAgent = `${version.userAgent} ${options.product}`;
    return userAgent;
  }

  async function putBack(loader: Loader): Promise<void> {
    loader.uses += 1;
    if (loader.uses >= USES_PER_CONTEXT) await discard(loader);
    else idle.push(Promise.resolve(loader));
  }

  /** Closes the tab's context; a browser that cannot even do that in time is ended. */
  async function discard(loader: Loader): Promise<void> {
    if (await within(CLOSE_MS, loader.context.close())) return;
    const open = loader.context.browser();
    forget();
    if (open !== null) await within(CLOSE_MS, open.close());
  }
}

async function launch(options: BrowserOptions): Promise<Browser> {
  const { chromium } = await import('playwright');
  const say = (message: string) => options.log({ level: 'info', stage: 'fetch', message });
  const found = await findBrowser({
    executablePath: options.executablePath,
    playwrightPath: chromium.executablePath(),
    say,
  });
  const start = (chromiumSandbox: boolean) =>
    chromium.launch({
      executablePath: found.executablePath,
      env: { ...process.env, ...found.env },
      chromiumSandbox,
      // No name but the site's is ever resolved, whatever a page or the browser itself may want.
      args: [`--host-resolver-rules=MAP * ~NOTFOUND${options.hosts.map((host) => `, EXCLUDE ${host}`).join('')}`],
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  try {
    // Chromium refuses its sandbox to root, and some containers refuse it to everybody.
    return process.getuid?.() === 0 ? await start(false) : await start(true).catch(() => start(false));
  } catch (error) {
    throw new ArchiveError(
      'NO_BROWSER',
      `${found.source}, ${found.executablePath}: ${(error as Error).message.split('\n')[0]}`,
      { cause: error },
    );
  }
}

/** Asks for the address and takes the answer's bytes; the navigation itself is then called off. */
async function load({ cdp }: Loader, url: string, maxBytes: number): Promise<Answer> {
  const paused = new Promise<Paused>((resolve) => cdp.once('Fetch.requestPaused', resolve));
  await cdp.send('Fetch.enable', { patterns: [{ requestStage: 'Response' }] });
  const navigated = cdp.send('Page.navigate', { url });
  const unanswered = navigated.then(({ errorText }) => {
    const text = errorText ?? 'no answer';
    throw new ArchiveError(/TIMED_OUT/.test(text) ? 'TIMEOUT' : 'NETWORK', `${url}: ${text}`);
  });
  unanswered.catch(() => {}); // heard through the race below, or not of interest any more
  const response = await Promise.race([paused, unanswered]);
  const { requestId, responseStatusCode: status } = response;
  if (status === undefined) {
    await cdp.send('Fetch.continueRequest', { requestId });
    return unanswered;
  }
  const at = new Date().toISOString();
  const headers: Record<string, string> = {};
  for (const { name, value } of response.responseHeaders ?? []) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  const isRedirect = status >= 300 && status < 400 && headers.location !== undefined;
  const body = isRedirect ? new Uint8Array() : await takeBody(cdp, requestId, url, maxBytes);
  await cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
  await navigated;
  await cdp.send('Fetch.disable');
  const promised =
    headers['content-encoding'] === undefined && !isRedirect
      ? Number(headers['content-length'] ?? body.length)
      : body.length;
  const cut = body.length < promised ? `${body.length} of ${promised} bytes` : null;
  return { url, status, headers, body, cut, at };
}

/** What of `Fetch.requestPaused` is used. */
interface Paused {
  readonly requestId: string;
  /** Absent where the request failed. */
  readonly responseStatusCode?: number;
  readonly responseHeaders?: readonly { readonly name: string; readonly value: string }[];
}

/** Reads the body piece by piece, so that one without end, or a decompression bomb, stops at the cap. */
async function takeBody(cdp: CDPSession, requestId: string, url: string, maxBytes: number): Promise<Uint8Array> {
  const { stream: handle } = await cdp.send('Fetch.takeResponseBodyAsStream', { requestId });
  const pieces: Buffer[] = [];
  let length = 0;
  for (let ended = false; !ended; ) {
    const { data, base64Encoded, eof } = await cdp.send('IO.read', { handle, size: CHUNK_BYTES });
    const piece = Buffer.from(data, base64Encoded === true ? 'base64' : 'utf8');
    length += piece.length;
    if (length > maxBytes) throw new ArchiveError('TOO_LARGE', `${url}: more than ${maxBytes} bytes`);
    pieces.push(piece);
    ended = eof;
  }
  await cdp.send('IO.close', { handle });
  return Buffer.concat(pieces);
}

async function render({ tab }: Loader, { url, headers, body }: RenderSource, options: BrowserOptions): Promise<Answer> {
  let isGiven = false;
  await tab.route('**/*', (route) => {
    const request = route.request();
    if (!isGiven && request.url() === url) {
      isGiven = true;
      return route.fulfill({
        status: 200,
        contentType: headers['content-type'] ?? 'text/html',
        body: Buffer.from(body),
      });
    }
    const wanted = ['script', 'xhr', 'fetch'].includes(request.resourceType());
    return wanted && options.allows(request.url()) ? route.continue() : route.abort('blockedbyclient');
  });
  try {
    await tab.goto(url, { waitUntil: 'load', timeout: options.timeoutMs });
    const at = new Date().toISOString();
    // Quiet is not promised by any page; what is there after a while is what it shows.
    await tab.waitForLoadState('networkidle', { timeout: options.timeoutMs / 4 }).catch(() => {});
    return {
      url,
      status: 200,
      headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
      body: Buffer.from(await tab.content()),
      cut: null,
      at,
    };
  } catch (error) {
    if ((error as Error).name === 'TimeoutError')
      throw new ArchiveError('TIMEOUT', `${url}: the scripts did not come to an end`, { cause: error });
    throw error;
  } finally {
    await tab.unrouteAll({ behavior: 'ignoreErrors' });
    await tab.goto('about:blank').catch(() => {}); // a tab that cannot even do this is found out by its next request
  }
}

/** Never resolves; rejects when the tab or its browser dies. */
async function died({ tab, context }: Loader, url: string, over: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const crash = () => reject(new ArchiveError('BROWSER_CRASHED', url));
  const browser = context.browser();
  tab.on('crash', crash);
  tab.on('close', crash);
  browser?.on('disconnected', crash);
  over.addEventListener('abort', () => {
    tab.off('crash', crash);
    tab.off('close', crash);
    browser?.off('disconnected', crash);
  });
  return promise;
}

/** Never resolves; rejects when the time is over or the wait is called off. */
async function tooLate(url: string, timeoutMs: number, signal: AbortSignal): Promise<never> {
  await sleep(timeoutMs, undefined, { signal });
  throw new ArchiveError('TIMEOUT', `${url}: no whole answer within ${timeoutMs} ms`);
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && /closed|crashed|disconnected/i.test(error.message);
}

/** True where the work ended within the time, well or not. */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const ended = work.then(
    () => true,
    () => true, // what is being thrown away may fail as it likes
  );
  const late = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  const result = await Promise.race([ended, late]);
  timer.abort();
  return result;
}
