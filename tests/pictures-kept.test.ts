/** Which bytes of a picture are kept, how often the site is asked for one, and when a host is left alone. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../src/archive/memory.ts';
import { openPictureReader } from '../src/archive/picture-file.ts';
import { createAssets } from '../src/archive/pictures.ts';
import { openTrash } from '../src/archive/trash.ts';
import { work } from '../src/crawl/work.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../src/errors.ts';
import type { Asset, StoredAsset } from '../src/model.ts';
import { classicPage, NEWS_URL } from './support/article-page.ts';
import { answer, DAY_MS, HOUR_MS, MINUTE_MS, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const FOLDER = join(import.meta.dirname, 'newspaper/pictures');
const pictures = Object.fromEntries(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name))]));
const ofType = (type: string) =>
  pictures[Object.keys(pictures).find((name) => name.endsWith(`.${type}`)) ?? ''] ?? Buffer.alloc(0);
const [JPG, PNG] = [ofType('jpg'), ofType('png')];
const SVG = Buffer.from(
  '<?xml version="1.0"?><!-- tea --><svg xmlns="http://www.w3.org/2000/svg" width="12px" height="8"><rect width="9" height="8"/></svg>\n',
);
const NEVER = new AbortController().signal;
const START = Date.parse('2022-01-28T04:00:00Z');

type Answer = Buffer | { readonly status?: number; readonly type?: string; readonly body?: Buffer } | ErrorCode;

/** Pictures of a site that answers as `site` says; `asked` holds the addresses with their times. */
function openPictures(site: (url: string, count: number) => Answer, { attempts = 3, backoffMs = 30_000 } = {}) {
  const clock = openTurnedClock(START);
  const storage = openMemory({ now: clock.now });
  const asked: { readonly url: string; readonly atMs: number }[] = [];
  const logged: string[] = [];
  const assets = createAssets({
    http: {
      text: () => Promise.reject(new TypeError('not asked for')),
      download: async (url, open) => {
        asked.push({ url, atMs: clock.now() - START });
        const given = site(url, asked.filter((each) => each.url === url).length);
        if (typeof given === 'string') throw new ArchiveError(given, url);
        const { status = 200, type = '', body = Buffer.alloc(0) } = Buffer.isBuffer(given) ? { body: given } : given;
        await pipeline(Readable.from([body]), open());
        const sha256 = createHash('sha256').update(body).digest('hex');
        return { status, headers: type === '' ? {} : { 'content-type': type }, sha256, bytes: body.length };
      },
    },
    storage,
    trash: openTrash(storage, { now: new Date(START) }),
    allows: (url) => url.startsWith('https://i.guancha.cn/'),
    maxPerArticle: 500,
    limits: { visitMs: 900_000, visitBytes: 1e9, visitRequests: 2000 },
    attempts,
    backoffMs,
    clock,
    log: ({ message }) => void logged.push(message),
  });
  const collect = (names: readonly string[], known: readonly Asset[] = []) =>
    assets.collect(
      names.map((name) => (name.includes(':') ? name : `https://i.guancha.cn/${name}`)),
      known,
      NEVER,
    );
  return { clock, storage, asked, logged, collect };
}

function stored(asset: Asset | undefined): StoredAsset {
  assert.ok(asset !== undefined && 'sha256' in asset, JSON.stringify(asset));
  return asset;
}

describe('an imperfect picture of the site', () => {
  const wrongSum = Buffer.from(PNG);
  wrongSum[29] = (wrongSum[29] ?? 0) ^ 1; // of the head's checksum
  const cases: readonly [name: string, bytes: Buffer, kind: string | undefined, type: string, asked: number][] = [
    ['a JPEG without its end', JPG.subarray(0, -2), 'cut', 'jpg', 2],
    ['half a JPEG', JPG.subarray(0, JPG.length >> 1), 'cut', 'jpg', 2],
    ['a PNG with a wrong checksum', wrongSum, 'damaged', 'png', 2],
    ['bytes behind its end', Buffer.concat([PNG, Buffer.from('<!-- 7 -->')]), 'trailing', 'png', 1],
    ['a drawing', SVG, undefined, 'svg', 1],
    ['a drawing that breaks off', SVG.subarray(0, -8), 'cut', 'svg', 2],
    ['a whole one', JPG, undefined, 'jpg', 1],
  ];
  for (const [name, bytes, kind, type, times] of cases)
    it(`is kept as it is, marked, and asked for no more than twice: ${name}`, async () => {
      const { asked, storage, collect, clock } = openPictures(() => bytes);
      const asset = stored((await collect(['a']))[0]);
      assert.equal(asset.flaw?.kind, kind);
      assert.equal(asset.type, type);
      assert.equal(asked.length, times);
      assert.equal(clock.now(), START, 'nothing is waited for');
      assert.deepEqual(await storage.read(`assets/${asset.sha256.slice(0, 2)}/${asset.sha256}.${type}`), bytes);
    });

  it('is whole by its bytes, whatever the server calls it', async () => {
    for (const type of ['image/png', 'text/html', '']) {
      const { collect } = openPictures(() => ({ type, body: JPG }));
      assert.equal(stored((await collect(['a']))[0]).flaw, undefined, type);
    }
  });

  it('is tried again where it comes another way each time, and is then missing', async () => {
    const { asked, collect } = openPictures((_, count) => JPG.subarray(0, JPG.length - count * 5));
    assert.deepEqual(await collect(['a']), [{ src: 'https://i.guancha.cn/a', missing: 'IMAGE_TRUNCATED' }]);
    assert.equal(asked.length, 6);
  });

  it('is asked for once at a later visit, and makes way for a whole one', async () => {
    let body = JPG.subarray(0, 400);
    const { asked, collect } = openPictures(() => body);
    const first = await collect(['a']);
    const again = await collect(['a'], first);
    assert.deepEqual(again, first);
    assert.equal(asked.length, 3);
    body = JPG;
    const whole = stored((await collect(['a'], again))[0]);
    assert.deepEqual([whole.flaw, whole.replaces], [undefined, stored(first[0]).sha256]);
    assert.equal(stored((await collect(['a'], [whole]))[0]), whole);
    assert.equal(asked.length, 4);
  });
});

describe('a drawing', () => {
  const read = (text: string) => {
    const reader = openPictureReader();
    reader.push(Buffer.from(text));
    return reader.end();
  };
  it('is known by its root, and has the size that it says', () => {
    const size = (text: string) => [read(text).facts?.width, read(text).facts?.height, read(text).state];
    assert.deepEqual(size('<svg width="3" height="4"/>'), [3, 4, 'whole']);
    assert.deepEqual(
      size('\ufeff <!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY c "d">]><svg viewBox="0 0 20 10"></svg> <!-- x -->'),
      [20, 10, 'whole'],
    );
    assert.deepEqual(size('<svg:svg width="100%"><a></svg:svg>'), [0, 0, 'whole']);
    assert.deepEqual(size('<svg width="3" height="4"><rect'), [3, 4, 'cut']);
  });
  it('is no page, and no text of any kind', () => {
    for (const text of [
      '<!DOCTYPE html><svg></svg>',
      '<html><svg/></html>',
      '<!-- <svg> -->',
      'svg',
      '<svgx/>',
      '<?xml <svg/>',
      '',
    ])
      assert.equal(read(text).facts, null, text);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', 'svg', '!--', '-->', '?', '>', ' ', '[', 'a') }), (text) => {
        read(text);
      }),
    );
  });
  it('is read at once, however it is written', () => {
    for (const piece of ['<!-- -->', '<?a?>', ' ', '<svg ', '<!--', '<svg width="'])
      assert.ok(['cut', 'no-picture'].includes(read(piece.repeat(400_000 / piece.length)).state), piece);
  });
});

describe('a picture in the page itself', () => {
  it('is kept under its hash without a request, in base64 or escaped', async () => {
    const { asked, collect } = openPictures(() => 'NETWORK');
    const src = [
      `data:image/png;base64,${PNG.toString('base64')}`,
      `data:image/svg+xml,${encodeURIComponent(SVG.toString())}`,
    ];
    const [png, svg] = (await collect(src)).map(stored);
    assert.deepEqual([png?.src, png?.url, png?.type, png?.bytes], [src[0], 'data:image/png;base64', 'png', PNG.length]);
    assert.deepEqual([svg?.sha256, svg?.type], [createHash('sha256').update(SVG).digest('hex'), 'svg']);
    assert.deepEqual(asked, []);
  });
  it('is missing where its bytes are none', async () => {
    const { collect } = openPictures(() => 'NETWORK');
    assert.deepEqual(await collect(['data:image/png;base64,////']), [
      { src: 'data:image/png;base64,////', missing: 'IMAGE_TYPE' },
    ]);
  });
});

describe('a picture that does not come', () => {
  it('is asked for again only where the table of errors says that it may', async () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const { next } = ERRORS[code];
      const { asked, collect, clock } = openPictures(() => code);
      if (next === 'stop') {
        await assert.rejects(collect(['a']), { code });
        continue;
      }
      assert.deepEqual(await collect(['a']), [{ src: 'https://i.guancha.cn/a', missing: code }]);
      assert.equal(asked.length, next === 'retry' ? 3 : 1, code);
      if (next !== 'retry') assert.equal(clock.now(), START, code);
    }
  });

  it('is looked for under its printed address where it never can come under the other, once each', async () => {
    const { asked, collect } = openPictures((url) => (url.includes('!') ? JPG : 'TOO_LARGE'));
    assert.equal(stored((await collect(['a.jpg!m.jpg']))[0]).url, 'https://i.guancha.cn/a.jpg!m.jpg');
    assert.equal(asked.length, 2);
  });
});

describe('a host of pictures that does not answer', () => {
  const names = (article: number) => ['a', 'b', 'c', 'd'].map((name) => `${article}/${name}`);

  for (const silence of ['NETWORK', 'TIMEOUT', 'ROBOTS_UNREACHABLE', { status: 503 }, { status: 429 }] as const)
    it(`is left alone for all articles, then asked for one picture: ${JSON.stringify(silence)}`, async () => {
      let isBack = false;
      const { asked, clock, logged, collect } = openPictures(() => (isBack ? JPG : silence));
      for (let article = 0; article < 12; article++)
        assert.ok((await collect(names(article))).every((asset) => 'missing' in asset));
      assert.ok(asked.length <= 6, `${asked.length} requests`);
      assert.ok(clock.now() - START < 2 * MINUTE_MS, 'a crawl goes on');
      assert.equal(logged.length, 1);

      clock.advance(10 * MINUTE_MS);
      const before = asked.length;
      assert.ok((await collect(names(12))).every((asset) => 'missing' in asset));
      assert.equal(asked.length, before + 1, 'one picture first');

      clock.advance(20 * MINUTE_MS);
      isBack = true;
      (await collect(names(13))).forEach(stored);
      (await collect(names(14))).forEach(stored);
    });

  it('is asked at least once an hour, and at once after a clock was set back', async () => {
    const { asked, clock, collect } = openPictures(() => 'NETWORK');
    for (let hour = 0; hour < 48; hour++) {
      await collect(names(hour));
      clock.advance(HOUR_MS);
    }
    assert.ok(asked.length >= 48 && asked.length <= 60, `${asked.length} requests`);
  });

  it('is another thing than a picture that does not come beside others that do', async () => {
    const { asked, collect } = openPictures((url) => (url.endsWith('/a') ? { status: 503 } : JPG));
    for (let article = 0; article < 5; article++) {
      const [first, ...others] = await collect(names(article));
      assert.deepEqual(first, { src: `https://i.guancha.cn/${article}/a`, missing: 'HTTP_STATUS' });
      others.forEach(stored);
    }
    assert.equal(asked.filter(({ url }) => url.endsWith('/a')).length, 15);
  });
});

describe('pictures that are missing for a reason that passes', () => {
  const page = (url: string) =>
    answer(url, classicPage({ body: '<p>茶山今天下雨。</p><p><img src="https://i.guancha.cn/a.jpg"></p>' }));
  const single = NEWS_URL.replace('.shtml', '_s.shtml');

  async function visitsUntil(code: string, endMs: number): Promise<readonly number[]> {
    const crawl = openMemoryCrawl([page(single)], { startMs: START });
    const { frontier, journal, services } = crawl.context;
    const missing = { collect: async (sources: readonly string[]) => sources.map((src) => ({ src, missing: code })) };
    const context = { ...crawl.context, services: { ...services, assets: missing } };
    const options = { ...OPTIONS, agesMs: [] };
    frontier.add([targetOf(NEWS_URL)]);
    const lease = frontier.take('guancha');
    assert.ok(lease);
    await work({ kind: 'queued', lease, refresh: false }, context, options);
    const at: number[] = [];
    for (;;) {
      const [due] = journal.revisits.due(START + endMs, 1);
      if (due === undefined) return at;
      crawl.clock.advance(Math.max(0, due.dueAt - crawl.clock.now()));
      at.push((crawl.clock.now() - START) / HOUR_MS);
      await work({ kind: 'revisit', due }, context, options);
    }
  }

  it('are asked for by visits that nobody has to ask for, ever more rarely, for a month', async () => {
    for (const code of ['NETWORK', 'HTTP_STATUS', 'ROBOTS_UNREACHABLE', 'BLOCKED', 'HOST_PAUSED', 'BUDGET_SPENT']) {
      const hours = await visitsUntil(code, 400 * DAY_MS);
      assert.ok(hours[0] !== undefined && hours[0] <= 1.01, `${hours[0]}`);
      assert.ok(hours.length >= 8 && hours.length <= 12, `${hours}`);
      assert.ok((hours.at(-1) ?? 0) > 15 * 24, `${hours}`);
    }
  });

  it('are not waited for where the site does not have them', async () => {
    for (const code of ['IMAGE_MISSING', 'TOO_LARGE', 'OUT_OF_SCOPE', 'IMAGE_TYPE', 'of another version'])
      assert.deepEqual(await visitsUntil(code, 400 * DAY_MS), [], code);
  });
});
