/** Every field of every layout, with the traps of site.md, sections 2, 4 and 5. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ArchiveError } from '../src/errors.ts';
import type { Article, ArticleAddress } from '../src/model.ts';
import { partUrls } from '../src/page/body.ts';
import { extract } from '../src/page/extract.ts';
import { LAYOUTS } from '../src/page/find-article.ts';
import { judge } from '../src/page/judge.ts';
import {
  classicPage,
  cmsPage,
  fengwenPage,
  mobilePage,
  NEWS_URL,
  POST_URL,
  pageOf,
  SITE,
} from './support/article-page.ts';
import type { PageParts } from './support/fetched-page.ts';

const NEWS: ArticleAddress = { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' };
const POST: ArticleAddress = { id: 'fengwen:77', url: POST_URL, date: null };

describe('layouts', () => {
  it('each reads its own pages, and no page is claimed by two', () => {
    const pages = [article(classicPage()), article(cmsPage()), post(fengwenPage()), article(mobilePage())];
    const read = pages.map(({ layout }) => layout);
    assert.deepEqual(read, ['classic', '2026', 'fengwen', 'mobile']);
    assert.deepEqual(LAYOUTS.map(({ name }) => name).toSorted(), read.toSorted());
  });
});

describe('fields of a www article', () => {
  it('title: as printed, with the columnist in front, white space of the source collapsed', () => {
    assert.equal(article(classicPage({ title: '石砚：茶馆\n\t 开门了' })).title, '石砚：茶馆 开门了');
    assert.equal(article(classicPage({ title: '上联\u3000下联' })).title, '上联\u3000下联');
    assert.equal(article(classicPage({ title: '柳青?林登：“茶馆”' })).title, '柳青?林登：“茶馆”');
  });

  it('times: the first one is the publication, the last update stands apart, JSON-LD and comments do not count', () => {
    const times =
      '<div class="time fix"><span>2022-01-28 10:30:43</span><span>来源：</span></div>' +
      '<div class="time fix" style="padding:0"><span>最后更新: 2022-01-28 11:02:03</span></div>';
    const head = '<script type="application/ld+json">{"pubDate":"2022-01-28T11:02:03"}</script>';
    const read = article(classicPage({ times, head }));
    assert.deepEqual(read.clock, { published: '2022-01-28 10:30:43', updated: '2022-01-28 11:02:03' });
    assert.equal(read.publishedAt, '2022-01-28T10:30:43+08:00');
    assert.equal(read.updatedAt, '2022-01-28T11:02:03+08:00');
    assert.equal(read.precision, 'second');
    assert.equal(read.source, null);
  });

  it('times: without a printed one the day in the URL stands, never the last update', () => {
    const times = '<div class="time fix"><span>最后更新: 2022-01-29 11:02:03</span></div>';
    const read = article(classicPage({ times }));
    assert.deepEqual(read.clock, { published: null, updated: '2022-01-29 11:02:03' });
    assert.equal(read.publishedAt, '2022-01-28T00:00:00+08:00');
    assert.equal(read.precision, 'day');
  });

  it('来源: found by its label', () => {
    assert.equal(article(classicPage()).source, '晨报');
    assert.equal(article(cmsPage()).source, '晨报');
  });

  it('columnists: all of them, with title and absolute link', () => {
    const intro = (slug: string, name: string, title: string) =>
      `<li><div class="author-intro fix"><a href="../${slug}"><img src="h.png" width="45"></a>
       <p><a href="../${slug}">${name}</a><span>${title}</span></p></div></li>`;
    const people = `<ul class="author fix">${intro('ShiYan', '石砚', '茶山大学教授')}${intro('LiuQing', '柳青', '')}</ul>`;
    assert.deepEqual(article(classicPage({ people })).columnists, [
      { name: '石砚', title: '茶山大学教授', url: 'https://www.guancha.cn/ShiYan' },
      { name: '柳青', title: null, url: 'https://www.guancha.cn/LiuQing' },
    ]);
  });

  it('staff: apart from columnists, an empty link is none', () => {
    const people = `<ul class="editor fix"><li><div class="editor-intro fix"><a href=""><img src="h.png"></a>
      <p><a href="">苏小禾</a><span></span></p></div></li></ul>`;
    const read = article(cmsPage({ people }));
    assert.deepEqual(read.staff, [{ name: '苏小禾', title: null, url: null }]);
    assert.deepEqual(read.columnists, []);
  });

  it('editors, original title, keywords and topic from the foot', () => {
    const foot = `<div class="key-word fix mt15"><span>标签 </span><a href="?a">春茶</a><a href="?b"> </a><a href="?c">茶馆</a></div>
      <ul class="article-other"><span class="gray">本文仅代表作者个人观点。</span>
      <li>原标题：茶馆开门</li><li>责任编辑:\n 石砚&nbsp;柳青 </li></ul>
      <div class="img-special"><div class="right_title"><h4><a href="/ChunCha">春茶上市</a></h4></div></div>
      <div class="img-special"><h4>作者最近文章</h4><div class="right_title"><h4><a href="/x">别的</a></h4></div></div>`;
    const read = article(classicPage({ foot }));
    assert.deepEqual(read.editors, ['石砚', '柳青']);
    assert.equal(read.originalTitle, '茶馆开门');
    assert.deepEqual(read.keywords, ['春茶', '茶馆']);
    assert.deepEqual(read.topic, { name: '春茶上市', url: 'https://www.guancha.cn/ChunCha' });
  });

  it('summary and share picture', () => {
    const head = `<meta name="Description" content=" 今天\n开门 ">
      <script type="application/ld+json">{"images":["https://i.guancha.cn/news/ld.jpg"]}</script>`;
    const read = article(classicPage({ head }));
    assert.equal(read.summary, '今天 开门');
    assert.equal(read.sharePicture, 'https://i.guancha.cn/news/ld.jpg');
    const foot = "<script>window._bd_share_config={common:{bdText:'a',bdPic:'//i.guancha.cn/news/bd.jpg'}}</script>";
    assert.equal(article(classicPage({ head, foot })).sharePicture, 'https://i.guancha.cn/news/bd.jpg');
    const broken = '<meta name="Description" content=""><script type="application/ld+json">{"images":[</script>';
    assert.equal(article(classicPage({ head: broken })).sharePicture, null);
    assert.equal(article(classicPage({ head: broken })).summary, null);
  });

  it('everything that the page does not have is null or empty', () => {
    assert.deepEqual(article(classicPage({ body: '<p>茶馆开门</p>' })), {
      id: 'guancha:900',
      url: NEWS_URL,
      title: '茶馆开门了',
      clock: { published: '2022-01-28 10:30:43', updated: null },
      publishedAt: '2022-01-28T10:30:43+08:00',
      precision: 'second',
      source: '晨报',
      body: '<p>茶馆开门</p>',
      layout: 'classic',
      pages: 1,
      originalTitle: null,
      updatedAt: null,
      columnists: [],
      staff: [],
      byline: null,
      editors: [],
      keywords: [],
      summary: null,
      topic: null,
      sharePicture: null,
      images: [],
      media: [],
      flags: [],
    });
  });
});

describe('fields of a community post', () => {
  it('title, author, relative time and body', () => {
    const read = post(fengwenPage());
    assert.equal(read.title, '我的茶馆');
    assert.deepEqual(read.columnists, [
      { name: '茶客甲', title: null, url: 'https://user.guancha.cn/user/personal-homepage?uid=5' },
    ]);
    assert.equal(read.clock.published, '3小时前');
    assert.equal(read.publishedAt, '2022-01-29T09:00:00+08:00');
    assert.equal(read.precision, 'approximate');
    assert.equal(read.body, '<p>欢迎来坐。</p>');
  });

  it('without a time it is as old as the visit at least', () => {
    const read = post(fengwenPage({ times: '某日' }));
    assert.deepEqual([read.publishedAt, read.precision], ['2022-01-29T12:00:00+08:00', 'approximate']);
    assert.equal(read.clock.published, null);
  });
});

describe('body', () => {
  const MARKUP = [
    '<p>\n\t【文/观察者网 柳青】今天&nbsp;开门。\n</p>\n',
    '<p style="text-align:center;"><img src="https://i.guancha.cn/news/a.jpg" alt="" width="530"> </p>',
    '<p></p><blockquote class="content-quote"><p>引文 &lt;b&gt; &amp; 其他</p></blockquote>',
    '<table border="1"><tbody><tr><td>一</td></tr></tbody></table><ul><li>条</li></ul>',
    '<p><iframe src="//v.example/1" allowfullscreen=""></iframe><a href="/x" onclick="y()">链</a><br></p>',
    '<div class="unknown">没人认识的块</div>裸文字',
    '<p><strong>本文系观察者网独家稿件，未经授权，不得转载。</strong></p>',
  ].join('');

  for (const [name, read] of [
    ['classic', (body: string) => article(classicPage({ body }))],
    ['2026', (body: string) => article(cmsPage({ body }))],
    ['fengwen', (body: string) => post(fengwenPage({ body }))],
  ] as const) {
    it(`${name}: without noise it is the container's inner HTML, unchanged`, () => {
      assert.equal(read(MARKUP).body, MARKUP);
    });

    it(`${name}: named noise is dropped and nothing else`, () => {
      for (const noise of [
        '<script>a()</script>',
        '<style>p{}</style>',
        '<!-- 旧块 <p>旧</p> -->',
        '<a id="page_2" name="page_2"></a>',
        '<div class="share fix"><span>分享到：</span></div>',
        '<div class="accusation-down-list"><p>举报</p></div>',
        '<div class="content-bottom-ad"><img src="ad.png"></div>',
        '<div class="key-word fix"><a>标签</a></div>',
        '<div class="img-special"><h4>最近文章</h4></div>',
        '<div id="post-member">观察员</div>',
        '<div class="gc-comment"><p>评论</p></div>',
        '<ul class="new-left-list"><li>相关推荐</li></ul>',
      ]) {
        assert.equal(
          read(`<p>前</p>${noise}${MARKUP}<p>后${noise.startsWith('<s') ? noise : ''}</p>`).body,
          `<p>前</p>${MARKUP}<p>后</p>`,
          noise,
        );
      }
    });
  }

  it('fengwen: boxes of the community are dropped', () => {
    const boxes =
      '<div class="article-expand-more">展开</div><div class="expand-all">余下全文</div><ul class="pagination"><li>2</li></ul>' +
      '<div class="hot-topic-nav bottom-hot-topic-nav">热门</div><div class="g_swiper_container"></div><a class="open-app">打开</a>';
    assert.equal(post(fengwenPage({ body: `<p>坐</p>${boxes}` })).body, '<p>坐</p>');
  });

  it('the shared tree stays as it was', () => {
    const page = pageOf(classicPage({ body: '<p>开</p><script>a()</script><!-- x -->' }));
    const before = page.$.html();
    extract([page], NEWS, SITE);
    assert.equal(page.$.html(), before);
  });

  it('a page nested deeper than browsers go is read, not refused', () => {
    const read = article(
      classicPage({ body: `${'<div>'.repeat(1200)}深处<img src="https://i.guancha.cn/news/z.jpg">` }),
    );
    assert.match(read.body, /深处<img/);
    assert.equal(read.images.length, 1);
  });
});

describe('images', () => {
  const images = (body: string) => article(classicPage({ body })).images;

  it('in order, absolute as in the page, the lazy address before the placeholder', () => {
    const body = `<p><img src="/default_pic.png" url="https://i.guancha.cn/news/2.jpg!wap.jpg"></p>
      <p><img data-original="//i.guancha.cn/news/1.jpg?imageView2/2/w/500" original="/no.jpg" src="/no.png"></p>
      <p><img original="https://i.guancha.cn/news/3.jpg"><img src="../news/4.jpg"><img src="data:image/gif;base64,AAAA"><img></p>`;
    assert.deepEqual(
      images(body).map(({ src }) => src),
      [
        'https://i.guancha.cn/news/2.jpg!wap.jpg',
        'https://i.guancha.cn/news/1.jpg?imageView2/2/w/500',
        'https://i.guancha.cn/news/3.jpg',
        'https://www.guancha.cn/news/4.jpg',
      ],
    );
  });

  it('without emoji, badges and advertisements of the site', () => {
    const body = `<p>好<img src="https://user.guancha.cn/static/imgs/smiles/1.png"><img src="https://i.guancha.cn/vip-crown.gif?2016">
      <img src="https://i.guancha.cn/tg/a.jpg"><img src="https://other.example/tg/a.jpg"></p>`;
    assert.deepEqual(
      images(body).map(({ src }) => src),
      ['https://other.example/tg/a.jpg'],
    );
  });

  const picture = '<p><img src="https://i.guancha.cn/news/a.jpg"></p>';
  for (const [kind, next, caption] of [
    ['centred by attribute', '<p align="center">茶馆门前</p>', '茶馆门前'],
    [
      'centred by style',
      '<p style="text-align: center;"><span style="color:#666666;">茶馆门前 </span> </p>',
      '茶馆门前',
    ],
    ['centred by class', '<p class="ql-align-center">茶馆门前</p>', '茶馆门前'],
    ['grey', '\n<p><span style="color:#999;">茶馆门前</span></p>', '茶馆门前'],
    ['grey font', '<p><font color="gray">茶馆门前</font></p>', '茶馆门前'],
    ['with a source', '<p>茶馆门前 图源：早茶社</p>', '茶馆门前 图源：早茶社'],
    ['screenshot', '<p>早茶社报道截图</p>', '早茶社报道截图'],
    ['file picture', '<p>茶馆门前，资料图（早茶社）</p>', '茶馆门前，资料图（早茶社）'],
    ['running text', '<p>茶馆今天照常开门。</p>', null],
    ['partly grey', '<p><span style="color:#999;">茶馆</span>今天开门。</p>', null],
    ['red', '<p><span style="color:#ff0000;">今天开门。</span></p>', null],
    ['text about a screenshot', '<p>他在截图中说，茶馆今天照常开门，不必担心。</p>', null],
    ['the next picture', '<p align="center"><img src="b.jpg">茶</p>', null],
    ['nothing', '', null],
  ] as const) {
    it(`caption: ${kind}`, () => assert.equal(images(picture + next)[0]?.caption, caption));
  }

  it('caption: beside the picture in a centred paragraph, and for the last of several', () => {
    assert.equal(images('<p align="center"><img src="a.jpg"><br>茶馆门前</p><p>正文。</p>')[0]?.caption, '茶馆门前');
    const two = '<p><img src="a.jpg"><img src="b.jpg"></p><p align="center">茶馆门前</p>';
    assert.deepEqual(
      images(two).map(({ caption }) => caption),
      [null, '茶馆门前'],
    );
  });
});

describe('what is neither text nor picture', () => {
  it('stays a link with its kind; a cover says how long its video plays, and is a picture as well', () => {
    const cover = 'https://i.guancha.cn/news/c.jpg!cmspn?watermark/2/text/MDA6MjQ6MDI=/font/x';
    const read = article(
      classicPage({
        body: `<p>茶<iframe src="//v.example/1"></iframe><img src="${cover}"><img src="/d.jpg!cmspn?watermark/2/text/6Iy2"></p>
          <video poster="p.jpg"><source src="/v.m3u8"></video><audio src="a.mp3"></audio><iframe></iframe>`,
      }),
    );
    assert.deepEqual(read.media, [
      { kind: 'iframe', src: 'https://v.example/1', length: null },
      { kind: 'video', src: 'https://www.guancha.cn/v.m3u8', length: null },
      { kind: 'audio', src: 'https://www.guancha.cn/ZaoCha/a.mp3', length: null },
      { kind: 'cover', src: cover, length: '00:24:02' },
    ]);
    assert.equal(read.images.length, 2);
  });

  it('a picture’s title is its caption where it is no text of the editor', () => {
    const captionOf = (title: string) =>
      article(classicPage({ body: `<p>茶<img src="a.jpg" title="${title}"></p>` })).images[0]?.caption;
    for (const title of ['点击查看大图', '点击放大', 'IMG_0012.jpg', '20190907', ''])
      assert.equal(captionOf(title), null, title);
    assert.equal(captionOf('茶馆门前'), '茶馆门前');
  });
});

describe('articles in parts', () => {
  const foot = (links: string) => `<div class="fix" id="select_page"><div class="module-page">${links}</div></div>`;
  const at = (n: string) => `/ZaoCha/2022_01_28_900_${n}.shtml`;

  it('part URLs come from links and from onclick alone', () => {
    const links = `<span href="${at('1')}" class="active">1</span>
      <a class="next" onclick="javascript:location.href='${at('2')}';">下一页</a>
      <a class="last" onclick="javascript:location.href='${at('s')}';">余下全文</a>`;
    const page = pageOf(classicPage({ foot: foot(links) }));
    assert.deepEqual(partUrls(page), [`https://www.guancha.cn${at('2')}`]);
  });

  it('numbers that the page leaves out are filled in', () => {
    const links = `<span href="${at('1')}">1</span><a href="${at('2')}">2</a>…<a href="${at('5')}">5</a><a href="/x">x</a>`;
    const urls = partUrls(pageOf(classicPage({ foot: foot(links) })));
    assert.deepEqual(
      urls,
      ['2', '3', '4', '5'].map((n) => `https://www.guancha.cn${at(n)}`),
    );
  });

  it('a one-page article has none', () => {
    assert.deepEqual(partUrls(pageOf(classicPage())), []);
  });

  it('are joined in order, without anchors and without doubling; fields are the first part’s', () => {
    const parts = [
      '<p>【文/石砚】一</p><p><img src="/1.jpg"></p>',
      '<a id="page_2"></a><p>二</p><p><img src="/2.jpg"></p>',
      '<p>三</p>',
      '<p>三</p>',
    ].map((body, i) => pageOf(classicPage({ body, title: `茶馆${i}` })));
    const read = extract(parts, NEWS, SITE);
    assert.equal(read.body, '<p>【文/石砚】一</p><p><img src="/1.jpg"></p><p>二</p><p><img src="/2.jpg"></p><p>三</p>');
    assert.equal(read.title, '茶馆0');
    assert.equal(read.pages, 3);
    assert.equal(read.images.length, 2);
    assert.deepEqual(read.byline?.credits, [{ role: '文', names: ['石砚'], affiliation: null }]);
  });

  it('a part without a body fails the whole', () => {
    const parts = [pageOf(classicPage()), pageOf('<html><body>茶</body></html>')];
    assert.throws(() => extract(parts, NEWS, SITE), isExtraction);
  });
});

describe('failure', () => {
  it('only a page without title or body is refused', () => {
    for (const html of [
      '',
      classicPage({ title: ' ' }),
      classicPage({ body: ' \n <!-- --><script>a()</script><div class="share">分享</div>' }),
    ]) {
      assert.throws(() => article(html), isExtraction);
    }
    assert.throws(() => extract([], NEWS, SITE), isExtraction);
  });

  it('a mutated page gives an article or EXTRACTION, and a verdict in any case', () => {
    const sources = [classicPage({ body: '<p>一</p><table><tr><td><img src=a></table>' }), cmsPage(), fengwenPage()];
    const pieces = [
      '<',
      '>',
      '</div>',
      '</li>',
      '<table>',
      '<p>',
      '"',
      '&#0;',
      '<svg>',
      '<template>',
      '<!--',
      ']]>',
      '\u0000',
      '茶',
    ];
    const mutation = fc.tuple(fc.nat(), fc.nat(40), fc.constantFrom('', ...pieces));
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(mutation, { minLength: 1, maxLength: 8 }),
        (source, mutations) => {
          let html = source;
          for (const [at, cut, piece] of mutations) {
            const start = at % (html.length + 1);
            html = html.slice(0, start) + piece + html.slice(start + cut);
          }
          const page = pageOf(html);
          assert.ok(judge(page, SITE).evidence.length > 0);
          try {
            assert.ok(extract([page], NEWS, SITE).title);
          } catch (error) {
            if (!isExtraction(error)) throw error;
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

function article(html: string, but: Partial<PageParts> = {}): Article {
  return extract([pageOf(html, but)], NEWS, SITE);
}

function post(html: string): Article {
  return extract([pageOf(html, { url: POST_URL })], POST, SITE);
}

function isExtraction(error: unknown): boolean {
  return error instanceof ArchiveError && error.code === 'EXTRACTION';
}
