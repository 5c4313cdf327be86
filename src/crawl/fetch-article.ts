/** How one article's pages are asked for: the single-page form first, else the first page and its further parts. */
import type { Quarantine } from '../archive/quarantine.ts';
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import type { Budget } from '../fetch/budget.ts';
import { type Fetcher, fetchPage, renderPage, type Validators } from '../fetch/fetcher.ts';
import type { Politeness } from '../fetch/politeness.ts';
import type { ArticleAddress, Page, Verdict } from '../model.ts';
import { isWhole, partUrls } from '../page/body.ts';
import { judge } from '../page/judge.ts';
import { type ParsedPage, parsePage } from '../page/page.ts';
import { inBrief, saysNothing } from '../page/refusal.ts';
import { parseArticleUrl, type Site, singlePageUrl } from '../site/address.ts';
import { asksForPause } from '../site/answers.ts';
import { type PageTrial, pageFault } from './page-trial.ts';

export interface ArticleFetch {
  readonly verdict: Verdict;
  /** All parts in order where the verdict is `article`, else the page that was judged. */
  readonly parts: readonly [ParsedPage, ...ParsedPage[]];
  /** The single-page form, where it was no more than a part and the parts were read instead; else null. */
  readonly single: ParsedPage | null;
}

export interface ArticleFetchServices {
  readonly fetcher: Fetcher;
  readonly politeness: Pick<Politeness, 'backOff'>;
  readonly site: Site;
  /** Opens what the pages of one visit may take. Absent where their number alone ends them, which has three digits. */
  readonly pageBudget?: () => Budget;
  /** Absent where every page is read without one. */
  readonly trial?: PageTrial;
  /** Keeps a page that could not be read. */
  readonly quarantine?: Pick<Quarantine, 'keep'>;
}

export interface JudgedPage {
  readonly page: ParsedPage;
  readonly verdict: Verdict;
}

/**
 * Fetches and judges an article. What may have been damaged on its way is asked for again at once: what comes the same
 * twice is the site's own.
 * @param options `known` is what the answer to the single-page form was known by at an earlier visit; null asks for the whole
 * @returns `not modified` where the site says that nothing has changed since (304; RFC 9110, 15.4.5)
 * @throws PAGE_DAMAGED, TRUNCATED where two such answers differ; BUDGET_SPENT; what `Fetcher` throws
 */
export async function fetchArticle(
  address: ArticleAddress,
  services: ArticleFetchServices,
  options: { readonly signal: AbortSignal; readonly known?: undefined },
): Promise<ArticleFetch>;
export async function fetchArticle(
  address: ArticleAddress,
  services: ArticleFetchServices,
  options: { readonly signal: AbortSignal; readonly known: Validators | null },
): Promise<ArticleFetch | 'not modified'>;
export async function fetchArticle(
  address: ArticleAddress,
  services: ArticleFetchServices,
  { signal, known = null }: { readonly signal: AbortSignal; readonly known?: Validators | null | undefined },
): Promise<ArticleFetch | 'not modified'> {
  const singleUrl = singlePageUrl(address);
  const budget = services.pageBudget?.();
  const answer = known === null ? undefined : await fetchPage(services.fetcher, singleUrl, { signal, known, budget });
  if (answer?.status === 304) return 'not modified';
  const single = await fetchTwiceIfSuspect(singleUrl, { suspects: ['truncated', 'not-an-article'], answer });
  // Not every page is served in the single form (site.md, 1.1): what it does not give, the first page may.
  const needsParts = single.verdict.kind === 'article' && partUrls(single.page).length > 0 && !isWhole(single.page);
  const mayBeElsewhere = ['gone', 'truncated', 'not-an-article'].includes(single.verdict.kind);
  if (!needsParts && !mayBeElsewhere) return { verdict: single.verdict, parts: [single.page], single: null };

  const first = await fetchTwiceIfSuspect(address.url);
  if (first.verdict.kind !== 'article') return { verdict: first.verdict, parts: [first.page], single: null };
  const parts: [ParsedPage, ...ParsedPage[]] = [first.page];
  for (const url of partUrls(first.page)) {
    const part = await fetchTwiceIfSuspect(url);
    if (part.verdict.kind === 'blocked' || part.verdict.kind === 'server-error')
      return { verdict: part.verdict, parts: [part.page], single: null };
    if (part.verdict.kind !== 'article') {
      const evidence = [`part ${parts.length + 1}, ${url}: ${part.verdict.kind}`, ...part.verdict.evidence];
      return { verdict: { kind: 'truncated', evidence }, parts: [part.page], single: null };
    }
    parts.push(part.page);
  }
  return { verdict: first.verdict, parts, single: needsParts ? single.page : null };

  /** @param how `suspects` are verdicts that are not believed at once, besides bytes that are no text */
  async function fetchTwiceIfSuspect(
    url: string,
    how: { readonly suspects?: readonly Verdict['kind'][]; readonly answer?: Page | undefined } = {},
  ): Promise<JudgedPage> {
    const isSuspect = ({ page, verdict }: JudgedPage) =>
      page.undecodable > 0 || how.suspects?.includes(verdict.kind) === true;
    const one = await fetchAndJudge(url, services, { signal, budget, answer: how.answer });
    if (!isSuspect(one)) return one;
    const other = await fetchAndJudge(url, services, { signal, budget });
    if (!isSuspect(other)) return other;
    if (!saysTheSame(one, other)) {
      const [before, after] = [one, other].map(inWords);
      throw new ArchiveError(
        other.page.undecodable > 0 ? 'PAGE_DAMAGED' : 'TRUNCATED',
        `${url}: first ${before}, then ${after}`,
      );
    }
    if (other.verdict.kind !== 'truncated' || !(saysNothing(one.page) && saysNothing(other.page))) return other;
    services.politeness.backOff(url);
    return { page: other.page, verdict: { kind: 'blocked', evidence: ['twice the same', inBrief(other.page)] } };
  }
}

/**
 * Work on pages; where it fails by what they are, they are kept.
 * @throws PAGE_TOO_HEAVY, PAGE_FAULT; known failures of the work as they are
 */
export async function withEvidence<T>(
  pages: readonly Page[],
  { quarantine }: Pick<ArticleFetchServices, 'quarantine'>,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = pageFault(pages[0]?.url ?? '', error);
    if (fault.code !== 'PAGE_TOO_HEAVY' && fault.code !== 'PAGE_FAULT') throw fault;
    const evidence = [fault.message];
    for (const page of pages) await quarantine?.keep({ kind: 'not-an-article', needsScripts: false, evidence }, page);
    throw fault;
  }
}

/**
 * One request, judged; a page of the site that its own scripts would fill is shown first. A refusal has the host left
 * alone for a while.
 * @param options `answer` is judged in place of one that would be asked for now
 * @throws what `Fetcher` throws
 */
export async function fetchAndJudge(
  url: string,
  services: ArticleFetchServices,
  {
    signal,
    budget,
    answer,
  }: { readonly signal: AbortSignal; readonly budget?: Budget | undefined; readonly answer?: Page | undefined },
): Promise<JudgedPage> {
  const { fetcher, politeness } = services;
  let { page, verdict } = await judgeOnTrial(answer ?? (await fetchPage(fetcher, url, { signal, budget })), services);
  if (verdict.kind === 'not-an-article' && verdict.needsScripts) {
    const render = () => renderPage(fetcher, page.page, { signal });
    ({ page, verdict } = await judgeOnTrial(await (budget === undefined ? render() : budget.during(render)), services));
  }
  // A refusal by status has slowed the host down already; a challenge looks like any other answer until it is judged.
  if (verdict.kind === 'blocked' && !asksForPause(page.page.status)) politeness.backOff(url);
  return { page, verdict };
}

function judgeOnTrial(fetched: Page, services: ArticleFetchServices): Promise<JudgedPage> {
  return withEvidence([fetched], services, async () => {
    await services.trial?.(fetched, parseArticleUrl(fetched.url, services.site));
    const page = parsePage(fetched);
    return { page, verdict: judge(page, services.site) };
  });
}

function saysTheSame(one: JudgedPage, other: JudgedPage): boolean {
  return one.page.undecodable === other.page.undecodable && inWords(one) === inWords(other);
}

function inWords({ page, verdict }: JudgedPage): string {
  const damage =
    page.undecodable === 0 ? '' : `, ${counted(page.undecodable, 'place that is', 'places that are')} no text`;
  return `${verdict.kind} (${verdict.evidence.join('; ')})${damage}`;
}
