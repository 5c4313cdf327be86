import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse as hexo } from 'hexo-front-matter';
import { parse, parseAllDocuments } from 'yaml';
import {
  documentDate,
  makeDocument,
  readDocument,
  restoreFront,
  titleText,
  writeDocument,
} from '../src/archive/document.ts';
import { renderBody } from '../src/archive/document-body.ts';

const SAMPLES = join(import.meta.dirname, '../../shared/samples/documents');
const skip = existsSync(SAMPLES) ? false : 'the sample documents are not beside this checkout (../shared)';
const base = 'https://www.guancha.cn/politics/2022_01_28_623950.shtml';
const made = (title: string, body: string) =>
  makeDocument({
    title,
    categories: ['新媒体', '观察者网', '头条'],
    author: '观察者网',
    publishedAt: '2022-01-28T10:30:43+08:00',
    convention: 'site-clock',
    body,
  });

/** What means something to a template engine, to YAML or to a parser. */
const LOADED = ['{{ 1 + 1 }}', '{% raw %}', '{#', '%}', "'", '\\', '&lt;', '<!--', '甲', '```', '\n~~~\n', ': ', ' #'];

describe('the frame', () => {
  it('is written byte for byte', () => {
    const text = writeDocument(made('茶山的雨', '<p>一</p>\n'));
    assert.equal(
      text,
      "\n---\ntitle: '茶山的雨'\ncategories: \n - 新媒体\n - 观察者网\n - 头条\nheadimg: ''\nauthor: 观察者网\ncomments: false\n" +
        "date: Fri, 28 Jan 2022 10:30:43 GMT\nthumbnail: ''\n---\n\n<div>   \n<p>一</p>\n  \n</div>\n            ",
    );
  });

  it('is read and written again to the same bytes, for the seed and every sibling', { skip }, () => {
    const names = readdirSync(SAMPLES).filter((name) => name.endsWith('.html'));
    assert.equal(names.length, 44);
    for (const name of names) {
      const text = readFileSync(join(SAMPLES, name), 'utf8');
      assert.equal(writeDocument(readDocument(text)), text, name);
    }
  });

  it('holds any title and body: write, read, write gives the same bytes, and YAML reads the same title', () => {
    const titles = [
      "a'b",
      'a"b',
      `a'b"c`,
      'a: b',
      '#a#',
      '{a}',
      '🎉',
      '- x',
      '%y',
      "''",
      '\\',
      '{{ 1+1 }}{% x %}',
      '&#123;',
    ];
    const property = fc.property(
      fc.oneof(fc.constantFrom(...titles), fc.string({ unit: 'grapheme' })),
      fc.string({ unit: 'grapheme' }),
      (title, body) => {
        const document = made(title, renderBody(body, { base, lead: null }));
        const text = writeDocument(document);
        assert.equal(writeDocument(readDocument(text)), text);
        assert.ok(!/[{}]/.test(text), 'a brace is left');
        const [front] = parseAllDocuments(text);
        assert.equal(restoreFront(String(front?.get('title'))), document.title);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('comes back as it was given, whatever is in it, and YAML and Hexo read the same', () => {
    const odd = [
      ...LOADED,
      '24小时',
      '2022-01-01',
      '12:30',
      '1_000',
      'null',
      'Yes',
      '~',
      "'",
      '"x"',
      "'x'",
      ' 甲 ',
      '<<',
      '=',
      '- x',
      '? x',
      '&a',
      '*a',
      '!!x',
      '| x',
      '> x',
      '[a]',
      '{a}',
      '甲 # 乙',
      '甲: 乙',
      '甲:',
      '@a',
      '`a',
      '%a',
      '---',
      '...',
      '&#123;',
      '&amp;#123;',
      '\u0085',
      '\u2028',
      '\ufeff',
      '\u0000',
      '\u009b',
      '\ufffe',
      '\ud800',
      '\t',
      '— 周报',
    ];
    const word = fc.oneof(fc.constantFrom(...odd), fc.string({ unit: 'binary', maxLength: 6 }));
    const words = fc.array(word, { maxLength: 3 }).map((all) => all.join(''));
    const name = words.map((text) => titleText(text)).filter((text) => text !== '');
    fc.assert(
      fc.property(words, fc.tuple(name, name, name), name, words, (title, categories, author, html) => {
        const document = { ...made(title, renderBody(html, { base, lead: null })), categories, author };
        const text = writeDocument(document);
        assert.deepEqual(readDocument(text), document);
        assert.deepEqual(readDocument(Buffer.from(text).toString()), document, 'on disk it is another');
        assert.ok(!/[{}]/.test(text), 'a brace is left');
        const restored = (value: unknown) => restoreFront(String(value));
        for (const front of [hexo(text), parseAllDocuments(text)[0]?.toJS() as Record<string, unknown>]) {
          assert.equal(restored(front.title), document.title);
          assert.deepEqual((front.categories as unknown[]).map(restored), categories);
          assert.equal(restored(front.author), author);
          assert.equal(front.headimg, '');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('leaves plain what every reader takes as it is, and puts the rest in quotes', () => {
    const author = (name: string) => /^author: (.*)$/m.exec(writeDocument({ ...made('甲', ''), author: name }))?.[1];
    for (const name of ['观察者网', '24小时', '— 周报', '甲 & 乙', 'C少闲话']) assert.equal(author(name), name);
    for (const name of ['12:30', 'yes', 'null', '2022-01-01', '甲 # 乙', '- 甲', '1_000', '[甲]'])
      assert.equal(author(name), `'${name}'`);
  });

  it('leaves no line that Hexo takes for a fence of code', () => {
    const fence =
      /^((?:(?:[^\S\r\n]*>){0,3}|[-*+]|[0-9]+\.)[^\S\r\n]*)(`{3,}|~{3,})[^\S\r\n]*((?:.*?[^`\s])?)[^\S\r\n]*\n((?:[\s\S]*?\n)?)(?:(?:[^\S\r\n]*>){0,3}[^\S\r\n]*)\2[^\S\r\n]?(\n+|$)/gm;
    for (const mark of ['```', '~~~', '````'])
      for (const before of ['', '  ', '> ', '>>', '- ', '12. ', '\u2028', '\u00a0']) {
        const body = renderBody(`<pre>甲\n${before}${mark}js\n乙\n${before}${mark}\n丙</pre>`, { base, lead: null });
        const text = writeDocument(made('甲', body));
        assert.equal(text.replace(fence, '').length, text.length, JSON.stringify([mark, before]));
        assert.equal(readDocument(text).body, body);
      }
  });

  it('is refused where it would be read as something else', () => {
    for (const wrong of [
      { headimg: 'data:image/png;base64,AA' },
      { headimg: "https://a/'\nlayout: x" },
      { author: '甲\n乙' },
      { date: '甲: 乙' },
      { title: '甲\n---\n乙' },
      { title: '\u0001' },
    ])
      assert.throws(() => writeDocument({ ...made('甲', '<p>乙</p>'), ...wrong }), { code: 'DOCUMENT_REFUSED' });
  });

  it('refuses what is no document', () => {
    for (const text of ['', '<html></html>', writeDocument(made('a', 'b')).trim()])
      assert.throws(() => readDocument(text), /ARCHIVE_DAMAGED|frame/);
  });
});

describe('the date', () => {
  it('gives the site clock under the label GMT, or the true instant, in every time zone', () => {
    const zone = process.env.TZ;
    try {
      for (const tz of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
        process.env.TZ = tz;
        assert.equal(documentDate('2021-07-12T07:17:14+08:00', 'site-clock'), 'Mon, 12 Jul 2021 07:17:14 GMT');
        assert.equal(documentDate('2021-07-12T07:17:14+08:00', 'utc'), 'Sun, 11 Jul 2021 23:17:14 GMT');
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});

describe('the body', () => {
  const cases: readonly [name: string, html: string, expected: string][] = [
    ['tabs are deleted', '<p>\n\t甲\n</p>', '<p>\n甲\n</p>'],
    ['leading white space is dropped, trailing is kept', '\n\t <p>甲</p>\n\n', '<p>甲</p>\n\n'],
    ['scripts go', '<p>甲</p><script>x()</script>', '<p>甲</p>'],
    ['addresses become absolute', '<a href="../WangXiao">甲</a>', '<a href="https://www.guancha.cn/WangXiao">甲</a>'],
    [
      'referrerpolicy comes last',
      '<img referrerpolicy="x" src="/a.jpg" alt="">',
      '<img src="https://www.guancha.cn/a.jpg" alt referrerpolicy="no-referrer">',
    ],
    [
      'a lazy picture gets its address',
      '<img data-original="https://i.guancha.cn/a.jpg">',
      '<img data-original="https://i.guancha.cn/a.jpg" src="https://i.guancha.cn/a.jpg" referrerpolicy="no-referrer">',
    ],
    [
      'an apostrophe in an address is encoded',
      `<img src="/a'b.jpg">`,
      '<img src="https://www.guancha.cn/a%27b.jpg" referrerpolicy="no-referrer">',
    ],
    ['handlers go', '<p onclick="x()" onmouseover="y()">甲</p>', '<p>甲</p>'],
    [
      'code addresses go',
      '<a href=" java\u0000script:x()">甲</a><a href="JavaScript:x()">乙</a>',
      '<a href="https://www.guancha.cn/politics/java%EF%BF%BDscript:x()">甲</a><a>乙</a>',
    ],
    ['what is escaped stays a text', '<p>a&amp;b&nbsp;&lt;c&gt;</p>', '<p>a&b\u00a0&lt;c></p>'],
    [
      'what is empty stays',
      '<p></p><br><p style="text-align:center;"><strong>甲</strong></p>',
      '<p></p><br><p style="text-align:center;"><strong>甲</strong></p>',
    ],
  ];
  for (const [name, html, expected] of cases)
    it(name, () => assert.equal(renderBody(html, { base, lead: null }), expected));

  it('puts a headline picture first', () => {
    const lead = { src: 'https://i.guancha.cn/l.jpg?a=1&b=2', width: '970px', height: '374px' };
    const body = renderBody('\n<p>甲</p>', { base, lead });
    assert.equal(
      body,
      '<img src="https://i.guancha.cn/l.jpg?a=1&b=2" width="970px" height="374px" referrerpolicy="no-referrer">\n<p>甲</p>',
    );
    assert.equal(made('甲', body).headimg, lead.src);
  });

  it('is a fixed point: rendering it again changes nothing', { skip }, () => {
    const seed = readDocument(readFileSync(join(SAMPLES, 'seed.html'), 'utf8'));
    assert.equal(renderBody(seed.body, { base, lead: null }), seed.body);
    assert.equal(parse(`'${seed.title}'`), seed.title);
  });
});
