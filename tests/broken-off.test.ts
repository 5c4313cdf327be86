/** Answers that fail midway are kept as far as they came, whichever way they came by, and nothing is made of them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openMemory } from '../src/archive/memory.ts';
import { createAssets } from '../src/archive/pictures.ts';
import { openTrash } from '../src/archive/trash.ts';
import { openCaptures } from '../src/capture/captures.ts';
import { type CaptureEntry, openCaptureReader } from '../src/capture/read-captures.ts';
import { ArchiveError, type ErrorCode } from '../src/errors.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { openBrowser, type PageBrowser } from '../src/fetch/browser.ts';
import { createBrowserFetcher } from '../src/fetch/browser-fetcher.ts';
import { openCookies } from '../src/fetch/cookies.ts';
import { createDoor, type KeepExchange } from '../src/fetch/door.ts';
import { createHttp } from '../src/fetch/http.ts';
import { createReplay } from '../src/fetch/replay.ts';
import { MIGRATIONS } from '../src/frontier/migrations.ts';
import { openPayloads } from '../src/journal/payloads.ts';
import type { Exchange } from '../src/model.ts';
import { openDatabase } from '../src/sqlite.ts';
import { classicPage, NEWS_URL, SITE } from './support/article-page.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { openKeptCrawl } from './support/kept-crawl.ts';
import { targetOf } from './support/memory-crawl.ts';
import { straight } from './support/straight.ts';
import { openTurnedClock } from './support/turned-clock.ts';
import { field, readWarcs, splitHttp } from './support/warc-reader.ts';

const { signal } = new AbortController();
const PART = Buffer.from('水'.repeat(2000));
const CAP_BYTES = 60_000;
const TIMEOUT_MS = 1000;
const MUCH = Buffer.alloc(3 * CAP_BYTES, '茶');
const head = (...lines: readonly string[]) =>
  ['HTTP/1.1 200 OK', 'Content-Type: text/html', ...lines, '', ''].join('\r\n');
const inChunk = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

interface Breaking {
  readonly name: string;
  readonly talk: (socket: Socket) => void;
  readonly truncated: string;
  /** Of Node.js and of the browser; null where it is an answer, whose end nothing shows. */
  readonly codes: readonly [node: ErrorCode, browser: ErrorCode | null];
  /** What is kept of the body, of which the browser gives none where it waits for all of it. */
  readonly bodies: readonly [node: Uint8Array, browser: Uint8Array];
}

const NONE = new Uint8Array();
const CHUNKED = 'Transfer-Encoding: chunked';

const BREAKING: readonly Breaking[] = [
  {
    name: 'is larger than the cap',
    talk: (socket) => {
      socket.write(head(CHUNKED));
      socket.end(Buffer.concat([inChunk(MUCH), Buffer.from('0\r\n\r\n')]));
    },
    truncated: 'length',
    codes: ['TOO_LARGE', 'TOO_LARGE'],
    bodies: [MUCH.subarray(0, CAP_BYTES), MUCH.subarray(0, CAP_BYTES)],
  },
  {
    name: 'stops in the middle of the body',
    talk: (socket) => {
      socket.write(head(`Content-Length: ${2 * PART.length}`));
      socket.write(PART);
    },
    truncated: 'time',
    codes: ['TIMEOUT', 'TIMEOUT'],
    bodies: [PART, NONE],
  },
  {
    name: 'is reset in the middle of the body',
    talk: (socket) => {
      socket.write(head(`Content-Length: ${2 * PART.length}`));
      socket.write(PART, () => setTimeout(() => socket.resetAndDestroy(), 100));
    },
    truncated: 'disconnect',
    codes: ['NETWORK', null],
    bodies: [PART, PART],
  },
  {
    name: 'is reset within chunks',
    talk: (socket) => {
      socket.write(head(CHUNKED));
      socket.write(inChunk(PART), () => setTimeout(() => socket.resetAndDestroy(), 100));
    },
    truncated: 'disconnect',
    codes: ['NETWORK', null],
    bodies: [PART, PART],
  },
];

describe('an answer that', () => {
  let server: Server;
  let origin: string;
  let browser: PageBrowser;
  let talk: (socket: Socket) => void = () => {};

  before(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => talk(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = openBrowser({
      executablePath: null,
      userAgent: 'test',
      product: '',
      origins: [origin],
      connections: straight(createAddressGuard(['127.0.0.1'])),
      now: Date.now,
      log: () => {},
    });
    await browser.warmUp();
    talk = (socket) => socket.end(`${head('Content-Length: 0')}`);
    await browser.get(`${origin}/first`, { maxBytes: CAP_BYTES, timeoutMs: 30_000, signal, headers: {} });
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    server.close();
  });

  /** A run whose captures lie in memory. */
  function open({ wholePictures = false } = {}) {
    const storage = openMemory();
    const payloads = openPayloads(openDatabase(':memory:', { migrations: MIGRATIONS }));
    const captures = openCaptures(storage, { wholePictures, payloads, software: 'test', now: Date.now });
    const keep: KeepExchange = async (exchange, kind) => ({
      ...exchange,
      capture: await captures.write(exchange, kind),
    });
    const guard = createAddressGuard(['127.0.0.1']);
    const site = { www: origin, community: origin, images: [origin] };
    const limits = { timeoutMs: TIMEOUT_MS, pageBytes: CAP_BYTES, imageBytes: CAP_BYTES };
    const door = createDoor({ site, guard, robots: () => null, politeness: null, ...limits });
    const cookies = openCookies();
    const http = createHttp({ browser, door, cookies, connections: straight(guard), keep });
    const clock = openTurnedClock(Date.now());
    const assets = createAssets({
      http,
      storage,
      trash: openTrash(storage, { now: new Date() }),
      allows: () => true,
      maxPerArticle: 9,
      limits: { visitMs: 60_000, visitBytes: 1e9, visitRequests: 9 },
      attempts: 1,
      backoffMs: 0,
      keep: captures.writePicture,
      clock,
      log: () => {},
    });
    const fetcher = createBrowserFetcher({ browser, door, cookies, site, keep });
    return {
      http,
      fetcher,
      assets,
      payloads,
      /** What was kept, once an independent reader found nothing wrong with it. */
      kept: async () => {
        await captures.end();
        const reader = openCaptureReader(storage);
        const entries: CaptureEntry[] = [];
        const files = new Map<string, Buffer>();
        for await (const segment of reader.segments()) {
          entries.push(...(await Array.fromAsync(reader.entries(segment))));
          files.set(segment.slice(segment.lastIndexOf('/') + 1), (await storage.read(segment)) ?? Buffer.alloc(0));
        }
        const { records, complaints } = readWarcs(files);
        assert.deepEqual(complaints, []);
        return { entries, records, exchanges: await Promise.all(entries.map(({ place }) => reader.exchange(place))) };
      },
    };
  }

  for (const { name, talk: talks, truncated, codes, bodies } of BREAKING) {
    const requireKept = async (run: ReturnType<typeof open>, kind: string, body: Uint8Array) => {
      const { entries, records, exchanges } = await run.kept();
      assert.deepEqual(
        entries.map((entry) => [entry.kind, entry.isBroken]),
        [[kind, true]],
      );
      const [response] = records.filter((record) => field(record, 'WARC-Type') === 'response');
      assert.ok(response);
      assert.equal(field(response, 'WARC-Truncated'), truncated);
      const { payload } = splitHttp(response.block);
      assert.ok(payload.equals(body), `${payload.length} of ${body.length} bytes`);
      assert.equal(exchanges[0]?.brokenOff, truncated);
      assert.equal(run.payloads.find(field(response, 'WARC-Payload-Digest') ?? ''), null, 'no revisit rests on it');
    };

    // As much of a robots.txt counts as is read.
    if (truncated !== 'length')
      it(`${name} is kept of a robots.txt`, async () => {
        talk = talks;
        const run = open();
        await assert.rejects(run.http.text(`${origin}/robots.txt`, signal), { code: codes[0] });
        await requireKept(run, 'robots.txt', bodies[0]);
      });

    for (const list of [false, true])
      it(`${name} is kept of a ${list ? 'list' : 'page'}`, async () => {
        talk = talks;
        const run = open();
        const asked = run.fetcher.fetch(`${origin}/a`, { signal, list });
        if (codes[1] === null) {
          const [answer] = await asked;
          assert.ok(Buffer.from(bodies[1]).equals(answer?.response.body ?? NONE));
          return;
        }
        await assert.rejects(asked, (error) => error instanceof ArchiveError && error.code === codes[1]);
        await requireKept(run, list ? 'list' : 'page', bodies[1]);
      });

    it(`${name} is kept of a picture, its bytes where pictures are kept whole`, async () => {
      talk = talks;
      const whole = open({ wholePictures: true });
      assert.deepEqual(await whole.assets.collect([`${origin}/a.jpg`], [], signal), [
        { src: `${origin}/a.jpg`, missing: codes[0] },
      ]);
      await requireKept(whole, 'picture', bodies[0]);

      const named = open();
      await named.assets.collect([`${origin}/a.jpg`], [], signal);
      const { entries, exchanges } = await named.kept();
      assert.deepEqual(
        entries.map(({ kind, isBroken, picture }) => [kind, isBroken, picture]),
        [
          [
            'picture',
            true,
            { sha256: createHash('sha256').update(bodies[0]).digest('hex'), bytes: bodies[0].length, asset: null },
          ],
        ],
      );
      assert.equal(exchanges[0]?.brokenOff, truncated);
    });
  }

  it('cannot be decoded is kept of the way that failed, and asked for by the other', async () => {
    const packed = gzipSync(PART);
    packed.fill(0xff, 20);
    talk = (socket) => {
      socket.write(head('Content-Encoding: gzip', `Content-Length: ${packed.length}`));
      socket.end(packed);
    };
    const run = open();
    await assert.rejects(run.http.text(`${origin}/robots.txt`, signal), { code: 'NETWORK' });
    const { entries, records } = await run.kept();
    assert.deepEqual(
      entries.map(({ kind, isBroken }) => [kind, isBroken]),
      [
        ['robots.txt', true],
        ['robots.txt', true],
      ],
    );
    for (const record of records.filter((each) => field(each, 'WARC-Type') === 'response'))
      assert.equal(field(record, 'WARC-Truncated'), 'unspecified');
  });
});

describe('what broke off', () => {
  const SINGLE = NEWS_URL.replace('.shtml', '_s.shtml');
  const whole = Buffer.from(classicPage({ body: '<p>茶馆的人们照常起床，生火，煮水，开门迎客。</p>'.repeat(9) }));
  const broken: Exchange = {
    ...exchangeOf({ url: SINGLE, body: whole, fetchedAt: '2022-01-28T12:00:00.000Z' }),
    cut: 'the connection was reset',
    brokenOff: 'disconnect',
  };

  it('is no page of a replay, even if its bytes are all of it', async () => {
    await assert.rejects(createReplay([broken], SITE).fetch(SINGLE, { signal }), { code: 'NETWORK' });
  });

  it('is nothing that documents are found in', async () => {
    const crawl = openKeptCrawl();
    const payloads = openPayloads(openDatabase(':memory:', { migrations: MIGRATIONS }));
    const options = { wholePictures: false, payloads, software: 'test', now: Date.now };
    await using captures = openCaptures(crawl.storage, options);
    await captures.write(broken, 'page');
    await captures.end();
    assert.deepEqual(await crawl.extractAll({ writes: true }), []);
    await assert.rejects(crawl.visit(targetOf(NEWS_URL), [broken]), { code: 'NETWORK' });
  });
});
