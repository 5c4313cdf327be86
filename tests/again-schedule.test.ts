/** What the site said once is asked again by a schedule, when the table of outcomes says so. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { openApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { serve } from '../src/crawl/schedule.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { temporaryFolder } from './support/command.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const MINUTE = 60_000;

it('a page that is not there seconds after its list showed it, and is ten minutes later, is archived', async () => {
  await using newspaper = await openNewspaper({ articles: 8, specials: false });
  await using folder = await temporaryFolder();
  const article = newspaper.articles.find(
    ({ lists, wholeForm, outcome }) => lists.length > 0 && wholeForm && outcome === 'archived',
  );
  assert.ok(article);
  const clock = openTurnedClock(Date.now());
  const shownAt = clock.now();
  const number = String(article.id.split(':')[1]);
  newspaper.handle(({ path }) =>
    path.includes(number) && clock.now() < shownAt + 10 * MINUTE ? { status: 404, body: 'not there' } : undefined,
  );
  const file = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, robots: false };
  await writeFile(file, newspaper.config({ archive: './archive', politeness }));
  const config = loadConfig(file);
  await using app = await openApp(config, { command: 'schedule', log: () => {}, wait: null, clock });
  const address = parseArticleUrl(article.url, config.site);
  assert.ok(address);
  const { id, url } = address;
  app.frontier.add([{ id, url, source: '要闻', via: null, leadPicture: null, listed: null, priority: 1 }]);

  const stop = new AbortController();
  const settled: [string, number][] = [];
  await serve(app, {
    ...config.politeness,
    ...config.revisits,
    sources: [],
    stopSignal: stop.signal,
    abortSignal: new AbortController().signal,
    onRun: () => {},
    onSettled: ({ visit }) => {
      settled.push([visit.outcome.kind, Math.floor((clock.now() - shownAt) / MINUTE)]);
      if (settled.length === 2) stop.abort();
    },
    onAlarm: () => {},
    onBeat: () => {
      if (clock.now() > shownAt + 60 * MINUTE) stop.abort();
    },
    log: () => {},
  });
  assert.deepEqual(settled, [
    ['gone', 0],
    ['archived', 10],
  ]);
});
