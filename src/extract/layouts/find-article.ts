/** Which layout a page has, and where its column and its body are. */
import type { AnyNode, Cheerio } from '../../html/html.ts';
import type { ParsedPage } from '../../html/parsed-page.ts';
import { CLASSIC } from './classic.ts';
import { CMS_2026 } from './cms-2026.ts';
import { FENGWEN } from './fengwen.ts';
import type { Layout } from './layout.ts';
import { MOBILE } from './mobile.ts';

/** Every layout, newest first. No page is claimed by two. */
export const LAYOUTS: readonly Layout[] = [CMS_2026, CLASSIC, FENGWEN, MOBILE];

const ANY_COLUMN = [...new Set(LAYOUTS.map(({ column }) => column))].join(', ');

/** An article as found on its page; the elements belong to the page's own tree. */
export interface FoundArticle {
  readonly layout: Layout;
  readonly column: Cheerio<AnyNode>;
  readonly body: Cheerio<AnyNode>;
  /** Names of further layouts that claim this column, or another column of the page; empty on every sound page. */
  readonly rivals: readonly string[];
}

const known = new WeakMap<ParsedPage, FoundArticle | null>();

/** The article on a page by the layout that claims it; null where the page has no article body, filled or empty. */
export function findArticle(page: ParsedPage): FoundArticle | null {
  const before = known.get(page);
  if (before !== undefined) return before; // judged first, then extracted
  const found = search(page);
  known.set(page, found);
  return found;
}

function search({ $ }: ParsedPage): FoundArticle | null {
  const columns = $(ANY_COLUMN);
  const column = columns.first();
  const [layout, ...others] = LAYOUTS.filter((candidate) => claims(candidate, column));
  if (layout === undefined) return null;
  const body = inColumn(column, layout.body).first();
  const elsewhere = columns
    .toArray()
    .slice(1)
    .flatMap((element) => LAYOUTS.filter((candidate) => claims(candidate, $(element))));
  return body.length > 0 ? { layout, column, body, rivals: [...others, ...elsewhere].map(({ name }) => name) } : null;
}

function claims({ column: selector, when, unless }: Layout, column: Cheerio<AnyNode>): boolean {
  const holds = (wanted: string) => inColumn(column, wanted).length > 0;
  return column.is(selector) && holds(when) && !(unless !== null && holds(unless));
}

/**
 * Elements of a column by a layout's selector. A leading child step is taken first: the comments in a column are far
 * larger than the article, and cheerio would search them too.
 */
export function inColumn(column: Cheerio<AnyNode>, selector: string): Cheerio<AnyNode> {
  const [, block, rest] = /^> (\S+)(?: (.+))?$/.exec(selector) ?? [];
  if (block === undefined) return column.find(selector);
  return rest === undefined ? column.children(block) : column.children(block).find(rest);
}
