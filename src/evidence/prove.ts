/**
 * The proof of one article, as a folder that anybody can check who trusts neither this program nor its owner: the files at
 * their places in the archive, a proof of inclusion for record and document (c2sp.org/tlog-proof), the signed checkpoint, and
 * a script. Pictures and captures are proved by the record, which names their hashes.
 */
import { assetKey, checkpointKey, documentKey, recordKey, SEAL_KEY_PEM, timestampKey } from '../archive/keys.ts';
import { manifestLine } from '../archive/manifest.ts';
import { type ArchiveRecord, sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import type { CapturePlace } from '../model.ts';
import { damaged, type Entry, entries, keyBeside, newestCheckpoint } from './log.ts';
import { type Checkpoint, fingerprint, isSigned } from './note.ts';
import { CHECK_SCRIPT, proofPage } from './proof-files.ts';
import { hashesOf } from './tiles.ts';
import { readTimestamp } from './timestamp.ts';
import { inclusionRanges, leafHash, verifyInclusion } from './tree.ts';

export interface Proof {
  readonly checkpoint: Checkpoint;
  /** All files of the folder, in order. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly isEvidence: boolean }[];
  readonly stampedAt: string | null;
  /** How many places of the article's capture are in it; of `unproved` ones the record does not name the hash. */
  readonly captures: { readonly all: number; readonly unproved: number };
  /** Pictures that the archive lacks, or has otherwise than the record names them. */
  readonly missing: readonly string[];
}

export interface ProveOptions {
  /** The gzip members of an exchange as they lie in the captures; null where they cannot be had. */
  readonly members: (place: CapturePlace) => Promise<Buffer | null>;
}

/**
 * Writes the proof of an article into an empty folder.
 * @throws NOT_SEALED where record or document are not sealed as they are now; SEAL_DAMAGED
 */
export async function prove(
  storage: Storage,
  { key, record }: { readonly key: string; readonly record: ArchiveRecord },
  folder: Storage,
  { members }: ProveOptions,
): Promise<Proof> {
  const newest = await newestCheckpoint(storage);
  if (newest === null) throw new ArchiveError('NOT_SEALED', `${storage.name}: nothing was sealed yet`);
  const verifier = await keyBeside(storage, newest.origin);
  if (isSigned(newest.note, verifier) !== 'good')
    throw damaged(storage, SEAL_KEY_PEM, 'is not the key of the checkpoint');
  const signed = (await storage.read(checkpointKey(newest.size)))?.toString() ?? newest.raw;
  const files: { path: string; bytes: number; isEvidence: boolean }[] = [];
  const sums: string[] = [];

  const sealed = await sealedEntries(storage, newest.size, [recordKey(key), documentKey(key)]);
  const recordBytes = await add(recordKey(key));
  await add(documentKey(key));
  const missing = await addPictures();
  const captures = await addCaptures(recordBytes);
  for (const [path, entry] of sealed) await addFile(`${path.split('/')[0]}.tlog-proof`, await proofOf(entry));
  await addFile('checkpoint', signed);
  const stampedAt = await addTimestamp();
  await addFile('key.pem', String(verifier.key.export({ type: 'spki', format: 'pem' })));
  await addFile('check.sh', CHECK_SCRIPT);
  const capturedAt = record.versions.at(-1)?.capturedAt ?? '';
  const { origin, size } = newest;
  const shown = { title: record.article.title, url: record.url, id: record.id, capturedAt, origin, size };
  const facts = { fingerprint: fingerprint(verifier.key), stampedAt, captures, missing: missing.length };
  await addFile('index.html', proofPage({ ...shown, ...facts }));
  await folder.write('SHA256SUMS', sums.join(''));
  files.push({ path: 'SHA256SUMS', bytes: Buffer.byteLength(sums.join('')), isEvidence: false });
  return { checkpoint: newest, files, stampedAt, captures, missing };

  /** A sealed file, which must be as it was sealed last. */
  async function add(path: string): Promise<Buffer> {
    const bytes = await storage.read(path);
    if (bytes === null || sha256(bytes) !== sealed.get(path)?.sha256)
      throw new ArchiveError('NOT_SEALED', `${storage.name}/${path}: changed since it was sealed`);
    await addFile(path, bytes, true);
    return bytes;
  }

  async function addFile(path: string, bytes: string | Buffer, isEvidence = false): Promise<void> {
    await folder.write(path, bytes);
    sums.push(manifestLine({ path, sha256: sha256(bytes) }));
    files.push({ path, bytes: Buffer.byteLength(bytes), isEvidence });
  }

  /** Gives what is missing. */
  async function addPictures(): Promise<readonly string[]> {
    const missing: string[] = [];
    const seen = new Set<string>();
    for (const asset of record.assets) {
      if (!('sha256' in asset)) {
        missing.push(asset.src);
        continue;
      }
      const path = assetKey(asset.sha256, asset.type);
      if (seen.has(path)) continue;
      seen.add(path);
      const bytes = (await storage.stat(path)) === null ? null : await storage.read(path);
      if (bytes !== null && sha256(bytes) === asset.sha256) await addFile(path, bytes, true);
      else missing.push(asset.src);
    }
    return missing;
  }

  /** Each exchange as a WARC of its own: the bytes whose hash the record names. */
  async function addCaptures(recordBytes: Buffer): Promise<Proof['captures']> {
    const text = recordBytes.toString();
    let [all, unproved] = [0, 0];
    for (const place of placesOf(record)) {
      const bytes = await members(place);
      if (bytes === null) continue;
      all += 1;
      const isNamed = text.includes(`"sha256": "${sha256(bytes)}"`);
      if (!isNamed) unproved += 1;
      await addFile(`${isNamed ? 'capture' : 'unproved-capture'}-${all}.warc.gz`, bytes, true);
    }
    return { all, unproved };
  }

  async function proofOf({ index, line }: Entry): Promise<string> {
    const { size, root } = newest as Checkpoint;
    const proof = await hashesOf(storage, size, inclusionRanges(index, size));
    if (!verifyInclusion(leafHash(line), { index, size, root, proof }))
      throw damaged(storage, 'seals', `the tiles do not lead from entry ${index} to the root`);
    const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
    return `c2sp.org/tlog-proof@v1\nindex ${index}\n${lines}\n${(newest as Checkpoint).raw}`;
  }

  async function addTimestamp(): Promise<string | null> {
    const reply = await storage.read(timestampKey((newest as Checkpoint).size));
    const read = reply === null ? null : readTimestamp(reply, { data: signed, query: null });
    if (reply === null || read === null || 'fault' in read) return null;
    await addFile('checkpoint.tsr', reply);
    return read.at;
  }
}

/** Where the exchanges lie that the document was made of, and their bodies where those lie elsewhere; each once. */
function placesOf({ basis, versions }: ArchiveRecord): readonly CapturePlace[] {
  const made = versions.at(-1)?.basis ?? basis;
  const places = made === undefined ? [] : [...made.pages.flat(), ...(made.single ?? [])];
  const all = places.flatMap((place) => (place.body === undefined ? [place] : [place, place.body]));
  return [...new Map(all.map((place) => [`${place.file} ${place.offset}`, place])).values()];
}

/** The last entry of each path. @throws NOT_SEALED where one has none */
async function sealedEntries(
  storage: Storage,
  size: number,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Entry>> {
  const found = new Map<string, Entry>();
  for await (const entry of entries(storage)) {
    if (entry.index >= size) break;
    if (paths.includes(entry.path)) found.set(entry.path, entry);
  }
  for (const path of paths)
    if (!found.has(path)) throw new ArchiveError('NOT_SEALED', `${storage.name}/${path}: is not sealed yet`);
  return new Map(paths.map((path) => [path, found.get(path) as Entry]));
}
