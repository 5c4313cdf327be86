/** What `status` says of an archive's size: the figures of its files, whoever wrote them, and what is not counted yet. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { ASSETS, CAPTURES, CATALOG, databaseFiles, openSegmentKey, RECORDS, segmentKey } from '../src/archive/keys.ts';
import { type ArchiveRecord, readRecord } from '../src/archive/record.ts';
import { temporaryFolder } from './support/command.ts';
import { readJson } from './support/json-lines.ts';
import { runHere } from './support/run-here.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/archive-1');

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
}

function recordsIn(archive: string): readonly { readonly path: string; readonly record: ArchiveRecord }[] {
  return filesIn(join(archive, RECORDS)).map((path) => ({
    path,
    record: readRecord(readFileSync(path, 'utf8'), path),
  }));
}

/** Counted from the files themselves. */
function figuresOf(archive: string) {
  const records = recordsIn(archive).map(({ record }) => record);
  const named = new Set(
    records.flatMap(({ assets }) => assets.flatMap((asset) => ('sha256' in asset ? asset.sha256 : []))),
  );
  const pictures = filesIn(join(archive, ASSETS)).filter((path) =>
    named.has(/([0-9a-f]{64})\.\w+$/.exec(path)?.[1] ?? ''),
  );
  const bytes = (paths: readonly string[]) => paths.reduce((sum, path) => sum + statSync(path).size, 0);
  return {
    articles: records.length,
    posts: records.filter(({ id }) => id.startsWith('fengwen:')).length,
    versions: records.reduce((sum, { versions }) => sum + versions.length, 0),
    pictures: records.reduce((sum, { article }) => sum + article.images.length, 0),
    documentBytes: records.reduce((sum, { document }) => sum + document.bytes, 0),
    pictureFiles: pictures.length,
    pictureBytes: bytes(pictures),
    captureBytes: bytes(filesIn(join(archive, CAPTURES))),
  };
}

async function statusOf(archive: string): Promise<Record<string, unknown>> {
  const { stdout, exit } = await runHere(['status', '--json', '--archive', archive]);
  assert.equal(exit, 0);
  return (readJson(stdout).lines[0] ?? {}) as Record<string, unknown>;
}

function figuresIn({ holdings }: Record<string, unknown>, like: object): object {
  return Object.fromEntries(Object.keys(like).map((key) => [key, (holdings as Record<string, unknown>)[key]]));
}

describe('the figures of status', () => {
  it('are those of the files, before and after records come and go, and when the catalog is built anew', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    cpSync(FIXTURE, archive, { recursive: true });
    const segment = segmentKey(new Date('2026-10-14T00:00:00Z'));
    for (const [key, bytes] of [
      [segment, 1234],
      [openSegmentKey(segmentKey(new Date('2026-11-02T00:00:00Z'))), 56],
    ] as const) {
      mkdirSync(dirname(join(archive, key)), { recursive: true });
      writeFileSync(join(archive, key), Buffer.alloc(bytes));
    }
    const all = figuresOf(archive);
    assert.ok(all.pictureFiles > 1 && all.captureBytes > 0);
    assert.equal((await statusOf(archive)).holdings, null);

    await runHere(['list', '--archive', archive]);
    const counted = await statusOf(archive);
    assert.deepEqual({ ...figuresIn(counted, all), behind: 0 }, { ...all, behind: 0 });

    const [{ path } = { path: '' }] = recordsIn(archive).filter(({ record }) => record.assets.length > 1);
    renameSync(path, join(folder.path, 'record.json'));
    const behind = await statusOf(archive);
    assert.deepEqual(figuresIn(behind, { ...all, behind: 1 }), { ...all, behind: 1 }, 'it says what it does not count');
    assert.match((await runHere(['status', '--archive', archive])).stdout, /1 article changed since/);

    await runHere(['list', '--archive', archive]);
    const fewer = figuresOf(archive);
    assert.ok(fewer.pictureBytes < all.pictureBytes);
    assert.deepEqual(figuresIn(await statusOf(archive), fewer), fewer);

    renameSync(join(folder.path, 'record.json'), path);
    await runHere(['reindex', '--archive', archive]);
    assert.deepEqual(figuresIn(await statusOf(archive), all), all);
    for (const name of databaseFiles(CATALOG)) rmSync(join(archive, name), { force: true });
    assert.equal((await statusOf(archive)).holdings, null);
  });

  it('say what the last seal came to', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    cpSync(FIXTURE, archive, { recursive: true });
    const data = process.env.XDG_DATA_HOME;
    process.env.XDG_DATA_HOME = join(folder.path, 'data');
    try {
      assert.deepEqual((await statusOf(archive)).seals, { sealedAt: null, result: null, failure: null });
      await runHere(['seal', '--archive', archive]);
      const { seals } = await statusOf(archive);
      const { sealedAt, result } = seals as { readonly sealedAt: string; readonly result: Record<string, unknown> };
      assert.ok(Number(result.files) > 10 && String(result.at) >= sealedAt);
      assert.equal(result.findings, 0);
      const { stdout } = await runHere(['status', '--archive', archive]);
      assert.match(stdout, /last seal .*: \d+ files newly sealed, 0 findings\n/);
      await runHere(['seal', '--archive', archive]);
      assert.match(
        (await runHere(['status', '--archive', archive])).stdout,
        /: 0 files newly sealed, 0 findings; the newest entry is of /,
      );
    } finally {
      if (data === undefined) delete process.env.XDG_DATA_HOME;
      else process.env.XDG_DATA_HOME = data;
    }
  });

  it('are not needed for a proof: what is not sealed is sealed first', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    cpSync(FIXTURE, archive, { recursive: true });
    const data = process.env.XDG_DATA_HOME;
    process.env.XDG_DATA_HOME = join(folder.path, 'data');
    try {
      const [{ record } = { record: { id: '' } }] = recordsIn(archive);
      const proof = join(folder.path, 'proof');
      const proved = await runHere(['prove', record.id, proof, '--archive', archive]);
      assert.equal(proved.exit, 0, proved.stderr);
      assert.match(proved.stderr, /what is new is sealed first/);
      assert.ok(readdirSync(proof).includes('check.sh'));
    } finally {
      if (data === undefined) delete process.env.XDG_DATA_HOME;
      else process.env.XDG_DATA_HOME = data;
    }
  });
});
