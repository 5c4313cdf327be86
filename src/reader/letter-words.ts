/** The words of the letter of a month, in both languages. */

import type { RecheckAge } from '../journal/rechecks.ts';
import type { Letter } from '../letter/letter.ts';

const zh = {
  title: (month: string) => `${month.slice(0, 4)} 年 ${Number(month.slice(5))} 月`,
  underWay: (since: string, until: string) => `本月未完：${since} 至 ${until}，数字还会变。`,
  asOf: (time: string) => `截至 ${time}`,
  published: '发布',
  publishedCount: (articles: string, posts: string) => `文库收录本月发布的文章 ${articles} 篇，风闻 ${posts} 篇。`,
  onDemand: '单篇',
  edited: '改动',
  editedCount: (edits: string, articles: string) => `${articles} 篇，共 ${edits} 次。`,
  withdrawn: '撤下',
  withdrawnCount: (withdrawn: string, returned: string) => `撤下 ${withdrawn} 篇，恢复 ${returned} 篇。`,
  missed: '缺漏',
  missedRows: {
    gone: '归档前已无',
    failed: '失败',
    refused: '被拒',
    waiting: '等待',
    elsewhere: '已迁或在别处',
    neverSeen: '从未见过的编号',
    unwatched: '无人察看、不计入的时段',
  } satisfies Record<keyof Letter['missed'], string>,
  share: (archived: string, known: string, published: string, share: string) =>
    `已知编号 ${known} 个，归档 ${archived} 个；按编号估计共发布 ${published} 篇，已归档 ${share}（95% 区间）。`,
  noneKnown: '本月没有已知的编号。',
  rates: '一日、一周之内的变化',
  ages: { day: '一日后', week: '一周后' } satisfies Record<RecheckAge, string>,
  rateRows: { title: '改标题', text: '改正文', edited: '标题或正文', withdrawn: '撤下', moved: '迁走' },
  none: '没有察看过',
  shareOf: (count: string, of: string, percent: string, interval: string) =>
    `${of} 篇中 ${count} 篇，${percent}（${interval}）`,
  revisited: (age: RecheckAge, articles: string, revisited: string) =>
    `本月 ${articles} 篇中，${age === 'day' ? '一日' : '一周'}后重访过的有 ${revisited} 篇`,
  notRevisited: (count: string) => `未重访或无记载的 ${count} 篇`,
  notYet: (count: string) => `时间未到的 ${count} 篇`,
  notComparable: (count: string) => `其中 ${count} 篇的旧版无法读取，不计入改动`,
  method:
    '首次归档后第 18 至 36 小时、第 5¼ 至 10½ 日重访过的才计入，拿当时所见同首次所存相比；区间为威尔逊 95% 区间。这与 GDELT 的 Global Difference Graph（24 小时后、一周后各重取一次）口径一致。',
  more: (count: string) => `另有 ${count} 条，见变更。`,
  damaged: (count: string) => `${count} 份记录无法读取，未计入。`,
};

export type LetterWords = typeof zh;

const en: LetterWords = {
  title: (month) => month,
  underWay: (since, until) => `The month is under way: ${since} to ${until}; the figures will change.`,
  asOf: (time) => `as of ${time}`,
  published: 'Published',
  publishedCount: (articles, posts) =>
    `Published in the month and in the archive: ${articles} articles, ${posts} posts.`,
  onDemand: 'on demand',
  edited: 'Edited',
  editedCount: (edits, articles) => `Edits: ${edits}, of ${articles} articles.`,
  withdrawn: 'Withdrawn',
  withdrawnCount: (withdrawn, returned) => `${withdrawn} withdrawn, ${returned} returned.`,
  missed: 'Missed',
  missedRows: {
    gone: 'gone before they were archived',
    failed: 'failed',
    refused: 'refused',
    waiting: 'waiting',
    elsewhere: 'moved or elsewhere',
    neverSeen: 'numbers that nothing showed',
    unwatched: 'stretches that nobody watched, in no figure',
  },
  share: (archived, known, published, share) =>
    `${archived} of ${known} article numbers that are known are archived; ${published} were published, as far as numbers say: ${share} are archived (95 %).`,
  noneKnown: 'No number of an article of this month is known.',
  rates: 'Changed within a day and a week',
  ages: { day: 'a day later', week: 'a week later' },
  rateRows: {
    title: 'another title',
    text: 'another text',
    edited: 'title, text or both',
    withdrawn: 'withdrawn',
    moved: 'moved',
  },
  none: 'none was looked at',
  shareOf: (count, of, percent, interval) => `${count} of ${of}, ${percent} (${interval})`,
  revisited: (age, articles, revisited) =>
    `Of ${articles} articles and posts of the month ${revisited} were visited again a ${age} later`,
  notRevisited: (count) => `${count} were not, as far as is known`,
  notYet: (count) => `${count} have not come to that age`,
  notComparable: (count) => `of ${count} the version before cannot be read, and they are in no rate of edits`,
  method:
    'An article counts where it was visited again at that age (18 to 36 hours, 5¼ to 10½ days) after it was first archived; what it was then is compared with what it was first. Intervals are Wilson’s, 95 %. So GDELT’s Global Difference Graph counts, which fetches each article again after 24 hours and after one week.',
  more: (count) => `… and ${count} more, under Changes.`,
  damaged: (count) => `${count} records cannot be read and are in no figure.`,
};

export const LETTER_IN_CHINESE = zh;
export const LETTER_IN_ENGLISH = en;
