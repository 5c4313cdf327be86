/** `trash/`: what a repair took out of the archive, each thing at its old place below a folder of the run, and the list of it. */
import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, isKey } from './disk.ts';
import { kindOf } from './keys.ts';
import { hashFile } from './manifest.ts';

export interface Trash {
  /** Moves a file, link, special file or folder here; nothing is opened but a regular file. Returns why it could not, null where it did. */
  move(key: string, why: string): Promise<string | null>;
  /** Lets the bytes of a regular file lie here too, for it is about to be replaced. Nothing happens where there is none. */
  keep(key: string, why: string): Promise<void>;
  /** Where bytes of this hash lie, here or from an earlier repair; null where none do. */
  find(sha256: string): Promise<string | null>;
  /** The folder of this run, relative to the archive; null while nothing lies in it. */
  used(): string | null;
}

/** A line of `list.jsonl`, written before the thing is moved: where `to` is not there, the run was killed before that. */
interface TrashLine {
  readonly from: string;
  readonly to: string;
  /** The check and what it saw. */
  readonly why: string;
  readonly kind: string;
  /** Of a regular file. */
  readonly sha256?: string;
  /** Where a link leads. */
  readonly target?: string;
}

const FOLDER = 'trash';
const LIST = 'list.jsonl';

export function openTrash(root: string, { disk, now }: { readonly disk: Disk; readonly now: Date }): Trash {
  const folder = `${FOLDER}/${now.toISOString().replaceAll(':', '-')}`;
  let known: Promise<Map<string, string>> | null = null;
  let isUsed = false;

  return {
    move: async (key, why) => {
      if (!isKey(key)) return 'its name is none that can be moved safely';
      const line = await describe(key, why);
      if (line === null) return 'it is not there under this name';
      await disk.append(`${folder}/${LIST}`, `${JSON.stringify(line)}\n`);
      await disk.move(key, line.to);
      await learn(line);
      return null;
    },
    keep: async (key, why) => {
      const line = await describe(key, why);
      if (line === null || line.kind !== 'a file') return;
      await disk.append(`${folder}/${LIST}`, `${JSON.stringify(line)}\n`);
      await disk.keep(key, line.to);
      await learn(line);
    },
    find: async (sha256) => (await hashes()).get(sha256) ?? null,
    used: () => (isUsed ? folder : null),
  };

  async function describe(from: string, why: string): Promise<TrashLine | null> {
    const path = join(root, from);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return null;
    const to = await freeKey(`${folder}/${from}`);
    if (stats.isFile()) return { from, to, why, kind: 'a file', sha256: (await hashFile(path)).sha256 };
    const line = { from, to, why, kind: kindOf(stats) };
    return stats.isSymbolicLink() ? { ...line, target: readlinkSync(path) } : line;
  }

  async function freeKey(wanted: string): Promise<string> {
    for (let n = 1, key = wanted; ; key = `${wanted}~${++n}`)
      if (lstatSync(join(root, key), { throwIfNoEntry: false }) === undefined) return key;
  }

  async function learn({ sha256, to }: TrashLine): Promise<void> {
    isUsed = true;
    if (sha256 !== undefined && known !== null) (await known).set(sha256, to);
  }

  /** By hash, of all lists that there are; read once, when it is first asked for. */
  function hashes(): Promise<Map<string, string>> {
    known ??= readLists();
    return known;
  }

  async function readLists(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const name of await disk.names(FOLDER)) {
      const list = await disk.read(`${FOLDER}/${name}/${LIST}`);
      for (const line of list?.toString().split('\n') ?? []) {
        const [, to, sha256] = /"to":("(?:[^"\\]|\\.)*").*"sha256":"([0-9a-f]{64})"/.exec(line) ?? [];
        if (to !== undefined && sha256 !== undefined) found.set(sha256, String(JSON.parse(to)));
      }
    }
    return found;
  }
}
