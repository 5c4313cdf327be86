/** Which layout a page has, and where its column and its body are. */

import type { Layout } from '../site/layout.ts';
import { CLASSIC, CMS_2026, FENGWEN, MOBILE } from '../site/layouts.ts';
import {
  type AnyNode,
  type Cheerio,
  type Element,
  type ElementIndex,
  elementsBelow,
  elementsOfClass,
  isElement,
  matcher,
  steadyMatcher,
} from './html.ts';
import type { ParsedPage } from './page.ts';

/** Every layout, newest first. No page is claimed by two. */
export const LAYOUTS: readonly Layout[] = [CMS_2026, CLASSIC, FENGWEN, MOBILE];

const ANY_COLUMN = [...new Set(LAYOUTS.map(({ column }) => column))].join(', ');
/** Classes of the columns, and of the child that makes a mobile page's `section` one. */
const COLUMN_CLASS = /left-main|article-content|textPageCont|gc_content/;

/** An article as found on its page; the elements belong to the page's own tree. */
export interface FoundArticle {
  readonly layout: Layout;
  readonly column: Cheerio<AnyNode>;
  readonly body: Cheerio<AnyNode>;
  /** Names of further layouts that claim this column, or another column of the page; empty on every sound page. */
  readonly rivals: readonly string[];
}

const known = new WeakMap<ParsedPage, FoundArticle | null>();

/** The article on a page by the layout that claims it; null if the page has no article body, filled or empty. */
export function findArticle(page: ParsedPage): FoundArticle | null {
  const before = known.get(page);
  if (before !== undefined) return before; // judged first, then extracted
  const found = locate(page);
  known.set(page, found);
  return found;
}

function locate(page: ParsedPage): FoundArticle | null {
  const { $ } = page;
  const columns = columnsOf(page);
  const column = $<Element, never>(columns.slice(0, 1));
  const [layout, ...others] = LAYOUTS.filter((candidate) => claims(candidate, column));
  if (layout === undefined) return null;
  const body = inColumn(column, layout.body).first();
  // Of a page made of columns a few say as much as all.
  const elsewhere = columns
    .slice(1, MOST_COLUMNS)
    .flatMap((element) => LAYOUTS.filter((candidate) => claims(candidate, $(element))));
  return body.length > 0 ? { layout, column, body, rivals: [...others, ...elsewhere].map(({ name }) => name) } : null;
}

const MOST_COLUMNS = 20;

/** The column of any layout, whether there is an article in it or not: the site's own frame. Null where there is none. */
export function columnOf(page: ParsedPage): Cheerio<AnyNode> | null {
  const [column] = columnsOf(page);
  return column === undefined ? null : page.$(column);
}

function columnsOf({ index }: ParsedPage): Element[] {
  return [...new Set(mayBeColumns(index).filter(matcher(ANY_COLUMN)))];
}

/** The common elements that stand in a line of text. */
const NO_COLUMN: ReadonlySet<string> = new Set(['a', 'span', 'p', 'img', 'em', 'i', 'h4', 'label', 'input']);

/** Few elements, among them every column, so that the selector is asked of few. */
function mayBeColumns(index: ElementIndex): Element[] {
  const marked = elementsOfClass(index, COLUMN_CLASS).filter(({ name }) => !NO_COLUMN.has(name));
  return marked.flatMap((element) => {
    const { parent } = element;
    return parent !== null && isElement(parent) ? [element, parent] : [element];
  });
}

function claims({ column: selector, when, unless }: Layout, column: Cheerio<AnyNode>): boolean {
  const holds = (wanted: string) => inColumn(column, wanted).length > 0;
  const [element] = column.toArray();
  return (
    element !== undefined &&
    'attribs' in element &&
    matcher(selector)(element) &&
    holds(when) &&
    !(unless !== null && holds(unless))
  );
}

/**
 * Elements of a column by a layout's selector. A leading child step is taken first: the comments in a column are far
 * larger than the article, and cheerio would search them too. Fields, blocks and checks ask for the same elements, so an
 * answer is kept; the page's tree does not change.
 */
export function inColumn(column: Cheerio<AnyNode>, selector: string): Cheerio<AnyNode> {
  const [element] = column.toArray();
  if (element === undefined) return column;
  const before = answers.get(element) ?? new Map<string, Cheerio<AnyNode>>();
  answers.set(element, before);
  const known = before.get(selector);
  if (known !== undefined) return known;
  const found = column._make([...search(element, selector)]);
  before.set(selector, found);
  return found;
}

/** Every element below one that is asked several times. */
function elementsIn(element: AnyNode): readonly Element[] {
  const known = elements.get(element) ?? elementsBelow([element]);
  elements.set(element, known);
  return known;
}

const elements = new WeakMap<AnyNode, readonly Element[]>();

function search(top: AnyNode, selector: string): readonly Element[] {
  const [, block, rest] = /^> (\S+)(?: (.+))?$/.exec(selector) ?? [];
  if (block === undefined) return elementsIn(top).filter(steadyMatcher(selector));
  const children = 'children' in top ? top.children : [];
  const blocks = children.filter(isElement).filter(matcher(block));
  return rest === undefined ? blocks : blocks.flatMap((each) => search(each, rest));
}

const answers = new WeakMap<AnyNode, Map<string, Cheerio<AnyNode>>>();
