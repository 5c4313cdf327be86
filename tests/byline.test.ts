/** Bylines of every form that site.md, section 6 lists, with names of our own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readByline } from '../src/page/byline.ts';

/** `role:name|name@affiliation`, one per credit. */
const FORMS: readonly (readonly [line: string, ...credits: string[]])[] = [
  ['【文/观察者网 柳青】', '文:柳青@观察者网'],
  ['【文/观察者网 柳青山】', '文:柳青山@观察者网'],
  ['【文/观察者网柳青山】', '文:柳青山@观察者网'],
  ['【文/ 观察者网专栏作者 柳青】', '文:柳青@观察者网专栏作者'],
  ['【文/观察者网专栏作者柳青】', '文:柳青@观察者网专栏作者'],
  ['【文/观察者网专栏作家 竹默】', '文:竹默@观察者网专栏作家'],
  ['【文/观察者网专栏作者 Rowan】', '文:Rowan@观察者网专栏作者'],
  ['【文/观察者网专栏作者 山前的煮茶人】', '文:山前的煮茶人@观察者网专栏作者'],
  ['【文/科工力量专栏作者 石砚】', '文:石砚@科工力量专栏作者'],
  ['【文/卡尔·林登】', '文:卡尔·林登@'],
  ['【文/卡尔?林登】', '文:卡尔?林登@'],
  ['【文/胖胖大夫】', '文:胖胖大夫@'],
  ['【文/石砚、柳青、苏小禾】', '文:石砚|柳青|苏小禾@'],
  ['【文/观察者网 石砚、柳青】', '文:石砚|柳青@观察者网'],
  ['【文/观察者网 石砚 柳青】', '文:石砚|柳青@观察者网'],
  ['【文/德国《茶报》杂志远东版经济新闻编辑 Anna Berg-Lund】', '文:Anna Berg-Lund@德国《茶报》杂志远东版经济新闻编辑'],
  ['【文/石砚，译/茶经论坛 柳青】', '文:石砚@', '译:柳青@茶经论坛'],
  ['【文/卡尔·林登 译/观察者网 柳青】', '文:卡尔·林登@', '译:柳青@观察者网'],
  ['【文/卡尔·林登译/观察者网柳青】', '文:卡尔·林登@', '译:柳青@观察者网'],
  ['【文/阿里•哈桑•卡里姆 译/观察者网 小禾】', '文:阿里•哈桑•卡里姆@', '译:小禾@观察者网'],
  ['【采访/观察者网 石砚】', '采访:石砚@观察者网'],
  ['【采访、整理/观察者网 苏小禾】', '采访、整理:苏小禾@观察者网'],
  ['【访谈、整理/观察者网 石砚】', '访谈、整理:石砚@观察者网'],
  ['【口述/石砚 整理/观察者网 柳青】', '口述:石砚@', '整理:柳青@观察者网'],
  ['【编译/观察者网柳青】', '编译:柳青@观察者网'],
  ['[编译/观察者网 柳青]', '编译:柳青@观察者网'],
  ['【翻译/观察者网 柳青，校/石砚】', '翻译:柳青@观察者网', '校:石砚@'],
  ['【文/柳青 图/石砚】', '文:柳青@', '图:石砚@'],
  ['【文/茶山大学教授 石砚、早茶社 柳青】', '文:石砚@茶山大学教授', '文:柳青@早茶社'],
  ['【观察者网 综合】', '综合:@观察者网'],
  ['【观察者网综合报道】昨日，茶价上涨。', '综合报道:@观察者网'],
  ['（文/观察者网 柳青）', '文:柳青@观察者网'],
  ['（文/石砚）', '文:石砚@'],
  ['（观察者网讯）据早茶社报道，今年春茶提早上市。', '讯:@观察者网'],
  ['【文/观察者网 柳青】春茶提早上市了。', '文:柳青@观察者网'],
  ['【文／观察者网\u00a0柳青】', '文:柳青@观察者网'],
  ['【文/观察者网\u3000柳青】', '文:柳青@观察者网'],
  ['（作者：石砚）', '作者:石砚@'],
  ['观察者网讯（文/石砚 编辑/柳青）春茶上市了。', '文:石砚@', '编辑:柳青@'],
];

describe('byline', () => {
  for (const [line, ...credits] of FORMS) {
    it(line, () => assert.deepEqual(creditsOf(line), credits));
  }

  for (const line of [
    '（图/早茶社）',
    '【视频/柳青】',
    '观察者网：您怎么看今年的春茶？',
    '石砚：我看不错。',
    '中新网茶山1月28日电 春茶上市。',
    '据早茶社1月28日报道，春茶上市。',
    '【导读】春茶上市。',
    '春茶（文/石砚）上市。',
    '',
  ]) {
    it(`none: ${line}`, () => assert.equal(readByline([line]), null));
  }

  it('is found behind an introduction, and the first one counts', () => {
    const lines = ['导读：春茶上市。', '（图/早茶社）', '【文/石砚】', '【文/柳青】'];
    assert.deepEqual(creditsOf(...lines), ['文:石砚@']);
  });

  it('keeps the bracket as printed, white space collapsed', () => {
    assert.equal(readByline(['【文/ 观察者网\u00a0 柳青】上市了'])?.text, '【文/ 观察者网 柳青】');
  });
});

function creditsOf(...lines: string[]): string[] | undefined {
  return readByline(lines)?.credits.map(
    ({ role, names, affiliation }) => `${role}:${names.join('|')}@${affiliation ?? ''}`,
  );
}

describe('for any byline', () => {
  const name = fc
    .array(fc.constantFrom(...'赵钱孙李周吴郑'), { minLength: 2, maxLength: 3 })
    .map((characters) => characters.join(''));
  const credit = fc.record(
    {
      role: fc.constantFrom('文', '译', '采访', '整理', '编译', '校'),
      affiliation: fc.constantFrom(null, '观察者网', '观察者网专栏作者', '茶经论坛'),
      names: fc.array(name, { minLength: 1, maxLength: 3 }),
    },
    { noNullPrototype: true },
  );

  it('the roles, affiliations and names are read as they were printed', () => {
    const separator = fc.constantFrom('，', ',', ' ', '；');
    fc.assert(
      fc.property(fc.array(credit, { minLength: 1, maxLength: 3 }), separator, (credits, between) => {
        const printed = credits.map(
          ({ role, affiliation, names }) =>
            `${role}/${affiliation === null ? '' : `${affiliation} `}${names.join('、')}`,
        );
        const line = `【${printed.join(between)}】`;
        assert.deepEqual(readByline([line]), { text: line, credits });
      }),
    );
  });

  it('any lines are read without a fault, and what is found is in them as it stands', () => {
    const piece = fc.constantFrom(
      '【',
      '】',
      '（',
      '）',
      '[',
      ']',
      '文',
      '译',
      '/',
      '：',
      '、',
      ' ',
      '观察者网',
      '综合',
      '甲',
      'A',
      '',
    );
    const lines = fc.array(
      fc.array(fc.oneof(piece, fc.string({ unit: 'grapheme', maxLength: 3 }))).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(lines, (texts) => {
        const byline = readByline(texts);
        if (byline === null) return;
        const squeezed = texts.map((text) => text.replace(/\s+/g, ''));
        assert.ok(squeezed.some((text) => text.includes(byline.text.replace(/\s+/g, ''))));
        for (const { names } of byline.credits) for (const each of names) assert.ok(byline.text.includes(each));
      }),
      { numRuns: 1000 },
    );
  });
});
