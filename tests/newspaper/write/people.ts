/** The people of the newspaper, none of them real: names with the slugs that the site would give their columns. */
import type { Random } from './random.ts';

export interface Writer {
  readonly name: string;
  /** Pinyin, as in the address of the column: `LuTingLan`. */
  readonly slug: string;
  readonly title: string;
}

/** One family name for each letter of the author index. */
const FAMILY = [
  ['安', 'An'],
  ['柏', 'Bai'],
  ['岑', 'Cen'],
  ['狄', 'Di'],
  ['鄂', 'E'],
  ['扶', 'Fu'],
  ['耿', 'Geng'],
  ['郝', 'Hao'],
  ['简', 'Jian'],
  ['康', 'Kang'],
  ['陆', 'Lu'],
  ['麦', 'Mai'],
  ['聂', 'Nie'],
  ['欧', 'Ou'],
  ['庞', 'Pang'],
  ['祁', 'Qi'],
  ['容', 'Rong'],
  ['沈', 'Shen'],
  ['滕', 'Teng'],
  ['闻', 'Wen'],
  ['奚', 'Xi'],
  ['易', 'Yi'],
  ['卓', 'Zhuo'],
] as const;

const GIVEN = [
  ['听', 'Ting'],
  ['澜', 'Lan'],
  ['砚', 'Yan'],
  ['秋', 'Qiu'],
  ['溪', 'Xi'],
  ['舟', 'Zhou'],
  ['棠', 'Tang'],
  ['霁', 'Ji'],
  ['樵', 'Qiao'],
  ['梧', 'Wu'],
  ['汀', 'Ting'],
  ['禾', 'He'],
  ['屿', 'Yu'],
  ['鹿', 'Lu'],
] as const;

const TITLES = [
  '澜江大学水文研究所研究员',
  '青禾镇地方志编纂室主任',
  '望潮角航标史学会理事',
  '雾岭桥梁学院教授',
  '霜溪茶叶研究所所长',
  '鹿鸣山天文台副台长',
  '云栈书院山长',
  '独立撰稿人',
] as const;

const NICKNAMES = [
  '渡口老船',
  '晒茶叶的猫头鹰',
  '石桥下的鱼',
  '夜班灯塔',
  '三号闸口',
  '爱走路的蜗牛',
  '借书不还',
  '铁轨边的草',
  '一壶云',
  '雨量筒',
] as const;

const FOREIGN = ['奥雷·林德霍姆', '伊莎·瓦尔特', '米科·塔瓦斯特', '科林·阿什唐', '若昂·佩雷拉达'] as const;

/** A made-up name of three characters, with its pinyin. */
export function personName(random: Random): { readonly name: string; readonly slug: string } {
  const [family, familyPinyin] = random.pick(FAMILY);
  const [first, firstPinyin] = random.pick(GIVEN);
  const [second, secondPinyin] = random.pick(GIVEN);
  return { name: `${family}${first}${second}`, slug: `${familyPinyin}${firstPinyin}${secondPinyin}` };
}

/** Somebody with a column. */
export function writer(random: Random): Writer {
  return { ...personName(random), title: random.pick(TITLES) };
}

/** What members of the community call themselves. */
export function nickname(random: Random): string {
  return random.pick(NICKNAMES);
}

/** A transliterated name with a middle dot. */
export function foreignName(random: Random): string {
  return random.pick(FOREIGN);
}

/** The author index of the page's foot: letter, then names with slugs. */
export function authorIndex(
  random: Random,
  perLetter: number,
): readonly { letter: string; writers: readonly { name: string; slug: string }[] }[] {
  return FAMILY.map(([family, familyPinyin]) => ({
    letter: familyPinyin.charAt(0),
    writers: Array.from({ length: perLetter }, () => {
      const [given, givenPinyin] = random.pick(GIVEN);
      const [other, otherPinyin] = random.pick(GIVEN);
      return { name: `${family}${given}${other}`, slug: `${familyPinyin}${givenPinyin}${otherPinyin}` };
    }),
  }));
}
