/** The body: the container's own markup, minus named noise. */
import { elementsBelow } from '../html/elements.ts';
import type { AnyNode, Cheerio, Element } from '../html/html.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import type { BodyImage, BodyMedia } from '../model.ts';
import type { Site } from '../url/scope.ts';
import { type Amount, amountOf } from './amount.ts';
import { type Column, readColumn } from './column.ts';
import { readImages } from './images.ts';
import type { FoundArticle } from './layouts/find-article.ts';
import { readMedia } from './media.ts';
import { type Removal, removeNoise } from './noise.ts';
import { linesOf } from './text.ts';

export interface Body {
  /** The site's own markup and white space; without noise in it exactly the container's inner HTML. */
  readonly html: string;
  readonly images: readonly BodyImage[];
  readonly media: readonly BodyMedia[];
  /** All lines of text. */
  readonly lines: readonly string[];
  readonly amount: Amount;
  readonly removed: readonly Removal[];
  /** What stands round it in its column. */
  readonly column: Column;
  /** The tree that `html` was written from. */
  readonly tree: Cheerio<AnyNode>;
  /** All elements in it, in document order. */
  readonly elements: readonly Element[];
  /** Those of its nodes that stood beside the body element. */
  readonly strays: readonly AnyNode[];
}

/**
 * Reads the body of one part from a copy, so that the page's tree stays as it was. What no rule knows, and stands where
 * the body is, is a part of it: nothing that may be the article's is lost. `base` resolves its
 * links. Total: where nothing but noise is in it, the body is empty.
 */
export function readBody(page: ParsedPage, found: FoundArticle, base: string, site: Site): Body {
  const column = readColumn(page, found);
  const tree = found.body.clone();
  const [before, after] = [column.before.clone(), column.after.clone()];
  if (before.length > 0) tree.prepend(before);
  if (after.length > 0) tree.append(after);
  const removed = removeNoise(page.$, tree, found.layout.noise);
  const elements = elementsBelow(tree.toArray());
  const images = readImages(page.$, elements, base, site);
  return {
    html: tree.html() ?? '',
    images,
    media: readMedia(elements, images, base),
    lines: linesOf(tree.contents()),
    amount: amountOf(tree.toArray()),
    removed,
    column,
    tree,
    elements,
    strays: [...before.toArray(), ...after.toArray()],
  };
}
