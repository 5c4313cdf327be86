/** Damage to what was sealed, and attacks on the log of seals. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CHECKPOINT,
  checkpointKey,
  QUARANTINE,
  SEAL_CHECKPOINTS,
  SEAL_KEY,
  SEAL_KEY_PEM,
  SEAL_LISTS,
  SEALS,
  sealContentsKey,
  sealListKey,
  TILES,
  tileKey,
  timestampKey,
} from '../../../src/archive/keys.ts';
import { keyFiles } from '../../../src/evidence/log.ts';
import { type Checkpoint, readCheckpoint, signCheckpoint, verifierKey, writeNote } from '../../../src/evidence/note.ts';
import type { Plant } from '../plant.ts';
import { OLDER, OWN_KEY, WITNESS } from '../sealed-archive.ts';
import { type Damage, damage, flip } from './damage.ts';

const sealed = (code: Damage['code'], name: string, plant: Damage['plant']): Damage => ({
  ...damage(code, name, plant, true),
  isSealed: true,
});

function checkpointOf(archive: Plant, key = CHECKPOINT): Checkpoint {
  const checkpoint = readCheckpoint(archive.read(key));
  assert.ok(checkpoint);
  return checkpoint;
}

/** The size of the log after its first seal. */
function firstSize(archive: Plant): number {
  const [key = ''] = archive.list(SEAL_CHECKPOINTS);
  return checkpointOf(archive, key).size;
}

/** Changes the lines of the first list. */
const list = (code: Damage['code'], name: string, change: (lines: string[]) => readonly string[]): Damage =>
  sealed(code, name, (archive) => {
    const key = sealListKey(0);
    archive.write(key, change(archive.read(key).match(/.*\n/g) ?? []).join(''));
    return code === 'seal-log-damaged' ? key : SEAL_LISTS;
  });

const swapped = (lines: string[], i: number, j: number) =>
  lines.map((line, at) => (at === i ? (lines[j] ?? '') : at === j ? (lines[i] ?? '') : line));

const FOREIGN = `${'0'.repeat(64)}  articles/2026/10/2026_10_14_1.html\n`;

const LISTS: readonly Damage[] = [
  list('seal-entry-removed', 'an entry is taken out of a list', (lines) => lines.toSpliced(3, 1)),
  list('seal-entry-added', 'an entry is put into a list', (lines) => lines.toSpliced(3, 0, FOREIGN)),
  list('seal-entry-changed', 'an entry of a list says another hash', (lines) =>
    lines.with(3, FOREIGN.slice(0, 64) + (lines[3] ?? '').slice(64)),
  ),
  list('seal-entry-changed', 'an entry of a list says another path', (lines) =>
    lines.with(3, (lines[3] ?? '').replace(/\w\n$/, 'z\n')),
  ),
  list('seal-reordered', 'two entries of a list change places', (lines) => swapped(lines, 3, 5)),
  sealed('seal-entry-added', 'an entry is put behind the last list', (archive) => {
    const key = sealListKey(firstSize(archive));
    archive.write(key, archive.read(key) + FOREIGN);
    return SEAL_LISTS;
  }),
  sealed('seal-entry-removed', 'a list is gone', (archive) => {
    archive.remove(sealListKey(0));
    return SEAL_LISTS;
  }),
  list('seal-log-damaged', 'a line of a list is no entry', (lines) => lines.with(3, 'to do\n')),
  list('seal-log-damaged', 'a line of a list ends in another way', (lines) =>
    lines.with(3, (lines[3] ?? '').replace('\n', '\r')),
  ),
  list('seal-log-damaged', 'the last line of a list is cut', (lines) =>
    lines.with(-1, (lines.at(-1) ?? '').slice(0, -1)),
  ),
];

/** Flips a bit of a file of the log. */
const inFile = (code: Damage['code'], name: string, wanted: (archive: Plant) => string): Damage =>
  sealed(code, name, (archive) => {
    const key = wanted(archive);
    archive.write(key, flip(archive.bytes(key), 40));
    return key;
  });

const tile = (pattern: RegExp) => (archive: Plant) => {
  const key = archive.list(TILES).find((each) => pattern.test(each));
  assert.ok(key, `no tile ${pattern}`);
  return key;
};

const DERIVED: readonly Damage[] = [
  inFile('seal-tiles-damaged', 'a bit flips in a tile of hashes', tile(/tile\/0\/000(?:\.p\/\d{2,})?$/)),
  inFile('seal-tiles-damaged', 'a bit flips in a bundle of entries', tile(/tile\/entries\//)),
  inFile('seal-tiles-damaged', 'a bit flips in a tile from when the log was shorter', () => tileKey(0, 0, OLDER)),
  sealed('seal-tiles-damaged', 'a tile is gone', (archive) => {
    const key = tile(/tile\/entries\/000$/)(archive);
    archive.remove(key);
    return key;
  }),
  inFile('seal-key-damaged', 'a bit flips in the public key', () => SEAL_KEY_PEM),
  inFile('seal-key-damaged', 'a bit flips in the verifier key', () => SEAL_KEY),
  sealed('seal-key-damaged', 'both files of the key are gone', (archive) => {
    for (const key of [SEAL_KEY_PEM, SEAL_KEY]) archive.remove(key);
    return [SEAL_KEY_PEM, SEAL_KEY];
  }),
  sealed('seal-key-damaged', 'the public key is another one', (archive) => {
    const other = generateKeyPairSync('ed25519').publicKey;
    archive.write(SEAL_KEY_PEM, String(other.export({ type: 'spki', format: 'pem' })));
    return SEAL_KEY_PEM;
  }),
];

/** Signs a checkpoint as somebody would who has the key. */
function signedBy(pair: typeof OWN_KEY, { origin, size, root }: Pick<Checkpoint, 'origin' | 'size' | 'root'>): string {
  const signer = { ...verifierKey(origin, pair.publicKey), privateKey: pair.privateKey };
  return signCheckpoint({ size, root }, signer).raw;
}

const SIGNED: readonly Damage[] = [
  sealed('seal-log-damaged', 'the checkpoint is no checkpoint', (archive) => {
    archive.write(CHECKPOINT, 'nonsense\n');
    return CHECKPOINT;
  }),
  sealed('seal-log-damaged', 'the checkpoint is empty', (archive) => {
    archive.write(CHECKPOINT, '');
    return CHECKPOINT;
  }),
  sealed('seal-log-damaged', 'an older checkpoint is no checkpoint', (archive) => {
    const key = checkpointKey(firstSize(archive));
    archive.write(key, 'nonsense\n');
    return key;
  }),
  sealed('seal-signature-bad', 'the signature of the checkpoint is of something else', (archive) => {
    const { note } = checkpointOf(archive);
    const signatures = note.signatures.map((each) => ({ ...each, bytes: Buffer.alloc(64, 7) }));
    archive.write(CHECKPOINT, writeNote({ ...note, signatures }));
    return CHECKPOINT;
  }),
  sealed('seal-signature-bad', 'an older checkpoint is of another key', (archive) => {
    const key = checkpointKey(firstSize(archive));
    archive.write(key, signedBy(generateKeyPairSync('ed25519'), checkpointOf(archive, key)));
    return key;
  }),
  sealed('seal-cosignature-bad', 'the cosignature of the witness is of something else', (archive) => {
    const { note } = checkpointOf(archive);
    const bad = { name: WITNESS.name, id: WITNESS.id, bytes: Buffer.alloc(72, 7) };
    archive.write(CHECKPOINT, writeNote({ ...note, signatures: [...note.signatures, bad] }));
    return CHECKPOINT;
  }),
  sealed('seal-foreign-key', 'the whole log is signed again by another key', (archive) => {
    const pair = generateKeyPairSync('ed25519');
    const { origin } = checkpointOf(archive);
    for (const key of [CHECKPOINT, ...archive.list(SEAL_CHECKPOINTS)])
      archive.write(key, signedBy(pair, checkpointOf(archive, key)));
    for (const [key, text] of keyFiles(verifierKey(origin, pair.publicKey))) archive.write(key, text);
    return CHECKPOINT;
  }),
  sealed('seal-forked', 'another checkpoint was signed by the same key', (archive) => {
    const { origin } = checkpointOf(archive);
    archive.write(checkpointKey(7), signedBy(OWN_KEY, { origin, size: 7, root: Buffer.alloc(32, 7) }));
    return CHECKPOINT;
  }),
  sealed('seal-rolled-back', 'the log is put back to its first seal', (archive) => {
    const size = firstSize(archive);
    const newest = checkpointOf(archive).size;
    archive.write(CHECKPOINT, archive.read(checkpointKey(size)));
    for (const key of [checkpointKey(newest), sealListKey(size), sealContentsKey(size)]) archive.remove(key);
    return CHECKPOINT;
  }),
  sealed('seal-log-removed', 'the whole log is gone', (archive) => {
    archive.remove(SEALS);
    return CHECKPOINT;
  }),
  sealed('seal-log-removed', 'the checkpoint is gone', (archive) => {
    archive.remove(CHECKPOINT);
    return CHECKPOINT;
  }),
  sealed('seal-timestamp-bad', 'a time stamp is none', (archive) => {
    const key = timestampKey(firstSize(archive));
    archive.write(key, 'nonsense');
    return key;
  }),
  sealed('seal-timestamp-bad', 'a time stamp has no checkpoint', (archive) => {
    const key = timestampKey(1);
    archive.write(key, 'nonsense');
    return key;
  }),
  sealed('stray-file', 'a note among the seals', (archive) => {
    archive.write(`${SEALS}/lists/notes.txt`, 'to do\n');
    return `${SEALS}/lists/notes.txt`;
  }),
];

const page = (archive: Plant) => {
  const key = archive.list(QUARANTINE).find((each) => each.endsWith('.gz'));
  assert.ok(key);
  return key;
};

const FILES: readonly Damage[] = [
  sealed('seal-file-changed', 'the time in a record that nobody names is another', (archive) => {
    const [key = ''] = archive.list('captures').filter((each) => each.endsWith('.warc.gz'));
    archive.write(key, flip(archive.bytes(key), 4));
    return key;
  }),
  sealed('seal-file-changed', 'a page in quarantine is packed anew', (archive) => {
    const key = page(archive);
    archive.write(key, gzipSync(gunzipSync(archive.bytes(key)), { level: 1 }));
    return key;
  }),
  sealed('seal-file-changed', 'a record is not in the form that the archive writes', (archive) => {
    const { record } = archive.spot();
    archive.write(record, `${archive.read(record)} `);
    return record;
  }),
  sealed('seal-file-changed', 'a document and its record say another thing, and agree', (archive) => {
    const spot = archive.spot();
    archive.changeText(spot, (text) => text.replace(/(<p[^>]*>)/, '$1　'));
    return [spot.document, spot.record];
  }),
  sealed('seal-file-removed', 'a file of captures that no record names is gone', (archive) => {
    const key = archive.list('captures').findLast((each) => each.endsWith('.warc.gz')) ?? '';
    archive.remove(key);
    return key;
  }),
  sealed('seal-file-added', 'a page of an older day comes into the quarantine', (archive) => {
    const keys = archive.list(QUARANTINE).filter((each) => each.startsWith(page(archive).slice(0, -8)));
    return keys.map((key) => {
      const other = key.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
      archive.write(other, archive.bytes(key));
      utimesSync(archive.path(other), 1e9, 1e9);
      return other;
    });
  }),
];

export const SEALED: readonly Damage[] = [...FILES, ...LISTS, ...DERIVED, ...SIGNED];
