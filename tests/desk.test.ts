/** The desk of a run, in memory: whatever happens in between, each order gets one outcome for each of its articles. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { archiveWaiting } from '../src/crawl/crawl.ts';
import { openDesk } from '../src/crawl/desk.ts';
import { work } from '../src/crawl/work.ts';
import type { ArticleAddress } from '../src/model.ts';
import { parseArticleUrl, singlePageUrl } from '../src/site/address.ts';
import { classicPage, SITE } from './support/article-page.ts';
import { answer, type MemoryCrawl, MINUTE_MS, OPTIONS, openMemoryCrawl } from './support/memory-crawl.ts';

const NEVER = new AbortController().signal;
const WHOLE = classicPage({ body: '<p>茶馆今天照常开门，来的人比昨天多。</p>' });

const ADDRESSES = [1, 2, 3, 4, 5].map((number) => {
  const address = parseArticleUrl(`https://www.guancha.cn/politics/2022_01_28_62395${number}.shtml`, SITE);
  assert.ok(address);
  return address;
});

/** The third does not exist, the fourth never answers well. */
const SITE_SAYS = ADDRESSES.flatMap((address, index) =>
  [...new Set([singlePageUrl(address), address.url])].map((form) =>
    answer(form, index === 2 ? '' : WHOLE, { status: index === 2 ? 404 : index === 3 ? 500 : 200 }),
  ),
);

function opened({ context }: MemoryCrawl) {
  const { orders } = context.journal;
  return openDesk(context, {
    attempts: 3,
    kinds: ['archive'],
    begin: ({ number, arguments: given }) => {
      const { indexes, ...wishes } = given as { indexes: number[]; refresh: boolean; accept: boolean };
      return {
        ...wishes,
        articles: indexes.map((index) => ADDRESSES[index] as ArticleAddress),
        report: ({ target, visit, againInMs }) => {
          if (againInMs === null) orders.note(number, { id: target.id, outcome: visit.outcome.kind });
        },
        tell: () => {},
        end: () => 0,
      };
    },
  });
}

type Step =
  | { readonly what: 'order'; readonly indexes: readonly number[]; readonly refresh: boolean; readonly accept: boolean }
  | { readonly what: 'visit' | 'die' | 'die in hand' | 'list' }
  | { readonly what: 'cancel'; readonly number: number };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    what: fc.constant('order' as const),
    indexes: fc.uniqueArray(fc.nat(ADDRESSES.length - 1), { minLength: 1 }),
    refresh: fc.boolean(),
    accept: fc.boolean(),
  }),
  fc.record({
    what: fc.constantFrom('visit' as const, 'visit' as const, 'die' as const, 'die in hand' as const, 'list' as const),
  }),
  fc.record({ what: fc.constant('cancel' as const), number: fc.integer({ min: 1, max: 3 }) }),
);

describe('the desk of a run', () => {
  it('gives each order one outcome for each article, through deaths, cancellations and visits for others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 14 }), async (steps) => {
        const memory = openMemoryCrawl(SITE_SAYS);
        const { context, clock } = memory;
        const { frontier, journal } = context;
        using desks = new DisposableStack();
        let desk = desks.use(opened(memory));
        const asked: (readonly number[])[] = [];
        const cancelled = new Set<number>();
        for (const step of steps) {
          if (step.what === 'order') {
            const { what: _what, ...given } = step;
            journal.orders.add({ kind: 'archive', arguments: given, askedBy: 'test' });
            asked.push(step.indexes);
          } else if (step.what === 'cancel') {
            if (journal.orders.cancel(step.number)) cancelled.add(step.number);
          } else if (step.what === 'list') {
            frontier.add(
              ADDRESSES.map(({ id, url }) => ({
                id,
                url,
                source: '要闻',
                via: null,
                leadPicture: null,
                listed: null,
                priority: 1,
              })),
            );
            const lease = frontier.take();
            if (lease !== null) await work({ kind: 'queued', lease, refresh: false }, context, { ...OPTIONS, desk });
          } else if (step.what === 'visit') {
            const ordered = desk.take();
            if (ordered !== null) await work({ kind: 'queued', ...ordered }, context, { ...OPTIONS, desk });
          } else {
            if (step.what === 'die in hand') desk.take();
            frontier.takeOver();
            desk = desks.use(opened(memory));
          }
          clock.advance(1000);
        }
        await archiveWaiting(context, {
          ...OPTIONS,
          desk,
          concurrency: 1,
          refresh: false,
          only: [],
          blockedPauseMs: MINUTE_MS,
          blockedPauses: 2,
          stopSignal: NEVER,
          onSettled: () => {},
          log: () => {},
        });
        for (const [i, indexes] of asked.entries()) {
          const order = journal.orders.find(i + 1);
          const outcomes = journal.orders.events(i + 1, 0).map(({ event }) => event as { id: string; outcome: string });
          assert.equal(new Set(outcomes.map(({ id }) => id)).size, outcomes.length, 'none twice');
          if (cancelled.has(i + 1)) {
            assert.equal(order?.state, 'cancelled');
            continue;
          }
          assert.equal(order?.state, 'done');
          assert.deepEqual(outcomes.map(({ id }) => id).sort(), indexes.map((index) => ADDRESSES[index]?.id).sort());
        }
        assert.deepEqual(journal.orders.open(), []);
      }),
      { numRuns: 25 },
    );
  });
});
