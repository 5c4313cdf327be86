/** Articles in several parts: where the other parts are, and the parts as one body (site.md, 1.1 and 2.4). */
import { type ElementIndex, elementsOfClass, isElement } from '../html/elements.ts';
import type { Element } from '../html/html.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import type { Body } from './body.ts';
import { absoluteUrl } from './text.ts';

/**
 * URLs of the parts 2, 3 … in order, absolute; none for a one-page article. Read from the block of page numbers: of
 * `#select_page`, where 下一页 has its address in `onclick` only, or of a community post's `ul.pagination`. Where the block
 * names 2 and 5, 3 and 4 are there as well; where it shows only the next few numbers, a later part names the rest.
 */
export function partUrls(page: ParsedPage): readonly string[] {
  const links = partLinks(page);
  const [first] = links;
  if (first === undefined) return [];
  const last = Math.max(...links.map(({ number }) => number));
  return Array.from({ length: last - 1 }, (_, i) => first.href.replace(PART, `$1${i + 2}$3`));
}

/** The parts' bodies one after the other. A part that the site answers with the text of another one is left out. */
export function joinParts(bodies: readonly Body[]): { readonly html: string; readonly parts: readonly Body[] } {
  const seen = new Set<string>();
  const parts = bodies.filter(({ html }) => !seen.has(html) && seen.add(html));
  return { html: parts.map(({ html }) => html).join(''), parts };
}

/** True for the single-page form of an article in parts: it alone has anchors where each part begins (site.md, 2.4). */
export function isWhole({ index }: ParsedPage): boolean {
  return index.withId.some(({ attribs }) => attribs.id?.startsWith('page_') === true);
}

/** The number of a part in its URL: `…_516891_2.shtml`, or `…content?id=1&page=2` (page 0 is the whole post). */
const PART = /(\/\d{4}_\d{2}_\d{2}_\d+_|[?&]page=)([1-9]\d{0,2})(\.shtml$|$|&)/;

interface PartLink {
  readonly href: string;
  readonly number: number;
}

function partLinks({ $, page, index }: ParsedPage): readonly PartLink[] {
  const links: PartLink[] = [];
  for (const { attribs } of $(numberBlocks(index)).find('[href], [onclick]').toArray()) {
    const link = attribs.href || /location(?:\.href)?\s*=\s*['"]([^'"]+)['"]/.exec(attribs.onclick ?? '')?.[1];
    const href = absoluteUrl(link, page.finalUrl);
    const number = PART.exec(href ?? '')?.[2];
    if (href !== null && number !== undefined) links.push({ href, number: Number(number) });
  }
  return links;
}

function numberBlocks(index: ElementIndex): Element[] {
  const ofPost = elementsOfClass(index, /pagination/).filter(
    (each) => each.name === 'ul' && hasClass(each.attribs.class, 'pagination') && isInPost(each),
  );
  return [...index.withId.filter(({ attribs }) => attribs.id === 'select_page'), ...ofPost];
}

function isInPost(element: Element): boolean {
  for (let above = element.parent; above !== null; above = above.parent)
    if (isElement(above) && hasClass(above.attribs.class, 'article-content')) return true;
  return false;
}

function hasClass(classes = '', name: string): boolean {
  return classes.split(/\s+/).includes(name);
}
