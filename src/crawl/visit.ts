/** The line: one article URL enters, and what the archive now has of it leaves. Look, plan, act. Read this first. */
import type { Archive, StoredArticle } from '../archive/archive.ts';
import type { CapturedPages } from '../archive/basis.ts';
import { type ArchiveRecord, type CaptureRequest, type Confirmed, isGone, sha256 } from '../archive/record.ts';
import { ArchiveError } from '../errors.ts';
import { LedAway } from '../fetch/door.ts';
import type { Validators } from '../fetch/fetcher.ts';
import type { Doubt } from '../journal/doubts.ts';
import type { ArticleAddress, Target } from '../model.ts';
import { extract } from '../page/extract.ts';
import type { ParsedPage } from '../page/page.ts';
import { parseArticleUrl, type Site, singlePageUrl } from '../site/address.ts';
import { fetchArticle, withEvidence } from './fetch-article.ts';
import { isTaken, ledAway, noArticle, notYetBelieved } from './no-article.ts';
import { planVersion } from './plan.ts';
import { inWords, seenAgain, stands } from './standing.ts';
import type { Visited, VisitOptions, VisitServices } from './visited.ts';

/**
 * Archives one article.
 * @throws every known failure as an ArchiveError; `work.ts` turns those into outcomes
 */
export async function visit(target: Target, services: VisitServices, options: VisitOptions): Promise<Visited> {
  const { site, archive, document, control } = services;
  const { signal } = options;
  const asked = requireAddress(target.url, site);
  const present = await archive.find(asked.id, asked.date);
  if (present !== null && !options.refresh) return unchanged(present, { asked: false });

  const address = { ...asked, url: knownUrl(present) ?? asked.url };
  const known = present !== null && options.conditional === true ? validatorsOf(present.record, address) : null;
  const fetched = await fetchArticle(address, services, { known, signal }).catch((error: unknown) => {
    if (error instanceof LedAway) return error;
    throw error;
  });
  if (fetched instanceof LedAway) return ledAway(fetched, { target, address, present }, services, options);
  if (fetched === 'not modified') {
    control.note(address);
    return unchanged(requirePresent(present), { asked: true });
  }
  const { verdict, parts, single } = fetched;
  const looked = { target, address, present, page: parts[0].page };
  if (verdict.kind !== 'article') return noArticle(verdict, looked, services, options);

  const pages = parts.map(({ page }) => page);
  const archived = present === null ? null : await documentOf(present, archive);
  const aliases = [asked.url, ...pages.map(({ finalUrl }) => finalUrl)];
  const accepted = await services.accepted();
  const { article, plan } = await withEvidence(pages, services, () => {
    const article = extract(parts, address, site, { listed: target.listed, single, accepted });
    const evidence = {
      evidence: verdict.evidence,
      requests: parts.map(requestOf),
      captured: capturedOf(parts, single),
    };
    const read = { article, address, aliases, ...evidence };
    return { article, plan: planVersion(read, present, { target, site, document, archived }) };
  });
  const { implausible } = plan;
  if (implausible !== null && implausible.notice !== null) {
    const evidence = [`in place of the text: ${implausible.notice}`, implausible.detail];
    return noArticle({ kind: 'gone', notice: implausible.notice, evidence }, looked, services, options);
  }
  const shown = { shown: plan.contentHash, detail: implausible?.detail ?? '', at: looked.page.fetchedAt };
  const doubt = present === null || implausible === null ? null : seenAgain(services.doubts.of(address.id), shown);
  if (present !== null && doubt !== null && !isTaken(doubt, options)) {
    const evidence = [...verdict.evidence, inWords(doubt)];
    for (const page of pages) await services.quarantine.keep({ kind: 'article', evidence }, page);
    return notYetBelieved(doubt, present);
  }
  control.note(address);

  const assets = await services.assets.collect(plan.pictures, present?.record.assets ?? [], signal);
  const draft = plan.record(assets, await services.capturedBy());
  const confirmed = doubt === null ? undefined : confirmedBy(doubt);
  const { record, wrote } = await archive.update(plan.key, () => ({ draft, document: plan.document, confirmed }));
  if (record !== null) services.eye?.look({ key: plan.key, record, wrote, article, pages, signal });
  const outcome = { kind: wrote ? 'archived' : 'unchanged', key: plan.key } as const;
  return { outcome, before: present?.record ?? null, record, found: [], asked: true };
}

function requireAddress(url: string, site: Site): ArticleAddress {
  const address = parseArticleUrl(url, site);
  if (address === null) throw new ArchiveError('URL_INVALID', url);
  return address;
}

/** Of a document that was imported nobody knows the slug: the one in its record is made up. */
function knownUrl(present: StoredArticle | null): string | null {
  return present === null || present.record.provenance?.kind === 'document' ? null : present.record.url;
}

/** Only what is archived is known by anything that a site could say is the same. */
function requirePresent(present: StoredArticle | null): StoredArticle {
  if (present === null) throw new TypeError('not modified, and nothing is archived');
  return present;
}

function unchanged({ key, record }: StoredArticle, { asked }: Pick<Visited, 'asked'>): Visited {
  return { outcome: { kind: 'unchanged', key }, before: record, record, found: [], asked };
}

/**
 * What the whole article was known by when it was captured, for a request that a site may answer with 304; null where the
 * record lacks something that only a whole page can give.
 */
function validatorsOf(record: ArchiveRecord, address: ArticleAddress): Validators | null {
  const { capture, assets } = record;
  const [request, ...others] = capture.requests;
  const isWhole = others.length === 0 && request?.url === singlePageUrl(address) && request.finalUrl === request.url;
  if (!isWhole || isGone(record) !== null || assets.some((asset) => 'missing' in asset)) return null;
  const { etag = null, 'last-modified': lastModified = null } = request.headers;
  return etag === null && lastModified === null ? null : { etag, lastModified };
}

/** Null where it cannot be read: a repair may be on its way to replace it. */
async function documentOf({ record }: StoredArticle, archive: Archive): Promise<string | null> {
  const version = record.versions.at(-1);
  if (version === undefined) return null;
  try {
    return await archive.readVersion(version);
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED') return null;
    throw error;
  }
}

function confirmedBy(doubt: Doubt): Confirmed {
  return { detail: doubt.detail, seen: doubt.seen, by: stands(doubt) ? 'standing' : 'person' };
}

/** Null where not all of the pages are kept. */
export function capturedOf(parts: readonly ParsedPage[], single: ParsedPage | null): CapturedPages | null {
  const placesOf = ({ page }: ParsedPage) => page.exchanges.flatMap(({ capture = null }) => capture ?? []);
  const pages = parts.map(placesOf);
  const isWhole = [...parts, ...(single === null ? [] : [single])].every(
    (part) => placesOf(part).length === part.page.exchanges.length,
  );
  return isWhole ? { pages, single: single && placesOf(single) } : null;
}

export function requestOf({ page }: ParsedPage): CaptureRequest {
  const { url, finalUrl, status, fetchedAt, fetchedBy, body } = page;
  const { 'set-cookie': _cookies, ...headers } = page.headers;
  const request = { url, finalUrl, status, headers, fetchedAt, fetchedBy, sha256: sha256(body), bytes: body.length };
  const places = page.exchanges.flatMap(({ capture }) => capture ?? []);
  return places.length === page.exchanges.length ? { ...request, exchanges: places } : request;
}
