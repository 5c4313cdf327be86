/** What is read off exchanges: single headers, where a redirect leads, and the page that several exchanges make. */
import type { Exchange, Header, Page } from '../model.ts';
import { meaningOfStatus } from '../site/answers.ts';

/**
 * The page that was asked for by `url`, as its exchanges give it.
 * @param exchanges the redirects in their order, then the answer that holds; where a redirect is the last, it was not
 *   followed, and the page is that answer under the address that it names
 */
export function pageOf(url: string, exchanges: readonly Exchange[]): Page {
  const last = exchanges.at(-1);
  if (last === undefined) throw new TypeError(`${url}: a page needs an exchange`);
  const redirects = exchanges.flatMap((exchange) => {
    const location = locationOf(exchange);
    return location === null ? [] : [{ url: exchange.url, status: exchange.response.status, location }];
  });
  const { status, headers, body } = last.response;
  return {
    url,
    exchanges,
    finalUrl: locationOf(last) ?? last.url,
    redirects,
    status,
    headers: plainHeaders(headers),
    body,
    cut: last.cut,
    fetchedAt: last.startedAt,
    fetchedBy: last.road === 'rendered' ? 'browser with scripts' : 'browser',
  };
}

/** Where a redirect leads, absolute; null for any other answer (RFC 9110, 15.4). */
export function locationOf({ url, response }: Exchange): string | null {
  const location = headerOf(response.headers, 'location');
  if (meaningOfStatus(response.status) !== 'redirect' || location === null) return null;
  return URL.parse(location, url)?.href ?? null;
}

/** A header's values joined as a list (RFC 9110, 5.3), whatever the case of its name; null where it is absent. */
export function headerOf(headers: readonly Header[], name: string): string | null {
  const wanted = name.toLowerCase();
  const values = headers.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value);
  return values.length === 0 ? null : values.join(', ');
}

/** The values of its `Set-Cookie` headers, which cannot be joined (RFC 6265, 3). */
export function setCookiesOf({ response }: Exchange): string[] {
  return response.headers.flatMap(([name, value]) => (name.toLowerCase() === 'set-cookie' ? [value] : []));
}

/** Names in lower case, in the order of their first appearance; values of one name joined by `, `. */
export function plainHeaders(headers: readonly Header[]): Readonly<Record<string, string>> {
  const plain = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = plain.get(key);
    plain.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(plain);
}
