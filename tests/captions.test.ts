/** Which line is a picture's caption: forms and places, what is none, and what is flagged rather than decided. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { extract } from '../src/page/extract.ts';
import { classicPage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';

const img = (name: string) => `<img src="https://i.guancha.cn/news/${name}.jpg">`;
const A = `<p>${img('a')}</p>`;
const B = `<p>${img('b')}</p>`;
const TEXT = '<p>镇上的茶馆今天照常开门，门前的水泥路刚刚修好，老街坊都来坐了一坐。</p>';
const grey = (text: string) => `<p align="center"><span style="color:#999999;">${text}</span></p>`;
const centred = (text: string) => `<p style="text-align:center;">${text}</p>`;

/** What is printed, the captions in order, and the lines that are flagged. */
const FORMS: readonly (readonly [
  name: string,
  body: string,
  captions: readonly (string | null)[],
  unclear?: readonly string[],
])[] = [
  ['figcaption below', `<figure>${img('a')}<figcaption>茶馆的门</figcaption></figure>`, ['茶馆的门']],
  ['figcaption above', `<figure><figcaption>茶馆的门</figcaption>${img('a')}</figure>`, ['茶馆的门']],
  ['figcaption of the second', `${A}<figure><figcaption>茶馆的门</figcaption>${img('b')}</figure>`, [null, '茶馆的门']],
  ['a figure without one', `<figure>${img('a')}</figure>${grey('茶馆的门')}`, ['茶馆的门']],
  ['a cell below', `<table><tr><td>${img('a')}</td></tr><tr><td>茶馆的门</td></tr></table>`, ['茶馆的门']],
  [
    'cells below, two columns',
    `<table><tr><td>${img('a')}</td><td>${img('b')}</td></tr><tr><td>门</td><td>窗</td></tr></table>`,
    ['门', '窗'],
  ],
  [
    'in the cell',
    `<table><tr><td>${img('a')}<p align="center">茶馆的门</p></td><td>别的</td></tr></table>`,
    ['茶馆的门'],
  ],
  ['a cell beside', `<table><tr><td>${img('a')}</td><td>茶馆的门</td></tr></table>`, [null], ['茶馆的门']],
  [
    'a table of one column, then a line',
    `<table><tr><td>${img('a')}</td></tr></table>${grey('茶馆的门')}`,
    ['茶馆的门'],
  ],
  ['by class', `${A}<p class="pic-desc">茶馆的门</p>`, ['茶馆的门']],
  ['by another class', `${A}<div class="img_caption">茶馆的门。</div>`, ['茶馆的门。']],
  ['grey', `${A}${grey('茶馆的门')}`, ['茶馆的门']],
  ['grey by numbers', `${A}<p><span style="color: rgb(153, 153, 153);">茶馆的门</span></p>`, ['茶馆的门']],
  ['grey by class', `${A}<p><span class="gray">茶馆的门</span></p>`, ['茶馆的门']],
  ['grey paragraph', `${A}<p style="color:#888888">茶馆的门，一位老人坐着。</p>`, ['茶馆的门，一位老人坐着。']],
  ['grey and strong', `${A}<p><strong><span style="color:#999;">茶馆的门</span></strong></p>`, ['茶馆的门']],
  ['centred', `${A}${centred('茶馆的门')}`, ['茶馆的门']],
  ['centred round it', `<div align="center">${A}<p>茶馆的门</p></div>${TEXT}`, ['茶馆的门']],
  ['beyond an empty paragraph', `${A}<p>&nbsp;</p>${grey('茶馆的门')}`, ['茶馆的门']],
  ['in the picture’s paragraph', `<p align="center">${img('a')}<br>茶馆的门</p>${TEXT}`, ['茶馆的门']],
  ['with its source', `${A}<p>茶馆的门 图源：早茶社</p>`, ['茶馆的门 图源：早茶社']],
  ['with a pointer', `${A}<p>▲茶馆的门，一位老人坐着。</p>`, ['▲茶馆的门，一位老人坐着。']],
  ['with a number', `${A}<p>图1：茶馆的门</p>`, ['图1：茶馆的门']],
  ['says that it is one', `${A}<p>图为茶馆的门，一位老人坐着。</p>`, ['图为茶馆的门，一位老人坐着。']],
  [
    'between line breaks',
    `茶馆开门。<br>${img('a')}<br><span style="color:#999">茶馆的门</span><br>人来了。<br>`,
    ['茶馆的门'],
  ],
  ['above, grey', `${TEXT}${grey('茶馆的门')}${A}${TEXT}`, ['茶馆的门']],
  ['above, each', `${TEXT}${grey('门')}${A}${grey('窗')}${B}${TEXT}`, ['门', '窗']],
  ['above, only centred', `${TEXT}${centred('茶馆的门')}${A}${TEXT}`, [null], ['茶馆的门']],
  ['below, each', `${A}${grey('门')}${B}${grey('窗')}`, ['门', '窗']],
  ['above and below', `${TEXT}${grey('表一')}${A}${grey('窗')}${TEXT}`, ['窗'], ['表一']],
  ['for the last of two', `${A}${B}${grey('门和窗')}`, [null, '门和窗']],
  ['two lines', `${A}${grey('茶馆的门')}${grey('摄影：石砚')}${TEXT}`, ['茶馆的门'], ['摄影：石砚']],

  ['a paragraph', A + TEXT, [null]],
  ['a short sentence', `${A}<p>茶馆开门了。</p>`, [null]],
  ['a strong subhead', `${A}<p><strong>茶馆的一天</strong></p>${TEXT}`, [null]],
  ['a numbered subhead', `${A}<p>二、茶馆的一天</p>${TEXT}`, [null]],
  ['a numbered subhead, centred', `${A}${centred('（二）茶馆的一天')}${TEXT}`, [null]],
  ['a heading', `${A}<h2>茶馆的一天</h2>${TEXT}`, [null]],
  ['a quotation', `${A}<blockquote>茶馆的一天</blockquote>${TEXT}`, [null]],
  ['an introduction', `${A}<p>掌柜说：</p>${TEXT}`, [null]],
  ['a list', `${A}<ul><li>铜壶</li></ul>${TEXT}`, [null]],
  ['a byline', `${A}<p align="center">【文/石砚】</p>${TEXT}`, [null]],
  ['a table of its own', `${A}<table><tr><td>年份</td><td>数量</td></tr></table>`, [null]],
  ['all is centred', A + [1, 2, 3, 4].map((n) => centred(`茶馆今天照常开门，第${n}天。`)).join(''), [null]],

  ['short and plain', `${A}<p>茶馆的一天</p>${TEXT}`, [null], ['茶馆的一天']],
  ['short and plain beside it', `<p>${img('a')}茶馆的一天</p>${TEXT}`, [null], ['茶馆的一天']],
  ['strong and centred', `${A}<p align="center"><strong>茶馆的一天</strong></p>${TEXT}`, [null], ['茶馆的一天']],
  ['a quotation, centred', `${A}${centred('“请坐，喝茶。”')}${TEXT}`, [null], ['“请坐，喝茶。”']],
  ['a notice, centred', `${A}${centred('本文系茶馆独家稿件。')}${TEXT}`, [null], ['本文系茶馆独家稿件。']],
];

describe('captions', () => {
  for (const [name, body, captions, unclear = []] of FORMS) {
    it(name, () => {
      const { images, flags } = read(body);
      assert.deepEqual(
        images.map(({ caption }) => caption),
        captions,
      );
      assert.deepEqual(
        flags.filter(({ code }) => code === 'caption-unread').map(({ detail }) => detail),
        unclear,
      );
    });
  }

  it('of many pictures each has its own, and no line is the caption of two', () => {
    const block = fc.constantFrom('text', 'captioned', 'bare', 'subhead');
    fc.assert(
      fc.property(fc.array(block, { maxLength: 30 }), (blocks) => {
        const body = blocks.map((kind, i) => {
          if (kind === 'text') return TEXT;
          if (kind === 'subhead') return `<p><strong>第${i}天</strong></p>${TEXT}`;
          return `<p>${img(String(i))}</p>${kind === 'bare' ? TEXT : `${grey(`照片${i}`)}${TEXT}`}`;
        });
        const expected = blocks.flatMap((kind, i) =>
          kind === 'captioned' ? [`照片${i}`] : kind === 'bare' ? [null] : [],
        );
        assert.deepEqual(
          read(TEXT + body.join('')).images.map(({ caption }) => caption),
          expected,
        );
      }),
      { numRuns: 100 },
    );
  });
});

const V = 'https://v.guancha.cn/tea/video.m3u8';
const linked = [{ kind: 'video', src: V, length: null }];
const MEDIA: readonly (readonly [name: string, body: string, media: readonly object[], code: string | null])[] = [
  ['video', `<video src="${V}"></video>`, linked, null],
  ['video with sources', `<video><source src="${V}"><source src="/b.mp4"></video>`, linked, null],
  ['object', `<object data="${V}"></object>`, [{ ...linked[0], kind: 'embed' }], null],
  [
    'object with a parameter',
    `<object><param name="movie" value="${V}"></object>`,
    [{ ...linked[0], kind: 'embed' }],
    null,
  ],
  ['object with an embed', `<object><embed src="${V}"></object>`, [{ ...linked[0], kind: 'embed' }], null],
  ['data attribute', `<div class="v" data-src="${V}"></div>`, linked, 'media-by-script'],
  [
    'data for a player',
    `<div data-setup='{"sources":[{"src":"https:\\/\\/v.guancha.cn\\/tea\\/video.m3u8"}]}'></div>`,
    linked,
    'media-by-script',
  ],
  [
    'a player page in JSON',
    `<div data-config='{"url":"//www.guancha.cn/other/GuanPlayer.shtml?fileid=5"}'></div>`,
    [{ ...linked[0], src: 'https://www.guancha.cn/other/GuanPlayer.shtml?fileid=5' }],
    'media-by-script',
  ],
  ['script', `<div id="box"></div><script>new Player({el:"#box",url:"${V}"})</script>`, linked, 'media-by-script'],
  ['a place for a script', '<div id="box"></div>', [], 'media-by-script'],
  ['background', '<div style="background-image:url(https://i.guancha.cn/a.jpg)">&nbsp;</div>', [], 'media-by-script'],
  ['video without an address', '<video controls></video>', [], 'media-without-address'],
  ['object without an address', '<object></object>', [], 'media-without-address'],
];

describe('frames and players', () => {
  for (const [name, body, media, code] of MEDIA) {
    it(name, () => {
      const read = extract(
        [pageOf(classicPage({ body: TEXT + body }))],
        { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' },
        SITE,
      );
      assert.deepEqual(read.media, media);
      const codes = read.flags.map((each) => each.code).filter((each) => each.startsWith('media-'));
      assert.deepEqual([...new Set(codes)], code === null ? [] : [code]);
    });
  }
});

function read(body: string) {
  return extract([pageOf(classicPage({ body }))], { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' }, SITE);
}
