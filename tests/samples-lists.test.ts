/** The lists and home pages that were saved from the site give their links: all of them, and nothing else. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Discovery, discover } from '../src/crawl/read-list.ts';
import type { ListEntry, Page } from '../src/model.ts';
import { parsePage } from '../src/page/page.ts';
import type { Site } from '../src/site/address.ts';
import { LIST_PARTS, type ListPart } from '../src/site/list-kind.ts';
import { fetchedPage } from './support/fetched-page.ts';

const SITE: Site = {
  www: 'https://www.guancha.cn',
  community: 'https://user.guancha.cn',
  images: ['https://i.guancha.cn'],
};
const SAMPLES = new URL('../../shared/samples/pages/', import.meta.url);
const absent = existsSync(SAMPLES) ? false : 'the saved pages (../shared/samples/pages) are not here';

describe('the home page of 2020', { skip: absent }, () => {
  const file = 'home_2020-07-18.html';

  it('gives 207 articles and 58 community posts, each with a title', () => {
    const { kind, entries, next } = read(file, '/');
    assert.equal(kind, 'home');
    assert.equal(entries.filter(({ address }) => address.id.startsWith('guancha:')).length, 207);
    assert.equal(entries.filter(({ address }) => address.id.startsWith('fengwen:')).length, 58);
    assert.equal(new Set(entries.map(({ address }) => address.id)).size, entries.length);
    assert.deepEqual(
      entries.filter(({ title }) => title === '' || /^\d+$/.test(title)),
      [],
    );
    assert.equal(next, null);
  });

  it('leaves out nothing but what old comments and one link to a third part hold', () => {
    const source = readFileSync(new URL(file, SAMPLES), 'utf8');
    const visible = source.replace(/<!--[\s\S]*?-->/g, '');
    const found = new Set<string>(read(file, '/').entries.map(({ address }) => address.id));
    const missing = (text: string) => newsIds(text).filter((id) => !found.has(id));
    assert.deepEqual(missing(visible), ['guancha:400912']);
    assert.ok(missing(source).length > 1, 'the sample holds old links in comments');
  });

  it('gives picture and summary where the page shows them, and no advertisement', () => {
    const { entries } = read(file, '/');
    const pictures = entries.flatMap(({ picture }) => picture?.src ?? []);
    assert.equal(
      byId(entries, 'guancha:558127')?.picture?.src,
      'https://i.guancha.cn/news/2020/07/18/20200718172208653.jpg',
    );
    assert.equal(
      byId(entries, 'guancha:558136')?.picture?.src,
      'https://i.guancha.cn/news/2020/07/18/20200718192346685.jpg',
    );
    assert.equal(
      byId(entries, 'fengwen:349779')?.picture?.src,
      'https://i.guancha.cn/bbs/2020/07/18/20200718205154273.png',
    );
    assert.deepEqual(
      pictures.filter((src) => /\/(tg|authors|users)\//.test(src)),
      [],
    );
    const summaries = entries.flatMap(({ summary }) => summary ?? []);
    assert.ok(summaries.length >= 40, `${summaries.length} summaries`);
    assert.deepEqual(
      summaries.filter((summary) => summary.includes('[全文]')),
      [],
    );
  });
});

// Expected texts are cut out of the files' source, so that none of them stands here.
describe('the lists of 2026', { skip: absent }, () => {
  it('column', () => {
    const file = 'list_column_GuoJi-ZhanLue_sanitised_2026-09-27.html';
    const found = read(file, '/column/GuoJi%C2%B7ZhanLue');
    assert.equal(found.kind, 'column');
    assert.equal(found.next, 'https://www.guancha.cn/column/GuoJi%C2%B7ZhanLue/2');
    const summary = cut(file, /module-artile">([^<]+)</);
    assert.deepEqual(found.entries.map(row), [
      ['guancha:902431', titleIn(file, 902431), '2026-09-27 22:09', summary, null],
      ['guancha:902430', titleIn(file, 902430), '2026-09-27 22:03', null, null],
    ]);
  });

  it('时评', () => {
    const file = 'list_mainnews-sp_sanitised_2026-09-27.html';
    const found = read(file, '/mainnews-sp/');
    assert.equal(found.kind, 'review');
    assert.equal(found.next, 'https://www.guancha.cn/mainnews-sp/list_2.shtml');
    const summary = cut(file, /tsp-list2-content">([^<]+)</);
    assert.deepEqual(found.entries.map(row), [
      ['guancha:902379', titleIn(file, 902379), null, null, 'https://i.guancha.cn/news/c.jpg'],
      ['guancha:680194', titleIn(file, 680194), '2023-02-17 08:00', summary, null],
      ['guancha:902431', titleIn(file, 902431), null, null, null],
    ]);
  });

  it('home page', () => {
    const file = 'home_sanitised_2026-09-27.html';
    const found = read(file, '/');
    assert.equal(found.kind, 'home');
    assert.deepEqual(found.entries.map(row), [
      ['guancha:902423', titleIn(file, 902423), null, null, null],
      ['guancha:902426', titleIn(file, 902426), null, null, null],
      ['guancha:902427', titleIn(file, 902427), null, null, 'https://i.guancha.cn/news/a.jpg'],
      ['guancha:902428', titleIn(file, 902428), null, null, null],
      ['guancha:902413', titleIn(file, 902413), null, null, 'https://i.guancha.cn/news/b.jpg'],
    ]);
  });
});

describe('the parts of the home page of 2020', { skip: absent }, () => {
  const part = (name: ListPart) => read('home_2020-07-18.html', '/', name).entries;

  it('are its three columns, without headline and footer', () => {
    const counts = LIST_PARTS.map((name) => part(name).length);
    assert.deepEqual(counts, [50, 55, 68]);
    const all = new Set(read('home_2020-07-18.html', '/').entries.map(({ address }) => address.id));
    for (const name of LIST_PARTS) for (const { address } of part(name)) assert.ok(all.has(address.id));
    assert.ok(part('posts').filter(({ address }) => address.id.startsWith('fengwen:')).length >= 50);
  });

  it('stand beside the index of 529 authors', () => {
    const { lists } = read('home_2020-07-18.html', '/');
    assert.equal(lists.length, 529);
    assert.ok(lists.every(({ url }) => /^https:\/\/www\.guancha\.cn\/[^/]+\/list_1\.shtml$/.test(url)));
    assert.ok(lists.some(({ url }) => url.endsWith('/FuLangXiSi-FuShan/list_1.shtml')));
  });
});

describe('a saved article', { skip: absent }, () => {
  it('is no list, though related articles stand below it', () => {
    assert.equal(read('gne_guancha.html', '/WangWen/2019_09_07_516891.shtml').kind, 'unknown');
  });
});

const ANSWERS = new URL('../../shared/samples/json/', import.meta.url);
const noAnswers = existsSync(ANSWERS) ? false : 'the saved answers (../shared/samples/json) are not here';

describe('the saved answers of the app', { skip: noAnswers }, () => {
  const answer = (file: string, url: string) => {
    const source = readFileSync(new URL(file, ANSWERS), 'utf8').replace(/^\/\/.*\n/, ''); // the collector's own line
    return discover(parsePage(page(Buffer.from(source), url)), SITE);
  };

  it('要闻 of 2019 has no addresses of articles, and does not guess them', () => {
    const found = answer('guanchajava_yaowen.json', 'https://app.guancha.cn/news/yaowen-new.json?pageNo=1');
    assert.equal(found.kind, 'app-news');
    assert.equal(found.next, 'https://app.guancha.cn/news/yaowen-new.json?pageNo=2');
    assert.equal(found.dropped.filter(({ why }) => why === 'no-address').length, 18);
    assert.deepEqual(new Set(found.dropped.map(({ why }) => why)), new Set(['no-address']));
    assert.equal(found.entries.length, 13);
    assert.ok(found.entries.every(({ address }) => address.id.startsWith('fengwen:')));
    const post = byId(found.entries, 'fengwen:83690');
    assert.deepEqual([post?.time, post?.address.url], ['13分钟前', 'https://user.guancha.cn/main/content?id=83690']);
    assert.equal(byId(found.entries, 'fengwen:83389')?.time, '56分钟前');
  });

  it('the authors are lists of www', () => {
    const { kind, lists, entries } = answer(
      'guanchajava_authorlist.json',
      'https://api.guancha.cn/Appdata/AuthorList/',
    );
    assert.deepEqual([kind, entries], ['app-authors', []]);
    assert.equal(lists.length, 450);
    assert.ok(lists.some(({ url }) => url === 'https://www.guancha.cn/FuLangXiSi-FuShan/list_1.shtml'));
    assert.equal(lists.filter(({ name }) => name === '').length, 1);
  });

  it('what is no list of articles is unknown', () => {
    for (const file of ['guanchajava_recomed.json', 'guanchajava_addJs.json'])
      assert.equal(answer(file, 'https://api.guancha.cn/Appdata/getDetailExtend?id=402738').kind, 'unknown', file);
  });
});

function read(file: string, path: string, part?: ListPart): Discovery {
  const url = new URL(path, SITE.www).href;
  return discover(parsePage(page(readFileSync(new URL(file, SAMPLES)), url)), SITE, { part });
}

function page(body: Uint8Array, url: string): Page {
  return fetchedPage({
    url,
    body,
    fetchedAt: '2026-09-27T14:10:00.000Z',
  });
}

function newsIds(source: string): string[] {
  return [...source.matchAll(/\/\d{4}_\d\d_\d\d_(\d+)/g)].map(([, id]) => `guancha:${id}`);
}

function titleIn(file: string, id: number): string {
  return cut(file, new RegExp(`_${id}\\.shtml">([^<]+)</a>`));
}

function cut(file: string, pattern: RegExp): string {
  return pattern.exec(readFileSync(new URL(file, SAMPLES), 'utf8'))?.[1] ?? assert.fail(`${pattern} is not in ${file}`);
}

function row({ address, title, time, summary, picture }: ListEntry) {
  return [address.id, title, time, summary, picture?.src ?? null];
}

function byId(entries: readonly ListEntry[], id: string): ListEntry | undefined {
  return entries.find(({ address }) => address.id === id);
}
