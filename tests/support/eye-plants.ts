/** Pages on which a reader sees something else than stands in the source, and pages that only look as if. */
import type { READER_FLAGS } from '../../src/flags.ts';

export interface Plant {
  readonly name: string;
  /** What stands in the body's element. */
  readonly body: string;
  /** Rules of the outer style sheet. */
  readonly css: string;
  /** The flag that must be raised, and what its evidence must name; null where there must be none. */
  readonly expected: readonly [(typeof READER_FLAGS)[number], RegExp] | null;
}

/** A picture of the site that is archived, 600 × 400 pixels; any other one is not. */
export const PICTURE = 'https://i.guancha.cn/news/2022/01/28/20220128103043123.jpg';

const LINES = [
  '茶馆今天照常开门，来的多半是住在河边的老客人。',
  '掌柜说，今年的新茶比往年晚了九天，价钱却没有变。',
  '下午三点以后，靠窗的座位要等上一会儿才能空出来。',
  '明天起，茶馆的打烊时间改到晚上九点半。',
] as const;
const [FIRST, SECOND, THIRD, FOURTH] = LINES.map((line) => `<p>${line}</p>`) as [string, string, string, string];
const SHOWN = `<p align="center"><img src="${PICTURE}" width="530"></p>`;
const CAPTION = '<p class="tu">河边的茶馆，摄于一月二十八日。</p>';
const marked = (className: string, text = '这一句读者看不见。') => `<p class="${className}">${text}</p>`;

const less = (evidence: RegExp) => ['reader-sees-less', evidence] as const;
const more = (evidence: RegExp) => ['reader-sees-more', evidence] as const;
const otherwise = (evidence: RegExp) => ['reader-sees-otherwise', evidence] as const;
const hidden = (name: string, css: string, why: RegExp): Plant => ({
  name,
  body: FIRST + marked('x') + SECOND,
  css: `.x { ${css} }`,
  expected: less(new RegExp(`这一句读者看不见.*${why.source}`)),
});

/** Each is a difference. */
export const PLANTED: readonly Plant[] = [
  hidden('hidden by a class', 'display: none', /not laid out/),
  hidden('not visible', 'visibility: hidden', /visibility/),
  hidden('without opacity', 'opacity: .02', /opacity/),
  hidden('white on white', 'color: #fdfdfd', /background/),
  hidden('in the colour of its own background', 'color: #333; background: #333', /background/),
  hidden('filled with nothing', '-webkit-text-fill-color: transparent', /transparent/),
  hidden('without size', 'font-size: 0', /not seen/),
  hidden('of a pixel', 'font-size: 1px', /too small/),
  hidden('zoomed out', 'transform: scale(.02)', /too small/),
  hidden('beside the page', 'position: absolute; left: -9999px', /off the page/),
  hidden('indented off the page', 'text-indent: -9999px; white-space: nowrap', /off the page/),
  hidden('clipped to nothing', 'position: absolute; clip: rect(0 0 0 0)', /clipped/),
  hidden('cut to a shape of nothing', 'clip-path: inset(50%)', /clipped/),
  hidden('filtered away', 'filter: opacity(0)', /opacity/),
  hidden('turned to the side', 'transform: rotateY(90deg)', /too small/),
  hidden('letters upon each other', 'letter-spacing: -1em', /too small/),
  hidden('drawn as dots', '-webkit-text-security: disc', /dots/),
  hidden('set backwards', 'direction: rtl; unicode-bidi: bidi-override', /backwards/),
  hidden('moved away', 'transform: translateX(-5000px)', /off the page/),
  hidden('skipped', 'content-visibility: hidden', /not seen/),
  hidden('of no width', 'width: 0; overflow: hidden; white-space: nowrap', /cut off by p\.x/),
  hidden('of no height', 'height: 0; overflow: hidden', /cut off by p\.x/),
  {
    name: 'folded by max-height',
    body: `<div class="fold">${FIRST}${SECOND}${THIRD}${FOURTH}</div>`,
    css: '.fold { max-height: 60px; overflow: hidden }',
    expected: less(/cut off by div\.fold/),
  },
  {
    name: 'folded in the middle of a paragraph',
    body: `<p class="clamp">${LINES.join('').repeat(3)}</p>`,
    css: '.clamp { width: 300px; display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden }',
    expected: less(/not all of it is laid out|cut off by p\.clamp/), // by the height of the font's glyphs
  },
  {
    name: 'cut off at the end of a line',
    body: marked('line', LINES.join('').repeat(4)) + FIRST,
    css: '.line { width: 400px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }',
    expected: less(/cut off by p\.line/),
  },
  {
    name: 'covered by a box',
    body: `<div class="holder">${FIRST}${SECOND}<div class="cover"></div></div>${THIRD}`,
    css: '.holder { position: relative } .cover { position: absolute; inset: 0; background: #eee; z-index: 3 }',
    expected: less(/covered by div\.cover/),
  },
  {
    name: 'behind a wall over the whole page',
    body: `${FIRST}<div class="wall">请先登录</div>`,
    css: '.wall { position: fixed; inset: 0; background: #fff; z-index: 99 }',
    expected: less(/covered by div\.wall/),
  },
  {
    name: 'text before a paragraph',
    body: FIRST + marked('lead', LINES[1]),
    css: '.lead::before { content: "更正：" }',
    expected: more(/更正：掌柜说/),
  },
  {
    name: 'text behind a paragraph',
    body: FIRST + marked('tail', LINES[1]),
    css: '.tail::after { content: "（本文有删节）" }',
    expected: more(/extracted “掌柜说/),
  },
  {
    name: 'text of an attribute',
    body: `${FIRST}<p data-note="编者按：此为旧闻。">${LINES[1]}</p>`,
    css: 'p[data-note]::before { content: attr(data-note) }',
    expected: more(/编者按/),
  },
  {
    name: 'text before the items of a list',
    body: `${FIRST}<ul><li class="due">交房租</li><li>买茶叶</li></ul>`,
    css: '.due::before { content: "已作废 " }',
    expected: more(/已作废/),
  },
  {
    name: 'text for the mark of an item',
    body: `${FIRST}<ul><li class="due">交房租</li><li>买茶叶</li></ul>`,
    css: '.due::marker { content: "已作废 " }',
    expected: more(/已作废/),
  },
  {
    name: 'text of an empty element',
    body: `${FIRST}<p class="words"></p>${SECOND}`,
    css: '.words::before { content: "这一段只写在样式表里。" }',
    expected: more(/这一段只写在样式表里/),
  },
  {
    name: 'a picture that is not shown',
    body: `${FIRST}<p class="pic"><img src="${PICTURE}"></p>${SECOND}`,
    css: '.pic img { display: none }',
    expected: less(/picture .*not laid out/),
  },
  {
    name: 'a picture of a pixel',
    body: `${FIRST}<p><img class="dot" src="${PICTURE}"></p>${SECOND}`,
    css: '.dot { width: 1px; height: 1px }',
    expected: less(/picture .*1 × 1/),
  },
  {
    name: 'a picture zoomed out',
    body: `${FIRST}<p><img class="far" src="${PICTURE}"></p>${SECOND}`,
    css: '.far { transform: scale(.02) }',
    expected: less(/picture .*pixels/),
  },
  {
    name: 'a picture cut off',
    body: `${FIRST}<div class="slot"><p>&nbsp;</p><img src="${PICTURE}"></div>${SECOND}`,
    css: '.slot { height: 10px; overflow: hidden }',
    expected: less(/picture .*cut off by div\.slot/),
  },
  {
    name: 'a picture whose place is taken by another',
    body: `${FIRST}<p><img class="swap" src="${PICTURE}"></p>${SECOND}`,
    css: '.swap { content: url("/other.png") }',
    expected: less(/picture .*in its place/),
  },
  {
    name: 'a picture replaced by a background',
    body: `${FIRST}<div class="photo"><img src="${PICTURE}"></div>${SECOND}`,
    css: '.photo { width: 500px; height: 300px; background: url("https://i.guancha.cn/news/2022/01/28/other.jpg") } .photo img { visibility: hidden }',
    expected: more(/picture .*other\.jpg, not extracted/),
  },
  {
    name: 'a lazy picture in a place that is not shown',
    body: `${FIRST}<div class="off"><p><img class="lazy" data-original="${PICTURE}"></p></div>${SECOND}`,
    css: '.off { display: none }',
    expected: less(/picture .*not laid out/),
  },
  {
    name: 'a caption above the picture',
    body: `${FIRST}${CAPTION}${SHOWN}${SECOND}${THIRD}`,
    css: '.tu { color: #888; font-size: 13px; text-align: center }',
    expected: otherwise(/no caption, seen above the picture “河边的茶馆/),
  },
  {
    name: 'a caption by class alone',
    body: `${FIRST}${SHOWN}${CAPTION}${SECOND}${THIRD}`,
    css: '.tu { color: #888; font-size: 13px }',
    expected: otherwise(/no caption, seen below the picture “河边的茶馆/),
  },
  {
    name: 'a short caption left of the middle, and text close below it',
    body: `${FIRST}${SHOWN}<p class="tu">河边</p>${SECOND}${THIRD}`,
    css: '.tu { color: #888; font-size: 13px } p { margin: 8px 0 } .tu + p { letter-spacing: 10px }',
    expected: otherwise(/no caption, seen below the picture “河边”/),
  },
  {
    name: 'a caption put above by its box',
    body: `${FIRST}<div class="box">${SHOWN}<p align="center">河边的茶馆</p></div>${SECOND}`,
    css: '.box { display: flex; flex-direction: column-reverse }',
    expected: otherwise(/the other way round/),
  },
  {
    name: 'another order by flex',
    body: `<div class="row">${FIRST}${SECOND}<div class="up">${THIRD}</div></div>`,
    css: '.row { display: flex; flex-direction: column } .up { order: -1 }',
    expected: otherwise(/the other way round/),
  },
  {
    name: 'another order by grid',
    body: `<div class="grid">${FIRST}<div class="top">${SECOND}</div></div>`,
    css: '.grid { display: grid } .top { grid-row: 1 } .grid > p { grid-row: 2 }',
    expected: otherwise(/the other way round/),
  },
  {
    name: 'columns from right to left',
    body: `<div class="two"><div>${FIRST}${SECOND}</div><div>${THIRD}${FOURTH}</div></div>`,
    css: '.two { display: flex; flex-direction: row-reverse; align-items: center } .two > div { width: 45% }',
    expected: otherwise(/the other way round/),
  },
  {
    name: 'columns that float the other way round',
    body: `<div class="a">${FIRST}${SECOND}</div><div class="b">${THIRD}${FOURTH}</div><p style="clear:both">茶</p>`,
    css: '.a { float: right; width: 45% } .b { float: left; width: 45% }',
    expected: otherwise(/the other way round/),
  },
  {
    name: 'a table from right to left',
    body: `${FIRST}<table class="t"><tr><td>一月</td><td>二月</td></tr></table>`,
    css: '.t { direction: rtl }',
    expected: otherwise(/一月.*二月.*the other way round/),
  },
  {
    name: 'text in the middle of a sentence',
    body: `<p>茶馆<b class="not">涨价</b>，掌柜说。</p>${SECOND}`,
    css: '.not::before { content: "不" }',
    expected: more(/茶馆不涨价/),
  },
  {
    name: 'text closed away',
    body: `<details><summary>详情</summary>${FIRST}</details>${SECOND}`,
    css: '',
    expected: less(/茶馆今天照常开门/),
  },
  {
    name: 'a headline that is not shown',
    body: FIRST + SECOND,
    css: '.left-main > h3 { display: none }',
    expected: less(/headline/),
  },
  {
    name: 'a headline with more in front',
    body: FIRST + SECOND,
    css: '.left-main > h3::before { content: "已撤回：" }',
    expected: otherwise(/headline.*已撤回/),
  },
];

/** Each shows what stands in the source, by rules of the same kinds. */
export const RIGHT: readonly Plant[] = (
  [
    [
      'columns',
      `<div class="c">${LINES.map((each) => `<p>${each.repeat(4)}</p>`).join('')}</div>`,
      '.c { columns: 2 }',
    ],
    ['a row of columns', `<div class="r"><div>${FIRST}</div><div>${SECOND}</div></div>`, '.r { display: flex }'],
    [
      'text beside a floating picture',
      `<img class="f" src="${PICTURE}" width="200">${FIRST}${SECOND}`,
      '.f { float: left }',
    ],
    [
      'a box that scrolls',
      `<div class="s">${LINES.map((each) => `<p>${each.repeat(5)}</p>`).join('')}</div>`,
      '.s { height: 80px; overflow: auto }',
    ],
    [
      'a box that hides nothing',
      `<div class="o">${FIRST}${SECOND}</div>`,
      '.o { overflow: hidden; position: relative }',
    ],
    ['a large first letter', FIRST + SECOND, '.all-txt p::first-letter { font-size: 40px; float: left }'],
    ['capitals', '<p>The teahouse is open.</p>', '.all-txt p { text-transform: uppercase }'],
    [
      'marks and quotation marks',
      `<ol><li>茶</li><li>水</li></ol><blockquote class="q"><p>慢一点。</p></blockquote>`,
      '.q::before { content: "\\201C" } ol { list-style: cjk-decimal }',
    ],
    ['light text on a dark box', `<div class="d">${FIRST}</div>`, '.d { background: #111; color: #fff }'],
    ['light text on a picture', `<div class="p">${FIRST}</div>`, '.p { background: url("/x.png"); color: #fff }'],
    [
      'a header that stays',
      `${FIRST}<div class="h"></div>${SECOND}`,
      '.h { position: fixed; top: 0; left: 0; right: 0; height: 400px; background: #fff }',
    ],
    [
      'a table',
      `<table><tr><td>一月</td><td>二月</td></tr><tr><td>三</td><td>四</td></tr></table>${FIRST}`,
      'td { padding: 8px }',
    ],
    ['a lazy picture', `${FIRST}<p><img class="lazy" data-original="${PICTURE}"></p>${SECOND}`, '.lazy { opacity: 0 }'],
    [
      'a picture for readers without scripts',
      `${FIRST}<p><noscript><img src="${PICTURE}"></noscript></p>${SECOND}`,
      '',
    ],
    [
      'a picture with its caption below',
      `${FIRST}${SHOWN}<p align="center"><span style="color:#999">河边</span></p>${SECOND}`,
      '',
    ],
    [
      'a picture that is cropped',
      `${FIRST}<div class="crop"><img src="${PICTURE}"></div>${SECOND}`,
      '.crop { width: 300px; height: 200px; overflow: hidden }',
    ],
    [
      'a picture that did not come',
      `${FIRST}<p><img src="https://i.guancha.cn/news/2022/01/28/gone.jpg"></p>${SECOND}`,
      '',
    ],
    [
      'numbers of a counter',
      `<div class="n">${FIRST}${SECOND}</div>`,
      '.n > p { counter-increment: n } .n > p::before { content: counter(n) ". " }',
    ],
    [
      'an element that is only its content',
      `<div class="x">${FIRST}<p><img class="lazy" data-original="${PICTURE}"></p></div>`,
      '.x, .x p { display: contents }',
    ],
    ['vertical text', `<div class="v">${FIRST}${SECOND}</div>`, '.v { writing-mode: vertical-lr; height: 300px }'],
    [
      'bold subheads',
      `${FIRST}<p class="sub"><strong>换茶</strong></p>${SHOWN}${SECOND}`,
      '.sub { text-align: center }',
    ],
    ['an ornament of no words', FIRST + SECOND, '.all-txt p::after { content: "\\25A0 \\e601"; color: red }'],
    ['text moved a little', FIRST + SECOND, '.all-txt p { position: relative; left: 20px; transform: rotate(1deg) }'],
  ] as const
).map(([name, body, css]) => ({ name, body, css, expected: null }));
