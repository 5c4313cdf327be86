/** The words of the coverage as a page. A reader's page may have them in another language. */
import { counted } from '../counted.ts';
import type { IdState } from '../coverage/gaps.ts';
import type { IdCoverage } from '../coverage/id-coverage.ts';
import { type ColumnName, evidence, sentence } from './coverage-text.ts';

export interface CoverageWords {
  readonly sentence: (coverage: IdCoverage, since: string) => string;
  readonly evidence: (coverage: IdCoverage) => string;
  readonly figures: Readonly<Record<'archived' | 'notArchived' | 'elsewhere' | 'neverSeen' | 'asked', string>>;
  readonly byDay: string;
  readonly day: string;
  readonly columns: Readonly<Record<ColumnName, string>>;
  readonly neverSeen: string;
  readonly usual: string;
  readonly few: string;
  readonly gaps: string;
  readonly unwatched: string;
  readonly numbers: string;
  readonly howMany: string;
  readonly inferredDay: string;
  readonly days: (from: string, to: string) => string;
  readonly firstOf: (most: string, count: string) => string;
  readonly failed: string;
  readonly outcome: string;
  readonly outcomeOf: (state: IdState) => string;
  readonly code: string;
  readonly byList: string;
  readonly listsNote: (count: number) => string;
  readonly list: string;
  readonly shown: string;
  readonly usualShare: string;
  readonly muchLess: string;
  readonly shownOf: (shown: number, known: number) => string;
}

export const COVERAGE_IN_ENGLISH: CoverageWords = {
  sentence,
  evidence,
  figures: {
    archived: 'archived',
    notArchived: 'known, not archived',
    elsewhere: 'moved or elsewhere',
    neverSeen: 'never seen',
    asked: 'asked for by number',
  },
  byDay: 'By day',
  day: 'day',
  columns: {
    archived: 'archived',
    gone: 'gone',
    elsewhere: 'elsewhere',
    failed: 'failed',
    refused: 'refused',
    waiting: 'waiting',
  },
  neverSeen: 'never seen',
  usual: 'usual',
  few: 'few',
  gaps: 'Never seen',
  unwatched: 'Not watched, and not counted',
  numbers: 'numbers',
  howMany: 'how many',
  inferredDay: 'inferred day',
  days: (from, to) => `${from} to ${to}`,
  firstOf: (most, count) => `The first ${most} of ${count}; coverage --json prints all.`,
  failed: 'Failed',
  outcome: 'outcome',
  outcomeOf: (state) => state,
  code: 'code',
  byList: 'By list',
  listsNote: (count) => `${counted(count, 'list')}; the usual share is the median over the days.`,
  list: 'list',
  shown: 'shown',
  usualShare: 'usual share',
  muchLess: 'much less on',
  shownOf: (shown, known) => `${shown} of ${known}`,
};
