/** Beside a run the audit tells what lasts, and nothing that was only under way. */
import assert from 'node:assert/strict';
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { assetKey, documentKey, recordKey, versionKey } from '../src/archive/keys.ts';
import { sha256 } from '../src/archive/record.ts';
import { audit } from '../src/audit/audit.ts';
import { CHECKS, type CheckCode } from '../src/audit/promises.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { target } from './frontier.contract.ts';
import { temporaryFolder } from './support/command.ts';
import { documentOf, draft, KEY, save } from './support/drafts.ts';
import { unseen } from './support/sealed-archive.ts';

const CODES = (Object.keys(CHECKS) as CheckCode[]).filter((code) =>
  ['files', 'records', 'frontier', 'assets'].includes(CHECKS[code].group),
);
const { signal } = new AbortController();
const OLD = new Date(Date.now() - 86_400_000);

async function found(root: string, options: { readonly isAlone?: boolean } = {}): Promise<string[]> {
  const codes: string[] = [];
  const selection = { stems: null, since: null };
  const seals = unseen(root);
  for await (const { code } of audit({ root, selection, codes: CODES, jobs: 1, signal, seals, ...options }))
    codes.push(code);
  return codes.sort();
}

/** An article of this archive whose record and row are about to come, and a run that goes on. */
async function underWay() {
  const folder = await temporaryFolder();
  const operations = openOperations(folder.path, { command: 'crawl' });
  await save(openArchive(openDisk(folder.path), { minFreeBytes: 0 }), KEY, documentOf('<p>一</p>'), draft());
  const away = join(folder.path, 'away');
  await rename(join(folder.path, recordKey(KEY)), away);
  const row = { ...target(903180), id: 'guancha:903180', url: draft().url } as const;
  return {
    root: folder.path,
    settle: () => operations.frontier.settle(row, { kind: 'archived', key: KEY }),
    endWrite: () => rename(away, join(folder.path, recordKey(KEY))),
    [Symbol.asyncDispose]: async () => {
      operations[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function lay(root: string, key: string, bytes: string, at?: Date): Promise<void> {
  await mkdir(dirname(join(root, key)), { recursive: true });
  await writeFile(join(root, key), bytes);
  if (at !== undefined) await utimes(join(root, key), at, at);
}

describe('an audit beside a run', () => {
  it('does not tell what is under way: a document before its record and row, a picture before any record, an unfinished file', async () => {
    await using run = await underWay();
    await lay(run.root, assetKey(sha256('甲'), 'gif'), '甲');
    await lay(run.root, 'assets/.download.0123456789ab.tmp', '半');
    const auditing = found(run.root);
    await sleep(600);
    await run.endWrite();
    run.settle();
    assert.deepEqual(await auditing, []);
  });

  it('tells what lasts', async () => {
    await using run = await underWay();
    await lay(run.root, versionKey(KEY, 7), '甲');
    await lay(run.root, assetKey(sha256('乙'), 'gif'), '乙', OLD);
    await lay(run.root, 'assets/.download.0123456789ab.tmp', '半', OLD);
    await lay(run.root, documentKey(KEY).replace('.html', ' (1).html'), '丙');
    const lasting = await found(run.root);
    for (const code of ['record-missing', 'frontier-unknown', 'stray-file', 'temporary-file', 'version-orphan'])
      assert.ok(lasting.includes(code), `${code} is not in ${lasting.join(' ')}`);
    await run.endWrite();
    run.settle();
    const after = await found(run.root);
    assert.ok(!after.includes('record-missing') && !after.includes('frontier-unknown'));
    assert.ok(after.includes('asset-orphan'));
  });

  it('by the run that holds the archive tells all at once', async () => {
    await using run = await underWay();
    await lay(run.root, 'assets/.download.0123456789ab.tmp', '半');
    assert.ok((await found(run.root, { isAlone: true })).includes('temporary-file'));
  });
});
