/** A browser whose every request is held to the same time and size. */
import { openBrowser, type PageBrowser } from '../../src/fetch/browser.ts';
import type { Caps } from '../../src/fetch/door.ts';
import type { RenderOptions } from '../../src/fetch/rendering.ts';
import type { Exchange } from '../../src/model.ts';

export interface CappedBrowser extends AsyncDisposable {
  readonly userAgent: PageBrowser['userAgent'];
  get(url: string, signal: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<Exchange>;
  /** @param load as the page's scripts and data come; by the browser itself where absent */
  render(source: Exchange, signal: AbortSignal, load?: RenderOptions['load']): Promise<Exchange>;
}

export function openCappedBrowser({
  timeoutMs,
  maxBytes,
  ...options
}: Caps & Parameters<typeof openBrowser>[0]): CappedBrowser {
  const browser = openBrowser(options);
  return {
    userAgent: browser.userAgent,
    get: (url, signal, headers = {}) => browser.get(url, { signal, headers, timeoutMs, maxBytes }),
    render: (source, signal, load) =>
      browser.render(source, {
        signal,
        timeoutMs,
        maxBytes,
        load: load ?? ((url) => browser.get(url, { signal, headers: {}, timeoutMs, maxBytes })),
      }),
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}
