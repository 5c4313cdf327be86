/** The lists and home pages that were saved from the site give their links: all of them, and nothing else. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Discovery, discover } from '../src/discover/discover.ts';
import { parsePage } from '../src/html/parsed-page.ts';
import type { ListEntry } from '../src/model.ts';
import type { Site } from '../src/url/scope.ts';

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

describe('a saved article', { skip: absent }, () => {
  it('is no list, though related articles stand below it', () => {
    assert.equal(read('gne_guancha.html', '/WangWen/2019_09_07_516891.shtml').kind, 'unknown');
  });
});

function read(file: string, path: string): Discovery {
  const url = new URL(path, SITE.www).href;
  const page = parsePage({
    url,
    finalUrl: url,
    redirects: [],
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: readFileSync(new URL(file, SAMPLES)),
    cut: null,
    fetchedAt: '2026-09-27T14:10:00.000Z',
    fetchedBy: 'browser',
  });
  return discover(page, SITE);
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
