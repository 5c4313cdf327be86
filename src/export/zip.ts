/**
 * ZIP files made entry by entry, whose bytes follow from the entries alone. WACZ demands that they are stored and not compressed
 * (1.1.1, 5.1); EPUB that its first entry is stored without anything of its own (OCF 3.2, 4.3).
 */
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Staged } from './staged.ts';

/** What is staged is stored; what is in memory is compressed, unless it `isStored`. */
export type ZipEntry =
  | Pick<Staged, 'path' | 'bytes' | 'chunks'>
  | { readonly path: string; readonly content: string | Uint8Array; readonly isStored?: boolean };

/**
 * The time of every entry. What lies before 1980 becomes midnight of 1 January 1980 in whatever time zone the machine is in
 * (a ZIP file has no zones), so that the same entries give the same bytes everywhere.
 */
const NO_TIME = new Date(0);

const ALIKE = { mtime: NO_TIME, mode: 0o100644, forceDosTimestamp: true } as const;

/** @param entries in the order in which they shall lie; the next one is asked for when one of them was read */
export async function* zipOf(entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on('error', fail);
  const added = addAll(zip, entries).catch(fail);
  yield* output as AsyncIterable<Uint8Array>;
  await added;
}

async function addAll(zip: ZipFile, entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>): Promise<void> {
  for await (const entry of entries) {
    if ('chunks' in entry)
      await addStream(zip, entry.path, { compress: false, size: entry.bytes }, heldOnce(entry.chunks()));
    else if (entry.isStored === true)
      zip.addBuffer(Buffer.from(entry.content), entry.path, { ...ALIKE, compress: false });
    else await addStream(zip, entry.path, { compress: true }, heldOnce([Buffer.from(entry.content)]));
  }
  zip.end();
}

/**
 * yazl keeps every entry with its functions to the end, for the list at the end of the file: what they hold must let go of the
 * content once it is read.
 * @throws what the content throws: yazl looks at no error of what it reads
 */
function addStream(
  zip: ZipFile,
  path: string,
  options: { readonly compress: boolean; readonly size?: number },
  held: { content: Readable | null },
): Promise<void> {
  return new Promise((resolve, reject) => {
    held.content?.once('error', reject).once('end', resolve);
    zip.addReadStreamLazy(path, { ...ALIKE, ...options }, (take) => {
      if (held.content !== null) take(null, held.content);
      held.content = null;
    });
  });
}

function heldOnce(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): { content: Readable | null } {
  return { content: Readable.from(chunks, { objectMode: false }) };
}
