/** The newspaper says what its truth says: whatever else is tested against it stands on this. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'cheerio';
import { imageSize } from 'image-size';
import { parseConfig } from '../src/config.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { type Newspaper, type NewspaperArticle, openNewspaper } from './newspaper/newspaper.ts';

let newspaper: Newspaper;
before(async () => {
  newspaper = await openNewspaper({ slowMs: 50 });
});
after(() => newspaper[Symbol.asyncDispose]());

const ordinary = () => newspaper.articles.filter(({ special }) => special === null);
const ofEra = (era: NewspaperArticle['era']) => ordinary().filter((article) => article.era === era);
const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { redirect: 'manual', headers });
const partUrl = ({ url, era }: NewspaperArticle, part: number) =>
  era === 'fengwen' ? `${url}&page=${part}` : url.replace('.shtml', part === 1 ? '.shtml' : `_${part}.shtml`);
const wholeUrl = ({ url, era }: NewspaperArticle) =>
  era === 'fengwen' ? `${url}&page=0` : url.replace('.shtml', '_s.shtml');

/** Text and pictures of a body, read as `NewspaperArticle` promises them. */
function readBody(html: string) {
  const $ = load(html);
  const body = $('li.left-main .all-txt, .article-txt-content');
  const paragraphs = body
    .find('p, li, td')
    .toArray()
    .map((element) => $(element).text().replace(/\s+/g, ' ').trim());
  const images = body
    .find('img')
    .toArray()
    .map((element) => $(element).attr('src') ?? $(element).attr('data-original'));
  return { paragraphs: paragraphs.filter((text) => text !== ''), images };
}

describe('articles', () => {
  test('every page gives the title, times, people and text of its truth, part by part', async () => {
    for (const article of ordinary()) {
      const pages = await Promise.all(
        Array.from({ length: article.parts }, async (_, index) => (await get(partUrl(article, index + 1))).text()),
      );
      const bodies = pages.map(readBody);
      assert.deepEqual(
        bodies.flatMap(({ paragraphs }) => paragraphs),
        article.paragraphs,
        article.url,
      );
      assert.deepEqual(
        bodies.flatMap(({ images }) => images),
        article.images.map(({ src }) => src),
        article.url,
      );
      const $ = load(pages[0] ?? '');
      const community = article.era === 'fengwen';
      const main = community ? $('.article-content') : $('li.left-main');
      assert.equal(main.children(community ? 'h1' : 'h3').text(), article.title);
      const [first, second] = main.children('div.time.fix').toArray();
      const time = community ? main.find('.time1') : $(first).children('span').first();
      assert.equal(time.text(), article.clock.published);
      assert.equal(
        second === undefined ? null : $(second).text(),
        article.clock.updated && `最后更新: ${article.clock.updated}`,
      );
      if (community) continue;
      assert.deepEqual(
        main
          .find('.author-intro p > a')
          .toArray()
          .map((a) => $(a).text()),
        article.columnists.map(({ name }) => name),
      );
      assert.deepEqual(
        main
          .find('.editor-intro p > a')
          .toArray()
          .map((a) => $(a).text()),
        article.staff.map(({ name }) => name),
      );
      assert.deepEqual(
        main
          .find('.key-word a')
          .toArray()
          .map((a) => $(a).text())
          .filter(Boolean),
        article.keywords,
      );
      assert.equal($('meta[name=Description]').attr('content'), article.summary ?? '');
      const others = main
        .find('ul.article-other > li')
        .toArray()
        .map((li) => $(li).text());
      const after = (label: string) => others.find((text) => text.startsWith(label))?.slice(label.length) ?? '';
      assert.equal(after('原标题：'), article.originalTitle ?? '');
      assert.deepEqual(
        others.flatMap((text) => /^\s*责任编辑:(.*)$/s.exec(text)?.[1]?.trim().split(/\s+/) ?? []),
        article.editors,
      );
      assert.equal(main.find('.img-special .right_title h4 a').text(), article.topic?.name ?? '');
      assert.ok(pages[0]?.includes(`bdPic : '${article.sharePicture}'`));
      assert.equal(
        main.find('.time.fix').first().children('span').eq(2).text().replace('来源：', ''),
        article.source ?? '',
      );
      if (article.byline !== null)
        assert.ok(article.paragraphs.slice(0, 2).some((text) => text.startsWith(article.byline?.text ?? '')));
    }
  });

  test('the whole form gives all parts on one page, or the home page where there is none', async () => {
    for (const article of ordinary()) {
      const response = await get(wholeUrl(article));
      if (article.wholeForm) {
        assert.deepEqual(readBody(await response.text()).paragraphs, article.paragraphs, article.url);
      } else {
        assert.equal(response.status, 302, article.url);
      }
    }
  });

  test('both eras show every feature, and no two articles are alike', () => {
    const all = new Set(ordinary().flatMap(({ features }) => features));
    assert.equal(all.size, 20);
    for (const era of ['classic', 'cms-2026'] as const) {
      assert.deepEqual(new Set(ofEra(era).flatMap(({ features }) => features)), all);
      assert.ok(ofEra(era).some(({ parts, wholeForm }) => parts > 1 && !wholeForm));
    }
    assert.equal(new Set(ordinary().map(({ title }) => title)).size, ordinary().length);
    assert.equal(new Set(ordinary().map(({ paragraphs }) => paragraphs.join())).size, ordinary().length);
  });

  test('the archiver reads every address as the truth has it', () => {
    const site = { www: newspaper.www, community: newspaper.community, images: [newspaper.images] };
    for (const { id, url } of newspaper.articles) {
      assert.deepEqual([parseArticleUrl(url, site)?.id, parseArticleUrl(url, site)?.url], [id, url]);
    }
  });

  test('a page weighs as much as asked', async () => {
    await using heavy = await openNewspaper({ articles: 4, pageBytes: 200_000, specials: false });
    for (const { url } of heavy.articles) {
      const { length } = await (await get(url)).arrayBuffer().then((buffer) => new Uint8Array(buffer));
      assert.ok(Math.abs(length - 200_000) < 4000, `${length}`);
    }
  });
});

describe('lists', () => {
  test('the configuration is valid, and its lists name exactly what the truth says, once and in order', async () => {
    const config = parseConfig(
      newspaper.config({ archive: './archive', politeness: { intervalMs: 0, robots: true } }),
      'newspaper',
    );
    assert.equal(config.politeness.intervalMs, 0);
    const site = { ...config.site };
    for (const source of config.sources) {
      const named: string[] = [];
      for (let page = 1; page <= source.pages; page++) {
        const url = source.url.replace(/(?<=list_|\/)1(?=\.shtml$|$)/, String(page));
        const $ = load(await (await get(url)).text());
        const links = $('h3 a, h4 a, a.tsp-list1-title, a.tsp-list2-title').toArray();
        named.push(...links.flatMap((a) => parseArticleUrl($(a).attr('href') ?? '', site, url)?.id ?? []));
      }
      const truth = newspaper.articles.filter(({ lists }) => lists.includes(source.name)).map(({ id }) => id);
      assert.ok(truth.length > 0, source.name);
      if (source.name === '首页') assert.deepEqual(new Set(named), new Set(truth));
      else assert.deepEqual(named, truth, source.name);
    }
    assert.deepEqual(
      ordinary().filter(({ lists }) => lists.length === 0),
      [],
    );
  });

  test('the headline list prints the picture that heads the article', async () => {
    const $ = load(await (await get(`${newspaper.www}/GuanChaZheTouTiao/list_1.shtml`)).text());
    const images = $('ul.headline-list img')
      .toArray()
      .map((img) => [$(img).attr('src'), $(img).attr('width'), $(img).attr('height')]);
    const truth = newspaper.articles.flatMap(({ leadPicture }) => leadPicture ?? []);
    assert.deepEqual(
      images,
      truth.map(({ src, width, height }) => [src, width, height]),
    );
  });

  test('past the end a list is empty', async () => {
    const $ = load(await (await get(`${newspaper.www}/mainnews-yw/list_99.shtml`)).text());
    assert.equal($('ul.new-left-list').length, 1);
    assert.equal($('ul.new-left-list li').length, 0);
  });
});

describe('pictures', () => {
  test('each gives the promised bytes, size and type', async () => {
    const assets = ordinary().flatMap(({ images, leadAsset }) => [
      ...images.flatMap(({ asset }) => asset ?? []),
      ...(leadAsset ? [leadAsset] : []),
    ]);
    assert.deepEqual(new Set(assets.map(({ type }) => type)), new Set(['jpg', 'png', 'webp', 'gif']));
    for (const asset of assets) {
      const bytes = new Uint8Array(await (await get(asset.url)).arrayBuffer());
      const { width, height, type } = imageSize(bytes);
      assert.deepEqual(
        { ...asset, url: '' },
        { url: '', sha256: hash('sha256', bytes), bytes: bytes.length, type, width, height },
        asset.url,
      );
    }
    assert.equal(new Set(assets.map(({ sha256 }) => sha256)).size, new Set(assets.map(({ url }) => url)).size);
  });

  test('a variant is smaller than its original; a missing original leaves the variant; a missing picture nothing', async () => {
    const images = ordinary()
      .flatMap(({ images }) => images)
      .filter(({ icon }) => !icon);
    const processed = images.find(({ src, asset }) => asset !== null && asset.url !== src);
    const shown = new Uint8Array(await (await get(processed?.src ?? '')).arrayBuffer());
    assert.ok((imageSize(shown).width ?? 0) < (processed?.asset?.width ?? 0));
    const variantOnly = images.find(({ src }) => src.endsWith('!m.jpg'));
    assert.equal(variantOnly?.asset?.url, variantOnly?.src);
    assert.equal((await get(variantOnly?.src.replace('!m.jpg', '') ?? '')).status, 404);
    const missing = images.find(({ asset }) => asset === null);
    assert.equal((await get(missing?.src ?? '')).status, 404);
  });

  test('one lies about its type', async () => {
    const [liar] = ordinary().filter(({ features }) => features.includes('lying-type'));
    const webp = liar?.images.find(({ src, asset }) => asset?.type === 'webp' && src.endsWith('.jpg'));
    assert.equal((await get(webp?.asset?.url ?? '')).headers.get('content-type'), 'image/jpeg');
  });

  test('a foreign Referer is refused, none and the site itself are welcome', async () => {
    const url = ordinary()[0]?.images.find(({ asset }) => asset !== null)?.asset?.url ?? '';
    const statusFor = async (headers: Record<string, string>) => {
      const response = await new Promise<number | undefined>((resolve, reject) => {
        request(url, { headers }, (answer) => resolve(answer.resume().statusCode))
          .on('error', reject)
          .end();
      });
      return response;
    };
    assert.equal(await statusFor({}), 200);
    assert.equal(await statusFor({ referer: `${newspaper.www}/a` }), 200);
    assert.equal(await statusFor({ referer: 'https://elsewhere.example/' }), 403);
    assert.equal(await statusFor({ referer: 'nonsense' }), 403);
  });
});

describe('manners of the site', () => {
  test('the slug is decoration, the day is not; what is unknown leads home', async () => {
    const { url } = ofEra('classic')[0] as NewspaperArticle;
    const path = new URL(url).pathname;
    assert.equal((await get(url.replace(/\/[^/]+(?=\/\d)/, '/a'))).status, 200);
    const leadsHome = [
      path.replace(/_\d\d_\d\d_/, '_01_01_'),
      path.replace('.shtml', '_9.shtml'),
      path.replace('.shtml', '_0.shtml'),
      '/politics/2026_08_29_999999.shtml',
      '/nowhere/at/all',
    ];
    for (const unknown of leadsHome) {
      const response = await get(newspaper.www + unknown);
      assert.deepEqual([response.status, response.headers.get('location')], [302, `${newspaper.www}/`], unknown);
    }
    assert.equal((await get(`${newspaper.community}/main/content?id=1`)).status, 302);
  });

  test('special pages behave as their names say', async () => {
    const at = (name: keyof Newspaper['specials']) => newspaper.specials[name]?.url ?? '';
    const status = async (name: keyof Newspaper['specials']) => (await get(at(name))).status;
    const body = async (name: keyof Newspaper['specials']) => (await get(at(name))).text();
    assert.deepEqual(
      [
        await status('unknown-id'),
        await status('wrong-date'),
        await status('not-found'),
        await status('withdrawn'),
        await status('forbidden'),
      ],
      [302, 302, 404, 410, 403],
    );
    const { moved } = newspaper.specials;
    assert.ok((await body('moved')).includes(`window.location.href="${moved?.leadsTo}"`));
    assert.equal((await get(moved?.leadsTo ?? '')).status, 200);
    assert.ok(ordinary().some(({ url }) => url === moved?.leadsTo));
    assert.match(await body('link-out'), /<span>\d\d\/\d\d\/2026 /);
    assert.match(await body('challenge'), /location\.reload/);
    assert.match(await body('captcha'), /captcha/);
    assert.equal(load(await body('plain-page'))('.all-txt').length, 0);
    assert.equal(load(await body('app-shell'))('.all-txt').length, 0);
    assert.ok(!(await body('broken-off')).includes('</html>'));
    await assert.rejects(body('cut-short'));
    const started = performance.now();
    assert.equal(await status('slow'), 200);
    assert.ok(performance.now() - started >= 49);
  });

  test('curl meets the challenge; robots.txt is for everybody; pages come packed to whoever takes it', async () => {
    const { url } = ofEra('cms-2026')[0] as NewspaperArticle;
    assert.match(await (await get(url, { 'user-agent': 'curl/8.5.0' })).text(), /location\.reload/);
    for (const origin of [newspaper.www, newspaper.community]) {
      assert.match(
        await (await get(`${origin}/robots.txt`, { 'user-agent': 'curl/8.5.0' })).text(),
        /Disallow: \/Search\/\nDisallow: \/df888\//,
      );
    }
    assert.equal((await get(url, { 'accept-encoding': 'gzip, br' })).headers.get('content-encoding'), 'gzip');
    assert.equal((await get(url, { 'accept-encoding': 'identity' })).headers.get('content-encoding'), null);
  });
});

describe('the handle on it', () => {
  test('pages can be changed, put back, and faults put in front; every request is recorded', async () => {
    await using small = await openNewspaper({ articles: 2, specials: false });
    const { url } = small.articles[0] as NewspaperArticle;
    const path = new URL(url).pathname;
    small.put(path, { body: small.read(path).replace('<h3>', '<h3>更正：') });
    assert.match(await (await get(url)).text(), /<h3>更正：/);
    small.put('/GuoJi·ZhanLue/x', { status: 418 });
    assert.equal((await get(`${small.www}/GuoJi%C2%B7ZhanLue/x`)).status, 418);
    small.handle((asked) =>
      asked.path === path && asked.headers['x-fault'] ? { status: 503, headers: { 'retry-after': '7' } } : undefined,
    );
    const faulty = await get(url, { 'x-fault': '1' });
    assert.deepEqual([faulty.status, faulty.headers.get('retry-after')], [503, '7']);
    assert.deepEqual(
      small.requests.map(({ origin, status }) => [origin, status]),
      [
        ['www', 200],
        ['www', 418],
        ['www', 503],
      ],
    );
    assert.ok(
      small.requests.every(({ at, date }, index) => at >= (small.requests[index - 1]?.at ?? 0) && date > 1.7e12),
    );
  });

  test('the same seed gives the same bytes, another seed another newspaper', async () => {
    const contents = async (seed: number) => {
      await using one = await openNewspaper({ articles: 16, seed });
      const named = (text: string) =>
        text.replaceAll(one.www, 'W').replaceAll(one.community, 'C').replaceAll(one.images, 'I');
      const pages = one.articles.map(({ url, era }) => {
        const { pathname, search } = new URL(url);
        return one.read(pathname + search, era === 'fengwen' ? 'community' : 'www');
      });
      return named(JSON.stringify([one.articles, one.read('/'), pages]));
    };
    assert.equal(await contents(7), await contents(7));
    assert.notEqual(await contents(7), await contents(8));
  });

  test('it closes although visitors hold their connections open', async () => {
    const one = await openNewspaper({ articles: 1, specials: false });
    await (await get(one.www)).text();
    await one[Symbol.asyncDispose]();
    await assert.rejects(get(one.www));
  });

  test('it serves from a process of its own until its input ends', async (t) => {
    const main = fileURLToPath(new URL('newspaper/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, '--articles', '3', '--images', '1', '--seed', '5'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => child.kill());
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let line = '';
    for await (const chunk of child.stdout) {
      line += chunk;
      if (line.endsWith('\n')) break;
    }
    const { articles } = JSON.parse(line) as { articles: string[] };
    assert.equal(articles.length, 3);
    assert.equal((await get(articles[0] ?? '')).status, 200);
    child.stdin.end();
    assert.equal(await ended, 0);
  });
});
