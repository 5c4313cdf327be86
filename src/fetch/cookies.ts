/** The cookies that plain answers of the site set: one jar for browser and downloads, kept for the run. The one door to tough-cookie. */
import { type Cookie, CookieJar, MemoryCookieStore, type Store } from 'tough-cookie';

export interface Cookies {
  /** The request header `cookie` by its name in lower case; no header where no cookie belongs to the address. */
  headersFor(url: string): { readonly cookie?: string };
  /**
   * Takes what an answer set, as a browser would (RFC 6265, 5.3): what is not the host's to set, or not readable, is
   * passed over.
   * @param lines the values of its `Set-Cookie` headers
   */
  keep(url: string, lines: readonly string[]): void;
}

// A site that sets another cookie with each answer must not make requests so long that it refuses them.

/** As many of a domain are kept (RFC 6265, 6.1); the newest stay. */
const MOST_OF_A_DOMAIN = 50;
/** ASCII with a name or a value: a header is bytes, and two clients write other characters as other bytes. */
const FORM = /^[\t =]*[\x21-\x3a\x3c\x3e-\x7e][\t\x20-\x7e]*$/;
/** Of a cookie's line (RFC 6265, 6.1). */
const LINE_BYTES = 4096;
/** Of the request header: servers take 8 KB for a line. The newest cookies go first. */
const HEADER_BYTES = 6000;

/** An empty jar. */
export function openCookies(): Cookies {
  const store: Store = new MemoryCookieStore();
  const jar = new CookieJar(store, { looseMode: true });

  return {
    headersFor: (url) => {
      const cookies = jar.getCookiesSync(url);
      const taken = new Set<Cookie>();
      let bytes = 0;
      for (const cookie of cookies.toSorted(newestFirst)) {
        bytes += cookie.cookieString().length + 2;
        if (bytes <= HEADER_BYTES) taken.add(cookie);
      }
      const fit = cookies.filter((cookie) => taken.has(cookie)).map((cookie) => cookie.cookieString());
      return fit.length === 0 ? {} : { cookie: fit.join('; ') };
    },
    keep: (url, lines) => {
      for (const line of lines.filter((each) => FORM.test(each) && each.length <= LINE_BYTES)) {
        const domain = jar.setCookieSync(line, url, { ignoreError: true })?.domain ?? null;
        if (domain !== null) dropOldest(domain);
      }
    },
  };

  function dropOldest(domain: string): void {
    store.findCookies(domain, null, true, (_error, found = []) => {
      for (const { path, key } of found.toSorted(newestFirst).slice(MOST_OF_A_DOMAIN))
        if (path !== null) store.removeCookie(domain, path, key, () => {});
    });
  }
}

function newestFirst(one: Cookie, other: Cookie): number {
  return (other.creationIndex ?? 0) - (one.creationIndex ?? 0);
}
