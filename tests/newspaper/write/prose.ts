/** Sentences, headlines and comments for a theme; plausible Chinese of our own making. */
import { personName } from './people.ts';
import type { Random } from './random.ts';
import { PLACES, type Theme } from './vocabulary.ts';

/** What a story keeps coming back to, so that its paragraphs belong together. */
export interface Subject {
  readonly theme: Theme;
  readonly place: string;
  readonly thing: string;
  readonly body: string;
  readonly person: string;
}

export function subject(random: Random, theme: Theme): Subject {
  return {
    theme,
    place: random.pick(PLACES),
    thing: random.pick(theme.things),
    body: random.pick(theme.bodies),
    person: personName(random).name,
  };
}

/** A paragraph of several sentences, 90 to 260 characters. */
export function paragraph(random: Random, about: Subject): string {
  return Array.from({ length: random.int(3, 5) }, () => random.pick(SENTENCES)(random, about)).join('');
}

/** A single sentence with its full stop. */
export function sentence(random: Random, about: Subject): string {
  return random.pick(SENTENCES)(random, about);
}

/** A headline without any mark that a file name or YAML would trip over. */
export function headline(random: Random, about: Subject): string {
  return random.pick(HEADLINES)(random, about);
}

/** A line between two sections. */
export function subhead(random: Random, about: Subject): string {
  return random.pick(SUBHEADS)(random, about);
}

/** What stands under a picture. */
export function caption(random: Random, about: Subject): string {
  return `${about.thing}的${random.pick(about.theme.parts)}，摄于${random.int(1, 12)}月${random.int(1, 28)}日${random.pick(['清晨', '午后', '傍晚', '夜里'])}`;
}

/** What a reader writes under a story. */
export function comment(random: Random, about: Subject): string {
  return random.pick(COMMENTS)(random, about);
}

type Phrase = (random: Random, about: Subject) => string;

const part: Phrase = (random, about) => random.pick(about.theme.parts);
const deed: Phrase = (random, about) => random.pick(about.theme.deeds);
const quantity: Phrase = (random, about) =>
  `${random.int(12, 98) * random.pick([1, 10, 100])}${random.pick(about.theme.counts)}`;
const day: Phrase = (random) => `${random.int(1, 12)}月${random.int(1, 28)}日`;
const elsewhere: Phrase = (random, { place }) => random.pick(PLACES.filter((other) => other !== place));
const site: Phrase = (_, { place, thing }) => (thing.startsWith(place) ? thing : `${place}${thing}`);
const share: Phrase = (random) => `${random.int(3, 78)}.${random.int(1, 9)}%`;

const SENTENCES: readonly Phrase[] = [
  (r, s) => `${day(r, s)}，${s.place}的${s.thing}${deed(r, s)}，${s.body}为此准备了${r.int(2, 19)}个月。`,
  (r, s) => `${s.body}介绍，这一轮共涉及${quantity(r, s)}，比上一年多出${share(r, s)}。`,
  (r, s) => `负责人${s.person}说，最难的是${part(r, s)}，图纸改了${r.int(3, 17)}遍才定下来。`,
  (r, s) => `“${s.thing}不是摆设，是天天要用的东西。”${s.person}一边说，一边蹲下去看${part(r, s)}的接缝。`,
  (r, s) => `据${s.place}的统计，过去${r.int(3, 12)}年里，这里累计记录了${quantity(r, s)}。`,
  (r, s) => `记者在现场看到，${part(r, s)}旁边立着一块新牌子，上面写着每天${r.int(6, 9)}点到${r.int(17, 22)}点开放。`,
  (r, s) => `住在附近的${personName(r).name}每天都来走一圈，他记得${r.int(20, 60)}年前${part(r, s)}还是木头做的。`,
  (r, s) => `按照计划，剩下的${quantity(r, s)}将分${r.int(2, 6)}批处理，最后一批定在${day(r, s)}。`,
  (r, s) => `与邻近的${elsewhere(r, s)}相比，${s.place}的做法更慢一些，却省下了${share(r, s)}的开支。`,
  (r, s) => `${s.body}把${part(r, s)}的数据全部公开，任何人都可以去查。`,
  (r, s) => `雨季到来之前，${s.person}带着${r.int(3, 24)}个人把${part(r, s)}又检查了一遍，没有发现问题。`,
  (r, s) => `有意思的是，最先提出这个办法的并不是工程师，而是一位在${s.place}住了${r.int(11, 50)}年的修鞋匠。`,
  (r, _s) =>
    `第一天来了${r.int(120, 4800)}人，傍晚时队伍一直排到${r.pick(['邮局', '老槐树', '渡口', '粮店', '小学'])}门口。`,
  (r, s) => `${s.thing}的账本显示，${part(r, s)}每年的维护只要${r.int(3, 96)}万元，其中${share(r, s)}来自捐助。`,
  (_r, s) => `“慢一点没关系，做错了才麻烦。”${s.person}把一张写满数字的纸折好，放回上衣口袋。`,
  (r, s) => `下一步，${s.body}打算在${elsewhere(r, s)}照样做一次，规模大约是这里的${share(r, s)}。`,
  (r, s) => `工人们在${part(r, s)}下面发现了一只铁盒，里面有${r.int(2, 40)}张旧车票和一封没有寄出的信。`,
  (r, s) =>
    `当天的气温是${r.int(2, 34)}度，${r.pick(['东风', '北风', '微风', '西南风'])}${r.int(1, 5)}级，对${part(r, s)}的影响不大。`,
  (r, s) => `至于${quantity(r, s)}从哪里来，${s.body}的回答很简单：一点一点攒出来的。`,
  (r, s) => `从${s.place}到${elsewhere(r, s)}，沿线${r.int(3, 31)}个村子都派人来看过${s.thing}。`,
];

const HEADLINES: readonly Phrase[] = [
  (r, s) => `${site(r, s)}${deed(r, s)}，首日迎来${r.int(2, 99) * 100}人`,
  (r, s) => `${s.thing}${deed(r, s)}`,
  (r, s) => `等了${r.int(3, 60)}年，${s.place}的${part(r, s)}终于换新`,
  (r, s) => `${quantity(r, s)}，${s.place}是怎么做到的`,
  (r, s) => `${s.body}公布账本，${s.thing}一年省下${r.int(3, 96)}万元`,
  (r, s) => `从${s.place}到${elsewhere(r, s)}，${s.thing}走了${r.int(2, 30)}年`,
  (r, s) => `守着${part(r, s)}的人：${s.thing}的${r.int(100, 365)}个夜晚`,
  (r, s) => `${s.thing}的${part(r, s)}，为什么要修${r.int(2, 9)}次`,
  (r, s) => `${day(r, s)}起，${site(r, s)}${deed(r, s)}`,
  (r, s) => `${share(r, s)}的${s.place}人去过${s.thing}`,
];

const SUBHEADS: readonly Phrase[] = [
  (r, s) => `${part(r, s)}里的学问`,
  (_r, s) => `为什么是${s.place}`,
  (r, _s) => `${r.int(2, 9)}次试验之后`,
  (r, _s) => `留给下一个${r.int(10, 50)}年`,
  (_r, s) => `${s.body}的一天`,
];

const COMMENTS: readonly Phrase[] = [
  (r, s) => `小时候跟着外公去过${s.place}，那时${part(r, s)}旁边还有卖糖水的，一碗${r.int(1, 9)}毛钱。`,
  (r, s) => `数据公开这一点要点赞，${quantity(r, s)}不是小数目。`,
  (r, s) => `请问${s.thing}周末要预约吗？上次去等了${r.int(1, 5)}个小时。`,
  (r, s) => `${part(r, s)}修得好不好，用${r.int(3, 20)}年就知道了。`,
  (r, _s) => `我们${r.pick(PLACES)}也有一个，可惜没人管，希望能学学。`,
  (r, s) => `文章写得细，就是图少了点，${part(r, s)}的特写能不能再来${r.int(2, 6)}张？`,
  (_r, s) => `${s.person}老师讲过课，说话慢，但是句句都算过数。`,
];
