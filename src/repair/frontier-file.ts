/** A frontier that cannot be read: moved to `trash/` under the lock, before a run opens it. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Finding, finding } from '../audit/finding.ts';
import { kindOf } from '../audit/read-file.ts';
import type { Trash } from './trash.ts';

const FILE = 'frontier.sqlite';

/** @returns what was mended: nothing where the frontier can be read, or is not there */
export async function clearFrontier(root: string, trash: Trash): Promise<readonly Finding[]> {
  const fault = faultOf(join(root, FILE));
  if (fault === null) return [];
  for (const name of [FILE, `${FILE}-wal`, `${FILE}-shm`]) await trash.move(name, `${fault.code}: ${fault.detail}`);
  return [fault];
}

function faultOf(path: string): Finding | null {
  const where = { path: FILE, article: null };
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isSymbolicLink()) return null;
  if (!stats.isFile()) return finding(stats.isDirectory() ? 'stray-file' : 'special-file', where, kindOf(stats));
  try {
    using database = new DatabaseSync(path, { timeout: 5000 });
    const answer = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    return answer === 'ok' ? null : finding('frontier-unreadable', where, String(answer));
  } catch (error) {
    const { errcode, message } = error as { readonly errcode?: number; readonly message: string };
    if (errcode === undefined || !DAMAGE.includes(errcode & 0xff)) throw error;
    return finding('frontier-unreadable', where, message);
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB; anything else, such as a lock, says nothing about the bytes. */
const DAMAGE = [11, 26];
