/** `reproduce` and `extract --all` as a person runs them: threads, places and programs that must not matter, codes, Ctrl-C. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openDisk } from '../src/archive/disk.ts';
import { lockArchive } from '../src/frontier/lock.ts';
import type { Exchange } from '../src/model.ts';
import { singlePageUrl } from '../src/site/address.ts';
import { newspaperPages } from './mutants/originals.ts';
import { type RunSettings, run, temporaryFolder } from './support/command.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { openKeptCrawl } from './support/kept-crawl.ts';
import { targetOf } from './support/memory-crawl.ts';
import { digests } from './support/tree.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let articles: Awaited<ReturnType<typeof newspaperPages>>;
let edited: string;
before(async () => {
  folder = await temporaryFolder();
  articles = await newspaperPages(10);
  const crawl = openKeptCrawl(openDisk(archive()));
  const [first, ...others] = articles;
  assert.ok(first);
  edited = first.address.id;
  for (const each of [first, ...others]) await crawl.visit(targetFor(each), [answer(each, each.html)]);
  const other = first.html.replace(/。(\s*<\/p>)/g, '，昨天有更正。$1');
  await crawl.visit(targetFor(first), [answer(first, other, '2026-11-27T05:00:00.000Z')]);
});
after(() => folder[Symbol.asyncDispose]());

type Printed = (typeof articles)[number];

const archive = () => join(folder.path, 'archive');
const targetFor = ({ address, listed }: Printed) => targetOf(address.url, { listed });
const ask = (args: readonly string[], settings: RunSettings = {}) => run([...args, '--archive', archive()], settings);

function answer({ address }: Printed, html: string, fetchedAt = '2026-11-26T05:00:00.000Z'): Exchange {
  return exchangeOf({ url: singlePageUrl(address), body: Buffer.from(html), fetchedAt });
}

/** Another Node.js than this one, by its path, of a version that the program runs on. */
const otherNode = process.env.OTHER_NODE ?? '';

describe('reproduce', () => {
  it('finds every document the same, in the order of the archive whatever the threads', async () => {
    const [one, three] = [
      await ask(['reproduce', '--json', '--jobs', '1']),
      await ask(['reproduce', '--json', '--jobs', '3']),
    ];
    assert.equal(one.code, 0, one.stderr);
    assert.equal(one.stdout, three.stdout);
    const results = one.lines().map(({ id, version, result }) => [id, version, result]);
    assert.equal(results.length, articles.length + 1);
    assert.deepEqual(
      results.filter(([, , result]) => result !== 'same'),
      [],
    );
  });

  it('takes single articles, and a month', async () => {
    const named = await ask(['reproduce', edited]);
    assert.equal(named.code, 0, named.stderr);
    assert.equal(named.stdout, '2 documents are the same, 0 not\n');
    assert.match((await ask(['reproduce', '--since', '2099-01'])).stdout, /^0 documents are the same/);
    assert.equal((await ask(['reproduce', '--since', 'soon'])).code, 2);
    assert.equal((await ask(['reproduce', 'guancha:1'])).code, 3);
  });

  it('does not depend on the time zone and the language of the machine', async () => {
    const env = { TZ: 'America/New_York', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
    const there = await ask(['reproduce', '--jobs', '2'], { env });
    assert.equal(there.stdout, `${articles.length + 1} documents are the same, 0 not\n`, there.stderr);
    const again = await ask(['extract', '--all', '--diff'], { env });
    assert.match(
      again.stdout,
      new RegExp(`^0 would change, 0 found in captures, ${articles.length} the same`),
      again.stdout,
    );
  });

  it('does not depend on the version of Node.js', {
    skip: existsSync(otherNode) ? false : 'OTHER_NODE names no other Node.js',
  }, async () => {
    assert.notEqual(execFileSync(otherNode, ['--version']).toString().trim(), process.version);
    const there = await ask(['reproduce', '--jobs', '2'], { node: otherNode });
    assert.equal(there.stdout, `${articles.length + 1} documents are the same, 0 not\n`, there.stderr);
    const again = await ask(['extract', '--all', '--diff'], { node: otherNode });
    assert.match(
      again.stdout,
      new RegExp(`^0 would change, 0 found in captures, ${articles.length} the same`),
      again.stdout,
    );
  });

  it('changes no file, and needs no lock', async () => {
    const before = await digests(archive());
    await using _lock = await lockArchive(archive(), 'crawl');
    assert.equal((await ask(['reproduce'])).code, 0);
    assert.equal((await ask(['extract', '--all', '--diff'])).code, 0);
    assert.equal((await ask(['extract', '--all'])).code, 6);
    const after = await digests(archive());
    for (const [path, digest] of Object.entries(before))
      if (!path.startsWith('lock')) assert.equal(after[path], digest, path);
  });
});

describe('extract --all', () => {
  it('says what another configuration would change, changes it once, and leaves every document reproducible', async () => {
    const config = join(folder.path, 'config.yaml');
    await writeFile(config, 'document:\n  date: utc\n');
    const there = ['--config', config];
    const asked = await ask(['extract', '--all', '--diff', '--json', ...there]);
    assert.equal(asked.code, 0, asked.stderr);
    const lines = asked.lines();
    assert.equal(lines.length, articles.length);
    assert.deepEqual(asked.last().results, { changed: articles.length }, asked.stdout);
    for (const { fields, flags } of lines) assert.deepEqual([fields, flags], [[], { added: [], removed: [] }]);
    const written = (await ask(['extract', '--all', ...there])).stdout;
    assert.equal(written.split('\n').at(-2), `${articles.length} changed, 0 found in captures, 0 the same`);
    const before = await digests(archive());
    const again = (await ask(['extract', '--all', ...there])).stdout;
    assert.equal(again, `0 changed, 0 found in captures, ${articles.length} the same\n`);
    assert.deepEqual(documentsOf(await digests(archive())), documentsOf(before));
    assert.equal((await ask(['reproduce'])).stdout, `${articles.length + 1} documents are the same, 0 not\n`);
  });

  it('names what cannot be read, with exit code 3, and damages that reproduce finds, with 1', async () => {
    const all = Object.keys(await digests(archive())).sort();
    const segment = all.findLast((path) => path.startsWith('captures/')); // of the newest version of the first article
    assert.ok(segment);
    const bytes = await readFile(join(archive(), segment));
    await rm(join(archive(), segment));
    const lost = await ask(['reproduce', '--json']);
    assert.equal(lost.code, 1);
    const missing = lost.lines().filter(({ code }) => code === 'CAPTURE_MISSING');
    assert.ok(missing.length > 0);
    assert.equal((await ask(['extract', '--all'])).code, 3);
    await writeFile(join(archive(), segment), bytes);
    assert.equal((await ask(['reproduce'])).code, 0);
  });

  it('refuses what does not belong together', async () => {
    for (const args of [['--all', 'saved.html'], ['--diff', 'saved.html'], ['--all', '--explain'], []])
      assert.equal((await ask(['extract', ...args])).code, 2, args.join(' '));
  });
});

function documentsOf(all: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(all).filter(([path]) => /^(?:articles|records|versions|trash)\//.test(path)),
  );
}
