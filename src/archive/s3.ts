/**
 * The storage in an object store that speaks S3.
 *
 * What is durable where: a write, a move and a committed download are in the store when they return. What is appended to
 * captures is durable in a folder of this machine (the spool) when `append` returns, for no object can be appended to; it is
 * in the store once the file has ended and got its name (`move`), which `capture/captures.ts` sees to every few minutes, and
 * the next start after a kill. A machine that is lost for good in between takes the captures of those minutes with it, and
 * nothing else: records that name them are in the store already, and the audit names the captures as missing.
 *
 * A name that a file of captures is to have is taken in the store before the first append, by an empty object under the name
 * of the open file: two hands never write files of one name. Nobody but the machine with the spool sees open files.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ArchiveError } from '../errors.ts';
import { openDisk } from './disk.ts';
import { compareKeys, isOpenSegment, requireKey } from './keys.ts';
import { nameOfS3, type S3Address } from './s3-address.ts';
import { type ObjectStore, type OpenedObject, openObjectStore, type Page, type StoredObject } from './s3-client.ts';
import type { Patience } from './s3-failures.ts';
import { inFolderOrder } from './s3-order.ts';
import type { ByteRange, Entry, Storage, StoredFile } from './storage.ts';

const DAY_MS = 86_400_000;
/** The folder of this machine for what is on its way to the store. */
const SPOOL = 'spool';
/** Whoever appends to a file that others append to as well tries so often. */
const MOST_APPENDS = 20;

export interface S3Options {
  /** Absolute path of a folder of this machine, which one process uses at a time. */
  readonly local: string;
  readonly patience?: Patience;
  /** Ends everything at once with INTERRUPTED. */
  readonly signal?: AbortSignal | undefined;
  /** Ends a long wait for a store that is away with INTERRUPTED; what is in hand is still written where it answers. */
  readonly stopSignal?: AbortSignal | undefined;
  /** Is told when the store is busy or away. */
  readonly report?: (message: string) => void;
}

/** Besides what every storage throws: ARCHIVE_AWAY, STORE_REFUSED, and ARCHIVE_UNFIT of a store without conditions. */
export function openS3(address: S3Address, { local, ...options }: S3Options): Storage {
  const store: ObjectStore = openObjectStore(address, options);
  const spool = openDisk(join(local, SPOOL));
  const name = nameOfS3(address);
  const top = address.prefix === '' ? '' : `${address.prefix}/`;
  const nameOf = (key: string) => `${top}${requireKey(key)}`;
  const folderOf = (prefix: string) => (prefix === '' ? top : `${nameOf(prefix)}/`);

  return {
    name,
    read: async (key) => (await readRevised(key))?.bytes ?? null,
    readRevised,
    chunks: (key, range) => (isOpenSegment(requireKey(key)) ? spool.chunks(key, range) : chunks(key, range)),
    digest: async (key, onChunk = () => {}) => {
      if (isOpenSegment(requireKey(key))) return spool.digest(key, onChunk);
      const object = await store.get(nameOf(key));
      if (object === null) return null;
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of object.chunks) {
        hash.update(chunk);
        onChunk(chunk);
        bytes += chunk.length;
      }
      return { sha256: hash.digest('hex'), bytes };
    },
    stat,
    write: async (key, bytes, { ifAbsent = false } = {}) => {
      const etag = await store.put(nameOf(key), () => once(bytes), ifAbsent ? { kind: 'absent' } : null);
      return etag !== null;
    },
    writeRevised,
    append: async (key, bytes, options = {}) => {
      if (!isOpenSegment(requireKey(key))) return appendAnew(key, bytes, options);
      const isBegun = (options.at ?? 0) > 0 || (await spool.stat(key)) !== null;
      if (!isBegun && (await store.put(nameOf(key), nothing, { kind: 'absent' })) === null)
        throw new ArchiveError('ARCHIVE_OVERTAKEN', `${name}/${key}: another run writes a file of this name`);
      await spool.append(key, bytes, options);
    },
    copy: async (from, to) => {
      requireKey(from);
      if ((await store.head(nameOf(to))) !== null) throw refusal(to, 'is there');
      await store.copy(nameOf(from), nameOf(to));
    },
    move: async (from, to) => {
      if (requireKey(from) === requireKey(to)) return;
      if (isOpenSegment(from)) return moveOpen(from, to);
      if ((await store.head(nameOf(from))) !== null) return moveFile(nameOf(from), nameOf(to));
      let moved = 0;
      for await (const each of objects(folderOf(from))) {
        await moveFile(each.name, `${folderOf(to)}${each.name.slice(folderOf(from).length)}`);
        moved += 1;
      }
      if (moved === 0) throw refusal(from, 'not there');
    },
    remove: async (key) => {
      await store.remove(nameOf(key));
      if (isOpenSegment(key)) await spool.remove(key);
    },
    list: (prefix) => list(prefix),
    names: async (prefix) => {
      const folder = folderOf(prefix);
      const files: string[] = [];
      const folders = new Set<string>();
      for await (const page of pages(folder, '/')) {
        files.push(...page.objects.map((each) => each.name.slice(folder.length)).filter((each) => each !== ''));
        for (const each of page.prefixes) folders.add(each.slice(folder.length, -1));
      }
      const below = (key: string) => (prefix === '' ? key : key.slice(prefix.length + 1));
      const open = (await openSegments(prefix)).map(({ key }) => below(key).split('/'));
      for (const [head = '', ...rest] of open) if (rest.length > 0) folders.add(head);
      const shown = [
        ...files.filter((each) => !isOpenSegment(prefix === '' ? each : `${prefix}/${each}`)),
        ...open.filter(({ length }) => length === 1).map(([head = '']) => head),
      ];
      return { files: shown.sort(), folders: [...folders].sort() };
    },
    temporary: async (prefix) => {
      const file = await spool.temporary(prefix);
      return {
        fill: file.fill,
        chunks: file.chunks,
        commit: async (key, { replaces } = { replaces: false }) => {
          await store.put(nameOf(key), file.chunks, replaces ? null : { kind: 'absent' });
          await file.discard();
        },
        discard: file.discard,
      };
    },
    sweep: async (options) => (await spool.sweep(options)) + (await store.abortUploads(top, Date.now() - DAY_MS)),
    freeBytes: async () => Number.POSITIVE_INFINITY,
  };

  async function readRevised(key: string): ReturnType<Storage['readRevised']> {
    if (isOpenSegment(requireKey(key))) return spool.readRevised(key);
    const object = await store.get(nameOf(key));
    return object === null
      ? null
      : { bytes: Buffer.concat(await Array.fromAsync(object.chunks)), revision: object.etag };
  }

  async function writeRevised(key: string, bytes: string | Uint8Array, revision: string | null): Promise<string> {
    const condition = revision === null ? ({ kind: 'absent' } as const) : ({ kind: 'still', etag: revision } as const);
    const etag = await store.put(nameOf(key), () => once(bytes), condition);
    if (etag === null) throw new ArchiveError('ARCHIVE_OVERTAKEN', `${name}/${key}: is not what was read`);
    return etag;
  }

  async function* chunks(key: string, range?: ByteRange): AsyncGenerator<Buffer> {
    const object: OpenedObject | null = await store.get(nameOf(key), range);
    if (object === null) throw refusal(key, 'not there');
    yield* object.chunks;
  }

  async function stat(key: string): Promise<Entry | null> {
    if (key !== '' && isOpenSegment(requireKey(key))) return spool.stat(key);
    const object = key === '' ? null : await store.head(nameOf(key));
    if (object !== null) return { kind: 'a file', bytes: object.bytes, writtenAt: object.writtenAt, target: null };
    const { objects: found } = await store.list(folderOf(key), { most: 1 });
    return found.length === 0
      ? null
      : { kind: 'a folder', bytes: 0, writtenAt: found[0]?.writtenAt ?? 0, target: null };
  }

  /** Reads and writes the whole file, which is to be small: a list in the trash. */
  async function appendAnew(key: string, bytes: string | Uint8Array, { at }: { readonly at?: number }): Promise<void> {
    for (let attempt = 1; ; attempt++)
      try {
        const there = await readRevised(key);
        if (at !== undefined && (at === 0 ? there !== null : there?.bytes.length !== at))
          throw new ArchiveError('ARCHIVE_OVERTAKEN', `${name}/${key}: is not what was written`);
        await writeRevised(
          key,
          Buffer.concat([there?.bytes ?? Buffer.alloc(0), Buffer.from(bytes)]),
          there?.revision ?? null,
        );
        return;
      } catch (error) {
        if (!isOvertaken(error) || attempt === MOST_APPENDS) throw error;
      }
  }

  /** Stores a file of the spool. What was stored by a move that was cut off is known by its bytes. */
  async function moveOpen(from: string, to: string): Promise<void> {
    if ((await spool.stat(from)) === null) throw refusal(from, 'not there');
    const etag = await store.put(nameOf(to), () => spool.chunks(from), { kind: 'absent' });
    if (etag === null && (await sha256At(to)) !== (await spool.digest(from))?.sha256)
      throw new ArchiveError('ARCHIVE_OVERTAKEN', `${name}/${to}: another file has this name`);
    await spool.remove(from);
    await store.remove(nameOf(from));
  }

  async function sha256At(key: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of chunks(key)) hash.update(chunk);
    return hash.digest('hex');
  }

  async function moveFile(from: string, to: string): Promise<void> {
    await store.copy(from, to);
    await store.remove(from);
  }

  async function* list(prefix: string): AsyncGenerator<StoredFile> {
    const open = await openSegments(prefix);
    const folder = folderOf(prefix);
    for await (const each of ordered(folder)) {
      while (open[0] !== undefined && compareKeys(open[0].key, each.key) < 0) yield open.shift() as StoredFile;
      yield each;
    }
    yield* open;
  }

  function ordered(folder: string): AsyncGenerator<StoredFile> {
    return inFolderOrder(stored(folder), { below: (each) => ordered(folderOf(each)), from: folder.slice(top.length) });
  }

  /** In order of bytes. Names that no key has (a folder that another program made, `a//b`) are nobody's. */
  async function* stored(folder: string): AsyncGenerator<StoredFile> {
    for await (const each of objects(folder)) {
      const key = each.name.slice(top.length);
      const { bytes, writtenAt, etag } = each;
      if (!isOpenSegment(key) && !key.split('/').includes(''))
        yield { key, bytes, writtenAt, changedAt: writtenAt, revision: `${etag} ${writtenAt}` };
    }
  }

  async function* objects(folder: string): AsyncGenerator<StoredObject & { readonly name: string }> {
    for await (const page of pages(folder)) yield* page.objects;
  }

  async function* pages(folder: string, delimiter?: '/'): AsyncGenerator<Page> {
    for (let next: string | null | undefined; next !== null; ) {
      const page: Page = await store.list(folder, { ...(delimiter && { delimiter }), next: next ?? undefined });
      yield page;
      next = page.next;
    }
  }

  /** Of this machine, in order. */
  async function openSegments(prefix: string): Promise<StoredFile[]> {
    return (await Array.fromAsync(spool.list(prefix))).filter(({ key }) => isOpenSegment(key));
  }

  function refusal(key: string, why: string): ArchiveError {
    return new ArchiveError('ARCHIVE_NOT_WRITABLE', `${name}/${key}: ${why}`);
  }
}

function isOvertaken(error: unknown): boolean {
  return error instanceof ArchiveError && error.code === 'ARCHIVE_OVERTAKEN';
}

async function* once(bytes: string | Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield Buffer.from(bytes);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
