/** Where a line is broken: within the width, between words, and never within what somebody copies. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { widthOf } from '../src/report/width.ts';
import { wrap, wrapped } from '../src/report/wrap.ts';

/** Never broken, whatever the width. */
const WHOLE = [
  'guancha:904308',
  'https://www.guancha.cn/politics/2022_01_28_623950_s.shtml?s=1#a',
  './demo-archive/2026-11-27T13-00-00/articles/2022/01/2022_01_28_623950.html',
  '/home/我/档案/articles',
  "'/home/me/an archive/x.yaml'",
  'guancha-archive repair --only picture-gone --config ./crawl.config.yaml',
  'node bin/guancha-archive serve --open',
  '`npm run demo`',
  '--accept-changed',
  'ROBOTS_UNREACHABLE',
  'f'.repeat(64),
];
const WORDS = [
  'is',
  'left',
  'alone',
  '2026-11-27',
  '13:40',
  '(观察者网)',
  '“引用”',
  'naïve',
  '✓',
  '→',
  '12',
  'é',
  '👩‍👩‍👧',
];
const CHINESE = ['北京，上海。', '「他说：好！」', '《报告》第一（下）', '长'.repeat(30), '中文abc中文'];
const GAPS = [' ', ' ', ' ', '  ', '   '];

const line = fc
  .array(fc.tuple(fc.constantFrom(...WHOLE, ...WORDS, ...CHINESE), fc.constantFrom(...GAPS)), {
    minLength: 1,
    maxLength: 14,
  })
  .chain((parts) => fc.constantFrom('', '  ', '✓ ', '    → ').map((head) => head + parts.flat().join('').trimEnd()));
const columns = fc.oneof(fc.constantFrom(20, 40, 80, 160), fc.integer({ min: 1, max: 200 }));

describe('a wrapped line', () => {
  it('says the same, in lines that fit or hold nothing that can be broken', () => {
    fc.assert(
      fc.property(line, columns, (text, width) => {
        const lines = wrapped(text, width);
        assert.equal(lines.join('').replace(/\s/g, ''), text.replace(/\s/g, ''));
        for (const each of lines) {
          const isAlone = wrap(each.trim().replace(/^[→✓] +/, ''), 1).length === 1;
          assert.ok(stringWidth(each) <= width || isAlone, `${width}: ${each}`);
          assert.doesNotMatch(each, /\s$/);
        }
        for (const [i, each] of lines.slice(1).entries()) {
          assert.match(each, /^ *[^\s，。：！」》）”]/, `${i}: begins with what begins no line: ${each}`);
          assert.doesNotMatch(lines[i] ?? '', /[（「《“]$/, 'ends with what ends no line');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps an id, an address, a path and a command whole at every width', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...WHOLE),
        fc.constantFrom(...CHINESE, 'go on, then'),
        columns,
        (whole, other, width) => {
          for (const text of [
            `${other} ${whole}`,
            `${whole}, ${other}`,
            `(${whole}) ${other}`,
            `  → ${whole}; ${other}`,
          ])
            assert.equal(wrapped(text, width).filter((each) => each.includes(whole)).length, 1, text);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is broken between the columns of a row, where the next one fits on a line', () => {
    const row = '2022-01-28 12:00  guancha:904308  观察者网  一个标题，长得放不下这一行的其余部分';
    assert.deepEqual(wrapped(row, 76), [
      '2022-01-28 12:00  guancha:904308  观察者网',
      '  一个标题，长得放不下这一行的其余部分',
    ]);
    assert.deepEqual(wrapped('✓ archived    one  two', 14), ['✓ archived', '  one  two']);
  });

  it('is one line where nothing limits it', () => {
    const text = 'word '.repeat(1000);
    assert.deepEqual(wrapped(text, Number.POSITIVE_INFINITY), [text]);
  });
});

describe('the width of a text', () => {
  it('is what the library says it is', () => {
    for (let code = 0x20; code < 0x2_0000; code += code < 0x3100 ? 1 : 41) {
      if ((code >= 0x7f && code < 0xa0) || (code >= 0xd800 && code < 0xe000)) continue;
      const character = String.fromCodePoint(code);
      assert.equal(widthOf(character), stringWidth(character), `U+${code.toString(16)}`);
    }
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '长', '，', '→', '©', '™', '👧', '\ufe0f', '\u200d', '1', 'é') }),
        (text) => {
          assert.equal(widthOf(text), stringWidth(text));
        },
      ),
    );
  });
});
