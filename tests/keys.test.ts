/** Which names belong to an archive, and what each of them stands for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openArchive } from '../src/archive/archive.ts';
import {
  articleKey,
  assetKey,
  documentKey,
  idOf,
  isOperational,
  monthOf,
  openSegmentKey,
  parseKey,
  quarantineDescription,
  quarantinePage,
  recordKey,
  segmentKey,
  versionKey,
} from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import type { ArticleId } from '../src/model.ts';
import { draft, KEY, save, sweepAfter } from './support/drafts.ts';

const day = fc
  .record({
    year: fc.integer({ min: 2000, max: 2099 }),
    month: fc.integer({ min: 1, max: 12 }),
    of: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ year, month, of }) => `${year}-${String(month).padStart(2, '0')}-${String(of).padStart(2, '0')}`);
const id = fc
  .record({ space: fc.constantFrom('guancha', 'fengwen'), number: fc.integer({ min: 1 }) })
  .map(({ space, number }) => `${space}:${number}` as ArticleId);

/** What other systems leave beside a file of this name. */
const besides = (path: string): readonly string[] => {
  const at = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  const [folder, name, stem, ending] = [path.slice(0, at), path.slice(at), path.slice(0, dot), path.slice(dot)];
  return [
    `${folder}._${name}`,
    `${folder}.DS_Store`,
    `${folder}Thumbs.db`,
    `${folder}desktop.ini`,
    `${stem} (conflicted copy)${ending}`,
    `${stem} (某人的冲突副本 2026-10-14)${ending}`,
    `${stem}.sync-conflict-20261014-101112-ABCDEF7${ending}`,
    `${stem} (1)${ending}`,
    `${stem} 2${ending}`,
    `${stem} - Copy${ending}`,
    `${path}~`,
    `${path}.orig`,
    `${folder}.${name}.aB3dEf`,
    `${folder}.syncthing.${name}.tmp`,
  ];
};

describe('keys', () => {
  it('name a file of captures by when it began, and read it back, written to or ended', () => {
    const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, fc.option(fc.constantFrom('0f3a91cc', '00000000')), (begun, hand) => {
        const segment = segmentKey(begun, hand);
        assert.ok(segment.startsWith(`captures/${begun.toISOString().slice(0, 7).replace('-', '/')}/`));
        assert.deepEqual(parseKey(segment), { kind: 'segment', segment, isOpen: false });
        assert.deepEqual(parseKey(openSegmentKey(segment)), { kind: 'segment', segment, isOpen: true });
        for (const other of besides(segment)) assert.equal(parseKey(other), null, other);
      }),
    );
  });

  it('put an article where the drawing says', () => {
    assert.equal(articleKey('guancha:623950', '2022-01-28'), '2022/01/2022_01_28_623950');
    assert.equal(articleKey('fengwen:399176', '2020-10-23'), 'fengwen/2020/10/399176');
  });

  it('are read back as what they were made of', () => {
    fc.assert(
      fc.property(id, day, fc.integer({ min: 1, max: 99 }), (article, date, number) => {
        const key = articleKey(article, date);
        assert.equal(idOf(key), article);
        assert.equal(monthOf(key), date.slice(0, 7));
        assert.deepEqual(parseKey(documentKey(key)), { kind: 'document', article: key });
        assert.deepEqual(parseKey(recordKey(key)), { kind: 'record', article: key });
        assert.deepEqual(parseKey(versionKey(key, number)), { kind: 'version', article: key, number });
      }),
    );
    const sha256 = 'ab'.repeat(32);
    assert.deepEqual(parseKey(assetKey(sha256, 'jpg')), { kind: 'picture', sha256, type: 'jpg' });
    const name = '20261123T111832123Z_2026_10_14_904308.shtml';
    assert.deepEqual(parseKey(quarantinePage(name)), { kind: 'page', name });
    assert.deepEqual(parseKey(quarantineDescription(name)), { kind: 'description', name });
  });

  it('are nobody’s where another system named the file', () => {
    const name = '20261123T111832123Z_2026_10_14_904308.shtml';
    const own = [
      ...[KEY, 'fengwen/2020/10/399176'].flatMap((key) => [documentKey(key), recordKey(key), versionKey(key, 1)]),
      assetKey('ab'.repeat(32), 'jpg'),
      quarantinePage(name),
      quarantineDescription(name),
      'frontier.sqlite',
      'catalog.sqlite',
      'lock.json',
      'manifest-sha256.txt',
    ];
    for (const path of own) {
      assert.notEqual(parseKey(path), null, path);
      for (const foreign of besides(path)) assert.equal(parseKey(foreign), null, foreign);
    }
    for (const path of [
      'records',
      'records/2026/13/2026_13_04_1.json',
      'articles/2026/10/1.html',
      'trash/x/list.jsonl',
    ])
      assert.equal(parseKey(path), null, path);
  });

  it('know what runs write for themselves', () => {
    for (const path of [
      'frontier.sqlite',
      'frontier.sqlite-wal',
      'catalog.sqlite',
      'catalog.sqlite.new',
      'lock.sqlite',
      'lock.json',
    ])
      assert.ok(isOperational(path), path);
    for (const path of ['frontier.sqlite.bak', 'manifest-sha256.txt', recordKey(KEY)]) assert.ok(!isOperational(path));
  });
});

describe('the archive', () => {
  it('passes over files of other systems beside its records', async () => {
    const storage = openMemory();
    const archive = openArchive(storage, { minFreeBytes: 0 });
    const post = articleKey('fengwen:399176', '2020-10-23');
    await save(archive, KEY, '文', draft());
    await save(archive, post, '文', draft({ id: 'fengwen:399176' }));
    for (const key of [KEY, post])
      for (const path of [recordKey(key), documentKey(key), versionKey(key, 1)])
        for (const foreign of besides(path)) await storage.write(foreign, 'of another system');
    const records = await Array.fromAsync(archive.records());
    assert.deepEqual(
      records.map((each) => ('key' in each ? each.key : each.message)),
      [KEY, post],
    );
    assert.equal((await archive.find('guancha:903180', null))?.key, KEY);
    assert.equal((await archive.find('fengwen:399176', null))?.key, post);
    assert.equal(await sweepAfter(storage, 0), 0);
  });
});
