/** Commands that read an archive say the same of one in an object store as of one in a folder; those that need a folder refuse. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openDisk } from '../src/archive/disk.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../src/export/exported.ts';
import { archiveCaptured } from './support/captured-archive.ts';
import { temporaryFolder } from './support/command.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { runHere, type Told } from './support/run-here.ts';
import { openS3Stub, STUB_KEYS, type Stub } from './support/s3-stub.ts';
import { digests } from './support/tree.ts';

Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: STUB_KEYS.id,
  AWS_SECRET_ACCESS_KEY: STUB_KEYS.secret,
  AWS_EC2_METADATA_DISABLED: 'true',
});

const ID = 'guancha:2';
const DAY = '2022-01-28';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let stub: Stub;
let places: readonly [Place, Place];

interface Place {
  readonly name: 'folder' | 'store';
  readonly config: string;
  /** What messages call the archive. */
  readonly archive: string;
}

before(async () => {
  folder = await temporaryFolder();
  stub = await openS3Stub({ pageKeys: 5 });
  const archive = join(folder.path, 'archive');
  await mkdir(join(folder.path, 'local'));
  await archiveCaptured(openDisk(archive), [1, 2, 3].map(articleOf));
  places = [
    { name: 'folder', config: await configure('folder', { archive }), archive },
    {
      name: 'store',
      config: await configure('store', { archive: join(folder.path, 'local'), cluster: { storage: stub.url } }),
      archive: stub.url.replace(/\?.*/, ''),
    },
  ];
  for (const args of [
    ['seal', '--config', places[0].config],
    ['manifest', 'write', '--config', places[0].config],
    ['copy', archive, stub.url],
  ]) {
    const { exit, stderr } = await runHere(args);
    assert.equal(exit, 0, stderr);
  }
});
after(async () => {
  await stub?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function configure(name: string, settings: object): Promise<string> {
  const config = join(folder.path, `${name}.yaml`);
  const seal = { key: join(folder.path, 'keys/seal.key') };
  await writeFile(config, JSON.stringify({ ...settings, seal, serve: { port: 0 } }));
  return config;
}

function articleOf(number: number): Parameters<typeof archiveCaptured>[1][number] {
  const url = `https://www.guancha.cn/politics/${DAY.replaceAll('-', '_')}_${number}.shtml`;
  const body = Buffer.from(`<p>第${number}篇</p>`);
  const src = `https://i.guancha.cn/${number}.png`;
  return {
    id: `guancha:${number}`,
    url,
    date: DAY,
    title: `第${number}篇，茶山有新`,
    exchanges: [exchangeOf({ url, fetchedAt: `${DAY}T04:00:01.250Z`, body })],
    pictures: [{ src, url: src, bytes: Buffer.from(`a picture ${number}`) }],
  };
}

/** The same command in the folder and in the store. */
async function both(args: readonly string[]): Promise<readonly [Told, Told]> {
  const [one, two] = places;
  return [await runHere([...args, '--config', one.config]), await runHere([...args, '--config', two.config])];
}

/** Without the name of the place, and the moment. */
function plain(text: string): string {
  return [...places.map((each) => each.archive), join(folder.path, 'local')]
    .reduce((said, name) => said.replaceAll(name, 'ARCHIVE'), text)
    .replaceAll(/as of [^;]*;/g, '');
}

const SAME: readonly (readonly string[])[] = [
  ['list', '--json'],
  ['search', '--json', '茶山'],
  ['history', ID, '--json'],
  ['diff', ID],
  ['changes', '--json'],
  ['coverage', '--json', '--since', DAY],
  ['quarantine', 'list', '--json'],
  ['vocabulary', 'list'],
  ['manifest', 'verify', '--json'],
  ['verify', '--json'],
];

describe('a command that reads an archive in an object store', () => {
  for (const args of SAME)
    it(`says the same as of a folder: ${args.join(' ')}`, async () => {
      const [one, two] = await both(args);
      assert.deepEqual([two.exit, plain(two.stdout)], [one.exit, plain(one.stdout)], two.stderr);
      assert.equal(one.exit, 0, one.stderr);
    });

  for (const format of EXPORT_FORMATS)
    it(`exports the same: ${format}`, async () => {
      const [one, two] = await Promise.all(
        places.map(async ({ name, config }) => {
          const out = join(folder.path, `export-${name}-${format}`);
          await mkdir(out);
          const selected = format === 'html' ? [ID] : ['--day', DAY];
          const { exit, stderr } = await runHere(['export', format, join(out, 'out'), ...selected, '--config', config]);
          assert.equal(exit, 0, `${format}: ${stderr}`);
          return TIMED.includes(format) ? {} : digests(out);
        }),
      );
      assert.deepEqual(two, one);
    });

  it('says what the archive holds, though nothing ran on this machine', async () => {
    const { exit, stdout } = await runHere(['status', '--config', places[1].config]);
    assert.deepEqual([exit, /^3 articles, /m.test(stdout)], [0, true], stdout);
  });

  it('proves an article', async () => {
    for (const { name, config } of places) {
      const proved = await runHere(['prove', ID, join(folder.path, `proof-${name}`), '--config', config]);
      assert.equal(proved.exit, 0, proved.stderr);
    }
  });
});

/** Each time they have a name or a signature of their own, or say when they were made. */
const TIMED: readonly ExportFormat[] = ['wacz', 'warc', 'epub', 'sqlite'];

describe('a manifest', () => {
  it('is written and verified in the store, which is read for it', async () => {
    const store = ['--config', places[1].config];
    const written = await runHere(['manifest', 'write', ...store]);
    assert.equal(written.exit, 0, written.stderr);
    assert.ok(written.stdout.startsWith(`${places[1].archive}/manifest-sha256.txt`), written.stdout);
    const verified = await runHere(['manifest', 'verify', '--json', ...store]);
    assert.deepEqual([verified.exit, /"differences":0/.test(verified.stdout)], [0, true], verified.stdout);
  });
});

describe('a command that reads a folder by itself', () => {
  for (const args of [['audit'], ['repair'], ['reproduce'], ['extract', '--all']])
    it(`refuses an archive in an object store, and says what to do: ${args.join(' ')}`, async () => {
      const { exit, stderr } = await runHere([...args, '--config', places[1].config]);
      assert.equal(exit, 2);
      assert.match(stderr, /ARCHIVE_ELSEWHERE[\s\S]*copy/);
    });
});
