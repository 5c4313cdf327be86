/** Object stores list names by their bytes, an archive folder by folder: `a/b` stands before `a-b` here, and behind it there. */
import { compareKeys } from './keys.ts';

interface Keyed {
  readonly key: string;
}

/** So many are held before it is asked what they wait for. */
const MOST_HELD = 5000;

/**
 * Puts a listing in order of folders, as it comes. What may still have a folder before it is held: `a-b` until nothing can
 * begin with `a/` any more.
 * @param listing in order of bytes
 * @param below lists what lies in a folder, in order of folders: asked for where too much would have to be held
 * @param from what all keys begin with, and is not looked at
 */
export async function* inFolderOrder<T extends Keyed>(
  listing: AsyncIterable<T>,
  {
    below,
    from = '',
    mostHeld = MOST_HELD,
  }: { readonly below: (folder: string) => AsyncIterable<T>; readonly from?: string; readonly mostHeld?: number },
): AsyncGenerator<T> {
  const held: T[] = [];
  const done = new Set<string>(); // folders that were listed out of turn

  for await (const each of listing) {
    while (held[0] !== undefined && isSafe(held[0], each.key)) yield held.shift() as T;
    if ([...done].some((folder) => each.key.startsWith(`${folder}/`))) continue;
    insert(held, each);
    while (held.length > mostHeld) {
      const folder = held[0] === undefined ? undefined : foldersBefore(held[0].key)[0];
      if (folder === undefined) yield held.shift() as T;
      else {
        yield* below(folder);
        done.add(folder);
        while (held[0] !== undefined && foldersBefore(held[0].key).length === 0) yield held.shift() as T;
      }
    }
  }
  yield* held;

  function isSafe({ key }: Keyed, current: string): boolean {
    return foldersBefore(key).every((folder) => current >= `${folder}0`); // 0 follows the slash
  }

  /** What may be a folder that stands before the key, and is still to come: `a` of `a-b`. */
  function foldersBefore(key: string): string[] {
    const found: string[] = [];
    for (let i = from.length; i < key.length; i++)
      if (key.charAt(i) < '/' && i > 0 && key.charAt(i - 1) !== '/') found.push(key.slice(0, i));
    return found.filter((folder) => !done.has(folder));
  }
}

/** Nearly always at the end. */
function insert<T extends Keyed>(held: T[], each: T): void {
  let at = held.length;
  while (at > 0 && compareKeys(held[at - 1]?.key ?? '', each.key) > 0) at--;
  held.splice(at, 0, each);
}
