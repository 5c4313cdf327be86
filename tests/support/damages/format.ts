/** Damage to the form of documents. */
import { asWindows1252, atEnd, body, type Damage, damage, inFirstText, line, text } from './damage.ts';

export const FORMAT: readonly Damage[] = [
  text('not-utf8', 'a byte that is no UTF-8', (whole) => {
    const bytes = Buffer.from(whole);
    bytes[bytes.length - 60] = 0xff;
    return bytes;
  }),
  text('not-utf8', 'written as UTF-16', (whole) => Buffer.from(`\ufeff${whole}`, 'utf16le')),
  text('byte-order-mark', 'a byte order mark in front', (whole) => `\ufeff${whole}`),
  text('line-ends', 'lines end as on Windows', (whole) => whole.replaceAll('\n', '\r\n')),
  body('line-ends', 'one carriage return in a paragraph', inFirstText('\r')),
  body('control-character', 'a tab in a paragraph', inFirstText('\t')),
  body('control-character', 'a NUL in a paragraph', inFirstText('\0')),
  text('control-character', 'a tab in the front matter', (whole) => whole.replace('author: ', 'author:\t ')),
  text('frame', 'no empty first line', (whole) => whole.slice(1)),
  text('frame', 'a newline at the end, as editors add it', (whole) => `${whole}\n`),
  text('frame', 'trailing spaces taken away', (whole) => whole.replace('<div>   \n', '<div>\n')),
  text('frame', 'no line that ends the fields', (whole) => whole.replace('\n---\n\n<div>', '\n\n<div>')),
  text('frame', 'cut off in the body', (whole) => whole.slice(0, -200)),
  body('frame', 'white space before the body', (html) => `\n${html}`),
  text('field-missing', 'no thumbnail', (whole) => whole.replace(/^thumbnail: .*\n/m, '')),
  text('field-missing', 'no comments', (whole) => whole.replace('comments: false\n', '')),
  text('field-order', 'author before head picture', (whole) =>
    whole.replace(/^(headimg: .*\n)(author: .*\n)/m, '$2$1'),
  ),
  text('field-order', 'a second date', (whole) => whole.replace(/^(date: .*\n)/m, '$1$1')),
  text('field-form', 'comments are open', line('comments', 'comments: true')),
  text('field-form', 'two categories', (whole) => whole.replace(/^ - .*\n/m, '')),
  text('field-form', 'a head picture without quotes', (whole) => whole.replace(/^headimg: '(.*)'$/m, 'headimg: $1')),
  text('field-form', 'a title without quotes', (whole) => whole.replace(/^title: '(.*)'$/m, 'title: $1')),
  text('field-form', 'a field of somebody else', (whole) =>
    whole.replace('comments: false\n', 'comments: false\nlayout: post\n'),
  ),
  text('date-form', 'no date', line('date', 'date: Invalid Date')),
  text('date-form', 'a date as databases write it', line('date', 'date: 2026-10-14 21:22:57')),
  text('date-form', 'a day that no calendar has', line('date', 'date: Thu, 31 Feb 2026 10:00:00 GMT')),
  text('date-form', 'the wrong day of the week', (whole) =>
    whole.replace(/^date: (\w+)/m, (_, day: string) => `date: ${day === 'Mon' ? 'Tue' : 'Mon'}`),
  ),
  damage('yaml-differs', 'an apostrophe in the title, not doubled', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, ({ article }) => {
      article.title = "O'Neill 说";
    });
    archive.changeText(spot, line('title', "title: 'O'Neill 说'"));
    return spot.document;
  }),
  damage('yaml-differs', 'a category that is half a comment', (archive) => {
    const spot = archive.spot();
    archive.changeRecord(spot, (value) => {
      value.source = '头条 # 首页';
    });
    archive.changeText(spot, (whole) => whole.replace(/^ - .*(?=\nheadimg)/m, ' - 头条 # 首页'));
    return spot.document;
  }),
  text('thumbnail-differs', 'another thumbnail', line('thumbnail', "thumbnail: 'https://i.guancha.cn/a.jpg'")),
  text('head-picture', 'head picture and thumbnail of another article', (whole) =>
    whole.replace(/^(headimg|thumbnail): .*$/gm, "$1: 'https://i.guancha.cn/a.jpg'"),
  ),
  text('head-picture', 'no head picture, though the body has one', (whole) =>
    whole.replace(/^(headimg|thumbnail): .*$/gm, "$1: ''"),
  ),
  text('author-differs', 'the writer as author', line('author', 'author: 王文')),
  body('mojibake', 'replacement characters', inFirstText('\ufffd\ufffd')),
  body('mojibake', 'what replacement characters become', inFirstText('锟斤拷')),
  body('mojibake', 'a sentence encoded twice', inFirstText(asWindows1252('中国队今天'))),
  body('mojibake', 'a sentence read as GBK', inFirstText('浠婂ぉ锛屽ぉ姘斿緢濂斤紝鎴戜滑銆傚ソ锛屽ソ銆?')),
  body('bare-brace', 'a template’s braces', inFirstText('{{ 1+1 }}')),
  text('bare-brace', 'a brace in the title', (whole) =>
    whole
      .replace(/^author: (.*)$/m, 'author: $1')
      .replace('&#123;', '{')
      .replace(/<p([^>]*)>(?=[^<])/, '<p$1>}'),
  ),
  body('active-content', 'a script', atEnd('<script>alert(1)</script>')),
  body('active-content', 'a handler', (html) => html.replace('<img ', '<img onerror="alert(1)" ')),
  body('active-content', 'an address that is code', atEnd('<p><a href=" java&#115;cript:alert(1)">看</a>。</p>')),
  body('active-content', 'a frame that brings its own document', atEnd('<iframe srcdoc="&lt;b&gt;"></iframe>')),
  body('active-content', 'a form', atEnd('<form action="https://a.example/"><button>看</button></form>')),
  body('active-content', 'a drawing', atEnd('<svg><animate attributeName="href"></animate></svg>')),
  body('foreign-markup', 'an element of a word processor', atEnd('<o:p></o:p>')),
  body('foreign-markup', 'an attribute of a program', (html) => html.replace('<p', '<p jiandu_id="1"')),
];
