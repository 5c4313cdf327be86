/** `start`: what `crawl` and `archive` do, and what to type next. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';

const POLITENESS = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };

it('archives the articles that are named, else what the lists show, and names the reader', async () => {
  await using newspaper = await openNewspaper({ articles: 3, specials: false });
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'a config.yaml');
  await writeFile(config, newspaper.config({ archive: './archive', politeness: POLITENESS }));
  const [first] = newspaper.articles;

  const named = await run(['start', first?.url ?? '', '--config', config]);
  assert.equal(named.code, 0, named.stderr);
  assert.match(named.stdout, /^✓ archived .*\n\nRead it in a browser.*\n {2}node .* serve --open --config '/);
  const listed = await run(['start', '--json', '--config', config]);
  assert.equal(listed.code, 0, listed.stderr);
  const ids = listed.lines().map(({ id }) => id);
  const others = newspaper.articles.filter(({ lists, id }) => lists.length > 0 && id !== first?.id);
  assert.deepEqual(ids.sort(), others.map(({ id }) => id).sort());
});

it('makes no archive where the site is out of reach', async () => {
  await using folder = await temporaryFolder();
  const config = join(folder.path, 'config.yaml');
  await writeFile(config, 'archive: ./archive\nnetwork: { proxy: "http://127.0.0.1:1" }\n'); // nothing listens there
  const told = await run(['start', '--config', config]);
  assert.equal(told.code, 3);
  assert.match(told.stderr, /^error NO_NETWORK/m);
  assert.ok(!existsSync(join(folder.path, 'archive')));
});
