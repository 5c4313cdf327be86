/** A file of an export before it has its place: written once into a temporary file, hashed on the way, read as often as is needed. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Storage } from '../archive/storage.ts';

export interface Staged {
  /** Its name in the export. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  chunks(): AsyncIterable<Uint8Array>;
}

/** Unless it is kept, nothing of it stays. */
export interface StagedFile extends Staged, AsyncDisposable {
  /** Gives it its place in the folder; what lay there is replaced. */
  keep(key: string): Promise<void>;
}

/** @param content holds few bytes at a time; what it throws is thrown, and then nothing of the file stays */
export async function stageFile(
  storage: Storage,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<StagedFile> {
  const file = await storage.temporary('');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    await file.fill((open) =>
      pipeline(async function* () {
        for await (const piece of content) {
          hash.update(piece);
          bytes += piece.length;
          yield piece;
        }
      }, open()),
    );
    return {
      path,
      bytes,
      sha256: hash.digest('hex'),
      chunks: () => file.chunks(),
      keep: (key) => file.commit(key, { replaces: true }),
      [Symbol.asyncDispose]: () => file.discard(),
    };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** A small one, in memory. */
export function stageText(path: string, text: string): Staged {
  const bytes = Buffer.from(text);
  return {
    path,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    chunks: async function* () {
      yield bytes;
    },
  };
}
