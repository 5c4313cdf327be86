/** A browser whose every request is held to the same time and size. */
import { openBrowser, type PageBrowser } from '../../src/fetch/browser.ts';
import type { Caps } from '../../src/fetch/door.ts';
import type { Exchange } from '../../src/model.ts';

export interface CappedBrowser extends AsyncDisposable {
  readonly userAgent: PageBrowser['userAgent'];
  get(url: string, signal: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<Exchange>;
  render(source: Exchange, signal: AbortSignal): Promise<Exchange>;
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
    render: (source, signal) => browser.render(source, { signal, timeoutMs }),
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}
