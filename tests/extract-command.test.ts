/** `extract` shows what would be archived of a page, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openNewspaper } from './newspaper/newspaper.ts';
import { classicPage, NEWS_URL } from './support/article-page.ts';
import { run, temporaryFolder } from './support/command.ts';

const OWN = '<link rel="alternate" href="https://m.guancha.cn/ZaoCha/2022_01_28_900.shtml">';
const PAGE = classicPage({ head: OWN, foot: '<div class="vote">投票</div>' });

interface Line {
  readonly url: string;
  readonly article: { readonly title: string } | null;
  readonly flags: readonly { readonly code: string }[];
  readonly textAccount: { readonly missing: object } | null;
}

describe('extract FILE', () => {
  it('with --json: one line a page with verdict, article, flags and text account', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'a.html'), PAGE);
    const links = Array.from({ length: 9 }, (_, i) => `<a href="/topic/${i}">茶</a>`).join('');
    await writeFile(join(folder.path, 'b.html'), `<html><head>${OWN}</head><body>${links}</body></html>`);
    const { code, stdout, lines } = await run(['extract', '--json', 'a.html', 'b.html'], inside(folder.path));
    assert.equal(code, 3, stdout); // the second is no article
    const [article, other] = lines() as unknown as Line[];
    assert.deepEqual(Object.keys(article ?? {}).slice(2), ['url', 'verdict', 'article', 'flags', 'textAccount']);
    assert.equal(article?.url, NEWS_URL);
    assert.equal(article?.article?.title, '茶馆开门了');
    assert.deepEqual(codesOf(article), ['unknown-block']);
    assert.deepEqual(article?.textAccount?.missing, { characters: 0, pictures: 0 });
    assert.equal(other?.article, null);
    assert.deepEqual(codesOf(other), ['no-layout']);
    assert.deepEqual(await readdir(folder.path), ['a.html', 'b.html']);
  });

  it('with --explain: where each field came from, and the account', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'a.html'), PAGE);
    const { code, stdout } = await run(['extract', '--explain', 'a.html'], inside(folder.path));
    assert.equal(code, 0);
    for (const part of [
      'li.left-main > h3',
      '2022-01-28T10:30:43+08:00 (second)',
      'closed',
      'dropped comments',
      '⚑ unknown-block',
    ])
      assert.ok(stdout.includes(part), part);
  });

  it('without either: the article as people read it', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'a.html'), PAGE);
    const { stdout } = await run(['extract', 'a.html'], inside(folder.path));
    assert.match(stdout, /^茶馆开门了\n2022-01-28 10:30 {2}晨报\n\n茶馆今天照常开门。\n投票\n/);
  });

  it('asks for the address of a page that does not name its own', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'a.html'), classicPage());
    const without = await run(['extract', 'a.html'], inside(folder.path));
    assert.equal(without.code, 2);
    assert.match(without.stderr, /a\.html does not name its own address; give it with --url URL/);
    const given = await run(['extract', '--json', 'a.html', '--url', NEWS_URL], inside(folder.path));
    assert.equal(given.code, 0, given.stderr);
    const wrong = await run(['extract', 'a.html', '--url', 'https://example.org/'], inside(folder.path));
    assert.match(wrong.stderr, /URL_INVALID/);
    const neither = await run(['extract', 'nothing.html'], inside(folder.path));
    assert.match(neither.stderr, /nothing\.html; it is no file either/);
  });
});

describe('extract URL', () => {
  it('fetches as a crawl does, and writes nothing', async () => {
    await using newspaper = await openNewspaper({ articles: 12, specials: false, pageBytes: 20_000 });
    await using folder = await temporaryFolder();
    const config = newspaper.config({ archive: './archive', politeness: { intervalMs: 0 } });
    await writeFile(join(folder.path, 'crawl.config.yaml'), config);
    const article = newspaper.articles.find(({ parts }) => parts > 1);
    assert.ok(article);
    const { code, lines, stderr } = await run(['extract', '--json', article.url], inside(folder.path));
    assert.equal(code, 0, stderr);
    const [line] = lines() as unknown as Line[];
    assert.equal(line?.article?.title, article.title);
    assert.deepEqual(line?.flags, []);
    assert.ok(newspaper.requests.some(({ path }) => path === '/robots.txt'));
    assert.deepEqual(await readdir(folder.path), ['crawl.config.yaml']);
  });
});

function inside(cwd: string) {
  return { cwd };
}

function codesOf(line: Line | undefined): readonly string[] {
  return (line?.flags ?? []).map(({ code }) => code);
}
