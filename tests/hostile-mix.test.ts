/** The short form of the hostile mix in `npm run torture`. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hostileMix } from './torture/hostile-mix.ts';

it('a crawl of a site that spoils 30 % of its answers has everything in the end, and nothing bad', async (test) => {
  const report = await hostileMix({ articles: 48, rate: 0.3, seed: 1, say: (line) => test.diagnostic(line) });
  assert.ok(report.articles >= 30, `${report.articles} articles`);
  assert.ok(report.spoilt > report.articles, `${report.spoilt} answers spoilt`);
});
