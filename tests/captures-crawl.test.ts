/** The short form of `torture/captures.ts`: crawls whose answers come in every form of HTTP. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tryCaptures } from './torture/captures.ts';

describe('the captures of a crawl', () => {
  for (const { what, exact } of [
    { what: 'pages', exact: false },
    { what: 'all', exact: true },
  ] as const)
    it(`hold what the server sent: ${what}${exact ? ', exact' : ''}`, async (test) => {
      const trial = await tryCaptures({ articles: 16, what, exact });
      test.diagnostic(JSON.stringify(trial));
      for (const status of ['200', '302', '304', '404']) assert.ok((trial.statuses[status] ?? 0) > 0, status);
      for (const type of ['response', 'request', 'metadata', 'revisit server-not-modified', 'warcinfo'])
        assert.ok((trial.types[type] ?? 0) > 0, type);
    });
});
