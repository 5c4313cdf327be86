/** What links, times and addresses of a list say, whether it is a page or JSON. */
import type { ListEntry } from '../model.ts';
import { absoluteUrl, parseArticleUrl } from '../url/article-url.ts';
import { inScope, type Site } from '../url/scope.ts';
import type { DropReason } from './found.ts';

/** The article that a link leads to, or why it leads to none. A relative link needs `base`, the address of the list. */
export function articleLink(
  written: string,
  site: Site,
  base: string,
): Pick<ListEntry, 'address' | 'href'> | { readonly why: DropReason } {
  const address = parseArticleUrl(written, site, base);
  const href = absoluteUrl(written, site, base);
  if (href === null) return { why: 'no-article' };
  if (address === null) return { why: inScope(href, site) ? 'no-article' : 'other-host' };
  return isLaterPart(href) ? { why: 'later-part' } : { address, href };
}

/** `…/2017_03_28_400912_3.shtml`; part 1 is the article itself (site.md, 1.1). */
function isLaterPart(href: string): boolean {
  const part = /\/\d{4}_\d{2}_\d{2}_\d+_(\d{1,3})(?:\.shtml)?$/i.exec(new URL(href).pathname)?.[1];
  return part !== undefined && Number(part) > 1;
}

/** Pictures of advertisements lie in a folder of their own (site.md, 3.2 and 5). */
export function isAdvertAddress(src: string): boolean {
  return src.includes('/tg/');
}

/** The first text that is a time: counts of readers and names of writers stand in places of their own beside it. */
export function timeIn(texts: readonly string[]): string | null {
  return texts.find((text) => TIME.test(text)) ?? null;
}

/** `2026-09-27 22:09`, with seconds or without a clock, `09-27 22:09`, `昨天 22:09`, `刚刚`, `2小时前` (site.md, 4). */
const TIME = /^(?:(?:\d{4}-)?\d{1,2}-\d{1,2}(?: \d{1,2}:\d{2}(?::\d{2})?)?|昨天.*|刚刚|\d+\s*\S+前)$/;

export function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
