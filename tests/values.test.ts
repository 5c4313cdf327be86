/** The forms of values: what is a headline, a source, a keyword, and what programs leave in their place. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { extract } from '../src/page/extract.ts';
import { hasAddressForm } from '../src/page/pictures.ts';
import { isKeyword, isNewsHeadline, isPostHeadline, isSource } from '../src/page/values.ts';
import { classicPage, fengwenPage, NEWS_URL, POST_URL, pageOf, SITE } from './support/article-page.ts';

const LEFT_BY_PROGRAMS = [
  'null',
  'undefined',
  'NaN',
  '[object Object]',
  '{{source}}',
  '{{ article.title }}',
  '$' + '{title}',
  '{0}',
  '<%= name %>',
  '{% title %}',
  '<b>茶馆</b>',
  '茶馆</span>',
  '<br/>茶馆',
  '茶馆&nbsp;开门',
  '茶馆&#8220;',
  '\\u8336\\u9986',
  'https://www.guancha.cn/a/2022_01_28_900.shtml',
  '//www.guancha.cn/a',
  'www.guancha.cn',
  '茶馆undefined',
] as const;

const FORMS = {
  headline: {
    is: isNewsHeadline,
    right: [
      '茶馆开门了',
      '“慢一点，没关系”：茶馆开门了',
      '石砚：茶馆开门了……',
      '98%的人不知道，3.5万册书去了哪里',
      '#老码头# 通航',
      '{{ 未定 }} 茶馆 {%待续%}',
      '🚢 茶馆🌙',
      'C&A <旧事>：茶馆',
      '临澜市\\渡口/码头，今日通航',
      '[图] 雾岭的十二座桥',
      'A320、C919与5G+：一次对谈（上）',
      '奥利弗?道登：茶馆',
    ],
    wrong: [
      ...LEFT_BY_PROGRAMS,
      '待补',
      '一座茶馆 来源：晨报',
      '一座茶馆　责任编辑：石砚',
      '2022-01-28 10:30:43',
      '12345',
      'title',
      '茶馆开门了-观察者网',
      '茶馆_观察者网',
      '茶'.repeat(200),
    ],
  },
  'headline of a post': {
    is: isPostHeadline,
    right: ['茶馆', 'Tea time'],
    wrong: [...LEFT_BY_PROGRAMS, '12345', '？？？'],
  },
  source: {
    is: isSource,
    right: [
      '观察者网',
      '晨报',
      '36氪',
      'CCTV4',
      'BBC News',
      '微信公众号“山中客”',
      '微信公众号：山中客',
      '山中客（微信公众号）',
      '晨报、青禾新闻网',
      '综合自晨报 青禾新闻网',
      '《雾岭》周刊',
      '1905电影网',
    ],
    wrong: [
      ...LEFT_BY_PROGRAMS,
      '晨',
      '12345678',
      '2022-01-28 10:30:43',
      '晨报 审核：石砚',
      '晨报 审核 石砚',
      '晨报 责任编辑',
      '晨报｜责编 石砚',
      'N/A',
      '来源：晨报',
      '未知',
      '暂无',
      '茶馆今天照常开门，街坊都来坐一坐。',
      'source',
      'title',
    ],
  },
  keyword: {
    is: isKeyword,
    right: ['运河', '5G', '104机', '中国计算机事业', '甲机 乙河1号 WPS', '2022'],
    wrong: [
      ...LEFT_BY_PROGRAMS,
      '@author',
      '待补',
      '无',
      '运河;茶园',
      '运河|茶园',
      '20220128',
      '运河,图书馆',
      '茶馆今天照常开门。',
      '茶'.repeat(40),
    ],
  },
} as const;

const OWN = 'https://i.guancha.cn';
const STAMP = '20220128103043123';
const DIGEST = '0123456789abcdef0123456789abcdef';
const PICTURES = {
  right: [
    `${OWN}/news/2022/01/28/${STAMP}.jpg`,
    `http://i.guancha.cn/news/origin/2022/01/28/${STAMP}.png!m.jpg`,
    `${OWN}/news/mainland/${DIGEST}.jpg!wap.jpg`,
    `${OWN}/news/2022/01/28/${STAMP}.jpg!cmspn?watermark/2/text/MDA6MjQ6MDI=`,
    `${OWN}/bbs/2022/01/28/${STAMP}..jpg`,
    `${OWN}/bbs/2022/01/28/${STAMP}.image`,
    `${OWN}/bbs/2022/01/28/${STAMP}?imageView2/2/w/500/format/jpg`,
    `${OWN}/ColumnPic/2013/12/01234567-89ab-cdef-0123-456789abcdef.png`,
    'https://www.guancha.cn/images/tea.gif',
    'https://picture.example.com/a.jpg',
    'https://mmbiz.qpic.cn/mmbiz_png/AbCdEfGhIjKl/640?wx_fmt=png',
    'data:image/png;base64,AAAA',
  ],
  wrong: [
    'http://192.168.1.3/upload/1.jpg',
    'http://localhost/tea.jpg',
    'http://[::1]/tea.jpg',
    'http://cms/tea.jpg',
    'http://cms.intra/tea.jpg',
    'https://https//i.guancha.cn/tea.jpg',
    `https://www.guancha.cn/LinBa/i.guancha.cn/news/mainland/${DIGEST}.jpg`,
    `https://www.guancha.cn/https//i.guancha.cn/${DIGEST}.jpg`,
    ...[
      '',
      'null',
      'undefined.jpg',
      '[object%20Object]',
      '{{src}}',
      '$%7Bimg%7D',
      DIGEST.slice(9),
      `${DIGEST}.jpg?$`,
    ].map((name) => `${OWN}/news/mainland/${name}`),
    'https://count.example/p.gif?id=1',
    'https://count.example.com/hm.gif?u=tea',
  ],
} as const;

describe('forms of the addresses of pictures', () => {
  for (const src of PICTURES.right) it(`a picture: ${src}`, () => assert.ok(hasAddressForm(src, SITE)));
  for (const src of PICTURES.wrong) it(`no picture: ${src}`, () => assert.ok(!hasAddressForm(src, SITE)));
});

describe('forms of values', () => {
  for (const [name, { is, right, wrong }] of Object.entries(FORMS)) {
    for (const value of right) it(`${name}: ${value}`, () => assert.ok(is(value)));
    for (const value of wrong) it(`no ${name}: ${value}`, () => assert.ok(!is(value)));
  }

  it('are asked of any text in time that its length allows', () => {
    const unit = fc.constantFrom('{', '<', '[', '\\', '&', '_', '茶', 'a', ' ', '%', '1', '；', '：', '/', '.', '】');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 400 }), (text) => {
        for (const { is } of Object.values(FORMS)) assert.equal(typeof is(text.repeat(20)), 'boolean');
      }),
    );
  });
});

describe('values of a page', () => {
  const address = { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' } as const;
  const unlike = (html: string) =>
    extract([pageOf(html)], address, SITE)
      .flags.filter(({ code }) => code === 'value-unlike')
      .map(({ detail }) => detail);
  const row = (clock: string) => `<div class="time fix"><span>${clock}</span><span>来源：晨报</span></div>`;

  it('are kept as printed and flagged', () => {
    const page = pageOf(
      classicPage({ times: '<div class="time fix"><span>2022-01-28 10:30:43</span><span>来源：null</span></div>' }),
    );
    const { source, flags } = extract([page], address, SITE);
    assert.deepEqual([source, flags], ['null', [{ code: 'value-unlike', detail: 'source: null' }]]);
  });

  it('a clock has the form that its layout prints', () => {
    assert.deepEqual(unlike(classicPage({ times: row('2022-01-28 10:30:43') })), []);
    for (const clock of [
      '2022-1-28 10:30:43',
      '2022-01-28 10:30',
      '2022-01-28',
      '2022-01-28T10:30:43',
      '01/28/2022 10:30:43',
      '2小时前',
    ])
      assert.deepEqual(unlike(classicPage({ times: row(clock) })), [`time: ${clock}`]);
    const post = (times: string) =>
      extract(
        [pageOf(fengwenPage({ times }), { url: POST_URL })],
        { id: 'fengwen:77', url: POST_URL, date: null },
        SITE,
      ).flags;
    for (const clock of ['3小时前', '刚刚', '昨天 10:30', '01-28 10:30', '2022-01-28 10:30'])
      assert.deepEqual(post(clock), []);
    assert.deepEqual(post('01/28/2022 10:30:43'), [{ code: 'value-unlike', detail: 'time: 01/28/2022 10:30:43' }]);
  });

  it('a topic has a page of the site, and is no article', () => {
    const topic = (href: string, name = '运河') =>
      unlike(
        classicPage({
          foot: `<div class="img-special"><div class="right_title"><h4><a href="${href}">${name}</a></h4></div></div>`,
        }),
      );
    assert.deepEqual(topic('/YunHe'), []);
    assert.equal(topic('/YunHe', '{{topic}}').length, 1);
    assert.equal(topic('https://elsewhere.example/YunHe').length, 1);
    assert.equal(topic('/YunHe/2022_01_27_899.shtml').length, 1);
  });

  it('a summary is words, and never the description of the site', () => {
    const described = (content: string) =>
      classicPage({
        head: `<meta name="Description" content="${content}">`,
        body: '<p>茶馆今天照常开门，门前的水泥路刚刚修好，老街坊都来坐一坐，喝一杯新到的春茶。</p>',
      });
    assert.deepEqual(unlike(described('茶馆今天照常开门，见 https://www.guancha.cn/a。')), []);
    assert.deepEqual(unlike(described('{{ summary }}')), ['summary: {{ summary }}']);
    const slogan = described('观察者网，致力于荟萃中外思想者精华。  ');
    assert.deepEqual(extract([pageOf(slogan)], address, SITE).summary, null);
    assert.deepEqual(extract([pageOf(slogan)], address, SITE).flags, []);
  });
});
