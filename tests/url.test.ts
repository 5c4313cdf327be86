/** Every spelling of an article's address is one article, and nothing else is an article. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ArticleAddress } from '../src/model.ts';
import {
  absoluteUrl,
  inScope,
  parseArticleUrl,
  partUrl,
  requireScope,
  type Site,
  singlePageUrl,
} from '../src/site/address.ts';

const SITE: Site = {
  www: 'https://www.guancha.cn',
  community: 'https://user.guancha.cn',
  images: ['https://i.guancha.cn'],
};
const REPLICA: Site = {
  www: 'http://127.0.0.1:4001',
  community: 'http://127.0.0.1:4002',
  images: ['http://127.0.0.1:4003'],
};
const LIST = 'https://www.guancha.cn/column/JunShi/2';
const ARTICLE: ArticleAddress = {
  id: 'guancha:623950',
  url: 'https://www.guancha.cn/politics/2022_01_28_623950.shtml',
  date: '2022-01-28',
};
const POST: ArticleAddress = {
  id: 'fengwen:399176',
  url: 'https://user.guancha.cn/main/content?id=399176',
  date: null,
};

describe('an article in any spelling', () => {
  const spellings = [
    'https://www.guancha.cn/politics/2022_01_28_623950.shtml',
    'http://www.guancha.cn/politics/2022_01_28_623950.shtml',
    '//www.guancha.cn/politics/2022_01_28_623950.shtml',
    'www.guancha.cn/politics/2022_01_28_623950.shtml',
    'guancha.cn/politics/2022_01_28_623950.shtml',
    'm.guancha.cn/politics/2022_01_28_623950',
    'https://m.guancha.cn/politics/2022_01_28_623950',
    'https://guancha.cn/politics/2022_01_28_623950.shtml',
    'HTTPS://WWW.GUANCHA.CN/politics/2022_01_28_623950.shtml',
    'WWW.Guancha.cn/politics/2022_01_28_623950.shtml',
    'https://www.guancha.cn:443/politics/2022_01_28_623950.shtml',
    'https://www.guancha.cn/politics/2022_01_28_623950_s.shtml',
    'https://www.guancha.cn/politics/2022_01_28_623950_mc.shtml',
    'https://www.guancha.cn/politics/2022_01_28_623950_1.shtml',
    'https://www.guancha.cn/politics/2022_01_28_623950_12.shtml',
    'https://www.guancha.cn/politics/2022_01_28_623950.shtml?s=sywglbt',
    'https://www.guancha.cn/politics/2022_01_28_623950.shtml?s=a b#comment',
    'https://www.guancha.cn/politics/2022_01_28_623950.shtml#comment',
    '\n\t https://www.guancha.cn/politics/2022_01_28_623950.shtml \n',
    '/politics/2022_01_28_623950.shtml',
    '../../politics/2022_01_28_623950_s.shtml?web',
  ];
  for (const text of spellings) {
    it(JSON.stringify(text), () => assert.deepEqual(parseArticleUrl(text, SITE, LIST), ARTICLE));
  }

  it('keeps the slug as given, for it is decoration, with its dot escaped', () => {
    const slugs = ['GuoJi·ZhanLue', 'GuoJi%C2%B7ZhanLue', 'GuoJi%c2%b7ZhanLue', 'GuoJi-ZhanLue', '000'];
    const addresses = slugs.map((slug) => parseArticleUrl(`${SITE.www}/${slug}/2026_09_27_902431.shtml`, SITE));
    assert.deepEqual(new Set(addresses.map((address) => address?.id)), new Set(['guancha:902431']));
    assert.deepEqual(
      addresses.map((address) => address?.url.split('/')[3]),
      ['GuoJi%C2%B7ZhanLue', 'GuoJi%C2%B7ZhanLue', 'GuoJi%C2%B7ZhanLue', 'GuoJi-ZhanLue', '000'],
    );
  });
});

describe('a community post in any spelling', () => {
  const spellings = [
    'https://user.guancha.cn/main/content?id=399176',
    'http://user.guancha.cn/main/content?id=399176',
    '//user.guancha.cn/main/content?id=399176',
    'user.guancha.cn/wap/content?id=399176',
    'https://user.guancha.cn/wap/content?s=fwzxhfbt&id=399176',
    'https://user.guancha.cn/main/content?id=399176&page=0',
    'https://user.guancha.cn/main/content?id=399176&comments-container#top',
  ];
  for (const text of spellings) it(text, () => assert.deepEqual(parseArticleUrl(text, SITE), POST));
});

describe('what is no article of the site', () => {
  const others = [
    '',
    'politics',
    '/politics/2022_01_28_623950.shtml',
    'https://www.guancha.cn/',
    'https://www.guancha.cn/politics',
    'https://www.guancha.cn/GuanChaZheTouTiao/list_1.shtml',
    'https://www.guancha.cn/column/JunShi/2',
    'https://www.guancha.cn/about/about.shtml',
    'https://www.guancha.cn/2022_01_28_623950.shtml',
    'https://www.guancha.cn/a/b/2022_01_28_623950.shtml',
    'https://www.guancha.cn/politics/2022_02_30_623950.shtml',
    'https://www.guancha.cn/politics/2021_02_29_623950.shtml',
    'https://www.guancha.cn/politics/2022_13_01_623950.shtml',
    'https://www.guancha.cn/politics/0000_00_00_623950.shtml',
    'https://www.guancha.cn/politics/2022_01_28_0.shtml',
    'https://www.guancha.cn/politics/2022_01_28_0623950.shtml',
    'https://www.guancha.cn/politics/2022_01_28_99999999999999999999.shtml',
    'https://www.guancha.cn/politics/2022_01_28_623950.jpg',
    'https://user.guancha.cn/main/content',
    'https://user.guancha.cn/main/content?id=',
    'https://user.guancha.cn/main/content?id=12a',
    'https://user.guancha.cn/main/content?id=-1',
    'https://user.guancha.cn/user/personal-homepage?uid=399176',
    'https://user.guancha.cn/politics/2022_01_28_623950.shtml',
    'https://member.guancha.cn/post/view?id=399176',
    'https://member.guancha.cn/politics/2022_01_28_623950.shtml',
    'https://www.guancha.cn.evil.example/politics/2022_01_28_623950.shtml',
    'https://evil.example/politics/2022_01_28_623950.shtml',
    'https://evil.example/?https://www.guancha.cn/politics/2022_01_28_623950.shtml',
    'https://www.guancha.cn:8443/politics/2022_01_28_623950.shtml',
    'https://www.guancha.cn@evil.example/politics/2022_01_28_623950.shtml',
    'https://user:secret@www.guancha.cn/politics/2022_01_28_623950.shtml',
    'https://www.guancha.cn\\@evil/2022_01_28_623950.shtml',
    'https:\\\\www.guancha.cn\\politics\\2022_01_28_623950.shtml',
    'https://www.guancha.cn/poli\ntics/2022_01_28_623950.shtml',
    'ftp://www.guancha.cn/politics/2022_01_28_623950.shtml',
    'file:///politics/2022_01_28_623950.shtml',
    "javascript:location.href='/politics/2022_01_28_623950.shtml'",
    'data:text/html,https://www.guancha.cn/politics/2022_01_28_623950.shtml',
    'http://[::1/politics/2022_01_28_623950.shtml',
  ];
  for (const text of others) it(JSON.stringify(text), () => assert.equal(parseArticleUrl(text, SITE), null));

  it('is not rescued by a base of another site', () => {
    assert.equal(parseArticleUrl('/politics/2022_01_28_623950.shtml', SITE, 'https://evil.example/'), null);
    assert.equal(parseArticleUrl('/politics/2022_01_28_623950.shtml', SITE, 'no base at all'), null);
  });
});

describe('a replica of the site', () => {
  it('is a matter of configuration', () => {
    const article = {
      id: 'guancha:623950',
      url: 'http://127.0.0.1:4001/politics/2022_01_28_623950.shtml',
      date: '2022-01-28',
    };
    for (const start of ['http://127.0.0.1:4001', 'https://127.0.0.1:4001', '//127.0.0.1:4001', '127.0.0.1:4001']) {
      assert.deepEqual(parseArticleUrl(`${start}/politics/2022_01_28_623950_s.shtml`, REPLICA), article);
    }
    assert.deepEqual(parseArticleUrl('http://127.0.0.1:4002/wap/content?id=399176', REPLICA), {
      ...POST,
      url: 'http://127.0.0.1:4002/main/content?id=399176',
    });
  });

  it('has no other hosts and ports', () => {
    for (const start of [
      'https://www.guancha.cn',
      'http://m.127.0.0.1:4001',
      'http://localhost:4001',
      'http://127.0.0.1',
      'http://127.0.0.1:4002',
    ]) {
      assert.equal(parseArticleUrl(`${start}/politics/2022_01_28_623950.shtml`, REPLICA), null);
    }
    assert.equal(parseArticleUrl('http://127.0.0.1:4001\\@evil/2022_01_28_623950.shtml', REPLICA), null);
  });
});

describe('forms to fetch', () => {
  it('the single page', () => {
    assert.equal(singlePageUrl(ARTICLE), 'https://www.guancha.cn/politics/2022_01_28_623950_s.shtml');
    assert.equal(singlePageUrl(POST), 'https://user.guancha.cn/main/content?id=399176&page=0');
  });

  it('one part, of which the first is the article itself', () => {
    assert.equal(partUrl(ARTICLE, 1), ARTICLE.url);
    assert.equal(partUrl(ARTICLE, 2), 'https://www.guancha.cn/politics/2022_01_28_623950_2.shtml');
    assert.equal(partUrl(POST, 1), POST.url);
    assert.equal(partUrl(POST, 3), 'https://user.guancha.cn/main/content?id=399176&page=3');
  });
});

describe('absoluteUrl', () => {
  it('keeps all that the link carries', () => {
    assert.equal(absoluteUrl('../b?s=1#comment', SITE, 'https://www.guancha.cn/x/y/'), `${SITE.www}/x/b?s=1#comment`);
    assert.equal(absoluteUrl('m.guancha.cn/a', SITE, LIST), 'https://m.guancha.cn/a');
    assert.equal(absoluteUrl('javascript:;', SITE, LIST), null);
  });
});

describe('scope', () => {
  it('is the configured origins, scheme and port included', () => {
    for (const url of ['https://www.guancha.cn/x', 'https://user.guancha.cn/', 'https://i.guancha.cn/news/1.jpg']) {
      assert.equal(inScope(url, SITE), true);
      requireScope(url, SITE);
    }
    for (const url of [
      'http://www.guancha.cn/x',
      'https://www.guancha.cn:8443/x',
      'https://www.guancha.cn.evil.example/',
      'https://www.guancha.cn@evil.example/',
      'https://member.guancha.cn/',
      'not a URL',
    ]) {
      assert.equal(inScope(url, SITE), false);
      assert.throws(() => requireScope(url, SITE), { code: 'OUT_OF_SCOPE', detail: url });
    }
  });
});

describe('for any article', () => {
  const day = fc
    .date({ min: new Date('2009-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const slug = fc.stringMatching(/^[A-Za-z0-9·-]{1,20}$/);
  const id = fc.integer({ min: 1, max: 999_999_999 });
  const spelling = fc.tuple(
    fc.constantFrom('https://', 'http://', '//', '', 'HTTP://'),
    fc.constantFrom('www.guancha.cn', 'm.guancha.cn', 'guancha.cn', 'WWW.GuanCha.CN'),
    fc.constantFrom('', '_s', '_mc', '_1', '_2', '_17'),
    fc.constantFrom('.shtml', ''),
    fc.constantFrom('', '?s=dhguoji', '?web', '?a=1&b=#comment', '#comment'),
  );

  it('every spelling gives its id and day, and one URL for one slug', () => {
    fc.assert(
      fc.property(slug, day, id, spelling, (slugged, date, number, [scheme, host, suffix, ending, rest]) => {
        const name = `${date.replaceAll('-', '_')}_${number}`;
        assert.deepEqual(parseArticleUrl(`${scheme}${host}/${slugged}/${name}${suffix}${ending}${rest}`, SITE), {
          id: `guancha:${number}`,
          url: `${SITE.www}/${encodeURIComponent(slugged)}/${name}.shtml`,
          date,
        });
      }),
    );
  });

  it('canonical form, single page and parts are the article itself again', () => {
    const post = id.map((number) => `user.guancha.cn/wap/content?id=${number}`);
    const news = fc.tuple(slug, day, id).map(([a, b, c]) => `guancha.cn/${a}/${b.replaceAll('-', '_')}_${c}`);
    fc.assert(
      fc.property(fc.oneof(post, news), fc.integer({ min: 1, max: 999 }), (text, part) => {
        const address = parseArticleUrl(text, SITE);
        assert.ok(address);
        for (const url of [address.url, singlePageUrl(address), partUrl(address, part)]) {
          assert.deepEqual(parseArticleUrl(url, SITE), address);
        }
      }),
    );
  });
});

describe('for any text', () => {
  const pieces = ['http:', '//', '/', '\\', '@', ':', '%', '%2F', '..', '#', '\t', 'www.guancha.cn', 'user.guancha.cn'];
  const names = ['127.0.0.1', ':4001', 'main/content', '?id=1', '2022_01_28_623950', '_s', '.shtml'];
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.array(fc.constantFrom(...pieces, ...names), { maxLength: 10 }).map((parts) => parts.join('')),
  );

  it('never throws, and never leaves the site', () => {
    fc.assert(
      fc.property(noise, fc.option(noise, { nil: undefined }), fc.constantFrom(SITE, REPLICA), (text, base, site) => {
        const address = parseArticleUrl(text, site, base);
        if (address === null) return;
        assert.ok([site.www, site.community].includes(new URL(address.url).origin));
        assert.deepEqual(parseArticleUrl(address.url, site), address);
      }),
      { numRuns: 2000 },
    );
  });
});
