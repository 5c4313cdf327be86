/** A file that is written piece by piece, and is whole under its name or not there at all. */
import { promises as fsp } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeQuietly, settle } from './disk.ts';
import { temporaryName } from './keys.ts';

/** Unless `commit` came to its end, nothing of it stays. */
export interface TextFile extends AsyncDisposable {
  readonly path: string;
  write(text: string): Promise<void>;
  /** Makes all of it durable under its name; what was there before is replaced. */
  commit(): Promise<void>;
}

const HELD_CHARACTERS = 1 << 16;

/** @param path its folder must be there; throws what the disk says, as `write` and `commit` do */
export async function openTextFile(path: string): Promise<TextFile> {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  const handle = await fsp.open(temporary, 'wx');
  let held = '';
  let isOpen = true;

  const close = async () => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  const flush = async () => {
    await handle.appendFile(held);
    held = '';
  };
  return {
    path,
    write: async (text) => {
      held += text;
      if (held.length >= HELD_CHARACTERS) await flush();
    },
    commit: async () => {
      await flush();
      await close();
      await settle(temporary, path);
    },
    [Symbol.asyncDispose]: async () => {
      await close();
      await removeQuietly(temporary); // after `commit` it has another name
    },
  };
}
