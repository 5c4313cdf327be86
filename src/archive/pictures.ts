/** An article's pictures: fetched once, named by content; one that cannot be had is remembered and never fails the article. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Clock, retryPauseMs } from '../clock.ts';
import { counted } from '../counted.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import { BrokenOff } from '../fetch/broken-off.ts';
import { type Deadline, openDeadline, type VisitLimits } from '../fetch/budget.ts';
import type { Download, Http } from '../fetch/http.ts';
import type { Log } from '../log.ts';
import type { Asset, Exchange, Flaw, StoredAsset } from '../model.ts';
import { everyPictureUrl, pictureUrls } from '../site/pictures.ts';
import { ASSETS, assetKey } from './keys.ts';
import { hashFile } from './manifest.ts';
import { openPictureReader, type Picture, readPicture } from './picture-file.ts';
import { watchPictureHosts } from './picture-hosts.ts';
import type { Storage, TemporaryFile } from './storage.ts';
import type { Trash } from './trash.ts';

export interface Assets {
  /**
   * Downloads pictures that are not known yet, within what one visit may take. What that does not suffice for is missing
   * with BUDGET_SPENT, and goes first at the next visit.
   * @param sources absolute URLs as in the page, in order; duplicates are fetched once
   * @param known what an earlier visit stored
   * @returns one asset for each distinct source, in order. Throws only what stops the run
   */
  collect(sources: readonly string[], known: readonly Asset[], signal: AbortSignal): Promise<Asset[]>;
  /**
   * Downloads one picture again, under every form of its address.
   * @param options `expected` is the hash of the bytes that are looked for: where no form gives them, the first that gives
   *   a picture is taken; null for any
   * @returns as `collect`
   */
  again(src: string, options: { readonly expected: string | null; readonly signal: AbortSignal }): Promise<Asset>;
}

/**
 * @param payload `asset` is the key of the bytes, null where they are not kept; `chunks` gives them, as long as this has not
 *   resolved
 */
export type KeepPicture = (
  exchange: Exchange,
  payload: {
    /** Of the body after content decoding, lower-case hex. */
    readonly sha256: string;
    readonly bytes: number;
    readonly asset: string | null;
    readonly chunks: () => AsyncIterable<Uint8Array>;
  },
) => Promise<unknown>;

export function createAssets(parts: {
  readonly http: Http;
  readonly storage: Storage;
  readonly trash: Trash;
  /** False for an origin that is not the site's: such a picture is recorded as missing and not asked for. */
  readonly allows: (url: string) => boolean;
  /** So many distinct pictures of an article are fetched; the others are recorded as missing. */
  readonly maxPerArticle: number;
  /** All that the pictures of one visit may take. */
  readonly limits: VisitLimits;
  /** So often a picture is tried in a visit where it may come yet. */
  readonly attempts: number;
  /** The first pause before another attempt; doubles. */
  readonly backoffMs: number;
  /** Keeps the exchange of what came, picture or not; nothing is kept where absent. */
  readonly keep?: KeepPicture | undefined;
  readonly clock: Clock;
  readonly log: Log;
}): Assets {
  const { http, storage, trash, allows, maxPerArticle, limits, attempts, backoffMs, keep, clock, log } = parts;
  const hosts = watchPictureHosts(parts);

  return {
    collect: async (sources, known, signal) => {
      using budget = openDeadline(limits, { clock, signal });
      const before = new Map(known.map((asset) => [asset.src, asset]));
      let first: string | null = null;
      const collectOne = async (src: string, index: number): Promise<Asset> => {
        const during: Deadline['during'] = (request) =>
          budget.during(() => {
            first ??= src;
            return request();
          });
        const wanted = { ...NEW, budget: { ...budget, during } };
        const present = before.get(src);
        if (present !== undefined && 'sha256' in present) {
          if (!mayBeWhole(present)) return present;
          return asIfWhole(present, await fetchPicture(src, pictureUrls, { ...wanted, imperfect: present.sha256 }));
        }
        return index < maxPerArticle
          ? fetchPicture(src, pictureUrls, wanted)
          : { src, missing: 'TOO_MANY_IMAGES' satisfies ErrorCode };
      };
      const inTurn = inTheirTurn([...new Set(sources)], before, clock.now());
      const isNewRound = inTurn[0]?.turn === 'last';
      const collected = await Promise.all(
        inTurn.map(async ({ src, index }) => {
          const asset = await collectOne(src, index);
          const isLeft = 'missing' in asset && asset.missing === ('BUDGET_SPENT' satisfies ErrorCode);
          if (isLeft && src === first) return { index, asset: { src, missing: 'TIMEOUT' satisfies ErrorCode } };
          return { index, asset: isLeft && !isNewRound ? (before.get(src) ?? asset) : asset };
        }),
      );
      const assets = collected.sort((a, b) => a.index - b.index).map(({ asset }) => asset);
      const left = assets.filter((asset) => 'missing' in asset && mayComeYet(asset.missing));
      const spent = budget.spent();
      if (spent !== null && left[0] !== undefined)
        log({
          level: 'warn',
          stage: 'fetch',
          message: `${counted(left.length, 'picture is', 'pictures are')} left to a later visit, ${left[0].src} the first of them: ${spent}`,
        });
      return assets;
    },
    again: async (src, { expected, signal }) => {
      using budget = openDeadline(limits, { clock, signal });
      if (expected !== null) {
        const found = await fetchPicture(src, everyPictureUrl, { expected, imperfect: null, budget });
        if ('sha256' in found || found.missing !== OTHER_BYTES) return found;
      }
      return await fetchPicture(src, everyPictureUrl, { ...NEW, budget });
    },
  };

  async function fetchPicture(src: string, urlsOf: typeof pictureUrls, wanted: Wanted): Promise<Asset> {
    if (src.startsWith('data:')) return keepData(src, wanted);
    let missing: ErrorCode | typeof OTHER_BYTES = 'URL_INVALID';
    for (const url of URL.canParse(src) ? urlsOf(src, allows) : []) {
      const found = await fetchOften(src, url, wanted);
      if (found === 'BUDGET_SPENT') return { src, missing: found };
      if (typeof found !== 'string') return found;
      if (missing !== OTHER_BYTES) missing = found;
      if (found === OTHER_BYTES || wanted.expected !== null) continue; // no form can pass for another
      if (ERRORS[found].next === 'retry') break; // what may still come is no reason to take a processed form for the original
    }
    return { src, missing };
  }

  /**
   * Tries as long as another attempt may bring more (`ERRORS[code].next`), up to `attempts` times.
   * @returns where the budget ends that: how it failed before, or BUDGET_SPENT
   */
  async function fetchOften(src: string, url: string, wanted: Wanted): Promise<Asset | ErrorCode | typeof OTHER_BYTES> {
    const { budget } = wanted;
    if (!allows(url)) return 'OUT_OF_SCOPE';
    let failed: ErrorCode = 'BUDGET_SPENT';
    for (let attempt = 1; ; attempt++) {
      try {
        if (attempt > 1) await clock.sleep(retryPauseMs(attempt - 1, { baseMs: backoffMs }), { signal: budget.signal });
        return await fetchTwice(src, url, wanted);
      } catch (error) {
        if (budget.ended(error)) return failed;
        if (!(error instanceof ArchiveError) || ERRORS[error.code].next === 'stop') throw error;
        if (ERRORS[error.code].next !== 'retry' || attempt >= attempts || hosts.isResting(url)) return error.code;
        failed = error.code;
      }
    }
  }

  /** What came imperfect may have been damaged on its way: it is asked for again at once, and the same bytes are the site's own. */
  async function fetchTwice(src: string, url: string, wanted: Wanted): Promise<Asset | typeof OTHER_BYTES> {
    const first = await fetchFrom(src, url, wanted);
    if (first === OTHER_BYTES || 'src' in first) return first;
    const second = await fetchFrom(src, url, { ...wanted, imperfect: first.sha256 });
    if (second === OTHER_BYTES || 'src' in second) return second;
    throw new ArchiveError('IMAGE_TRUNCATED', `${url}: ${second.detail}`);
  }

  /** @returns the hash and what is wrong where the picture is incomplete and its bytes are not those of `imperfect` */
  async function fetchFrom(
    src: string,
    url: string,
    { expected, budget, imperfect }: Wanted,
  ): Promise<Asset | typeof OTHER_BYTES | { readonly sha256: string; readonly detail: string }> {
    const temporary = await storage.temporary(ASSETS);
    let begun: Exchange | null = null;
    const onBegun = (exchange: Exchange) => {
      begun = exchange;
    };
    try {
      const ask = () =>
        temporary
          .fill((open) => http.download(url, open, budget.signal, budget, onBegun))
          .catch(async (error: unknown) => {
            throw await keptBroken(error, { begun, budget, temporary });
          });
      const came = await hosts.ask(url, ask);
      let asset: string | null = null;
      try {
        const { status, headers, sha256, bytes } = came;
        if (status !== 200) throw new ArchiveError(meaningOf(status), `${url}: status ${status}`);
        const picture = await readPicture(temporary.chunks());
        const { type, width, height } = factsOf(picture, url);
        if (expected !== null && sha256 !== expected) return OTHER_BYTES;
        const { state, detail } = picture;
        const isIncomplete = state === 'cut' || state === 'damaged';
        if (isIncomplete && expected === null && headers['content-encoding'] !== undefined)
          throw new ArchiveError('IMAGE_TRUNCATED', `${url}: ${detail}`); // its length on the way was of something else
        if (isIncomplete && expected === null && sha256 !== imperfect) return { sha256, detail: detail ?? state };
        const key = assetKey(sha256, type);
        await temporary.commit(key, { replaces: await makeWay(key, sha256) });
        asset = key;
        return { src, url, sha256, bytes, type, width, height, ...flawOf(picture) };
      } finally {
        await keepExchange(came, asset, temporary);
      }
    } finally {
      await temporary.discard();
    }
  }

  /** What came is kept whatever it is; where that fails, it goes before any other failure. */
  async function keepExchange(
    { exchange, sha256, bytes }: Download,
    asset: string | null,
    temporary: Pick<TemporaryFile, 'chunks'>,
  ): Promise<void> {
    const chunks = () => (asset === null ? temporary.chunks() : storage.chunks(asset));
    if (exchange !== undefined) await keep?.(exchange, { sha256, bytes, asset, chunks });
  }

  /** Keeps as much as came of a picture that broke off. @returns the failure alone */
  async function keptBroken(
    error: unknown,
    { begun, budget, temporary }: Broken & { readonly temporary: Pick<TemporaryFile, 'chunks'> },
  ): Promise<unknown> {
    const broken = brokenOff(error, { begun, budget });
    if (broken === null || keep === undefined) return error instanceof BrokenOff ? error.failure : error;
    const { body } = broken.exchange.response;
    const chunks = () => (body.length > 0 ? Readable.from([body]) : temporary.chunks());
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of chunks()) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    await keep(broken.exchange, { sha256: hash.digest('hex'), bytes, asset: null, chunks });
    return error instanceof BrokenOff ? error.failure : error;
  }

  /** True where a file lies at the key that is not the bytes of its name: these are in the trash then, and may be replaced. */
  async function makeWay(key: string, sha256: string): Promise<boolean> {
    const there = await storage.stat(key);
    if (there === null) return false;
    const present = there.kind === 'a file' || there.kind === 'a symbolic link' ? await hashOf(key) : null;
    if (present === sha256) return false;
    if (present === null) await trash.move(key, 'no file lies in the place of a picture');
    else await trash.keep(key, 'replaced by the bytes of its name');
    return true;
  }

  /** Null for a link that leads to no file. */
  async function hashOf(key: string): Promise<string | null> {
    try {
      return (await hashFile(storage, key)).sha256;
    } catch (error) {
      if (error instanceof ArchiveError && (await storage.stat(key))?.kind === 'a symbolic link') return null;
      throw error;
    }
  }

  /** A picture that the page itself holds. */
  async function keepData(src: string, { expected }: Wanted): Promise<Asset> {
    const bytes = bytesOfData(src);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const reader = openPictureReader();
    reader.push(bytes);
    const picture = reader.end();
    if (picture.facts === null || (expected !== null && expected !== sha256)) return { src, missing: 'IMAGE_TYPE' };
    const { type, width, height } = picture.facts;
    const key = assetKey(sha256, type);
    const temporary = await storage.temporary(ASSETS);
    try {
      await temporary.fill((open) => pipeline(Readable.from([bytes]), open()));
      await temporary.commit(key, { replaces: await makeWay(key, sha256) });
    } finally {
      await temporary.discard();
    }
    const [url = src] = src.split(',', 1); // the bytes are in `src`, and need not stand in the record twice
    return { src, url, sha256, bytes: bytes.length, type, width, height, ...flawOf(picture) };
  }
}

/** The bytes that a `data:` address holds (RFC 2397; Fetch standard, 6). */
function bytesOfData(src: string): Buffer {
  const comma = src.indexOf(',');
  const bytes = fromPercent(src.slice(comma + 1));
  return /;\s*base64\s*$/i.test(src.slice(0, comma)) ? Buffer.from(bytes.toString('latin1'), 'base64') : bytes;
}

function fromPercent(text: string): Buffer {
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at++, length++) {
    const hex = bytes[at] === 0x25 ? bytes.toString('latin1', at + 1, at + 3) : '';
    const isEscape = /^[\da-f]{2}$/i.test(hex);
    bytes[length] = isEscape ? Number.parseInt(hex, 16) : (bytes[at] ?? 0);
    if (isEscape) at += 2;
  }
  return bytes.subarray(0, length);
}

/** What is known where a download ends without a picture. */
interface Broken {
  readonly begun: Exchange | null;
  readonly budget: Deadline;
}

/** Null where no answer had begun, or the run ends: what is asked for then is asked for again. */
function brokenOff(error: unknown, { begun, budget }: Broken): BrokenOff | null {
  if (error instanceof BrokenOff) return error;
  if (begun === null || !budget.ended(error)) return null;
  return new BrokenOff(new ArchiveError('BUDGET_SPENT', budget.spent() ?? 'the budget of the visit is spent'), begun);
}

/** Type and size. Throws IMAGE_TYPE, and IMAGE_TRUNCATED where too little came to read them. */
function factsOf({ state, detail, facts }: Picture, url: string): NonNullable<Picture['facts']> {
  if (facts !== null) return facts;
  throw new ArchiveError(
    state === 'cut' || state === 'damaged' ? 'IMAGE_TRUNCATED' : 'IMAGE_TYPE',
    `${url}: ${detail}`,
  );
}

/** What is imperfect about a picture that is kept; nothing where all is well. What the server calls it does not count. */
function flawOf({ state, detail, trailingBytes }: Picture): { flaw?: Flaw } {
  if (state === 'cut' || state === 'damaged') return { flaw: { kind: state, detail: detail ?? '' } };
  if (trailingBytes > 0) return { flaw: { kind: 'trailing', detail: `${trailingBytes} bytes behind its end` } };
  return {};
}

/** Which bytes are taken. */
interface Wanted {
  readonly expected: string | null;
  /** Hash of incomplete bytes that came before: the same once more are the site's own. */
  readonly imperfect: string | null;
  readonly budget: Deadline;
}

const NEW = { expected: null, imperfect: null };
/** A whole picture came, and it is not the one that is looked for. */
const OTHER_BYTES = 'other bytes';

/** An incomplete picture that the site gave twice the same may have lain so in a cache for a while. */
function mayBeWhole({ flaw }: StoredAsset): boolean {
  return flaw?.kind === 'cut' || flaw?.kind === 'damaged';
}

/** The picture that came now, if it is a better one; the record then says which bytes it took the place of. */
function asIfWhole(present: StoredAsset, now: Asset): Asset {
  if ('missing' in now || mayBeWhole(now)) return present;
  return { ...now, replaces: present.sha256 };
}

/** Reasons that pass although no further attempt of the same visit could bring more. */
const COME_LATER: readonly string[] = [
  'BLOCKED',
  'ROBOTS_UNREACHABLE',
  'HOST_PAUSED',
  'BUDGET_SPENT',
  'NOT_FETCHED',
] satisfies ErrorCode[];

/**
 * The order in which pictures are asked for: first those that a visit had nothing left for, then new ones, and those last
 * that have had their turn. Whoever began first had the whole budget, and with it its turn; and nobody is added to the
 * first before all of them have had theirs. So these become fewer with each visit, and what drips starves no other. Each
 * visit begins with others of them than the one before, for it is rarely one alone that drips.
 */
function inTheirTurn(sources: readonly string[], before: ReadonlyMap<string, Asset>, now: number) {
  const each = sources.map((src, index) => ({ src, index, turn: turnOf(before.get(src)) }));
  const [first, next, last] = TURNS.map((turn) => each.filter((one) => one.turn === turn));
  return [...rotated(first ?? [], now), ...(next ?? []), ...rotated(last ?? [], now)];
}

const TURNS = ['first', 'next', 'last'] as const;

function turnOf(before: Asset | undefined): (typeof TURNS)[number] {
  if (before === undefined) return 'next';
  return 'missing' in before && before.missing === ('BUDGET_SPENT' satisfies ErrorCode) ? 'first' : 'last';
}

/** Begins at a place that the second says. */
function rotated<T>(those: readonly T[], now: number): T[] {
  const from = Math.floor(now / 1000) % Math.max(1, those.length);
  return [...those.slice(from), ...those.slice(0, from)];
}

/** Whether a picture that is missing for this reason may come by itself. */
export function mayComeYet(code: string): boolean {
  if (!Object.hasOwn(ERRORS, code)) return false;
  return ERRORS[code as ErrorCode].next === 'retry' || COME_LATER.includes(code);
}

/** What a status says of the picture; most of those but success say that the site does not have it. */
function meaningOf(status: number): ErrorCode {
  if (status === 403) return 'BLOCKED';
  const saysNothing = status >= 500 || [202, 204, 206, 408, 425, 429].includes(status);
  return saysNothing ? 'HTTP_STATUS' : 'IMAGE_MISSING';
}
