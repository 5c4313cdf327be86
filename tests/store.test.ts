import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openDisk } from '../src/archive/disk.ts';
import { articleKey } from '../src/archive/keys.ts';
import { contentHash } from '../src/archive/record.ts';
import { openStore } from '../src/archive/store.ts';
import { temporaryFolder } from './support/command.ts';
import { article, draft, KEY } from './support/drafts.ts';
import { digests, mtimes } from './support/tree.ts';

describe('keys', () => {
  it('put an article where the drawing says', () => {
    assert.equal(articleKey('guancha:623950', '2022-01-28'), '2022/01/2022_01_28_623950');
    assert.equal(articleKey('fengwen:399176', '2020-10-23'), 'fengwen/2020/10/399176');
  });
});

describe('the store', () => {
  it('finds what it saved, and changes nothing when the same is saved again', async () => {
    await using folder = await temporaryFolder();
    const store = openStore(openDisk(folder.path), { minFreeBytes: 0 });
    assert.equal(await store.find('guancha:903180', '2026-10-04'), null);
    assert.equal(await store.save(KEY, '文', draft()), true);
    const before = await mtimes(folder.path);
    const later = draft({ capture: { tool: 'test', userAgent: 'later', requests: [] } });
    assert.equal(await store.save(KEY, '文', later), false);
    assert.deepEqual(await mtimes(folder.path), before);
    const found = await store.find('guancha:903180', '2026-10-04');
    assert.equal(found?.key, KEY);
    assert.equal(found?.record.document.path, `articles/${KEY}.html`);
  });

  it('keeps a superseded document for good', async () => {
    await using folder = await temporaryFolder();
    const store = openStore(openDisk(folder.path), { minFreeBytes: 0 });
    for (const [text, hash] of [
      ['一', 'a'],
      ['二', 'b'],
      ['三', 'c'],
    ] as const)
      await store.save(KEY, text, draft({ contentHash: hash }));
    const record = (await store.find('guancha:903180', '2026-10-04'))?.record;
    assert.deepEqual(
      record?.versions.map(({ document, contentHash: hash }) => [document, hash]),
      [
        [`versions/${KEY}/1.html`, 'a'],
        [`versions/${KEY}/2.html`, 'b'],
        [`articles/${KEY}.html`, 'c'],
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
      const store = openStore(openDisk(folder.path), { minFreeBytes: 0 });
      await store.save(KEY, '一', draft());
      if (folder === cut) {
        await mkdir(join(folder.path, `versions/${KEY}`), { recursive: true });
        await writeFile(join(folder.path, `versions/${KEY}/1.html`), '一');
        await writeFile(join(folder.path, `articles/${KEY}.html`), '二');
      }
      await store.save(KEY, '二', draft({ contentHash: 'b' }));
    }
    assert.deepEqual(await digests(cut.path), await digests(whole.path));
  });

  it('looks for a community post in every month', async () => {
    await using folder = await temporaryFolder();
    const store = openStore(openDisk(folder.path), { minFreeBytes: 0 });
    await store.save(articleKey('fengwen:399176', '2020-10-23'), '文', draft({ id: 'fengwen:399176' }));
    assert.equal((await store.find('fengwen:399176', null))?.key, 'fengwen/2020/10/399176');
    assert.equal(await store.find('fengwen:399177', null), null);
  });

  it('names a damaged record', async () => {
    await using folder = await temporaryFolder();
    const store = openStore(openDisk(folder.path), { minFreeBytes: 0 });
    await store.save(KEY, '文', draft());
    await writeFile(join(folder.path, `records/${KEY}.json`), '{"format": 1');
    await assert.rejects(store.find('guancha:903180', '2026-10-04'), { code: 'ARCHIVE_DAMAGED' });
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
