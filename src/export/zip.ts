/** A ZIP file whose entries are stored and not compressed, as WACZ demands (1.1.1, 5.1), and whose bytes follow from them alone. */
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Staged } from './staged.ts';

/**
 * The time of every entry. What lies before 1980 becomes midnight of 1 January 1980 in whatever time zone the machine is in
 * (a ZIP file has no zones), so that the same entries give the same bytes everywhere.
 */
const NO_TIME = new Date(0);

/** @param entries in the order in which they shall lie; one of them is read at a time */
export async function* zipOf(entries: readonly Staged[]): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on('error', fail);
  for (const { path, bytes, chunks } of entries) {
    zip.addReadStreamLazy(
      path,
      { compress: false, size: bytes, mtime: NO_TIME, mode: 0o100644, forceDosTimestamp: true },
      (take) => {
        const content = Readable.from(chunks());
        content.once('error', fail); // yazl looks at no error of what it reads
        take(null, content);
      },
    );
  }
  zip.end();
  yield* output as AsyncIterable<Uint8Array>;
}
