/** Noise: what stands inside the body element and is not the article's. Every removal is by a rule with a name. */
import type { AnyNode, Cheerio } from '../html/html.ts';

/** A rule names what it drops: elements by selector, or the HTML comments. */
export type NoiseRule =
  | { readonly name: string; readonly selector: string }
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
  { name: 'keywords', selector: 'div.key-word' },
  { name: 'editor and notes', selector: 'ul.article-other' },
  { name: 'topic and recent articles', selector: 'div.img-special' },
  { name: 'members area', selector: '#post-member, [class^="member-right-"]' },
  { name: 'comments', selector: 'a#comment, #comments-container, .gc-comment' },
  { name: 'related articles', selector: 'ul.new-left-list, .kuaixun-new, .module-news-2' },
];

/** Removes from `body`, in place, all that the rules name. Nothing else is touched, white space included. */
export function removeNoise(body: Cheerio<AnyNode>, rules: readonly NoiseRule[]): void {
  for (const rule of rules) matches(body, rule).remove();
}

function matches(body: Cheerio<AnyNode>, rule: NoiseRule): Cheerio<AnyNode> {
  if ('selector' in rule) return body.find(rule.selector);
  return body
    .find('*')
    .addBack()
    .contents()
    .filter((_, node) => node.type === 'comment');
}
