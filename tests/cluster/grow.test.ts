/** One machine grows into a cluster and goes back by the command lines of docs/machines.md, word by word; not a byte is lost on the way. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOperational } from '../../src/archive/keys.ts';
import { sha256 } from '../../src/archive/record.ts';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { rows } from '../support/cluster.ts';
import { run, start, temporaryFolder } from '../support/command.ts';
import { openS3Stub, STUB_KEYS } from '../support/s3-stub.ts';
import { connectTo, skippedWithout, startPostgres, startRedis } from '../support/servers.ts';
import { digests } from '../support/tree.ts';

const skip = skippedWithout('postgres', 'initdb', 'redis-server');
const page = readFileSync(join(import.meta.dirname, '../../docs/machines.md'), 'utf8');
const env = {
  AWS_ACCESS_KEY_ID: STUB_KEYS.id,
  AWS_SECRET_ACCESS_KEY: STUB_KEYS.secret,
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** The blocks of commands below a heading: of each line the words behind the program's name. */
function blocksOf(heading: string): readonly (readonly (readonly string[])[])[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(heading)) ?? assert.fail(heading);
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) =>
    block
      .trim()
      .split('\n')
      .map((line) => line.replaceAll("'", '').split(' ').slice(1)),
  );
}

const [growing, starting] = blocksOf('Grow from one machine');
const [returning] = blocksOf('Go back to one machine');
const [, STORE = ''] = / {2}storage: (\S+)/.exec(page) ?? [];

describe('docs/machines.md', { skip }, () => {
  it('leads from one machine to several and back, byte for byte', async () => {
    await using newspaper = await openNewspaper({ articles: 8, specials: false });
    await using postgresServer = await startPostgres();
    await using redisServer = await startRedis();
    await using stub = await openS3Stub();
    await using folder = await temporaryFolder();
    const inPage = (word: string) => (word === STORE ? stub.url : word);
    const politeness = { intervalMs: 20, assetIntervalMs: 0, backoffMs: 100 };
    const alone = newspaper.config({ archive: './archive', politeness });
    const postgres = await postgresServer.database();
    const cluster = JSON.stringify({ postgres, redis: redisServer.url, storage: stub.url });
    const configure = (name: string, text: string) => writeFile(join(folder.path, name), text);
    await configure('crawl.config.yaml', alone);
    await configure('cluster.config.yaml', `${alone}\ncluster: ${cluster}\n`);
    await configure('back.config.yaml', alone.replace('./archive', './archive-back'));
    const settings = { cwd: folder.path, env };
    const checkout = join(import.meta.dirname, '../..');
    const call = async (args: readonly string[]) => {
      const ended = await run(args.map(inPage), { ...settings, checkout });
      assert.equal(ended.code, 0, `${args.join(' ')}: ${ended.stdout}${ended.stderr}`);
      return ended;
    };
    const isFile = (path: string) => !isOperational(path);
    const stored = () =>
      Object.fromEntries([...stub.objects].map(([key, bytes]) => [key.replace('of/archive/', ''), sha256(bytes)]));

    await call(['crawl', '--limit', '3', '--config', 'crawl.config.yaml']);
    const before = await digests(join(folder.path, 'archive'), isFile);
    for (const args of growing ?? []) await call(args);
    assert.deepEqual(stored(), before);
    assert.deepEqual(await digests(join(folder.path, 'archive'), isFile), before, 'the archive stays as it is');

    const running = (starting ?? []).map((args) => start(args.map(inPage), { ...settings, checkout }));
    assert.equal(running.length, 2);
    await using client = await connectTo(postgres);
    try {
      const waiting = 'SELECT 1 FROM targets WHERE outcome IS NULL';
      const done = 'SELECT 1 FROM targets WHERE outcome IS NOT NULL';
      while (
        (await rows(client, waiting)).length > 0 ||
        (await rows(client, done)).length < newspaper.articles.length
      ) {
        assert.deepEqual(
          running.map(({ child }) => child.exitCode),
          [null, null],
        );
        await sleep(100);
      }
    } finally {
      for (const { child } of running) child.kill('SIGTERM');
    }
    for (const { ended } of running) assert.equal((await ended).code, 0, (await ended).stderr);

    const grown = stored();
    assert.deepEqual(
      Object.keys(grown).filter((key) => key.endsWith('.open')),
      [],
      'what is written when it is asked to stop is in the store at its end',
    );
    const isText = (path: string) => /^(?:articles|assets)\//.test(path);
    for (const [path, digest] of Object.entries(before)) if (isText(path)) assert.equal(grown[path], digest, path);
    for (const args of returning ?? []) await call(args);
    // The audit keeps its report only in the archive of the configuration.
    assert.deepEqual(await digests(join(folder.path, 'archive-back'), isFile), sorted(grown));

    const requests = newspaper.requests.filter(({ origin }) => origin === 'images').length;
    await call(['crawl', '--config', 'back.config.yaml']);
    assert.equal(newspaper.requests.filter(({ origin }) => origin === 'images').length, requests, 'nothing twice');
    const isDocument = (path: string) => path.startsWith('articles/');
    const documents = Object.keys(grown).filter(isDocument);
    assert.equal(documents.length, newspaper.articles.length);
    const back = await digests(join(folder.path, 'archive-back'), isDocument);
    assert.deepEqual(Object.keys(back), documents.toSorted());
  });
});

function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
