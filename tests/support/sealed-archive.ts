/** An archive in two seals, with the key of its log, what its machine has seen of it, and a witness. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { openDisk } from '../../src/archive/disk.ts';
import { TILE_WIDTH, TILES, tileKey } from '../../src/archive/keys.ts';
import { openTrash } from '../../src/archive/trash.ts';
import type { Seen, SeenLogs } from '../../src/evidence/key.ts';
import { openSealMemory } from '../../src/evidence/memory.ts';
import { verifierKey } from '../../src/evidence/note.ts';
import { seal } from '../../src/evidence/seal.ts';
import type { VerifyContext } from '../../src/evidence/verify.ts';
import { openPlant } from './plant.ts';

/** Of every log that is sealed here. */
export const OWN_KEY = generateKeyPairSync('ed25519');
export const WITNESS = verifierKey('witness.example', generateKeyPairSync('ed25519').publicKey, 'witness');

/** Hashes in a tile from when the log was shorter. */
export const OLDER = 7;

export interface SealedArchive {
  /** What the seals of a copy of it are checked with. */
  readonly contextOf: (root: string) => VerifyContext;
}

/** Seals everything; one file of captures in a second seal. */
export async function sealTwice(root: string): Promise<SealedArchive> {
  const storage = openDisk(root);
  const trash = openTrash(storage, { now: new Date() });
  let last: Seen | null = null;
  const seen: SeenLogs = {
    of: () => last,
    at: () => last,
    note: (each) => {
      last = each;
    },
  };
  using memory = openSealMemory(':memory:');
  const sealNow = () => seal(storage, { key: OWN_KEY, archive: root, memory, trash, seen, now: Date.now });
  const segment = openPlant(root)
    .list('captures')
    .findLast((key) => key.endsWith('.warc.gz'));
  assert.ok(segment);
  const aside = join(root, '..', 'aside.warc.gz');
  renameSync(join(root, segment), aside);
  await sealNow();
  renameSync(aside, join(root, segment));
  assert.deepEqual((await sealNow()).findings, []);
  // What a seal of so few entries would have left.
  let tile = await storage.read(tileKey(0, 0, TILE_WIDTH));
  for await (const { key } of storage.list(`${TILES}/0`)) tile ??= await storage.read(key);
  await storage.write(tileKey(0, 0, OLDER), tile?.subarray(0, OLDER * 32) ?? '');
  return {
    contextOf: (copy) => ({
      storage: openDisk(copy),
      trusted: null,
      seen: { log: () => last, here: last },
      witnesses: [WITNESS],
      trash: () => openTrash(openDisk(copy), { now: new Date() }),
    }),
  };
}

/** The same of a machine that has seen no log. */
export function unseen(root: string): VerifyContext {
  return {
    storage: openDisk(root),
    trusted: null,
    seen: { log: () => null, here: null },
    witnesses: [],
    trash: () => openTrash(openDisk(root), { now: new Date() }),
  };
}
