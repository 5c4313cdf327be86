/** WACZ packages (WACZ 1.1.1): their WARC files, checked against the hashes of `datapackage.json`. The one door to yauzl. */
import { createHash } from 'node:crypto';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { ArchiveError } from '../errors.ts';
import { readDigest } from './digest.ts';
import type { NamedFile } from './files.ts';

export interface PackedWarc {
  /** Its name in the package: `archive/data.warc.gz`. */
  readonly name: string;
  /** Opens it from its beginning. */
  readonly open: () => AsyncIterable<Uint8Array>;
  /** Throws IMPORT_DAMAGED where its bytes are not those that the package's description names. */
  readonly requireHash: () => Promise<void>;
}

const DESCRIPTION = 'datapackage.json';
const DESCRIPTION_DIGEST = 'datapackage-digest.json';
const LONGEST_DESCRIPTION = 32_000_000;
/** Of a package with every page of a large site in a WARC of its own. */
const MOST_ENTRIES = 200_000;

/**
 * Lets `read` have the WARC files of a package. No name of the package ever becomes a path.
 * @throws IMPORT_DAMAGED where it is no whole ZIP file, a name leads out of it, or its description is not what its digest
 *   says; IMPORT_UNKNOWN where it holds no WARC file
 */
export async function readWacz<T>(file: NamedFile, read: (warcs: readonly PackedWarc[]) => Promise<T>): Promise<T> {
  const zip = await asDamage(() =>
    openPromise(file.path, { lazyEntries: true, autoClose: false, strictFileNames: true }),
  );
  try {
    const entries = await asDamage(() => entriesOf(zip));
    const hashes = await hashesOf(zip, entries);
    const warcs = [...entries.values()].filter(({ fileName }) => /^archive\/.+\.warc(?:\.gz)?$/i.test(fileName));
    if (warcs.length === 0) throw new ArchiveError('IMPORT_UNKNOWN', 'a ZIP file without archive/*.warc.gz');
    return await read(
      warcs.map((entry) => {
        const open = () => bytesOf(zip, entry);
        return { name: entry.fileName, open, requireHash: () => requireHash(entry, open, hashes.get(entry.fileName)) };
      }),
    );
  } finally {
    zip.close();
  }
}

async function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > MOST_ENTRIES) throw damaged(`${zip.entryCount} entries, at most ${MOST_ENTRIES}`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw damaged(`two entries are named ${entry.fileName}`);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

async function* bytesOf(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted()) throw new ArchiveError('IMPORT_UNKNOWN', `${entry.fileName} is encrypted`);
  const stream = await asDamage(() => zip.openReadStreamPromise(entry));
  const chunks = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await asDamage(() => chunks.next() as Promise<IteratorResult<Uint8Array>>);
      if (done === true) return;
      yield value;
    }
  } finally {
    stream.destroy();
  }
}

/** The hash of each file as `datapackage.json` names it; empty where the package has none. */
async function hashesOf(zip: ZipFile, entries: ReadonlyMap<string, Entry>): Promise<ReadonlyMap<string, string>> {
  const description = await smallFile(zip, entries.get(DESCRIPTION));
  if (description === null) return new Map();
  const signed = await smallFile(zip, entries.get(DESCRIPTION_DIGEST));
  const { hash } =
    signed === null ? { hash: undefined } : (asJson(DESCRIPTION_DIGEST, signed) as { readonly hash?: unknown });
  if (typeof hash === 'string') requireSame(DESCRIPTION, hash, createHash('sha256').update(description).digest('hex'));
  const { resources } = asJson(DESCRIPTION, description) as { readonly resources?: unknown };
  const hashes = new Map<string, string>();
  for (const each of Array.isArray(resources) ? (resources as unknown[]) : []) {
    const { path, hash: own } = (each ?? {}) as { readonly path?: unknown; readonly hash?: unknown };
    if (typeof path === 'string' && typeof own === 'string') hashes.set(path, own);
  }
  return hashes;
}

async function smallFile(zip: ZipFile, entry: Entry | undefined): Promise<Buffer | null> {
  if (entry === undefined) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytesOf(zip, entry)) {
    length += chunk.length;
    if (length > LONGEST_DESCRIPTION) throw damaged(`${entry.fileName} has more than ${LONGEST_DESCRIPTION} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function asJson(name: string, bytes: Buffer): object {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new ArchiveError('IMPORT_DAMAGED', `${name}: ${(error as Error).message}`, { cause: error });
  }
  throw damaged(`${name} is no JSON object`);
}

async function requireHash({ fileName }: Entry, open: PackedWarc['open'], printed: string | undefined): Promise<void> {
  if (printed === undefined) return;
  const digest = readDigest(printed);
  if (digest === null) return; // of an algorithm that is not known: it proves nothing
  const hash = createHash(digest.algorithm);
  for await (const chunk of open()) hash.update(chunk);
  requireSame(fileName, printed, hash.digest('hex'));
}

function requireSame(name: string, printed: string, hex: string): void {
  const digest = readDigest(printed);
  if (digest !== null && digest.hex !== hex) throw damaged(`${name}: its bytes are not those of its hash ${printed}`);
}

/** What yauzl and zlib say of a file that is no whole ZIP file. */
async function asDamage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined && /^E[A-Z]+$/.test(code)) throw error; // the disk's own
    throw new ArchiveError('IMPORT_DAMAGED', message, { cause: error });
  }
}

function damaged(detail: string): ArchiveError {
  return new ArchiveError('IMPORT_DAMAGED', detail);
}
