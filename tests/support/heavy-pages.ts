/** Pages made to be slow or large to read: each kind of any size, by what costs more than it looks. */
import { classicPage, fengwenPage, mobilePage, type Pieces } from './article-page.ts';

export interface HeavyPage {
  readonly name: string;
  /** A page of about so many bytes. */
  readonly make: (bytes: number) => string;
}

/** A piece of markup so often that it comes to so many bytes; a function gets the number of each. */
function fill(bytes: number, piece: string | ((number: number) => string)): string {
  if (typeof piece === 'string') return piece.repeat(Math.ceil(bytes / Buffer.byteLength(piece)));
  const pieces: string[] = [];
  for (let size = 0, number = 0; size < bytes; number++) {
    const next = piece(number);
    pieces.push(next);
    size += Buffer.byteLength(next);
  }
  return pieces.join('');
}

const classic = (name: string, pieces: (bytes: number) => Pieces): HeavyPage => ({
  name,
  make: (bytes) => classicPage(pieces(bytes)),
});

/** In the body of an article: the markup, after a paragraph of text. */
const body = (name: string, markup: (bytes: number) => string): HeavyPage =>
  classic(name, (bytes) => ({ body: `<p>茶馆今天照常开门。</p>${markup(bytes)}` }));

/** On a page that is no article: all that can stand in its place is looked for. */
const other = (name: string, markup: (bytes: number) => string): HeavyPage => ({
  name,
  make: (bytes) => `<!DOCTYPE html><html><head><title>茶</title></head><body>${markup(bytes)}</body></html>`,
});

const half = (bytes: number, first: string, then: string) => fill(bytes / 2, first) + fill(bytes / 2, then);

export const HEAVY_PAGES: readonly HeavyPage[] = [
  // What a parser makes more of than stands there.
  body(
    'formatting elements, each with an attribute of its own, before many paragraphs',
    (bytes) => `<p>${fill(bytes / 2, (number) => `<font size=${number}>`)}${fill(bytes / 2, '<p>茶')}`,
  ),
  body('formatting elements that are closed in another order', (bytes) =>
    fill(bytes, (number) => `<b class=${number}><p>茶</b>`),
  ),
  body('links in one another', (bytes) => fill(bytes, (number) => `<a href=/${number}><div>`)),
  body('markup in a table where none may stand', (bytes) => `<table>${fill(bytes, '<b>茶<tr>')}`),
  body('end tags that open an element', (bytes) => fill(bytes, '</p></br>')),
  // Depth.
  body('elements in one another', (bytes) => fill(bytes, '<div>')),
  body('elements in one another, then as many texts', (bytes) => half(bytes, '<x>', '茶<br>')),
  body('tables in one another', (bytes) => fill(bytes, '<table><tr><td>')),
  body('elements of SVG in one another', (bytes) => `<svg>${fill(bytes, '<g>')}`),
  body('lists in one another', (bytes) => fill(bytes, '<ul><li>茶')),
  // Breadth.
  body('paragraphs', (bytes) => fill(bytes, '<p>茶</p>')),
  body('texts between paragraphs', (bytes) => fill(bytes, '<p>茶</p>馆')),
  body('unknown elements', (bytes) => fill(bytes, '<x>茶</x>')),
  body('scripts', (bytes) => fill(bytes, '<script>1</script>')),
  body('comments', (bytes) => fill(bytes, '<!--茶-->')),
  body('links to articles', (bytes) => fill(bytes, '<p><a href="/a/2020_01_01_5.shtml">茶</a></p>')),
  body('page anchors', (bytes) => fill(bytes, (number) => `<a id="page_${number}"></a>`)),
  // Attributes.
  body('attributes of one element', (bytes) => `<p ${fill(bytes, (number) => `a${number}=1 `)}>茶</p>`),
  body('attributes of the same name', (bytes) => `<p ${fill(bytes, 'a=1 ')}>茶</p>`),
  body('one long attribute', (bytes) => `<img alt="${fill(bytes, 'a.png ')}" src="/a.png">`),
  body('second elements of the whole page, with attributes', (bytes) => fill(bytes, (number) => `<body a${number}=1>`)),
  body('class names of one element', (bytes) => `<div class="${fill(bytes, (number) => `c${number} `)}">茶</div>`),
  // Pictures and their captions.
  body('pictures', (bytes) => fill(bytes, (number) => `<img src="/${number}.png">`)),
  body(
    'pictures in one paragraph',
    (bytes) => `<p align=center>${fill(bytes, (number) => `<img src="/${number}.png">`)}茶</p>`,
  ),
  body('pictures without an address', (bytes) => fill(bytes, '<img>')),
  body('pictures with texts between, no line broken', (bytes) => fill(bytes, '<img src="/a.png"><span>茶</span>')),
  body('pictures before white space', (bytes) => `<p><img src="/a.png"></p><p align=center>${fill(bytes, ' ')}</p>`),
  body(
    'pictures in centred paragraphs of many parts',
    (bytes) => `${fill(bytes / 2, '<center>')}${fill(bytes / 2, '<img src="/a.png">')}`,
  ),
  // What is read by expressions.
  body('a byline of many names', (bytes) => `<p>【文/${fill(bytes, '甲乙、')}】</p>`),
  body('a byline of many names without a sign between', (bytes) => `<p>【文/${fill(bytes, '甲乙 ')}】</p>`),
  body('a byline of many roles', (bytes) => `<p>【文/${fill(bytes, '甲乙 译/')}】</p>`),
  body('a byline of roles alone', (bytes) => `<p>【${fill(bytes, '文、')}】</p>`),
  body('a byline of one long word', (bytes) => `<p>【文/${fill(bytes, '观察者网专栏作者')}】</p>`),
  body('a byline of letters', (bytes) => `<p>【文/${fill(bytes, 'a·b ')}】</p>`),
  body('brackets that are not closed', (bytes) => `<p>${fill(bytes, '（文/')}</p>`),
  body('one line', (bytes) => fill(bytes, '茶馆今天照常开门，')),
  body('white space', (bytes) => `<p>茶${fill(bytes, ' \n')}馆</p>`),
  body('white space of the wide kind', (bytes) => `<p>${fill(bytes, '　')}</p>`),
  body('characters of several names', (bytes) =>
    fill(bytes, '&amp;&#8203;&nbsp;&#x4e00;&CounterClockwiseContourIntegral;'),
  ),
  body('characters that nobody sees', (bytes) => fill(bytes, '\u200b\u0000\u0001')),
  classic('share settings that have no end', (bytes) => ({ head: `<script>${fill(bytes, "bdPic:'")}</script>` })),
  classic('data for search engines', (bytes) => ({
    head: `<script type="application/ld+json">{"@id":${fill(bytes, '"@id" : ')}</script>`,
  })),
  classic('data for search engines in one another', (bytes) => ({
    head: `<script type="application/ld+json">{"images":${fill(bytes, '[')}</script>`,
  })),
  classic('a headline of white space and the name of the site', (bytes) => ({ title: `茶${fill(bytes, ' - ')}` })),
  classic('a headline of writers', (bytes) => ({ title: fill(bytes, '甲：') })),
  classic('times', (bytes) => ({
    times: `<div class="time fix">${fill(bytes, '<span>2022-01-28 10:30:43</span>')}</div>`,
  })),
  classic('a time of spaces', (bytes) => ({
    times: `<div class="time fix"><span>2022-01-28${fill(bytes, ' ')}1</span></div>`,
  })),
  classic('writers', (bytes) => ({
    people: `<ul class="author">${fill(bytes, '<li class="author-intro"><p><a href="/b">甲</a><span>乙</span></p></li>')}</ul>`,
  })),
  classic('keywords', (bytes) => ({ foot: `<div class="key-word">${fill(bytes, '<a href="/k">茶</a>')}</div>` })),
  classic('editors', (bytes) => ({
    foot: `<ul class="article-other"><li>责任编辑：${fill(bytes, '甲 、')}</li></ul>`,
  })),
  classic('blocks that no rule knows', (bytes) => ({ foot: fill(bytes, '<div class="x">茶</div>') })),
  classic('numbers of pages', (bytes) => ({
    foot: `<div id="select_page">${fill(bytes, (number) => `<a href="2022_01_28_900_${number % 1000}.shtml">`)}</div>`,
  })),
  classic('handlers of page numbers', (bytes) => ({
    foot: `<div id="select_page"><option onclick="${fill(bytes, 'location.href = ')}"></div>`,
  })),
  classic('what follows the end', (bytes) => ({ foot: '', body: `<p>茶</p>${fill(bytes, '</html><!--')}` })),
  {
    name: 'columns of articles',
    make: (bytes) =>
      `<html><body>${fill(bytes, '<li class="left-main"><h3>茶</h3><div class="all-txt">茶</div></li>')}</body></html>`,
  },
  {
    name: 'columns in one another',
    make: (bytes) =>
      `<html><body>${fill(bytes, '<li class="left-main"><h3>茶</h3><div class="all-txt">茶')}</body></html>`,
  },
  {
    name: 'sections of a mobile page',
    make: (bytes) => mobilePage({ body: fill(bytes, '<section><p>茶</p></section>') }),
  },
  {
    name: 'a post of many parts',
    make: (bytes) => fengwenPage({ body: fill(bytes, '<div class="user-main"><h4><a>茶</a></h4></div>') }),
  },
  {
    name: 'a post with page numbers in one another',
    make: (bytes) => fengwenPage({ foot: fill(bytes, '<ul class="pagination article-content"><li>') }),
  },
  other('a jump and white space', (bytes) => `<script>location${fill(bytes, ' ')}</script>`),
  other('jumps without an end', (bytes) => `<script>${fill(bytes, 'location="')}</script>`),
  other('jumps of both quotes', (bytes) => `<script>${fill(bytes, `location="location='`)}</script>`),
  other('jumps to nowhere', (bytes) => `<script>${fill(bytes, 'location="a"     ')}</script>`),
  other(
    'a refresh of spaces',
    (bytes) => `<meta http-equiv=refresh content="${fill(bytes, 'url=')}${fill(bytes, ' ')}">`,
  ),
  other('cookies that are set', (bytes) => `<script>${fill(bytes, 'document.cookie=')}</script>`),
  other(
    'cookies that are set, and white space',
    (bytes) => `<script>${'document.cookie=1;'.repeat(100)}location.reload${fill(bytes, ' ')}</script>`,
  ),
  other('letters of an index of authors', (bytes) => half(bytes, '<dt', '<dt>    ')),
  other('letters and white space', (bytes) => `${'<dt'.repeat(60)}>${fill(bytes, ' ')}`),
  other('addresses of articles', (bytes) => fill(bytes, '2022_01_28_1')),
  other('digits', (bytes) => fill(bytes, '1')),
  other('elements', (bytes) => fill(bytes, '<i></i>')),
];

/** Lists made to be slow or large to read. */
export const HEAVY_LISTS: readonly HeavyPage[] = [
  other(
    'rows of a list',
    (bytes) =>
      `<ul class="new-left-list">${fill(bytes, (number) => `<li><h4><a href="/a/2022_01_28_${number + 1}.shtml">茶</a></h4><p>馆</p></li>`)}</ul>`,
  ),
  other(
    'links of one article in a list',
    (bytes) =>
      `<ul class="new-left-list"><li>${fill(bytes, (number) => `<h4><a href="/a/2022_01_28_${number + 1}.shtml">茶</a></h4>`)}</li></ul>`,
  ),
  other('rows in one another', (bytes) =>
    fill(
      bytes,
      (number) => `<ul class="new-left-list"><li><h4><a href="/a/2022_01_28_${number + 1}.shtml">茶</a></h4>`,
    ),
  ),
  other('headlines in one another', (bytes) =>
    fill(
      bytes,
      (number) => `<ul class="headline-list"><li><h3><a href="/a/2022_01_28_${number + 1}.shtml">茶</a></h3>`,
    ),
  ),
  other(
    'rows of picked articles',
    (bytes) =>
      `<div class="tsp-list1">${fill(bytes, (number) => `<a class="tsp-list1-title" href="/a/2022_01_28_${number + 1}.shtml">茶</a><img class="tsp-list1-pic">`)}</div>`,
  ),
  other(
    'links of the home page',
    (bytes) =>
      `<ul class="img-List"></ul><ul class="writer-list">${fill(bytes, (number) => `<a href="/a${number}">茶</a>`)}</ul>`,
  ),
  other('pictures of authors', (bytes) =>
    fill(bytes, (number) => `<a href="/a${number}"><img src="/authors/1.png"></a>`),
  ),
  other(
    'white space in a list',
    (bytes) =>
      `<ul class="new-left-list"><li><h4><a href="/a/2022_01_28_1.shtml">茶${fill(bytes, ' ')}</a></h4></li></ul>`,
  ),
  {
    name: 'rows of JSON',
    make: (bytes) =>
      `{"items":[${fill(bytes, (number) => `{"TITLE":"茶","HTTP_URL":"/a/2022_01_28_${number + 1}.shtml"},`)}{"TITLE":"茶","HTTP_URL":"/a/2022_01_28_1.shtml"}]}`,
  },
  { name: 'JSON in one another', make: (bytes) => `{"items":${fill(bytes / 2, '[')}${fill(bytes / 2, ']')}}` },
  {
    name: 'HTML in JSON',
    make: (bytes) =>
      JSON.stringify({
        html: fill(
          bytes,
          '<ul class="home"><li class="list-item"><h4><a href="/main/content?id=1">茶</a></h4></li></ul>',
        ),
      }),
  },
  { name: 'white space before JSON', make: (bytes) => `${fill(bytes, ' ')}[` },
];
