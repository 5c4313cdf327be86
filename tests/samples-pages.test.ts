/** The pages that were saved from the site give the values that their INDEX.md states. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Article } from '../src/model.ts';
import { partUrls } from '../src/page/body.ts';
import { type Extraction, explain } from '../src/page/extract.ts';
import { parseFragment } from '../src/page/html.ts';
import { judge } from '../src/page/judge.ts';
import type { ParsedPage } from '../src/page/page.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { pageOf, SITE } from './support/article-page.ts';

const SAMPLES = join(import.meta.dirname, '../../shared/samples/pages');
const absent = existsSync(SAMPLES) ? false : 'the saved pages (../shared/samples/pages) are not here';

const COLUMN_2019 = {
  row: 'gne_guancha',
  file: 'gne_guancha.html',
  url: 'https://www.guancha.cn/WangWen/2019_09_07_516891.shtml',
};
const NEWS_2026 = {
  row: 'article_2026',
  file: 'article_2026-10-04_903180.html',
  url: 'https://www.guancha.cn/ZhengZhi/2026_10_04_903180.shtml',
};
const STUB_2026 = {
  row: 'stub_2026',
  file: 'article_stub_2026-10-04_903192.html',
  url: 'https://www.guancha.cn/ZhengZhi/2026_10_04_903192.shtml',
};
type Sample = typeof COLUMN_2019;

for (const sample of [COLUMN_2019, NEWS_2026]) {
  describe(sample.file, { skip: absent }, () => {
    it('is an article', () => assert.equal(judge(saved(sample), SITE).kind, 'article'));
    it('gives the values of the index', () => assert.deepEqual(indexed(read(sample)), expected(sample)));
    it('accounts for every character of its column', () => {
      const { account } = readWhole(sample);
      assert.deepEqual(account.missing, { characters: 0, pictures: 0 });
      assert.deepEqual(
        account.rows.filter(({ disposition }) => disposition === 'unknown'),
        [],
      );
    });
    it('keeps its body as it is', () => assert.equal(read(sample).body, saved(sample).$('.all-txt').html()));
  });
}

describe('columnist piece of 2019, page 1 of 2', { skip: absent }, () => {
  it('is signed by its columnist, in the frame and in the byline', () => {
    const { columnists, staff, byline } = read(COLUMN_2019);
    assert.deepEqual(
      columnists.map(({ url }) => url),
      ['https://www.guancha.cn/WangWen'],
    );
    assert.deepEqual(byline?.credits, [
      { role: '文', names: columnists.map(({ name }) => name), affiliation: '观察者网专栏作者' },
    ]);
    assert.deepEqual(staff, []);
  });

  it('has keywords, topic, summary, share picture and a caption', () => {
    const { keywords, topic, summary, sharePicture, images, layout, originalTitle } = read(COLUMN_2019);
    assert.deepEqual([keywords.length, summary?.length, originalTitle, layout], [3, 99, null, 'classic']);
    assert.equal(topic?.url, 'https://www.guancha.cn/ZhongMeiGuanXi');
    assert.match(sharePicture ?? '', /^https:\/\/i\.guancha\.cn\/ColumnPic\/2013\/12\/85561608-.*\.png$/);
    assert.deepEqual(
      images.map(({ src, caption }) => [src, caption?.length]),
      [['https://i.guancha.cn/news/origin/2019/09/07/20190907092144799.jpg', 8]],
    );
  });

  it('knows its second part, and that it was not read', () => {
    const { flags } = read(COLUMN_2019);
    assert.deepEqual(flags, [{ code: 'parts-missing', detail: '1 of 2' }]);
    assert.deepEqual(partUrls(saved(COLUMN_2019)), ['https://www.guancha.cn/WangWen/2019_09_07_516891_2.shtml']);
  });
});

describe('news item of the new CMS, its tail cut off by the collector', { skip: absent }, () => {
  it('is an article because the cut is behind the last block of its column', () => {
    assert.match(judge(saved(NEWS_2026), SITE).evidence.join(), /#comments-container/);
  });

  it('is truncated if cut anywhere before', () => {
    const html = source(NEWS_2026.file);
    for (let length = html.indexOf('id="comments-container"'); length > 0; length -= 97) {
      assert.equal(judge(pageOf(html.slice(0, length), NEWS_2026), SITE).kind, 'truncated', String(length));
    }
  });

  it('has a staff writer without a link, a picture without a caption, and no keyword', () => {
    const { staff, columnists, images, keywords, layout, byline, summary, topic } = read(NEWS_2026);
    assert.deepEqual(
      staff.map(({ title, url }) => [title, url]),
      [[null, null]],
    );
    assert.deepEqual(images, [
      { src: 'https://i.guancha.cn/news/mainland/3bc92d76b287474f9dd5c566531c35bf.jpg', caption: null },
    ]);
    assert.deepEqual(read(NEWS_2026).flags, []);
    assert.deepEqual([columnists, keywords, layout, byline, summary, topic], [[], [], '2026', null, null, null]);
    assert.deepEqual(partUrls(saved(NEWS_2026)), []);
  });
});

describe('other saved pages', { skip: absent }, () => {
  it('the stub is a link-out', () => {
    const { kind, evidence } = judge(saved(STUB_2026), SITE);
    assert.equal(kind, 'link-out');
    assert.ok(evidence.join().includes(rowOf(STUB_2026)[2]?.replace(/ \(.*/, '') ?? '?'));
  });

  it('the home page in an article’s place means that the article is gone; asked for, it is no article', () => {
    const html = source('home_2020-07-18.html');
    const home = 'https://www.guancha.cn/';
    const url = 'https://www.guancha.cn/a/2020_07_17_1.shtml';
    assert.equal(judge(pageOf(html, { url, finalUrl: home }), SITE).kind, 'gone');
    assert.equal(judge(pageOf(html, { url }), SITE).kind, 'gone');
    assert.equal(judge(pageOf(html, { url: home }), SITE).kind, 'not-an-article');
  });

  it('a head without a page and the lists are no articles', () => {
    const head = source('article_head_fragment_2023-04-10_687737.html');
    assert.equal(judge(pageOf(head), SITE).kind, 'truncated');
    for (const list of ['list_column_GuoJi-ZhanLue', 'list_mainnews-sp', 'home']) {
      const page = pageOf(source(`${list}_sanitised_2026-09-27.html`), { url: 'https://www.guancha.cn/mainnews-yw/' });
      assert.equal(judge(page, SITE).kind, 'not-an-article', list);
    }
  });
});

function source(file: string): string {
  return readFileSync(join(SAMPLES, file), 'utf8');
}

function saved({ file, url }: Sample, fetchedAt?: string): ParsedPage {
  return pageOf(source(file), { url, ...(fetchedAt === undefined ? {} : { fetchedAt }) });
}

function read(sample: Sample): Article {
  return readWhole(sample).article;
}

function readWhole(sample: Sample): Extraction {
  const address = parseArticleUrl(sample.url, SITE);
  assert.ok(address);
  return explain([saved(sample, '2026-10-05T00:00:00.000Z')], address, SITE);
}

/** The article's values in the order of the index: title, times, source, writer, editor, counts of the body. */
function indexed({ title, clock, source: origin, columnists, staff, editors, body }: Article): string[] {
  const $ = parseFragment(body);
  const characters = $.root().text().replace(/\s/g, '').length;
  const writers = [...columnists, ...staff].map((person) => [person.name, person.title && `(${person.title})`]);
  return [
    title,
    clock.published ?? 'none',
    clock.updated ?? 'none',
    origin ?? 'none',
    writers.flat().filter(Boolean).join(' '),
    editors.join(' '),
    `${$('p').length} / ${$('img').length} / ${characters}`,
  ];
}

function expected(sample: Sample): string[] {
  const [, ...values] = rowOf(sample);
  // Remarks: where the name stands, and that it is page 1 of 2.
  return values.map((value) => value.replace(/ \((?:`.*`|page .*)\)$/, ''));
}

/** A row of the table of expected values. */
function rowOf({ row }: Sample): readonly string[] {
  const line = source('INDEX.md')
    .split('\n')
    .find((candidate) => candidate.startsWith(`| ${row} |`));
  return (
    line
      ?.split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()) ?? []
  );
}
