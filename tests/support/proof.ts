/** A small archive on a disk, sealed, and the proof of one of its articles. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { openArchive } from '../../src/archive/archive.ts';
import { openDisk } from '../../src/archive/disk.ts';
import { assetKey } from '../../src/archive/keys.ts';
import { sha256 } from '../../src/archive/record.ts';
import type { Storage } from '../../src/archive/storage.ts';
import { openTrash } from '../../src/archive/trash.ts';
import type { KeyPair, SeenLogs } from '../../src/evidence/key.ts';
import { openSealMemory } from '../../src/evidence/memory.ts';
import { prove } from '../../src/evidence/prove.ts';
import { seal } from '../../src/evidence/seal.ts';
import { documentOf, draft, save } from './drafts.ts';

const PICTURE = 'not a picture, but the bytes of one';
export const FORGETFUL: SeenLogs = { of: () => null, at: () => null, note: () => {} };

/** Archives articles, one picture each, and seals them. @param articles at most 100 */
export async function sealedArchive(
  root: string,
  articles: number,
): Promise<{ readonly storage: Storage; readonly key: KeyPair; readonly keyOf: (n: number) => string }> {
  const storage = openDisk(root);
  const trash = openTrash(storage, { now: new Date() });
  const archive = openArchive(storage, { minFreeBytes: 0, trash });
  const keyOf = (n: number) => `2026/10/2026_10_04_9031${String(n).padStart(2, '0')}`;
  const digest = sha256(PICTURE);
  await storage.write(assetKey(digest, 'jpg'), PICTURE);
  const assets = [
    {
      src: 'https://i.guancha.cn/a.jpg',
      url: 'https://i.guancha.cn/a.jpg',
      sha256: digest,
      bytes: PICTURE.length,
      type: 'jpg',
      width: 1,
      height: 1,
    },
  ];
  for (let n = 0; n < articles; n++)
    await save(archive, keyOf(n), documentOf(`<p>第${n}篇</p>`), {
      ...draft(),
      id: `guancha:9031${String(n).padStart(2, '0')}`,
      assets,
    });
  const key = generateKeyPairSync('ed25519');
  using memory = openSealMemory(':memory:');
  await seal(storage, { key, archive: root, memory, trash, seen: FORGETFUL, now: Date.now });
  return { storage, key, keyOf };
}

/** Writes the proof of the article into `folder/proof`, and gives that path. */
export async function proofIn(
  folder: string,
  articles = 40,
): Promise<{ readonly path: string; readonly bytesBeside: number }> {
  const { storage, keyOf } = await sealedArchive(join(folder, 'archive'), articles);
  const archive = openArchive(storage, { minFreeBytes: 0 });
  const found = await archive.find('guancha:903107', '2026-10-04');
  if (found === null) throw new TypeError('not archived');
  const path = join(folder, 'proof');
  const { files } = await prove(storage, { key: keyOf(7), record: found.record }, openDisk(path), {
    members: async () => null,
  });
  return {
    path,
    bytesBeside: files.filter(({ isEvidence }) => !isEvidence).reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
