/** The special pages: articles whose address does not simply give the article. */
import type { NewspaperArticle, SpecialName } from '../truth.ts';

/** What a visit to each special page must end with. */
export const DISPOSITIONS: Readonly<Record<SpecialName, Pick<NewspaperArticle, 'outcome' | 'code'>>> = {
  'unknown-id': { outcome: 'gone', code: null },
  'wrong-date': { outcome: 'gone', code: null },
  'not-found': { outcome: 'gone', code: null },
  withdrawn: { outcome: 'gone', code: null },
  moved: { outcome: 'moved', code: null },
  'link-out': { outcome: 'link-out', code: null },
  challenge: { outcome: 'blocked', code: 'BLOCKED' },
  captcha: { outcome: 'blocked', code: 'BLOCKED' },
  forbidden: { outcome: 'blocked', code: 'BLOCKED' },
  slow: { outcome: 'archived', code: null },
  'cut-short': { outcome: 'failed', code: 'TRUNCATED' },
  'broken-off': { outcome: 'failed', code: 'TRUNCATED' },
  'app-shell': { outcome: 'archived', code: null },
  'plain-page': { outcome: 'failed', code: 'NOT_AN_ARTICLE' },
};

export const SPECIAL_NAMES = Object.keys(DISPOSITIONS) as readonly SpecialName[];

/** Special pages that the 要闻 list names, as the real one names pages that have gone or moved since. */
export const LISTED_SPECIALS: readonly SpecialName[] = ['withdrawn', 'moved', 'link-out'];
