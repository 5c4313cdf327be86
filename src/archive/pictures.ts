/** An article's pictures: fetched once, named by content; one that cannot be had is remembered and never fails the article. */
import { type Clock, retryPauseMs } from '../clock.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import type { Http } from '../fetch/http.ts';
import type { Asset } from '../model.ts';
import { everyPictureUrl, pictureUrls } from '../site/pictures.ts';
import { ASSETS, assetKey } from './keys.ts';
import { hashFile } from './manifest.ts';
import { type Picture, readPicture } from './picture-file.ts';
import type { Storage } from './storage.ts';
import type { Trash } from './trash.ts';

export interface Assets {
  /**
   * Downloads pictures that are not known yet.
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

export function createAssets(parts: {
  readonly http: Http;
  readonly storage: Storage;
  readonly trash: Trash;
  /** False for an origin that is not the site's: such a picture is recorded as missing and not asked for. */
  readonly allows: (url: string) => boolean;
  /** So many distinct pictures of an article are fetched; the others are recorded as missing. */
  readonly maxPerArticle: number;
  /** So often a picture is tried in a visit where it may come yet. */
  readonly attempts: number;
  /** The first pause before another attempt; doubles. */
  readonly backoffMs: number;
  readonly clock: Clock;
}): Assets {
  const { http, storage, trash, allows, maxPerArticle, attempts, backoffMs, clock } = parts;

  return {
    collect: async (sources, known, signal) => {
      const stored = new Map(known.filter((asset) => 'sha256' in asset).map((asset) => [asset.src, asset]));
      return Promise.all(
        [...new Set(sources)].map(async (src, index) => {
          const present = stored.get(src);
          if (present !== undefined) return present;
          return index < maxPerArticle
            ? fetchPicture(src, pictureUrls, { expected: null, signal })
            : { src, missing: 'TOO_MANY_IMAGES' satisfies ErrorCode };
        }),
      );
    },
    again: async (src, { expected, signal }) => {
      if (expected !== null) {
        const found = await fetchPicture(src, everyPictureUrl, { expected, signal });
        if ('sha256' in found || found.missing !== OTHER_BYTES) return found;
      }
      return fetchPicture(src, everyPictureUrl, { expected: null, signal });
    },
  };

  async function fetchPicture(src: string, urlsOf: typeof pictureUrls, wanted: Wanted): Promise<Asset> {
    let missing: ErrorCode | typeof OTHER_BYTES = 'URL_INVALID';
    for (const url of URL.canParse(src) ? urlsOf(src, allows) : []) {
      const found = await fetchOften(src, url, wanted);
      if (typeof found !== 'string') return found;
      if (missing !== OTHER_BYTES) missing = found;
      if (found === OTHER_BYTES || wanted.expected !== null) continue; // no form can pass for another
      // What may still come is no reason to take a processed form for the original; what never was a picture is.
      if (ERRORS[found].next === 'retry' && found !== 'IMAGE_TYPE') break;
    }
    return { src, missing };
  }

  /** Tries until the picture is there, the site says plainly that it is not to be had, or `attempts` are used up. */
  async function fetchOften(src: string, url: string, wanted: Wanted): Promise<Asset | ErrorCode | typeof OTHER_BYTES> {
    const { signal } = wanted;
    if (!allows(url)) return 'OUT_OF_SCOPE';
    for (let attempt = 1; ; attempt++) {
      try {
        return await fetchFrom(src, url, wanted);
      } catch (error) {
        if (!(error instanceof ArchiveError) || ERRORS[error.code].next === 'stop') throw error;
        const isPlain = error.code === 'IMAGE_MISSING' || error.code === 'ROBOTS_DISALLOWED';
        if (isPlain || attempt >= attempts) return error.code;
      }
      await clock.sleep(retryPauseMs(attempt, { baseMs: backoffMs }), { signal });
    }
  }

  async function fetchFrom(
    src: string,
    url: string,
    { expected, signal }: Wanted,
  ): Promise<Asset | typeof OTHER_BYTES> {
    const temporary = await storage.temporary(ASSETS);
    try {
      const { status, sha256, bytes } = await temporary.fill((open) => http.download(url, open, signal));
      if (status !== 200) throw new ArchiveError(meaningOf(status), `${url}: status ${status}`);
      const { type, width, height } = await measure(temporary.chunks(), url);
      if (expected !== null && sha256 !== expected) return OTHER_BYTES;
      const key = assetKey(sha256, type);
      await temporary.commit(key, { replaces: await makeWay(key, sha256) });
      return { src, url, sha256, bytes, type, width, height };
    } finally {
      await temporary.discard();
    }
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
}

/** Which bytes are taken. */
interface Wanted {
  readonly expected: string | null;
  readonly signal: AbortSignal;
}

/** A whole picture came, and it is not the one that is looked for. */
const OTHER_BYTES = 'other bytes';

/** What a status says of the picture; most of those but success say that the site does not have it. */
function meaningOf(status: number): ErrorCode {
  if (status === 403) return 'BLOCKED';
  const saysNothing = status >= 500 || [202, 204, 206, 408, 425, 429].includes(status);
  return saysNothing ? 'HTTP_STATUS' : 'IMAGE_MISSING';
}

/** Type and size by the bytes; what the server calls them does not count. Throws IMAGE_TYPE, IMAGE_TRUNCATED. */
async function measure(chunks: AsyncIterable<Buffer>, url: string): Promise<NonNullable<Picture['facts']>> {
  const { state, detail, facts } = await readPicture(chunks);
  if (state === 'cut' || state === 'damaged') throw new ArchiveError('IMAGE_TRUNCATED', `${url}: ${detail}`);
  if (facts === null) throw new ArchiveError('IMAGE_TYPE', `${url}: ${detail}`);
  return facts;
}
