/** Bylines: every labelled form, whatever the grammar can print, and any text at all. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { creditsBelow, findByline, readByline } from '../src/page/byline.ts';
import { isPenName, isPersonName } from '../src/page/names.ts';
import { NONE, READ, UNREAD } from './labelled/bylines.ts';

const linesOf = (printed: string) => printed.split('⏎');

describe('labelled bylines', () => {
  for (const [kind, forms] of Object.entries(READ))
    describe(kind, () => {
      for (const [printed, ...credits] of forms)
        it(printed, () => assert.deepEqual(creditsOf(findByline(linesOf(printed))), credits));
    });

  describe('none', () => {
    for (const printed of NONE) it(printed, () => assert.equal(findByline(linesOf(printed)), null));
  });

  describe('not understood', () => {
    for (const printed of UNREAD)
      it(printed, () => {
        const found = findByline(linesOf(printed));
        assert.ok(found !== null && 'unread' in found, JSON.stringify(found));
        assert.equal(readByline(linesOf(printed)), null);
      });
  });

  it('are at least 120, each printed once', () => {
    const all = [...Object.values(READ).flatMap((forms) => forms.map(([printed]) => printed)), ...NONE, ...UNREAD];
    assert.equal(new Set(all).size, all.length);
    assert.ok(Object.values(READ).flat().length >= 120);
  });

  it('keep the bracket as printed, white space collapsed', () => {
    assert.equal(readByline(['【文/ 观察者网\u00a0 柳青】上市了'])?.text, '【文/ 观察者网 柳青】');
    assert.equal(readByline(['文 | 石砚 ', ' 编辑 | 柳青', '春茶上市了。'])?.text, '文 | 石砚 编辑 | 柳青');
  });
});

function creditsOf(found: ReturnType<typeof findByline>): unknown {
  if (found === null || 'unread' in found) return found;
  return found.credits.map(({ role, names, affiliation }) => `${role}:${names.join('|')}@${affiliation ?? ''}`);
}

describe('for any byline', () => {
  const letters = (text: string, least: number, most: number) =>
    fc.array(fc.constantFrom(...text), { minLength: least, maxLength: most }).map((all) => all.join(''));
  const fullName = fc.tuple(fc.constantFrom(...'赵钱孙李周吴郑', '欧阳', '司马'), letters('晓岚舟砚禾', 1, 2));
  const name = fc.oneof(
    fullName.map(([family, given]) => family + given),
    fc
      .tuple(letters('卡尔林登安娜', 1, 4), fc.constantFrom('·', '•', '?'), letters('格登娜尔', 2, 4))
      .map((parts) => parts.join('')),
    fc.constantFrom('Karl Linden', 'Anna Berg-Lund'),
  );
  const credit = fc.record(
    {
      role: fc.constantFrom('文', '译', '采访', '整理', '编译', '校', '作者', '撰文', '采访、整理', '编辑'),
      affiliation: fc.constantFrom(
        null,
        '观察者网',
        '观察者网专栏作者',
        '茶经论坛',
        '《茶报》驻德国记者',
        '央视',
        '茶山大学教授',
      ),
      names: fc.array(name, { minLength: 1, maxLength: 3 }),
    },
    { noNullPrototype: true },
  );
  const credits = fc.uniqueArray(credit, { selector: ({ role }) => role, minLength: 1, maxLength: 3 });
  const print = (
    all: readonly { role: string; affiliation: string | null; names: string[] }[],
    sign: string,
    between: string,
  ) =>
    all
      .map(
        ({ role, affiliation, names }) =>
          `${role}${sign}${affiliation === null ? '' : `${affiliation} `}${names.join('、')}`,
      )
      .join(between);

  it('what is printed in brackets is read as it was printed', () => {
    const bracket = fc.constantFrom('【】', '（）', '()', '[]', '［］', '〔〕', '〖〗', '「」', '『』');
    const sign = fc.constantFrom('/', '／', '|', '｜', '丨', '：', ': ', ' | ');
    const between = fc.constantFrom('，', ',', ' ', '；', '、', '　');
    fc.assert(
      fc.property(credits, bracket, sign, between, (all, [open, close] = '', marked, separator) => {
        const line = `${open}${print(all, marked, separator)}${close}`;
        assert.deepEqual(readByline([line]), { text: line.replace(/\s+/g, ' '), credits: all });
      }),
      { numRuns: 500 },
    );
  });

  it('so is what is printed on lines of its own, one for each role', () => {
    fc.assert(
      fc.property(credits, fc.constantFrom('/', ' | ', '｜', '：'), (all, sign) => {
        const lines = all.map((each) => print([each], sign, ''));
        assert.deepEqual(readByline([...lines, '春茶上市了。']), {
          text: lines.join(' ').replace(/\s+/g, ' '),
          credits: all,
        });
      }),
      { numRuns: 500 },
    );
  });

  it('any lines are read without a fault, each name has the form of one, and stands in them', () => {
    const pieces =
      '【 】 （ ） [ ] 文 译 作者 记者 编辑 / ： | 、 和 观察者网 综合 甲 石砚 柳青 卡尔·林登 A null ， 。'.split(' ');
    const piece = fc.oneof(fc.constantFrom(...pieces, ' '), fc.string({ unit: 'grapheme', maxLength: 3 }));
    const lines = fc.array(fc.array(piece).map((parts) => parts.join('')));
    fc.assert(
      fc.property(lines, (texts) => {
        const byline = readByline(texts);
        creditsBelow(texts);
        if (byline === null) return;
        assert.ok(byline.credits.length > 0);
        assert.ok(texts.join(' ').replace(/\s+/g, '').includes(byline.text.replace(/\s+/g, '')));
        for (const { names, affiliation } of byline.credits) {
          assert.ok(names.length > 0 || affiliation !== null);
          for (const each of names) {
            assert.ok(isPersonName(each) || isPenName(each), each);
            assert.ok(byline.text.replace(/\s+/g, '').includes(each.replace(/\s+/g, '')), each);
          }
        }
      }),
      { numRuns: 5000 },
    );
  });
});
