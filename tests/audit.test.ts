/** The audit of archives in which nothing is wrong, and of the given documents: it says what is true, and no more. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { type Ended, run, temporaryFolder } from './support/command.ts';
import { makeHealthyArchive } from './support/healthy-archive.ts';
import { digests, files, mtimes } from './support/tree.ts';

const SAMPLES = join(import.meta.dirname, '../../shared/samples/documents');
const skip = existsSync(SAMPLES) ? false : 'the sample documents are not beside this checkout (../shared)';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let archive: string;
before(async () => {
  folder = await temporaryFolder();
  archive = await makeHealthyArchive(folder.path, { articles: 24 });
});
after(() => folder[Symbol.asyncDispose]());

const audit = (...args: string[]) => run(['audit', '--json', ...args]);
const findings = (ended: Ended) => ended.lines().map(({ code, path }) => `${String(code)} ${String(path)}`);

describe('the audit of a healthy archive', () => {
  it('finds nothing, and counts what it read', async () => {
    const ended = await audit(archive);
    assert.deepEqual(findings(ended), []);
    assert.equal(ended.code, 0, ended.stderr);
    const summary = ended.last() as Record<string, number>;
    assert.ok((summary.articles ?? 0) >= 20 && (summary.assets ?? 0) >= 20, JSON.stringify(summary));
  });

  it('touches nothing', async () => {
    const before = [await digests(archive), await mtimes(archive)];
    await audit(archive);
    assert.deepEqual([await digests(archive), await mtimes(archive)], before);
  });
});

describe('the audit of some articles', () => {
  it('reads those alone, with their pictures', async () => {
    const [document = ''] = (await files(archive)).filter((path) => /^articles\/\d/.test(path));
    const number = /_(\d+)\.html$/.exec(document)?.[1];
    const record = JSON.parse(
      await readFile(join(archive, document.replace('articles', 'records').replace('html', 'json')), 'utf8'),
    ) as ArchiveRecord;
    for (const args of [[`guancha:${number}`, '--archive', archive], [join(archive, document)]]) {
      const ended = await audit(...args);
      assert.deepEqual(findings(ended), []);
      const summary = ended.last();
      assert.deepEqual([summary.articles, summary.assets], [1, record.assets.length]);
    }
    const ended = await audit(archive, '--since', '2026-10-01');
    assert.deepEqual(findings(ended), []);
  });

  it('refuses what it does not know', async () => {
    for (const args of [['--only', 'nonsense'], ['--since', 'yesterday'], [join(archive, 'nothing')]]) {
      const ended = await audit(archive, ...args);
      assert.equal(ended.code, 2, args.join(' '));
      assert.match(ended.stderr, /error USAGE/);
    }
  });
});

describe('the audit of the given documents', { skip }, () => {
  it('has nothing to say about the seed', async () => {
    await using alone = await temporaryFolder();
    await copyFile(join(SAMPLES, 'seed.html'), join(alone.path, 'seed.html'));
    const ended = await audit(alone.path);
    assert.deepEqual(findings(ended), []);
    assert.equal(ended.code, 0);
  });

  it('says of its siblings what is true of them: dates without form, placeholders, and two true clocks', async () => {
    const reported = findings(await audit(SAMPLES));
    const count = (code: string) => reported.filter((line) => line.startsWith(`${code} `)).length;
    const kinds = { 'date-form': 15, 'placeholder-picture': 28, 'clock-convention': 2 };
    assert.deepEqual(Object.fromEntries(Object.keys(kinds).map((code) => [code, count(code)])), kinds);
    assert.equal(reported.length, 45, reported.join('\n'));
    assert.ok(!reported.some((line) => line.includes('seed.html')));
    assert.deepEqual(
      reported.filter((line) => line.startsWith('clock-convention')),
      ['clock-convention 13275730585.html', 'clock-convention 13583600021.html'],
    );
  });
});
