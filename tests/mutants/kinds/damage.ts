/** Characters and markup that no writer wrote, in the text of the article. */
import { inBody, kindsOf, type MutantKind, type Original, plain, type Words } from '../kind.ts';

/** Changes the text of some paragraphs. */
function inText(change: (text: string, words: Words) => string, share = 1): MutantKind['make'] {
  return (original, words) =>
    inBody(original, ({ $, prose }) => {
      const chosen = prose.filter(() => share === 1 || words.random.chance(share));
      let changed = false;
      for (const p of chosen.length === 0 ? prose.slice(0, 1) : chosen) {
        const now = change($(p).text(), words);
        changed ||= plain(now) !== plain($(p).text());
        $(p).text(now);
      }
      return changed;
    });
}

/** Puts one line between two paragraphs. */
function line(write: (words: Words, original: Original) => string): MutantKind['make'] {
  return (original, words) =>
    inBody(original, ({ $, prose }) => {
      if (prose.length < 3) return false;
      $(words.pick(prose.slice(0, -1))).after(`<p>${write(words, original)}</p>`);
      return true;
    });
}

const HAN = /(?<=\p{Script=Han})\p{Script=Han}(?=\p{Script=Han})/gu;

function replaceSome(text: string, { random }: Words, how: (character: string) => string): string {
  let count = 0;
  return text.replace(HAN, (character) => (random.chance(0.06) && count++ < 5 ? how(character) : character));
}

export const DAMAGE: readonly MutantKind[] = kindsOf('B', {
  'blanks as a name of a character': inText(
    (text, { pick }) => pick(['&nbsp;&nbsp;', '&emsp;', '&#160;', '&ensp;']) + text,
    0.6,
  ),
  'quotation marks as names of characters': inText(
    (text, { pick }) =>
      text.includes('“')
        ? text.replaceAll('“', pick(['&ldquo;', '&#8220;', '&quot;'])).replaceAll('”', '&rdquo;')
        : `&ldquo;${text}&rdquo;`,
    0.4,
  ),
  'tags as text': inText(
    (text, { pick }) =>
      pick([
        `<p>${text}</p>`,
        `${text}<br/>`,
        `<strong>${text}</strong>`,
        `<span style="color:red">${text}`,
        `<!-- ${text} -->`,
        `</div>${text}`,
      ]),
    0.4,
  ),
  'question marks between characters': inText((text, words) => replaceSome(text, words, () => '?')),
  'marks of replacement': inText((text, words) => replaceSome(text, words, () => '\ufffd'), 0.4),
  'squares between characters': inText(
    (text, words) => replaceSome(text, words, () => words.pick(['□', '■', '▯', '\ue123', '〓'])),
    0.6,
  ),
  'numbers of characters as text': inText((text, words) =>
    replaceSome(text, words, (character) =>
      words.pick([
        `\\u${character.charCodeAt(0).toString(16)}`,
        `&#${character.charCodeAt(0)};`,
        `&#x${character.charCodeAt(0).toString(16)};`,
      ]),
    ),
  ),
  'percent signs for characters': inText((text) => encodeURIComponent(text.slice(0, 8)) + text.slice(8), 0.3),
  'UTF-8 read as Latin-1 in a paragraph': inText((text) => Buffer.from(text).toString('latin1'), 0.3),
  'UTF-8 read as GBK in a paragraph': inText((text) => new TextDecoder('gbk').decode(Buffer.from(text)), 0.3),
  'GBK read as UTF-8': inText((text) => '锟斤拷'.repeat(Math.ceil(text.length / 4)), 0.3),
  'line breaks of a string': inText(
    (text, { pick }) => text.replaceAll('。', pick(['。\\n', '。\\r\\n', '。\\t', '。\\/'])),
    0.4,
  ),
  'quotes of a string': inText(
    (text, { pick }) => pick([`"${text.replaceAll('“', '\\"')}",`, `\\"${text}\\"`, `'${text}' +`]),
    0.4,
  ),
  'forum marks': inText(
    (text, { pick }) =>
      pick([
        `[b]${text}[/b]`,
        `[url=http://a.example]${text}[/url]`,
        `[img]http://i.example/1.jpg[/img]${text}`,
        `[quote]${text}[/quote]`,
      ]),
    0.4,
  ),
  'marks of a plain text': inText(
    (text, { pick }) =>
      pick([
        `**${text}**`,
        `## ${text}`,
        `![图](http://i.example/1.jpg)${text}`,
        `> ${text}`,
        `[${text}](http://a.example)`,
      ]),
    0.4,
  ),
  'marks of a template': line(({ pick, name }) =>
    pick(
      [
        '{{content}}',
        ['$', '{item.text}'].join(''),
        '{% include "ad.html" %}',
        '<%= body %>',
        '#if($x)#end',
        '{{#each list}}',
        `@{${name()}}`,
      ].map((text) => text.replaceAll('<', '&lt;')),
    ),
  ),
  'code of a script as text': line(({ pick, random }) =>
    pick(
      [
        `var _p${random.int(1, 99)} = document.getElementById('c');`,
        'function(){return this.x&&this.y;}',
        '$(".box").hide();',
        'window.__DATA__={"id":1};',
        '(function(i,s,o){})();',
        'console.log("ok");',
      ].map((text) => text.replaceAll('<', '&lt;')),
    ),
  ),
  'code of a style sheet as text': line(({ pick }) =>
    pick([
      '.p1{color:red;font-size:14px}',
      '@media screen and (max-width:600px){.a{display:none}}',
      'p{margin:0;padding:0}',
      '/* 正文样式 */ .txt{line-height:1.8}',
      '<!--[if gte mso 9]>'.replace('<', '&lt;'),
    ]),
  ),
  'data as text': line(({ pick, random, name }) =>
    pick([
      `{"id":${random.int(1, 999)},"title":"${name()}"}`,
      '[object Object]',
      'undefined',
      'null',
      'NaN',
      `a:2:{s:2:"id";i:${random.int(1, 99)};}`,
      'data:image/png;base64,iVBORw0KGgo=',
    ]),
  ),
  'a message of the server': line(({ pick, random }) =>
    pick([
      `Warning: mysql_connect() in /data/www/a.php on line ${random.int(1, 400)}`,
      'Fatal error: Allowed memory size exhausted',
      'Notice: Undefined index: content',
      'java.lang.NullPointerException',
      'Traceback (most recent call last):',
      '502 Bad Gateway',
      'ORA-00942: table or view does not exist',
    ]),
  ),
  'a mark for something to be put in': line(({ pick }) =>
    pick([
      '（此处插图）',
      '[图片]',
      '[视频]',
      '【待补】',
      '【待核实】',
      '（图片来不及上传）',
      '[表情]',
      '{图1}',
      '（此处有超链接）',
      'TODO',
      'xxxx',
      '【插入广告】',
    ]),
  ),
  'an address hidden from collectors': inText(
    (text) => `${text}联系 [email protected]。`.replace('[email protected]', '[email\u00a0protected]'),
    0.3,
  ),
  'filler text': line(({ pick }) =>
    pick([
      'Lorem ipsum dolor sit amet, consectetur adipiscing elit.',
      '测试测试测试',
      'test',
      'asdfasdf',
      '1111111',
      '这是一段测试文字',
      '标题标题标题标题',
    ]),
  ),
  'a paragraph in another script': line(({ pick, random }) =>
    pick([
      random.hex(60),
      'QWxsIHRoZSB3b3JsZCBpcyBhIHN0YWdlLCBhbmQgYWxsIHRoZSBtZW4=',
      '¤À¤é¥Ø¤Î¥¿¥¤¥È¥ë',
      'ÖÐ¹úÈËÃñ',
      '中文.中文.中文'.replaceAll('中文', '涓枃'),
    ]),
  ),
  'one character over and over': line(({ pick }) => pick(['啊', '?', '*', '口', '#', 'x', '。']).repeat(60)),
  'an attribute that swallows text': (original, words) => {
    const places = [...original.body.matchAll(/<p[^<>]*>/g)];
    const place = places.length < 3 ? undefined : words.pick(places.slice(1, -1));
    if (place === undefined) return null;
    const body = `${original.body.slice(0, place.index)}<p style="color:#333>${original.body.slice(place.index + place[0].length)}`;
    return { html: original.head + body + original.tail };
  },
  'a comment that does not close': (original, words) => {
    const places = [...original.body.matchAll(/<p[^<>]*>/g)];
    const place = places.length < 3 ? undefined : words.pick(places.slice(1, -1));
    if (place === undefined) return null;
    return {
      html: `${original.head}${original.body.slice(0, place.index)}<!-- ${original.body.slice(place.index)}${original.tail}`,
    };
  },
  'an element that swallows the rest': (original, words) => {
    const places = [...original.body.matchAll(/<p[^<>]*>/g)];
    const place = places.length < 3 ? undefined : words.pick(places.slice(1, -1));
    const tag = words.pick([
      '<script>',
      '<style>',
      '<textarea>',
      '<title>',
      '<noscript>',
      '<template>',
      '<select>',
      '<xmp>',
      '<plaintext>',
      '<iframe>',
    ]);
    if (place === undefined) return null;
    return {
      html: `${original.head}${original.body.slice(0, place.index)}${tag}${original.body.slice(place.index)}${original.tail}`,
    };
  },
  'a stray end tag in the body': (original, words) => {
    const places = [...original.body.matchAll(/<\/p>/g)].map(({ index }) => index + 4);
    if (places.length < 2) return null;
    const at = words.pick(places);
    return {
      html: `${original.head}${original.body.slice(0, at)}${words.pick(['</div>', '</div></li>', '</li>', '</ul>'])}${original.body.slice(at)}${original.tail}`,
    };
  },
  'bytes damaged': (original, { random }) => {
    const bytes = Buffer.from(original.html);
    const from = Buffer.byteLength(original.head);
    for (let i = 0; i < 40; i++)
      bytes[random.int(from, from + Buffer.byteLength(original.body) - 1)] = random.int(0x80, 0xff);
    return { html: original.html, body: bytes };
  },
  'UTF-8 read as Latin-1 and written again': ({ html }) => ({
    html,
    body: Buffer.from(Buffer.from(html).toString('latin1')),
  }),
  'cut at any byte': ({ html }, { random }) => {
    const bytes = Buffer.from(html);
    return { html, body: bytes.subarray(0, random.int(0, Math.max(0, bytes.length - 20))) };
  },
  'cut inside the article': ({ head, body, html }, { random }) => ({
    html: html.slice(0, random.int(head.length, head.length + body.length)),
  }),
  'cut inside the article, and closed': ({ head, body, html }, { random }) => ({
    html: `${html.slice(0, random.int(head.length + 200, head.length + body.length))}</p></div></body></html>`,
  }),
});
