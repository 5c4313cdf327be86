/** The short form of `npm run torture`: a crawl that is killed fifteen times. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killLoop } from './torture/kill-loop.ts';

it('a crawl that is killed again and again ends as an undisturbed one', async (test) => {
  const report = await killLoop({
    work: 'crawl',
    kills: 15,
    articles: 40,
    seed: 4,
    say: (line) => test.diagnostic(line),
  });
  assert.equal(report.kills, 15);
});
