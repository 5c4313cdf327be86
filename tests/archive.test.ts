import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { articleKey, idOf, recordKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import type { Places } from '../src/archive/places.ts';
import { contentHash, noteGone, noteMovedFrom, noteMovedTo } from '../src/archive/record.ts';
import type { Storage } from '../src/archive/storage.ts';
import type { ArticleId } from '../src/model.ts';
import { temporaryFolder } from './support/command.ts';
import { article, captured, digest, documentOf, draft, KEY, save } from './support/drafts.ts';
import { digests, mtimes } from './support/tree.ts';

describe('the archive', () => {
  it('finds what it saved, and changes nothing when the same is saved again', async () => {
    await using folder = await temporaryFolder();
    const archive = openArchive(openDisk(folder.path), { minFreeBytes: 0 });
    assert.equal(await archive.find('guancha:903180', '2026-10-04'), null);
    assert.equal(await save(archive, KEY, '文', draft()), true);
    const before = await mtimes(folder.path);
    const later = draft({ capture: { ...captured('2026-10-05T09:00:00.000Z'), userAgent: 'later' } });
    assert.equal(await save(archive, KEY, '文', later), false);
    assert.deepEqual(await mtimes(folder.path), before);
    const found = await archive.find('guancha:903180', '2026-10-04');
    assert.equal(found?.key, KEY);
    assert.equal(found?.record.document.path, `articles/${KEY}.html`);
  });

  it('keeps a superseded document for good', async () => {
    await using folder = await temporaryFolder();
    const archive = openArchive(openDisk(folder.path), { minFreeBytes: 0 });
    for (const [text, hash] of [
      ['一', 'a'],
      ['二', 'b'],
      ['三', 'c'],
    ] as const)
      await save(archive, KEY, text, draft({ contentHash: digest(hash) }));
    const record = (await archive.find('guancha:903180', '2026-10-04'))?.record;
    assert.deepEqual(
      record?.versions.map(({ document, contentHash: hash }) => [document, hash]),
      [
        [`versions/${KEY}/1.html`, digest('a')],
        [`versions/${KEY}/2.html`, digest('b')],
        [`articles/${KEY}.html`, digest('c')],
      ],
    );
    const texts = [`versions/${KEY}/1.html`, `versions/${KEY}/2.html`, `articles/${KEY}.html`].map((path) =>
      readFile(join(folder.path, path), 'utf8'),
    );
    assert.deepEqual(await Promise.all(texts), ['一', '二', '三']);
  });

  it('ends a save that was cut off between document and record', async () => {
    await using whole = await temporaryFolder();
    await using cut = await temporaryFolder();
    for (const folder of [whole, cut]) {
      const archive = openArchive(openDisk(folder.path), { minFreeBytes: 0 });
      await save(archive, KEY, '一', draft());
      if (folder === cut) {
        await mkdir(join(folder.path, `versions/${KEY}`), { recursive: true });
        await writeFile(join(folder.path, `versions/${KEY}/1.html`), '一');
        await writeFile(join(folder.path, `articles/${KEY}.html`), '二');
      }
      await save(archive, KEY, '二', draft({ contentHash: digest('b') }));
    }
    assert.deepEqual(await digests(cut.path), await digests(whole.path));
  });

  it('looks for a community post in every month', async () => {
    await using folder = await temporaryFolder();
    const archive = openArchive(openDisk(folder.path), { minFreeBytes: 0 });
    await save(archive, articleKey('fengwen:399176', '2020-10-23'), '文', draft({ id: 'fengwen:399176' }));
    assert.equal((await archive.find('fengwen:399176', null))?.key, 'fengwen/2020/10/399176');
    assert.equal(await archive.find('fengwen:399177', null), null);
  });

  it('names a damaged record', async () => {
    await using folder = await temporaryFolder();
    const archive = openArchive(openDisk(folder.path), { minFreeBytes: 0 });
    await save(archive, KEY, '文', draft());
    await writeFile(join(folder.path, `records/${KEY}.json`), '{"format": 1');
    await assert.rejects(archive.find('guancha:903180', '2026-10-04'), { code: 'ARCHIVE_DAMAGED' });
  });
});

describe('an update', () => {
  const posts = Array.from({ length: 60 }, (_, i) => articleKey(`fengwen:${1000 + i}`, '2026-10-04'));
  const www = (i: number) => `https://www.guancha.cn/a/2026_10_04_${i + 1}.shtml`;

  it('keeps every move that is noted while the post is written: two writers of one record', async () => {
    const archive = openArchive(openMemory(), { minFreeBytes: 0 });
    const post = (i: number, changes = {}) => draft({ id: `fengwen:${1000 + i}`, ...changes });
    for (const [i, key] of posts.entries()) await save(archive, key, documentOf('<p>一</p>'), post(i));
    await Promise.all(
      posts.flatMap((key, i) => [
        save(
          archive,
          key,
          documentOf('<p>二</p>'),
          post(i, { contentHash: digest('b'), movedFrom: [`${www(i)}?other`] }),
        ),
        archive.update(key, (old) => old && { record: noteMovedFrom(old, www(i)) }),
        archive.update(
          key,
          (old) => old && { record: noteMovedTo(old, { url: www(i), since: '2026-10-05T00:00:00.000Z' }) },
        ),
      ]),
    );
    let kept = 0;
    for (const [i, key] of posts.entries()) {
      const record = (await archive.find(idOf(key), null))?.record;
      assert.equal(record?.versions.length, 2);
      assert.equal(record.movedTo?.url, www(i));
      const { movedFrom = [], aliases } = record;
      if (movedFrom.includes(www(i)) && aliases.includes(www(i)) && movedFrom.length === 2) kept += 1;
    }
    assert.equal(kept, 60);
  });

  it('keeps a move that is noted before the post has its first record', async () => {
    const archive = openArchive(openMemory(), { minFreeBytes: 0 });
    await Promise.all(
      posts.flatMap((key, i) => [
        archive.note(idOf(key), null, (record) => noteMovedFrom(record, www(i))),
        save(archive, key, documentOf('<p>一</p>'), draft({ id: `fengwen:${1000 + i}` })),
        archive.note(idOf(key), null, (record) => noteMovedFrom(record, `${www(i)}?other`)),
      ]),
    );
    for (const [i, key] of posts.entries()) {
      const record = (await archive.find(idOf(key), null))?.record;
      assert.deepEqual(record?.movedFrom, [www(i), `${www(i)}?other`]);
    }
  });

  it('ends an absence and a move that are older than the capture, and none that was found since', async () => {
    const archive = openArchive(openMemory(), { minFreeBytes: 0 });
    await save(archive, KEY, documentOf('<p>一</p>'), draft());
    const note = (at: string) =>
      archive.update(KEY, (old) => {
        const gone = old && noteGone(old, { at, evidence: ['HTTP status 404'] });
        return gone && { record: noteMovedTo(gone, { url: www(1), since: at }) };
      });
    const capture = captured('2026-10-06T09:00:00.000Z');
    for (const [at, isOver] of [
      ['2026-10-05T00:00:00.000Z', true],
      ['2026-10-07T00:00:00.000Z', false],
    ] as const) {
      await note(at);
      const text = documentOf(`<p>${at}</p>`);
      await save(archive, KEY, text, draft({ contentHash: digest(at), capture }));
      const record = (await archive.find('guancha:903180', '2026-10-04'))?.record;
      assert.equal(record?.absences.at(-1)?.until, isOver ? '2026-10-06T09:00:00.000Z' : null);
      assert.equal(record?.movedTo?.since, isOver ? undefined : at);
    }
  });

  it('that fails holds up no other, and leaves what there was', async () => {
    const storage = openMemory();
    const archive = openArchive(storage, { minFreeBytes: 0 });
    const failed = archive.update(KEY, () => Promise.reject(new Error('no body')));
    const wrote = save(archive, KEY, '文', draft());
    await assert.rejects(failed, /no body/);
    assert.equal(await wrote, true);
    assert.deepEqual(await archive.update(KEY, () => null), {
      record: (await archive.find('guancha:903180', '2026-10-04'))?.record,
      wrote: false,
    });
    const before = await storage.stat(recordKey(KEY));
    assert.equal((await archive.update(KEY, (old) => old && { record: { ...old } })).wrote, false);
    assert.deepEqual(await storage.stat(recordKey(KEY)), before);
  });
});

describe('the place of a post', () => {
  it('is taken from a row, looked for where the row is missing or wrong, and written then', async () => {
    const storage = openMemory();
    const rows = new Map<ArticleId, string>();
    const places: Places = { get: (id) => rows.get(id) ?? null, set: (id, key) => void rows.set(id, key) };
    const archive = openArchive(storage, { minFreeBytes: 0, places });
    const [id, key] = ['fengwen:399176', 'fengwen/2020/10/399176'] as const;
    assert.equal(await archive.find(id, null), null);
    await save(archive, key, '文', draft({ id }));
    assert.deepEqual([...rows], [[id, key]]);
    for (const row of [null, 'fengwen/2020/11/399176', 'fengwen/2020/10/399177', 'none']) {
      rows.clear();
      if (row !== null) rows.set(id, row);
      const another = openArchive(storage, { minFreeBytes: 0, places }); // as another process has it
      assert.equal((await another.find(id, null))?.key, key, `row ${row}`);
      assert.deepEqual([...rows], [[id, key]], `row ${row}`);
    }
    const refusing = { ...storage, names: () => Promise.reject(new Error('looked through')) };
    const blind = openArchive(refusing, { minFreeBytes: 0, places });
    assert.equal((await blind.find(id, null))?.key, key);
  });

  it('is looked for among all months once, however many posts turn out to be new', async () => {
    const storage = openMemory();
    let walks = 0;
    const counting: Storage = {
      ...storage,
      names: (prefix) => {
        walks += Number(prefix === 'records/fengwen');
        return storage.names(prefix);
      },
    };
    const archive = openArchive(counting, { minFreeBytes: 0 });
    for (let number = 1; number <= 20; number++) {
      const id = `fengwen:${number}` as const;
      assert.equal(await archive.find(id, null), null);
      await save(archive, `fengwen/2020/10/${number}`, '文', draft({ id }));
      assert.equal((await archive.find(id, null))?.key, `fengwen/2020/10/${number}`);
    }
    assert.equal(walks, 1);
  });
});

describe('the content hash', () => {
  it('changes with what the article says, not with how it was read', () => {
    const hash = contentHash(article);
    assert.equal(contentHash({ ...article, layout: 'other', pages: 2, url: 'https://example.org/' }), hash);
    assert.equal(contentHash({ ...article, flags: [{ code: 'no-time', detail: 'x' }], media: [] }), hash);
    assert.notEqual(contentHash({ ...article, body: '<p>改</p>' }), hash);
    assert.notEqual(contentHash({ ...article, title: '改' }), hash);
  });
});
