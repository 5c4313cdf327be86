/**
 * Articles that lie in captures and not in records: the record was lost, or the page was refused and today's rules take it.
 * Their visits are made again from the captures, the newest first, by the same line that a visit takes.
 */
import type { Capture, StoredArticle } from '../archive/archive.ts';
import { monthOf } from '../archive/keys.ts';
import { type ArchiveRecord, sha256 } from '../archive/record.ts';
import type { CaptureEntry, CaptureReader } from '../capture/read-captures.ts';
import { fetchArticle } from '../crawl/fetch-article.ts';
import { planVersion } from '../crawl/plan.ts';
import { capturedOf, requestOf } from '../crawl/visit.ts';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import { headerOf } from '../fetch/exchange.ts';
import { createReplay } from '../fetch/replay.ts';
import type { ArticleAddress, ArticleId, CapturePlace, Exchange, Target } from '../model.ts';
import { extract } from '../page/extract.ts';
import { parseArticleUrl, type Site, singlePageUrl } from '../site/address.ts';
import { documentOf, faultOf, isOfCapture, recordAt, type Sources } from './kept.ts';
import { assetsOf } from './renew.ts';

/** The exchanges of one visit, in the order in which they were made. */
export type KeptVisit = readonly [CapturePlace, ...CapturePlace[]];

/** What the captures have of an article beyond its record. */
export interface Missed {
  readonly target: Target;
  /** Null where the archive has no record of it. */
  readonly key: string | null;
  /** The newest first. */
  readonly visits: readonly KeptVisit[];
}

/** So many visits of an article are looked at. */
const MOST_VISITS = 20;

/** What the captures have of an article beyond its record, by the address under which it was asked for first. */
export interface MissedVisits {
  readonly address: ArticleAddress;
  /** The newest first. */
  readonly visits: readonly KeptVisit[];
}

/**
 * Looks through all captures, in the order of time.
 * @param options `isMissed` is false for what the record knows that was captured at this time, ms since 1970. `since` leaves
 *   out files of earlier months. `onFault` is told of files that cannot be read to their end
 */
export async function findMissed(
  reader: Pick<CaptureReader, 'segments' | 'entries'>,
  {
    site,
    since,
    isMissed,
    onFault,
  }: {
    readonly site: Site;
    readonly since: string;
    readonly isMissed: (address: ArticleAddress, at: number) => Promise<boolean>;
    readonly onFault: (code: ErrorCode, detail: string) => void;
  },
): Promise<readonly MissedVisits[]> {
  const found = new Map<
    ArticleId,
    { readonly address: ArticleAddress; readonly visits: [CapturePlace, ...CapturePlace[]][] }
  >();
  for await (const segment of reader.segments()) {
    if (monthOfSegment(segment) < since) continue;
    try {
      for await (const entry of reader.entries(segment)) await take(entry);
    } catch (error) {
      const { code, detail } = faultOf(segment, error);
      onFault(code, detail);
    }
  }
  return [...found.values()].flatMap(({ address, visits }) =>
    visits.length === 0 ? [] : [{ address, visits: visits.toReversed() }],
  );

  async function take(entry: CaptureEntry): Promise<void> {
    const { place, kind, url, origin, isBroken } = entry;
    if (isBroken) return; // its request failed, and the visit with it
    // What was imported is no visit, and has parts from any time: another import brings back a record that was lost.
    const address = kind === 'page' && origin === null ? parseArticleUrl(url, site) : null;
    if (address === null || isConfirmation(entry)) return;
    if (!(await isMissed(address, dateOf(entry)))) return;
    const known = found.get(address.id) ?? { address, visits: [] };
    found.set(address.id, known);
    const visit = known.visits.at(-1);
    // Each visit begins with the single form (crawl/fetch-article.ts), which may be asked for twice: the second stands.
    if (url === singlePageUrl(address) && !isConversion(entry)) {
      known.visits.push([place]);
      if (known.visits.length > MOST_VISITS) known.visits.shift();
    } else visit?.push(place);
  }
}

function monthOfSegment(segment: string): string {
  return monthOf(segment.slice(segment.indexOf('/') + 1));
}

/** A 304 brings nothing that is not known. */
function isConfirmation({ members: [{ record }] }: CaptureEntry): boolean {
  return headerOf(record.headers, 'WARC-Profile')?.endsWith('/server-not-modified') === true;
}

function isConversion({ members: [{ record }] }: CaptureEntry): boolean {
  return headerOf(record.headers, 'WARC-Type') === 'conversion';
}

function dateOf({ members: [{ record }] }: CaptureEntry): number {
  return Date.parse(headerOf(record.headers, 'WARC-Date') ?? '');
}

/** What came of an article that a record does not have, or has in an older version. */
export type Recovered = { readonly id: ArticleId; readonly url: string } & (
  | { readonly result: 'nothing' }
  | {
      readonly result: 'found';
      readonly key: string;
      readonly title: string;
      /** When the capture began, ISO 8601 in UTC. */
      readonly capturedAt: string;
      /** The archive's document; null where it has none, or it cannot be read. */
      readonly before: string | null;
      readonly isNew: boolean;
      readonly capture: Capture;
    }
  | { readonly result: 'kept' | 'unreadable'; readonly code: ErrorCode; readonly detail: string }
);

/** The newest visit that shows the article, by today's rules; where none does, what stood in the way of the newest. Reads only. */
export async function recover(
  { target, key, visits }: Missed,
  sources: Sources & { readonly tool: string },
): Promise<Recovered> {
  const { id, url } = target;
  const about = { id, url };
  try {
    const present = key === null ? null : { key, record: await recordAt(key, sources) };
    let kept: Recovered | null = null;
    for (const visit of visits) {
      const made = await visitAgain(visit, { target, present }, sources).catch((error: unknown) => {
        const { code, detail } = faultOf(url, error);
        kept ??= { ...about, result: isOfCapture(code) ? 'unreadable' : 'kept', code, detail };
        return null;
      });
      if (made !== null) return { ...about, ...made };
    }
    return kept ?? { ...about, result: 'nothing' };
  } catch (error) {
    const { code, detail } = faultOf(url, error);
    return { ...about, result: isOfCapture(code) ? 'unreadable' : 'kept', code, detail };
  }
}

type Made = Extract<Recovered, { readonly result: 'found' | 'nothing' }>;
type Without<T> = T extends unknown ? Omit<T, 'id' | 'url'> : never;

/** Null where the visit was of no article. */
async function visitAgain(
  visit: KeptVisit,
  { target, present }: { readonly target: Target; readonly present: StoredArticle | null },
  sources: Sources & { readonly tool: string },
): Promise<Without<Made> | null> {
  const { reader, site, trial, accepted, document: options, tool } = sources;
  const asked = parseArticleUrl(target.url, site);
  if (asked === null) throw new ArchiveError('URL_INVALID', target.url);
  const address = { ...asked, url: present?.record.url ?? asked.url };
  const exchanges = await Promise.all(visit.map((place) => reader.exchange(place)));
  if (present !== null && isArchived(present.record, exchanges)) return { result: 'nothing' };
  const services = {
    fetcher: createReplay(exchanges, site),
    politeness: { backOff: () => {} }, // nobody is asked
    site,
    trial,
  };
  const fetched = await fetchArticle(address, services, { signal: NEVER }).catch((error: unknown) => {
    if (error instanceof ArchiveError && NO_ARTICLE.includes(error.code)) return null;
    throw error;
  });
  if (fetched === null || fetched.verdict.kind !== 'article') return null;
  const { verdict, parts, single } = fetched;
  const others = { listed: target.listed, single, accepted: await accepted() };
  const article = extract(parts, address, site, others);
  const { archived } = present === null ? { archived: null } : await documentOf(present.record, sources);
  const evidence = [...verdict.evidence, `made from captures, ${visit[0].file}`];
  const aliases = [asked.url, ...parts.map(({ page }) => page.finalUrl)];
  const read = {
    article,
    address,
    aliases,
    evidence,
    requests: parts.map(requestOf),
    captured: capturedOf(parts, single),
  };
  const plan = planVersion(read, present, { target, site, document: options, archived });
  const { implausible } = plan;
  if (implausible !== null) throw new ArchiveError('IMPLAUSIBLE', `${address.url}: ${implausible.detail}`);
  if (present !== null && plan.contentHash === present.record.contentHash) return { result: 'nothing' };
  const userAgent = headerOf(exchanges[0]?.request.headers ?? [], 'user-agent') ?? '';
  const draft = plan.record(assetsOf(plan.pictures, present?.record.assets ?? []), { tool, userAgent });
  return {
    result: 'found',
    key: plan.key,
    title: article.title,
    capturedAt: parts[0].page.fetchedAt,
    before: archived,
    isNew: present === null,
    capture: { draft, document: plan.document },
  };
}

const NEVER = new AbortController().signal;

/** What a replay says of an exchange that was not kept, of answers that differ, and of a redirect out of the site. */
const NO_ARTICLE: readonly ErrorCode[] = [
  'NETWORK',
  'TRUNCATED',
  'PAGE_DAMAGED',
  'OUT_OF_SCOPE',
  'TOO_MANY_REDIRECTS',
  'EXTRACTION',
];

/** True where pages came, and all of them are what the record was made of. */
function isArchived({ capture }: ArchiveRecord, exchanges: readonly Exchange[]): boolean {
  const known = new Set(capture.requests.map((request) => request.sha256));
  const pages = exchanges.filter(({ response }) => response.status === 200);
  return pages.length > 0 && pages.every(({ response }) => known.has(sha256(response.body)));
}
