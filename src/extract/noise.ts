/** Noise: what stands inside the body element and is not the article's. Every removal is by a rule with a name. */
import { nodesIn } from '../html/elements.ts';
import type { AnyNode, Cheerio, CheerioAPI } from '../html/html.ts';
import { matcher } from '../html/selectors.ts';
import { type Amount, amountOf } from './amount.ts';

/** A rule names what it drops: elements by selector, or the HTML comments. */
export type NoiseRule =
  | {
      readonly name: string;
      readonly selector: string;
      /** A block of the page's frame: where it stands in the body, the body's end tag may be missing. */
      readonly frame?: true;
      /** A field that the layout has inside the body: read, not lost. */
      readonly field?: string;
    }
  | { readonly name: string; readonly nodes: 'comments' };

/**
 * Rules for pages of every layout. The site's own blocks (site.md, 2.2 and 2.6) stand beside the body; they are inside
 * it only where scripts put them there or the body's end tag is missing.
 */
export const SHARED_NOISE: readonly NoiseRule[] = [
  { name: 'script', selector: 'script' },
  { name: 'style sheet', selector: 'style, link[rel="stylesheet"]' },
  // Word leaves `<!--[if gte mso 9]>…` behind; the site keeps old blocks commented out (site.md, 3.2).
  { name: 'comment in the source', nodes: 'comments' },
  // Where a `_s` page joins its parts (site.md, 2.4): empty marks that the page's script scrolls to.
  { name: 'page anchor', selector: ':is(a, div, p, span)[id^="page_"]:empty' },
  { name: 'page numbers', selector: '#select_page, div.module-page' },
  { name: 'share buttons', selector: 'div.share, div.share-box, .bdsharebuttonbox' },
  { name: 'report form', selector: '.post_accusation, .accusation-down-list' },
  { name: 'advertisement', selector: '.content-bottom-ad, .n_c_ecommerce-image, img.advertise' },
  { name: 'keywords', selector: 'div.key-word', frame: true },
  { name: 'editor and notes', selector: 'ul.article-other', frame: true },
  { name: 'topic and recent articles', selector: 'div.img-special', frame: true },
  { name: 'members area', selector: '#post-member, [class^="member-right-"]', frame: true },
  { name: 'comments', selector: 'a#comment, #comments-container, .gc-comment', frame: true },
  { name: 'related articles', selector: 'ul.new-left-list, .kuaixun-new, .module-news-2', frame: true },
];

/** What one rule took out of a body. */
export interface Removal extends Amount {
  readonly rule: NoiseRule;
}

/**
 * Removes from `body`, in place, all that the rules name, and says what that was; what shows nothing is not told.
 * Nothing else is touched, white space included.
 */
export function removeNoise($: CheerioAPI, body: Cheerio<AnyNode>, rules: readonly NoiseRule[]): readonly Removal[] {
  let nodes: readonly AnyNode[] = [...nodesIn(body.contents().toArray())];
  return rules.flatMap((rule) => {
    const found = matching(nodes, rule);
    // The innermost first, so that nothing is counted twice.
    const removals = found.toReversed().map((node) => {
      const amount = amountOf([node]);
      $(node).remove();
      return { rule, ...amount };
    });
    if (found.length > 0) nodes = [...nodesIn(body.contents().toArray())];
    return removals.filter(({ characters, pictures }) => characters + pictures > 0).toReversed();
  });
}

function matching(nodes: readonly AnyNode[], rule: NoiseRule): readonly AnyNode[] {
  if ('nodes' in rule) return nodes.filter((node) => node.type === 'comment');
  const matches = matcher(rule.selector);
  return nodes.filter((node) => 'attribs' in node && matches(node));
}
