/** The pages under which articles are found: what stands on them, where they lead, and that nothing on them is markup by chance. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CatalogArticle } from '../src/catalog/entry.ts';
import type { ArticleId, Person } from '../src/model.ts';
import { elementsBelow, parseDocument } from '../src/page/html.ts';
import { SCRIPT_HREF } from '../src/reader/script.ts';
import { searchContent } from '../src/reader/search-page.ts';
import { wordsIn } from '../src/reader/words.ts';
import { openReadingRoom, type ReadingRoom } from './support/reading-room.ts';

const person = (name: string): Person => ({ name, title: null, url: null });

/** A hundred articles over ten days, of two lists, by three people. */
async function openFull(): Promise<ReadingRoom> {
  const room = await openReadingRoom();
  const people = ['周波', '王二', '李三'].map(person);
  const puts = Array.from({ length: 100 }, (_, i) => ({
    id: `guancha:${903_000 + i}` as ArticleId,
    title: `第${i}篇`,
    publishedAt: `2026-10-${String(1 + (i % 10)).padStart(2, '0')}T${String(8 + Math.floor(i / 10)).padStart(2, '0')}:00:00+08:00`,
    body: `<p>茶山的第${i}场雨</p>`,
    article: {
      columnists: [people[i % 3] ?? assert.fail()],
      topic: i % 20 === 0 ? { name: '夜读人', url: 'https://www.guancha.cn/YeDuRen' } : null,
    },
    draft: { source: i % 4 === 0 ? '头条' : '要闻' },
  }));
  for (const each of puts) await room.put(each);
  return room;
}

const articlesOn = (page: string) =>
  [...page.matchAll(/<h[23][^>]*><a href="(\/articles\/[^"]+)"/g)].map(([, href]) => href ?? '');
const nextOf = (page: string) => /<a rel="next" href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? null;

async function walk(room: ReadingRoom, path: string): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let next: string | null = path; next !== null; ) {
    const page: string = await room.text(next);
    seen.push(...articlesOn(page));
    next = nextOf(page);
  }
  return seen;
}

describe('lists of articles', async () => {
  const room = await openFull();

  it('have every article once, the newest first, over all pages of the front', async () => {
    const seen = await walk(room, '/');
    assert.equal(seen.length, 100);
    assert.equal(new Set(seen).size, 100);
    const front = await room.text('/');
    const days = [...front.matchAll(/href="\/days\/(2026-10-\d\d)"/g)].map(([, day]) => day);
    assert.deepEqual(days, [...days].sort().reverse());
    assert.match(front, /2026年10月10日星期六/);
  });

  it('can be narrowed down to a list, and further to a source', async () => {
    assert.equal((await walk(room, '/?list=%E5%A4%B4%E6%9D%A1')).length, 25);
    assert.equal(
      (await walk(room, '/?list=%E5%A4%B4%E6%9D%A1&source=%E8%A7%82%E5%AF%9F%E8%80%85%E7%BD%91')).length,
      25,
    );
    assert.equal((await walk(room, '/?list=none')).length, 0);
  });

  it('have a page for each day, which the calendar leads to', async () => {
    assert.equal((await walk(room, '/days/2026-10-03')).length, 10);
    const calendar = await room.text('/calendar/2026');
    assert.equal([...calendar.matchAll(/href="\/days\/2026-10-\d\d"/g)].length, 10);
    assert.match(await room.text('/calendar'), /日历 2026年/);
    for (const path of ['/days/2026-02-30', '/days/2026-13-01', '/calendar/26'])
      assert.equal((await room.get(path)).status, 404, path);
    for (const path of ['/days/1999-01-01', '/calendar/0000', '/calendar/9999'])
      assert.equal((await room.get(path)).status, 200, path);
  });

  it('have a page for each person and topic', async () => {
    const people = await room.text('/people');
    for (const name of ['周波', '王二', '李三'])
      assert.ok(people.includes(`/people/${encodeURIComponent(name)}"`), name);
    assert.equal((await walk(room, `/people/${encodeURIComponent('王二')}`)).length, 33);
    assert.equal((await walk(room, `/topics/${encodeURIComponent('夜读人')}`)).length, 5);
    assert.equal((await room.get('/people/nobody')).status, 404);
  });

  it('are searched by words and filters; what cannot be read is said and nothing lost', async () => {
    assert.deepEqual(articlesOn(await room.text(`/search?q=${encodeURIComponent('第42场雨')}`)), [
      '/articles/guancha/903042',
    ]);
    assert.equal((await walk(room, `/search?q=${encodeURIComponent('茶山 列表:头条')}`)).length, 25);
    assert.equal((await walk(room, `/search?q=${encodeURIComponent('茶山')}&sort=best`)).length, 100);
    const wrong = await room.get(`/search?q=${encodeURIComponent('sorce:a "')}`);
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /value="sorce:a &quot;"/);
    assert.match(await room.text('/search?q=%E6%B2%A1%E6%9C%89'), /没有找到/);
  });

  it('are found with marks on what was asked for, cut from the text itself', async () => {
    const other = await openReadingRoom();
    const far = '<p>山路很长。</p>'.repeat(100);
    await other.put({ title: '茶山 <b> 的雨', body: `${far}<p>她说：&lt;i&gt;茶山下雨了。</p>${far}` });
    const page = await other.text(`/search?q=${encodeURIComponent('茶山')}`);
    assert.match(page, /<mark>茶山<\/mark> &lt;b&gt; 的雨/);
    assert.match(page, /<p class="summary" lang="zh-Hans">…[^<]*她说：&lt;i&gt;<mark>茶山<\/mark>下雨了。[^<]*…<\/p>/);
    assert.match(await other.text(`/search?q=${encodeURIComponent('茶山雨季 茶山')}`), /没有找到/);
    assert.match(page, /<p role="status">1 篇<\/p>/);
    assert.doesNotMatch(await other.text(`/search?q=${encodeURIComponent('列表:头条')}`), /<mark>|class="summary"/);
  });

  it('say of how many they are the newest or the best', async () => {
    const [url, words] = [new URL('http://localhost/search?q=x'), wordsIn('en')];
    const { articles } = JSON.parse(await room.text('/api/v1/articles?limit=1')) as {
      readonly articles: readonly CatalogArticle[];
    };
    const hits = articles.map((article) => ({ article, title: [{ text: 'x', hit: true }], snippet: null }));
    const page = (isMore: boolean, isPartlyRanked: boolean) => {
      const answer = { hits, total: 2000, isMore, isPartlyRanked, next: null };
      return String(searchContent({ text: 'x', sort: 'best', answer, fault: null }, url, words));
    };
    assert.match(page(false, false), />2,000 articles</);
    assert.match(page(true, false), />more than 2,000 articles</);
    assert.match(page(true, true), />more than 2,000 articles; the best of the newest 2,000</);
  });

  it('take in what is archived while they are read', async () => {
    await room.put({ id: 'guancha:904999', title: '刚到的', publishedAt: '2026-10-11T08:00:00+08:00' });
    assert.match(await room.text('/'), /刚到的/);
  });
});

describe('what is printed on a page', () => {
  const HOSTILE = `<script>x</script>"'><img src=x onerror=x>\u202e{{x}}`;

  it('is text, whoever wrote it', async () => {
    const room = await openReadingRoom();
    await room.put({
      title: HOSTILE,
      article: {
        summary: HOSTILE,
        source: HOSTILE,
        originalTitle: HOSTILE,
        editors: [HOSTILE],
        keywords: [HOSTILE],
        columnists: [{ name: HOSTILE, title: HOSTILE, url: 'javascript:x' }],
        topic: { name: HOSTILE, url: 'javascript:x' },
        byline: { text: HOSTILE, credits: [{ role: HOSTILE, names: ['乙', HOSTILE], affiliation: HOSTILE }] },
      },
      draft: {
        source: HOSTILE,
        via: 'javascript:x',
        flags: [{ code: 'no-time', detail: HOSTILE }],
        aliases: ['javascript:x'],
      },
    });
    await room.put({ title: `${HOSTILE}2`, capturedAt: '2026-10-05T00:00:00.000Z' });
    const named = encodeURIComponent(HOSTILE);
    const paths = [
      '/',
      '/articles/guancha/903180',
      '/articles/guancha/903180/versions/1',
      '/articles/guancha/903180/history',
      '/articles/guancha/903180/diff?view=side',
      '/days/2026-10-04',
      '/people',
      '/topics',
      '/changes',
      `/people/${named}`,
      `/topics/${named}`,
      `/search?q=${named}&sort=${named}&after=${named}`,
      `/?list=${named}&source=${named}&after=${named}&theme=${named}&lang=${named}`,
      `/${named}?x=${named}`,
    ];
    for (const path of paths) {
      const page = await room.text(path);
      const elements = elementsBelow(parseDocument(page).root().toArray());
      const scripts = elements.filter(({ name }) => name === 'script').map(({ attribs }) => attribs.src ?? 'inline');
      assert.ok(
        scripts.every((src) => src === SCRIPT_HREF),
        `${path} ${scripts.join(' ')}`,
      );
      for (const { name, attribs } of elements) {
        assert.ok(!Object.keys(attribs).some((each) => each.startsWith('on') || each === 'style'), `${path} ${name}`);
        for (const address of [attribs.href, attribs.src, attribs.action])
          assert.doesNotMatch(address ?? '', /^\s*javascript/i, path);
        assert.notEqual(attribs.src, 'x', path);
      }
    }
    assert.deepEqual(room.faults, []);
  });
});
