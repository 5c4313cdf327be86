/** `trash/`: what had to make way in the archive, each thing at its old place below a folder of the run, and the list of it. */
import { ArchiveError } from '../errors.ts';
import { isKey, TRASH, trashFolder, trashList } from './keys.ts';
import { hashFile } from './manifest.ts';
import type { Entry, Storage } from './storage.ts';

export interface Trash {
  /** Moves a file, link, special file or folder here; nothing is opened but a regular file. Returns why it could not, null where it did. */
  move(key: string, why: string): Promise<string | null>;
  /** Lets the bytes of a file, or of the file that a link leads to, lie here too, for it is about to be replaced. Nothing happens where there is none. */
  keep(key: string, why: string): Promise<void>;
  /** Where bytes of this hash lie, here or from an earlier run; null where none do. */
  find(sha256: string): Promise<string | null>;
  /** The folder of this run, relative to the archive; null while nothing lies in it. */
  used(): string | null;
}

/** A line of `list.jsonl`, written before the thing is moved: where `to` is not there, the run was killed before that. */
interface TrashLine {
  readonly from: string;
  readonly to: string;
  /** Which rule moved it, and what it saw. */
  readonly why: string;
  readonly kind: Entry['kind'];
  /** Of a regular file. */
  readonly sha256?: string;
  /** Where a link leads. */
  readonly target?: string;
}

export function openTrash(storage: Storage, { now }: { readonly now: Date }): Trash {
  const folder = trashFolder(now);
  let known: Promise<Map<string, string>> | null = null;
  let isUsed = false;
  let last: Promise<unknown> = Promise.resolve(); // one at a time, so that no two things get one name

  return {
    move: (key, why) =>
      inTurn(async () => {
        if (!isKey(key)) return 'a file of this name cannot be moved safely';
        const line = await describe(key, why);
        if (line === null) return 'it is not there under this name';
        await storage.append(trashList(folder), `${JSON.stringify(line)}\n`);
        await storage.move(key, line.to);
        await learn(line);
        return null;
      }),
    keep: (key, why) =>
      inTurn(async () => {
        const line = await describeBytes(key, why);
        if (line === null) return;
        await storage.append(trashList(folder), `${JSON.stringify(line)}\n`);
        await storage.copy(key, line.to);
        await learn(line);
      }),
    find: async (sha256) => (await hashes()).get(sha256) ?? null,
    used: () => (isUsed ? folder : null),
  };

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.catch(() => {}); // the caller gets the error; the next one starts afresh
    return mine;
  }

  async function describe(from: string, why: string): Promise<TrashLine | null> {
    const entry = await storage.stat(from);
    if (entry === null) return null;
    const { kind, target } = entry;
    const line = { from, to: await freeKey(`${folder}/${from}`), why, kind };
    if (kind === 'a file') return { ...line, sha256: (await hashFile(storage, from)).sha256 };
    return target === null ? line : { ...line, target };
  }

  /** Of a file, or of what a link leads to; null for anything else. */
  async function describeBytes(from: string, why: string): Promise<TrashLine | null> {
    const line = await describe(from, why);
    if (line?.kind !== 'a symbolic link') return line?.kind === 'a file' ? line : null;
    try {
      return { ...line, sha256: (await hashFile(storage, from)).sha256 };
    } catch (error) {
      if (error instanceof ArchiveError) return null; // it leads to no file
      throw error;
    }
  }

  async function freeKey(wanted: string): Promise<string> {
    for (let n = 1, key = wanted; ; key = `${wanted}~${++n}`) if ((await storage.stat(key)) === null) return key;
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
    for (const name of (await storage.names(TRASH)).folders) {
      const list = await storage.read(trashList(`${TRASH}/${name}`));
      for (const line of list?.toString().split('\n') ?? []) {
        const [, to, sha256] = /"to":("(?:[^"\\]|\\.)*").*"sha256":"([0-9a-f]{64})"/.exec(line) ?? [];
        if (to !== undefined && sha256 !== undefined) found.set(sha256, String(JSON.parse(to)));
      }
    }
    return found;
  }
}
