/** The storage in memory, for tests: what it holds is lost with it. */
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { ArchiveError } from '../errors.ts';
import { compareKeys, requireKey, TRASH } from './keys.ts';
import type { Storage, StoredFile } from './storage.ts';

interface Held {
  readonly bytes: Buffer;
  readonly writtenAt: number;
  readonly revision: string;
}

/** @param options `now` gives ms since 1970 */
export function openMemory({ now = Date.now }: { readonly now?: () => number } = {}): Storage {
  const files = new Map<string, Held>();
  const unfinished = new Map<symbol, string>(); // temporary file → its prefix
  let writes = 0;
  const name = 'memory';

  const put = (key: string, bytes: string | Uint8Array) => {
    requireKey(key);
    const parts = key.split('/');
    for (let i = 1; i < parts.length; i++)
      if (files.has(parts.slice(0, i).join('/'))) throw refusal(key, 'a file is in its way');
    if (isFolder(key)) throw refusal(key, 'a folder');
    files.set(key, { bytes: Buffer.from(bytes), writtenAt: now(), revision: String(++writes) });
  };
  const get = (key: string): Held => {
    const held = files.get(requireKey(key));
    if (held === undefined) throw refusal(key, 'not there');
    return held;
  };
  const isFolder = (key: string) => [...files.keys()].some((each) => each.startsWith(`${key}/`));

  return {
    name,
    read: async (key) => {
      if (isFolder(requireKey(key))) throw refusal(key, 'a folder');
      const held = files.get(key);
      return held === undefined ? null : Buffer.from(held.bytes);
    },
    chunks: async function* (key, { offset, length } = { offset: 0, length: Number.POSITIVE_INFINITY }) {
      const bytes = get(key).bytes.subarray(offset, offset + length);
      if (bytes.length > 0) yield Buffer.from(bytes);
    },
    digest: async (key, onChunk) => {
      const bytes = files.get(requireKey(key))?.bytes;
      if (bytes === undefined) return null;
      onChunk?.(bytes);
      return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
    },
    stat: async (key) => {
      if (key === '') return { kind: 'a folder', bytes: 0, writtenAt: now(), target: null };
      const held = files.get(requireKey(key));
      if (held !== undefined)
        return { kind: 'a file', bytes: held.bytes.length, writtenAt: held.writtenAt, target: null };
      return isFolder(key) ? { kind: 'a folder', bytes: 0, writtenAt: now(), target: null } : null;
    },
    write: async (key, bytes, { ifAbsent = false } = {}) => {
      if (ifAbsent && files.has(requireKey(key))) return false;
      put(key, bytes);
      return true;
    },
    readRevised: async (key) => {
      if (isFolder(requireKey(key))) throw refusal(key, 'a folder');
      const held = files.get(key);
      return held === undefined ? null : { bytes: Buffer.from(held.bytes), revision: held.revision };
    },
    writeRevised: async (key, bytes, revision) => {
      if ((files.get(requireKey(key))?.revision ?? null) !== revision)
        throw new ArchiveError('ARCHIVE_OVERTAKEN', `${name}/${key}: is not what was read`);
      put(key, bytes);
      return String(writes);
    },
    append: async (key, bytes, { at } = {}) => {
      const there = files.get(requireKey(key));
      if (at !== undefined && (at === 0 ? there !== undefined : there?.bytes.length !== at))
        throw new ArchiveError('ARCHIVE_OVERTAKEN', `${key}: is not what was written`);
      put(key, Buffer.concat([there?.bytes ?? NOTHING, Buffer.from(bytes)]));
    },
    copy: async (from, to) => {
      const { bytes } = get(from);
      if (files.has(requireKey(to))) throw refusal(to, 'is there');
      put(to, bytes);
    },
    move: async (from, to) => {
      requireKey(to);
      if (files.has(requireKey(from))) {
        const held = get(from);
        if (from === to) return;
        put(to, held.bytes);
        files.set(to, held);
        files.delete(from);
        return;
      }
      if (!isFolder(from)) throw refusal(from, 'not there');
      if (`${to}/`.startsWith(`${from}/`) || files.has(to) || isFolder(to)) throw refusal(to, 'is there');
      for (const [key, held] of [...files].filter(([each]) => each.startsWith(`${from}/`))) {
        files.set(`${to}${key.slice(from.length)}`, held);
        files.delete(key);
      }
    },
    remove: async (key) => void files.delete(requireKey(key)),
    list: async function* (prefix) {
      const found = [...files].filter(([key]) => isBelow(key, prefix)).sort(([a], [b]) => compareKeys(a, b));
      for (const [key, { bytes, writtenAt, revision }] of found)
        yield { key, bytes: bytes.length, writtenAt, changedAt: writtenAt, revision } satisfies StoredFile;
    },
    names: async (prefix) => {
      const below = [...files.keys()].filter((key) => isBelow(key, prefix));
      const rests = below.map((key) => (prefix === '' ? key : key.slice(prefix.length + 1)).split('/'));
      const heads = (wanted: (parts: readonly string[]) => boolean) =>
        [...new Set(rests.filter(wanted).map(([head = '']) => head))].sort();
      return { files: heads((parts) => parts.length === 1), folders: heads((parts) => parts.length > 1) };
    },
    temporary: async (prefix) => {
      if (prefix !== '') requireKey(prefix);
      const token = Symbol(prefix);
      unfinished.set(token, prefix);
      let pieces: Buffer[] = [];
      return {
        fill: (work) =>
          work(() => {
            pieces = [];
            return new Writable({
              write: (chunk: Uint8Array, _encoding, done) => {
                pieces.push(Buffer.from(chunk));
                done();
              },
            });
          }),
        chunks: async function* () {
          yield* pieces;
        },
        commit: async (key, { replaces } = { replaces: false }) => {
          if (replaces || !files.has(requireKey(key))) put(key, Buffer.concat(pieces));
          unfinished.delete(token);
        },
        discard: async () => void unfinished.delete(token),
      };
    },
    sweep: async ({ idleMs = 0 } = {}) => {
      if (idleMs > 0) return 0; // whatever is in memory was just written
      const left = [...unfinished].filter(([, prefix]) => prefix !== TRASH && !prefix.startsWith(`${TRASH}/`));
      for (const [token] of left) unfinished.delete(token);
      return left.length;
    },
    freeBytes: async () => Number.POSITIVE_INFINITY,
  };

  function refusal(key: string, why: string): ArchiveError {
    return new ArchiveError('ARCHIVE_NOT_WRITABLE', `${name}/${key}: ${why}`);
  }
}

const NOTHING = Buffer.alloc(0);

function isBelow(key: string, prefix: string): boolean {
  return prefix === '' || key.startsWith(`${prefix}/`);
}
