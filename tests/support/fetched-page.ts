/** A page as the fetch room hands it on, made of exchanges that nobody had to make. */
import { pageOf } from '../../src/fetch/exchange.ts';
import type { Exchange, Page } from '../../src/model.ts';

export interface PageParts extends Partial<Omit<Page, 'exchanges' | 'redirects'>> {
  readonly url: string;
}

/** A page of HTML, 200 and complete unless said otherwise; redirected once where `finalUrl` is another address. */
export function fetchedPage({ url, finalUrl = url, ...parts }: PageParts): Page {
  const last = exchangeOf({ ...parts, url: finalUrl });
  const redirect = exchangeOf({ url, status: 302, headers: { location: finalUrl }, body: new Uint8Array() });
  return pageOf(url, finalUrl === url ? [last] : [redirect, last]);
}

/** One exchange; a header of several values is given as one. */
export function exchangeOf(parts: Omit<PageParts, 'finalUrl'>): Exchange {
  const {
    url,
    status = 200,
    headers = { 'content-type': 'text/html; charset=utf-8' },
    body = new Uint8Array(),
  } = parts;
  return {
    url,
    startedAt: parts.fetchedAt ?? '2026-12-01T00:00:00.000Z',
    address: '127.0.0.1:80',
    protocol: 'HTTP/1.1',
    request: { method: 'GET', headers: [] },
    response: { status, statusText: '', headers: Object.entries(headers), body },
    cut: parts.cut ?? null,
    road: parts.fetchedBy === 'browser with scripts' ? 'rendered' : 'browser',
  };
}
