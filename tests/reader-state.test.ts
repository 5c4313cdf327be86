/** The pages of the archive's own state, over an archive that runs have left behind. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { completeness } from '../src/coverage/completeness.ts';
import type { IdCoverage } from '../src/coverage/id-coverage.ts';
import { coverageContent } from '../src/reader/state-page.ts';
import { wordsIn } from '../src/reader/words.ts';
import { openReadingRoom } from './support/reading-room.ts';

const LEFT_BEHIND = join(import.meta.dirname, 'fixtures/archive-1');

/** Something of every kind that the coverage has a place for. */
const COVERAGE: IdCoverage = {
  days: [
    {
      day: '2026-10-14',
      states: {
        archived: 1,
        withdrawn: 1,
        gone: 1,
        moved: 1,
        'link-out': 1,
        failed: 1,
        blocked: 1,
        refused: 1,
        waiting: 1,
      },
      neverSeen: 2,
      usual: 40,
      few: true,
    },
  ],
  gaps: [{ from: 904001, to: 904002, fromDay: '2026-10-14', toDay: '2026-10-15' }],
  unwatched: [{ from: 905001, to: 905900, fromDay: '2026-10-16', toDay: '2026-10-16' }],
  failures: [{ from: 904003, to: 904003, state: 'failed', code: 'NETWORK' }],
  sources: [{ source: '头条', shown: 3, usualShare: 0.5, short: [{ day: '2026-10-14', shown: 1, known: 9 }] }],
  neverSeen: 2,
  probed: { articles: 1, unpublished: 1 },
  known: 7,
  archived: 2,
  elsewhere: 2,
  rate: 60,
  completeness: completeness({ known: 7, archived: 2, neverSeen: 2, probed: { articles: 1, unpublished: 1 } }),
};

describe('the pages of state', () => {
  it('show the last run, what waits and what failed', async () => {
    const room = await openReadingRoom({ folder: LEFT_BEHIND });
    const page = await room.text('/run?lang=en');
    assert.match(page, /Last run: <b>crawl<\/b>, 2026-10-15 08:\d\d, cut off/);
    for (const outcome of ['archived', 'gone', 'moved', 'link-out', 'failed', 'refused', 'waiting'])
      assert.ok(page.includes(`<dt>${outcome}</dt>`), outcome);
    assert.match(page, /<h2>Failures<\/h2>/);
    assert.deepEqual(room.faults, []);
  });

  it('are there where nothing was ever run', async () => {
    const room = await openReadingRoom();
    for (const path of ['/run', '/coverage', '/audit', '/', '/calendar', '/people', '/topics', '/changes', '/search'])
      assert.equal((await room.get(path)).status, 200, path);
    assert.match(await room.text('/run'), /尚无运行/);
    assert.deepEqual(room.faults, []);
  });

  it('say how complete the archive is in the language of the page', () => {
    const page = (language: 'zh' | 'en') =>
      String(
        coverageContent(
          COVERAGE,
          { window: { since: '2026-10-01', until: '2026-10-31' }, damaged: 1 },
          wordsIn(language),
        ),
      );
    assert.match(page('en'), /known, not archived.*<h2>Never seen<\/h2>.*<h2>Failed<\/h2>.*<h2>By list<\/h2>/s);
    const prose = page('zh')
      .replace(/<code>.*?<\/code>|<[^>]*>/g, ' ')
      .replaceAll('backfill --ids', '');
    assert.deepEqual(prose.match(/[A-Za-z]{2,}/g), null);
  });

  it('send the state of a run as events, and end with whoever listens', async () => {
    const room = await openReadingRoom({ folder: LEFT_BEHIND });
    const answer = await room.get('/run/events?lang=en');
    assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
    const reader = answer.body?.getReader() ?? assert.fail('no body');
    let text = '';
    while (!text.includes('\n\n')) text += Buffer.from((await reader.read()).value ?? []).toString();
    assert.match(text, /^data: .*Last run/m);
    await reader.cancel();
  });

  it('say what flags there are, and lead to the articles that have them', async () => {
    const room = await openReadingRoom();
    await room.put({ draft: { flags: [{ code: 'no-time', detail: 'x' }] } });
    const page = await room.text('/audit?lang=en');
    assert.match(page, /href="\/search\?q=flag%3A%22no-time%22">no time of publication/);
    assert.match(await room.text('/search?q=flag%3A%22no-time%22'), /茶山的雨/);
  });
});
