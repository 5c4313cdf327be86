/** Page requests through a real Chromium: one browser, its tabs used again and again, each request held to its time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Page as Tab } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Exchange } from '../model.ts';
import { type Appearance, type Easel, openEasel, type ShowOptions, VIEWPORT } from './appearance.ts';
import { BrokenOff } from './broken-off.ts';
import { faultOfTemporary, kill, launch, loadPlaywright } from './chromium.ts';
import type { Connections } from './connections.ts';
import { openWire, type Wire } from './devtools.ts';
import { type Caps, UNENCODED } from './door.ts';
import { openBox, type RenderOptions, renderExchange } from './rendering.ts';
import { openSocksProxy, type SocksProxy } from './socks-proxy.ts';

export interface PageBrowser extends AsyncDisposable {
  /** Begins to start the browser and its first tab, for the first request to find; a failure is met by that request. */
  warmUp(): Promise<void>;
  /** The honest user agent: the browser's own with the product appended, or the configured one. */
  userAgent(): Promise<string>;
  /** One request with these headers besides the browser's own, redirects not followed. Throws NETWORK, TIMEOUT, TOO_LARGE, ADDRESS_REFUSED, PROXY_UNREACHABLE, CERTIFICATE_REFUSED, BROWSER_CRASHED, once an answer began as a BrokenOff, and what `launch` throws. */
  get(
    url: string,
    options: Caps & { readonly signal: AbortSignal; readonly headers: Readonly<Record<string, string>> },
  ): Promise<Exchange>;
  /**
   * A page that came already, after its own scripts ran, as HTML. It is not asked for again: whatever a browser shows
   * ends with `</html>`, so only the answer that was judged whole may be shown. Scripts and data come by `load`, and
   * nothing else. Throws TIMEOUT, TOO_LARGE, NETWORK, BROWSER_CRASHED, and what `launch` throws.
   */
  render(source: Exchange, options: RenderOptions): Promise<Exchange>;
  /**
   * How a page that came already looks, without its scripts. Throws TIMEOUT, PAGE_TOO_HEAVY, NETWORK, BROWSER_CRASHED, and
   * what `load` and `launch` throw.
   */
  show(source: Exchange, options: ShowOptions): Promise<Appearance>;
}

interface BrowserOptions {
  readonly executablePath: string | null;
  readonly userAgent: string | null;
  /** Appended to the browser's own user agent, such as `guancha-archive/0.1.0 (+https://…)`. */
  readonly product: string;
  /** All that may be connected to, such as `https://www.guancha.cn`. */
  readonly origins: readonly string[];
  readonly connections: Connections;
  /** True if bodies are asked for without an encoding, and come as the site has them. */
  readonly exact?: boolean | undefined;
  /** Ms since 1970: when an answer came. */
  readonly now: () => number;
  readonly log: Log;
}

interface Opened {
  readonly context: BrowserContext;
  readonly tab: Tab;
}

/** A tab that loads one address after another. */
interface Loader extends Opened {
  readonly wire: Wire;
  uses: number;
}

/** A boxed tab that lays out one page after another. */
interface Painter extends Opened {
  readonly easel: Easel;
  uses: number;
}

/** Chromium gives a page's memory back only when its context closes (playwright#6319). */
const USES_PER_CONTEXT = 200;
const CLOSE_MS = 5000;
/** A browser that does not give a tab by then never will. */
const TAB_MS = 60_000;

/** Nothing is started before the first request, or `warmUp`. */
export function openBrowser(options: BrowserOptions): PageBrowser {
  let proxy: Promise<SocksProxy> | null = null;
  let running: Promise<Browser> | null = null;
  let idle: Promise<Loader>[] = [];
  let painters: Painter[] = [];
  let userAgent = options.userAgent; // the browser's own is asked for once
  let closing = false;

  return {
    warmUp: async () => {
      await loadPlaywright();
      const first = openLoader();
      first.catch(() => {}); // the first request gets the error
      idle.push(first);
    },
    userAgent: async () => userAgent ?? inBrowser(userAgentOf),
    get: async (url, request) => {
      let asked: Wire | null = null;
      try {
        return await inTime(
          url,
          request,
          { take: () => idle.pop() ?? openLoader(), leave: putBack },
          async (loader) => {
            const proxy = await openedProxy();
            asked = loader.wire;
            const headers = { ...request.headers, ...(options.exact === true ? UNENCODED : {}) };
            return asked.load(url, { ...request, headers, now: options.now, proxy });
          },
        );
      } catch (error) {
        const begun = (asked as Wire | null)?.begun() ?? null;
        throw error instanceof ArchiveError && begun !== null ? new BrokenOff(error, begun) : error;
      }
    },
    render: (source, request) =>
      inTime(source.url, request, { take: openBoxedTab, leave: discard }, ({ tab }) =>
        renderExchange(tab, source, { ...request, now: options.now }),
      ),
    show: (source, request) =>
      inTime(source.url, request, { take: async () => painters.pop() ?? openPainter(), leave: putAway }, ({ easel }) =>
        easel.show(source, request),
      ),
    [Symbol.asyncDispose]: async () => {
      closing = true; // a tab that was on its way is not given another browser
      const ending = running?.then(end, () => {}); // one that is still on its way is ended when it comes
      if (ending !== undefined) await within(2 * CLOSE_MS, ending);
      await (await proxy)?.[Symbol.asyncDispose]();
    },
  };

  function browser(): Promise<Browser> {
    running ??= start().then(
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

  async function start(): Promise<Browser> {
    const { proxy, trustedKey } = await openedProxy();
    return launch({ ...options, proxy, trustedKey });
  }

  function openedProxy(): Promise<SocksProxy> {
    proxy ??= openSocksProxy(options);
    return proxy;
  }

  /** After a crash the next request starts a new browser. */
  function forget(): void {
    running = null;
    idle = [];
    painters = [];
  }

  /** Runs `work` in a tab; where it does not end well or in time, the tab goes and its slot is free again. */
  async function inTime<T extends Opened, R>(
    url: string,
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
    { take, leave }: { readonly take: () => Promise<T>; readonly leave: (taken: T) => Promise<void> },
    work: (taken: T) => Promise<R>,
  ): Promise<R> {
    signal.throwIfAborted();
    const taken = await orAborted(take(), signal, discard);
    const watch = new AbortController();
    try {
      const answer = await Promise.race([
        work(taken),
        died(taken, url, watch.signal),
        tooLate(url, timeoutMs, AbortSignal.any([signal, watch.signal])),
      ]);
      await leave(taken);
      return answer;
    } catch (error) {
      void discard(taken);
      signal.throwIfAborted();
      const isCrash = error instanceof ArchiveError ? error.code === 'BROWSER_CRASHED' : isClosed(error);
      const room = isCrash ? await faultOfTemporary() : null;
      if (room !== null) throw room;
      if (error instanceof ArchiveError) throw error;
      throw new ArchiveError(
        isCrash ? 'BROWSER_CRASHED' : 'NETWORK',
        `${url}: ${(error as Error).message.split('\n')[0]}`,
        { cause: error },
      );
    } finally {
      watch.abort();
    }
  }

  /** A new tab; in a new browser where the old one turns out to be dead. One that does not answer at all is ended. */
  async function inBrowser<T>(openTab: (open: Browser) => Promise<T>): Promise<T> {
    const open = await browser();
    try {
      const opening = openTab(open);
      if (!(await within(TAB_MS, opening))) {
        void end(open);
        throw new Error(`the browser gave no answer within ${TAB_MS} ms`);
      }
      return await opening;
    } catch (error) {
      if (running !== null && (await running) === open) forget();
      const room = closing ? null : await faultOfTemporary();
      if (room !== null) throw room;
      if (closing || !isClosed(error))
        throw new ArchiveError('BROWSER_CRASHED', (error as Error).message, { cause: error });
      return openTab(await browser()).catch((again: Error) => {
        throw new ArchiveError('BROWSER_CRASHED', again.message, { cause: again });
      });
    }
  }

  function openLoader(): Promise<Loader> {
    return inBrowser(async (open) => {
      const context = await open.newContext(await visitorOf(open));
      const tab = await context.newPage();
      const wire = await openWire(await context.newCDPSession(tab));
      return { context, tab, wire, uses: 0 };
    });
  }

  function openBoxedTab(): Promise<Opened> {
    return inBrowser(async (open) => {
      const tab = await openBox(open, await visitorOf(open));
      return { context: tab.context(), tab };
    });
  }

  function openPainter(): Promise<Painter> {
    return inBrowser(async (open) => {
      const tab = await openBox(open, { ...(await visitorOf(open)), javaScriptEnabled: false, viewport: VIEWPORT });
      return { context: tab.context(), tab, easel: await openEasel(tab), uses: 0 };
    });
  }

  async function visitorOf(open: Browser): Promise<BrowserContextOptions> {
    return {
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      userAgent: userAgent ?? (await userAgentOf(open)),
    };
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

  async function putAway(painter: Painter): Promise<void> {
    painter.uses += 1;
    if (painter.uses >= USES_PER_CONTEXT) await discard(painter);
    else painters.push(painter);
  }

  /** Closes the tab's context; a browser that cannot even do that in time is ended. */
  async function discard({ context }: Opened): Promise<void> {
    if (await within(CLOSE_MS, context.close())) return;
    const open = context.browser();
    forget();
    if (open !== null) await end(open);
  }

  async function end(open: Browser): Promise<void> {
    if (!(await within(CLOSE_MS, open.close()))) kill(open);
  }
}

/** What is on its way, or the reason of the signal: what comes after that is handed to `late`. */
async function orAborted<T>(coming: Promise<T>, signal: AbortSignal, late: (taken: T) => Promise<void>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([coming, promise]);
  } catch (error) {
    coming.then(late, () => {}); // who waited for it has left
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Never resolves; rejects when the tab or its browser dies. */
async function died({ tab, context }: Opened, url: string, over: AbortSignal): Promise<never> {
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
