/** Pages laid out by a real Chromium, with style sheets that the test gives, and compared as a run would. */

import { compareSeen, type Extracted } from '../../src/eye/compare.ts';
import { joinSeen, type Seen, seenOf } from '../../src/eye/seen.ts';
import type { KnownPicture } from '../../src/fetch/appearance.ts';
import { openBrowser } from '../../src/fetch/browser.ts';
import type { Flag } from '../../src/flags.ts';
import type { Exchange, Page } from '../../src/model.ts';
import type { Site } from '../../src/site/address.ts';
import { exchangeOf } from './fetched-page.ts';
import { straight } from './straight.ts';

export interface EyeBrowser extends AsyncDisposable {
  see(
    pages: readonly Page[],
    options: {
      readonly address: string;
      readonly site: Site;
      readonly pictures: readonly KnownPicture[];
      readonly sheet: (url: string) => string;
    },
  ): Promise<Seen>;
}

export function openEyeBrowser(): EyeBrowser {
  const browser = openBrowser({
    executablePath: null,
    userAgent: null,
    product: 'guancha-archive/test',
    origins: [],
    connections: straight(),
    now: Date.now,
    log: () => {},
  });
  const signal = new AbortController().signal;
  return {
    see: async (pages, { address, site, pictures, sheet }) => {
      const sizes = new Map(pictures.map((picture) => [picture.url, picture]));
      const load = async (url: string): Promise<Exchange> =>
        exchangeOf({ url, headers: { 'content-type': 'text/css; charset=utf-8' }, body: Buffer.from(sheet(url)) });
      const parts: Seen[] = [];
      for (const page of pages) {
        const source = page.exchanges.at(-1);
        if (source === undefined) throw new TypeError('no exchange');
        const appearance = await browser.show(source, { timeoutMs: 30_000, signal, pictures, load });
        const seen = seenOf(appearance, { page, address, site, sizes });
        if (seen === null) throw new TypeError('no article');
        parts.push(seen);
      }
      return joinSeen(parts);
    },
    [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose](),
  };
}

export function compared(seen: Seen, article: Extracted): readonly Flag[] {
  return compareSeen(seen, article);
}
