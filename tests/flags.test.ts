/** Every flag has a page that raises it, and ordinary pages raise none. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLAGS, type Flag, type FlagCode, flag } from '../src/flags.ts';
import type { ArticleAddress, Listed } from '../src/model.ts';
import { extract } from '../src/page/extract.ts';
import type { ParsedPage } from '../src/page/page.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { classicPage, cmsPage, fengwenPage, NEWS_URL, POST_URL, pageOf, SITE } from './support/article-page.ts';
import { articleParts, siteOf } from './support/newspaper-pages.ts';
import { SLOW_BODIES } from './support/slow-bodies.ts';

const NEWS: ArticleAddress = { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' };
const POST: ArticleAddress = { id: 'fengwen:77', url: POST_URL, date: null };
const TIME = '<div class="time fix"><span>2022-01-28 10:30:43</span></div>';
const AUTHOR = `<ul class="author fix"><li><div class="author-intro fix"><p><a href="../ShiYan">石砚</a></p></div></li></ul>`;
const notes = (text: string) => classicPage({ foot: `<ul class="article-other"><li>${text}</li></ul>` });
const ad = (extra: string) => `<link rel="alternate" href="https://m.guancha.cn/ZaoCha/2022_01_28_${extra}.shtml">`;

/** What each flag is raised by: pages, with the evidence that must be given. */
const CASES: Readonly<
  Record<FlagCode, readonly (readonly [name: string, html: string | readonly string[], detail: RegExp])[]>
> = {
  'no-layout': [], // there is no article then: the command `extract` raises it
  'list-disagrees': [], // the list comes from elsewhere: see below
  'list-picture-far': [], // likewise
  'reader-sees-more': [], // no reading of the source raises them: tests/eye.test.ts
  'reader-sees-less': [], // likewise
  'reader-sees-otherwise': [], // likewise
  'list-title-differs': [], // likewise
  'two-layouts': [
    ['a post beside an article', classicPage().replace('</body>', `${fengwenPage()}</body>`), /classic, fengwen/],
  ],
  'unknown-frame': [
    [
      'a field',
      classicPage({ people: AUTHOR.replace('"author fix"', '"author fix" style="opacity:0"') }),
      /ul\.author/,
    ],
    ['round the column', classicPage().replace('<body>', '<body style="display:none">'), /^body\[style=display:none\]/],
    ['by an attribute', classicPage().replace('<h3>', '<h3 hidden>'), /^h3\[hidden\]/],
  ],
  'torn-column': [
    ['a writer elsewhere', classicPage().replace('</body>', `${AUTHOR}</body>`), /ul\.author\.fix outside/],
    ['the body closed once too often', classicPage({ body: '<p>茶</p></div><p>馆</p></div>' }), /key-word/],
  ],
  'second-article': [
    [
      'another column',
      classicPage().replace(
        '</li><li class="right">',
        '</li><li class="left-main"><div class="all-txt">茶</div></li><li>',
      ),
      /li\.left-main/,
    ],
    ['another body inside', classicPage({ body: '<p>茶</p><div class="all-txt"><p>馆</p></div>' }), /div\.all-txt/],
  ],
  'address-disagrees': [
    ['the address of another article', classicPage({ head: ad('901') }), /901.*read: 2022-01-28 900/],
  ],
  'unknown-block': [
    ['below the body', classicPage({ foot: '<div class="vote">投票</div>' }), /div\.vote below the body, kept: 投票/],
    ['above the body', classicPage({ times: `${TIME}<div class="lead">导语</div>` }), /div\.lead above the body, kept/],
    ['elsewhere', classicPage({ times: `<div class="notice">公告</div>${TIME}` }), /div\.notice left out/],
    ['another headline', classicPage({ foot: '<div class="key-word"></div><h3>别的</h3>' }), /h3/],
  ],
  'unaccounted-text': [
    [
      'beside the column',
      classicPage().replace('<li class="right">', '<li><p>茶</p></li><li class="right">'),
      /beside the column/,
    ],
    [
      'behind the body',
      classicPage({ body: '<p>茶</p></div>掉出来的字<div>' }),
      /text below the body, kept: 掉出来的字/,
    ],
    ['between paragraphs', classicPage({ body: '<p>茶</p>裸文字<p>馆</p>' }), /text inside the body: 裸文字/],
  ],
  'ledger-open': [], // only a fault of the program raises it: tests/text-account.test.ts tries
  'unread-field': [
    ['a columnist without a link', classicPage({ people: AUTHOR.replace(/<a.*a>/, '石砚') }), /columnists/],
  ],
  'title-mismatch': [['another title', classicPage().replace('<title>茶馆开门了', '<title>茶馆关门了'), /茶馆关门了/]],
  'title-suspect': [['the name of the site', classicPage({ title: '观察者网' }), /观察者网/]],
  'value-unlike': [
    ['a template', classicPage({ title: '{{ article.title }}茶馆' }), /title: \{\{/],
    [
      'two values in one',
      classicPage({ times: TIME.replace('</div>', '<span>来源：晨报 审核：石砚</span></div>') }),
      /source/,
    ],
  ],
  'summary-disagrees': [
    [
      'another one for sharing',
      classicPage({
        head: `<meta name="Description" content="茶馆今天照常开门。"><script>x = { bdDesc : '酒馆今天关门。' }</script>`,
        body: '<p>茶馆今天照常开门，街坊都来坐一坐。</p>',
      }),
      /bdDesc.*酒馆.*茶馆/,
    ],
  ],
  'picture-disagrees': [
    [
      'another one for the search engine',
      classicPage({
        head: `<script>x = { bdPic : 'https://i.guancha.cn/news/a.jpg' }</script><script type="application/ld+json">{"images":["https://i.guancha.cn/news/b.jpg"]}</script>`,
      }),
      /images.*b\.jpg.*a\.jpg/,
    ],
  ],
  'witness-unreadable': [
    [
      'an address without a number',
      classicPage({ head: '<link rel="canonical" href="https://www.guancha.cn/">' }),
      /link of the head/,
    ],
  ],
  'no-time': [
    ['no row of times', classicPage({ times: '' }), /div\.time/],
    [
      'only an update',
      classicPage({ times: '<div class="time fix"><span>最后更新: 2022-01-28 11:00:00</span></div>' }),
      /最后更新/,
    ],
  ],
  'unreadable-time': [
    ['words', classicPage({ times: '<div class="time fix"><span>某日</span></div>' }), /某日/],
    [
      'time and source in one',
      classicPage({ times: '<div class="time fix"><span>2022-01-28 10:30:43 来源：晨报</span></div>' }),
      /晨报/,
    ],
    [
      'a day that no calendar has',
      classicPage({ times: '<div class="time fix"><span>2022-02-30 10:30:43</span></div>' }),
      /02-30/,
    ],
  ],
  'two-times': [
    ['the row twice', classicPage({ times: TIME + TIME.replace('10:30', '11:30') }), /10:30:43, .*11:30:43/],
  ],
  'time-disagrees': [
    [
      'updated before',
      classicPage({ times: `${TIME}<div class="time fix"><span>最后更新: 2022-01-28 09:00:00</span></div>` }),
      /updated/,
    ],
    [
      'still to come',
      classicPage({ times: '<div class="time fix"><span>2022-01-30 10:30:43</span></div>' }),
      /to come/,
    ],
    [
      'data for the search engine before',
      classicPage({ head: '<script type="application/ld+json">{"pubDate":"2022-01-27T10:30:43"}</script>' }),
      /pubDate/,
    ],
  ],
  'date-far': [['a week off', classicPage({ times: TIME.replace('01-28', '01-20') }), /address 2022-01-28/]],
  'byline-unreadable': [
    ['another separator', classicPage({ body: '<p>【文〓石砚】</p><p>茶。</p>' }), /文〓石砚/],
    ['a name that may be something else', classicPage({ body: '<p>【文/早报山川】</p><p>茶。</p>' }), /早报山川/],
    ['an empty value', classicPage({ body: '<p>文/null</p><p>茶。</p>' }), /null/],
    [
      'no bracket, and two roles',
      classicPage({ body: '<p>采访、整理/石砚　茶馆今天照常开门，欢迎街坊都来坐一坐，喝一杯新到的春茶。</p>' }),
      /采访、整理/,
    ],
    ['a second line', classicPage({ body: '<p>文/石砚</p><p>编辑/？</p><p>茶。</p>' }), /石砚 编辑/],
    ['a bracket that does not close', classicPage({ body: '<p>【文/石砚</p><p>茶。</p>' }), /石砚/],
    ['nobody named', classicPage({ body: '<p>【文/】</p><p>茶。</p>' }), /【文\/】/],
  ],
  'byline-elsewhere': [
    ['as the last line', classicPage({ body: `${'<p>茶。</p>'.repeat(6)}<p>（石砚）</p>` }), /石砚/],
    ['at the end of a line', classicPage({ body: `<p>茶馆开门。（文/石砚）</p>${'<p>茶。</p>'.repeat(6)}` }), /石砚/],
    ['names alone', classicPage({ body: '<p>茶馆开门。（石砚、柳青）</p>' }), /石砚、柳青/],
  ],
  'byline-disagrees': [
    ['another name', classicPage({ people: AUTHOR, body: '<p>【文/柳青】</p><p>茶。</p>' }), /柳青.*石砚/],
  ],
  'name-unreadable': [
    ['another field', notes('责任编辑: 石砚 发布于茶山'), /石砚 发布于茶山/],
    ['an empty value', notes('责任编辑: null'), /null/],
    ['a template', classicPage({ people: AUTHOR.replace('石砚', '{{author}}') }), /author/],
    ['somebody without a link', classicPage({ people: AUTHOR.replace('</p>', ' 柳青</p>') }), /柳青/],
    ['somebody outside', classicPage({ people: AUTHOR.replace('</li>', '</li><li>柳青</li>') }), /柳青/],
  ],
  'other-credits': [
    [
      'of an editor',
      classicPage({ body: '<p>【文/石砚】</p><p>茶。</p><p>茶。</p><p>茶。</p><p>编辑：柳青</p>' }),
      /柳青/,
    ],
    [
      'of a translator',
      classicPage({ body: '<p>【文/石砚】</p><p>茶馆开门。（观察者网柳青译自《茶报》网站）</p>' }),
      /柳青/,
    ],
    ['behind the editor', notes('责任编辑: 石砚 审核：柳青'), /审核：柳青/],
  ],
  'parts-missing': [
    [
      'one of two',
      classicPage({ foot: '<div id="select_page"><a href="/ZaoCha/2022_01_28_900_2.shtml">2</a></div>' }),
      /1 of 2/,
    ],
  ],
  'parts-disagree': [
    ['the same twice', [classicPage({ body: '<p>一</p>' }), classicPage({ body: '<p>一</p>' })], /1 of them differ/],
    [
      'an overlap',
      [classicPage({ body: '<p>一</p><p>二</p>' }), classicPage({ body: '<p>二</p><p>三</p>' })],
      /parts 1 and 2 both have: 二/,
    ],
    ['another title', [classicPage(), classicPage({ title: '酒馆开门了', body: '<p>酒</p>' })], /酒馆/],
  ],
  'frame-in-body': [
    ['comments', classicPage({ body: '<p>茶</p><div class="gc-comment"><p>评论</p></div>' }), /comments/],
    [
      'related articles by their heading',
      classicPage({ body: '<p>茶</p><p>相关阅读：<a href="/a">别的</a></p>' }),
      /相关阅读/,
    ],
    [
      'the body’s end tag is missing',
      classicPage({ body: '<p>茶</p><div>', foot: '<ul class="article-other"><li>责任编辑: 石砚</li></ul>' }),
      /editor and notes/,
    ],
  ],
  'unknown-markup': [
    ['a box', classicPage({ body: '<p>茶</p><div class="vote">投票</div>' }), /^div\.vote: 投票$/],
    ['a form', classicPage({ body: '<p>茶</p><form><label>名</label></form>' }), /^form: 名$/],
    ['a style', classicPage({ body: '<p>茶</p><p style="display: none">暗</p>' }), /^p\[style=display:none\]: 暗$/],
    ['an attribute', classicPage({ body: '<p>茶</p><p hidden>暗</p>' }), /^p\[hidden\]: 暗$/], // more: tests/markup.test.ts
  ],
  'body-suspect': [
    ['one word', classicPage({ body: '<p>测试</p>' }), /next to nothing: 测试/],
    ['a call to watch', classicPage({ body: '<p>点击观看视频</p>' }), /next to nothing/],
    ['the byline alone', classicPage({ body: '<p>【文/观察者网 石砚】</p>' }), /next to nothing/],
    [
      'the closing notice alone',
      classicPage({ body: '<p>本文系观察者网独家稿件，未经授权，不得转载。</p>' }),
      /next to/,
    ],
    [
      'its headline again',
      classicPage({ title: '茶馆今天开门', body: '<p>茶馆今天开门</p>' }),
      /nothing but what names it/,
    ],
    ['a picture without a word', classicPage({ body: '<p><img src="https://i.guancha.cn/a.jpg"></p>' }), /pictures/],
    ['another writing', classicPage({ body: '<p>The gate was opened.</p>' }), /another writing/],
    [
      'another text than its headline names',
      classicPage({ title: '茶馆开门迎来新客人，掌柜谈柴火生意', body: '<p>渔港清早卸下第一批鱿鱼。</p>' }),
      /^0 % in common/,
    ],
  ],
  'body-too-short': [
    [
      'shorter than the summary',
      classicPage({ head: '<meta name="Description" content="茶馆今天照常开门，欢迎来坐。">', body: '<p>茶馆。</p>' }),
      /3 characters/,
    ],
    ['shorter than it says', classicPage({ body: '<p>字数：24169</p><p>茶馆今天照常开门。</p>' }), /24169/],
  ],
  'text-incomplete': [['with a comma', classicPage({ body: '<p>茶馆今天照常开门，</p>' }), /，$/]], // and tests/text-forms.test.ts
  'text-twice': [
    [
      'a paragraph',
      classicPage({ body: '<p>茶馆今天照常开门，门前的水泥路刚刚修好，老街坊都来坐。</p>'.repeat(2) }),
      /修好/,
    ],
  ],
  'text-foreign': [
    [
      'a list of nothing but links',
      classicPage({
        body: '<p>茶。</p><ul><li><a href="/a/2020_01_01_5.shtml">一篇</a></li><li><a href="/a/2020_01_01_6.shtml">又一篇</a></li></ul>',
      }),
      /又一篇/,
    ],
  ],
  'unknown-line': [
    ['a button', classicPage({ body: `<p>${'茶馆今天照常开门，'.repeat(5)}请坐。</p><p>分享 收藏 128</p>` }), /分享/],
  ],
  'markup-as-text': [['an entity', classicPage({ body: '<p>茶馆&amp;nbsp;照常开门。</p>' }), /&nbsp;/]],
  'damaged-text': [
    ['replacement characters', classicPage({ body: '<p>茶\ufffd馆</p>' }), /\ufffd/],
    ['read twice in the wrong encoding', classicPage({ title: '茶馆锟斤拷' }), /锟斤拷/],
  ],
  'left-out': [], // raised where the document is written: tests/plan.test.ts
  'suspicious-characters': [
    ['zero-width and private', classicPage({ body: '<p>茶\u200b馆\ue000</p>' }), /2: U\+200B U\+E000/],
  ],
  'encoding-disagrees': [['labels', classicPage().replace('charset="utf-8"', 'charset="gbk"'), /utf-8 and gbk/]],
  'caption-unread': [
    [
      'lines instead of paragraphs',
      classicPage({ body: '茶馆开门了。<br><br><img src="/a.jpg"><br><br>茶馆的门<br><br>人来了。' }),
      /茶馆的门/,
    ],
  ],
  'media-without-address': [['a frame', classicPage({ body: '<p>茶。</p><iframe></iframe>' }), /iframe/]],
  'media-by-script': [
    ['a place for a player', classicPage({ body: '<p>茶。</p><div id="player"></div>' }), /div#player/],
  ],
  'picture-without-address': [
    ['none at all', classicPage({ body: '<p>茶<img alt="x"></p>' }), /nothing/],
    ['a placeholder', classicPage({ body: '<p>茶<img src="/default_pic.png"></p>' }), /default_pic/],
    [
      'in an attribute that no rule reads',
      classicPage({ body: '<p>茶<img src="about:blank" data-sizes="{big: i.guancha.cn/a}"></p>' }),
      /data-sizes/,
    ],
  ],
};

describe('flags', () => {
  for (const [code, cases] of Object.entries(CASES)) {
    for (const [name, html, detail] of cases) {
      it(`${code}: ${name}`, () => {
        const raised = flagsOf(html).filter((each) => each.code === code);
        assert.ok(raised.length > 0, `raised: ${JSON.stringify(flagsOf(html))}`);
        assert.ok(
          raised.some((each) => detail.test(each.detail)),
          JSON.stringify(raised),
        );
      });
    }
  }

  it('each is in the table with a title and a meaning, and its evidence is one short line', () => {
    assert.deepEqual(Object.keys(CASES).sort(), Object.keys(FLAGS).sort());
    for (const { title, meaning } of Object.values(FLAGS)) assert.ok(title.length > 0 && meaning.length > 0);
    const { detail } = flag('no-time', ` 一\n\t二${'三'.repeat(500)}`);
    assert.ok(detail.startsWith('一 二三') && detail.length === 160);
  });
});

describe('other sources', () => {
  const againstList = (listed: Partial<Listed>, html = classicPage()) =>
    extract([pageOf(html)], NEWS, SITE, {
      listed: { title: null, time: null, summary: null, picture: null, ...listed },
      single: null,
    }).flags;
  const against = (title: string | null, time: string | null, html?: string) => againstList({ title, time }, html);

  it('the list may leave out the columnist, cut the title short, and print the minute, the day or words', () => {
    assert.deepEqual(against('茶馆开门了', '2022-01-28 10:30'), []);
    assert.deepEqual(against('茶馆开门了', '2022-01-28 10:30', classicPage({ title: '石砚：茶馆开门了' })), []);
    assert.deepEqual(against('茶馆开…', '2022-01-28'), []);
    assert.deepEqual(against(null, '昨天 03:00'), []);
  });

  it('the list may print part of the summary or of the text, or words of its editor between', () => {
    const text = '茶馆今天照常开门，门前的水泥路刚刚修好，老街坊都来坐一坐。';
    const page = classicPage({ body: `<p>${text}</p>` });
    assert.deepEqual(againstList({ summary: text.slice(0, 20) }, page), []);
    assert.deepEqual(againstList({ summary: `记者获悉，${text}` }, page), []);
    assert.deepEqual(againstList({ summary: '短' }, page), []);
    const other = '码头上的渡船每逢初一十五停航检修，渔民们趁着这两天补网晒鱼。';
    assert.deepEqual(againstList({ summary: other }, page), [{ code: 'list-disagrees', detail: `summary ${other}` }]);
  });

  it('the list may show a picture of its own, but none from another year', () => {
    const picture = (stamp: string) => `https://i.guancha.cn/news/2021/01/28/${stamp}103043123.jpg`;
    assert.deepEqual(againstList({ picture: picture('20220127') }), []);
    assert.deepEqual(againstList({ picture: 'https://i.guancha.cn/news/mainland/0123456789abcdef.jpg' }), []);
    const old = picture('20210128');
    assert.deepEqual(againstList({ picture: old }), [{ code: 'list-picture-far', detail: old }]);
    const shown = classicPage({ body: `<p>茶</p><p><img src="${old}!m.jpg"></p>` });
    assert.deepEqual(againstList({ picture: old }, shown), []);
  });

  it('another title or time on the list is flagged', () => {
    assert.deepEqual(against('渡船停航三天', '2022-01-28 22:30'), [
      { code: 'list-disagrees', detail: 'title 渡船停航三天' },
      { code: 'list-disagrees', detail: 'time 2022-01-28 22:30' },
    ]);
  });

  it('another headline that speaks of the same is a note', () => {
    assert.deepEqual(against('茶馆又开门', null), [{ code: 'list-title-differs', detail: 'title 茶馆又开门' }]);
  });

  it('the single-page form says the first part, or all of them', () => {
    assert.deepEqual(
      extract([pageOf(classicPage())], NEWS, SITE, {
        listed: null,
        single: pageOf(classicPage({ body: '<!-- -->' })),
      }).flags.length,
      1,
      'an empty one is flagged, not thrown',
    );
    const [one, two] = ['<p>茶馆前院。</p>', '<p>茶馆后院。</p>'].map((body) => classicPage({ body })) as [
      string,
      string,
    ];
    const flagsWith = (single: string) =>
      extract([pageOf(one), pageOf(two)], NEWS, SITE, { listed: null, single: pageOf(single) }).flags;
    assert.deepEqual(flagsWith(one), []);
    assert.deepEqual(flagsWith(classicPage({ body: '<p>茶馆前院。</p><p>茶馆后院。</p>' })), []);
    assert.deepEqual(
      flagsWith(classicPage({ body: '<p>茶馆前院。</p><p>茶馆后院。</p><p>茶馆楼上。</p>' })).map(({ code }) => code),
      ['parts-disagree'],
    );
  });
});

describe('pages made to be slow (`npm run fuzz` measures how soon they are read)', () => {
  for (const [name, body] of SLOW_BODIES) {
    it(`${name}: few flags`, () => {
      const { flags } = extract([pageOf(classicPage({ body }))], NEWS, SITE);
      assert.ok(flags.length <= 20, String(flags.length));
    });
  }
});

describe('pages that raise none', () => {
  for (const [name, html] of [
    ['classic', classicPage()],
    ['new CMS', cmsPage()],
    ['full-width indents', classicPage({ body: '<p>\u3000\u3000茶馆今天照常开门。</p><p>&nbsp;&nbsp;请坐。</p>' })],
    [
      'lines beside a centred picture',
      classicPage({ body: '茶馆开门。<br><p align="center"><img src="a.jpg"></p>请坐。<br>' }),
    ],
    [
      'links in running text',
      classicPage({
        body: '<p>见<a href="/a/2020_01_01_5.shtml">前文</a>与<a href="/a/2020_01_01_6.shtml">后文</a>。</p>',
      }),
    ],
    ['lines instead of paragraphs', classicPage({ body: '茶馆今天照常开门。<br><br>请坐。' })],
    [
      'an empty block and a script of the frame',
      classicPage({ foot: '<div style="clear:both;"></div><script>a()</script>' }),
    ],
    ['an interview', classicPage({ body: '<p>观察者网：几点开门？</p><p>石砚：八点。</p>' })],
    [
      'a columnist in front of the headline alone',
      classicPage({ title: '石砚：茶馆' }).replace('<title>石砚：', '<title>'),
    ],
    ['the name of the site behind the title', classicPage().replace('</title>', '-观察者网</title>')],
    [
      'classes of a paste',
      classicPage({ body: '<div class="MsoNormal"><p class="MsoNormal">茶馆开门<o:p></o:p></p></div>' }),
    ],
  ] as const) {
    it(name, () => assert.deepEqual(flagsOf(html), []));
  }

  it('a community post', () => {
    const page = pageOf(fengwenPage(), { url: POST_URL });
    assert.deepEqual(extract([page], POST, SITE).flags, []);
  });

  it('every ordinary article of the newspaper', async () => {
    await using newspaper: Newspaper = await openNewspaper({ articles: 120, specials: false });
    const site = siteOf(newspaper);
    for (const article of newspaper.articles) {
      const { parts, address } = articleParts(newspaper, article);
      assert.deepEqual(extract(parts, address, site).flags, [], article.url);
    }
  });
});

function flagsOf(html: string | readonly string[]): readonly Flag[] {
  const parts: readonly ParsedPage[] = (typeof html === 'string' ? [html] : html).map((each) => pageOf(each));
  return extract(parts, NEWS, SITE).flags;
}
