/** How one article's pages are asked for: the single-page form first, else the first page and its further parts. */
import { isWhole, partUrls } from './extract/parts.ts';
import type { Fetcher } from './fetch/fetch.ts';
import type { Politeness } from './fetch/politeness.ts';
import { type ParsedPage, parsePage } from './html/parsed-page.ts';
import { judge } from './judge/judge.ts';
import type { ArticleAddress, Verdict } from './model.ts';
import { singlePageUrl } from './url/article-url.ts';
import type { Site } from './url/scope.ts';

export interface Reading {
  readonly verdict: Verdict;
  /** All parts in order where the verdict is `article`, else the page that was judged. */
  readonly parts: readonly ParsedPage[];
  /** The single-page form, where it was no more than a part and the parts were read instead; else null. */
  readonly single: ParsedPage | null;
}

/** Fetches and judges an article. Throws what `Fetcher.fetch` throws. */
export async function readArticle(
  address: ArticleAddress,
  rooms: { readonly fetcher: Fetcher; readonly politeness: Politeness; readonly site: Site },
  signal: AbortSignal,
): Promise<Reading> {
  const single = await look(singlePageUrl(address));
  // Not every page is served in the single form (site.md, 1.1): what it does not give, the first page may.
  const needsParts = single.verdict.kind === 'article' && partUrls(single.page).length > 0 && !isWhole(single.page);
  const mayBeElsewhere = ['gone', 'truncated', 'not-an-article'].includes(single.verdict.kind);
  if (!needsParts && !mayBeElsewhere) return { verdict: single.verdict, parts: [single.page], single: null };

  const first = await look(address.url);
  if (first.verdict.kind !== 'article') return { verdict: first.verdict, parts: [first.page], single: null };
  const parts = [first.page];
  for (const url of partUrls(first.page)) {
    const part = await look(url);
    if (part.verdict.kind === 'blocked') return { verdict: part.verdict, parts: [part.page], single: null };
    if (part.verdict.kind !== 'article') {
      const evidence = [`part ${parts.length + 1}, ${url}: ${part.verdict.kind}`, ...part.verdict.evidence];
      return { verdict: { kind: 'truncated', evidence }, parts: [part.page], single: null };
    }
    parts.push(part.page);
  }
  return { verdict: first.verdict, parts, single: needsParts ? single.page : null };

  async function look(url: string): Promise<{ readonly page: ParsedPage; readonly verdict: Verdict }> {
    let page = parsePage(await rooms.fetcher.fetch(url, signal));
    let verdict = judge(page, rooms.site);
    if (verdict.kind === 'not-an-article' && verdict.needsScripts) {
      page = parsePage(await rooms.fetcher.runScripts(page.page, signal));
      verdict = judge(page, rooms.site);
    }
    // A refusal by status has slowed the host down already; a challenge looks like any other answer until it is judged.
    if (verdict.kind === 'blocked' && page.page.status === 200) rooms.politeness.backOff(url);
    return { page, verdict };
  }
}
