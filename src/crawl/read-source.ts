/** One configured source: its list pages fetched and read into targets. */

import type { SourceSample } from '../alarms/sources.ts';
import { counted } from '../counted.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import { LedAway } from '../fetch/door.ts';
import { type Fetcher, fetchPage } from '../fetch/fetcher.ts';
import type { Politeness } from '../fetch/politeness.ts';
import type { ListEntry, Page, Target } from '../model.ts';
import { endOfSource, type ParsedPage, parsePage } from '../page/page.ts';
import { findChallenge, inBrief, mayBreakOff, refusalOf } from '../page/refusal.ts';
import type { Site } from '../site/address.ts';
import { asksForPause, meaningOfStatus } from '../site/answers.ts';
import { readClock, startOfDay } from '../site/clock.ts';
import type { ListLink, ListPart } from '../site/list-kind.ts';
import { listPageUrl } from '../site/list-pages.ts';
import { type PageTrial, pageFault } from './page-trial.ts';
import { type Discovery, discover, jsonState, mergeEntries, UNKNOWN } from './read-list.ts';

export interface Source {
  readonly name: string;
  readonly url: string;
  readonly pages: number;
  /** One part of the home page alone; null for all of a list. */
  readonly part: ListPart | null;
  /** So many of the lists that an index names are read as well. */
  readonly follow: number;
}

/** What a source gave, however far it was read. */
export interface SourceResult {
  /** In the order of the list, each named by the source. */
  readonly targets: readonly Target[];
  /** The lists that it names. */
  readonly lists: readonly ListLink[];
  readonly pages: readonly Discovery[];
  /** Why a page of its own could not be read, or the first named nothing; null where all that there are were read. */
  readonly ownError: ArchiveError | null;
  /** The same, or why a list that it names could not be read. */
  readonly error: ArchiveError | null;
}

/** Which of the lists that an index names have their turn. */
export interface Turns {
  next(source: string, urls: readonly string[], count: number): readonly string[];
  note(source: string, url: string): void;
}

export interface SourceServices {
  readonly fetcher: Fetcher;
  readonly politeness: Pick<Politeness, 'backOff'>;
  readonly site: Site;
  /** Absent where every page is read without one. */
  readonly trial?: PageTrial;
}

export interface ReadOptions {
  /** How often a page is asked for that does not come, comes damaged, or is no list. */
  readonly attempts: number;
  readonly signal: AbortSignal;
}

/**
 * Reads the pages of a source; one that ends early is read as far as it goes. SOURCE_UNREAD where a page cannot be had,
 * BLOCKED where it is refused and SOURCE_EMPTY where the first names nothing are in the result, for what was read before counts.
 * @throws what stops the run
 */
export async function readSource(
  source: Source,
  services: SourceServices,
  options: ReadOptions & { readonly turns: Turns },
): Promise<SourceResult> {
  const own = await readPages(source, services, options);
  const lists = own.read.flatMap(({ discovery }) => discovery.lists);
  const followed = source.follow === 0 ? NOTHING : await readFollowed(source, lists, services, options);
  const targets = new Map<string, Target>();
  for (const page of [...own.read, ...followed.read]) {
    for (const entry of page.discovery.entries) {
      if (!targets.has(entry.address.id)) targets.set(entry.address.id, targetOf(entry, source.name, page));
    }
  }
  return {
    targets: [...targets.values()],
    lists,
    pages: own.read.map(({ discovery }) => discovery),
    ownError: own.error,
    error: own.error ?? followed.error,
  };
}

/** Pages that were read, in their order, and the first failure. */
interface Pages {
  readonly read: readonly ReadPage[];
  readonly error: ArchiveError | null;
}

interface ReadPage {
  readonly url: string;
  readonly discovery: Discovery;
  readonly fetchedAt: string;
}

const NOTHING: Pages = { read: [], error: null };

async function readPages(source: Source, services: SourceServices, options: ReadOptions): Promise<Pages> {
  const read: ReadPage[] = [];
  const seen = new Set<string>();
  for (let number = 1; number <= source.pages; number++) {
    const url = listPageUrl(source.url, number);
    if (number > 1 && url === source.url) break; // a list without pages
    const answer = await readOften(url, services, { ...options, part: source.part, blankEnds: number > 1 });
    if (!isRead(answer)) return { read, error: failure(source, url, answer) };
    const { discovery } = answer;
    read.push({ url, ...answer });
    const isIndex = source.follow > 0 && discovery.lists.length > 0;
    if (number === 1 && discovery.entries.length === 0 && !isIndex)
      return { read, error: new ArchiveError('SOURCE_EMPTY', `${source.name}, ${url}${hintOf(discovery)}`) };
    if (discovery.entries.length === 0) break;
    for (const { address } of discovery.entries) seen.add(address.id);
    if (discovery.total !== null && seen.size >= discovery.total) break;
  }
  return { read, error: null };
}

/** Page 1 of some lists, one request each. One that is no more has had its turn; where the site does not answer, the rest wait. */
async function readFollowed(
  source: Source,
  lists: readonly ListLink[],
  services: SourceServices,
  options: ReadOptions & { readonly turns: Turns },
): Promise<Pages> {
  const { turns, signal } = options;
  const read: ReadPage[] = [];
  let error: ArchiveError | null = null;
  const urls = lists.map(({ url }) => url);
  for (const url of turns.next(source.name, urls, source.follow)) {
    signal.throwIfAborted();
    const answer = await readOften(url, services, { signal, attempts: 1, part: null, blankEnds: true });
    turns.note(source.name, url);
    if (isRead(answer)) read.push({ url, ...answer });
    else {
      error ??= failure(source, url, answer);
      if (answer.code === 'BLOCKED' || (answer.code === 'SOURCE_UNREAD' && answer.mayPass)) break;
    }
  }
  return { read, error };
}

function failure({ name }: Source, url: string, { code, why, error }: Unread): ArchiveError {
  return new ArchiveError(code, `${name}, ${url}: ${why}`, { cause: error });
}

function hintOf({ kind, when, lists }: Discovery): string {
  if (kind === 'home' && when === null) return ': the home page came in its place';
  return lists.length === 0
    ? ''
    : `: an index of ${counted(lists.length, 'list')}; follow: N reads N of them each time`;
}

export function targetOf(entry: ListEntry, source: string, { url: via, fetchedAt }: ReadPage): Target {
  const { address, picture, headline, title, time, summary } = entry;
  return {
    id: address.id,
    url: address.url,
    source,
    via,
    leadPicture: headline ? picture : null,
    listed: { title: title || null, time, summary, picture: picture?.src ?? null },
    priority: priorityOf(entry, fetchedAt),
  };
}

/**
 * Newest first: minutes since 1970 of the listed time, counted from the answer where it is relative, else of the day in
 * the URL; 0 where neither is known.
 */
export function priorityOf({ time, address }: ListEntry, fetchedAt: string): number {
  const instant = readClock(time ?? '', fetchedAt) ?? startOfDay(address.date ?? '');
  return instant === null ? 0 : Math.floor(Date.parse(instant.at) / 60_000);
}

// One page of a list, asked for until it comes whole or there is no hope.

/** What one request for a page of a list came to. */
export type Answer = Read | Unread;

interface Read {
  readonly discovery: Discovery;
  readonly fetchedAt: string;
}

interface Unread {
  readonly code: 'SOURCE_UNREAD' | 'SOURCE_EMPTY' | 'BLOCKED';
  readonly why: string;
  readonly error: ArchiveError | null;
  /** Whether another request may have more luck. */
  readonly mayPass: boolean;
}

export function isRead(answer: Answer): answer is Read {
  return 'discovery' in answer;
}

type PageOptions = ReadOptions & AnswerOptions;

interface AnswerOptions {
  readonly part: ListPart | null;
  /** An answer without a byte is the end of the list: so it is past the last page where lists are pieces of HTML. */
  readonly blankEnds: boolean;
}

/** The first good answer, else the last. Each failure has lengthened the host's pause before the next request. */
export async function readOften(url: string, services: SourceServices, options: PageOptions): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await readPage(url, services, options);
    if (isRead(answer) || !answer.mayPass || attempt >= options.attempts) return answer;
  }
}

async function readPage(
  url: string,
  { fetcher, politeness, site, trial }: SourceServices,
  options: PageOptions,
): Promise<Answer> {
  try {
    const page = await fetchPage(fetcher, url, { signal: options.signal, list: true });
    await trial?.(page, null);
    const answer = readListed(page, site, options);
    if (!isRead(answer) && answer.code === 'BLOCKED' && !asksForPause(page.status)) politeness.backOff(url);
    return answer;
  } catch (error) {
    if (!(error instanceof ArchiveError) || nextAfter(error) === 'stop') throw error;
    if (error instanceof LedAway) {
      politeness.backOff(url); // no list of the site's is elsewhere: this is a gate
      return { code: 'BLOCKED', why: `led away: ${error.message}`, error, mayPass: false };
    }
    return { code: 'SOURCE_UNREAD', why: error.message, error, mayPass: nextAfter(error) !== 'never' };
  }
}

function readListed(page: Page, site: Site, options: AnswerOptions): Answer {
  try {
    return readAnswer(page, site, options);
  } catch (error) {
    throw pageFault(page.url, error);
  }
}

/** Reads what a request for a list was answered with. */
export function readAnswer(page: Page, site: Site, { part, blankEnds }: AnswerOptions): Answer {
  const unread = { code: 'SOURCE_UNREAD', error: null } as const;
  const { status, cut, fetchedAt } = page;
  if (page.redirects.length > 0 && new URL(page.finalUrl).pathname === '/') return { discovery: NO_MORE, fetchedAt };
  const meaning = meaningOfStatus(status);
  if (meaning === 'server error') return { ...unread, why: `status ${status}`, mayPass: true };
  if (meaning === 'gone') return { ...unread, why: `status ${status}`, mayPass: false };
  const blocked = { code: 'BLOCKED', error: null, mayPass: false } as const;
  if (meaning !== 'page') return { ...blocked, why: `status ${status}; ${inBrief(parsePage(page))}` };
  if (blankEnds && cut === null && page.body.length === 0) return { discovery: NO_MORE, fetchedAt };
  if (cut !== null) return { ...unread, why: `broke off: ${cut}`, mayPass: true };
  const parsed = parsePage(page);
  if (parsed.undecodable > 0) return { ...unread, why: 'bytes that are no text', mayPass: true };
  if (jsonState(parsed) === 'broken') return { ...unread, why: 'broke off: no whole JSON', mayPass: true };
  const discovery = discover(parsed, site, { part: part ?? undefined });
  if (isHomeInPlaceOf(discovery, page)) return { discovery: NO_MORE, fetchedAt };
  const refusal = discovery.kind === 'unknown' ? refusalIn(parsed, site) : null;
  if (refusal !== null) return { ...blocked, why: refusal };
  if (!isWhole(parsed, discovery)) return { ...unread, why: 'broke off before </html>', mayPass: true };
  if (discovery.kind !== 'unknown') return { discovery, fetchedAt };
  return { code: 'SOURCE_EMPTY', why: 'nothing of it is a list that is known', error: null, mayPass: true };
}

/** What stands in the place of a list. JSON of another form than before may be the list, changed; HTML without a link is none. */
function refusalIn(parsed: ParsedPage, site: Site): string | null {
  if (jsonState(parsed) !== 'none') return findChallenge(parsed.html);
  return mayBreakOff(parsed) ? null : refusalOf(parsed, site);
}

/** A list that is no more is answered with the home page, whose articles are not this source's; no `when` chose it. */
const NO_MORE: Discovery = { ...UNKNOWN, kind: 'home' };

/** The home page at an address that is not its own: section fronts look like it, but have no index of authors. */
function isHomeInPlaceOf({ kind, lists }: Discovery, { url }: Page): boolean {
  return kind === 'home' && lists.length > 0 && new URL(url).pathname !== '/';
}

/** Chromium gives a broken transfer for a whole one where no length was promised. */
function isWhole(parsed: ParsedPage, { kind }: Discovery): boolean {
  const { html } = parsed;
  if (jsonState(parsed) === 'whole') return true;
  return endOfSource(html) !== null || !(kind === 'unknown' || /<html/i.test(html));
}

// What one reading of a source reports to the alarm.

/** Counts what the source's own pages showed: how many lists an index names says more than how much they hold. */
export function sampleOfSource(
  source: Source,
  { pages, lists, ownError }: SourceResult,
  { at, fresh, elapsedMs }: Pick<SourceSample, 'at' | 'fresh' | 'elapsedMs'>,
): SourceSample {
  const entries = mergeEntries(pages.flatMap((page) => page.entries));
  const isIndex = source.follow > 0 && lists.length > 0;
  return {
    source: source.name,
    at,
    kind: pages[0]?.kind ?? null,
    url: source.url,
    entries: isIndex ? lists.length : entries.length,
    fresh,
    untitled: isIndex
      ? lists.filter(({ name }) => name === '').length
      : entries.filter(({ title }) => title === '').length,
    untimed: isIndex ? 0 : entries.filter(({ time }) => time === null).length,
    code: ownError?.code ?? null,
    elapsedMs,
  };
}
