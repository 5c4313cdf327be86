/** Every kind of source through the real command and browser: what it finds, what is remembered of it, and its alarm. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { SourceTest } from '../src/commands/sources.ts';
import { LIST_KINDS } from '../src/crawl/read-list.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { type Feed, type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';

const FAST = { intervalMs: 0, assetIntervalMs: 0, concurrency: 4, backoffMs: 0, attempts: 1 };

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  newspaper = await openNewspaper({ articles: 40, specials: false });
  folder = await temporaryFolder();
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function configFor(name: string): Promise<string> {
  const file = join(folder.path, `${name}.yaml`);
  await writeFile(file, newspaper.config({ archive: `./${name}`, politeness: FAST, feeds: true }));
  return file;
}
const originOf = ({ origin }: Feed) => newspaper[origin];
const operationsOf = (name: string) => openOperations(join(folder.path, name));

describe('sources test', () => {
  let tests: Map<string, SourceTest>;
  before(async () => {
    const { lines, code, stderr } = await run(['sources', 'test', '--json', '--config', await configFor('all')]);
    tests = new Map(lines().map((line) => [String(line.source), line as unknown as SourceTest]));
    assert.equal(code, 4, stderr); // 观察员 gives nothing
  });

  it('meets every kind of list in the newspaper', () => {
    const kinds = new Set([...tests.values()].map(({ kind }) => kind));
    assert.deepEqual(
      LIST_KINDS.filter(({ name }) => !kinds.has(name)).map(({ name }) => name),
      [],
    );
  });

  it('finds on each list what was printed there, all pages together', () => {
    assert.ok(newspaper.feeds.length >= 15);
    for (const { name, kind, stories, lists } of newspaper.feeds) {
      const tested = tests.get(name);
      assert.equal(tested?.kind, kind, name);
      assert.deepEqual(
        tested.entries.map(({ id, title }) => [id, title]),
        stories.map(({ truth }) => [truth.id, truth.listTitle]),
        name,
      );
      assert.deepEqual(
        tested.lists.map(({ url }) => decodeURI(url)),
        lists.map((path) => decodeURI(newspaper.www + path).replaceAll('·', '-')),
        name,
      );
      assert.equal(tested.error?.code ?? null, kind === 'members' ? 'SOURCE_EMPTY' : null, name);
    }
    for (const [name, { entries }] of tests) {
      if (newspaper.feeds.some((feed) => feed.name === name)) continue;
      const listed = newspaper.articles.filter(({ lists }) => lists.includes(name)).map(({ id }) => id);
      assert.deepEqual(entries.map(({ id }) => id).toSorted(), listed.toSorted(), name);
    }
  });

  it('says what was left out and why, and what is missing', () => {
    const app = tests.get('客户端要闻');
    assert.deepEqual(app?.dropped.map(({ title, why }) => [title, why])[0], ['没有地址的旧条目', 'no-address']);
    assert.match(app.problems.join(), /cannot be visited/);
    assert.match(app.when ?? '', /news_type/);
    assert.equal(app.evidence, 'seen');
    assert.match(tests.get('热点')?.problems.join() ?? '', /6 of 6 entries without a time/);
    assert.deepEqual(
      tests.get('观察员')?.dropped.map(({ why }) => why),
      ['members'],
    );
  });

  it('archives nothing, and asks each host for its robots.txt', async () => {
    using operations = operationsOf('all');
    assert.equal(operations.frontier.waiting(), 0);
    assert.equal(operations.journal.sourceSamples.of('热点').length, 0);
    assert.ok(newspaper.requests.some(({ origin, path }) => origin === 'app' && path === '/robots.txt'));
  });

  it('shows people the same', async () => {
    const config = await configFor('people');
    const { stdout, code } = await run(['sources', 'test', '客户端要闻', '作者卡片', '--config', config]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /kind app-news, chosen by data\.items\[\] \{.*\}; such lists are seen/);
    assert.match(stdout, /8 articles on 3 pages, 8 new/);
    assert.match(stdout, /left out: .*, a number of the app/);
    assert.match(stdout, /\d further lists/);
  });

  it('reads an address that is no source, and a saved list', async () => {
    const config = await configFor('loose');
    const feed = newspaper.feeds.find(({ name }) => name === '风闻索引') as Feed;
    const file = join(folder.path, 'saved.json');
    await writeFile(file, newspaper.read(feed.path, 'community'));
    const url = `${originOf(feed)}${feed.path}`;
    const loose = await run([
      'sources',
      'test',
      url.replace('order=3', 'order=3&x=1'),
      url,
      '--json',
      '--config',
      config,
    ]);
    assert.deepEqual(
      loose.lines().map(({ kind, source }) => [kind, source]),
      [
        ['home', url.replace('order=3', 'order=3&x=1')],
        ['post-index', '风闻索引'],
      ],
    );
    assert.match(loose.stdout, /the home page came in its place/);
    const saved = await run(['sources', 'test', file, '--url', url, '--json', '--config', config]);
    assert.equal(saved.code, 0, saved.stderr);
    const [tested] = saved.lines() as unknown as SourceTest[];
    assert.deepEqual([tested?.kind, tested?.entries.length, tested?.fresh], ['post-index', 4, null]);
  });

  it('refuses what is no source and out of scope', async () => {
    const config = await configFor('refused');
    assert.equal((await run(['sources', 'test', '无名', '--config', config])).code, 2);
    const outside = await run(['sources', 'test', 'https://evil.example/', '--config', config]);
    assert.match(outside.stderr, /OUT_OF_SCOPE/);
    assert.match((await run(['sources', 'list', '--url', 'x', '--config', config])).stderr, /USAGE/);
  });
});

describe('a crawl of an index', () => {
  it('reads some of its lists each time, those longest unread first', async () => {
    const config = await configFor('index');
    const feed = newspaper.feeds.find(({ name }) => name === '作者卡片') as Feed;
    const asked = async () => {
      const from = newspaper.requests.length;
      const { code, stderr } = await run(['crawl', '--source', feed.name, '--limit', '1', '--config', config]);
      assert.equal(code, 0, stderr);
      const paths = newspaper.requests.slice(from).map(({ path }) => path);
      return feed.lists.filter((list) => paths.includes(list));
    };
    assert.deepEqual(await asked(), feed.lists.slice(0, 2));
    assert.deepEqual(await asked(), feed.lists.slice(2, 4));
    using operations = operationsOf('index');
    const [reading] = operations.journal.sourceSamples.of(feed.name);
    assert.deepEqual([reading?.kind, reading?.entries, reading?.code], ['authors', feed.lists.length, null]);
  });
});

describe('a list where only lists may be asked for', () => {
  it('brings articles, remembers who showed them, and nothing else of the host is asked for', async () => {
    const config = await configFor('app');
    const from = newspaper.requests.length;
    const names = ['客户端专栏', '热点'];
    const { code, stderr } = await run(['crawl', ...names.flatMap((name) => ['--source', name]), '--config', config]);
    assert.equal(code, 0, stderr);
    const feeds = newspaper.feeds.filter(({ name }) => names.includes(name));
    const shown = new Set(feeds.flatMap(({ stories }) => stories.map(({ truth }) => truth.id)));
    using operations = operationsOf('app');
    assert.deepEqual([...operations.journal.sightings.since(0)].map(({ id }) => id).toSorted(), [...shown].toSorted());
    for (const id of shown) {
      const by = feeds.filter(({ stories }) => stories.some(({ truth }) => truth.id === id)).map(({ name }) => name);
      assert.deepEqual(
        operations.journal.sightings
          .of(id)
          .map(({ source }) => source)
          .toSorted(),
        by.toSorted(),
      );
    }
    const app = newspaper.requests.slice(from).filter(({ origin }) => origin === 'app');
    assert.deepEqual(
      [...new Set(app.map(({ path }) => path.replace(/\?.*/, '')))],
      ['/robots.txt', '/Appdata/NewsList/'],
    );
  });
});

describe('a source that gives much less than it used to', () => {
  it('raises an alarm in crawl, status and sources list, until it gives again', async () => {
    const config = await configFor('alarm');
    const crawl = () => run(['crawl', '--source', '滚动', '--limit', '1', '--config', config]);
    for (let i = 0; i < 5; i++) assert.doesNotMatch((await crawl()).stderr, /usually/);

    const path = '/api/gundong.htm';
    const whole = newspaper.read(path);
    const { items } = JSON.parse(whole) as { readonly items: readonly unknown[] };
    const json = { 'content-type': 'application/json' };
    newspaper.put(path, { headers: json, body: JSON.stringify({ items: items.slice(0, 2) }) });
    assert.match((await crawl()).stderr, /滚动: 2 entries, usually 7; since /);
    newspaper.put(path, { headers: json, body: '{"items":[]}' });
    const empty = await crawl();
    assert.match(empty.stderr, /SOURCE_EMPTY/);
    assert.match(empty.stderr, /滚动: nothing, usually 7 entries; since /);

    const status = await run(['status', '--json', '--config', config]);
    const [shown] = status.lines() as {
      readonly alarms?: readonly { readonly source: string; readonly what: string }[];
    }[];
    assert.deepEqual(
      shown?.alarms?.map(({ source, what }) => [source, what]),
      [['滚动', 'nothing']],
    );
    assert.match((await run(['status', '--config', config])).stdout, /滚动: nothing/);
    const list = await run(['sources', 'list', '滚动', '--json', '--config', config]);
    const [listed] = list.lines() as { readonly usual?: { readonly entries: number }; readonly alarms?: unknown[] }[];
    assert.deepEqual([listed?.usual?.entries, listed?.alarms?.length], [7, 1]);
    assert.match((await run(['sources', 'list', '--config', config])).stdout, /not read yet/);

    newspaper.put(path, { headers: json, body: whole });
    assert.doesNotMatch((await crawl()).stderr, /usually/);
  });
});
