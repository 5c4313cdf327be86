/** What every storage of an archive keeps; each adapter runs it. */
import assert from 'node:assert/strict';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Storage, TemporaryFile } from '../src/archive/storage.ts';

export interface OpenedStorage extends AsyncDisposable {
  readonly storage: Storage;
}

/**
 * @param open gives an empty storage
 * @param options `skips` names promises that this adapter cannot keep, each with the reason; `runs` of the property that
 *   tries orders of steps
 */
export function testStorage(
  name: string,
  open: () => Promise<OpenedStorage>,
  {
    skip = false,
    skips = {},
    runs = 40,
  }: {
    /** Why the adapter is not tried at all. */
    readonly skip?: string | false;
    readonly skips?: Readonly<Record<string, string>>;
    readonly runs?: number;
  } = {},
): void {
  const titles = new Set<string>();
  const using = (title: string, work: (storage: Storage) => Promise<void>): void => {
    titles.add(title);
    void it(title, { skip: skips[title] ?? false }, async () => {
      await using opened = await open();
      await work(opened.storage);
    });
  };

  describe(`the storage ${name}`, { skip }, () => {
    it('holds what was written, appended, moved and removed, in order', async () => {
      const key = fc
        .array(fc.constantFrom('a', 'b', 'a-b', 'a.b', '甲', 'B'), { minLength: 1, maxLength: 3 })
        .map((parts) => [...parts.map((part) => `${part}d`), 'file'].join('/'));
      const step = fc.oneof(
        fc.record({ what: fc.constant('write' as const), key, text: fc.string() }),
        fc.record({ what: fc.constant('append' as const), key, text: fc.string() }),
        fc.record({ what: fc.constant('remove' as const), key }),
        fc.record({ what: fc.constant('move' as const), key, to: key }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          await using opened = await open();
          const { storage } = opened;
          const model = new Map<string, string>();
          for (const each of steps) {
            if (each.what === 'write') await storage.write(each.key, each.text);
            if (each.what === 'write') model.set(each.key, each.text);
            if (each.what === 'append') await storage.append(each.key, each.text);
            if (each.what === 'append') model.set(each.key, (model.get(each.key) ?? '') + each.text);
            if (each.what === 'remove') await storage.remove(each.key);
            if (each.what === 'remove') model.delete(each.key);
            const moved = each.what === 'move' ? model.get(each.key) : undefined;
            if (each.what === 'move' && moved !== undefined) {
              await storage.move(each.key, each.to);
              model.delete(each.key);
              model.set(each.to, moved);
            }
          }
          const parts = (text: string) => text.split('/');
          const inOrder = [...model.keys()].sort((a, b) => compare(parts(a), parts(b)));
          assert.deepEqual(await keys(storage, ''), inOrder);
          for (const [each, text] of model) assert.equal(String(await storage.read(each)), text);
        }),
        { numRuns: runs },
      );
    });

    using('gives null for what is not there, and reads it piece by piece as a known failure', async (storage) => {
      assert.equal(await storage.read('a/b'), null);
      assert.equal(await storage.stat('a/b'), null);
      assert.deepEqual(await keys(storage, 'a'), []);
      assert.deepEqual(await storage.names('a'), { files: [], folders: [] });
      await storage.remove('a/b');
      await assert.rejects(textOf(storage.chunks('a/b')), { code: 'ARCHIVE_NOT_WRITABLE' });
      await assert.rejects(storage.move('a/b', 'c'), { code: 'ARCHIVE_NOT_WRITABLE' });
      await assert.rejects(storage.copy('a/b', 'c'), { code: 'ARCHIVE_NOT_WRITABLE' });
    });

    using('refuses what is no key', async (storage) => {
      for (const key of ['', '/', 'a//b', '../a', 'a/../b', './a', 'a/', '/a', 'a\0', 'a'.repeat(256)]) {
        await assert.rejects(async () => storage.read(key), TypeError, key);
        await assert.rejects(async () => storage.write(key, ''), TypeError, key);
        await assert.rejects(async () => storage.append(key, ''), TypeError, key);
        await assert.rejects(async () => storage.move('a', key), TypeError, key);
        await assert.rejects(async () => storage.remove(key), TypeError, key);
      }
      assert.deepEqual(await keys(storage, ''), []);
    });

    using('adds to a file at its end as its writer knows it, or not at all', async (storage) => {
      const open = 'captures/2026/11/20261127T031003123Z-0f3a91cc.warc.gz.open';
      const isTaken = { code: 'ARCHIVE_OVERTAKEN' };
      await assert.rejects(storage.append(open, '甲', { at: 3 }), isTaken);
      assert.equal(await storage.stat(open), null);
      await storage.append(open, '甲', { at: 0 });
      await storage.append(open, '乙', { at: 3 });
      await assert.rejects(storage.append(open, '丙', { at: 0 }), isTaken);
      await assert.rejects(storage.append(open, '丙', { at: 3 }), isTaken);
      assert.equal(await textOf(storage.chunks(open)), '甲乙');
      await storage.move(open, open.slice(0, -5));
      await assert.rejects(storage.append(open, '丙', { at: 6 }), isTaken);
      assert.equal(await textOf(storage.chunks(open.slice(0, -5))), '甲乙');
    });

    using('gives a range of a file, as far as there is one', async (storage) => {
      await storage.append('a/b', Buffer.from([0, 1, 2]));
      await storage.append('a/b', Buffer.from([3, 255]));
      const all = [0, 1, 2, 3, 255];
      for (let offset = 0; offset <= all.length + 1; offset++)
        for (let length = 1; length <= all.length + 1; length++) {
          const pieces: Buffer[] = [];
          for await (const piece of storage.chunks('a/b', { offset, length })) pieces.push(piece);
          assert.deepEqual([...Buffer.concat(pieces)], all.slice(offset, offset + length), `${offset} ${length}`);
        }
    });

    using('replaces a file as a whole, unless it is to be written only where none is', async (storage) => {
      assert.equal(await storage.write('a/b', '甲'), true);
      assert.equal(await storage.write('a/b', Buffer.from('乙')), true);
      assert.equal(await storage.write('a/b', '丙', { ifAbsent: true }), false);
      assert.equal(String(await storage.read('a/b')), '乙');
      const texts = ['1', '2', '3', '4'];
      const wrote = await Promise.all(texts.map((text) => storage.write('a/c', text, { ifAbsent: true })));
      assert.equal(wrote.filter(Boolean).length, 1);
      assert.equal(String(await storage.read('a/c')), texts[wrote.indexOf(true)]);
      assert.deepEqual(await keys(storage, ''), ['a/b', 'a/c']);
    });

    using('writes what was read only while nobody else has written it', async (storage) => {
      const first = await storage.writeRevised('a/b', '甲', null);
      await assert.rejects(storage.writeRevised('a/b', '乙', null), { code: 'ARCHIVE_OVERTAKEN' });
      const read = await storage.readRevised('a/b');
      assert.deepEqual([String(read?.bytes), read?.revision], ['甲', first]);
      const second = await storage.writeRevised('a/b', '丙', first);
      await assert.rejects(storage.writeRevised('a/b', '丁', first), { code: 'ARCHIVE_OVERTAKEN' });
      assert.equal(String(await storage.read('a/b')), '丙');
      await storage.remove('a/b');
      await assert.rejects(storage.writeRevised('a/b', '戊', second), { code: 'ARCHIVE_OVERTAKEN' });
      assert.equal(await storage.readRevised('a/b'), null);
    });

    using('reads with a revision by which it can be written again', async (storage) => {
      let { revision }: { readonly revision: string | null } = { revision: null };
      for (const text of ['', '甲', '甲', '乙']) {
        revision = await storage.writeRevised('a/b', text, revision);
        const read = await storage.readRevised('a/b');
        assert.deepEqual([String(read?.bytes), read?.revision], [text, revision]);
      }
    });

    using('adds to a file of captures, reads it while it grows, and gives it its name', async (storage) => {
      const segment = 'captures/2026/11/20261127T031003123Z.warc.gz';
      const open = `${segment}.open`;
      await storage.append(open, '甲');
      await storage.append(open, '乙');
      assert.equal((await storage.stat(open))?.bytes, 6);
      assert.deepEqual(await keys(storage, ''), [open]);
      assert.deepEqual(await storage.names('captures/2026/11'), { files: [open.slice(17)], folders: [] });
      assert.equal(await textOf(storage.chunks(open, { offset: 3, length: 9 })), '乙');
      await storage.move(open, segment);
      assert.equal(String(await storage.read(segment)), '甲乙');
      assert.equal(await storage.stat(open), null);
      assert.deepEqual(await keys(storage, ''), [segment]);
    });

    using('lets no file be a folder', async (storage) => {
      await storage.write('a', '');
      await assert.rejects(storage.write('a/b', ''), { code: 'ARCHIVE_NOT_WRITABLE' });
      await storage.write('c/d', '');
      await assert.rejects(storage.write('c', ''), { code: 'ARCHIVE_NOT_WRITABLE' });
      await assert.rejects(storage.read('c'), { code: 'ARCHIVE_NOT_WRITABLE' });
      assert.deepEqual(await keys(storage, ''), ['a', 'c/d']);
    });

    using('says what lies at a key, how large it is and when it was written', async (storage) => {
      const before = Date.now() - 2000; // a disk may count in whole seconds
      await storage.write('a/b', '甲乙');
      const entry = await storage.stat('a/b');
      assert.deepEqual([entry?.kind, entry?.bytes, entry?.target], ['a file', 6, null]);
      assert.ok(entry !== null && entry.writtenAt >= before && entry.writtenAt <= Date.now() + 2000);
      assert.equal((await storage.stat('a'))?.kind, 'a folder');
      for await (const { key, bytes, writtenAt } of storage.list('a'))
        assert.deepEqual([key, bytes, writtenAt], ['a/b', 6, entry.writtenAt]);
    });

    using('lists below a prefix, folder by folder in order of names', async (storage) => {
      for (const key of ['a/b/c', 'a-b/c', 'a.c', 'a/b-c/d', 'ab/c', 'a/B']) await storage.write(key, '');
      assert.deepEqual(await keys(storage, ''), ['a/B', 'a/b/c', 'a/b-c/d', 'a-b/c', 'a.c', 'ab/c']);
      assert.deepEqual(await keys(storage, 'a'), ['a/B', 'a/b/c', 'a/b-c/d']);
      assert.deepEqual(await storage.names(''), { files: ['a.c'], folders: ['a', 'a-b', 'ab'] });
      assert.deepEqual(await storage.names('a'), { files: ['B'], folders: ['b', 'b-c'] });
    });

    using('keeps the bytes under a second key when the first is written again', async (storage) => {
      await storage.write('a/b', '甲');
      await storage.copy('a/b', 'trash/a/b');
      await storage.write('a/b', '乙');
      assert.equal(String(await storage.read('trash/a/b')), '甲');
      await assert.rejects(storage.copy('a/b', 'trash/a/b'), { code: 'ARCHIVE_NOT_WRITABLE' });
      assert.equal(String(await storage.read('trash/a/b')), '甲');
    });

    using('moves a folder with all that lies in it, and can fill its place again', async (storage) => {
      await storage.write('a/b/c', '甲');
      await storage.move('a', 'trash/a');
      assert.deepEqual(await keys(storage, ''), ['trash/a/b/c']);
      await storage.write('a/b/d', '乙');
      assert.deepEqual(await keys(storage, ''), ['a/b/d', 'trash/a/b/c']);
    });

    using('gives large files piece by piece', async (storage) => {
      const bytes = Buffer.alloc(700_000, 'picture');
      await storage.write('a', bytes);
      const pieces: Buffer[] = [];
      for await (const piece of storage.chunks('a')) pieces.push(piece);
      assert.ok(Buffer.concat(pieces).equals(bytes));
    });

    using('commits a download under its key, and keeps the first unless it is to be replaced', async (storage) => {
      const first = await filled(storage, '甲');
      assert.equal(await textOf(first.chunks()), '甲');
      assert.deepEqual(await keys(storage, ''), [], 'unfinished');
      await first.commit('assets/ab/abcd.jpg');
      await first.discard();
      assert.equal(String(await storage.read('assets/ab/abcd.jpg')), '甲');
      await (await filled(storage, '乙')).commit('assets/ab/abcd.jpg');
      assert.equal(String(await storage.read('assets/ab/abcd.jpg')), '甲');
      await (await filled(storage, '丙')).commit('assets/ab/abcd.jpg', { replaces: true });
      assert.equal(String(await storage.read('assets/ab/abcd.jpg')), '丙');
      await (await filled(storage, '丁')).discard();
      assert.deepEqual(await keys(storage, ''), ['assets/ab/abcd.jpg']);
    });

    using('begins a download anew when it is tried again', async (storage) => {
      const file = await storage.temporary('assets');
      const failed = file.fill(async (open) => {
        await pipeline([Buffer.from('half of')], open());
        throw new Error('the line was cut');
      });
      await assert.rejects(failed, /cut/);
      await file.fill((open) => pipeline([Buffer.from('whole')], open()));
      await file.commit('assets/a');
      assert.equal(String(await storage.read('assets/a')), 'whole');
    });

    using('sweeps unfinished files, but for those in the trash', async (storage) => {
      await storage.write('a/b', '甲');
      await filled(storage, '乙');
      await storage.temporary('trash/x');
      await (await filled(storage, '丙')).discard();
      assert.equal(await storage.sweep({ idleMs: 3_600_000 }), 0, 'somebody may be at work on it');
      assert.equal(await storage.sweep(), 1);
      assert.equal(await storage.sweep(), 0);
      assert.deepEqual(await keys(storage, ''), ['a/b']);
    });

    using('knows how much room is left', async (storage) => {
      assert.ok((await storage.freeBytes()) > 0);
    });

    for (const title of Object.keys(skips)) assert.ok(titles.has(title), `no such promise: ${title}`);
  });
}

async function filled(storage: Storage, text: string): Promise<TemporaryFile> {
  const file = await storage.temporary('assets');
  await file.fill((open) => pipeline([Buffer.from(text)], open()));
  return file;
}

async function keys(storage: Storage, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of storage.list(prefix)) found.push(key);
  return found;
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of chunks) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? a.length - b.length : (a[at] ?? '') < (b[at] ?? '') ? -1 : 1;
}
