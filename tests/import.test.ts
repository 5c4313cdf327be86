/** What others kept of the site becomes part of the archive: every dialect, damage, hostile files, and whose version stays. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readDocument } from '../src/archive/document.ts';
import { openGivenPictures } from '../src/archive/given-pictures.ts';
import { CAPTURES, recordKey } from '../src/archive/keys.ts';
import { type ArchiveRecord, readRecord } from '../src/archive/record.ts';
import { openTrash } from '../src/archive/trash.ts';
import { audit } from '../src/audit/audit.ts';
import { CHECKS, type CheckCode } from '../src/audit/promises.ts';
import { openCaptures } from '../src/capture/captures.ts';
import { openCaptureReader } from '../src/capture/read-captures.ts';
import { work } from '../src/crawl/work.ts';
import { asDryRun } from '../src/import/dry-run.ts';
import { type ImportEvent, importFiles } from '../src/import/import.ts';
import { inScope } from '../src/site/address.ts';
import { classicPage, fengwenPage, HOME, NEWS_URL, POST_URL, SITE } from './support/article-page.ts';
import { temporaryFolder } from './support/command.ts';
import * as foreign from './support/foreign-files.ts';
import { CAPTURED, http, record, warc } from './support/foreign-files.ts';
import { openKeptCrawl } from './support/kept-crawl.ts';
import { answer, type MemoryCrawl, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';
import { unseen } from './support/sealed-archive.ts';
import { field, readWarcs, type WarcReading } from './support/warc-reader.ts';

const NEVER = new AbortController().signal;
const KEY = '2022/01/2022_01_28_900';
const PICTURE_URL = 'https://i.guancha.cn/news/origin/2022/01/28/20220128103231.jpg';
const PICTURE = readFileSync(join(import.meta.dirname, 'newspaper/pictures/canal-530x353.jpg'));
const WITH_PICTURE = classicPage({
  body: `<p>茶馆今天照常开门，来客不少。</p><p><img src="${PICTURE_URL}"></p><p>午后下了一阵雨。</p>`,
});
const HTML = ['Content-Type: text/html; charset=utf-8'];
const response = (block: Uint8Array | string, headers: Readonly<Record<string, string>> = {}) =>
  record(
    'response',
    { 'WARC-Target-URI': NEWS_URL, 'Content-Type': 'application/http; msgtype=response', ...headers },
    block,
  );

interface Imported {
  readonly events: readonly ImportEvent[];
  /** `imported`, `refused IMPORT_DAMAGED` …, of articles and refusals in their order. */
  readonly outcomes: readonly string[];
}

/** Lays files into a folder and imports the folder, or the paths that are named. */
async function importing(
  files: Readonly<Record<string, string | Uint8Array>>,
  crawl: MemoryCrawl = openMemoryCrawl([]),
  but: {
    readonly url?: string;
    readonly paths?: readonly string[];
    readonly dry?: boolean;
    readonly kept?: boolean;
    readonly pageBytes?: number;
  } = {},
): Promise<Imported> {
  await using folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), bytes);
  }
  const { storage, clock, context } = crawl;
  const limits = {
    visitMs: 900_000,
    visitBytes: 1e9,
    visitRequests: 2000,
    imagesPerArticle: 500,
    pageBytes: but.pageBytes ?? 16e6,
    imageBytes: 50e6,
  };
  const trash = openTrash(storage, { now: new Date(clock.now()) });
  const { archive: own, accepted, document, capturedBy } = context.services;
  const archive = but.dry === true ? asDryRun(own) : own;
  const { payloads } = context.journal;
  await using captures =
    but.dry === true || but.kept === false
      ? null
      : openCaptures(storage, { wholePictures: false, payloads, software: 'test', now: clock.now });
  const services = {
    site: SITE,
    archive,
    accepted,
    document,
    capturedBy,
    captures,
    picturesFrom: openGivenPictures({
      storage,
      trash,
      allows: (url) => inScope(url, SITE),
      limits,
      clock,
      log: () => {},
    }),
    documents: { archive, site: SITE, document, tool: 'guancha-archive/test' },
  };
  const paths = (but.paths ?? ['.']).map((path) => join(folder.path, path));
  const options = { url: but.url ?? null, limits, now: Date.now, signal: NEVER, stopSignal: NEVER };
  const events = await Array.fromAsync(importFiles(paths, services, options));
  const outcomes = events.flatMap((event) => {
    if (event.what === 'file') return [];
    return event.what === 'article' ? [event.kind] : [`refused ${event.code}`];
  });
  return { events, outcomes };
}

async function recordIn(crawl: MemoryCrawl, key = KEY): Promise<ArchiveRecord> {
  const bytes = await crawl.storage.read(recordKey(key));
  assert.ok(bytes !== null, `no record ${key}`);
  return readRecord(bytes.toString(), key);
}

/** Of each version: made again of its captures, in which an independent reader finds nothing wrong. */
async function reproducedIn({ storage }: MemoryCrawl): Promise<readonly string[]> {
  const { complaints } = await capturesIn(storage);
  assert.deepEqual(complaints, []);
  return (await openKeptCrawl(storage).reproduce()).map(({ result }) => result);
}

async function capturesIn(storage: MemoryCrawl['storage']): Promise<WarcReading & { readonly bytes: number }> {
  const files = new Map<string, Buffer>();
  for await (const { key } of storage.list(CAPTURES))
    files.set(basename(key), (await storage.read(key)) ?? Buffer.alloc(0));
  return { ...readWarcs(files), bytes: [...files.values()].reduce((sum, { length }) => sum + length, 0) };
}

async function bodyIn(crawl: MemoryCrawl, key = KEY): Promise<string> {
  return readDocument((await crawl.storage.read(`articles/${key}.html`))?.toString() ?? '').body;
}

/** The same article as a visit of our own archives it. */
async function visited(html: string, url = NEWS_URL): Promise<MemoryCrawl> {
  const single = url.replace('.shtml', '_s.shtml');
  const crawl = openMemoryCrawl([answer(single, html)]);
  const { visit } = await work({ kind: 'repair', target: targetOf(url), isArchived: false }, crawl.context, OPTIONS);
  assert.equal(visit.outcome.kind, 'archived');
  return crawl;
}

describe('import of WARC files', () => {
  const page = Buffer.from(WITH_PICTURE);
  const bodies: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
    'warcio, WARC 1.1, sha256 in hex': () => foreign.byWarcio({ url: NEWS_URL, body: page }),
    'Heritrix: http address, chunked, gzip, digest of the chunks, sha1 in Base32': () => {
      const wire = foreign.chunked(gzipSync(page));
      return response(http([...HTML, 'Transfer-Encoding: chunked', 'Content-Encoding: gzip'], wire), {
        'WARC-Target-URI': NEWS_URL.replace('https:', 'http:'),
        'WARC-Payload-Digest': foreign.sha1InBase32(wire),
      });
    },
    'digest of the joined chunks': () => {
      const wire = gzipSync(page);
      return response(
        http([...HTML, 'Transfer-Encoding: chunked', 'Content-Encoding: gzip'], foreign.chunked(wire, 7)),
        {
          'WARC-Payload-Digest': foreign.sha256Of(wire),
        },
      );
    },
    'wget: address in angle brackets': () => response(http(HTML, page), { 'WARC-Target-URI': `<${NEWS_URL}>` }),
    brotli: () => response(http([...HTML, 'Content-Encoding: br'], brotliCompressSync(page))),
    'brotli said, and decoded': () => response(http([...HTML, 'Content-Encoding: br'], page)),
    'gzip said, and decoded, under the length of the wire': () =>
      response(http([...HTML, 'Content-Encoding: gzip', `Content-Length: ${page.length * 2}`], page)),
    'chunked said, and joined': () => response(http([...HTML, 'Transfer-Encoding: chunked'], page)),
    deflate: () => response(http([...HTML, 'Content-Encoding: deflate'], deflateSync(page))),
    'deflate without its frame': () => response(http([...HTML, 'Content-Encoding: deflate'], deflateRawSync(page))),
    'empty and doubled headers, bare line feeds': () =>
      response(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\nX-Empty:\nSet-Cookie: a=1\nSet-Cookie: b=2\n\n'), page])),
    'a digest of an algorithm that nobody knows': () =>
      response(http(HTML, page), { 'WARC-Payload-Digest': 'blake9:00ff' }),
    'a block digest alone': () => {
      const block = http(HTML, page);
      return response(block, { 'WARC-Block-Digest': foreign.sha256Of(block) });
    },
    'wpull: a resource': () => record('resource', { 'WARC-Target-URI': NEWS_URL, 'Content-Type': 'text/html' }, page),
  };
  for (const [name, make] of Object.entries(bodies))
    for (const how of ['each', 'whole', 'plain'] as const)
      it(`reads ${name}, ${how === 'each' ? 'a gzip member each' : how === 'whole' ? 'one gzip member' : 'not compressed'}`, async () => {
        const crawl = openMemoryCrawl([]);
        const info = record('warcinfo', { 'Content-Type': 'application/warc-fields' }, 'software: other\r\n');
        const picture = await foreign.byWarcio({
          url: PICTURE_URL,
          body: PICTURE,
          headers: [['Content-Type', 'image/jpeg']],
        });
        const elsewhere = await foreign.byWarcio({ url: 'https://example.org/a.html', body: '<p>other</p>' });
        const { events, outcomes } = await importing(
          { 'x.warc.gz': warc([info, await make(), picture, elsewhere], how) },
          crawl,
        );
        assert.deepEqual(outcomes, ['imported'], JSON.stringify(events, null, 1));
        assert.match(await bodyIn(crawl), /午后下了一阵雨/);
        assert.deepEqual(await reproducedIn(crawl), ['same']);
        const { provenance, versions, capture, assets } = await recordIn(crawl);
        assert.equal(provenance?.kind, 'warc');
        assert.equal(provenance.from, 'x.warc.gz');
        assert.equal(provenance.capturedAt, CAPTURED);
        assert.equal(versions.at(-1)?.capturedAt, CAPTURED);
        assert.deepEqual(versions.at(-1)?.provenance, provenance);
        assert.equal(capture.requests[0]?.fetchedBy, 'import: warc');
        assert.deepEqual(
          assets.map((asset) => 'sha256' in asset && asset.bytes),
          [PICTURE.length],
        );
        const [file] = events;
        assert.ok(file?.what === 'file');
        assert.deepEqual(
          { records: file.records, pages: file.pages, pictures: file.pictures, other: file.otherSites },
          { records: 4, pages: 1, pictures: 1, other: 1 },
        );
      });

  it('joins an article of several parts from the pages of the file, wherever they lie', async () => {
    const part = (n: number) => NEWS_URL.replace('.shtml', n === 1 ? '.shtml' : `_${n}.shtml`);
    const pager = `<div class="fix" id="select_page"><div class="module-page"><span class="active">1</span>${[2, 3]
      .map((n) => `<a href="${new URL(part(n)).pathname}">${n}</a>`)
      .join('')}</div></div>`;
    const texts = ['第一部分说的是早上。', '第二部分说的是中午。', '第三部分说的是晚上。'];
    const records = await Promise.all(
      texts.map((text, i) =>
        foreign.byWarcio({ url: part(i + 1), body: classicPage({ body: `<p>${text}</p>`, foot: pager }) }),
      ),
    );
    const crawl = openMemoryCrawl([]);
    const { outcomes, events } = await importing(
      {
        'b.warc.gz': warc([records[2] as Buffer], 'each'),
        'a.warc': warc([records[1] as Buffer, records[0] as Buffer], 'plain'),
      },
      crawl,
    );
    assert.deepEqual(outcomes, ['imported'], JSON.stringify(events));
    for (const text of texts) assert.ok((await bodyIn(crawl)).includes(text));
    assert.equal((await recordIn(crawl)).article.pages, 3);
    assert.deepEqual(await reproducedIn(crawl), ['same']);
    const alone = await importing({ 'a.warc': warc([records[0] as Buffer], 'plain') });
    assert.deepEqual(alone.outcomes, ['failed']);
    assert.equal(
      alone.events.some((event) => event.what === 'article' && 'code' in event && event.code === 'NOT_IMPORTED'),
      true,
    );
  });

  it('takes captures of different times as versions, oldest first, and the same again as nothing new', async () => {
    const at = (day: string, text: string) =>
      foreign.byWarcio({
        url: NEWS_URL,
        date: `2022-02-${day}T00:00:00.000Z`,
        body: classicPage({ body: `<p>茶馆今天照常开门。</p><p>${text}</p>` }),
      });
    const files = {
      'x.warc.gz': warc(
        [await at('03', '第三次写的话。'), await at('01', '第一次写的话。'), await at('02', '第一次写的话。')],
        'each',
      ),
    };
    const crawl = openMemoryCrawl([]);
    assert.deepEqual((await importing(files, crawl)).outcomes, ['imported', 'imported']);
    const { versions } = await recordIn(crawl);
    assert.deepEqual(
      versions.map(({ capturedAt }) => capturedAt.slice(0, 10)),
      ['2022-02-01', '2022-02-03'],
    );
    assert.ok(versions.every(({ provenance }) => provenance?.kind === 'warc'));
    assert.deepEqual(await reproducedIn(crawl), ['same', 'same']);
    const before = await crawl.files();
    assert.deepEqual((await importing(files, crawl)).outcomes, ['present', 'present']);
    assert.deepEqual(await crawl.files(), before);
  });

  it('resolves a revisit by its digest, by what it refers to, and says where neither is there', async () => {
    const full = response(http(HTML, page), { 'WARC-Payload-Digest': foreign.sha256Of(page) });
    const later = { 'WARC-Date': '2022-01-29T04:30:00Z', 'WARC-Target-URI': NEWS_URL.replace('.shtml', '_s.shtml') };
    const profile = 'http://netpreserve.org/warc/1.1/revisit/';
    const same = record(
      'revisit',
      { ...later, 'WARC-Profile': `${profile}identical-payload-digest`, 'WARC-Payload-Digest': foreign.sha256Of(page) },
      http(HTML, ''),
    );
    const unmodified = record(
      'revisit',
      {
        ...later,
        'WARC-Profile': `${profile}server-not-modified`,
        'WARC-Refers-To-Target-URI': NEWS_URL,
        'WARC-Refers-To-Date': CAPTURED,
      },
      http(HTML, '', '304 Not Modified'),
    );
    for (const [revisit, type] of [
      [same, 'response'],
      [unmodified, 'resource'], // a 304 is no head of a page
    ] as const) {
      const crawl = openMemoryCrawl([]);
      assert.deepEqual((await importing({ 'x.warc': warc([revisit], 'plain'), 'y.warc': full }, crawl)).outcomes, [
        'imported',
      ]);
      assert.deepEqual(await reproducedIn(crawl), ['same']);
      const { records } = await capturesIn(crawl.storage);
      assert.deepEqual(
        records.map((each) => field(each, 'WARC-Type')),
        ['warcinfo', type, 'metadata'],
      );
    }
    assert.deepEqual((await importing({ 'x.warc': warc([same], 'plain') })).outcomes, ['refused NOT_IMPORTED']);
    const other = record(
      'revisit',
      {
        ...later,
        'WARC-Profile': `${profile}identical-payload-digest`,
        'WARC-Payload-Digest': foreign.sha256Of(Buffer.from('x')),
      },
      '',
    );
    assert.deepEqual((await importing({ 'x.warc': warc([full, other], 'plain') })).outcomes, [
      'refused NOT_IMPORTED',
      'imported',
    ]);
  });

  it('says what is no article and why, and follows a redirect to another spelling', async () => {
    const home = response(http(['Location: https://www.guancha.cn/'], '', '302 Found'));
    assert.deepEqual((await importing({ 'x.warc': home })).outcomes, ['not-an-article']);
    const secure = response(http([`Location: ${NEWS_URL}`], '', '301 Moved'), {
      'WARC-Target-URI': NEWS_URL.replace('https', 'http'),
    });
    assert.deepEqual((await importing({ 'x.warc': Buffer.concat([secure, response(http(HTML, page))]) })).outcomes, [
      'imported',
    ]);
    assert.deepEqual((await importing({ 'x.warc': response(http(HTML, HOME)) })).outcomes, ['not-an-article']);
  });

  it('takes a post, and a gone page for nothing that could take an article away', async () => {
    const crawl = openMemoryCrawl([]);
    const post = await foreign.byWarcio({ url: POST_URL, body: fengwenPage({ times: '2022-01-28 09:00:00' }) });
    assert.deepEqual((await importing({ 'x.warc': post }, crawl)).outcomes, ['imported']);
    const before = await crawl.files();
    const gone = await foreign.byWarcio({
      url: POST_URL,
      date: '2023-01-01T00:00:00Z',
      status: '404 Not Found',
      body: 'gone',
    });
    assert.deepEqual((await importing({ 'x.warc': gone }, crawl)).outcomes, ['not-an-article']);
    assert.deepEqual(await crawl.files(), before);
  });
});

describe('import of damaged and hostile files', () => {
  const good = () => response(http(HTML, WITH_PICTURE));

  it('refuses a record whose payload is not that of its digest, and takes the others', async () => {
    const wrong = response(http(HTML, WITH_PICTURE.replace('照常', '不再')), {
      'WARC-Target-URI': NEWS_URL.replace('_900', '_901'),
      'WARC-Payload-Digest': foreign.sha1InBase32(Buffer.from(WITH_PICTURE)),
    });
    assert.deepEqual((await importing({ 'x.warc.gz': warc([wrong, good()], 'each') })).outcomes, [
      'refused IMPORT_DAMAGED',
      'imported',
    ]);
  });

  it('finds a cut at every byte of the last record, and keeps what came before', async () => {
    const [first, last] = [good(), response(http(HTML, 'x'), { 'WARC-Target-URI': NEWS_URL.replace('_900', '_901') })];
    for (const how of ['each', 'plain'] as const) {
      const from = warc([first], how).length;
      const whole = warc([first, last], how);
      const step = how === 'each' ? 11 : 23;
      for (let length = from + 1; length < whole.length - 4; length += step) {
        const { outcomes } = await importing({ 'x.warc.gz': whole.subarray(0, length) });
        assert.deepEqual(
          outcomes,
          ['refused IMPORT_DAMAGED', 'imported'],
          `${how}, ${length - from} of ${whole.length - from} bytes`,
        );
      }
    }
  });

  it('finds any damage to a gzip member', async () => {
    const members = [warc([good()], 'each'), warc([good()], 'each')];
    const from = members[0]?.length ?? 0;
    for (const at of [0, 1, 10, 100, 500]) {
      const bytes = Buffer.concat(members);
      bytes[from + at] = (bytes[from + at] ?? 0) ^ 0xff;
      const { outcomes } = await importing({ 'x.warc.gz': bytes });
      assert.equal(outcomes[0], 'refused IMPORT_DAMAGED', `byte ${at}`);
      assert.equal(outcomes[1], 'imported');
    }
  });

  for (const [name, make, code] of [
    [
      'a Content-Length that is too short',
      () =>
        Buffer.concat([
          record('response', { 'WARC-Target-URI': NEWS_URL }, http(HTML, WITH_PICTURE), { length: 300 }),
          good(),
        ]),
      'IMPORT_DAMAGED',
    ],
    [
      'a Content-Length beyond the end',
      () => record('response', { 'WARC-Target-URI': NEWS_URL }, http(HTML, WITH_PICTURE), { length: 1e15 }),
      'IMPORT_DAMAGED',
    ],
    [
      'a Content-Length that is no number',
      () => record('response', { 'WARC-Target-URI': NEWS_URL, 'content-length': 'many' }, 'x', { length: Number.NaN }),
      'IMPORT_DAMAGED',
    ],
    [
      'headers without an end',
      () => Buffer.concat([Buffer.from('WARC/1.1\r\nX: '), Buffer.alloc(3_000_000, 0x61)]),
      'IMPORT_DAMAGED',
    ],
    [
      'headers without an end, in gzip',
      () => gzipSync(Buffer.concat([Buffer.from('WARC/1.1\r\nX: '), Buffer.alloc(300_000_000, 0x61)])),
      'IMPORT_DAMAGED',
    ],
    [
      'a bomb of gzip',
      () =>
        gzipSync(
          Buffer.concat([
            record('metadata', {}, '', { length: 400_000_000 }).subarray(0, -4),
            Buffer.alloc(400_000_000),
          ]),
        ),
      'IMPORT_DAMAGED',
    ],
    [
      'a bomb in the body',
      () => response(http([...HTML, 'Content-Encoding: gzip'], gzipSync(Buffer.alloc(50_000_000)))),
      'TOO_LARGE',
    ],
    ['a page of more than the limit', () => response(http(HTML, Buffer.alloc(18_000_000, 0x20))), 'TOO_LARGE'],
    [
      'a content encoding that nobody knows',
      () => response(http([...HTML, 'Content-Encoding: lzma'], 'x')),
      'IMPORT_DAMAGED',
    ],
    [
      'a record without a date',
      () => record('response', { 'WARC-Target-URI': NEWS_URL, 'WARC-Date': 'soon' }, http(HTML, WITH_PICTURE)),
      'IMPORT_DAMAGED',
    ],
    [
      'a capture of the future',
      () =>
        record(
          'response',
          { 'WARC-Target-URI': NEWS_URL, 'WARC-Date': '2100-01-01T00:00:00Z' },
          http(HTML, WITH_PICTURE),
        ),
      'IMPORT_DAMAGED',
    ],
    ['a record without an HTTP answer', () => response(''), 'IMPORT_DAMAGED'],
    ['zstd', () => Buffer.from('\x28\xb5\x2f\xfd0000', 'latin1'), 'IMPORT_UNKNOWN'],
    ['gzip of something else', () => gzipSync('<html></html>'), 'IMPORT_UNKNOWN'],
  ] as const)
    it(`refuses ${name}`, async () => {
      const { outcomes, events } = await importing({ 'x.warc.gz': make() });
      assert.equal(outcomes[0], `refused ${code}`, JSON.stringify(events).slice(0, 2000));
    });

  it('bears any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('', 'WARC/1.0\r\n', 'PK\x03\x04', '\x1f\x8b\x08', '<html>', '\n---\ntitle: '),
        async (bytes, begin) => {
          const { outcomes } = await importing({ x: Buffer.concat([Buffer.from(begin, 'latin1'), bytes]) });
          assert.ok(outcomes.every((outcome) => /^(?:refused|not-an-article|failed)/.test(outcome)));
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('what an import keeps', () => {
  const at = (date: string, body: string, headers?: readonly (readonly [string, string])[]) =>
    foreign.byWarcio({ url: NEWS_URL, date, body, ...(headers && { headers }) });

  it('is the answer with its own date and headers, no request, and where it comes from', async () => {
    const crawl = openMemoryCrawl([]);
    const date = '2022-02-01T08:09:10.000Z';
    const headers = [
      ['Content-Type', 'text/html'],
      ['X-Empty', ''],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ] as const;
    await importing({ 'x.warc.gz': warc([await at(date, WITH_PICTURE, headers)], 'each') }, crawl);
    const { records, complaints } = await capturesIn(crawl.storage);
    assert.deepEqual(complaints, []);
    const [, first] = records;
    assert.ok(first !== undefined);
    assert.deepEqual(
      records.map((each) => field(each, 'WARC-Type')),
      ['warcinfo', 'response', 'metadata'],
    );
    assert.equal(field(first, 'WARC-Date'), date);
    const { basis, provenance } = (await recordIn(crawl)).versions[0] ?? {};
    const [place] = basis?.pages.flat() ?? [];
    assert.ok(place !== undefined && provenance !== undefined);
    const reader = openCaptureReader(crawl.storage);
    const { kind, from, digest } = provenance;
    assert.deepEqual((await reader.entryAt(place)).origin, { kind, from, digest });
    const { response, request, road } = await reader.exchange(place);
    assert.deepEqual(
      { headers: response.headers, asked: request.headers, road },
      { headers, asked: [], road: 'replay' },
    );
    assert.equal(Buffer.from(response.body).toString(), WITH_PICTURE);
  });

  it('is the body alone where nobody knows the answer around it', async () => {
    const crawl = openMemoryCrawl([]);
    const saved = foreign.bySingleFile(WITH_PICTURE, { url: NEWS_URL, date: CAPTURED });
    await importing({ 'a.html': saved }, crawl);
    const { records } = await capturesIn(crawl.storage);
    assert.deepEqual(records.map((each) => [field(each, 'WARC-Type'), field(each, 'WARC-Date')]).slice(1), [
      ['resource', CAPTURED],
      ['metadata', CAPTURED],
    ]);
    const [place] = (await recordIn(crawl)).versions[0]?.basis?.pages.flat() ?? [];
    assert.ok(place !== undefined);
    const { response } = await openCaptureReader(crawl.storage).exchange(place);
    assert.deepEqual([response.status, response.headers], [200, []]);
  });

  it('is nothing of what is no article, what is there, and what is of a version of our own', async () => {
    const files = {
      'home.warc': await at('2022-02-01T00:00:00.000Z', HOME),
      'x.warc': Buffer.concat([
        // The same article in other bytes: a capture that brings nothing new.
        await at('2022-02-02T00:00:00.000Z', WITH_PICTURE),
        await at('2022-02-03T00:00:00.000Z', `${WITH_PICTURE}<!-- 1 -->`),
        await at('2022-02-04T00:00:00.000Z', `${WITH_PICTURE}<!-- 2 -->`),
        await at('2022-02-05T00:00:00.000Z', WITH_PICTURE.replace('来客', '客人')),
      ]),
      'document.html': '---\ntitle: x\n---\n',
    };
    const crawl = openMemoryCrawl([]);
    await importing(files, crawl);
    assert.deepEqual(await reproducedIn(crawl), ['same', 'same']);
    const before = await crawl.files();
    await importing(files, crawl);
    assert.deepEqual(await crawl.files(), before);
    const own = await visited(WITH_PICTURE);
    assert.deepEqual((await importing(files, own)).outcomes.slice(-1), ['kept']);
    assert.equal((await capturesIn(own.storage)).bytes, 0);
    const off = openMemoryCrawl([]);
    await importing(files, off, { kept: false });
    assert.equal((await capturesIn(off.storage)).bytes, 0);
    assert.deepEqual(
      (await recordIn(off)).versions.map(({ basis }) => basis),
      [undefined, undefined],
    );
  });

  it('is no visit: a lost record comes back by another import, with its provenance', async () => {
    const files = { 'x.warc': await at(CAPTURED, WITH_PICTURE) };
    const crawl = openMemoryCrawl([]);
    await importing(files, crawl);
    const { provenance } = await recordIn(crawl);
    const again = openKeptCrawl(crawl.storage);
    assert.deepEqual(
      (await again.extractAll({ writes: true })).map(({ result }) => result),
      ['same'],
    );
    await crawl.storage.remove(recordKey(KEY));
    await crawl.storage.remove(`articles/${KEY}.html`);
    assert.deepEqual(await again.extractAll({ writes: true }), []);
    assert.deepEqual((await importing(files, crawl)).outcomes, ['imported']);
    assert.deepEqual((await recordIn(crawl)).provenance, provenance);
    assert.deepEqual(await reproducedIn(crawl), ['same']);
  });

  it('stands before an audit', async () => {
    const crawl = openMemoryCrawl([]);
    const saved = foreign.bySingleFile(classicPage({ body: '<p>茶馆今天照常开门。</p>' }), {
      url: NEWS_URL.replace('_900', '_901'),
      date: CAPTURED,
    });
    await importing(
      { 'x.warc': await at(CAPTURED, classicPage({ body: '<p>午后下了一阵雨。</p>' })), 'a.html': saved },
      crawl,
    );
    await using folder = await temporaryFolder();
    for await (const { key } of crawl.storage.list('')) {
      const path = join(folder.path, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, (await crawl.storage.read(key)) ?? '');
    }
    const findings = audit({
      root: folder.path,
      selection: { stems: null, since: null },
      codes: Object.keys(CHECKS) as CheckCode[],
      jobs: 1,
      signal: NEVER,
      seals: unseen(folder.path),
    });
    assert.deepEqual(await Array.fromAsync(findings), []);
  });
});

describe('import of WACZ packages', () => {
  it('reads their WARC files', async () => {
    const crawl = openMemoryCrawl([]);
    const { outcomes } = await importing(
      { 'x.wacz': await foreign.wacz(warc([response(http(HTML, WITH_PICTURE))], 'each')) },
      crawl,
    );
    assert.deepEqual(outcomes, ['imported']);
    assert.equal((await recordIn(crawl)).provenance?.from, 'x.wacz!archive/data.warc.gz');
    assert.equal((await recordIn(crawl)).provenance?.kind, 'wacz');
    assert.deepEqual(await reproducedIn(crawl), ['same']);
  });

  it('refuses a WARC file that is not the one which the package describes, and a description that was changed', async () => {
    const file = warc([response(http(HTML, WITH_PICTURE))], 'each');
    assert.deepEqual(
      (await importing({ 'x.wacz': await foreign.wacz(file, foreign.sha256Of(Buffer.from('other'))) })).outcomes,
      ['refused IMPORT_DAMAGED'],
    );
    const changed = await foreign.zip({
      'archive/a.warc.gz': file,
      'datapackage.json': '{}',
      'datapackage-digest.json': JSON.stringify({ hash: foreign.sha256Of(Buffer.from('x')) }),
    });
    assert.deepEqual((await importing({ 'x.wacz': changed })).outcomes, ['refused IMPORT_DAMAGED']);
  });

  it('refuses names that lead out, no package, and a package that was cut', async () => {
    const whole = await foreign.wacz(warc([response(http(HTML, WITH_PICTURE))], 'each'));
    const name = Buffer.from('archive/data.warc.gz');
    const evil = Buffer.from(whole);
    for (let at = evil.indexOf(name); at >= 0; at = evil.indexOf(name, at + 1)) evil.write('../../../../t.war.gz', at);
    assert.deepEqual((await importing({ 'x.wacz': evil })).outcomes, ['refused IMPORT_DAMAGED']);
    assert.deepEqual((await importing({ 'x.wacz': whole.subarray(0, whole.length - 30) })).outcomes, [
      'refused IMPORT_DAMAGED',
    ]);
    assert.deepEqual((await importing({ 'x.wacz': await foreign.zip({ 'a.txt': 'x' }) })).outcomes, [
      'refused IMPORT_UNKNOWN',
    ]);
  });
});

describe('import of saved pages', () => {
  it('reads a page of SingleFile, with the pictures whose addresses it kept', async () => {
    const crawl = openMemoryCrawl([]);
    const date = 'Sat Jan 29 2022 12:00:00 GMT+0800 (China Standard Time)';
    const saved = foreign.bySingleFile(WITH_PICTURE, { url: NEWS_URL, date, pictures: { [PICTURE_URL]: PICTURE } });
    assert.doesNotMatch(saved, /<\/html>/);
    assert.deepEqual((await importing({ 'a.html': saved }, crawl)).outcomes, ['imported']);
    const { provenance, assets, versions } = await recordIn(crawl);
    assert.deepEqual({ kind: provenance?.kind, from: provenance?.from }, { kind: 'singlefile', from: 'a.html' });
    assert.equal(versions[0]?.capturedAt, CAPTURED);
    assert.equal(provenance?.digest, foreign.sha256Of(Buffer.from(saved)));
    assert.deepEqual(
      assets.map((asset) => ['sha256' in asset && asset.bytes, asset.src]),
      [[PICTURE.length, PICTURE_URL]],
    );
    assert.doesNotMatch(await bodyIn(crawl), /data:|sf-original/);
    assert.deepEqual(await reproducedIn(crawl), ['same']);
  });

  it('reads a page of SingleFile that holds pictures alone', async () => {
    const crawl = openMemoryCrawl([]);
    const data = `data:image/jpeg;base64,${PICTURE.toString('base64')}`;
    const saved = foreign.bySingleFile(WITH_PICTURE.replace(PICTURE_URL, data), { url: NEWS_URL, date: CAPTURED });
    assert.deepEqual((await importing({ 'a.html': saved }, crawl)).outcomes, ['imported']);
    assert.deepEqual(
      (await recordIn(crawl)).assets.map((asset) => 'sha256' in asset && asset.bytes),
      [PICTURE.length],
    );
  });

  it('reads a page that a browser saved, with the pictures beside it', async () => {
    for (const html of [
      WITH_PICTURE,
      WITH_PICTURE.replace('</body>', `<script>var share = {bdPic : '${PICTURE_URL}'}</script></body>`),
    ]) {
      const crawl = openMemoryCrawl([]);
      const saved = foreign.byBrowser(html, { url: NEWS_URL, name: '茶馆' });
      const { outcomes } = await importing(
        { '茶馆.html': saved, '茶馆_files/20220128103231.jpg': PICTURE, '茶馆_files/frame.html': WITH_PICTURE },
        crawl,
      );
      assert.deepEqual(outcomes, ['imported']);
      const [asset] = (await recordIn(crawl)).assets;
      assert.ok(asset !== undefined && 'sha256' in asset);
      assert.equal(asset.bytes, PICTURE.length);
      assert.equal(asset.src === PICTURE_URL, html !== WITH_PICTURE, 'its address is on the page, or nowhere');
    }
  });

  it('reads a page of the Wayback Machine as the site had it', async () => {
    const links = WITH_PICTURE.replace(
      '</p><p><img',
      '<a href="https://www.guancha.cn/politics/2022_01_01_1.shtml">前文</a><a href="/WangWen">王文</a></p><p><img',
    );
    const crawl = openMemoryCrawl([]);
    const direct = openMemoryCrawl([]);
    const saved = foreign.byWayback(links, { url: NEWS_URL, stamp: '20220129040000' });
    assert.deepEqual((await importing({ 'a.html': saved }, crawl)).outcomes, ['imported']);
    assert.deepEqual((await importing({ 'a.html': links }, direct, { url: NEWS_URL, paths: ['a.html'] })).outcomes, [
      'imported',
    ]);
    assert.equal(await bodyIn(crawl), await bodyIn(direct));
    const { provenance, contentHash } = await recordIn(crawl);
    assert.deepEqual({ kind: provenance?.kind, at: provenance?.capturedAt }, { kind: 'wayback', at: CAPTURED });
    assert.deepEqual(await reproducedIn(crawl), ['same']);
    assert.equal(contentHash, (await recordIn(direct)).contentHash);
    const bySave = foreign.byBrowser(saved, {
      url: `https://web.archive.org/web/20220129040000/${NEWS_URL}`,
      name: 'a',
    });
    assert.deepEqual((await importing({ 'b.html': bySave }, openMemoryCrawl([]))).outcomes, ['imported']);
  });

  it('wants an address where the page names none, and takes the one that is given', async () => {
    assert.deepEqual((await importing({ 'a.html': WITH_PICTURE })).outcomes, ['refused IMPORT_UNKNOWN']);
    assert.deepEqual((await importing({ 'a.html': WITH_PICTURE }, openMemoryCrawl([]), { url: NEWS_URL })).outcomes, [
      'imported',
    ]);
    const other = foreign.bySingleFile(WITH_PICTURE, { url: 'https://example.org/a', date: CAPTURED });
    const { outcomes, events } = await importing({ 'a.html': other });
    assert.deepEqual(outcomes, []);
    assert.ok(events[0]?.what === 'file' && events[0].otherSites === 1);
  });

  const SAMPLES = join(import.meta.dirname, '../../shared/samples/pages');
  // What each is: INDEX.md of the samples. The first of two parts alone is no whole article.
  const samples = {
    'article_2026-10-04_903180.html': ['ZhengZhi/2026_10_04_903180', 'imported'],
    'article_stub_2026-10-04_903192.html': ['ZhengZhi/2026_10_04_903192', 'not-an-article'],
    'gne_guancha.html': ['WangWen/2019_09_07_516891', 'failed'],
    'home_2020-07-18.html': ['ZhengZhi/2020_07_18_1', 'not-an-article'],
  } as const;
  for (const [name, [path, outcome]] of Object.entries(samples)) {
    it(`reads ${name} of the samples in place`, async (t) => {
      let bytes: Buffer;
      try {
        bytes = readFileSync(join(SAMPLES, name));
      } catch {
        return t.skip('../shared/samples/pages is not here');
      }
      const url = `https://www.guancha.cn/${path}.shtml`;
      const { events, outcomes } = await importing({ [name]: bytes }, openMemoryCrawl([]), { url });
      assert.deepEqual(outcomes, [outcome], JSON.stringify(events).slice(0, 2000));
    });
  }
});

describe('import of documents', () => {
  const SAMPLES = join(import.meta.dirname, '../../shared/samples/documents');

  it('keeps the bytes, and says in the record what it knows', async () => {
    const source = await visited(WITH_PICTURE);
    const document = (await source.storage.read(`articles/${KEY}.html`)) as Buffer;
    const crawl = openMemoryCrawl([]);
    assert.deepEqual((await importing({ 'old/2022_01_28_900.html': document }, crawl)).outcomes, ['imported']);
    assert.deepEqual(await crawl.storage.read(`articles/${KEY}.html`), document);
    const { provenance, article, capture, verdict, url, assets } = await recordIn(crawl);
    assert.deepEqual(provenance, {
      kind: 'document',
      from: 'old/2022_01_28_900.html',
      capturedAt: null,
      digest: foreign.sha256Of(document),
    });
    assert.equal(article.publishedAt, '2022-01-28T10:30:43+08:00');
    assert.equal(url, 'https://www.guancha.cn/a/2022_01_28_900.shtml');
    assert.deepEqual([capture.requests[0]?.status, capture.requests[0]?.fetchedBy], [0, 'import: document']);
    assert.match(verdict.evidence.join(), /its page was not seen/);
    assert.deepEqual(assets, [{ src: PICTURE_URL, missing: 'NOT_IMPORTED' }]);
    const before = await crawl.files();
    assert.deepEqual((await importing({ 'old/2022_01_28_900.html': document }, crawl)).outcomes, ['present']);
    assert.deepEqual(await crawl.files(), before);
  });

  it('refuses what is damaged, and what no name says which article it is', async () => {
    const source = await visited(WITH_PICTURE);
    const document = (await source.storage.read(`articles/${KEY}.html`)) as Buffer;
    assert.deepEqual((await importing({ '900.html': document })).outcomes, ['refused IMPORT_UNKNOWN']);
    assert.deepEqual((await importing({ '2022_01_28_900.html': document.subarray(0, 400) })).outcomes, [
      'refused IMPORT_DAMAGED',
    ]);
    assert.deepEqual(
      (
        await importing({
          '2022_01_28_900.html': Buffer.concat([
            document.subarray(0, 300),
            Buffer.from([0xff]),
            document.subarray(301),
          ]),
        })
      ).outcomes,
      ['refused IMPORT_DAMAGED'],
    );
    const post = await importing({ 'fengwen/2022/01/77.html': document });
    assert.deepEqual(post.outcomes, ['imported']);
  });

  it('is followed by any capture of a page, and that by a visit', async () => {
    const source = await visited(WITH_PICTURE);
    const document = (await source.storage.read(`articles/${KEY}.html`)) as Buffer;
    const page = await foreign.byWarcio({ url: NEWS_URL, body: WITH_PICTURE.replace('一阵雨', '一场雪') });
    const crawl = openMemoryCrawl([
      {
        ...answer(NEWS_URL.replace('.shtml', '_s.shtml'), WITH_PICTURE.replace('一阵雨', '一场大雪')),
        startedAt: '2022-02-01T00:00:00.000Z',
      },
    ]);
    await importing({ '2022_01_28_900.html': document }, crawl);
    assert.deepEqual((await importing({ 'x.warc': page }, crawl)).outcomes, ['imported']);
    const worked = await work({ kind: 'repair', target: targetOf(NEWS_URL), isArchived: true }, crawl.context, OPTIONS);
    assert.deepEqual(worked.visit.outcome.kind, 'archived', JSON.stringify(worked.visit.outcome));
    const { versions, provenance } = await recordIn(crawl);
    assert.deepEqual(
      versions.map((version) => version.provenance?.kind ?? 'own'),
      ['document', 'warc', 'own'],
    );
    assert.equal(provenance, undefined);
    assert.deepEqual(await crawl.storage.read(versions[0]?.document ?? ''), document);
  });

  it('takes the given document', async (t) => {
    let seed: Buffer;
    try {
      seed = readFileSync(join(SAMPLES, 'seed.html'));
    } catch {
      return t.skip('../shared/samples/documents is not here');
    }
    const crawl = openMemoryCrawl([]);
    assert.deepEqual((await importing({ '2022_01_28_623950.html': seed }, crawl)).outcomes, ['imported']);
    assert.deepEqual(await crawl.storage.read('articles/2022/01/2022_01_28_623950.html'), seed);
  });
});

describe('an import and what visits archived', () => {
  it('never changes a byte of it', async () => {
    const crawl = await visited(WITH_PICTURE);
    const before = await crawl.files();
    const texts = fc.constantFrom('茶馆今天照常开门，来客不少。', '别的话。', '茶馆关门了，以后再说。');
    const dates = fc.constantFrom('2021-01-01T00:00:00Z', '2022-01-28T04:00:01Z', '2026-01-01T00:00:00Z');
    const kinds = fc.constantFrom('warc', 'wacz', 'singlefile', 'wayback', 'browser', 'document', 'gone');
    await fc.assert(
      fc.asyncProperty(texts, dates, kinds, async (text, date, kind) => {
        const html = WITH_PICTURE.replace('茶馆今天照常开门，来客不少。', text);
        const inWarc = await foreign.byWarcio({
          url: NEWS_URL,
          date,
          ...(kind === 'gone' ? { status: '404 Not Found' } : { body: html }),
        });
        const files: Readonly<
          Record<string, () => Promise<Record<string, string | Uint8Array>> | Record<string, string | Uint8Array>>
        > = {
          warc: () => ({ 'x.warc': inWarc }),
          gone: () => ({ 'x.warc': inWarc }),
          wacz: async () => ({ 'x.wacz': await foreign.wacz(warc([inWarc], 'each')) }),
          singlefile: () => ({
            'a.html': foreign.bySingleFile(html, { url: NEWS_URL, date, pictures: { [PICTURE_URL]: PICTURE } }),
          }),
          wayback: () => ({
            'a.html': foreign.byWayback(html, { url: NEWS_URL, stamp: date.replace(/\D/g, '').slice(0, 14) }),
          }),
          browser: () => ({
            'a.html': foreign.byBrowser(html, { url: NEWS_URL, name: 'a' }),
            'a_files/20220128103231.jpg': PICTURE,
          }),
          document: () => ({ '2022_01_28_900.html': (before[`articles/${KEY}.html`] ?? '').replace('来客不少', text) }),
        };
        const { outcomes } = await importing((await files[kind]?.()) ?? {}, crawl);
        assert.equal(outcomes.length, 1);
        assert.ok(['kept', 'present'].includes(outcomes[0] ?? ''), outcomes[0]);
        assert.deepEqual(await crawl.files(), before);
      }),
      { numRuns: 60 },
    );
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    const crawl = openMemoryCrawl([]);
    const captures = ['2022-02-01T00:00:00Z', '2022-03-01T00:00:00Z'].map((date, i) =>
      foreign.byWarcio({ url: NEWS_URL, date, body: WITH_PICTURE.replace('来客', `来客${i}`) }),
    );
    const files = { 'x.warc': Buffer.concat(await Promise.all([...captures, captures[0] as Promise<Buffer>])) };
    const before = await crawl.files();
    const dry = await importing(files, crawl, { dry: true });
    assert.deepEqual(await crawl.files(), before);
    assert.deepEqual((await importing(files, crawl)).outcomes, dry.outcomes);
  });
});
