/** Sixty queries against the newspaper, with the answers that a reader of its pages would give. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Catalog } from '../src/catalog/catalog.ts';
import { parseQuery } from '../src/catalog/query.ts';
import { type NewspaperArticle, openNewspaper } from './newspaper/newspaper.ts';
import { catalogOfNewspaper } from './support/catalogued.ts';

type Truth = NewspaperArticle & { readonly key: string };

/** What must stand in an article, letter by letter, what must not, and what else must be so. */
interface Judged {
  readonly has?: readonly string[];
  readonly lacks?: readonly string[];
  readonly when?: (article: Truth) => boolean;
}

const by = (name: string) => (article: Truth) =>
  [
    ...article.columnists.map((each) => each.name),
    ...(article.byline?.credits.flatMap(({ names }) => names) ?? []),
  ].some((each) => each.includes(name));
const day = (article: Truth) => (article.clock.published ?? '').slice(0, 10);

const QUERIES: Readonly<Record<string, Judged>> = {
  // Words of two and more characters, wherever they stand
  青禾镇: { has: ['青禾镇'] },
  茶园: { has: ['茶园'] },
  图书馆: { has: ['图书馆'] },
  书馆: { has: ['书馆'] },
  天文台: { has: ['天文台'] },
  百叶箱: { has: ['百叶箱'] },
  叶箱: { has: ['叶箱'] },
  修鞋匠: { has: ['修鞋匠'] },
  没有寄出的信: { has: ['没有寄出的信'] },
  来看过: { has: ['来看过'] },
  // Traditional script, full width, capitals
  青禾鎮: { has: ['青禾镇'] },
  圖書館: { has: ['图书馆'] },
  燈塔: { has: ['灯塔'] },
  鐵路: { has: ['铁路'] },
  橋梁: { has: ['桥梁'] },
  '１９８８人': { has: ['1988人'] },
  INGRID: { has: ['Ingrid'] },
  'solheim-moen': { has: ['Solheim-Moen'] },
  corvin: { has: ['Corvin'] },
  // Numbers and signs
  '24度': { has: ['24度'] },
  '75.4%': { has: ['75.4%'] },
  '其中75.4%来自捐助': { has: ['其中75.4%来自捐助'] },
  '"C&A <旧事>"': { has: ['C&A <旧事>'] },
  '水位<3米': { has: ['水位<3米'] },
  首日迎来: { has: ['首日迎来'] },
  // Phrases
  '"慢一点，没关系"': { has: ['慢一点，没关系'] },
  '“慢一点没关系，做错了才麻烦。”': { has: ['慢一点没关系，做错了才麻烦'] },
  '"米科·塔瓦斯特"': { when: (article) => /米科.塔瓦斯特/.test(textOf(article)) },
  '"《潮汐》杂志"': { has: ['《潮汐》杂志'] },
  '"从白鹭洲到"': { has: ['从白鹭洲到'] },
  // Several words
  '茶园 山泉': { has: ['茶园', '山泉'] },
  '灯塔 旋梯 雾钟': { has: ['灯塔', '旋梯', '雾钟'] },
  '铁路 AND 道岔': { has: ['铁路', '道岔'] },
  '窑火 修复': { has: ['窑火', '修复'] },
  '青禾镇 鹿鸣山': { has: ['青禾镇', '鹿鸣山'] },
  '捐助 铁盒': { has: ['捐助', '铁盒'] },
  // Without words
  '茶园 -山泉': { has: ['茶园'], lacks: ['山泉'] },
  '灯塔 NOT 旋梯': { has: ['灯塔'], lacks: ['旋梯'] },
  '青禾镇 -图书馆 -书库': { has: ['青禾镇'], lacks: ['图书馆', '书库'] },
  '-修鞋匠': { lacks: ['修鞋匠'] },
  '捐助 -"慢一点没关系"': { has: ['捐助'], lacks: ['慢一点没关系'] },
  // Single characters
  窑: { has: ['窑'] },
  窯: { has: ['窑'] },
  '鸥 -窑': { has: ['鸥'], lacks: ['窑'] },
  '灯 铁路': { has: ['灯', '铁路'] },
  '铁路 -灯': { has: ['铁路'], lacks: ['灯'] },
  // Filters
  '来源:观察者网': { when: ({ source }) => source === '观察者网' },
  '来源:日报': { when: ({ source }) => source?.includes('日报') === true },
  '来源：“雾岭晨报”': { when: ({ source }) => source === '雾岭晨报' },
  '-来源:观察者网': { when: ({ source }) => source !== '观察者网' },
  '来源:日报 来源:晨报': { when: ({ source }) => /日报|晨报/.test(source ?? '') },
  '作者:Corvin': { when: by('Corvin') },
  'author:塔瓦斯特': { when: by('塔瓦斯特') },
  '编辑:霁': { when: ({ editors }) => editors.some((each) => each.includes('霁')) },
  '关键词:修复 窑火': { has: ['窑火'], when: ({ keywords }) => keywords.some((each) => each.includes('修复')) },
  '专题:夜读人': { when: ({ topic }) => topic?.name === '夜读人' },
  'is:post': { when: ({ id }) => id.startsWith('fengwen:') },
  'since:2026-10-14 茶园 -is:post': {
    has: ['茶园'],
    when: (article) => day(article) >= '2026-10-14' && !article.id.startsWith('fengwen:'),
  },
  'until:2026-09 灯塔 -is:post': {
    has: ['灯塔'],
    when: (article) => day(article) <= '2026-09-30' && !article.id.startsWith('fengwen:'),
  },
  'is:withdrawn': { when: () => false },
};

/** All that is printed of an article, white space collapsed. */
function textOf(article: Truth): string {
  const { title, paragraphs, images, byline, editors, keywords, source, columnists, staff, summary, topic } = article;
  const people = [...columnists, ...staff].flatMap((each) => [each.name, each.title]);
  const captions = images.map(({ caption }) => caption);
  const all = [title, ...paragraphs, ...captions, byline?.text, source, ...people, ...editors, ...keywords, summary];
  return [...all, topic?.name, article.originalTitle].join('\n');
}

describe('sixty queries against the newspaper', () => {
  let [catalog, articles]: [Catalog | null, readonly Truth[]] = [null, []];
  before(async () => {
    await using newspaper = await openNewspaper({ articles: 60 });
    ({ catalog, articles } = await catalogOfNewspaper(newspaper));
  });
  after(() => catalog?.[Symbol.dispose]());

  it('are sixty', () => assert.equal(Object.keys(QUERIES).length, 60));

  for (const [query, { has = [], lacks = [], when = () => true }] of Object.entries(QUERIES))
    it(query, async () => {
      assert.ok(catalog);
      const isRight = (article: Truth) => {
        const text = textOf(article);
        return has.every((each) => text.includes(each)) && !lacks.some((each) => text.includes(each)) && when(article);
      };
      const right = articles.filter(isRight).map(({ key }) => key);
      const answer = await catalog.search(parseQuery(query), { limit: 1000 });
      assert.deepEqual(answer.articles.map(({ key }) => key).sort(), right.sort());
    });

  it('have answers, but for few', () => {
    const answered = Object.values(QUERIES).filter(({ has = [], when = () => true }) =>
      articles.some((article) => has.every((each) => textOf(article).includes(each)) && when(article)),
    );
    assert.ok(answered.length >= 50, `${answered.length} of 60`);
  });
});
