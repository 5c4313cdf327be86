/** From an article's pages to its fields and body. Pure: no clock, no network, no disk. */
import { ArchiveError } from '../errors.ts';
import type { ParsedPage } from '../html/parsed-page.ts';
import type { Article, ArticleAddress } from '../model.ts';
import type { Site } from '../url/scope.ts';
import { readBody } from './body.ts';
import { readByline } from './byline.ts';
import { type Instant, onSiteClock, readClock, startOfDay } from './dates.ts';
import {
  readColumnists,
  readEditors,
  readKeywords,
  readOriginalTitle,
  readStaff,
  readSummary,
  readTimes,
  readTitle,
  readTopic,
} from './fields.ts';
import { type FoundArticle, findArticle } from './layouts/find-article.ts';
import { joinParts } from './parts.ts';
import { readSharePicture } from './share-picture.ts';

/**
 * Reads an article from its parts, in order (usually one: the single-page form). Fields are the first part's, the body
 * is all parts' in one. Links are resolved against the canonical URL, so that the same article gives the same values
 * from whatever alias it was fetched. Throws EXTRACTION where a part has no body, or the first no title.
 */
export function extract(parts: readonly ParsedPage[], address: ArticleAddress, site: Site): Article {
  const [first] = parts;
  if (first === undefined) throw new ArchiveError('EXTRACTION', `no page of ${address.url}`);
  const found = requireArticle(first);
  const title = readTitle(found);
  if (title === null)
    throw new ArchiveError('EXTRACTION', `no title in ${found.layout.name} page ${first.page.finalUrl}`);
  const bodies = parts.map((part) => readBody(part, part === first ? found : requireArticle(part), address.url, site));
  const body = joinParts(bodies);
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
    columnists: readColumnists(first, found, address.url),
    staff: readStaff(first, found, address.url),
    byline: readByline(body.parts[0]?.lines ?? []),
    editors: readEditors(found),
    keywords: readKeywords(found),
    summary: readSummary(first),
    topic: readTopic(found, address.url),
    sharePicture: readSharePicture(first, address.url),
    body: body.html,
    images: body.parts.flatMap(({ images }) => images),
    layout: found.layout.name,
    pages: body.parts.length,
  };
}

function requireArticle(page: ParsedPage): FoundArticle {
  const found = findArticle(page);
  if (found !== null) return found;
  throw new ArchiveError('EXTRACTION', `no article body in ${page.page.finalUrl}`);
}

/** The time of publication where the page prints none: the URL's day, else the visit, the latest that it can be. */
function withoutClock({ page }: ParsedPage, address: ArticleAddress): Instant {
  const day = address.date === null ? null : startOfDay(address.date);
  return day ?? { at: onSiteClock(page.fetchedAt), precision: 'approximate' };
}
