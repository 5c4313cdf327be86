/** Headlines with the marks that file names, YAML, templates and search indexes trip over. */
import { headline, type Subject } from './prose.ts';
import type { Random } from './random.ts';

/** A headline; every second `turn` gives one of the awkward kinds. */
export function title(random: Random, about: Subject, turn: number): string {
  const plain = headline(random, about);
  return turn % 2 === 0 ? plain : (AWKWARD[((turn - 1) / 2) % AWKWARD.length]?.(plain, about) ?? plain);
}

const AWKWARD: readonly ((plain: string, about: Subject) => string)[] = [
  (plain) => `"慢一点，没关系"：${plain}`,
  (plain) => `'夜读'与'晨读'，${plain}`,
  (plain, { place }) => `${place}: ${plain}`,
  (plain, { thing }) => `#${thing}# ${plain}`,
  (plain) => `98%的人不知道，${plain}`,
  (plain) => `{{ 未定 }} ${plain} {%待续%}`,
  (plain) => `🚢 ${plain}🌙`,
  (plain) => `良渡·回响 | ${plain}`,
  (plain) => `${plain}？！……——【图】（下）`,
  (plain) => `C&A <旧事>：${plain}`,
  (plain, { place }) => `${place}\\渡口/码头，${plain}`,
  (plain) => `- ${plain}，然后呢`,
  (plain) => `${plain}，既没有剪彩，也没有礼炮，只有一位老师傅把钥匙交给了下一位老师傅，然后大家各自回去干活`,
];
