/** From an article's pages to its fields and body. Pure: no clock, no network, no disk. */
import { ArchiveError } from '../errors.ts';
import type { Article, ArticleAddress } from '../model.ts';
import type { Site } from '../site/address.ts';
import { type Instant, onSiteClock, readClock, startOfDay } from '../site/clock.ts';
import { accountForText, type Body, joinParts, readBody, type TextAccount } from './body.ts';
import { readByline } from './byline.ts';
import type { OtherSources } from './check-input.ts';
import { check } from './checks.ts';
import { hasContent } from './column.ts';
import {
  readColumnists,
  readEditors,
  readKeywords,
  readOriginalTitle,
  readSharePicture,
  readStaff,
  readSummary,
  readTimes,
  readTitle,
  readTopic,
} from './fields.ts';
import { type FoundArticle, findArticle } from './find-article.ts';
import { baseOf, type ParsedPage } from './page.ts';

/** An article with what it was read from. */
export interface Extraction {
  readonly article: Article;
  readonly account: TextAccount;
  readonly found: FoundArticle;
}

/**
 * Reads an article from its parts, in order (usually one: the single-page form). Fields are the first part's, the body
 * is all parts' in one. Links are resolved against the canonical URL or the page's own base, so that the same article gives the same values
 * from whatever alias it was fetched. What may be wrong is flagged. Throws EXTRACTION if a part has no body, or the
 * first no title.
 */
export function extract(
  parts: readonly ParsedPage[],
  address: ArticleAddress,
  site: Site,
  others: OtherSources = NO_OTHERS,
): Article {
  return explain(parts, address, site, others).article;
}

const NO_OTHERS: OtherSources = { listed: null, single: null };

/** As `extract`, with the account of every character of the article column. */
export function explain(
  parts: readonly ParsedPage[],
  address: ArticleAddress,
  site: Site,
  others: OtherSources = NO_OTHERS,
): Extraction {
  const [first] = parts;
  if (first === undefined) throw new ArchiveError('EXTRACTION', `no page of ${address.url}`);
  const found = requireArticle(first);
  const bodies = parts.map((part) => requireBody(part, address, site));
  const joined = joinParts(bodies);
  const fields = readFields(first, found, address, joined);
  const account = accountForText(bodies, joined.parts);
  const flags = check({ first, parts, found, address, site, article: fields, bodies, account, others });
  return { article: { ...fields, flags }, account, found };
}

function readFields(
  first: ParsedPage,
  found: FoundArticle,
  address: ArticleAddress,
  body: ReturnType<typeof joinParts>,
): Omit<Article, 'flags'> {
  const title = readTitle(found);
  if (title === null)
    throw new ArchiveError('EXTRACTION', `no title in ${found.layout.name} page ${first.page.finalUrl}`);
  const base = baseOf(first, address.url);
  const times = readTimes(found);
  const printed = readClock(times.published ?? '', first.page.fetchedAt);
  const published = printed ?? withoutClock(first, address);
  const updated = readClock(times.updated ?? '', first.page.fetchedAt);
  return {
    id: address.id,
    url: address.url,
    title,
    originalTitle: readOriginalTitle(found),
    clock: { published: printed && times.published, updated: updated && times.updated },
    publishedAt: published.at,
    precision: published.precision,
    updatedAt: updated?.at ?? null,
    source: times.source,
    columnists: readColumnists(found, base),
    staff: readStaff(found, base),
    byline: readByline(body.parts[0]?.lines ?? []),
    editors: readEditors(found),
    keywords: readKeywords(found),
    summary: readSummary(first),
    topic: readTopic(found, base),
    sharePicture: readSharePicture(first, base),
    body: body.html,
    images: body.parts.flatMap(({ pictures }) => pictures.images),
    media: body.parts.flatMap(({ players }) => players.media),
    layout: found.layout.name,
    pages: body.parts.length,
  };
}

function requireArticle(page: ParsedPage): FoundArticle {
  const found = findArticle(page);
  if (found !== null) return found;
  throw new ArchiveError('EXTRACTION', `no article body in ${page.page.finalUrl}`);
}

function requireBody(page: ParsedPage, address: ArticleAddress, site: Site): Body {
  const body = readBody(page, requireArticle(page), address.url, site);
  if (hasContent(body.tree.toArray())) return body;
  throw new ArchiveError('EXTRACTION', `the article body of ${page.page.finalUrl} is empty`);
}

/** The time of publication where the page prints none: the URL's day, else the visit, the latest that it can be. */
function withoutClock({ page }: ParsedPage, address: ArticleAddress): Instant {
  const day = address.date === null ? null : startOfDay(address.date);
  return day ?? { at: onSiteClock(page.fetchedAt), precision: 'approximate' };
}
