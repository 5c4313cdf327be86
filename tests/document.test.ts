import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { documentDate, makeDocument, readDocument, writeDocument } from '../src/archive/document.ts';
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
        assert.equal(
          String(front?.get('title')).replaceAll('&#123;', '{').replaceAll('&#125;', '}'),
          document.title.replaceAll('&#123;', '{').replaceAll('&#125;', '}'),
        );
      },
    );
    fc.assert(property, { numRuns: 500 });
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
      '<img src="https://www.guancha.cn/a.jpg" alt="" referrerpolicy="no-referrer">',
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
    ['entities stay entities', '<p>a&amp;b&nbsp;&lt;c&gt;</p>', '<p>a&amp;b&nbsp;&lt;c&gt;</p>'],
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
      '<img src="https://i.guancha.cn/l.jpg?a=1&amp;b=2" width="970px" height="374px" referrerpolicy="no-referrer">\n<p>甲</p>',
    );
    assert.equal(made('甲', body).headimg, lead.src);
  });

  it('is a fixed point: rendering it again changes nothing', { skip }, () => {
    const seed = readDocument(readFileSync(join(SAMPLES, 'seed.html'), 'utf8'));
    assert.equal(renderBody(seed.body, { base, lead: null }), seed.body);
    assert.equal(parse(`'${seed.title}'`), seed.title);
  });
});
