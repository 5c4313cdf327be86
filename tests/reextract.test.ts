/** Documents from captures: the same bytes again, and by changed rules exactly what these change. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentKey, recordKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { type ArchiveRecord, readForm, readRecord, writeRecord } from '../src/archive/record.ts';
import type { Storage } from '../src/archive/storage.ts';
import { RULES } from '../src/crawl/rules.ts';
import type { Exchange } from '../src/model.ts';
import type { Extracted } from '../src/reextract/extract-all.ts';
import { classicPage, fengwenPage, NEWS_URL, POST_URL } from './support/article-page.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { openKeptCrawl } from './support/kept-crawl.ts';
import { targetOf } from './support/memory-crawl.ts';

const KEY = '2022/01/2022_01_28_900';
const SINGLE = NEWS_URL.replace('.shtml', '_s.shtml');
const sentences = (count: number, of: string) =>
  Array.from({ length: count }, (_, i) => `<p>第${i + 1}天，${of}的人们照常起床，生火，煮水，开门迎客。</p>`).join(
    '\n',
  );
const LONG = sentences(12, '茶馆');

/** What the site answers so many minutes after noon of the day. */
function answer(url: string, body: string, { minutes = 0, status = 200, location = '' } = {}): Exchange {
  const headers = { 'content-type': 'text/html; charset=utf-8', ...(location === '' ? {} : { location }) };
  const fetchedAt = new Date(Date.UTC(2022, 0, 28, 12, minutes)).toISOString();
  return exchangeOf({ url, body: Buffer.from(body), fetchedAt, status, headers });
}

const page = (minutes = 0, body = LONG, more = {}) => answer(SINGLE, classicPage({ body, ...more }), { minutes });

async function recordOf(storage: Storage, key = KEY): Promise<ArchiveRecord> {
  return readRecord(String(await storage.read(recordKey(key))), key);
}

async function change(storage: Storage, changed: (record: ArchiveRecord) => ArchiveRecord): Promise<void> {
  await storage.write(recordKey(KEY), writeRecord(changed(await recordOf(storage))));
}

const resultsOf = (all: readonly { readonly result: string }[]) => all.map(({ result }) => result);

/** The one result there is. */
function only<R extends Extracted['result']>(all: readonly Extracted[], result: R): Extracted & { readonly result: R } {
  assert.deepEqual(resultsOf(all), [result], JSON.stringify(all));
  return all[0] as Extracted & { readonly result: R };
}

describe('a document made again', () => {
  it('is the same in all its versions, with its list, its lead picture and its capture', async () => {
    const crawl = openKeptCrawl();
    const leadPicture = { src: 'https://i.guancha.cn/lead.jpg', width: '970px', height: null };
    const listed = { title: '茶馆开门了', time: '2022-01-28 10:30', summary: null, picture: leadPicture.src };
    const target = targetOf(NEWS_URL, { leadPicture, listed, source: '头条' });
    assert.equal(await crawl.visit(target, [page()]), 'archived');
    assert.equal(await crawl.visit(targetOf(NEWS_URL), [page(60, `${LONG}<p>更正：昨天没有下雨。</p>`)]), 'archived');
    assert.deepEqual(
      (await crawl.reproduce()).map(({ version, result, rules }) => [version, result, rules]),
      [
        [1, 'same', RULES],
        [2, 'same', RULES],
      ],
    );
    assert.deepEqual(resultsOf(await crawl.extractAll({ writes: true })), ['same']);
    const { versions, basis } = await recordOf(crawl.storage);
    assert.deepEqual(versions[0]?.basis?.listed, listed);
    assert.equal(basis, undefined);
  });

  it('is the same from several parts, from an alias that redirects, and from a page that scripts filled', async () => {
    const crawl = openKeptCrawl();
    const next = '<div class="module-page fix"><a href="/ZaoCha/2022_01_28_900_2.shtml">2</a></div>';
    const url2 = NEWS_URL.replace('.shtml', '_2.shtml');
    await crawl.visit(targetOf(NEWS_URL), [
      answer(SINGLE, '', { status: 404 }),
      answer(NEWS_URL, classicPage({ body: LONG + next })),
      answer(url2, classicPage({ body: sentences(9, '渡口') + next })),
    ]);
    const moved = 'https://www.guancha.cn/politics/2022_01_28_901.shtml';
    await crawl.visit(targetOf(moved), [
      answer(moved.replace('.shtml', '_s.shtml'), '', {
        status: 301,
        location: moved.replace('politics', 'ZaoCha').replace('.shtml', '_s.shtml'),
      }),
      answer(moved.replace('politics', 'ZaoCha').replace('.shtml', '_s.shtml'), classicPage({ body: LONG })),
    ]);
    const lines = await crawl.reproduce();
    assert.deepEqual(resultsOf(lines), ['same', 'same']);
    const [parts, redirected] = [
      await recordOf(crawl.storage),
      await recordOf(crawl.storage, '2022/01/2022_01_28_901'),
    ];
    assert.equal(parts.versions[0]?.basis?.pages.length, parts.article.pages);
    assert.equal(redirected.versions[0]?.basis?.pages[0]?.length, 2);
    assert.deepEqual(resultsOf(await crawl.extractAll({ writes: true })), ['same', 'same']);
  });

  it('has the time of its first visit, where the page says only how long ago it was', async () => {
    const crawl = openKeptCrawl();
    const single = `${POST_URL}&page=0`;
    const post = (minutes: number, body: string) =>
      answer(single, fengwenPage({ times: '3小时前', body }), { minutes });
    await crawl.visit(targetOf(POST_URL), [post(0, LONG)]);
    await crawl.visit(targetOf(POST_URL), [post(300, `${LONG}<p>补记：雨停了。</p>`)]);
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['same', 'same']);
    assert.deepEqual(resultsOf(await crawl.extractAll({ writes: true })), ['same']);
    const key = 'fengwen/2022/01/77';
    const known = (await recordOf(crawl.storage, key)).versions.map(({ basis }) => basis?.known?.publishedAt ?? null);
    assert.deepEqual(known, [null, '2022-01-28T17:00:00+08:00']);
  });

  it('keeps what it was made of, where a later visit finds the same content', async () => {
    const crawl = openKeptCrawl();
    await crawl.visit(targetOf(NEWS_URL), [page()]);
    const before = await recordOf(crawl.storage);
    await crawl.visit(targetOf(NEWS_URL), [
      page(60, LONG, { head: '<meta name="description" content="三十日，茶馆照常。">' }),
    ]);
    const after = await recordOf(crawl.storage);
    assert.deepEqual(after.versions[0]?.basis, before.versions[0]?.basis);
    assert.equal(after.versions.length, 1);
    assert.notDeepEqual(after.basis, undefined, 'its fields are of the later capture');
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['same']);
    assert.deepEqual(resultsOf(await crawl.extractAll({ writes: true })), ['same']);
  });

  it('gets what it is made of from a later visit, where it was made before captures were kept', async () => {
    const crawl = openKeptCrawl();
    await crawl.visit(targetOf(NEWS_URL), [page()]);
    await change(crawl.storage, ({ versions, ...record }) => ({
      ...record,
      versions: versions.map(({ basis: _basis, ...version }) => version),
    }));
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['uncaptured']);
    assert.deepEqual(resultsOf(await crawl.extractAll({ writes: true })), ['uncaptured']);
    assert.equal(await crawl.visit(targetOf(NEWS_URL), [page(60)]), 'unchanged');
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['same']);
  });

  it('is named with its reason where it cannot be made, or is not what the record says', async () => {
    const crawl = openKeptCrawl();
    await crawl.visit(targetOf(NEWS_URL), [page()]);
    const files = await crawl.files();
    const [segment = ''] = Object.keys(files).filter((key) => key.startsWith('captures/'));
    const bytes = (await crawl.storage.read(segment)) as Buffer;

    const damaged = Buffer.from(bytes);
    const { offset, length } = (await recordOf(crawl.storage)).versions[0]?.basis?.pages[0]?.[0] ?? {
      offset: 0,
      length: 0,
    };
    damaged.writeUInt8((damaged[offset + (length >> 1)] ?? 0) ^ 1, offset + (length >> 1));
    await crawl.storage.write(segment, damaged);
    assert.deepEqual(
      (await crawl.reproduce()).map(({ result, code }) => [result, code]),
      [['unreadable', 'CAPTURE_DAMAGED']],
    );
    assert.deepEqual(resultsOf(await crawl.extractAll({ writes: true })), ['unreadable', 'captures']);

    await crawl.storage.remove(segment);
    assert.deepEqual(
      (await crawl.reproduce()).map(({ result, code }) => [result, code]),
      [['unreadable', 'CAPTURE_MISSING']],
    );
    assert.deepEqual(resultsOf(await crawl.extractAll({ writes: true })), ['unreadable']);

    await crawl.storage.write(segment, bytes);
    await crawl.storage.write(documentKey(KEY), 'edited by hand');
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['damaged']);
    await crawl.storage.write(recordKey(KEY), '{');
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['damaged']);
    assert.deepEqual(resultsOf(await crawl.extractAll({ writes: true })), ['damaged']);
  });
});

describe('extract --all', () => {
  it('changes what other options of documents change, keeps the old bytes, and then nothing more', async () => {
    const crawl = openKeptCrawl();
    await crawl.visit(targetOf(NEWS_URL), [page()]);
    const before = await crawl.files();
    const options = {
      categories: ['新媒体', '观察者网'],
      onDemand: '单篇',
      author: '另一位',
      date: 'site-clock',
    } as const;
    const asked = only(await crawl.extractAll({ writes: false }, { document: options }), 'changed');
    assert.deepEqual([asked.changes.fields, asked.changes.flags], [[], { added: [], removed: [] }]);
    assert.equal(
      asked.changes.document?.after,
      before[documentKey(KEY)]?.replace('author: 观察者网', 'author: 另一位'),
    );
    assert.deepEqual(await crawl.files(), before, 'nothing is written');

    only(await crawl.extractAll({ writes: true }, { document: options }), 'changed');
    const after = await crawl.files();
    assert.equal(after[documentKey(KEY)], asked.changes.document?.after);
    const kept = Object.entries(after).filter(([key]) => key.startsWith('trash/') && key.endsWith('.html'));
    assert.deepEqual(
      kept.map(([, text]) => text),
      [before[documentKey(KEY)]],
    );
    const record = await recordOf(crawl.storage);
    assert.deepEqual([record.versions.length, record.versions[0]?.basis?.author], [1, '另一位']);
    only(await crawl.extractAll({ writes: true }, { document: options }), 'same');
    assert.deepEqual(await crawl.files(), after);
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['same']);
  });

  it('names exactly the fields and flags that come out otherwise', async () => {
    const crawl = openKeptCrawl();
    await crawl.visit(targetOf(NEWS_URL), [page(0, `${LONG}<p class="lede">雨后的茶山很静。</p>`)]);
    const { flags, article } = await recordOf(crawl.storage);
    const doubt = flags.filter(({ code }) => code === 'unknown-markup');
    assert.equal(doubt.length, 1, JSON.stringify(flags));
    const accepted = only(
      await crawl.extractAll({ writes: false }, { accepted: async () => new Set(['p.lede']) }),
      'changed',
    );
    assert.deepEqual(accepted.changes, { document: null, fields: [], flags: { added: [], removed: doubt } });

    await change(crawl.storage, (record) => ({ ...record, article: { ...article, editors: ['无名'] } }));
    const renewed = only(await crawl.extractAll({ writes: true }), 'changed');
    assert.deepEqual(renewed.changes.fields, [{ field: 'editors', before: ['无名'], after: article.editors }]);
    assert.deepEqual((await recordOf(crawl.storage)).article, article);
    only(await crawl.extractAll({ writes: true }), 'same');
  });

  it('leaves what would get worse', async () => {
    const crawl = openKeptCrawl();
    await crawl.visit(targetOf(NEWS_URL), [page()]);
    // As if earlier rules had read three times as much of the page.
    const longer = openKeptCrawl();
    await longer.visit(targetOf(NEWS_URL), [page(0, sentences(60, '渡口'))]);
    const { contentHash, document, article, versions } = await recordOf(longer.storage);
    await change(crawl.storage, (record) => ({
      ...record,
      contentHash,
      document,
      article,
      versions: record.versions.map((each) => ({ ...each, contentHash, sha256: versions[0]?.sha256 ?? '' })),
    }));
    await crawl.storage.write(documentKey(KEY), String(await longer.storage.read(documentKey(KEY))));
    const before = await crawl.files();
    assert.equal(only(await crawl.extractAll({ writes: true }), 'kept').code, 'IMPLAUSIBLE');
    assert.deepEqual(await crawl.files(), before);
  });

  it('finds an article whose record was lost, and says where it came from', async () => {
    const crawl = openKeptCrawl();
    await crawl.visit(targetOf(NEWS_URL, { source: null }), [
      page(),
      answer(NEWS_URL, '', { status: 404, minutes: 1 }),
    ]);
    const text = String(await crawl.storage.read(documentKey(KEY)));
    await crawl.storage.remove(documentKey(KEY));
    await crawl.storage.remove(recordKey(KEY));
    const found = only(await crawl.extractAll({ writes: true }), 'found');
    assert.deepEqual([found.isNew, found.key, found.capturedAt], [true, KEY, '2022-01-28T12:00:00.000Z']);
    assert.equal(String(await crawl.storage.read(documentKey(KEY))), text);
    assert.match((await recordOf(crawl.storage)).verdict.evidence.at(-1) ?? '', /^made from captures, captures\//);
    only(await crawl.extractAll({ writes: true }), 'same');
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['same']);
    assert.deepEqual(await crawl.extractAll({ writes: true, since: '2022-02' }), []);
  });

  it('takes a newer capture as a newer version, and never an older one', async () => {
    const crawl = openKeptCrawl();
    await crawl.visit(targetOf(NEWS_URL), [page()]);
    const old = await crawl.files();
    await crawl.visit(targetOf(NEWS_URL), [page(60, `${LONG}<p>更正：昨天没有下雨。</p>`)]);
    await crawl.visit(targetOf(NEWS_URL), [
      answer(SINGLE, '', { status: 404, minutes: 90 }),
      answer(NEWS_URL, '', { status: 404, minutes: 90 }),
    ]);
    only(await crawl.extractAll({ writes: true }), 'same');
    const newest = String(await crawl.storage.read(documentKey(KEY)));

    // The record and document of the first visit, as a backup of that day would bring them.
    for (const key of [recordKey(KEY), documentKey(KEY)]) await crawl.storage.write(key, old[key] ?? '');
    const [same, found] = await crawl.extractAll({ writes: true });
    assert.deepEqual([same?.result, found?.result], ['same', 'found']);
    assert.equal(String(await crawl.storage.read(documentKey(KEY))), newest);
    assert.equal((await recordOf(crawl.storage)).versions.length, 2);
    only(await crawl.extractAll({ writes: true }), 'same');
    assert.deepEqual(resultsOf(await crawl.reproduce()), ['same', 'same']);
  });

  it('passes over what was never an article', async () => {
    const crawl = openKeptCrawl();
    await crawl
      .visit(targetOf(NEWS_URL), [answer(SINGLE, '', { status: 404 }), answer(NEWS_URL, '', { status: 404 })])
      .catch(() => 'gone');
    assert.deepEqual(await crawl.extractAll({ writes: true }), []);
  });
});

describe('the form of a record', () => {
  it('takes what a document was made of, and refuses what is not that', async () => {
    const crawl = openKeptCrawl(openMemory());
    await crawl.visit(targetOf(NEWS_URL), [page()]);
    const record = await recordOf(crawl.storage);
    const basis = record.versions[0]?.basis;
    assert.ok(basis);
    const withBasis = (other: object) => ({ ...record, versions: [{ ...record.versions[0], basis: other }] });
    assert.ok('record' in readForm(withBasis(basis)));
    for (const other of [
      { ...basis, pages: [] },
      { ...basis, rules: 0 },
      { ...basis, pages: [[{ file: 'x', offset: -1, length: 1 }]] },
    ])
      assert.match((readForm(withBasis(other)) as { fault: string }).fault, /^versions\.0\.basis\./);
  });
});
