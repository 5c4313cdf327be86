/** One URL's whole journey, fetch → judge → extract → assets → document → archive. Read this first. */

import { fieldSampleOf } from '../alarms/drift.ts';
import type { Archive, StoredArticle } from '../archive/archive.ts';
import { makeDocument, writeDocument } from '../archive/document.ts';
import { renderBody } from '../archive/document-body.ts';
import { articleKey } from '../archive/keys.ts';
import type { Assets } from '../archive/pictures.ts';
import type { Quarantine } from '../archive/quarantine.ts';
import {
  type ArchiveRecord,
  type CaptureRequest,
  contentHash,
  isGone,
  noteGone,
  noteMovedFrom,
  noteMovedTo,
  type RecordDraft,
  sha256,
} from '../archive/record.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import type { Fetcher, Validators } from '../fetch/fetcher.ts';
import type { Politeness } from '../fetch/politeness.ts';
import type { Operations } from '../frontier/operations.ts';
import { nextVisit } from '../journal/journal.ts';
import type { Article, ArticleAddress, Outcome, Target, Verdict } from '../model.ts';
import { extract } from '../page/extract.ts';
import type { ParsedPage } from '../page/page.ts';
import { parseArticleUrl, type Site, singlePageUrl } from '../site/address.ts';
import { type ArticleFetch, readArticle, readIfChanged } from './read-article.ts';

/** What the journey needs; made in `app.ts`. */
export interface CrawlServices {
  readonly site: Site;
  readonly fetcher: Fetcher;
  readonly politeness: Politeness;
  readonly assets: Assets;
  readonly archive: Archive;
  readonly quarantine: Quarantine;
  readonly document: Config['document'];
  /** `guancha-archive/0.1.0`. */
  readonly tool: string;
  readonly userAgent: () => Promise<string>;
  readonly clock: Clock;
}

/** What many URLs need: the queue, what is remembered, and what each journey needs. */
export interface CrawlContext extends Omit<Operations, typeof Symbol.dispose> {
  readonly services: CrawlServices;
}

export interface Visit {
  readonly outcome: Outcome;
  /** What the archive held before; null if nothing, and where the visit failed. */
  readonly before: ArchiveRecord | null;
  /** What the archive now holds of the article; null if nothing. */
  readonly record: ArchiveRecord | null;
  /** Where a moved article went, to be visited next. */
  readonly found: readonly Target[];
  /** False where the archive alone gave the answer. */
  readonly asked: boolean;
}

type NoArticle = Exclude<Verdict, { kind: 'article' }>;

/**
 * Archives one article. Every known failure becomes an outcome; what stops the run is thrown.
 * @param options `refresh` visits again what the archive holds already; `conditional` lets the site say that it is unchanged
 */
export async function archiveArticle(
  target: Target,
  services: CrawlServices,
  options: { readonly refresh: boolean; readonly conditional?: boolean; readonly signal: AbortSignal },
): Promise<Visit> {
  const { site, archive, assets } = services;
  try {
    const asked = requireAddress(target.url, site);
    const present = await archive.find(asked.id, asked.date);
    if (present !== null && !options.refresh) return unchanged(present, { asked: false });
    const address = { ...asked, url: present?.record.url ?? asked.url };

    const fetched = await readAgain(address, options.conditional === true ? present : null, services, options.signal); // fetch, judge
    if ('record' in fetched) return unchanged(fetched, { asked: true });
    const { verdict, parts, single } = fetched;
    if (verdict.kind !== 'article') {
      await setAside(verdict, parts[0], present, services);
      if (verdict.kind === 'moved') await linkBothWays(address, verdict.to, parts[0], present, services);
      const before = present?.record ?? null;
      const held = verdict.kind === 'gone' ? await archive.find(asked.id, asked.date) : present;
      return noArticle(verdict, target, { before, record: held?.record ?? null });
    }

    const article = withKnownTime(
      extract(parts, address, site, { listed: target.listed, single }),
      present?.record ?? null,
    );
    requireUndamaged(article, present);
    const lead = target.leadPicture ?? present?.record.leadPicture ?? null;
    const body = renderBody(article.body, { base: address.url, lead });
    const pictures = [...(lead === null ? [] : [lead.src]), ...article.images.map((image) => image.src)];
    const stored = await assets.collect(pictures, present?.record.assets ?? [], options.signal);

    const source = target.source ?? present?.record.source ?? null;
    const document = makeDocument({
      title: article.title,
      categories: [...services.document.categories, categoryOf(article, source, services.document.onDemand)],
      author: services.document.author,
      publishedAt: article.publishedAt,
      convention: services.document.date,
      body,
    });
    const key = present?.key ?? articleKey(article.id, address.date ?? article.publishedAt.slice(0, 10));
    const draft: RecordDraft = {
      id: article.id,
      url: address.url,
      aliases: [asked.url, ...parts.map(({ page }) => page.finalUrl)],
      source,
      via: present?.record.via ?? target.via,
      leadPicture: lead,
      article: withoutBody(article),
      flags: article.flags,
      contentHash: contentHash(article),
      assets: stored,
      verdict: { kind: 'article', evidence: verdict.evidence },
      movedFrom: movedFrom(target, site),
      capture: { tool: services.tool, userAgent: await services.userAgent(), requests: parts.map(requestOf) },
    };
    const { record, wrote } = await archive.update(key, () => ({ draft, document: writeDocument(document) }));
    const outcome = { kind: wrote ? 'archived' : 'unchanged', key } as const;
    return { outcome, before: present?.record ?? null, record, found: [], asked: true };
  } catch (error) {
    if (nextAfter(error) === 'stop' || options.signal.aborted) throw error;
    return { outcome: failureOutcome(error as ArchiveError), before: null, record: null, found: [], asked: true };
  }
}

function unchanged({ key, record }: StoredArticle, { asked }: Pick<Visit, 'asked'>): Visit {
  return { outcome: { kind: 'unchanged', key }, before: record, record, found: [], asked };
}

/** What the site gives now; what is stored, where the site says that it still is that. */
async function readAgain(
  address: ArticleAddress,
  stored: StoredArticle | null,
  services: CrawlServices,
  signal: AbortSignal,
): Promise<ArticleFetch | StoredArticle> {
  const known = stored === null ? null : validatorsOf(stored.record, address);
  if (stored === null || known === null) return readArticle(address, services, { signal });
  return (await readIfChanged(address, known, services, signal)) ?? stored;
}

/** What the whole article was known by when it was captured; null where the record lacks something that only a whole page can tell. */
function validatorsOf(record: ArchiveRecord, address: ArticleAddress): Validators | null {
  const { capture, assets } = record;
  const [request, ...others] = capture.requests;
  const isWhole = others.length === 0 && request?.url === singlePageUrl(address) && request.finalUrl === request.url;
  if (!isWhole || isGone(record) !== null || assets.some((asset) => 'missing' in asset)) return null;
  const { etag = null, 'last-modified': lastModified = null } = request.headers;
  return etag === null && lastModified === null ? null : { etag, lastModified };
}

/** A time that was worked out from 2小时前 is not worked out again: the first visit was nearest to it. */
function withKnownTime(article: Article, record: ArchiveRecord | null): Article {
  if (article.precision !== 'approximate' || record === null) return article;
  const { publishedAt, precision, clock } = record.article;
  return { ...article, publishedAt, precision, clock };
}

/** Text that came damaged, even twice the same, never takes the place of text that is whole. Throws PAGE_DAMAGED. */
function requireUndamaged({ flags, url }: Article, present: StoredArticle | null): void {
  const damage = flags.find(({ code }) => code === 'damaged-text');
  if (damage === undefined || present === null || present.record.flags.some(({ code }) => code === damage.code)) return;
  throw new ArchiveError('PAGE_DAMAGED', `${url}: ${damage.detail}; what is archived is undamaged`);
}

/** The third category: 风闻 for community posts, else the list that named the article. */
function categoryOf(article: Article, source: string | null, onDemand: string): string {
  return article.id.startsWith('fengwen:') ? '风闻' : (source ?? onDemand);
}

function requireAddress(url: string, site: Site): ArticleAddress {
  const address = parseArticleUrl(url, site);
  if (address === null) throw new ArchiveError('URL_INVALID', url);
  return address;
}

/** Keeps what came instead of an article, and notes where an archived one is gone. Its document is never touched. */
async function setAside(
  verdict: NoArticle,
  parsed: ParsedPage | undefined,
  present: StoredArticle | null,
  { quarantine, archive }: CrawlServices,
): Promise<void> {
  if (parsed === undefined || verdict.kind === 'moved' || verdict.kind === 'link-out') return;
  if (verdict.kind === 'gone') {
    if (present === null) return; // nobody misses it
    const found = { at: parsed.page.fetchedAt, evidence: verdict.evidence };
    await archive.update(present.key, (old) => old && { record: noteGone(old, found) });
  }
  await quarantine.keep(verdict, parsed.page);
}

/** What of the two is archived already says where it moved to, or from; what is not says so when it is. */
async function linkBothWays(
  from: ArticleAddress,
  to: ArticleAddress,
  parsed: ParsedPage | undefined,
  present: StoredArticle | null,
  { archive }: CrawlServices,
): Promise<void> {
  if (present !== null && parsed !== undefined) {
    const move = { url: to.url, since: parsed.page.fetchedAt };
    await archive.update(present.key, (old) => old && { record: noteMovedTo(old, move) });
  }
  await archive.note(to.id, to.date, (record) => noteMovedFrom(record, from.url));
}

/** The article that moved and became this one, if one did. */
function movedFrom({ id, via }: Target, site: Site): readonly string[] {
  const from = via === null ? null : parseArticleUrl(via, site);
  return from === null || from.id === id ? [] : [from.url];
}

/** What a page that is no article means for its URL. Nothing that is archived is touched. */
function noArticle(verdict: NoArticle, target: Target, held: Pick<Visit, 'before' | 'record'>): Visit {
  const detail = verdict.evidence.join('; ');
  const visit = (outcome: Outcome, found: readonly Target[] = []): Visit => ({ outcome, ...held, found, asked: true });
  switch (verdict.kind) {
    case 'gone':
      return visit({ kind: 'gone', detail });
    case 'moved':
      return visit({ kind: 'moved', to: verdict.to }, [
        {
          id: verdict.to.id,
          url: verdict.to.url,
          source: target.source,
          via: target.url,
          leadPicture: null,
          listed: target.listed === null ? null : { ...target.listed, time: null },
          priority: target.priority,
        },
      ]);
    case 'link-out':
      return visit({ kind: 'link-out', to: verdict.to });
    case 'blocked':
      return visit({ kind: 'blocked', code: 'BLOCKED', detail });
    case 'truncated':
      return visit({ kind: 'failed', code: 'TRUNCATED', detail });
    case 'not-an-article':
      return visit({ kind: 'failed', code: 'NOT_AN_ARTICLE', detail });
    default:
      return verdict satisfies never;
  }
}

/** The one place that turns a known failure into an outcome. */
function failureOutcome({ code, detail }: ArchiveError): Outcome {
  const refused = ['ROBOTS_DISALLOWED', 'OUT_OF_SCOPE', 'ADDRESS_REFUSED'].includes(code);
  return { kind: refused ? 'refused' : 'failed', code, detail };
}

function withoutBody(article: Article): ArchiveRecord['article'] {
  const { id: _id, url: _url, body: _body, flags: _flags, ...rest } = article;
  return rest;
}

function requestOf({ page }: ParsedPage): CaptureRequest {
  const { url, finalUrl, status, fetchedAt, fetchedBy, body } = page;
  const { 'set-cookie': _cookies, ...headers } = page.headers;
  return { url, finalUrl, status, headers, fetchedAt, fetchedBy, sha256: sha256(body), bytes: body.length };
}

// What a visit leaves in frontier and journal besides its outcome: when it was, where it led, what it gave, how late it came, when the next is.

/**
 * @param options `agesMs` are the ages at which articles are visited again; `now` in ms since 1970
 */
export function recordVisit(
  { frontier, journal }: Pick<Operations, 'frontier' | 'journal'>,
  { target, visit }: { readonly target: Target; readonly visit: Visit },
  { agesMs, now }: { readonly agesMs: readonly number[]; readonly now: number },
): void {
  const { outcome, before, record, found } = visit;
  const { id, url, source } = target;
  if (visit.asked) journal.visits.note(id, outcome.kind);
  frontier.add(found, { leads: true });
  if (outcome.kind === 'archived' || outcome.kind === 'unchanged') journal.places.set(id, outcome.key);
  if (record === null || !['archived', 'unchanged', 'gone'].includes(outcome.kind)) return;
  const { article, flags, versions } = record;
  const publishedAt = Date.parse(article.publishedAt);
  if (outcome.kind === 'archived')
    journal.fieldSamples.add(
      fieldSampleOf(
        article,
        flags.map(({ code }) => code),
      ),
    );
  // What was published before the archive began says nothing of how fast lists are read.
  const isNew = before === null && outcome.kind === 'archived' && publishedAt >= (journal.runs.beganAt() ?? now);
  if (isNew && source !== null && article.precision !== 'day')
    journal.latencies.add(source, { publishedAt, archivedAt: now });
  if (visit.asked)
    journal.revisits.plan({ id, url }, nextVisit({ publishedAt, hasChanged: versions.length > 1 }, { agesMs, now }));
}
