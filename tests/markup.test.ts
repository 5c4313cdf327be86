/** The vocabulary of markup: what editors write raises nothing; any other form is told once, with its text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ArticleAddress } from '../src/model.ts';
import { extract } from '../src/page/extract.ts';
import { LAYOUTS } from '../src/page/find-article.ts';
import { formsIn } from '../src/page/markup.ts';
import { classicPage, cmsPage, fengwenPage, mobilePage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';

const NEWS: ArticleAddress = { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' };
const LINE = '茶馆今天照常开门，老街坊都来坐一坐。';
const PROSE = '门前的水泥路刚刚修好，来的人比平时多了一倍，掌柜忙不过来。';

/** Bodies as editors and pastes leave them. */
const WELL_KNOWN: readonly (readonly [name: string, html: string])[] = [
  [
    'Word',
    `<p class="MsoNormal" style="text-indent:28.0pt;mso-char-indent-count:2.0;line-height:150%"><b><span lang="EN-US" style="font-size:14.0pt;font-family:宋体;mso-ascii-font-family:&quot;Times New Roman&quot;;color:windowtext">${LINE}<o:p></o:p></span></b></p>`,
  ],
  [
    'a list of Word',
    `<p class="MsoListParagraph" style="margin-left:21.0pt;text-indent:-21.0pt;mso-list:l0 level1 lfo1"><!--[if !supportLists]--><span style="font-family:Wingdings">Ø</span><!--[endif]-->${LINE}</p>`,
  ],
  [
    'the head of a paste from Word',
    `<!--[if gte mso 9]><xml><w:LsdException Name="标题 1"/></xml><![endif]--><style><!-- /* Style Definitions */ p.MsoNormal {mso-style-parent:""; margin:0cm; font-size:10.5pt; font-family:"Calibri","sans-serif";} @page WordSection1 {size:595.3pt 841.9pt;} --></style><p>${LINE}</p>`,
  ],
  [
    'a table of Word',
    `<table class="MsoTableGrid" border="1" cellspacing="0" cellpadding="0" style="border-collapse:collapse;border:none;margin-left:-5.4pt"><tbody><tr style="height:18pt"><td width="142" valign="top" style="width:106.5pt;border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt"><p>${LINE}</p></td></tr></tbody></table>`,
  ],
  [
    'a table of Excel',
    `<table width="320" border="0"><colgroup><col width="72" style="width:54pt"></colgroup><tbody><tr height="19"><td height="19" class="xl65" x:num colspan="2">${LINE}</td></tr></tbody></table>`,
  ],
  [
    'Apple',
    `<p class="p1" style="margin: 0px; font-stretch: normal; font-size: 17px; line-height: normal; font-kerning: none;"><span class="s1">${LINE}</span><span class="Apple-converted-space">&nbsp;</span></p>`,
  ],
  [
    'KindEditor',
    `<p style="text-indent:2em;"><span style="font-size:16px;color:#333333;line-height:1.5;" class="ke-content">${LINE}</span><img src="/a.jpg" data-ke-src="/a.jpg" alt="" onload="javascript:if(this.width>600)this.width=600" /></p>`,
  ],
  [
    'UEditor',
    `<p style="text-align: center;"><img src="/a.jpg" title="162.jpg" _src="/a.jpg" style="float:none; width: 600px; height: 400px;"></p><table class="noBorderTable" interlaced="enabled"><tbody><tr class="firstRow"><td width="200" valign="top" style="word-break: break-all;">${LINE}</td></tr></tbody></table>`,
  ],
  [
    'Quill',
    `<p class="ql-align-justify ql-indent-1"><strong style="background-color: rgb(255, 255, 255); color: rgba(0, 0, 0, 0.9);">${LINE}</strong></p><ol><li data-list="bullet" class="ql-indent-1">一</li></ol>`,
  ],
  ['TinyMCE', `<p style="padding-left: 40px;" data-mce-style="padding-left: 40px;">${LINE}<br data-mce-bogus="1"></p>`],
  [
    'a paste from WeChat',
    `<section data-role="outer" label="Powered by 135editor.com" style="margin: 0px 8px; padding: 0px; max-width: 100%; box-sizing: border-box !important; overflow-wrap: break-word !important; font-family: -apple-system-font, BlinkMacSystemFont, &quot;PingFang SC&quot;; letter-spacing: 0.544px; white-space: normal; visibility: visible;"><section powered-by="xiumi.us" style="display: flex; flex-flow: row nowrap; text-align: center; position: static;"><span class="js_darkmode__3" style="font-size: 15px; color: rgb(63, 63, 63); caret-color: var(--weui-BRAND); text-wrap: wrap;">${LINE}</span></section><img class="rich_pages wxw-img" data-ratio="0.66" data-w="1080" data-type="jpeg" data-src="/a.jpg" style="width: 677px !important; visibility: visible !important; height: auto !important;"></section>`,
  ],
  [
    'a paste from a browser',
    `<meta charset="utf-8"><span style="color: rgb(25, 25, 25); font-style: normal; font-variant-ligatures: normal; font-weight: 400; orphans: 2; text-align: justify; text-indent: 0px; text-transform: none; white-space: normal; widows: 2; word-spacing: 0px; -webkit-text-stroke-width: 0px; background-color: rgb(255, 255, 255); text-decoration-style: initial; display: inline !important; float: none;">${LINE}</span>`,
  ],
  [
    'headings, quotes, lists, lines',
    `<h2>一</h2><h4 align="center">二</h4><blockquote class="content-quote"><p>${LINE}</p></blockquote><ul class="list-paddingleft-2" style="list-style-type: disc;"><li><p>三</p></li><li>四<ul><li>五</li></ul></li></ul><dl><dt>六</dt><dd>七</dd></dl><hr size="1" style="border-top:1px solid #ccc;"><ol start="3" type="a"><li value="4">八</li></ol>`,
  ],
  [
    'marks in a line',
    `<p>水是 H<sub>2</sub>O，面积 10 m<sup>2</sup>，<u>一</u><s>二</s><del>三</del><em>四</em><i>五</i><big>六</big><small>七</small><font color="#ff0000" face="楷体, KaiTi" size="4">八</font><code>九</code><ruby>茶<rp>(</rp><rt>chá</rt><rp>)</rp></ruby><abbr>十</abbr></p>`,
  ],
  [
    'boxes of colour',
    `<p><span style="background:#c00;color:#fff;padding:2px 6px;border-radius:3px;">快讯</span><span style="color:#999999">灰</span><span style="color:#b2b2b2;">更灰</span></p><table><tbody><tr><td bgcolor="#000080"><font color="#ffffff">白字</font></td></tr></tbody></table>`,
  ],
  [
    'pictures of the site',
    `<p align="center"><img src="/a.jpg" title="点击查看大图" class="bigimg" width="530" border="0" alt="一位老人在茶馆门前扫地，身后是刚刚修好的路"></p><p class="content-pic-new"><img data-original="/b.jpg" class="lazy" alt></p>`,
  ],
  [
    'frames and players',
    '<p style="text-align:center;"><iframe name="videoiframe" src="//v.example/1" allowfullscreen width="99%" height="498" frameborder="0" scrolling="no" style="max-width:693px;"></iframe></p><p>茶</p><video controls poster="/p.jpg" width="640"><source src="/v.mp4" type="video/mp4"></video>',
  ],
  [
    'a title that says what its link says',
    `<p><a href="/a" target="_blank" title="${LINE}" textvalue="${LINE}">${LINE}</a></p>`,
  ],
  [
    'short notes in comments and scripts',
    `<!-- 文章内容页底部广告位 开始 --><p>${LINE}</p><script>var slot = "内容页底部";</script>`,
  ],
  [
    'nothing in an unknown form',
    `<p>${LINE}</p><center></center><link itemprop="url" href="/x"><p style="opacity:0"></p>`,
  ],
];

/** Bodies with one form outside of the vocabulary: its name, and text that must be told with it. */
const UNKNOWN: readonly (readonly [form: string, html: string, text?: string])[] = [
  ['p.lede', `<p class="lede">${PROSE}</p>`, '水泥路'],
  ['span.kicker', `<p><span class="text-left kicker">${PROSE}</span></p>`, '水泥路'],
  ['div.promo-*', `<div class="promo-3fa9">${PROSE}</div>`, '水泥路'],
  ['div#vote', `<div id="vote">${PROSE}</div>`, '水泥路'],
  ['div#player', '<div id="player"></div>'],
  ...[
    'template',
    'noscript',
    'details',
    'article',
    'aside',
    'figure',
    'dialog',
    'slot',
    'object',
    'form',
    'button',
    'textarea',
    'x-card',
    'marquee',
    'q',
    'svg',
    'math',
  ].map((name) => [name, `<${name}>${PROSE}</${name}>`, '水泥路'] as const),
  ['figcaption', '<figcaption>图源：晨报</figcaption>', '晨报'],
  ['div[style=background-image:url]', '<div style="background-image:url(/a.jpg);height:300px"></div>'],
  ['amp-img', '<amp-img src="/a.jpg"></amp-img>', '/a.jpg'],
  ['txp-player', '<txp-player vid="x1"></txp-player>'],
  ['a[href=file]', '<p><a href="/a.jpg">查看图片</a></p>', '查看图片'],
  ['div[data-b*]', `<div data-b64="${Buffer.from(PROSE).toString('base64')}"></div>`],
  ['picture', '<picture><source srcset="/a.webp"><img src="/a.jpg"></picture>'],
  ...(
    [
      ...[
        'opacity:0',
        'opacity:.01',
        'position:absolute',
        'position:fixed',
        'clip:rect(0,0,0,0)',
        'clip-path:inset(100%)',
      ],
      ...['text-indent:-9999px', 'font-size:0', 'font-size:1px', 'color:transparent', 'color:rgba(0,0,0,.05)'],
      ...[
        'transform:scale(0)',
        'height:0',
        'height:0;overflow:hidden',
        'height:20px;overflow:hidden',
        'max-height:60px',
      ],
      ...['visibility:hidden', 'visibility:collapse', 'display:none', 'display:none !important', 'display:contents'],
      ...[
        'width:0',
        'width:1px',
        'left:-9999px',
        'margin-left:-9999px',
        'margin-top:-100px',
        'z-index:-1',
        'zoom:0.01',
      ],
      ...['-webkit-text-fill-color:transparent', '-webkit-line-clamp:3', 'text-overflow:ellipsis', 'direction:rtl'],
      ...[
        'white-space:nowrap;overflow:hidden',
        'letter-spacing:-1em',
        'line-height:0',
        'filter:blur(9px)',
        'mask:url(a.svg)',
      ],
      ...[
        'writing-mode:vertical-rl',
        'text-transform:uppercase',
        'content-visibility:hidden',
        'column-count:2',
        'order:3',
      ],
      ...[
        '-webkit-text-security:disc',
        'background-image:url(/a.jpg)',
        'background:url(/a.jpg)',
        'flex-direction:row-reverse',
      ],
      ...['all:unset', 'animation:a 1s', 'd\\isplay:none', '/**/display:none', 'unicode-bidi:bidi-override'],
    ] as const
  ).map((style) => [`p[style=…]`, `<p style="${style}">${PROSE}</p>`, '水泥路'] as const),
  ...['color:#fff', 'color:white', 'background:#333', 'color:rgb(250 250 250)'].map(
    (style) => ['p[color=background]', `<p style="${style}">${PROSE}</p>`, '水泥路'] as const,
  ),
  ['font[color=background]', `<p><font color="#fefefe">${PROSE}</font></p>`, '水泥路'],
  ['span[color=background]', `<p style="background:#222"><span style="color:#111">${PROSE}</span></p>`, '水泥路'],
  ...[
    'hidden',
    'inert',
    'popover',
    'slot="a"',
    'is="x-p"',
    'aria-hidden="true"',
    'dir="rtl"',
    'onclick="open()"',
    'foo="1"',
  ].map((attribute) => [`p[…]`, `<p ${attribute}>${PROSE}</p>`] as const),
  ...['data-text', 'title', 'alt', 'aria-label', 'onclick', 'lang', 'summary'].map(
    (name) => [`p[${name}]`, `<p ${name}="${PROSE}">${LINE}</p>`] as const,
  ),
  ['iframe[srcdoc]', `<p>${LINE}</p><iframe srcdoc="<p>${PROSE}</p>"></iframe>`],
  ['p[data-t]', `<p data-t="\\u8336\\u9986\\u4eca\\u5929\\u7167\\u5e38\\u5f00\\u95e8">${LINE}</p>`, '\\u8336'],
  ['img[data-caption]', `<p><img src="/a.jpg" data-caption="${PROSE}"></p>`, '水泥路'],
  ['img[height=*]', '<p>茶<img src="/a.jpg" height="1"></p>'],
  ['ul>text', `<ul>${PROSE}<li>一</li></ul>`, '水泥路'],
  ['ul>p', `<ul><p>${PROSE}</p></ul>`],
  ['body>dt', `<dt>${PROSE}</dt>`, '水泥路'],
  ['div>dd', `<div><dd>${PROSE}</dd></div>`, '水泥路'],
  ['video>text', `<p>茶</p><video>${PROSE}</video>`, '水泥路'],
  ['comment', `<p>茶</p><!-- <p>${PROSE}</p> -->`, '水泥路'],
  ['comment', `<p>茶</p><!--[if IE]><p>${PROSE}</p><![endif]-->`, '水泥路'],
  ['script', `<p>茶</p><script>add("<p>a</p>")</script>`, 'add'],
  ['script', `<p>茶</p><script type="application/json">{"t":"${PROSE}"}</script>`, '水泥路'],
  ['style[display:none]', '<p>茶</p><style>p:nth-child(3) { display: none }</style>', 'nth-child'],
  ['style[content:…]', '<p>茶</p><style>p::before { content: "独家" }</style>', '独家'],
  ['link[rel=stylesheet]', '<p>茶</p><link rel="stylesheet" href="/x.css">', '/x.css'],
  ['noscript', `<p>茶<img data-src="/a.jpg"><noscript><img src="/a.jpg">${PROSE}</noscript></p>`, '水泥路'],
];

describe('the vocabulary', () => {
  for (const [name, body] of WELL_KNOWN) it(`knows ${name}`, () => assert.deepEqual(formsOf(body), []));

  for (const [form, body, text] of UNKNOWN) {
    it(`doubts ${body.slice(0, 70)}`, () => {
      const found = formsOf(`<p>${LINE}</p>${body}`);
      assert.ok(found.length > 0, 'nothing was told');
      const pattern = new RegExp(`^${form.replace(/[^\w…]/g, '\\$&').replace('…', '.+')}$`);
      assert.ok(
        found.some((each) => pattern.test(each.form)),
        JSON.stringify(found),
      );
      if (text !== undefined)
        assert.ok(
          found.some((each) => each.text.includes(text)),
          JSON.stringify(found),
        );
    });
  }

  it('tells equal forms once, whatever numbers and hashes are in them', () => {
    const body = Array.from(
      { length: 30 },
      (_, i) => `<p class="css-${i}a${i}f" style="top:${i + 1}px">${LINE}${i}</p>`,
    );
    assert.deepEqual(
      formsOf(body.join('')).map(({ form }) => form),
      ['p.css-*', 'p[style=top:*px]'],
    );
  });

  it('doubts the element of the body itself, and leaves what stands beside it to other flags', () => {
    const hidden = classicPage().replace('content all-txt"', 'content all-txt" style="opacity:0"');
    assert.deepEqual(formsOf('', hidden), [{ form: 'body[style=opacity:0]', text: '茶馆今天照常开门。' }]);
    assert.deepEqual(formsOf('', classicPage({ foot: '<div class="vote">投票</div>' })), []);
  });

  it('tells no form that the archive has accepted', () => {
    const body = `<p class="lede">${PROSE}</p><details>${PROSE}</details>`;
    const { flags } = extract([pageOf(classicPage({ body }))], NEWS, SITE, {
      listed: null,
      single: null,
      accepted: new Set(['p.lede']),
    });
    assert.deepEqual(
      formsIn(flags).map(({ form }) => form),
      ['details'],
    );
  });

  it('every layout has one, and it is of the ordinary body', () => {
    assert.ok(LAYOUTS.every(({ vocabulary }) => vocabulary.elements.has('p')));
    for (const page of [classicPage, cmsPage, mobilePage, fengwenPage])
      assert.deepEqual(formsOf('', page({ body: `<p>${LINE}</p><p><img src="/a.jpg"></p>` })), []);
  });

  it('has an end on any style, and each form names itself again', () => {
    const pieces = fc.constantFrom(
      'color',
      ':',
      ';',
      '"',
      "'",
      '(',
      ')',
      'url(',
      'rgb(0,0,0)',
      '#',
      ' ',
      '!important',
      '-',
      '9',
      '\\',
      '/*',
      ',',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (chosen) => {
        const style = chosen.join('').replaceAll('"', '&quot;');
        const once = formsOf(`<p style="${style}">${LINE}</p>`);
        const accepted = new Set(once.map(({ form }) => form));
        const page = pageOf(classicPage({ body: `<p style="${style}">${LINE}</p>` }));
        assert.deepEqual(formsIn(extract([page], NEWS, SITE, { listed: null, single: null, accepted }).flags), []);
      }),
      { numRuns: 200 },
    );
  });
});

function formsOf(body: string, html = classicPage({ body })): ReturnType<typeof formsIn> {
  return formsIn(extract([pageOf(html)], NEWS, SITE).flags);
}
