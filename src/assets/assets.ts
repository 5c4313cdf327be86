/** An article's pictures: fetched once, named by content; one that cannot be had is remembered and never fails the article. */
import type { Clock } from '../clock.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import type { Http } from '../fetch/http.ts';
import type { Politeness } from '../fetch/politeness.ts';
import type { Robots } from '../fetch/robots.ts';
import type { Asset } from '../model.ts';
import { retryPauseMs } from '../retry-pause.ts';
import { assetKey, type Store } from '../store/store.ts';
import { pictureUrls } from './original-url.ts';
import { type Picture, readPicture } from './whole-picture.ts';

export interface Assets {
  /**
   * Downloads pictures that are not known yet.
   * @param sources absolute URLs as in the page, in order; doubles are fetched once
   * @param known what an earlier visit stored
   * @returns one asset for each distinct source, in order. Throws only what stops the run
   */
  collect(sources: readonly string[], known: readonly Asset[], signal: AbortSignal): Promise<Asset[]>;
}

export function createAssets(parts: {
  readonly http: Http;
  readonly politeness: Politeness;
  readonly robots: Robots | null;
  readonly store: Store;
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
  const { http, politeness, robots, store, allows, maxPerArticle, attempts, backoffMs, clock } = parts;

  return {
    collect: async (sources, known, signal) => {
      const stored = new Map(known.filter((asset) => 'sha256' in asset).map((asset) => [asset.src, asset]));
      return Promise.all(
        [...new Set(sources)].map(async (src, index) => {
          const present = stored.get(src);
          if (present !== undefined) return present;
          return index < maxPerArticle
            ? fetchPicture(src, signal)
            : { src, missing: 'TOO_MANY_IMAGES' satisfies ErrorCode };
        }),
      );
    },
  };

  async function fetchPicture(src: string, signal: AbortSignal): Promise<Asset> {
    let missing: ErrorCode = 'URL_INVALID';
    for (const url of URL.canParse(src) ? pictureUrls(src, allows) : []) {
      const found = await fetchOften(src, url, signal);
      if (typeof found !== 'string') return found;
      missing = found;
      // What may still come is no reason to take a processed form for the original; what never was a picture is.
      if (ERRORS[missing].next === 'retry' && missing !== 'IMAGE_TYPE') break;
    }
    return { src, missing };
  }

  /** Tries until the picture is there, the site says plainly that it is not to be had, or `attempts` are used up. */
  async function fetchOften(src: string, url: string, signal: AbortSignal): Promise<Asset | ErrorCode> {
    if (!allows(url)) return 'OUT_OF_SCOPE';
    for (let attempt = 1; ; attempt++) {
      try {
        return await fetchFrom(src, url, signal);
      } catch (error) {
        if (!(error instanceof ArchiveError) || ERRORS[error.code].next === 'stop') throw error;
        const isPlain = error.code === 'IMAGE_MISSING' || error.code === 'ROBOTS_DISALLOWED';
        if (isPlain || attempt >= attempts) return error.code;
      }
      await clock.sleep(retryPauseMs(attempt, { baseMs: backoffMs }), { signal });
    }
  }

  async function fetchFrom(src: string, url: string, signal: AbortSignal): Promise<Asset> {
    await robots?.require(url, signal);
    const temporary = await store.temporaryAsset();
    try {
      const { status, sha256, bytes } = await temporary.fill((path) =>
        politeness.asset(url, signal, () => http.download(url, path, signal)),
      );
      if (status !== 200) throw new ArchiveError(meaningOf(status), `${url}: status ${status}`);
      const { type, width, height } = await measure(temporary.path, url);
      await temporary.commit(assetKey(sha256, type));
      return { src, url, sha256, bytes, type, width, height };
    } finally {
      await temporary.discard();
    }
  }
}

/** What a status says of the picture; most of those but success say that the site does not have it. */
function meaningOf(status: number): ErrorCode {
  if (status === 403) return 'BLOCKED';
  const saysNothing = status >= 500 || [202, 204, 206, 408, 425, 429].includes(status);
  return saysNothing ? 'HTTP_STATUS' : 'IMAGE_MISSING';
}

/** Type and size by the bytes; what the server calls them does not count. Throws IMAGE_TYPE, IMAGE_TRUNCATED. */
async function measure(path: string, url: string): Promise<NonNullable<Picture['facts']>> {
  const { state, detail, facts } = await readPicture(path);
  if (state === 'cut' || state === 'damaged') throw new ArchiveError('IMAGE_TRUNCATED', `${url}: ${detail}`);
  if (facts === null) throw new ArchiveError('IMAGE_TYPE', `${url}: ${detail}`);
  return facts;
}
