/** An article that became a community post: each says where the other one is, whatever was archived first. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { type Newspaper, type NewspaperArticle, openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';
import { files } from './support/tree.ts';

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  newspaper = await openNewspaper();
  folder = await temporaryFolder();
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** An archive of its own, and its commands. */
async function openCase(name: string) {
  const config = join(folder.path, `${name}.yaml`);
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  await writeFile(config, newspaper.config({ archive: `./${name}`, politeness }));
  const archive = join(folder.path, name);
  return {
    archive,
    ask: (...args: string[]) => run([...args, '--config', config]),
    record: async (id: string) => {
      for (const path of (await files(archive)).filter((file) => file.startsWith('records/'))) {
        const record = JSON.parse(await readFile(join(archive, path), 'utf8')) as ArchiveRecord;
        if (record.id === id) return record;
      }
      return null;
    },
  };
}

function special(): { readonly www: NewspaperArticle; readonly post: NewspaperArticle } {
  const www = newspaper.specials.moved;
  const post = newspaper.articles.find(({ url }) => url === www?.leadsTo);
  assert.ok(www && post);
  return { www, post };
}

describe('an article that moved', () => {
  it('is found where it went, by history and audit', async () => {
    const { www, post } = special();
    const { ask, record } = await openCase('followed');
    const visited = await ask('archive', '--json', www.url);
    assert.deepEqual(
      visited.lines().map(({ outcome }) => outcome),
      ['moved', 'archived'],
      visited.stderr,
    );
    const found = await record(post.id);
    assert.deepEqual(found?.movedFrom, [www.url]);
    assert.ok(found.aliases.includes(www.url));
    const history = await ask('history', www.id);
    assert.match(history.stdout, new RegExp(`${post.id} .*\\n[\\s\\S]*moved from ${www.url}`));
    const audit = await ask('audit', www.id, '--json');
    assert.deepEqual(
      [audit.code, audit.lines().length, audit.stdout.includes('"articles":1')],
      [0, 0, true],
      audit.stdout,
    );
  });

  it('says so in its record where it was archived before, and shares its address with the post alone', async () => {
    const { post } = special();
    const www = newspaper.articles.find(({ era, outcome }) => era === 'cms-2026' && outcome === 'archived');
    assert.ok(www);
    const { ask, record } = await openCase('archived-before');
    await ask('archive', www.url);
    const stub = { body: newspaper.read(new URL(special().www.url).pathname) };
    const { pathname } = new URL(www.url);
    for (const path of [pathname, pathname.replace('.shtml', '_s.shtml')]) newspaper.put(path, stub);
    const moved = await ask('archive', '--refresh', '--json', www.url);
    assert.equal(moved.lines()[0]?.outcome, 'moved', moved.stderr);
    const [before, after] = [await record(www.id), await record(post.id)];
    assert.equal(before?.movedTo?.url, post.url);
    assert.deepEqual(after?.movedFrom, [www.url]);
    assert.match(
      (await ask('history', www.id)).stdout,
      new RegExp(`^moved to ${post.url.replace('?', '\\?')}, found 2`, 'm'),
    );
    const audit = await ask('audit', '--json', '--only', 'records');
    assert.equal(audit.code, 0, audit.stdout);
    assert.equal((await ask('archive', '--refresh', '--json', www.url)).lines()[0]?.outcome, 'moved');
    assert.deepEqual(await record(www.id), before);
  });

  it('is found moved by a repair: the post says so, and no other record', async () => {
    const { post } = special();
    const www = newspaper.articles.filter(({ era, outcome }) => era === 'cms-2026' && outcome === 'archived')[1];
    assert.ok(www);
    const { archive, ask, record } = await openCase('repaired');
    await ask('archive', www.url, post.url);
    const before = await record(www.id);
    assert.ok(before);
    const document = join(archive, before.document.path);
    await writeFile(document, `${await readFile(document, 'utf8')}!`);
    const stub = { body: newspaper.read(new URL(special().www.url).pathname) };
    const { pathname } = new URL(www.url);
    for (const path of [pathname, pathname.replace('.shtml', '_s.shtml')]) newspaper.put(path, stub);
    const repaired = await ask('repair', '--json', '--only', 'document-changed');
    assert.match(String(repaired.lines()[0]?.how), /it moved to/, repaired.stderr);
    const [moved, became] = [await record(www.id), await record(post.id)];
    assert.deepEqual(became?.movedFrom, [www.url]);
    assert.deepEqual([moved?.movedFrom, moved?.movedTo?.url], [undefined, post.url]);
    assert.deepEqual(moved?.aliases, before.aliases);
  });

  it('is passed on to the post that was archived before', async () => {
    const { www, post } = special();
    const { ask, record } = await openCase('post-before');
    await ask('archive', post.url);
    assert.equal((await record(post.id))?.movedFrom, undefined);
    await ask('archive', www.url);
    const found = await record(post.id);
    assert.deepEqual(found?.movedFrom, [www.url]);
    assert.equal((await ask('archive', '--refresh', '--json', post.url)).lines()[0]?.outcome, 'unchanged');
    assert.deepEqual(await record(post.id), found);
  });

  it('is passed on to the post that waits because a list named it', async () => {
    const { www, post } = special();
    const { archive, ask, record } = await openCase('post-waits');
    {
      using operations = openOperations(archive);
      operations.frontier.add([
        {
          id: post.id,
          url: post.url,
          source: '首页',
          via: newspaper.www,
          leadPicture: null,
          listed: null,
          priority: 0,
        },
      ]);
    }
    await ask('archive', www.url);
    assert.deepEqual((await record(post.id))?.movedFrom, [www.url]);
  });

  it('that nobody could follow is named by history', async () => {
    const { www, post } = special();
    const { archive, ask } = await openCase('lost');
    {
      using operations = openOperations(archive, { command: 'test' });
      operations.frontier.add([
        { id: www.id, url: www.url, source: null, via: null, leadPicture: null, listed: null, priority: 0 },
      ]);
      const lease = operations.frontier.take();
      assert.ok(lease);
      operations.frontier.settle(lease, { kind: 'moved', to: { id: post.id, url: post.url, date: null } });
      operations.journal.runs.endRun();
    }
    const { stderr, code } = await ask('history', www.id);
    assert.equal(code, 3);
    assert.match(stderr, /NOT_ARCHIVED[\s\S]*it moved to http/);
  });
});
