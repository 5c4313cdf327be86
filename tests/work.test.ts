/** One article in hand, in memory: visited, recorded, settled, and asked for again by the table of outcomes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { archiveWaiting, revisitDue } from '../src/crawl/crawl.ts';
import { type Worked, work } from '../src/crawl/work.ts';
import { ArchiveError } from '../src/errors.ts';
import type { Exchange } from '../src/model.ts';
import { parseArticleUrl, singlePageUrl } from '../src/site/address.ts';
import { classicPage, NEWS_URL, SITE } from './support/article-page.ts';
import {
  answer,
  DAY_MS,
  type MemoryCrawl,
  MINUTE_MS,
  OPTIONS,
  openMemoryCrawl,
  targetOf,
} from './support/memory-crawl.ts';

const NEVER = new AbortController().signal;
const WHOLE = classicPage({ body: '<p>茶馆今天照常开门，来的人比昨天多。</p>' });

/** An article's address in both forms. */
function formsOf(url: string): readonly string[] {
  const address = parseArticleUrl(url, SITE);
  assert.ok(address);
  return [...new Set([singlePageUrl(address), url])];
}

const both = (url: string, body: string, but: Parameters<typeof answer>[2] = {}): Exchange[] =>
  formsOf(url).map((form) => answer(form, body, but));

async function crawl({ context }: MemoryCrawl, but: Partial<Parameters<typeof archiveWaiting>[1]> = {}) {
  const settled: Worked[] = [];
  await archiveWaiting(context, {
    ...OPTIONS,
    concurrency: 1,
    refresh: false,
    blockedPauseMs: MINUTE_MS,
    blockedPauses: 2,
    stopSignal: NEVER,
    onSettled: (worked) => void settled.push(worked),
    log: () => {},
    ...but,
  });
  return settled;
}

describe('an article of the queue', () => {
  it('whose lease another one has by now is settled by that one, and nothing of the visit is noted', async () => {
    const memory = openMemoryCrawl(both(NEWS_URL, WHOLE));
    const { frontier, journal } = memory.context;
    frontier.add([targetOf(NEWS_URL)]);
    const { id } = targetOf(NEWS_URL);
    const late = frontier.take() ?? assert.fail();
    memory.clock.advance(3 * MINUTE_MS);
    const lease = frontier.take() ?? assert.fail();
    const lost = await work({ kind: 'queued', lease: late, refresh: false }, memory.context, OPTIONS);
    const { outcome } = lost.visit;
    assert.deepEqual([outcome.kind, 'code' in outcome && outcome.code, lost.againInMs], ['failed', 'LEASE_LOST', null]);
    assert.deepEqual([journal.visits.of(id), journal.revisits.counts(memory.clock.now()).planned], [[], 0]);
    assert.equal(frontier.find(id)?.state, 'waiting');
    await work({ kind: 'queued', lease, refresh: true }, memory.context, OPTIONS);
    assert.equal(journal.visits.of(id).length, 1);
    assert.ok(['archived', 'unchanged'].includes(frontier.find(id)?.state ?? ''));
  });

  it('that is archived is settled, noted, and planned to be visited again', async () => {
    const memory = openMemoryCrawl(both(NEWS_URL, WHOLE));
    const { frontier, journal } = memory.context;
    frontier.add([targetOf(NEWS_URL)]);
    const [worked] = await crawl(memory);
    const { id } = targetOf(NEWS_URL);
    assert.equal(worked?.visit.outcome.kind, 'archived');
    assert.equal(frontier.find(id)?.state, 'archived');
    assert.deepEqual(
      journal.visits.of(id).map(({ outcome }) => outcome),
      ['archived'],
    );
    assert.equal(journal.revisits.counts(memory.clock.now()).planned, 1);
  });

  it('that is 404 seconds after its list showed it is archived once its page is there, ten minutes later', async () => {
    const memory = openMemoryCrawl([...both(NEWS_URL, '', { status: 404 }), ...both(NEWS_URL, WHOLE)]);
    const { frontier } = memory.context;
    frontier.add([targetOf(NEWS_URL)]);
    assert.deepEqual(
      (await crawl(memory)).map(({ visit }) => visit.outcome.kind),
      ['gone'],
    );
    memory.clock.advance(9 * MINUTE_MS);
    assert.equal(frontier.requeue({ dueAt: memory.clock.now() }).length, 0, 'too early');
    memory.clock.advance(MINUTE_MS);
    assert.equal(frontier.requeue({ dueAt: memory.clock.now() }).length, 1);
    assert.deepEqual(
      (await crawl(memory)).map(({ visit }) => visit.outcome.kind),
      ['archived'],
    );
  });

  it('that stays gone is asked for five times more in a good week, and then stands', async () => {
    const memory = openMemoryCrawl(both(NEWS_URL, '', { status: 404 }));
    const { frontier } = memory.context;
    frontier.add([targetOf(NEWS_URL)]);
    const after: number[] = [];
    for (;;) {
      await crawl(memory);
      const found = frontier.find(targetOf(NEWS_URL).id);
      if (found?.againAt == null) break;
      after.push((found.againAt - memory.clock.now()) / MINUTE_MS);
      memory.clock.advance(found.againAt - memory.clock.now());
      frontier.requeue({ dueAt: memory.clock.now() });
    }
    assert.deepEqual(after, [10, 60, 360, 1440, 7 * 1440]);
  });

  it('is given back as if it had not been taken where the run stops', async () => {
    const memory = openMemoryCrawl(both(NEWS_URL, WHOLE));
    const { frontier, services } = memory.context;
    const full = new ArchiveError('ARCHIVE_FULL', 'no room');
    const archive = { ...services.archive, update: () => Promise.reject(full) };
    frontier.add([targetOf(NEWS_URL)]);
    await assert.rejects(
      crawl({ ...memory, context: { ...memory.context, services: { ...services, archive } } }),
      full,
    );
    const found = frontier.find(targetOf(NEWS_URL).id);
    assert.deepEqual([found?.state, found?.attempts], ['waiting', 0]);
  });

  it('is not settled where what the journal notes cannot be written', async () => {
    const memory = openMemoryCrawl(both(NEWS_URL, WHOLE));
    const { frontier, journal } = memory.context;
    const full = new ArchiveError('ARCHIVE_FULL', 'no room');
    const visits = {
      ...journal.visits,
      note: () => {
        throw full;
      },
    };
    frontier.add([targetOf(NEWS_URL)]);
    const lease = frontier.take();
    assert.ok(lease);
    const context = { ...memory.context, journal: { ...journal, visits } };
    await assert.rejects(work({ kind: 'queued', lease, refresh: false }, context, OPTIONS), full);
    assert.equal(frontier.find(lease.target.id)?.state, 'waiting');
    const [again] = await crawl(memory);
    assert.deepEqual(again?.visit.outcome.kind, 'unchanged', 'its files are there: a second visit finds them');
  });
});

describe('a site that refuses', () => {
  const urls = Array.from({ length: 12 }, (_, i) => `https://www.guancha.cn/ZaoCha/2022_01_28_${900 + i}.shtml`);

  it('is asked five times, paused for, asked once more for each pause, and then left alone', async () => {
    const memory = openMemoryCrawl(urls.flatMap((url) => both(url, 'no', { status: 403 })));
    memory.context.frontier.add(urls.map((url) => targetOf(url)));
    const startedAt = memory.clock.now();
    let asked = 0;
    const { fetcher } = memory.context.services;
    const counting = {
      ...fetcher,
      fetch: (...request: Parameters<typeof fetcher.fetch>) => {
        asked += 1;
        return fetcher.fetch(...request);
      },
    };
    const services = { ...memory.context.services, fetcher: counting };
    await assert.rejects(crawl({ ...memory, context: { ...memory.context, services } }), { code: 'BLOCKED' });
    assert.equal(asked, 7, 'five articles, and one after each of two pauses');
    assert.equal(memory.clock.now() - startedAt, 3 * MINUTE_MS, 'one minute, then two');
  });

  it('loses nothing: all wait or are due again', async () => {
    const memory = openMemoryCrawl(urls.flatMap((url) => both(url, 'no', { status: 403 })));
    const { frontier } = memory.context;
    frontier.add(urls.map((url) => targetOf(url)));
    await crawl(memory).catch(() => {});
    for (const url of urls) {
      const found = frontier.find(targetOf(url).id);
      assert.ok(found?.state === 'waiting' || found?.againAt !== null, `${url}: ${found?.state} for ever`);
    }
  });
});

describe('a revisit', () => {
  const { id } = targetOf(NEWS_URL);

  async function planned(later: readonly Exchange[]) {
    const first = openMemoryCrawl(both(NEWS_URL, WHOLE));
    first.context.frontier.add([targetOf(NEWS_URL)]);
    await crawl(first);
    const memory = openMemoryCrawl(later, { storage: first.storage, startMs: first.clock.now() + DAY_MS });
    memory.context.journal.revisits.plan(
      { id, url: NEWS_URL },
      { dueAt: memory.clock.now(), lastAt: memory.clock.now() + 9 * DAY_MS },
    );
    return memory;
  }

  async function revisits(memory: MemoryCrawl): Promise<Worked[]> {
    const all: Worked[] = [];
    for await (const worked of revisitDue(memory.context, { ...OPTIONS, stopSignal: NEVER })) all.push(worked);
    return all;
  }

  const dueIn = ({ context, clock }: MemoryCrawl) =>
    context.journal.revisits
      .due(Number.MAX_SAFE_INTEGER, 1)
      .map(({ dueAt, attempts }) => [dueAt - clock.now(), attempts]);

  it('that found the article plans the next one', async () => {
    const memory = await planned(both(NEWS_URL, WHOLE));
    assert.deepEqual(
      (await revisits(memory)).map(({ visit, againInMs }) => [visit.outcome.kind, againInMs]),
      [['unchanged', null]],
    );
    assert.equal(dueIn(memory).length, 1);
    assert.equal(dueIn(memory)[0]?.[1], 0, 'all attempts new');
  });

  it('that came to nothing is put off, twice as long each time, and never given up', async () => {
    const memory = await planned(both(NEWS_URL, 'no', { status: 403 }));
    const pauses: number[] = [];
    for (let i = 0; i < 20; i++) {
      await revisits(memory);
      const [[afterMs = 0] = []] = dueIn(memory);
      pauses.push(afterMs / MINUTE_MS);
      memory.clock.advance(afterMs);
    }
    assert.deepEqual(pauses.slice(0, 4), [1, 2, 4, 8]);
    assert.equal(pauses.at(-1), (7 * DAY_MS) / MINUTE_MS, 'at most a week');
  });

  it('of an article that neither the site nor the archive has is put off, and given up in the end', async () => {
    const memory = openMemoryCrawl(both(NEWS_URL, '', { status: 404 }));
    const { journal } = memory.context;
    journal.revisits.plan({ id, url: NEWS_URL }, { dueAt: memory.clock.now(), lastAt: memory.clock.now() });
    const pauses: number[] = [];
    for (;;) {
      assert.equal((await revisits(memory)).length, 1, 'asked once for each time that it is due');
      const [[afterMs] = []] = dueIn(memory);
      if (afterMs === undefined) break;
      pauses.push(afterMs / MINUTE_MS);
      memory.clock.advance(afterMs);
    }
    assert.deepEqual(pauses, [10, 60, 360, 1440, 7 * 1440]);
  });

  it('of an article that is gone plans the next one, for it may come back', async () => {
    const memory = await planned(both(NEWS_URL, '', { status: 404 }));
    assert.deepEqual(
      (await revisits(memory)).map(({ visit }) => visit.outcome.kind),
      ['gone'],
    );
    assert.equal(dueIn(memory).length, 1);
  });
});

describe('a repair', () => {
  it('settles an article that stands in no queue, and leaves the row of an archived one where the visit failed', async () => {
    const memory = openMemoryCrawl([...both(NEWS_URL, '', { status: 404 }), ...both(NEWS_URL, WHOLE)]);
    const { frontier } = memory.context;
    const target = targetOf(NEWS_URL);
    await work({ kind: 'repair', target, isArchived: true }, memory.context, OPTIONS);
    assert.equal(frontier.find(target.id), null);
    await work({ kind: 'repair', target, isArchived: false }, memory.context, OPTIONS);
    assert.equal(frontier.find(target.id)?.state, 'archived');
  });
});
