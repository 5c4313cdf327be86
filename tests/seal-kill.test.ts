/** A seal that is cut off at every single step by which it writes leaves the last good log, and the next one goes on. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { openTrash } from '../src/archive/trash.ts';
import type { Seen, SeenLogs } from '../src/evidence/key.ts';
import { openSealMemory, type SealMemory } from '../src/evidence/memory.ts';
import { type Seal, seal } from '../src/evidence/seal.ts';
import { type Verified, verify } from '../src/evidence/verify.ts';
import { temporaryFolder } from './support/command.ts';
import { documentOf, draft, save } from './support/drafts.ts';
import { installFaults } from './support/fault-points.ts';

const key = generateKeyPairSync('ed25519');
const keyOf = (n: number) => `2026/10/2026_10_04_9031${String(n).padStart(2, '0')}`;

async function archived(root: string, from: number, to: number): Promise<void> {
  const archive = openArchive(openDisk(root), { minFreeBytes: 0 });
  for (let n = from; n < to; n++)
    await save(archive, keyOf(n), documentOf(`<p>第${n}篇</p>`), {
      ...draft(),
      id: `guancha:9031${String(n).padStart(2, '0')}`,
    });
}

const memoryOf = (root: string) => openSealMemory(join(root, 'seals.sqlite'));

async function sealed(root: string, seen: SeenLogs, memory: SealMemory): Promise<Seal> {
  const storage = openDisk(root);
  const trash = openTrash(storage, { now: new Date() });
  return await seal(storage, { key, archive: root, memory, trash, seen, now: Date.now });
}

async function sealedAnew(root: string, seen: SeenLogs): Promise<Seal> {
  using memory = memoryOf(root);
  return await sealed(root, seen, memory);
}

function verified(root: string, seen: SeenLogs): Promise<Verified> {
  const storage = openDisk(root);
  const trash = () => openTrash(storage, { now: new Date() });
  return verify({ storage, trusted: null, seen: { log: seen.of, here: null }, witnesses: [], hasFiles: true, trash });
}

function openSeen(): SeenLogs {
  const logs = new Map<string, Seen>();
  return { of: (origin) => logs.get(origin) ?? null, at: () => null, note: (each) => void logs.set(each.origin, each) };
}

it('a seal that is cut off anywhere leaves a good log, and the next one ends it', async () => {
  await using folder = await temporaryFolder();
  const [before, root] = [join(folder.path, 'before'), join(folder.path, 'archive')];
  const first = openSeen();
  await archived(before, 0, 3);
  const { checkpoint } = await sealedAnew(before, first);
  await archived(before, 3, 6);
  let steps = 1;
  for (let at = 1; at <= steps; at++) {
    const seen = openSeen();
    const known = first.of(checkpoint?.origin ?? '');
    if (known !== null) seen.note(known);
    await rm(root, { recursive: true, force: true });
    await cp(before, root, { recursive: true, preserveTimestamps: true });
    {
      using memory = memoryOf(root); // closed like a dead process's
      using points = installFaults({ kind: 'halt', at }, (path) => path.startsWith(root));
      const ended = await Promise.race([sealed(root, seen, memory).then(() => true), points.halted.then(() => false)]);
      steps = ended ? at - 1 : at + 1;
    }
    const left = await verified(root, seen);
    assert.deepEqual(left.findings, [], `cut off at step ${at}`);
    assert.ok(
      [checkpoint?.size, (checkpoint?.size ?? 0) + 7].includes(left.checkpoint?.size),
      `step ${at}: ${left.checkpoint?.size}`,
    );
    await sealedAnew(root, seen);
    const { findings, notSealed, unchanged, checkpoint: last } = await verified(root, seen);
    assert.deepEqual(
      [findings, notSealed, unchanged, last?.size],
      [[], 0, 12, (checkpoint?.size ?? 0) + 7],
      `step ${at}`,
    );
  }
  assert.ok(steps > 15, `${steps} steps`);
});
