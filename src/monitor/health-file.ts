/** The health as a file, whole at every moment. It is no file of the archive: it may be lost with the power, and is not synced. */
import { rename, writeFile } from 'node:fs/promises';
import type { Log } from '../log.ts';
import type { Health } from './state.ts';

const EVERY_MS = 15_000;

/** Writes it now and every 15 seconds. A disk that refuses is told once, until it takes it again. Disposed, it writes a last time. */
export async function keepHealthFile(
  path: string,
  { health, log }: { readonly health: () => Health; readonly log: Log },
): Promise<AsyncDisposable> {
  let isRefused = false;
  let writing = write();
  await writing;
  const timer = setInterval(() => {
    writing = writing.then(write);
  }, EVERY_MS).unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await writing;
      await write();
    },
  };

  async function write(): Promise<void> {
    try {
      await writeFile(`${path}.tmp`, `${JSON.stringify(health())}\n`);
      await rename(`${path}.tmp`, path);
      isRefused = false;
    } catch (error) {
      if (!isRefused) log({ level: 'warn', stage: 'monitor', message: `${path}: ${(error as Error).message}` });
      isRefused = true;
    }
  }
}
