/** WACZ and WARC exports of archives made in memory, read by a reader of its own. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { assetKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { sha256 } from '../src/archive/record.ts';
import type { Storage } from '../src/archive/storage.ts';
import { openCaptureReader } from '../src/capture/read-captures.ts';
import { exportWacz, exportWarc, WACZ_LIST } from '../src/export/captures-export.ts';
import type { ExportOptions, LeftOut } from '../src/export/exported.ts';
import type { Selection } from '../src/export/selection.ts';
import { signerOf } from '../src/export/signing-key.ts';
import { archiveCaptured, type GivenArticle } from './support/captured-archive.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { readPackage, readWarc } from './support/read-package.ts';

const LATER = '2022-03-01T00:00:00Z';
const ALL: Selection = { since: null, until: null, sources: [], keys: null };
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const signer = signerOf(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'key');

function article(number: number, but: Partial<GivenArticle> = {}): GivenArticle {
  const date = but.date ?? '2022-01-28';
  const url = `https://www.guancha.cn/politics/${date.replaceAll('-', '_')}_${number}.shtml`;
  const page = { url, fetchedAt: `${date}T04:00:01.250Z`, body: Buffer.from(`<p>第${number}篇</p>`) };
  return { id: `guancha:${number}`, url, date, title: `第${number}篇`, exchanges: [exchangeOf(page)], ...but };
}

async function archiveOf(...articles: readonly GivenArticle[]): Promise<Storage> {
  const storage = openMemory();
  await archiveCaptured(storage, articles);
  return storage;
}

async function exported(
  storage: Storage,
  {
    file = 'all.wacz',
    folder = openMemory(),
    selection = ALL,
    signal = new AbortController().signal,
    format = 'wacz',
  }: {
    readonly file?: string | null;
    readonly folder?: Storage;
    readonly selection?: Selection;
    readonly signal?: AbortSignal;
    readonly format?: 'wacz' | 'warc';
  } = {},
) {
  const left: LeftOut[] = [];
  const wrote: string[] = [];
  const options: ExportOptions = {
    software: 'guancha-archive/test',
    signal,
    onLeftOut: (each) => left.push(each),
    onFile: (each) => wrote.push(`${each.path}${each.wrote ? '' : ' kept'}`),
    onProgress: () => {},
  };
  const sources = {
    storage,
    archive: openArchive(storage, { minFreeBytes: 0 }),
    captures: openCaptureReader(storage),
  };
  const target = { folder, file, makeUnfinished: async () => '', [Symbol.asyncDispose]: async () => {} };
  const result =
    format === 'wacz'
      ? await exportWacz(target, selection, { sources, signer, options })
      : await exportWarc(target, selection, { sources, options });
  const read = async (key: string) => (await folder.read(key)) ?? Buffer.alloc(0);
  return { left, wrote, result, folder, read };
}

/** The folder's keys. */
async function keysIn(folder: Storage): Promise<readonly string[]> {
  return (await Array.fromAsync(folder.list(''))).map(({ key }) => key);
}

const PICTURE = {
  src: 'https://i.guancha.cn/a.png!wap.png',
  url: 'https://i.guancha.cn/a.png',
  bytes: Buffer.from('bytes of a picture'),
};

describe('a package', () => {
  it('holds pages, pictures and what is referred to, and no reader finds fault with it', async () => {
    const again = article(3);
    const [same] = article(1).exchanges;
    assert.ok(same);
    const redirect = exchangeOf({
      url: 'http://www.guancha.cn/x',
      status: 301,
      headers: { location: '/y' },
      fetchedAt: '2022-01-28T03:59:59.000Z',
    });
    const storage = await archiveOf(
      article(1, { pictures: [PICTURE] }),
      article(2, {
        pictures: [PICTURE, { ...PICTURE, src: PICTURE.url }],
        exchanges: [redirect, ...article(2).exchanges],
      }),
      { ...again, exchanges: [{ ...same, url: again.url, startedAt: '2022-01-28T05:00:00.000Z' }] },
      article(4, { exchanges: [] }),
    );
    const { read, left, result } = await exported(storage);
    const { complaints, pages, lines, records, publicKey } = await readPackage(await read('all.wacz'));
    assert.deepEqual(complaints, []);
    assert.equal(publicKey, signer.publicKey);
    assert.deepEqual(
      pages.map(({ id, title, text }) => [id, title, text]),
      [1, 2, 3].map((number) => [`guancha:${number}`, `第${number}篇`, `第${number}篇的正文。`]),
    );
    const kinds = records.map(({ headers }) => headers.get('warc-type'));
    assert.equal(kinds.filter((kind) => kind === 'resource').length, 1, 'the picture once');
    assert.equal(
      kinds.filter((kind) => kind === 'revisit').length,
      2,
      'the same page, and the address that the page shows',
    );
    assert.deepEqual(
      lines.filter(({ mime }) => mime.startsWith('image/')).map(({ url }) => url),
      [PICTURE.url],
    );
    assert.deepEqual(
      left.map(({ kind, url }) => [kind, url]),
      [['no-capture', article(4).url]],
    );
    assert.deepEqual([result.articles, result.files], [3, 1]);
  });

  it('brings the record that another refers to from outside of the selection', async () => {
    const [page] = article(1).exchanges;
    assert.ok(page);
    const later = article(2, { date: '2022-02-03' });
    const storage = await archiveOf(article(1), {
      ...later,
      exchanges: [{ ...page, url: later.url, startedAt: '2022-02-03T04:00:00.000Z' }],
    });
    const { read } = await exported(storage, { selection: { ...ALL, since: '2022-02-01' } });
    const { complaints, pages, records } = await readPackage(await read('all.wacz'));
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      pages.map(({ url }) => url),
      [later.url],
    );
    assert.ok(records.some(({ headers }) => headers.get('warc-target-uri') === article(1).url));
  });

  it('has an index in blocks where it has many pages', async () => {
    const storage = await archiveOf(...Array.from({ length: 300 }, (_, i) => article(i + 1)));
    const { read } = await exported(storage);
    const { complaints, files, lines } = await readPackage(await read('all.wacz'));
    assert.deepEqual(complaints, []);
    assert.ok(files.has('indexes/index.idx'));
    assert.equal(lines.length, 300);
  });

  it('is the same bytes twice, and other bytes once the archive is another', async () => {
    const storage = await archiveOf(article(1, { pictures: [PICTURE] }), article(2));
    const [first, second] = [await exported(storage), await exported(storage)];
    assert.ok((await first.read('all.wacz')).equals(await second.read('all.wacz')));
    await archiveCaptured(storage, [article(3)], { begun: LATER });
    const third = await exported(storage);
    assert.ok(!(await first.read('all.wacz')).equals(await third.read('all.wacz')));
  });

  it('does without what is damaged, and says so', async () => {
    const other = {
      ...PICTURE,
      src: 'https://i.guancha.cn/b.png',
      url: 'https://i.guancha.cn/b.png',
      bytes: Buffer.from('b'),
    };
    const storage = await archiveOf(article(1, { pictures: [PICTURE, other] }), article(2));
    await storage.write(assetKey(sha256(other.bytes), 'png'), 'not these bytes');
    const { read, left } = await exported(storage);
    assert.deepEqual((await readPackage(await read('all.wacz'))).complaints, []);
    assert.deepEqual(
      left.map(({ kind, url }) => [kind, url]),
      [['picture-damaged', article(1).url]],
    );

    for await (const { key } of storage.list('captures')) {
      const bytes = (await storage.read(key)) ?? Buffer.alloc(0);
      const changed = Buffer.from(bytes);
      changed.fill(0, bytes.length - 100);
      await storage.write(key, changed);
    }
    const damaged = await exported(storage);
    const { complaints, pages } = await readPackage(await damaged.read('all.wacz'));
    assert.deepEqual(complaints, []);
    assert.equal(pages.length, 1);
    assert.deepEqual(damaged.left.map(({ kind }) => kind).sort(), ['capture-damaged', 'picture-damaged']);
  });
});

describe('a picture', () => {
  it('comes with what HTTP said of it, and when, where that is known', async () => {
    const at = '2022-01-28T04:00:03.000Z';
    const headers = { 'content-type': 'image/png', etag: '"7"', 'content-length': '18' };
    const exchange = exchangeOf({ url: PICTURE.url, headers, fetchedAt: at });
    const storage = await archiveOf(
      article(1, { pictures: [{ ...PICTURE, exchange }] }),
      article(2, { pictures: [PICTURE] }),
    );
    const [first, second] = [await exported(storage), await exported(storage)];
    const { complaints, records } = await readPackage(await first.read('all.wacz'));
    assert.deepEqual(complaints, []);
    const responses = records.filter(({ headers: fields }) => fields.get('warc-target-uri') === PICTURE.url);
    assert.deepEqual(
      responses.map(({ headers: fields }) => [fields.get('warc-type'), fields.get('warc-date')]),
      [
        ['response', at],
        ['request', at],
        ['metadata', at],
      ],
    );
    assert.equal(
      responses[0]?.block.toString(),
      'HTTP/1.1 200 \r\ncontent-type: image/png\r\netag: "7"\r\ncontent-length: 18\r\n\r\nbytes of a picture',
    );
    assert.ok((await first.read('all.wacz')).equals(await second.read('all.wacz')));
  });
});

describe('a folder of packages', () => {
  const months = [article(1), article(2, { date: '2022-02-03' }), article(3, { date: '2022-03-04', source: '头条' })];

  it('has one for each month and a list over them; the same again writes none of them', async () => {
    const storage = await archiveOf(...months);
    const first = await exported(storage, { file: null });
    const names = ['2022-01.wacz', '2022-02.wacz', '2022-03.wacz'];
    assert.deepEqual(await keysIn(first.folder), [...names, WACZ_LIST]);
    for (const name of names) assert.deepEqual((await readPackage(await first.read(name))).complaints, [], name);
    const list = JSON.parse((await first.read(WACZ_LIST)).toString()) as {
      profile: string;
      resources: { path: string; hash: string; bytes: number }[];
    };
    assert.equal(list.profile, 'multi-wacz-package');
    for (const { path, hash, bytes } of list.resources) {
      const content = await first.read(path);
      assert.deepEqual([hash, bytes], [`sha256:${sha256(content)}`, content.length]);
    }
    assert.deepEqual(
      (await exported(storage, { file: null, folder: first.folder })).wrote,
      names.map((name) => `${name} kept`),
    );
    await archiveCaptured(storage, [article(9, { date: '2022-02-04' })], { begun: LATER });
    await first.folder.write('2022-03.wacz', 'damaged');
    const third = await exported(storage, { file: null, folder: first.folder });
    assert.deepEqual(third.wrote, ['2022-01.wacz kept', '2022-02.wacz', '2022-03.wacz']);
  });

  it('holds only what is selected; packages of another selection stay, and the list does not name them', async () => {
    const storage = await archiveOf(...months);
    const { folder } = await exported(storage, { file: null });
    const { result, wrote } = await exported(storage, {
      file: null,
      folder,
      selection: { ...ALL, sources: ['头条'], until: '2022-03-04' },
    });
    assert.deepEqual(wrote, ['2022-03.wacz kept']);
    assert.deepEqual(result.others, ['2022-01.wacz', '2022-02.wacz']);
    await assert.rejects(exported(storage, { selection: { ...ALL, until: '2022-01-27' } }), { code: 'NOT_ARCHIVED' });
  });

  it('goes on where it was interrupted, and leaves no part of a file', async () => {
    const storage = await archiveOf(...months);
    const folder = openMemory();
    const stop = new AbortController();
    const write = folder.write;
    const stopping: Storage = {
      ...folder,
      write: async (...given) => {
        stop.abort(); // behind the first package
        return await write(...given);
      },
    };
    await assert.rejects(exported(storage, { file: null, folder: stopping, signal: stop.signal }), {
      code: 'INTERRUPTED',
    });
    assert.deepEqual(await keysIn(folder), ['2022-01.wacz', WACZ_LIST]);
    assert.equal(await folder.sweep(), 0, 'nothing unfinished');
    assert.deepEqual((await exported(storage, { file: null, folder })).wrote[0], '2022-01.wacz kept');
  });
});

describe('a folder of WARC files', () => {
  it('has whole files for each month, with pictures', async () => {
    const storage = await archiveOf(article(1, { pictures: [PICTURE] }), article(2, { date: '2022-02-03' }));
    const { folder, read } = await exported(storage, { file: null, format: 'warc' });
    assert.deepEqual(await keysIn(folder), ['2022-01-00001.warc.gz', '2022-02-00001.warc.gz', 'datapackage.json']);
    const complaints: string[] = [];
    const records = readWarc('1', await read('2022-01-00001.warc.gz'), (what) => complaints.push(what));
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      records.map(({ headers }) => headers.get('warc-type')),
      ['warcinfo', 'response', 'request', 'metadata', 'resource', 'revisit', 'metadata'],
    );
  });
});
