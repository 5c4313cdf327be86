/**
 * What the site has no more, from the Wayback Machine, where the configuration asks for it (`fallback.wayback`): an article
 * that is gone and that the archive lacks, or a picture that is missing. Every request passes the one door, in the turn of
 * its own host; an address is looked up once in a long while.
 */
import type { Archive } from '../archive/archive.ts';
import { parseKey } from '../archive/keys.ts';
import type { Assets } from '../archive/pictures.ts';
import { type ArchiveRecord, noteGone, sha256 } from '../archive/record.ts';
import type { Clock } from '../clock.ts';
import { ArchiveError, type ErrorCode, nextAfter } from '../errors.ts';
import type { WaybackAnswer, WaybackHttp } from '../fetch/http.ts';
import type { Log } from '../log.ts';
import type { ArticleAddress, Asset, Header } from '../model.ts';
import { type Site, singlePageUrl } from '../site/address.ts';
import { captureIn, indexUrl, instantOfTimestamp, rawUrl, readIndex, type WaybackCapture } from '../site/wayback.ts';
import { type ForeignServices, type Taken, takeForeign } from './foreign.ts';
import type { AnswerForeign, ForeignAnswer } from './foreign-exchanges.ts';
import type { Fallback } from './visited.ts';

export interface Wayback extends Fallback {
  /** The site's pictures, and of those that it has no more the ones that are there: the record names what gave the bytes. */
  readonly assets: Assets;
}

/** When an address may be looked up again, ms since 1970. */
export interface Lookups {
  nextAt(url: string): number;
  set(url: string, nextAt: number): void;
}

const DAY_MS = 86_400_000;
/** After an answer, whatever it was. */
const AGAIN_MS = 30 * DAY_MS;
/** After none: the index is busy often. */
const FAILED_MS = DAY_MS;
/** So many captures of an article are judged: the newest may be of a page that says that it is gone. */
const MOST_TRIED = 4;

export function createWayback(parts: {
  readonly origin: string;
  readonly http: WaybackHttp;
  readonly site: Site;
  readonly lookups: Lookups;
  readonly services: ForeignServices & { readonly archive: Archive };
  /** Pictures of the site. */
  readonly assets: Assets;
  /** Lays bytes that are at hand into the archive. */
  readonly store: (pictureAt: (url: string) => Buffer | null) => Pick<Assets, 'collect'>;
  readonly clock: Clock;
  readonly log: Log;
}): Wayback {
  const { origin, http, site, lookups, services, store, clock, log } = parts;
  const assets: Assets = { ...parts.assets, collect };

  return {
    article: async (address, gone, signal) => {
      const found = await Promise.all([singlePageUrl(address), address.url].map((url) => lookUp(url, signal)));
      const captures = found.flat().sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
      for (const main of captures.slice(0, MOST_TRIED)) {
        const given = await answerOf(main, signal);
        if (given === null) continue;
        const taken = await take(address, given, signal);
        if (!('record' in taken)) continue;
        const key = keyOf(taken.record);
        const noted = await services.archive.update(key, (old) => old && { record: noteGone(old, gone) });
        return noted.record;
      }
      return null;
    },
    assets,
  };

  async function collect(...[sources, known, signal]: Parameters<Assets['collect']>): Promise<Asset[]> {
    const collected: Asset[] = [];
    for (const asset of await parts.assets.collect(sources, known, signal)) {
      const isGone = 'missing' in asset && asset.missing === ('IMAGE_MISSING' satisfies ErrorCode);
      collected.push((isGone ? await pictureOf(asset.src, signal) : null) ?? asset);
    }
    return collected;
  }

  /** Null where none of the newest captures is a picture. */
  async function pictureOf(src: string, signal: AbortSignal): Promise<Asset | null> {
    for (const capture of (await lookUp(src, signal)).slice(0, MOST_TRIED)) {
      const answer = await ask(rawUrl(origin, capture), signal);
      if (answer === null) continue;
      const [stored] = await store(() => answer.body).collect([src], [], signal);
      if (stored !== undefined && 'sha256' in stored) return { ...stored, url: answer.url };
    }
    return null;
  }

  /** Nothing where it was looked up lately. */
  async function lookUp(url: string, signal: AbortSignal): Promise<readonly WaybackCapture[]> {
    if (lookups.nextAt(url) > clock.now()) return [];
    const answer = await ask(indexUrl(origin, url), signal);
    const captures = answer === null ? null : readIndex(answer.body.toString(), site);
    lookups.set(url, clock.now() + (captures === null ? FAILED_MS : AGAIN_MS));
    if (answer !== null && captures === null)
      log({ level: 'warn', stage: 'fetch', message: `${origin}: its answer on ${url} is none of the index` });
    return captures ?? [];
  }

  /** Null for any answer but 200, and where none came. */
  async function ask(url: string, signal: AbortSignal): Promise<WaybackAnswer | null> {
    try {
      const answer = await http.wayback(url, signal);
      return answer.status === 200 ? answer : null;
    } catch (error) {
      if (!(error instanceof ArchiveError) || nextAfter(error) === 'stop' || signal.aborted) throw error;
      log({ level: 'warn', stage: 'fetch', message: error.message });
      return null;
    }
  }

  /** A capture as the exchange that it was; another one than was asked for where the machine led to it. */
  async function answerOf(capture: WaybackCapture, signal: AbortSignal): Promise<ForeignAnswer | null> {
    const from = rawUrl(origin, capture);
    const answer = await ask(from, signal);
    const given = answer === null ? null : (captureIn(answer.url) ?? capture);
    const startedAt = given === null ? null : instantOfTimestamp(given.timestamp);
    if (answer === null || given === null || startedAt === null || Date.parse(startedAt) > clock.now()) return null;
    const exchange = {
      url: given.original,
      startedAt,
      address: null,
      protocol: null,
      request: { method: 'GET', headers: [] },
      response: { status: 200, statusText: '', headers: headersOf(answer.headers), body: answer.body },
      cut: null,
      road: 'replay',
    } as const;
    return { exchange, origin: { kind: 'wayback', from, digest: `sha256:${sha256(answer.body)}` } };
  }

  function take(address: ArticleAddress, main: ForeignAnswer, signal: AbortSignal): Promise<Taken> {
    const provenance = { ...main.origin, capturedAt: main.exchange.startedAt };
    return takeForeign({ address, answer: answersOf(address, main), assets, provenance }, services, { signal });
  }

  /** The capture stands for the article; further parts are looked up, and the nearest taken. */
  function answersOf({ url: own }: ArticleAddress, main: ForeignAnswer): AnswerForeign {
    const isMain = (url: string) => url === own || url.replace(/_s(?=\.shtml$)|&page=0$/, '') === own;
    return async (url, signal) => {
      const found = isMain(url) ? main : await partOf(url, Date.parse(main.exchange.startedAt), signal);
      if (found === null) throw new ArchiveError('NOT_IMPORTED', `${url}: the Wayback Machine does not give it`);
      return found;
    };
  }

  async function partOf(url: string, at: number, signal: AbortSignal): Promise<ForeignAnswer | null> {
    const distance = ({ timestamp }: WaybackCapture) => Math.abs(Date.parse(instantOfTimestamp(timestamp) ?? '') - at);
    const [nearest] = (await lookUp(url, signal)).toSorted((a, b) => distance(a) - distance(b));
    return nearest === undefined ? null : answerOf(nearest, signal);
  }
}

function keyOf({ document }: ArchiveRecord): string {
  const parsed = parseKey(document.path);
  if (parsed?.kind !== 'document') throw new TypeError(`${document.path}: no place of a document`);
  return parsed.article;
}

/** The headers of the capture come under names of their own; those without are the machine's. */
function headersOf(headers: Readonly<Record<string, string>>): Header[] {
  const prefix = 'x-archive-orig-';
  const type = headers['content-type'];
  return [
    ...(type === undefined ? [] : [['content-type', type] as const]),
    ...Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix) && !/-(?:content|transfer)-(?:encoding|type)$/.test(name))
      .map(([name, value]) => [name.slice(prefix.length), value] as const),
  ];
}
