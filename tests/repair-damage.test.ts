/** Damage of every kind, planted in an archive of the newspaper and repaired against it: repaired, or left with the reason in the table. */
import assert from 'node:assert/strict';
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openApp } from '../src/app.ts';
import { CHECKS, type CheckCode, type Finding } from '../src/audit/promises.ts';
import { loadConfig } from '../src/config.ts';
import type { VerifyContext } from '../src/evidence/verify.ts';
import { watchSite } from '../src/repair/context.ts';
import { clearFrontier } from '../src/repair/frontier.ts';
import { findings, repair } from '../src/repair/repair.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { temporaryFolder } from './support/command.ts';
import { DAMAGES, type Damage } from './support/damages.ts';
import { fillHealthyArchive } from './support/healthy-archive.ts';
import { openPlant } from './support/plant.ts';
import { type SealedArchive, sealTwice, unseen } from './support/sealed-archive.ts';
import { digests, files, isKept } from './support/tree.ts';

/** With GUANCHA_ARCHIVE_TORTURE=1 every damage is repaired, else the first of each group and kind of repair, and those that are left. */
const LONG = process.env.GUANCHA_ARCHIVE_TORTURE === '1';

/** What cannot be repaired: `code: name` of the damage, the findings that stay, and the reason that is given. */
const LEFT: Readonly<Record<string, { readonly codes: readonly CheckCode[]; readonly why: RegExp }>> = {
  'linked-file: a document, a version, a record and a picture give way to links to their bytes': {
    codes: ['linked-file', 'linked-file', 'linked-file'],
    why: /^$/,
  },
  'version-missing: a superseded version deleted': {
    codes: ['version-missing'],
    why: /the bytes are nowhere in this archive/,
  },
  'version-changed: a superseded version edited': {
    codes: ['version-changed'],
    why: /the bytes are nowhere in this archive/,
  },
  'capture-form: a file of captures has the name of another day': {
    codes: ['capture-form', 'capture-missing'],
    why: /another program wrote or renamed it|the bytes are nowhere in this archive/,
  },
  'seal-log-damaged: the checkpoint is no checkpoint': { codes: ['seal-log-damaged'], why: /no checkpoint of a log/ },
  'seal-log-damaged: the checkpoint is empty': { codes: ['seal-log-damaged'], why: /no checkpoint of a log/ },
  'seal-log-damaged: an older checkpoint is no checkpoint': { codes: ['seal-log-damaged'], why: /another copy/ },
  'seal-file-changed: a document and its record say another thing, and agree': {
    codes: ['seal-file-changed', 'seal-file-changed'],
    why: /the bytes are nowhere in this archive/,
  },
  'version-order: a version captured before the one before': {
    codes: ['version-order'],
    why: /nothing in the archive says how the versions followed/,
  },
};

/** The same for every damage of a code, but for those that only a name was given of. */
const LEFT_OF_CODE: Readonly<Partial<Record<CheckCode, (typeof LEFT)[string]>>> = {
  'capture-damaged': { codes: ['capture-damaged'], why: /the bytes are nowhere in this archive/ },
  'capture-altered': { codes: ['capture-altered'], why: /the bytes are nowhere in this archive/ },
  'seal-file-changed': { codes: ['seal-file-changed'], why: /the bytes are nowhere in this archive/ },
  'seal-file-removed': { codes: ['seal-file-removed'], why: /the bytes are nowhere in this archive/ },
  'seal-rolled-back': { codes: ['seal-rolled-back'], why: /take seals\/ from another copy/ },
  'seal-log-removed': { codes: ['seal-log-removed'], why: /take seals\/ from another copy/ },
  'seal-forked': { codes: ['seal-forked'], why: /two logs were signed/ },
  'seal-foreign-key': { codes: ['seal-foreign-key'], why: /ask its owner/ },
  'seal-signature-bad': { codes: ['seal-signature-bad'], why: /take seals\/ from another copy/ },
  'seal-cosignature-bad': { codes: ['seal-cosignature-bad'], why: /ask the witness/ },
  'seal-file-added': { codes: ['seal-file-added', 'seal-file-added'], why: /find out who put it there/ },
  'capture-missing': { codes: ['capture-missing'], why: /the bytes are nowhere in this archive/ },
};

/** Repaired, though the record keeps what the damage wrote: nothing in the archive or on the site says that it was not so. */
const SCARRED: readonly CheckCode[] = ['absence-order', 'date-stamps'];

/** What a repair must bring back as it was, byte for byte. */
const isBytes = (path: string) => /^(?:articles|versions|assets|quarantine|seals)\//.test(path);
/** Trash by its names alone: large files lie there too. */
const isTruth = (path: string) => isKept(path) && !path.startsWith('trash/');
/** Of records everything but what another visit writes anew. */
const withoutVisit = (path: string, bytes: Buffer) => {
  if (!path.startsWith('records/')) return bytes;
  const { capture: _capture, verdict: _verdict, ...record } = JSON.parse(bytes.toString());
  delete record.basis;
  for (const version of record.versions) {
    delete version.capturedAt;
    delete version.basis;
  }
  for (const asset of record.assets) delete asset.replaces;
  return JSON.stringify(Object.entries(record).sort());
};

/** What no repair may leave less of, by path; the largest are sparse, and known by their names. */
const bytesIn = async (root: string) =>
  new Map(
    Object.entries(
      await digests(
        root,
        (path) => isKept(path) && !path.startsWith('records/') && statSync(join(root, path)).size < 100_000_000,
      ),
    ),
  );

const CODES = Object.keys(CHECKS) as CheckCode[];
const { signal } = new AbortController();

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let healthy: string;
let copy: string;
let sealed: string;
let seals: SealedArchive;
let config: ReturnType<typeof loadConfig>;
before(async () => {
  newspaper = await openNewspaper({ articles: 48, specials: false });
  folder = await temporaryFolder();
  const made = await fillHealthyArchive(folder.path, newspaper);
  healthy = made.archive;
  copy = join(folder.path, 'copy');
  config = loadConfig(made.config, { archive: copy });
  putBack(healthy);
  sealed = join(folder.path, 'sealed');
  cpSync(healthy, sealed, { recursive: true });
  seals = await sealTwice(sealed);
});
after(async () => {
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function putBack(whole: string): void {
  rmSync(copy, { recursive: true, force: true });
  cpSync(whole, copy, { recursive: true, preserveTimestamps: true });
}

const name = ({ code, name: what }: Damage) => `${code}: ${what}`;
const sealsOf = (each: Damage) => (each.isSealed ? seals.contextOf(copy) : unseen(copy));
const codesFound = async (context: VerifyContext) =>
  (await findings(copy, { codes: CODES, jobs: 1, signal, seals: context })).map(({ code }) => code).sort();

async function repairCopy(context: VerifyContext) {
  const cleared: Finding[] = [];
  await using app = await openApp(config, {
    command: 'repair',
    log: () => {},
    wait: null,
    prepared: false,
    beforeFrontier: async ({ storage, trash }) => void cleared.push(...(await clearFrontier(storage, trash))),
  });
  const report = await repair(
    {
      ...config.politeness,
      ...config.revisits,
      ...app,
      root: copy,
      postgres: null,
      convention: config.document.date,
      stopSignal: signal,
      abortSignal: signal,
      site: watchSite(),
      sealKeys: [context.seen.here?.key ?? []].flat(),
    },
    { codes: CODES, seals: context, jobs: 1, log: () => {}, before: cleared },
  );
  app.journal.runs.endRun();
  assert.ok(report);
  return report;
}

const seen = new Set<string>();
const chosen = DAMAGES.filter((each) => {
  const { group, severity, repair: kind } = CHECKS[each.code];
  if (severity === 'note' && kind === 'none') return false; // nothing is to be repaired
  const isFirst = !seen.has(`${group} ${kind}`);
  seen.add(`${group} ${kind}`);
  // Two gigabytes take their time to be hashed.
  return LONG || (isFirst && each.code !== 'file-too-large') || name(each) in LEFT;
});

describe('a repair after damage of one kind', () => {
  for (const each of chosen) {
    const left = LEFT[name(each)] ?? LEFT_OF_CODE[each.code];
    it(`${left === undefined ? 'repairs' : 'leaves'} ${name(each)}`, async () => {
      try {
        putBack(each.isSealed ? sealed : healthy);
        each.plant(openPlant(copy));
        const before = await bytesIn(copy);
        const report = await repairCopy(sealsOf(each));
        assert.deepEqual(await codesFound(sealsOf(each)), left?.codes ?? [], JSON.stringify(report.unrepaired));
        if (left === undefined) {
          assert.ok(report.repaired.length > 0 && report.unrepaired.length === 0);
          const kept = (path: string) => isBytes(path) || (path.startsWith('records/') && !SCARRED.includes(each.code));
          const whole = each.isSealed ? sealed : healthy;
          assert.deepEqual(await digests(copy, kept, withoutVisit), await digests(whole, kept, withoutVisit));
        }
        const after = new Set((await bytesIn(copy)).values());
        assert.deepEqual(
          [...before].filter(([, hash]) => !after.has(hash)).map(([path]) => path),
          [],
          'bytes that lie nowhere any more',
        );
        for (const { why } of report.unrepaired) assert.match(why, left?.why ?? /^$/);
        const once = [await digests(copy, isTruth), await files(copy)];
        await repairCopy(sealsOf(each));
        assert.deepEqual([await digests(copy, isTruth), await files(copy)], once, 'a second repair changes something');
      } finally {
        putBack(healthy);
      }
    });
  }
});
