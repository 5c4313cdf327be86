/** One damaged file or row ends no run: its article fails with the reason, and everything else is archived. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentKey, recordKey } from '../src/archive/keys.ts';
import { archiveWaiting, type CrawlOptions, revisitDue } from '../src/crawl/crawl.ts';
import type { Worked } from '../src/crawl/work.ts';
import { classicPage, SITE } from './support/article-page.ts';
import { answer, DAY_MS, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';

const NEVER = new AbortController().signal;
const url = (number: number) => `${SITE.www}/politics/2022_01_28_62395${number}.shtml`;
const key = (number: number) => `2022/01/2022_01_28_62395${number}`;
const damages: Readonly<Record<string, string>> = {
  cut: '{"format": 1, "id": "guan',
  empty: '',
  'of another form': '{"format": 1}',
  'no object': '[]',
  'of null bytes': '\0'.repeat(500),
};

function crawlOptions(settled: Worked[]): CrawlOptions {
  return {
    ...OPTIONS,
    concurrency: 2,
    refresh: true,
    blockedPauseMs: 1000,
    blockedPauses: 1,
    stopSignal: NEVER,
    onSettled: (worked) => void settled.push(worked),
    log: () => {},
  };
}

describe('a record that is damaged', () => {
  for (const [name, text] of Object.entries(damages))
    it(`${name}: fails its article alone, in a crawl and in a revisit, and stays as it is`, async () => {
      const numbers = [1, 2, 3];
      const site = numbers.map((number) =>
        answer(url(number).replace('.shtml', '_s.shtml'), classicPage({ title: `标题${number}` })),
      );
      const { context, storage, clock } = openMemoryCrawl(site);
      context.frontier.add(numbers.map((number) => targetOf(url(number))));
      await archiveWaiting(context, crawlOptions([]));
      await storage.write(recordKey(key(2)), text);
      const document = await storage.read(documentKey(key(2)));

      const settled: Worked[] = [];
      context.frontier.requeue({ ids: numbers.map((number) => targetOf(url(number)).id) });
      await archiveWaiting(context, crawlOptions(settled));
      const outcomes = new Map(settled.map(({ target, visit }) => [target.url, visit.outcome]));
      assert.equal(outcomes.get(url(1))?.kind, 'unchanged');
      assert.equal(outcomes.get(url(3))?.kind, 'unchanged');
      const failed = outcomes.get(url(2));
      assert.ok(failed?.kind === 'failed' && failed.code === 'ARCHIVE_DAMAGED', JSON.stringify(failed));
      assert.match(failed.detail, /2022_01_28_623952\.json/);

      clock.advance(2 * DAY_MS);
      const visited: string[] = [];
      for await (const { target, visit } of revisitDue(context, { ...OPTIONS, stopSignal: NEVER }))
        visited.push(`${target.id} ${visit.outcome.kind}`);
      assert.deepEqual(visited.sort(), [
        'guancha:623951 unchanged',
        'guancha:623952 failed',
        'guancha:623953 unchanged',
      ]);
      assert.equal(String(await storage.read(recordKey(key(2)))), text);
      assert.deepEqual(await storage.read(documentKey(key(2))), document);
    });
});
