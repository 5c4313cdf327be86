/** The coverage in Chinese: the words, the estimate in a sentence, and what it rests on. */
import type { IdState } from '../coverage/gaps.ts';
import type { CoverageWords } from '../report/coverage-words.ts';

export const COVERAGE_IN_CHINESE: CoverageWords = {
  sentence: ({ archived, completeness: { published, archivedShare, confidence } }, since) => {
    if (archivedShare === null) return `${since} 以来没有已知的发布。`;
    const share = range(Math.floor(archivedShare.low * 100 + 1e-9), Math.ceil(archivedShare.high * 100 - 1e-9));
    const method = `贝塔—二项后验的 ${Math.round(100 * confidence)}% 区间`;
    return `${since} 以来发布的 ${range(published.low, published.high)} 篇中已归档 ${archived} 篇，占 ${share}%（${method}）。`;
  },
  evidence: ({ neverSeen, probed, elsewhere }) => {
    const asked = probed.articles + probed.unpublished;
    const parts = [
      `其间有 ${neverSeen} 个编号从未见过`,
      asked === 0
        ? '一个也没有询问（backfill --ids 可询问）'
        : `另询问了 ${asked} 个，其中 ${probed.articles} 个是文章`,
      ...(elsewhere === 0 ? [] : [`${elsewhere} 个已迁走或指向别处，不计`]),
    ];
    return `${parts.join('；')}。`;
  },
  figures: {
    archived: '已归档',
    notArchived: '已知，未归档',
    elsewhere: '已迁或在别处',
    neverSeen: '从未见过',
    asked: '按编号询问',
  },
  byDay: '按日',
  day: '日期',
  columns: {
    archived: '已归档',
    gone: '已无',
    elsewhere: '别处',
    failed: '失败',
    refused: '不抓',
    waiting: '等待',
  },
  neverSeen: '从未见过',
  usual: '平时',
  few: '偏少',
  gaps: '从未见过',
  unwatched: '无人看守，不计',
  numbers: '编号',
  howMany: '数量',
  inferredDay: '推算的日期',
  days: (from, to) => `${from} 至 ${to}`,
  firstOf: (most, count) => `共 ${count} 段，只列前 ${most} 段；coverage --json 列出全部。`,
  failed: '失败',
  outcome: '结果',
  outcomeOf: (state) => STATES[state],
  code: '代码',
  byList: '按列表',
  listsNote: (count) => `${count} 个列表；平时的比例是各日的中位数。`,
  list: '列表',
  shown: '列出',
  usualShare: '平时比例',
  muchLess: '明显偏少的日子',
  shownOf: (shown, known) => `${known} 中的 ${shown}`,
};

const STATES: Readonly<Record<IdState, string>> = {
  archived: '已归档',
  withdrawn: '已撤下',
  gone: '已无',
  moved: '已迁',
  'link-out': '外链',
  failed: '失败',
  blocked: '被拒',
  refused: '不抓',
  waiting: '等待',
  unpublished: '未发布',
};

function range(low: number, high: number): string {
  return low === high ? String(low) : `${low}–${high}`;
}
