/** Never worse: what was stored once stays, whatever later captures bring, and however a save is cut off. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Archive, openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import {
  type ArchiveRecord,
  isGone,
  mergeRecord,
  noteGone,
  readForm,
  readRecord,
  writeRecord,
} from '../src/archive/record.ts';
import type { Asset } from '../src/model.ts';
import { temporaryFolder } from './support/command.ts';
import { captured, digest, documentOf, draft, KEY, save, sweepAfter } from './support/drafts.ts';
import { digests, files, isInPlace, mtimes } from './support/tree.ts';

const open = (path: string) => openArchive(openDisk(path), { minFreeBytes: 0 });
const picture = (name: string): Asset => ({
  src: `https://i.guancha.cn/${name}.jpg`,
  url: `https://i.guancha.cn/${name}.jpg`,
  sha256: name.repeat(64),
  bytes: 1,
  type: 'jpg',
  width: 1,
  height: 1,
});
const shows = ({ src }: Asset) => `<img src="${src}">`;

async function recordOf(archive: Archive): Promise<ArchiveRecord> {
  const found = await archive.find('guancha:903180', '2026-10-04');
  assert.ok(found);
  return found.record;
}

describe('a changed article', () => {
  it('gets a version that says when it was captured and what changed', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    const [first, second] = [
      documentOf('<p>茶馆今天照常开门。</p>'),
      documentOf('<p>茶馆明天照常开门。</p>', '茶山的大雨'),
    ];
    await save(archive, KEY, first, draft({ capture: captured('2026-10-04T09:00:00.000Z') }));
    await save(
      archive,
      KEY,
      second,
      draft({ capture: captured('2026-10-05T09:00:00.000Z'), contentHash: digest('b') }),
    );
    await save(
      archive,
      KEY,
      second,
      draft({ capture: captured('2026-10-06T09:00:00.000Z'), contentHash: digest('b') }),
    );
    const { versions } = await recordOf(archive);
    assert.deepEqual(
      versions.map(({ document, contentHash, capturedAt, changes }) => ({
        document,
        contentHash,
        capturedAt,
        changes,
      })),
      [
        {
          document: `versions/${KEY}/1.html`,
          contentHash: digest('a'),
          capturedAt: '2026-10-04T09:00:00.000Z',
          changes: null,
        },
        {
          document: `articles/${KEY}.html`,
          contentHash: digest('b'),
          capturedAt: '2026-10-05T09:00:00.000Z',
          changes: {
            title: { added: 2, removed: 1 },
            date: null,
            body: { added: 2, removed: 2 },
            images: { added: 0, removed: 0 },
          },
        },
      ],
    );
    assert.deepEqual(await Promise.all(versions.map(archive.readVersion)), [first, second]);
  });

  it('keeps the pictures that were stored, though a capture misses them or shows them no more', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    const [a, b, c] = [picture('a'), picture('b'), picture('c')];
    await save(archive, KEY, documentOf(shows(a) + shows(b)), draft({ assets: [a, b] }));
    const later = [c, { src: a.src, missing: 'HTTP_STATUS' }];
    await save(archive, KEY, documentOf(shows(c) + shows(a)), draft({ assets: later, contentHash: digest('b') }));
    assert.deepEqual((await recordOf(archive)).assets, [c, a, b]);
  });

  it('gets none for another spelling of the same: the document stays, and the record says what else is new', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    const [first, second] = [documentOf('<p>一</p>'), documentOf('<p class="x">一</p>')];
    await save(archive, KEY, first, draft({ source: '头条' }));
    const before = await mtimes(folder.path);
    await save(archive, KEY, second, draft({ source: '要闻' }));
    assert.deepEqual(await mtimes(folder.path), before);
    const a = picture('a');
    await save(archive, KEY, second, draft({ source: '要闻', assets: [a] }));
    const record = await recordOf(archive);
    assert.deepEqual([record.versions.length, record.source, record.assets], [1, '头条', [a]]);
    assert.equal(await readFile(join(folder.path, `articles/${KEY}.html`), 'utf8'), first);

    const moved = first.replace(' - 新媒体\n', ' - 报刊\n').replace('<p>', '<p >');
    assert.notEqual(moved, first);
    await save(archive, KEY, moved, draft({ contentHash: digest('b') }));
    const read = await recordOf(archive);
    assert.deepEqual(
      [read.contentHash, read.versions.map(({ contentHash }) => contentHash)],
      [digest('b'), [digest('b')]],
    );
    assert.equal(await readFile(join(folder.path, `articles/${KEY}.html`), 'utf8'), first, 'only the reading differs');

    const leadPicture = { src: a.src, width: null, height: null };
    await save(archive, KEY, second, draft({ leadPicture, contentHash: digest('b') }));
    assert.equal((await recordOf(archive)).versions.length, 2, 'another picture heads it');
    await writeFile(join(folder.path, `articles/${KEY}.html`), 'edited by a person');
    await save(archive, KEY, first, draft({ leadPicture }));
    assert.equal(
      await readFile(join(folder.path, `articles/${KEY}.html`), 'utf8'),
      first,
      'the bytes were not its own',
    );
  });

  it('keeps what lies in its place, though its record describes something else', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    await save(archive, KEY, documentOf('<p>一</p>'), draft());
    await writeFile(join(folder.path, `articles/${KEY}.html`), 'edited by a person');
    await save(archive, KEY, documentOf('<p>二</p>'), draft({ contentHash: digest('b') }));
    assert.equal(await readFile(join(folder.path, `versions/${KEY}/1.html`), 'utf8'), 'edited by a person');
    const [first, second] = (await recordOf(archive)).versions;
    assert.ok(first && second);
    assert.equal(second.changes, null);
    await assert.rejects(archive.readVersion(first), { code: 'ARCHIVE_DAMAGED' });
  });
});

describe('an article that is gone', () => {
  const gone = { at: '2026-11-01T00:00:00.000Z', evidence: ['HTTP status 404'] };
  const note = (archive: Archive, found = gone) =>
    archive.update(KEY, (old) => old && { record: noteGone(old, found) });

  it('keeps its document; the record says since when, and until when', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    const document = documentOf('<p>一</p>');
    await save(archive, KEY, document, draft());
    const articles = await digests(folder.path, (path) => path.startsWith('articles/'));
    await note(archive);
    assert.deepEqual(isGone(await recordOf(archive)), { since: gone.at, until: null, evidence: gone.evidence });
    const before = await mtimes(folder.path);
    await note(archive, { ...gone, at: '2026-11-02T00:00:00.000Z' });
    assert.deepEqual(await mtimes(folder.path), before, 'a second time says nothing new');
    assert.deepEqual(await digests(folder.path, (path) => path.startsWith('articles/')), articles);

    await save(archive, KEY, document, draft({ capture: captured('2026-11-03T00:00:00.000Z') }));
    const record = await recordOf(archive);
    assert.equal(isGone(record), null);
    assert.equal(record.absences[0]?.until, '2026-11-03T00:00:00.000Z');
    assert.equal(record.versions.length, 1);
  });

  it('leaves no trace where the archive never had it', async () => {
    await using folder = await temporaryFolder();
    await note(open(folder.path));
    assert.deepEqual(await digests(folder.path), {});
  });
});

describe('the sweep', () => {
  interface TrashLine {
    readonly from: string;
    readonly to: string;
    readonly why: string;
  }

  async function trashLines(root: string): Promise<TrashLine[]> {
    const lists = (await files(root)).filter((path) => path.endsWith('/list.jsonl'));
    const texts = await Promise.all(lists.map((path) => readFile(join(root, path), 'utf8')));
    return texts.flatMap((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as TrashLine),
    );
  }

  it('takes a save back that a dead run left before its record', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    await save(archive, KEY, documentOf('<p>一</p>'), draft());
    const before = await digests(folder.path);
    const record = await readFile(join(folder.path, `records/${KEY}.json`));
    await save(archive, KEY, documentOf('<p>二</p>'), draft({ contentHash: digest('b') }));
    await writeFile(join(folder.path, `records/${KEY}.json`), record);
    assert.equal(await sweepAfter(openDisk(folder.path), 0), 1);
    assert.deepEqual(await digests(folder.path, isInPlace), before);
    assert.equal(await sweepAfter(openDisk(folder.path), 0), 0);
  });

  it('takes back a document of the dead run that has no record, and never an older one', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    await save(archive, KEY, documentOf('<p>一</p>'), draft());
    await rm(join(folder.path, `records/${KEY}.json`));
    assert.equal(await sweepAfter(openDisk(folder.path), Date.now() + 60_000), 0);
    const document = await digests(folder.path);
    assert.equal(await sweepAfter(openDisk(folder.path), Date.now() - 60_000), 1);
    assert.deepEqual(await digests(folder.path, isInPlace), {});
    const [line, ...others] = await trashLines(folder.path);
    assert.deepEqual([line?.from, others], [`articles/${KEY}.html`, []]);
    assert.match(line?.why ?? '', /without its record/);
    assert.deepEqual(Object.values(document), [(await digests(folder.path))[line?.to ?? '']]);
  });

  it('deletes nothing of a backup that somebody put back beside a crashed run', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    const [first, second] = [documentOf('<p>一</p>'), documentOf('<p>二</p>')];
    await save(archive, KEY, first, draft());
    const backup = await readFile(join(folder.path, `records/${KEY}.json`));
    await save(archive, KEY, second, draft({ contentHash: digest('b') }));
    const other = KEY.replace('903180', '903181');
    await save(archive, other, documentOf('<p>三</p>'), draft({ id: 'guancha:903181' }));
    const texts = new Set(Object.values(await digests(folder.path, (path) => path.endsWith('.html'))));
    // The records of the backup are older than the run, or not put back yet.
    await writeFile(join(folder.path, `records/${KEY}.json`), backup);
    await rm(join(folder.path, `records/${other}.json`));
    assert.equal(await sweepAfter(openDisk(folder.path), 0), 2);
    assert.equal(await readFile(join(folder.path, `articles/${KEY}.html`), 'utf8'), first);
    assert.deepEqual(new Set(Object.values(await digests(folder.path, (path) => path.endsWith('.html')))), texts);
    assert.deepEqual(
      (await trashLines(folder.path)).map(({ from }) => from),
      [`articles/${KEY}.html`, `articles/${other}.html`],
    );
  });

  it('leaves a whole archive as it is', async () => {
    await using folder = await temporaryFolder();
    const archive = open(folder.path);
    for (const text of ['一', '二', '三'])
      await save(archive, KEY, documentOf(`<p>${text}</p>`), draft({ contentHash: digest(text) }));
    const before = await mtimes(folder.path);
    assert.equal(await sweepAfter(openDisk(folder.path), 0), 0);
    assert.deepEqual(await mtimes(folder.path), before);
  });
});

describe('a record', () => {
  it('is read as it was written, whatever stands in it', () => {
    const count = fc.record({ added: fc.nat(), removed: fc.nat() });
    const date = fc.option(fc.record({ before: fc.string(), after: fc.string() }));
    const changes = fc.option(fc.record({ title: count, date, body: count, images: count }));
    const text = fc.string({ unit: 'grapheme' });
    const hash = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
    const instant = fc
      .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      .map((date) => date.toISOString());
    const version = fc.record({ document: text, sha256: hash, contentHash: hash, capturedAt: instant, changes });
    const absence = fc.record({ since: instant, until: fc.option(instant), evidence: fc.array(text) });
    const stored = fc.record({
      src: text,
      url: text,
      sha256: hash,
      bytes: fc.integer({ min: 1 }),
      type: fc.constantFrom('jpg', 'png', 'webp'),
      width: fc.nat(),
      height: fc.nat(),
    });
    const missing = fc.record({ src: text, missing: fc.constantFrom('IMAGE_MISSING', 'TOO_MANY_IMAGES') });
    const parts = fc.record({
      title: text,
      aliases: fc.array(text),
      versions: fc.array(version, { minLength: 1 }),
      absences: fc.array(absence),
      assets: fc.array(fc.oneof(stored, missing)),
    });
    fc.assert(
      fc.property(parts, ({ title, ...rest }) => {
        const base = wholeRecord();
        const record = { ...base, ...rest, article: { ...base.article, title } };
        const written = writeRecord(record);
        assert.equal(writeRecord(readRecord(written, 'r')), written);
      }),
    );
  });

  it('without a field, or with one of another kind, is refused by readers and audit alike, in the same words', () => {
    const record: Readonly<Record<string, unknown>> = { ...wholeRecord() };
    const unasked = ['via', 'leadPicture'];
    for (const name of Object.keys(record).filter((each) => !unasked.includes(each))) {
      for (const value of [undefined, 7, {}]) {
        const broken = { ...record, [name]: value };
        const form = readForm(broken);
        assert.ok('fault' in form && form.fault.startsWith(name), name);
        assert.throws(() => readRecord(JSON.stringify(broken), 'records/r.json'), {
          code: 'ARCHIVE_DAMAGED',
          detail: `records/r.json: ${form.fault}`,
        });
      }
    }
    assert.throws(() => readRecord('{"format": 1', 'records/r.json'), { code: 'ARCHIVE_DAMAGED' });
  });

  function wholeRecord(): ArchiveRecord {
    const document = { path: `articles/${KEY}.html`, bytes: 1, sha256: digest('s') };
    const version = { document: document.path, sha256: digest('s'), contentHash: digest('a') };
    const versions = [{ ...version, capturedAt: '2026-10-04T09:00:00.000Z', changes: null }];
    return mergeRecord(null, draft(), { document, versions });
  }
});
