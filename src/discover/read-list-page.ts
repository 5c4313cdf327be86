/** One page of a list, asked for until it comes whole or there is no hope. */
import { ArchiveError, nextAfter } from '../errors.ts';
import { endOfSource } from '../html/end-of-source.ts';
import { type ParsedPage, parsePage } from '../html/parsed-page.ts';
import type { Page } from '../model.ts';
import type { Site } from '../url/scope.ts';
import { type Discovery, discover, jsonState, UNKNOWN } from './discover.ts';
import type { ListPart } from './list-kind.ts';
import type { ReadOptions, SourceRooms } from './read-source.ts';

/** What one request for a page of a list came to. */
export type Answer = Read | Unread;

export interface Read {
  readonly discovery: Discovery;
  readonly fetchedAt: string;
}

export interface Unread {
  readonly code: 'SOURCE_UNREAD' | 'SOURCE_EMPTY';
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
export async function readOften(url: string, rooms: SourceRooms, options: PageOptions): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await readPage(url, rooms, options);
    if (isRead(answer) || !answer.mayPass || attempt >= options.attempts) return answer;
  }
}

async function readPage(url: string, { fetcher, site }: SourceRooms, options: PageOptions): Promise<Answer> {
  try {
    return readAnswer(await fetcher.fetch(url, options.signal, { list: true }), site, options);
  } catch (error) {
    if (!(error instanceof ArchiveError) || nextAfter(error) === 'stop') throw error;
    return { code: 'SOURCE_UNREAD', why: error.message, error, mayPass: nextAfter(error) !== 'never' };
  }
}

/** Reads what a request for a list was answered with. */
export function readAnswer(page: Page, site: Site, { part, blankEnds }: AnswerOptions): Answer {
  const unread = { code: 'SOURCE_UNREAD', error: null } as const;
  const { status, cut, fetchedAt } = page;
  if (page.redirects.length > 0 && new URL(page.finalUrl).pathname === '/') return { discovery: NO_MORE, fetchedAt };
  if (status >= 400) return { ...unread, why: `status ${status}`, mayPass: false };
  if (blankEnds && cut === null && page.body.length === 0) return { discovery: NO_MORE, fetchedAt };
  if (cut !== null) return { ...unread, why: `broke off: ${cut}`, mayPass: true };
  const parsed = parsePage(page);
  if (parsed.undecodable > 0) return { ...unread, why: 'bytes that are no text', mayPass: true };
  if (jsonState(parsed) === 'broken') return { ...unread, why: 'broke off: no whole JSON', mayPass: true };
  const discovery = discover(parsed, site, { part: part ?? undefined });
  if (isHomeInPlaceOf(discovery, page)) return { discovery: NO_MORE, fetchedAt };
  if (!isWhole(parsed, discovery)) return { ...unread, why: 'broke off before </html>', mayPass: true };
  if (discovery.kind !== 'unknown') return { discovery, fetchedAt };
  return { code: 'SOURCE_EMPTY', why: 'nothing of it is a list that is known', error: null, mayPass: true };
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
