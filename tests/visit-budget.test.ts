/** What one visit may take of the site: pictures that drip or never end, and pages that never end, hold no article. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openMemory } from '../src/archive/memory.ts';
import { createAssets } from '../src/archive/pictures.ts';
import { openTrash } from '../src/archive/trash.ts';
import { defaultConfig } from '../src/config.ts';
import { work } from '../src/crawl/work.ts';
import { ArchiveError } from '../src/errors.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { type Budget, openBudget, type VisitLimits } from '../src/fetch/budget.ts';
import { createDoor } from '../src/fetch/door.ts';
import { createReplay } from '../src/fetch/replay.ts';
import type { Asset } from '../src/model.ts';
import { classicPage, NEWS_URL, SITE } from './support/article-page.ts';
import { answer, HOUR_MS, MINUTE_MS, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const JPG = readFileSync(join(import.meta.dirname, 'newspaper/pictures/tea-485x187.jpg'));
const NEVER = new AbortController().signal;
const START = Date.parse('2022-01-28T04:00:00Z');
const DEFAULTS: VisitLimits = defaultConfig().limits;
const STEP_MS = 1000;

/** How a picture comes: over so long, so large; `never whole` is cut at another place each time, as what drips ends. */
interface Way {
  readonly takesMs: number;
  readonly bytes?: number;
  readonly status?: number;
  readonly redirects?: number;
  readonly isNeverWhole?: boolean;
}

/** Pictures that come one after another, each as `wayOf` says, on a clock that their bytes turn. */
function openSlowSite(
  wayOf: (url: string) => Way,
  { limits = {}, attempts = 3 }: { readonly limits?: Partial<VisitLimits>; readonly attempts?: number } = {},
) {
  const clock = openTurnedClock(START);
  const storage = openMemory({ now: clock.now });
  const asked: string[] = [];
  const logged: string[] = [];
  let bytes = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function load(url: string, signal: AbortSignal, budget: Budget): Promise<Buffer> {
    const { takesMs, bytes: size = 1000, redirects = 0, isNeverWhole = false } = wayOf(url);
    for (let redirect = 0; redirect < redirects; redirect++) {
      await budget.during(async () => void asked.push(url));
      signal.throwIfAborted();
    }
    return budget.during(async () => {
      asked.push(url);
      const steps = Math.ceil(takesMs / STEP_MS);
      for (let step = 0; step < steps; step++) {
        clock.advance(takesMs / steps);
        bytes += size / steps;
        budget.take(size / steps);
        signal.throwIfAborted();
      }
      return isNeverWhole ? JPG.subarray(0, JPG.length - 2 - asked.length) : JPG;
    });
  }

  const assets = createAssets({
    http: {
      text: () => Promise.reject(new TypeError('not asked for')),
      download: async (url, open, signal, budget) => {
        assert.ok(budget);
        const mine = turn.then(async () => {
          signal.throwIfAborted();
          return load(url, signal, budget);
        });
        turn = mine.catch(() => {});
        const body = await mine;
        await pipeline(Readable.from([body]), open());
        const sha256 = createHash('sha256').update(body).digest('hex');
        return { status: wayOf(url).status ?? 200, headers: {}, sha256, bytes: body.length };
      },
    },
    storage,
    trash: openTrash(storage, { now: new Date(START) }),
    allows: (url) => url.startsWith('https://i.guancha.cn/'),
    maxPerArticle: 500,
    limits: { ...DEFAULTS, ...limits },
    attempts,
    backoffMs: 100,
    clock,
    log: ({ message }) => void logged.push(message),
  });
  return {
    logged,
    /** One visit, and what it took. */
    visit: async (names: readonly string[], known: readonly Asset[] = [], signal = NEVER) => {
      const [atMs, requests, bytesBefore] = [clock.now(), asked.length, bytes];
      const found = await assets.collect(
        names.map((name) => `https://i.guancha.cn/${name}`),
        known,
        signal,
      );
      return {
        assets: found,
        tookMs: clock.now() - atMs,
        asked: asked.slice(requests).map((url) => url.replace(/^.*\//, '')),
        bytes: bytes - bytesBefore,
      };
    },
  };
}

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const missingOf = (assets: readonly Asset[]) => assets.map((asset) => ('missing' in asset ? asset.missing : 'stored'));

describe('the pictures of a visit', () => {
  it('hold no article for longer than it has, and those that had no turn go first at the next visit', async () => {
    const drips = named('drip', 12);
    const { visit, logged } = openSlowSite((url) =>
      url.includes('drip') ? { takesMs: 2 * MINUTE_MS, isNeverWhole: true } : { takesMs: STEP_MS },
    );
    const names = [...drips, ...named('good', 30)];
    const first = await visit(names);
    assert.ok(first.tookMs <= DEFAULTS.visitMs + 2 * STEP_MS, `${first.tookMs / MINUTE_MS} min`);
    assert.equal(first.assets.length, names.length);
    assert.deepEqual(
      first.assets.map(({ src }) => src),
      names.map((name) => `https://i.guancha.cn/${name}`),
    );
    const missing = missingOf(first.assets);
    assert.equal(missing[0], 'TIMEOUT', 'it had the whole of it');
    assert.ok(missing.slice(-30).every((code) => code === 'BUDGET_SPENT'));
    assert.match(
      logged.join('\n'),
      /^42 pictures are left to a later visit, .*drip0 the first of them: limits\.visitMs/,
    );

    const second = await visit(names, first.assets);
    assert.ok(second.tookMs <= DEFAULTS.visitMs + 2 * STEP_MS);
    assert.notEqual(second.asked[0], 'drip0');
    let known = second.assets;
    for (let visits = 2; missingOf(known.slice(-30)).some((code) => code !== 'stored'); visits++) {
      assert.ok(visits <= drips.length, `${missingOf(known)}`);
      known = (await visit(names, known)).assets;
    }
  });

  it('are no more bytes than it has, however many are large', async () => {
    const { visit } = openSlowSite(() => ({ takesMs: 5 * STEP_MS, bytes: 50_000_000, isNeverWhole: true }));
    const found = await visit(named('large', 100));
    assert.ok(found.bytes <= DEFAULTS.visitBytes + 10_000_001, `${found.bytes}`);
    assert.ok(missingOf(found.assets).includes('BUDGET_SPENT'));
  });

  it('are no more requests than it has, with redirects and further attempts', async () => {
    const { visit } = openSlowSite(() => ({ takesMs: 1, redirects: 5, isNeverWhole: true }), {
      limits: { visitRequests: 100 },
    });
    const found = await visit(named('turning', 50));
    assert.equal(found.asked.length, 100);
    assert.ok(found.assets.every((asset) => 'missing' in asset));
  });

  it('all come where they are honest: 500 of a megabyte, redirected, each under its second address', async () => {
    const { visit, logged } = openSlowSite((url) => ({
      takesMs: 700,
      bytes: url.includes('!') ? 1_000_000 : 300,
      redirects: 1,
      status: url.includes('!') ? 200 : 404,
    }));
    const found = await visit(named('honest', 500).map((name) => `${name}.jpg!m.jpg`));
    assert.ok(missingOf(found.assets).every((code) => code === 'stored'));
    assert.equal(found.asked.length, 2000);
    assert.deepEqual(logged, []);
  });

  it('end in hand when nothing comes at all, whatever the clock says', { timeout: 10_000 }, async () => {
    const storage = openMemory({ now: () => START });
    let asked = 0;
    const assets = createAssets({
      http: {
        text: () => Promise.reject(new TypeError('not asked for')),
        download: (_url, _open, signal, budget) =>
          budget?.during(() => {
            asked += 1;
            const { promise, reject } = Promise.withResolvers<never>();
            signal.addEventListener('abort', () => reject(signal.reason));
            return promise;
          }) ?? assert.fail(),
      },
      storage,
      trash: openTrash(storage, { now: new Date(START) }),
      allows: () => true,
      maxPerArticle: 500,
      limits: { ...DEFAULTS, visitMs: 20 },
      attempts: 3,
      backoffMs: 100,
      clock: openTurnedClock(START),
      log: () => {},
    });
    const alive = setTimeout(() => {}, 5000);
    const found = await assets.collect(['https://i.guancha.cn/a', 'https://i.guancha.cn/b'], [], NEVER);
    clearTimeout(alive);
    assert.deepEqual(missingOf(found), ['TIMEOUT', 'BUDGET_SPENT']);
    assert.equal(asked, 2);
  });

  it('end with the run, which is no budget that is spent', async () => {
    const run = new AbortController();
    const { visit } = openSlowSite((url) => {
      if (url.endsWith('b3')) run.abort();
      return { takesMs: STEP_MS };
    });
    await assert.rejects(visit(named('b', 9), [], run.signal), { name: 'AbortError' });
  });

  it('never take more than a visit has, and never starve each other', async () => {
    const way = fc.oneof(
      fc.record({ takesMs: fc.integer({ min: 1, max: 9000 }), redirects: fc.integer({ min: 0, max: 2 }) }),
      fc.record({ takesMs: fc.integer({ min: 1000, max: 90_000 }), isNeverWhole: fc.constant(true) }),
    );
    const limits = fc.record({
      visitMs: fc.integer({ min: 10_000, max: 60_000 }),
      visitRequests: fc.integer({ min: 3, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(way, { minLength: 1, maxLength: 12 }), limits, async (ways, given) => {
        const names = named('p', ways.length);
        const site = openSlowSite((url) => ways[Number(url.replace(/^.*p/, ''))] ?? assert.fail(), { limits: given });
        const good = names.filter((_, index) => !('isNeverWhole' in (ways[index] ?? {})));
        let known: readonly Asset[] = [];
        for (let visit = 0; visit < 2 * names.length + 2; visit++) {
          const found = await site.visit(names, known);
          assert.ok(found.tookMs <= given.visitMs + 4 * STEP_MS, `${found.tookMs} ms`);
          assert.ok(found.asked.length <= given.visitRequests);
          known = found.assets;
        }
        const stored = known.flatMap((asset) => ('sha256' in asset ? [asset.src.replace(/^.*\//, '')] : []));
        assert.deepEqual(stored, good);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the pages of a visit', () => {
  const PARTS = 150;
  const page = (number: number) => NEWS_URL.replace('.shtml', `_${number}.shtml`);
  const part = (number: number) =>
    classicPage({
      body: `<p>第${number}段，说茶。</p>`,
      foot: `<div id="select_page"><a href="${page(number === 1 ? PARTS : number + 1)}">后</a></div>`,
    });

  async function visited(limits: Partial<VisitLimits>, requestMs = 0) {
    const single = answer(NEWS_URL.replace('.shtml', '_s.shtml'), part(1));
    const pages = [
      single,
      answer(NEWS_URL, part(1)),
      ...Array.from({ length: PARTS - 1 }, (_, i) => answer(page(i + 2), part(i + 2))),
    ];
    const { context, clock, files } = openMemoryCrawl(pages, { startMs: START });
    let asked = 0;
    const replay = createReplay(pages, SITE);
    const services = {
      ...context.services,
      fetcher: {
        ...replay,
        fetch: async (url: string, options: Parameters<typeof replay.fetch>[1]) => {
          clock.advance(10 * MINUTE_MS); // in its host's queue
          return replay.fetch(url, {
            ...options,
            budget: options.budget && {
              ...options.budget,
              during: (request) =>
                options.budget?.during(() => {
                  asked += 1;
                  clock.advance(requestMs);
                  return request();
                }) ?? assert.fail(),
            },
          });
        },
      },
      pageBudget: () => openBudget({ ...DEFAULTS, ...limits }, { clock }),
    };
    context.frontier.add([targetOf(NEWS_URL)]);
    const lease = context.frontier.take() ?? assert.fail();
    const worked = await work({ kind: 'queued', lease, refresh: false }, { ...context, services }, OPTIONS);
    const waits = context.frontier.requeue({ dueAt: clock.now() + HOUR_MS });
    return { outcome: worked.visit.outcome, waits: waits.length, asked, files: await files() };
  }

  const cases: readonly [what: string, limits: Partial<VisitLimits>, requestMs: number, most: number][] = [
    ['requests', { visitRequests: 40 }, 0, 40],
    ['bytes', { visitBytes: 30_000 }, 0, 40],
    ['time', {}, 30_000, 30],
  ];
  for (const [what, limits, requestMs, most] of cases)
    it(`are given up where they do not end, by their ${what}, and asked for again later`, async () => {
      const { outcome, waits, asked, files } = await visited(limits, requestMs);
      assert.equal(outcome.kind === 'failed' && outcome.code, 'BUDGET_SPENT');
      assert.ok(asked > 5 && asked <= most, `${asked} pages`);
      assert.equal(waits, 1);
      assert.deepEqual(Object.keys(files), []);
    });

  it('may wait for their turn as long as they have to', async () => {
    const { outcome, asked } = await visited({}, 1);
    assert.equal(outcome.kind, 'archived');
    assert.equal(asked, PARTS + 1);
  });
});

describe('a request that its budget ends', () => {
  it('takes no other along that waits for the same robots.txt', async () => {
    const readings: AbortSignal[] = [];
    let reading: Promise<void> | null = null;
    const door = createDoor({
      site: SITE,
      guard: createAddressGuard([]),
      robots: () => ({
        require: (_url, signal) => {
          reading ??= new Promise<void>((resolve, reject) => {
            readings.push(signal);
            if (readings.length > 1) resolve();
            signal.addEventListener('abort', () => reject(signal.reason));
          }).finally(() => {
            reading = null;
          });
          return reading;
        },
      }),
      politeness: null,
      timeoutMs: 1000,
      pageBytes: 1000,
      imageBytes: 1000,
    });
    const first = new AbortController();
    const pass = (signal: AbortSignal) =>
      door.pass({ url: 'https://i.guancha.cn/a.jpg', kind: 'picture', signal }, async () => ({
        status: 200,
        headers: {},
      }));
    const [one, other] = [pass(first.signal), pass(NEVER)];
    first.abort();
    await assert.rejects(one, { name: 'AbortError' });
    assert.equal((await other).status, 200);
    assert.equal(readings.length, 2);
  });

  it('says which limit it is', async () => {
    const budget = openBudget({ ...DEFAULTS, visitRequests: 1 }, { clock: openTurnedClock(START) });
    await budget.during(async () => {});
    await assert.rejects(
      budget.during(async () => assert.fail()),
      (error) => error instanceof ArchiveError && error.code === 'BUDGET_SPENT' && /visitRequests/.test(error.detail),
    );
  });
});
