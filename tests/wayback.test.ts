/** What the site has no more, from an imitation of the Wayback Machine: taken with its provenance, never over a version of our own. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openGivenPictures } from '../src/archive/given-pictures.ts';
import { recordKey } from '../src/archive/keys.ts';
import type { Assets } from '../src/archive/pictures.ts';
import { isGone, readRecord } from '../src/archive/record.ts';
import { openTrash } from '../src/archive/trash.ts';
import { openCaptures } from '../src/capture/captures.ts';
import { openCaptureReader } from '../src/capture/read-captures.ts';
import { createWayback } from '../src/crawl/wayback.ts';
import { work } from '../src/crawl/work.ts';
import { ArchiveError } from '../src/errors.ts';
import { inScope } from '../src/site/address.ts';
import { indexUrl, rawUrl } from '../src/site/wayback.ts';
import { classicPage, HOME, NEWS_URL, SITE } from './support/article-page.ts';
import { openKeptCrawl } from './support/kept-crawl.ts';
import { answer, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';

const ORIGIN = 'https://web.archive.org';
const KEY = '2022/01/2022_01_28_900';
const SINGLE = NEWS_URL.replace('.shtml', '_s.shtml');
const PICTURE_URL = 'https://i.guancha.cn/news/origin/2022/01/28/20220128103231.jpg';
const PICTURE = readFileSync(join(import.meta.dirname, 'newspaper/pictures/canal-530x353.jpg'));
const PAGE = classicPage({ body: `<p>茶馆今天照常开门，来客不少。</p><p><img src="${PICTURE_URL}"></p>` });
const CHALLENGE = '<html><head><script>document.cookie="x=1";location.reload()</script></head><body></body></html>';

interface Given {
  readonly status?: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it was led to. */
  readonly url?: string;
  readonly error?: ArchiveError;
}

const raw = (timestamp: string, original = NEWS_URL) => rawUrl(ORIGIN, { timestamp, original });
const rows = (...captures: readonly (readonly [timestamp: string, original: string])[]) =>
  JSON.stringify([['timestamp', 'original'], ...captures]);

/** A crawl of a site that has the article no more (or what is kept of it), with a Wayback Machine that gives what is named. */
function crawling(machine: Readonly<Record<string, Given>>, kept = [answer(SINGLE, HOME), answer(NEWS_URL, HOME)]) {
  const crawl = openMemoryCrawl(kept);
  const { context, storage, clock } = crawl;
  const { archive, accepted, document, capturedBy } = context.services;
  const { payloads } = context.journal;
  const captures = openCaptures(storage, { wholePictures: false, payloads, software: 'test', now: clock.now });
  const asked: string[] = [];
  const limits = { visitMs: 900_000, visitBytes: 1e9, visitRequests: 2000, imagesPerArticle: 500 };
  const missing: Assets = {
    collect: async (sources) => [...new Set(sources)].map((src) => ({ src, missing: 'IMAGE_MISSING' })),
    again: async (src) => ({ src, missing: 'IMAGE_MISSING' }),
  };
  const wayback = createWayback({
    origin: ORIGIN,
    site: SITE,
    http: {
      wayback: async (url) => {
        asked.push(url);
        const { status = 200, body = '', headers = {}, url: reached = url, error } = machine[url] ?? { status: 404 };
        if (error !== undefined) throw error;
        return { status, headers: { 'content-type': 'text/html', ...headers }, body: Buffer.from(body), url: reached };
      },
    },
    lookups: context.journal.lookups,
    services: { archive, site: SITE, accepted, document, capturedBy, captures },
    assets: missing,
    store: openGivenPictures({
      storage,
      trash: openTrash(storage, { now: new Date(clock.now()) }),
      allows: (url) => inScope(url, SITE),
      limits,
      clock,
      log: () => {},
    }),
    clock,
    log: () => {},
  });
  const services = { ...context.services, fallback: wayback, assets: wayback.assets };
  const visit = async () => {
    const target = targetOf(NEWS_URL);
    context.frontier.add([target]);
    return work({ kind: 'repair', target, isArchived: false }, { ...context, services }, OPTIONS);
  };
  const record = async () => {
    const bytes = await storage.read(recordKey(KEY));
    return bytes === null ? null : readRecord(bytes.toString(), KEY);
  };
  return { ...crawl, asked, visit, record };
}

const INDEX = indexUrl(ORIGIN, NEWS_URL);
const STAMP = '20220128030000';

describe('the Wayback fallback', () => {
  it('archives an article that is gone, with its provenance, and says that it is gone', async () => {
    const { visit, record, asked, storage } = crawling({
      [INDEX]: { body: rows([STAMP, NEWS_URL]) },
      [indexUrl(ORIGIN, PICTURE_URL)]: { body: rows([STAMP, PICTURE_URL]) },
      [raw(STAMP)]: { body: PAGE, headers: { 'x-archive-orig-last-modified': 'Fri, 28 Jan 2022 02:00:00 GMT' } },
      [raw(STAMP, PICTURE_URL)]: { body: PICTURE, headers: { 'content-type': 'image/jpeg' } },
    });
    const { visit: visited } = await visit();
    assert.equal(visited.outcome.kind, 'gone');
    const found = await record();
    assert.ok(found !== null);
    assert.equal(found.provenance?.kind, 'wayback');
    assert.equal(found.provenance.from, raw(STAMP));
    assert.equal(found.versions[0]?.capturedAt, '2022-01-28T03:00:00.000Z');
    assert.equal(found.capture.requests[0]?.headers['last-modified'], 'Fri, 28 Jan 2022 02:00:00 GMT');
    assert.ok(isGone(found) !== null);
    assert.deepEqual(
      (await openKeptCrawl(storage).reproduce()).map(({ result }) => result),
      ['same'],
    );
    const [place] = found.versions[0]?.basis?.pages.flat() ?? [];
    assert.ok(place !== undefined);
    const { origin } = await openCaptureReader(storage).entryAt(place);
    const { kind, from, digest } = found.provenance;
    assert.deepEqual(origin, { kind, from, digest });
    const [asset] = found.assets;
    assert.ok(asset !== undefined && 'sha256' in asset);
    assert.deepEqual([asset.src, asset.url, asset.bytes], [PICTURE_URL, raw(STAMP, PICTURE_URL), PICTURE.length]);
    assert.ok(asked.every((url) => url.startsWith(ORIGIN)));
  });

  it('asks once in a long while, and again after it', async () => {
    const { visit, asked, clock } = crawling({});
    await visit();
    const first = asked.length;
    assert.ok(first > 0);
    await visit();
    assert.equal(asked.length, first);
    await clock.sleep(31 * 86_400_000, {});
    await visit();
    assert.equal(asked.length, 2 * first);
  });

  it('judges what it is given: passes over a capture that is a 404, a challenge or a soft 404, and takes an older one', async () => {
    const stamps = ['20220128034000', '20220128033000', '20220128032000', STAMP] as const;
    const { visit, record } = crawling({
      [INDEX]: { body: rows(...stamps.map((stamp) => [stamp, NEWS_URL] as const)) },
      [raw(stamps[0])]: { status: 404, body: 'not found' },
      [raw(stamps[1])]: { body: CHALLENGE },
      [raw(stamps[2])]: { body: HOME },
      [raw(STAMP)]: { body: PAGE },
    });
    await visit();
    assert.equal((await record())?.provenance?.from, raw(STAMP));
  });

  it('says which capture it was where the machine led to another one', async () => {
    const { visit, record } = crawling({
      [INDEX]: { body: rows(['20220128034000', NEWS_URL]) },
      [raw('20220128034000')]: { body: PAGE, url: raw(STAMP, NEWS_URL.replace('https:', 'http:')) },
    });
    await visit();
    assert.equal((await record())?.versions[0]?.capturedAt, '2022-01-28T03:00:00.000Z');
  });

  const faults: Readonly<Record<string, Given>> = {
    'a 429': { status: 429 },
    'a 503': { status: 503, body: 'busy' },
    'HTML in place of JSON': { body: '<html>Please try again</html>' },
    'JSON of another form': { body: '{"error":"x"}' },
    'rows of another site': { body: rows([STAMP, 'https://example.org/a']) },
    'rows of no form': { body: '[["timestamp"],[1,2],null,["20220128","x"]]' },
    'no capture': { body: '[]' },
    nothing: { body: '' },
    'no answer': { error: new ArchiveError('NETWORK', ORIGIN) },
    'a refusal of its robots.txt': { error: new ArchiveError('ROBOTS_DISALLOWED', ORIGIN) },
  };
  for (const [name, given] of Object.entries(faults))
    it(`leaves the article gone where the index gives ${name}`, async () => {
      const { visit, files, asked } = crawling({ [INDEX]: given });
      const before = await files();
      assert.equal((await visit()).visit.outcome.kind, 'gone');
      assert.deepEqual(await files(), before);
      assert.ok(asked.every((url) => url.includes('/cdx/')));
    });

  it('takes no capture of the future', async () => {
    const { visit, record } = crawling({
      [INDEX]: { body: rows(['20990101000000', NEWS_URL]) },
      [raw('20990101000000')]: { body: PAGE },
    });
    await visit();
    assert.equal(await record(), null);
  });

  it('asks for nothing of an article that is archived', async () => {
    const { visit, asked, files } = crawling({ [INDEX]: { body: rows([STAMP, NEWS_URL]) } }, [
      answer(SINGLE, PAGE.replace(/<p><img[^>]*><\/p>/, '')),
      answer(SINGLE, HOME),
      answer(NEWS_URL, HOME),
    ]);
    assert.equal((await visit()).visit.outcome.kind, 'archived');
    const before = (await files())[`articles/${KEY}.html`];
    await visit();
    assert.deepEqual(asked, []);
    assert.equal((await files())[`articles/${KEY}.html`], before);
  });
});
