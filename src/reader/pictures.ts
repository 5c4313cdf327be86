/** Pictures of the archive as a browser may have them: by the hash of their bytes, never as a document of their own. */
import type { Context } from 'hono';
import { assetKey, parseKey } from '../archive/keys.ts';
import { MEDIA_TYPES } from '../archive/media-types.ts';
import type { Storage } from '../archive/storage.ts';

/** The address of a picture's bytes. */
export function pictureHref(sha256: string, type: string): string {
  return `/pictures/${sha256}.${type}`;
}

/** How a request means to use a picture, where it is not to be shown in a page (Fetch Metadata, `Sec-Fetch-Dest`). */
const DOCUMENTS = new Set(['document', 'embed', 'frame', 'iframe', 'object']);

/**
 * Answers with the bytes of a picture, or null where the archive has none of this name. A drawing that is asked for as a
 * document is given as a file to save: in it could be scripts.
 * @param name as `pictureHref` writes it: `HASH.jpg`
 */
export async function answerPicture(
  context: Context,
  name: string,
  storage: Pick<Storage, 'stat' | 'chunks'>,
): Promise<Response | null> {
  const [digest = '', type = '', ...rest] = name.split('.');
  const key = assetKey(digest, type);
  if (rest.length > 0 || parseKey(key)?.kind !== 'picture') return null;
  const entry = await storage.stat(key);
  if (entry?.kind !== 'a file') return null;
  const mime = Object.hasOwn(MEDIA_TYPES, type) ? MEDIA_TYPES[type] : undefined;
  const isSafe = mime !== undefined && type !== 'svg';
  const isDocument = DOCUMENTS.has(context.req.header('sec-fetch-dest') ?? '');
  const headers = {
    'content-type': mime ?? 'application/octet-stream',
    'content-length': String(entry.bytes),
    'cache-control': 'private, max-age=31536000, immutable',
    etag: `"${digest}"`,
    ...(isSafe && !isDocument
      ? {}
      : { 'content-disposition': `attachment; filename="${digest.slice(0, 12)}.${type}"` }),
  };
  if (context.req.header('if-none-match') === headers.etag) {
    const { 'content-length': _length, ...others } = headers;
    return context.body(null, 304, others);
  }
  if (context.req.method === 'HEAD') return context.body(null, 200, headers);
  return context.body(ReadableStream.from(storage.chunks(key)) as ReadableStream<Uint8Array>, 200, headers);
}
