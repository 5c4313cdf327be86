/** Everything that is asked of an article once it is read. Each question has a file; a `yes` is a flag, never an error. */
import type { Flag } from '../../flags.ts';
import type { ParsedPage } from '../../html/parsed-page.ts';
import type { Article, ArticleAddress } from '../../model.ts';
import type { Site } from '../../url/scope.ts';
import type { Body } from '../body.ts';
import type { OtherSources } from '../extract.ts';
import type { FoundArticle } from '../layouts/find-article.ts';
import type { Ledger } from '../ledger.ts';
import { checkBody } from './body.ts';
import { checkByline } from './byline.ts';
import { checkCharacters } from './characters.ts';
import { checkColumn } from './column.ts';
import { checkList } from './list.ts';
import { checkPage } from './page.ts';
import { checkParts } from './parts.ts';
import { checkPictures } from './pictures.ts';
import { checkTimes } from './times.ts';
import { checkTitle } from './title.ts';

/** An article as it was read, with all that it was read from. */
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

const CHECKS: readonly ((reading: Reading) => readonly Flag[])[] = [
  checkPage,
  checkColumn,
  checkTitle,
  checkTimes,
  checkByline,
  checkBody,
  checkCharacters,
  checkPictures,
  checkParts,
  checkList,
];

/** All flags of an article, in the order of the checks; the same evidence is told once. */
export function check(reading: Reading): readonly Flag[] {
  const flags = CHECKS.flatMap((ask) => ask(reading));
  return flags.filter(
    ({ code, detail }, i) => flags.findIndex((other) => other.code === code && other.detail === detail) === i,
  );
}
