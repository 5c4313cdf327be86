/** A short form of the news day that `npm run torture` crawls whole. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { crawlNewsDay } from './torture/news-day.ts';

it('a news day is archived whole: every article, every edit that lasted, no request too soon, alarms of what broke', async () => {
  const { articles, archived, tooShort, edits, moves, alarms } = await crawlNewsDay({ articles: 24, seed: 3, days: 1 });
  assert.ok(articles > 15);
  assert.equal(archived + tooShort.length, articles);
  assert.ok(edits.noticed > 0);
  assert.ok(moves.noticed <= moves.made);
  assert.ok(alarms.length >= 6);
});
