/** Pictures whose bytes are at hand, from a file or another archive: into the same store and by the same rules as those of the site. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../clock.ts';
import { ArchiveError } from '../errors.ts';
import type { VisitLimits } from '../fetch/budget.ts';
import type { Http } from '../fetch/http.ts';
import type { Log } from '../log.ts';
import { type Assets, createAssets } from './pictures.ts';
import type { Storage } from './storage.ts';
import type { Trash } from './trash.ts';

/** @returns for the pictures of one article, by how their bytes are found under their addresses */
export function openGivenPictures(parts: {
  readonly storage: Storage;
  readonly trash: Trash;
  readonly allows: (url: string) => boolean;
  readonly limits: VisitLimits & { readonly imagesPerArticle: number };
  readonly clock: Clock;
  readonly log: Log;
}): (pictureAt: (url: string) => Buffer | null) => Pick<Assets, 'collect'> {
  return (pictureAt) =>
    createAssets({
      ...parts,
      http: { download: downloadFrom(pictureAt), text: nothingElse },
      maxPerArticle: parts.limits.imagesPerArticle,
      attempts: 1,
      backoffMs: 0,
    });
}

function downloadFrom(pictureAt: (url: string) => Buffer | null): Http['download'] {
  return async (url, open, signal) => {
    signal.throwIfAborted();
    const bytes = pictureAt(url);
    if (bytes === null) throw new ArchiveError('NOT_IMPORTED', url);
    await pipeline(Readable.from([bytes]), open(), { signal });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { status: 200, headers: {}, sha256, bytes: bytes.length };
  };
}

const nothingElse = async (url: string): Promise<never> => {
  throw new ArchiveError('NOT_IMPORTED', url);
};
