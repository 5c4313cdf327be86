/** What the checks are given: an article as it was read, with all that it was read from. */
import type { ParsedPage } from '../../html/parsed-page.ts';
import type { Article, ArticleAddress } from '../../model.ts';
import type { Site } from '../../url/scope.ts';
import type { Body } from '../body.ts';
import type { OtherSources } from '../extract.ts';
import type { FoundArticle } from '../layouts/find-article.ts';
import type { Ledger } from '../ledger.ts';

export interface Reading {
  readonly first: ParsedPage;
  readonly parts: readonly ParsedPage[];
  /** Of the first part. */
  readonly found: FoundArticle;
  readonly address: ArticleAddress;
  readonly site: Site;
  readonly article: Omit<Article, 'flags'>;
  /** One a part, in order. */
  readonly bodies: readonly Body[];
  readonly ledger: Ledger;
  readonly others: OtherSources;
}

/** The same doubt a thousand times over says no more than a few times. */
export const MOST_OF_A_KIND = 5;
