/** No change of what comes out of a page passes without another version of the rules. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { otherwise, readResults, resultsNow } from './rules/results.ts';

describe('the version of the rules', () => {
  it('is another one where any page comes out otherwise', async () => {
    const [before, now] = [readResults(), await resultsNow()];
    assert.ok(Object.keys(now.results).length > 60);
    assert.equal(
      now.rules,
      before.rules,
      'RULES was raised: write down what comes out now with `npm run rules`, and commit it',
    );
    assert.deepEqual(
      otherwise(before, now),
      [],
      'these pages come out otherwise. If that is meant: raise RULES in src/crawl/rules.ts by one, then `npm run rules`',
    );
    const missing = Object.keys(now.results).filter((page) => !(page in before.results));
    assert.deepEqual(missing, [], 'pages of the tests are new: write down what comes of them with `npm run rules`');
  });
});
