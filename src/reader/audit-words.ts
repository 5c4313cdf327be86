/** The words of the report of an audit. What a check means stands in the table of checks, in English. */
import type { CheckGroup, RepairKind, Severity } from '../audit/promises.ts';

export interface AuditWords {
  readonly lastReport: string;
  readonly olderReports: string;
  /** Where no report is kept. */
  readonly noReport: string;
  /** Above the command that makes one. */
  readonly makeReport: string;
  readonly unreadable: string;
  readonly nothingWrong: string;
  readonly figures: (articles: string, pictures: string, seconds: string) => string;
  readonly counts: (errors: string, warnings: string, notes: string) => string;
  readonly repairWith: string;
  readonly firstOf: (shown: string, count: string) => string;
  readonly severities: Readonly<Record<Severity, string>>;
  readonly groups: Readonly<Record<CheckGroup, string>>;
  readonly repairs: Readonly<Record<RepairKind, string>>;
}

export const AUDIT_IN_CHINESE: AuditWords = {
  lastReport: '最近一次核查',
  olderReports: '历次核查',
  noReport: '尚无核查报告。',
  makeReport: '逐文件核查整个文库，最近十份报告存于文库：',
  unreadable: '这份报告无法读取。',
  nothingWrong: '未见问题',
  figures: (articles, pictures, seconds) => `读过 ${articles} 篇文章、${pictures} 张图片，用时 ${seconds} 秒`,
  counts: (errors, warnings, notes) => `${errors} 个错误，${warnings} 个可疑，${notes} 个提示`,
  repairWith: '修复其所能修复的：',
  firstOf: (shown, count) => `共 ${count} 处，此处列出前 ${shown} 处。`,
  severities: { error: '错误', warning: '可疑', note: '提示' },
  groups: {
    files: '文件',
    format: '格式',
    article: '文章',
    assets: '图片',
    records: '记录',
    captures: '原始收发',
    seals: '封印',
    frontier: '队列',
    fixity: '校验清单',
  },
  repairs: {
    'refetch-picture': '重新抓取图片',
    revisit: '重访文章',
    'rebuild-record': '重写记录',
    'rebuild-frontier': '重写队列',
    'end-capture': '截去原始收发的残尾',
    'rebuild-log': '重写封印的清单',
    'find-capture': '重新查找原始收发',
    'to-trash': '移入回收处',
    'remove-duplicate': '移走重复的一份',
    'restore-backup': '须从另一份文库取回',
    none: '须由人查看',
  },
};

export const AUDIT_IN_ENGLISH: AuditWords = {
  lastReport: 'Last audit',
  olderReports: 'Kept reports',
  noReport: 'There is no report of an audit yet.',
  makeReport: 'Check every file of the archive; the newest ten reports are kept in it:',
  unreadable: 'This report cannot be read.',
  nothingWrong: 'Nothing is wrong',
  figures: (articles, pictures, seconds) => `${articles} articles and ${pictures} pictures read in ${seconds} s`,
  counts: (errors, warnings, notes) => `errors: ${errors}, warnings: ${warnings}, notes: ${notes}`,
  repairWith: 'Repair what can be repaired:',
  firstOf: (shown, count) => `The first ${shown} of ${count}.`,
  severities: { error: 'error', warning: 'warning', note: 'note' },
  groups: {
    files: 'files',
    format: 'format',
    article: 'article',
    assets: 'pictures',
    records: 'records',
    captures: 'captures',
    seals: 'seals',
    frontier: 'queue',
    fixity: 'manifest',
  },
  repairs: {
    'refetch-picture': 'the picture is fetched again',
    revisit: 'the article is visited again',
    'rebuild-record': 'the record is written again',
    'rebuild-frontier': 'the queue is written again',
    'end-capture': 'the captures are ended at their last whole exchange',
    'rebuild-log': 'the lists of the seals are written again',
    'find-capture': 'the exchange is looked for in all captures',
    'to-trash': 'it is moved to trash',
    'remove-duplicate': 'the second copy is moved to trash',
    'restore-backup': 'only another copy of the archive has it',
    none: 'a person has to look',
  },
};
