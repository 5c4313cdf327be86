/** An unusual page is read on trial, in a thread that ends and not the run; one page never stops the others. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isUnusual, openPageTrial } from '../src/crawl/page-trial.ts';
import { work } from '../src/crawl/work.ts';
import { ArchiveError } from '../src/errors.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { classicPage, NEWS_URL, SITE } from './support/article-page.ts';
import { fetchedPage } from './support/fetched-page.ts';
import { HEAVY_PAGES } from './support/heavy-pages.ts';
import { answer, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';

const bytes = (html: string) => new TextEncoder().encode(html);
const pageWith = (html: string) => fetchedPage({ url: NEWS_URL, body: bytes(html) });
const address = parseArticleUrl(NEWS_URL, SITE);
const large = (times: number) => classicPage({ body: '<p>茶馆今天照常开门。</p>'.repeat(times) });

describe('a page on trial', () => {
  it('is any page that is larger than those of the site, by one pass over its bytes', () => {
    assert.equal(isUnusual(bytes(classicPage())), false);
    assert.equal(isUnusual(bytes(`<p>${'茶'.repeat(10_000)}`)), false);
    assert.equal(isUnusual(new Uint8Array()), false);
    assert.equal(isUnusual(bytes(`<p>${' '.repeat(70_000)}`)), true, 'a stretch without a tag');
    assert.equal(isUnusual(bytes('<i>'.repeat(20_000))), true, 'tags');
    assert.equal(isUnusual(new Uint8Array(500_000)), true, 'bytes');
    for (const { name, make } of HEAVY_PAGES) assert.equal(isUnusual(bytes(make(450_000))), true, name);
  });

  it('comes through where it is only large', async () => {
    const trial = openPageTrial(SITE);
    await trial(pageWith(large(12_000)), address);
    await trial(pageWith(`<p>${' '.repeat(70_000)}`), null);
  });

  it('fails with a code where it takes too long, too much memory, or passes a limit of markup', async () => {
    const isTooHeavy = (error: unknown) => error instanceof ArchiveError && error.code === 'PAGE_TOO_HEAVY';
    const short = openPageTrial(SITE, { timeMs: 1, heapMb: 256 });
    await assert.rejects(short(pageWith(large(12_000)), address), isTooHeavy);
    const small = openPageTrial(SITE, { timeMs: 60_000, heapMb: 24 });
    await assert.rejects(small(pageWith(large(60_000)), address), isTooHeavy);
    await assert.rejects(openPageTrial(SITE)(pageWith('<i></i>'.repeat(300_000)), address), isTooHeavy);
  });
});

describe('a page that cannot be read', () => {
  const other = 'https://www.guancha.cn/ZaoCha/2022_01_28_901.shtml';
  const single = (url: string) => url.replace('.shtml', '_s.shtml');
  const targets = [targetOf(NEWS_URL), targetOf(other, { priority: 0 })];

  /** Works on all that waits; what came of each, by the number of its address. */
  async function workOnAll(kept: Parameters<typeof openMemoryCrawl>[0], fault: (url: string) => Error | null) {
    const { context, files } = openMemoryCrawl(kept);
    const services: typeof context.services = {
      ...context.services,
      trial: async (page) => {
        const error = fault(page.url);
        if (error !== null) throw error;
      },
    };
    context.frontier.add(targets);
    const outcomes: string[] = [];
    for (let lease = context.frontier.take(); lease !== null; lease = context.frontier.take()) {
      const { visit } = await work({ kind: 'queued', lease, refresh: false }, { ...context, services }, OPTIONS);
      outcomes.push('code' in visit.outcome ? visit.outcome.code : visit.outcome.kind);
    }
    return { outcomes, kept: Object.keys(await files()).filter((key) => key.startsWith('quarantine/')).length };
  }

  const answers = [NEWS_URL, other].map((url) => answer(single(url), classicPage()));

  it('is a failure of its own, with the page as evidence, and the next article is archived', async () => {
    for (const [error, code] of [
      [new ArchiveError('PAGE_TOO_HEAVY', 'made so'), 'PAGE_TOO_HEAVY'],
      [new TypeError('nobody thought of it'), 'PAGE_FAULT'],
      [new RangeError('Maximum call stack size exceeded'), 'PAGE_TOO_HEAVY'],
    ] as const) {
      const { outcomes, kept } = await workOnAll(answers, (url) => (url === single(NEWS_URL) ? error : null));
      assert.deepEqual(outcomes, [code, 'archived']);
      assert.equal(kept, 2, 'its bytes and their description');
    }
  });

  it('and a fault of the program beside the pages is said as such, for the one article', async () => {
    const { context } = openMemoryCrawl(answers);
    const services: typeof context.services = {
      ...context.services,
      assets: {
        collect: async () => {
          throw new TypeError('nobody thought of it');
        },
      },
    };
    context.frontier.add(targets);
    const lease = context.frontier.take();
    assert.ok(lease);
    const { visit } = await work({ kind: 'queued', lease, refresh: false }, { ...context, services }, OPTIONS);
    assert.equal(visit.outcome.kind === 'failed' && visit.outcome.code, 'INTERNAL');
    assert.equal(context.frontier.find(targets[0]?.id ?? 'guancha:0')?.state, 'failed');
  });

  it('is not visited again where two runs died in its revisit, and asked for later', async () => {
    const { context, clock } = openMemoryCrawl(answers);
    const { revisits } = context.journal;
    const [{ id, url }] = targets as [(typeof targets)[0]];
    revisits.plan({ id, url }, { dueAt: clock.now() - 1, lastAt: clock.now() + 1 });
    for (let death = 0; death < 2; death++) revisits.begin(id);
    const [due] = revisits.due(clock.now(), 1);
    assert.ok(due);
    const { visit, againInMs } = await work({ kind: 'revisit', due }, context, OPTIONS);
    assert.equal(visit.outcome.kind === 'failed' && visit.outcome.code, 'RUN_DIED');
    assert.ok(againInMs !== null && againInMs > 0);
    assert.deepEqual(revisits.due(clock.now(), 1), []);
    const [later] = revisits.due(clock.now() + againInMs, 1);
    assert.equal(later?.begun, 0, 'it has its chance again');
  });
});
