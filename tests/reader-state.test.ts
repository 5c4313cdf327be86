/** The pages of the archive's own state, over an archive that runs have left behind. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openReadingRoom } from './support/reading-room.ts';

const LEFT_BEHIND = join(import.meta.dirname, 'fixtures/archive-1');

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
