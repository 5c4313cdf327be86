/**
 * What a seal costs beside `sha256sum` of the same files, and what a later one costs for what is new. Options: --files N
 * (100,000), --bytes N of each on average (16,000).
 */
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDisk } from '../../src/archive/disk.ts';
import { assetKey, documentKey, recordKey } from '../../src/archive/keys.ts';
import { openTrash } from '../../src/archive/trash.ts';
import { openSealMemory } from '../../src/evidence/memory.ts';
import { seal } from '../../src/evidence/seal.ts';
import { documentOf } from '../support/drafts.ts';
import { FORGETFUL } from '../support/proof.ts';

const { values } = parseArgs({
  options: { files: { type: 'string', default: '100000' }, bytes: { type: 'string', default: '16000' } },
});
const [files, bytes] = [Number(values.files), Number(values.bytes)];
const root = mkdtempSync(join(tmpdir(), 'guancha-bench-seal-'));
const key = generateKeyPairSync('ed25519');
const frame = documentOf('<p>TEXT</p>');

/** A document, a record and a picture of the wanted size together. */
function writeArticle(n: number): void {
  const place = `2026/${String(1 + (n % 12)).padStart(2, '0')}/2026_10_04_${1_000_000 + n}`;
  const picture = Buffer.alloc(bytes * 2, `${n} `);
  const digest = createHash('sha256').update(picture).digest('hex');
  const parts = [
    [documentKey(place), frame.replace('TEXT', `${n} `.repeat(bytes / 20))],
    [recordKey(place), `${n} `.repeat(bytes / 12)],
    [assetKey(digest, 'jpg'), picture],
  ] as const;
  for (const [path, content] of parts) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

async function sealAll(): Promise<{ readonly ms: number; readonly files: number }> {
  using memory = openSealMemory(join(root, 'seals.sqlite'));
  const storage = openDisk(root);
  const trash = openTrash(storage, { now: new Date() });
  const from = performance.now();
  const sealed = await seal(storage, {
    key,
    archive: root,
    memory,
    trash,
    seen: FORGETFUL,
    now: () => Date.now() + 10_000,
  });
  return { ms: performance.now() - from, files: sealed.files };
}

function sums(): number {
  const from = performance.now();
  execFileSync('sh', ['-c', 'find articles records assets -type f -print0 | xargs -0 sha256sum > /dev/null'], {
    cwd: root,
  });
  return performance.now() - from;
}

try {
  const articles = Math.ceil(files / 3);
  for (let n = 0; n < articles; n++) writeArticle(n);
  sums(); // everything is in the page cache from here on
  const before = sums();
  const first = await sealAll();
  const after = sums();
  const plain = (before + after) / 2;
  for (let n = articles; n < articles + 100; n++) writeArticle(n);
  const later = await sealAll();
  const nothing = await sealAll();
  const line = (name: string, { ms, files: count }: { readonly ms: number; readonly files: number }) =>
    `${name}: ${count} files in ${Math.round(ms)} ms, ${(ms / plain).toFixed(2)} × sha256sum of all\n`;
  process.stdout.write(`sha256sum: ${articles * 3} files in ${Math.round(plain)} ms\n`);
  process.stdout.write(line('first seal', first) + line('later seal', later) + line('seal of nothing new', nothing));
} finally {
  rmSync(root, { recursive: true, force: true });
}
