/** How one article's pages are asked for: the single-page form first, else the first page and its further parts. */
import { ArchiveError } from '../errors.ts';
import { type Fetcher, fetchPage, renderPage, type Validators } from '../fetch/fetcher.ts';
import type { Politeness } from '../fetch/politeness.ts';
import type { ArticleAddress, Page, Verdict } from '../model.ts';
import { isWhole, partUrls } from '../page/body.ts';
import { judge } from '../page/judge.ts';
import { type ParsedPage, parsePage } from '../page/page.ts';
import { type Site, singlePageUrl } from '../site/address.ts';

export interface ArticleFetch {
  readonly verdict: Verdict;
  /** All parts in order where the verdict is `article`, else the page that was judged. */
  readonly parts: readonly ParsedPage[];
  /** The single-page form, where it was no more than a part and the parts were read instead; else null. */
  readonly single: ParsedPage | null;
}

interface ArticleFetchServices {
  readonly fetcher: Fetcher;
  readonly politeness: Politeness;
  readonly site: Site;
}

interface JudgedPage {
  readonly page: ParsedPage;
  readonly verdict: Verdict;
}

/**
 * Fetches and judges an article where it is not as it was.
 * @param known what the answer to the single-page form was known by
 * @returns null where the site says that nothing has changed (304; RFC 9110, 15.4.5)
 * @throws what `readArticle` throws
 */
export async function readIfChanged(
  address: ArticleAddress,
  known: Validators,
  services: ArticleFetchServices,
  signal: AbortSignal,
): Promise<ArticleFetch | null> {
  const answer = await fetchPage(services.fetcher, singlePageUrl(address), { signal, known });
  return answer.status === 304 ? null : readArticle(address, services, { signal, answer });
}

/**
 * Fetches and judges an article. What may have been damaged on its way is asked for again at once: what comes the same
 * twice is the site's own.
 * @param options `answer` is what came for the single-page form, where it was asked for already
 * @throws PAGE_DAMAGED, TRUNCATED where two such answers differ; what `Fetcher` throws
 */
export async function readArticle(
  address: ArticleAddress,
  services: ArticleFetchServices,
  { signal, answer }: { readonly signal: AbortSignal; readonly answer?: Page },
): Promise<ArticleFetch> {
  const single = await fetchAndJudge(singlePageUrl(address), { suspects: ['truncated', 'not-an-article'], answer });
  // Not every page is served in the single form (site.md, 1.1): what it does not give, the first page may.
  const needsParts = single.verdict.kind === 'article' && partUrls(single.page).length > 0 && !isWhole(single.page);
  const mayBeElsewhere = ['gone', 'truncated', 'not-an-article'].includes(single.verdict.kind);
  if (!needsParts && !mayBeElsewhere) return { verdict: single.verdict, parts: [single.page], single: null };

  const first = await fetchAndJudge(address.url);
  if (first.verdict.kind !== 'article') return { verdict: first.verdict, parts: [first.page], single: null };
  const parts = [first.page];
  for (const url of partUrls(first.page)) {
    const part = await fetchAndJudge(url);
    if (part.verdict.kind === 'blocked') return { verdict: part.verdict, parts: [part.page], single: null };
    if (part.verdict.kind !== 'article') {
      const evidence = [`part ${parts.length + 1}, ${url}: ${part.verdict.kind}`, ...part.verdict.evidence];
      return { verdict: { kind: 'truncated', evidence }, parts: [part.page], single: null };
    }
    parts.push(part.page);
  }
  return { verdict: first.verdict, parts, single: needsParts ? single.page : null };

  /** @param how `suspects` are verdicts that are not believed at once, besides bytes that are no text */
  async function fetchAndJudge(
    url: string,
    how: { readonly suspects?: readonly Verdict['kind'][]; readonly answer?: Page | undefined } = {},
  ): Promise<JudgedPage> {
    const isSuspect = ({ page, verdict }: JudgedPage) =>
      page.undecodable > 0 || how.suspects?.includes(verdict.kind) === true;
    const one = await fetchAndJudgeOnce(url, how.answer);
    if (!isSuspect(one)) return one;
    const other = await fetchAndJudgeOnce(url);
    if (!isSuspect(other) || saysTheSame(one, other)) return other;
    const [before, after] = [one, other].map(inWords);
    throw new ArchiveError(
      other.page.undecodable > 0 ? 'PAGE_DAMAGED' : 'TRUNCATED',
      `${url}: first ${before}, then ${after}`,
    );
  }

  async function fetchAndJudgeOnce(url: string, answer?: Page): Promise<JudgedPage> {
    let page = parsePage(answer ?? (await fetchPage(services.fetcher, url, { signal })));
    let verdict = judge(page, services.site);
    if (verdict.kind === 'not-an-article' && verdict.needsScripts) {
      page = parsePage(await renderPage(services.fetcher, page.page, { signal }));
      verdict = judge(page, services.site);
    }
    // A refusal by status has slowed the host down already; a challenge looks like any other answer until it is judged.
    if (verdict.kind === 'blocked' && page.page.status === 200) services.politeness.backOff(url);
    return { page, verdict };
  }
}

function saysTheSame(one: JudgedPage, other: JudgedPage): boolean {
  return one.page.undecodable === other.page.undecodable && inWords(one) === inWords(other);
}

function inWords({ page, verdict }: JudgedPage): string {
  const damage = page.undecodable === 0 ? '' : `, ${page.undecodable} places that are no text`;
  return `${verdict.kind} (${verdict.evidence.join('; ')})${damage}`;
}
