/** What every fetcher promises, whatever it gets its answers from. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ErrorCode } from '../src/errors.ts';
import { pageOf } from '../src/fetch/exchange.ts';
import { type Fetcher, fetchPage, renderPage } from '../src/fetch/fetcher.ts';
import type { Header } from '../src/model.ts';
import type { Site } from '../src/site/address.ts';

const never = new AbortController().signal;

/** What a site answers at a path; `rendered` is the body once its scripts ran. */
export interface Given {
  readonly status?: number;
  readonly headers?: readonly Header[];
  readonly body?: string;
  readonly rendered?: string;
}

export interface OpenFetcher extends AsyncDisposable {
  readonly fetcher: Fetcher;
  readonly site: Site & { readonly lists: readonly [string] };
}

/** Promises that an adapter cannot keep, and why. */
export type Cannot = Partial<Record<'conditions' | 'robots', string>>;

const HTML: Header = ['Content-Type', 'text/html; charset=utf-8'];
const SCRIPT = '<body><script>document.body.append("made by script")</script></body>';
const SHOWN =
  '<html><head></head><body><script>document.body.append("made by script")</script>made by script</body></html>';
const to = (location: string): Given => ({ status: 302, headers: [['Location', location]] });
const ANSWERS: Readonly<Record<string, Given>> = {
  '/plain': { headers: [HTML, ['X-Name', 'a'], ['x-name', 'b'], ['Set-Cookie', 'c=1']], body: '水闸' },
  '/one': to('/two'),
  '/two': { ...to('/plain'), status: 301 },
  '/home': to('/'),
  '/': { headers: [HTML], body: 'the home page' },
  '/round': to('/round'),
  '/away': to('http://169.254.169.254/meta'),
  '/missing': { status: 404, headers: [HTML], body: 'nothing' },
  '/broken': { status: 503, body: 'broken' },
  '/strange': { status: 521, body: 'strange' },
  '/script': { headers: [HTML], body: SCRIPT, rendered: SHOWN },
  '/known': { headers: [HTML, ['ETag', '"mark"']], body: 'known' },
  '/to-known': to('/known'),
  '/forbidden': { headers: [HTML], body: 'forbidden' },
  '/to-forbidden': to('/forbidden'),
  '/robots.txt': { body: 'User-agent: *\nDisallow: /forbidden\n' },
};

/** @param open makes a fetcher for a site that answers so, at www and where only lists lie */
export function testFetcher(
  name: string,
  open: (answers: Readonly<Record<string, Given>>) => Promise<OpenFetcher>,
  { cannot = {} }: { readonly cannot?: Cannot } = {},
): void {
  describe(`the fetcher ${name}`, () => {
    const promise = (text: string, test: (opened: OpenFetcher, context: TestContext) => Promise<void>) =>
      void it(text, async (context) => {
        await using opened = await open(ANSWERS);
        await test(opened, context);
      });
    const text = (body: Uint8Array) => Buffer.from(body).toString();
    const fails = ({ fetcher, site }: OpenFetcher, path: string, code: ErrorCode) =>
      assert.rejects(fetcher.fetch(site.www + path, { signal: never }), { code });

    promise('gives an answer as it came', async ({ fetcher, site }) => {
      const url = `${site.www}/plain`;
      const [exchange, ...more] = await fetcher.fetch(url, { signal: never });
      assert.ok(exchange !== undefined && more.length === 0);
      const { response, request, startedAt, cut } = exchange;
      assert.deepEqual([exchange.url, response.status, text(response.body), cut], [url, 200, '水闸', null]);
      const sent = response.headers.filter(([key]) => /^(?:x-name|set-cookie)$/i.test(key));
      assert.deepEqual(sent, ANSWERS['/plain']?.headers?.slice(1));
      assert.equal(request.method, 'GET');
      assert.equal(new Date(startedAt).toISOString(), startedAt);
    });

    promise('gives redirects as exchanges of their own, in their order', async ({ fetcher, site }) => {
      const exchanges = await fetcher.fetch(`${site.www}/one`, { signal: never });
      assert.deepEqual(
        exchanges.map(({ url, response }) => [url, response.status]),
        [
          [`${site.www}/one`, 302],
          [`${site.www}/two`, 301],
          [`${site.www}/plain`, 200],
        ],
      );
      assert.equal(text(pageOf(`${site.www}/one`, exchanges).body), '水闸');
    });

    promise('does not follow a redirect to the home page', async ({ fetcher, site }) => {
      const page = await fetchPage(fetcher, `${site.www}/home`, { signal: never });
      assert.deepEqual([page.exchanges.length, page.status, page.finalUrl], [1, 302, `${site.www}/`]);
      assert.equal((await fetchPage(fetcher, `${site.www}/`, { signal: never })).status, 200, 'asked for by itself');
    });

    promise('ends a round of redirects', (opened) => fails(opened, '/round', 'TOO_MANY_REDIRECTS'));
    promise('does not leave the site by a redirect', (opened) => fails(opened, '/away', 'OUT_OF_SCOPE'));

    promise('gives an error page like any other, and what a broken server says', async ({ fetcher, site }) => {
      for (const [path, status, said] of [
        ['/missing', 404, 'nothing'],
        ['/broken', 503, 'broken'],
        ['/strange', 521, 'strange'],
      ] as const) {
        const page = await fetchPage(fetcher, site.www + path, { signal: never });
        assert.deepEqual([page.status, text(page.body)], [status, said]);
      }
    });

    promise('gives what lies where only lists do as a list alone', async ({ fetcher, site }) => {
      const [lists] = site.lists;
      const found = await fetchPage(fetcher, `${lists}/plain`, { signal: never, list: true });
      assert.equal(text(found.body), '水闸');
      await assert.rejects(fetcher.fetch(`${lists}/plain`, { signal: never }), { code: 'OUT_OF_SCOPE' });
    });

    promise('shows a page as its scripts make it', async ({ fetcher, site }) => {
      const url = `${site.www}/script`;
      const page = await fetchPage(fetcher, url, { signal: never });
      assert.equal(text(page.body), SCRIPT);
      const shown = await renderPage(fetcher, page, { signal: never });
      assert.deepEqual([text(shown.body), shown.fetchedBy, shown.url], [SHOWN, 'browser with scripts', url]);
      assert.deepEqual(shown.exchanges.slice(0, -1), page.exchanges);
    });

    promise('can be asked for the same again', async ({ fetcher, site }) => {
      for (const _ of [1, 2]) {
        const page = await fetchPage(fetcher, `${site.www}/plain`, { signal: never });
        assert.equal(text(page.body), '水闸');
      }
    });

    promise('says what it was known by, and only for the first address', async ({ fetcher, site }, context) => {
      if (cannot.conditions !== undefined) return context.skip(cannot.conditions);
      const known = { etag: '"mark"', lastModified: null };
      const same = await fetchPage(fetcher, `${site.www}/known`, { signal: never, known });
      assert.deepEqual([same.status, same.body.length], [304, 0]);
      const moved = await fetchPage(fetcher, `${site.www}/to-known`, { signal: never, known });
      assert.equal(moved.status, 200);
      assert.equal((await fetchPage(fetcher, `${site.www}/known`, { signal: never })).status, 200);
    });

    promise('obeys robots.txt, for redirects as well', async (opened, context) => {
      if (cannot.robots !== undefined) return context.skip(cannot.robots);
      await fails(opened, '/forbidden', 'ROBOTS_DISALLOWED');
      await fails(opened, '/to-forbidden', 'ROBOTS_DISALLOWED');
    });

    promise('stops when its signal aborts', async ({ fetcher, site }) => {
      const stopped = AbortSignal.abort();
      await assert.rejects(fetcher.fetch(`${site.www}/plain`, { signal: stopped }), { name: 'AbortError' });
    });

    promise('fails for what nobody answers', (opened) => fails(opened, '/nobody', 'NETWORK'));
  });
}
