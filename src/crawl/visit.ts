/** The line: one article URL enters, and what the archive now has of it leaves. Look, plan, act. Read this first. */
import type { Archive, StoredArticle } from '../archive/archive.ts';
import type { Assets } from '../archive/pictures.ts';
import type { Implausible } from '../archive/plausible.ts';
import type { Quarantine } from '../archive/quarantine.ts';
import {
  type ArchiveRecord,
  type CaptureRequest,
  type Confirmed,
  isGone,
  noteGone,
  noteMovedFrom,
  noteMovedTo,
  sha256,
} from '../archive/record.ts';
import { ArchiveError } from '../errors.ts';
import type { Eye } from '../eye/eye.ts';
import { LedAway } from '../fetch/door.ts';
import type { Validators } from '../fetch/fetcher.ts';
import type { Doubt, Doubts } from '../journal/doubts.ts';
import type { ArticleAddress, Outcome, Page, Target } from '../model.ts';
import { extract } from '../page/extract.ts';
import type { ParsedPage } from '../page/page.ts';
import { parseArticleUrl, type Site, singlePageUrl } from '../site/address.ts';
import type { Control } from './control.ts';
import { type ArticleFetchServices, fetchArticle, withEvidence } from './fetch-article.ts';
import { failureOutcome, type NoArticle, outcomeOf } from './outcome.ts';
import { type DocumentOptions, planVersion } from './plan.ts';
import { inWords, seenAgain, stands } from './standing.ts';

export interface VisitServices extends ArticleFetchServices {
  readonly archive: Archive;
  readonly assets: Pick<Assets, 'collect'>;
  readonly quarantine: Pick<Quarantine, 'keep'>;
  readonly control: Control;
  readonly doubts: Pick<Doubts, 'of'>;
  readonly document: DocumentOptions;
  /** Looks at pages as their readers see them, behind this line. Absent where nobody does. */
  readonly eye?: Eye;
  /** Forms of markup that the archive's owner takes for ordinary. */
  readonly accepted: () => Promise<ReadonlySet<string>>;
  /** What captures: `guancha-archive/0.1.0`, and how the browser names itself. */
  readonly capturedBy: () => Promise<{ readonly tool: string; readonly userAgent: string }>;
}

export interface VisitOptions {
  /** Visits again what the archive has already. */
  readonly refresh: boolean;
  /** Lets the site say that nothing has changed. */
  readonly conditional?: boolean;
  /** Takes at once what is implausible beside the archived article: somebody looked at it. */
  readonly accept?: boolean;
  /** Ends the visit at once. */
  readonly signal: AbortSignal;
}

export interface Visited {
  readonly outcome: Outcome;
  /** What the archive had before; null for nothing, and where the visit failed. */
  readonly before: ArchiveRecord | null;
  /** What the archive has now; null for nothing, and where the visit failed. */
  readonly record: ArchiveRecord | null;
  /** Where a moved article went, to be visited next. */
  readonly found: readonly Target[];
  /** False where the archive alone gave the answer. */
  readonly asked: boolean;
  /** It was led away, and there was no other article to show that the site is well: it counts for a refusal in a row. */
  readonly isUnproven?: boolean;
  /** What was shown of the article that the archive has under this key, where it is implausible and has not stood yet. */
  readonly doubted?: { readonly key: string; readonly doubt: Doubt };
}

/** True where the site, or a gate before it, gave no answer to the question. */
export function isRefusal({ outcome, isUnproven = false }: Visited): boolean {
  return outcome.kind === 'blocked' || isUnproven;
}

/**
 * Archives one article.
 * @throws every known failure as an ArchiveError; `work.ts` turns those into outcomes
 */
export async function visit(target: Target, services: VisitServices, options: VisitOptions): Promise<Visited> {
  const { site, archive, document } = services;
  const { signal } = options;
  const asked = requireAddress(target.url, site);
  const present = await archive.find(asked.id, asked.date);
  if (present !== null && !options.refresh) return unchanged(present, { asked: false });

  const address = { ...asked, url: present?.record.url ?? asked.url };
  const known = present !== null && options.conditional === true ? validatorsOf(present.record, address) : null;
  const fetched = await fetchArticle(address, services, { known, signal }).catch((error: unknown) => {
    if (error instanceof LedAway) return error;
    throw error;
  });
  if (fetched instanceof LedAway) return ledAway(fetched, address, present, services, signal);
  if (fetched === 'not modified') {
    services.control.note(address);
    return unchanged(requirePresent(present), { asked: true });
  }
  const { verdict, parts, single } = fetched;
  const [{ page: first }] = parts;
  const noArticle = async (found: NoArticle) => {
    const believed = await believe(found, first, address, present, services, signal);
    return setAside(believed, { address, page: first, present, target }, services, options);
  };
  if (verdict.kind !== 'article') return noArticle(verdict);

  const pages = parts.map(({ page }) => page);
  const archived = present === null ? null : await documentOf(present, archive);
  const aliases = [asked.url, ...pages.map(({ finalUrl }) => finalUrl)];
  const accepted = await services.accepted();
  const { article, plan } = await withEvidence(pages, services, () => {
    const article = extract(parts, address, site, { listed: target.listed, single, accepted });
    const read = { article, address, aliases, evidence: verdict.evidence, requests: parts.map(requestOf) };
    return { article, plan: planVersion(read, present, { target, site, document, archived }) };
  });
  const { implausible } = plan;
  if (implausible !== null && implausible.notice !== null) return noArticle(asNotice(implausible.notice, implausible));
  const shown = { shown: plan.contentHash, detail: implausible?.detail ?? '', at: first.fetchedAt };
  const doubt = present === null || implausible === null ? null : seenAgain(services.doubts.of(address.id), shown);
  if (present !== null && doubt !== null && !isTaken(doubt, options)) {
    const evidence = [...verdict.evidence, inWords(doubt)];
    for (const page of pages) await services.quarantine.keep({ kind: 'article', evidence }, page);
    return notYetBelieved(doubt, present);
  }
  services.control.note(address);

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

/** That an article is gone or elsewhere, where the site is well; else that it refuses. */
async function believe(
  verdict: NoArticle,
  page: Page,
  { id, url }: ArticleAddress,
  present: StoredArticle | null,
  { control, politeness, site }: VisitServices,
  signal: AbortSignal,
): Promise<NoArticle> {
  const isGoneNow = verdict.kind === 'gone';
  // Sent to another page of the site, a login for one.
  const isSent = verdict.kind === 'not-an-article' && parseArticleUrl(page.finalUrl, site)?.id !== id;
  const isElsewhere = verdict.kind === 'moved' || verdict.kind === 'link-out' || isSent;
  if (!isGoneNow && !isElsewhere) return verdict;
  const isArchived = present !== null && isGone(present.record) === null;
  const to = verdict.kind === 'moved' ? verdict.to.id : undefined;
  const doubt = await control.doubt(id, { isArchived, isElsewhere, to, signal });
  if (doubt.kind !== 'trouble') return verdict;
  politeness.backOff(url);
  return { kind: 'blocked', evidence: [...verdict.evidence, doubt.why] };
}

/** What a redirect to where nothing may be asked for means: a refusal of the site, or of the article alone where it is well. */
async function ledAway(
  error: LedAway,
  { id, url }: ArticleAddress,
  present: StoredArticle | null,
  { control, politeness }: VisitServices,
  signal: AbortSignal,
): Promise<Visited> {
  const isArchived = present !== null && isGone(present.record) === null;
  const doubt = await control.doubt(id, { isArchived, isElsewhere: true, signal });
  if (doubt.kind !== 'well') politeness.backOff(url);
  const outcome =
    doubt.kind === 'trouble'
      ? outcomeOf({ kind: 'blocked', evidence: [`led away: ${error.message}`, doubt.why] })
      : failureOutcome(error);
  return { outcome, before: null, record: null, found: [], asked: true, isUnproven: doubt.kind === 'unknown' };
}

interface NoArticleFound {
  readonly address: ArticleAddress;
  /** What came instead of an article. */
  readonly page: Page;
  readonly present: StoredArticle | null;
  readonly target: Target;
}

/** Keeps what came instead of an article, and notes on the records what became of it. Documents stay as they are. */
async function setAside(
  verdict: NoArticle,
  { address, page, present, target }: NoArticleFound,
  { archive, quarantine, doubts }: VisitServices,
  options: VisitOptions,
): Promise<Visited> {
  const before = present?.record ?? null;
  const visited = { outcome: outcomeOf(verdict), before, record: before, found: [], asked: true };
  switch (verdict.kind) {
    case 'link-out':
    case 'server-error':
      return visited;
    case 'moved': {
      const { to } = verdict;
      const move = { url: to.url, since: page.fetchedAt };
      const from = present === null ? null : await noteOn(present.key, archive, (old) => noteMovedTo(old, move));
      await archive.note(to.id, to.date, (old) => noteMovedFrom(old, address.url));
      return { ...visited, record: from, found: [targetAfter(target, to)] };
    }
    case 'gone': {
      const { notice, evidence } = verdict;
      if (present !== null || notice !== undefined) await quarantine.keep(verdict, page);
      if (present === null) return visited; // nobody misses it
      if (notice === undefined || isGone(present.record) !== null) {
        const record = await noteOn(present.key, archive, (old) => noteGone(old, { at: page.fetchedAt, evidence }));
        return { ...visited, record };
      }
      // Words alone say so: they have to stand.
      const said = { shown: `notice: ${notice}`, detail: evidence.join('; '), at: page.fetchedAt };
      const doubt = seenAgain(doubts.of(address.id), said);
      if (!isTaken(doubt, options)) return notYetBelieved(doubt, present);
      const absence = { at: doubt.seen[0] ?? page.fetchedAt, evidence: [...evidence, `seen ${doubt.seen.join(', ')}`] };
      const record = await noteOn(present.key, archive, (old) => noteGone(old, absence));
      return { ...visited, record };
    }
    case 'blocked':
    case 'truncated':
    case 'not-an-article':
      await quarantine.keep(verdict, page);
      return visited;
    default:
      return verdict satisfies never;
  }
}

// What is implausible beside what is archived.

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

function asNotice(notice: string, { detail }: Implausible): NoArticle {
  return { kind: 'gone', notice, evidence: [`in place of the text: ${notice}`, detail] };
}

function isTaken(doubt: Doubt, { accept = false }: VisitOptions): boolean {
  return stands(doubt) || accept;
}

/** All stays as it is; the bytes are in quarantine. */
function notYetBelieved(doubt: Doubt, { key, record }: StoredArticle): Visited {
  const outcome = { kind: 'failed', code: 'IMPLAUSIBLE', detail: inWords(doubt) } as const;
  return { outcome, before: record, record, found: [], asked: true, doubted: { key, doubt } };
}

function confirmedBy(doubt: Doubt): Confirmed {
  return { detail: doubt.detail, seen: doubt.seen, by: stands(doubt) ? 'standing' : 'person' };
}

/** @returns the record as it now stands; null where there is none any more */
async function noteOn(
  key: string,
  archive: Archive,
  note: (record: ArchiveRecord) => ArchiveRecord,
): Promise<ArchiveRecord | null> {
  const { record } = await archive.update(key, (old) => (old === null ? null : { record: note(old) }));
  return record;
}

/** The article that another one became: the list that named the first led to it. */
function targetAfter({ url, source, listed, priority }: Target, to: ArticleAddress): Target {
  return {
    id: to.id,
    url: to.url,
    source,
    via: url,
    leadPicture: null,
    listed: listed === null ? null : { ...listed, time: null },
    priority,
  };
}

function requestOf({ page }: ParsedPage): CaptureRequest {
  const { url, finalUrl, status, fetchedAt, fetchedBy, body } = page;
  const { 'set-cookie': _cookies, ...headers } = page.headers;
  return { url, finalUrl, status, headers, fetchedAt, fetchedBy, sha256: sha256(body), bytes: body.length };
}
