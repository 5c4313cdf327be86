/** Where a page sends its reader by script or meta refresh (site.md, 7.2 and 7.3). */
import { absoluteUrl } from '../extract/text.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import type { ArticleAddress } from '../model.ts';
import { parseArticleUrl } from '../url/article-url.ts';
import type { Site } from '../url/scope.ts';

export interface Jump {
  readonly href: string;
  /** The article it leads to, if it is one of the site's. */
  readonly article: ArticleAddress | null;
  readonly evidence: string;
}

/** `location = "…"`, `window.location.href="…"`, `location.replace("…")`. */
const BY_SCRIPT = /\blocation\s*(?:\.\s*href)?\s*(?:=|\.\s*(?:replace|assign)\s*\()\s*(["'])(.+?)\1\s*[;)\n}]/g;

/**
 * The first jump to anywhere but the page itself and its mobile form; null if there is none. Only whole addresses in
 * scripts count: links to posts and handlers of buttons are common in ordinary pages.
 */
export function findJump(page: ParsedPage, site: Site): Jump | null {
  const own = parseArticleUrl(page.page.finalUrl, site);
  for (const { link, how } of jumpsIn(page)) {
    const href = absoluteUrl(link, page.page.finalUrl);
    if (href === null || href === page.page.finalUrl) continue;
    const article = parseArticleUrl(href, site);
    if (article !== null && article.id === own?.id) continue;
    return { href, article, evidence: `${how} to ${href}` };
  }
  return null;
}

function* jumpsIn({ $ }: ParsedPage) {
  for (const script of $('script:not([src])').toArray()) {
    for (const match of $(script).text().matchAll(BY_SCRIPT)) yield { link: match[2], how: 'script jump' };
  }
  for (const { attribs } of $('meta[http-equiv="refresh" i]').toArray()) {
    yield { link: /url\s*=\s*['"]?([^'"]+)/i.exec(attribs.content ?? '')?.[1], how: 'meta refresh' };
  }
}
