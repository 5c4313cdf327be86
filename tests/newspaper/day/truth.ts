/** What is true about a news day: what was published, changed, withdrawn and shown, and which lists were broken, when. */
import type { ArticleId } from '../../../src/model.ts';
import type { Era, NewspaperImage } from '../truth.ts';

/** What a version changed: the headline alone, a sentence, paragraphs more, or the picture alone. */
export type ChangeKind = 'title' | 'correction' | 'addition' | 'picture';

/** A page as it stands from one instant to the next version's. Every instant is in milliseconds since 1970, on a whole second. */
export interface DayVersion {
  readonly from: number;
  readonly kind: 'published' | ChangeKind;
  /** The page's h3, and the title as lists print it. */
  readonly title: string;
  readonly listTitle: string;
  /** 最后更新 as printed; null for the first version. */
  readonly updated: string | null;
  /** As `NewspaperArticle.paragraphs`. */
  readonly paragraphs: readonly string[];
  readonly images: readonly NewspaperImage[];
}

/** A list, by the name of its source, showed the article from one instant up to, not including, the other. */
export interface Shown {
  readonly list: string;
  readonly from: number;
  /** Null where it never falls off. */
  readonly until: number | null;
}

export interface DayArticle {
  readonly id: ArticleId;
  /** Canonical and absolute. */
  readonly url: string;
  readonly era: Era;
  readonly publishedAt: number;
  /** Oldest first; edits are made to www articles that are neither withdrawn nor moved. */
  readonly versions: readonly [DayVersion, ...DayVersion[]];
  /** From then on its address leads home, and no list shows it. */
  readonly withdrawnAt: number | null;
  /** From then on its page is the script that leads to the post `movedTo`, which is published at that instant. */
  readonly movedAt: number | null;
  readonly movedTo: ArticleId | null;
  /** Of a post: the article that became it. */
  readonly movedFrom: ArticleId | null;
  /** No list ever shows it. */
  readonly hidden: boolean;
  /** As the lists stood when they answered as they should: outages are listed apart. */
  readonly shown: readonly Shown[];
}

/**
 * How a list or the whole of www failed: its own markup without an entry, status 500, the home page's markup under its
 * address, a redirect to its origin's home page, status 503. `not-yet` and `retired` are redirects home as well, of a column's
 * address before and after its time.
 */
export type OutageKind =
  | 'empty'
  | 'error-500'
  | 'home-page'
  | 'home-redirect'
  | 'unavailable-503'
  | 'not-yet'
  | 'retired';

export interface Outage {
  /** Name of the list; null for all of www. */
  readonly source: string | null;
  readonly from: number;
  /** Null where it stays so. */
  readonly to: number | null;
  readonly kind: OutageKind;
}
