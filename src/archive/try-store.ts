/** Tries whether an object store keeps what the archive rests on: some take the conditions of a write and write in any case. */
import { ArchiveError } from '../errors.ts';
import { ASSETS, temporaryName } from './keys.ts';
import type { Storage } from './storage.ts';

/** @throws ARCHIVE_UNFIT, naming what the store does not keep; what the storage throws. Nothing is left in the store. */
export async function tryStore(storage: Storage): Promise<void> {
  const key = `${ASSETS}/${temporaryName('doctor')}`;
  const unfit = (why: string) => new ArchiveError('ARCHIVE_UNFIT', `${storage.name}: ${why}`);
  try {
    if (!(await storage.write(key, 'first', { ifAbsent: true }))) throw unfit('a name that nobody has used is taken');
    if (await storage.write(key, 'second', { ifAbsent: true }))
      throw unfit('it writes a file a second time that was to be written only where none is (If-None-Match)');
    const first = await storage.readRevised(key);
    if (String(first?.bytes) !== 'first') throw unfit('it does not give what was written a moment ago');
    const second = await storage.writeRevised(key, 'second', first?.revision ?? null);
    if (!(await isRefused(storage.writeRevised(key, 'third', first?.revision ?? null))))
      throw unfit('it writes a file that another has written since (If-Match)');
    if (!(await isListed(storage, key))) throw unfit('it does not list what was written a moment ago');
    await storage.remove(key);
    if (await isListed(storage, key)) throw unfit('it lists what was removed a moment ago');
    if (!(await isRefused(storage.writeRevised(key, 'fourth', second))))
      throw unfit('it writes a file that is not there any more (If-Match)');
  } finally {
    await storage.remove(key);
  }
}

async function isRefused(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return false;
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'ARCHIVE_OVERTAKEN') return true;
    throw error;
  }
}

async function isListed(storage: Storage, key: string): Promise<boolean> {
  const { files } = await storage.names(ASSETS);
  return files.includes(key.slice(ASSETS.length + 1));
}
