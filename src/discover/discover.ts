/** Which articles does a list show, and where does it go on? */
import type { ParsedPage } from '../html/parsed-page.ts';
import type { ListEntry } from '../model.ts';
import type { Site } from '../url/scope.ts';
import type { ListKind, ListName } from './list-kind.ts';
import { nextListPageUrl } from './list-page-url.ts';
import { column } from './lists/column.ts';
import { front } from './lists/front.ts';
import { headline } from './lists/headline.ts';
import { home } from './lists/home.ts';
import { latest } from './lists/latest.ts';
import { review } from './lists/review.ts';
import { mergeEntries } from './merge-entries.ts';
import { readLinks } from './read-links.ts';

export interface Discovery {
  /** The kind of list that the answer turned out to be; `unknown` where its markup is none that we know. */
  readonly kind: ListName | 'unknown';
  /** In page order, one per article. */
  readonly entries: readonly ListEntry[];
  /** The list's next page, if it is of a kind that has pages; it may turn out to be empty. */
  readonly next: string | null;
}

/** Every kind of list. The first whose `when` is there is taken, for fronts also hold what the plain lists are known by. */
export const LIST_KINDS: readonly ListKind[] = [home, front, headline, review, column, latest];

/** An article shows related ones in the markup of a list, but is none. */
const ARTICLE_BODY = '.all-txt';

/**
 * The articles that a list shows. The answer's markup decides how it is read, never its URL: past its last page a list
 * may answer with the home page (site.md, 1.2), which then comes back as `home`, for the caller to leave alone.
 * No entries means that the list is empty or its markup has changed: the caller's SOURCE_EMPTY.
 */
export function discover(page: ParsedPage, site: Site): Discovery {
  const kind = kindOf(page);
  if (kind === undefined) return { kind: 'unknown', entries: [], next: null };
  const entries = mergeEntries(kind.links.flatMap((links) => readLinks(page, site, links)));
  const next = kind.paged && entries.length > 0 ? nextListPageUrl(page.page.finalUrl) : null;
  return { kind: kind.name, entries, next };
}

function kindOf({ $ }: ParsedPage): ListKind | undefined {
  if ($(ARTICLE_BODY).length > 0) return undefined;
  return LIST_KINDS.find((kind) => $(kind.when).length > 0);
}
