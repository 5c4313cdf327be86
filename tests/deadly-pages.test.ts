/** The newest entry of a list is a page that would end the run: all else is archived, and each run says what it met. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { EXIT } from '../src/errors.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { html } from './newspaper/serve/reply.ts';
import { configOf } from './newspaper/write/config-text.ts';
import { classicPage } from './support/article-page.ts';
import { run, temporaryFolder } from './support/command.ts';
import { KILLS, THROWS } from './support/deadly-markup.ts';

const LIST = '/mainnews-yw/list_1.shtml';
const HEAVY = '<i></i>'.repeat(300_000);
/** The newest page of each run, how the run ends, and what it says of the page. */
const RUNS = [
  { page: HEAVY, ends: EXIT.incomplete, says: 'PAGE_TOO_HEAVY' },
  { page: THROWS, ends: EXIT.internal, says: 'PAGE_FAULT' },
  { page: KILLS, ends: 'SIGKILL', says: null },
  { page: null, ends: 'SIGKILL', says: null }, // the page of the run before is the newest still
  { page: HEAVY, ends: EXIT.internal, says: 'PAGE_TOO_HEAVY' }, // that of the second run is asked for again
] as const;

it('five crawls, each with a deadly page before all others, archive all others', async () => {
  await using newspaper = await openNewspaper({ articles: 0, specials: false });
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.yaml');
  const source = { name: 'news', url: newspaper.www + LIST, pages: 1 };
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  await writeFile(config, configOf(newspaper, [source], { archive: './archive', politeness }));
  const paths: string[] = []; // newest first
  const publish = (number: number, page: string) => {
    const path = `/politics/2026_11_20_${number}.shtml`;
    paths.unshift(path);
    for (const each of [path, path.replace('.shtml', '_s.shtml')]) newspaper.put(each, html(page));
    return newspaper.www + path;
  };
  const sound: unknown[] = [];
  const archived: unknown[] = [];
  for (const [i, { page, ends, says }] of RUNS.entries()) {
    sound.push(publish(700_000 + 10 * i, classicPage()));
    const newest = page === null ? null : publish(700_001 + 10 * i, `${classicPage()}${page}`);
    const items = paths.map((path) => `<li><h4><a href="${path}">茶馆今天照常开门</a></h4><p>茶馆</p></li>`);
    newspaper.put(LIST, html(`<html><body><ul class="new-left-list">${items.join('')}</ul></body></html>`));
    const ended = await run(['crawl', '--json', '--config', config], {
      preload: [join(import.meta.dirname, 'support/deadly-markup.ts')],
    });
    assert.equal(ended.signal ?? ended.code, ends, ended.stderr);
    const lines = ended.lines();
    archived.push(...lines.filter(({ outcome }) => outcome === 'archived').map(({ url }) => url));
    if (says !== null) assert.equal(lines.find(({ url }) => url === newest)?.code, says);
    if (says !== null) assert.deepEqual(archived.toSorted(), sound.toSorted(), `after run ${i + 1}`);
  }
  const failures = (await run(['status', '--json', '--config', config])).stdout;
  for (const code of ['PAGE_TOO_HEAVY', 'PAGE_FAULT', 'RUN_DIED']) assert.match(failures, new RegExp(code));
});
