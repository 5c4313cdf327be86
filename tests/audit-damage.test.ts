/** Damage of every kind, planted in an archive that a real crawl made: found, named by the right code, and nothing else said. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { audit } from '../src/audit/audit.ts';
import { CHECKS, type CheckCode } from '../src/audit/promises.ts';
import { temporaryFolder } from './support/command.ts';
import { DAMAGES, type Damage } from './support/damages.ts';
import { makeHealthyArchive } from './support/healthy-archive.ts';
import { openPlant } from './support/plant.ts';
import { type SealedArchive, sealTwice, unseen } from './support/sealed-archive.ts';
import { digests } from './support/tree.ts';

/** With GUANCHA_ARCHIVE_TORTURE=1 on an archive of so many articles, and so often with 20 damages at once. */
const LONG = process.env.GUANCHA_ARCHIVE_TORTURE === '1';
const ARTICLES = LONG ? 300 : 48;
const ROUNDS = LONG ? 100 : 4;
const AT_ONCE = 20;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let healthy: string;
let copy: string;
let sealed: string;
let sealedCopy: string;
let seals: SealedArchive;
before(async () => {
  folder = await temporaryFolder();
  healthy = await makeHealthyArchive(folder.path, { articles: ARTICLES });
  copy = join(folder.path, 'copy');
  cpSync(healthy, copy, { recursive: true });
  sealed = join(folder.path, 'sealed');
  cpSync(healthy, sealed, { recursive: true });
  seals = await sealTwice(sealed);
  sealedCopy = join(folder.path, 'sealed-copy');
  cpSync(sealed, sealedCopy, { recursive: true, preserveTimestamps: true });
});
after(() => folder[Symbol.asyncDispose]());

/** Every finding as `code path`, sorted. */
async function findings(root: string, jobs = 1): Promise<string[]> {
  const { signal } = new AbortController();
  const codes = Object.keys(CHECKS) as CheckCode[];
  const reported: string[] = [];
  for await (const { code, path } of audit({
    root,
    selection: { stems: null, since: null },
    codes,
    jobs,
    signal,
    seals: root === sealed || root === sealedCopy ? seals.contextOf(root) : unseen(root),
  }))
    reported.push(`${code} ${path}`);
  return reported.sort();
}

/** Plants damages in the copy, and puts back what they touched; says what was found and what had to be. */
async function damaged(damages: readonly Damage[], jobs: number) {
  const isSealed = damages.some((each) => each.isSealed === true);
  const [whole, root] = isSealed ? [sealed, sealedCopy] : [healthy, copy];
  const archive = openPlant(root);
  try {
    const expected = damages.flatMap(({ code, plant }) =>
      [plant(archive)]
        .flat()
        .map((each) => (typeof each === 'string' ? `${code} ${each}` : `${each.code} ${each.path}`)),
    );
    return { expected: expected.sort(), reported: await findings(root, jobs) };
  } finally {
    archive.restore(whole);
  }
}

describe('damage of one kind', () => {
  it('is nowhere in the archive before', async () => {
    assert.deepEqual(await findings(healthy), []);
    assert.deepEqual(await findings(sealedCopy), []);
  });

  for (const each of DAMAGES) {
    it(`${each.code}: ${each.name}`, async () => {
      const { reported, expected } = await damaged([each], 1);
      assert.deepEqual(reported, expected);
    });
  }

  it('is put back after each', async () => {
    assert.deepEqual(await digests(copy), await digests(healthy));
    assert.deepEqual(await digests(sealedCopy), await digests(sealed));
  });

  it('is of at least 60 kinds, and every check has one', () => {
    assert.ok(DAMAGES.length >= 60, `${DAMAGES.length}`);
    const provoked = new Set<CheckCode>(DAMAGES.map(({ code }) => code));
    assert.deepEqual(
      (Object.keys(CHECKS) as CheckCode[]).filter((code) => !provoked.has(code) && !(code in ELSEWHERE)),
      [],
    );
  });
});

/** Checks that a damage to such an archive cannot provoke, with the test that does. */
const ELSEWHERE: Partial<Record<CheckCode, string>> = {
  'unreadable-file': 'audit-hostile.test.ts',
  'file-added': 'manifest.test.ts',
  'file-changed': 'manifest.test.ts',
  'file-removed': 'manifest.test.ts',
  'placeholder-picture': 'audit.test.ts, where the sample documents are there',
};

/** A small generator of numbers: the same seed gives the same choice. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('damages of twenty kinds at once', () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    it(`are all found, and nothing else (seed ${seed})`, async () => {
      const random = generator(seed);
      const rest = DAMAGES.filter(({ alone }) => alone === undefined);
      const chosen = Array.from({ length: AT_ONCE }, () => rest.splice(Math.floor(random() * rest.length), 1)).flat();
      const { reported, expected } = await damaged(chosen, 2);
      assert.deepEqual(reported, expected, chosen.map(({ code, name }) => `${code}: ${name}`).join('\n'));
    });
  }
});
