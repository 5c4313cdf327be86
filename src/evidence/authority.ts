/**
 * Asks an authority for a time stamp. It goes to whatever host the owner configured, without the guard that the crawler's own
 * requests pass, as a hook does: so nothing but `seal.timestamp` of the configuration may come through here.
 */
import { randomBytes } from 'node:crypto';
import { checkpointKey, timestampKey } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { packageInfo } from '../package.ts';
import { LONGEST_REPLY, readTimestamp, timestampQuery } from './timestamp.ts';

/** From the first byte to the last. */
const TIMEOUT_MS = 20_000;

/**
 * Keeps a time stamp of a checkpoint beside it, unless there is one that is right. What goes wrong is an answer, for the next
 * seal asks again.
 * @param size of the checkpoint, which lies in the storage
 */
export async function stamp(
  storage: Storage,
  size: number,
  {
    url,
    signal,
    timeoutMs = TIMEOUT_MS,
  }: { readonly url: string; readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<{ readonly at: string } | { readonly fault: string }> {
  const data = (await storage.read(checkpointKey(size)))?.toString() ?? '';
  const there = await storage.read(timestampKey(size));
  const known = there === null ? null : readTimestamp(there, { data, query: null });
  if (known !== null && 'at' in known) return known;
  const query = timestampQuery(data, randomBytes(8));
  const reply = await ask(url, query, { signal, timeoutMs });
  if (typeof reply === 'string') return { fault: reply };
  const read = readTimestamp(reply, { data, query });
  if ('at' in read) await storage.write(timestampKey(size), reply);
  return read;
}

/** The reply (RFC 3161, 3.4), or why there is none. @throws an AbortError once `signal` aborts */
async function ask(
  url: string,
  query: Buffer,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Buffer | string> {
  const { name, version, homepage } = packageInfo();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/timestamp-query',
        accept: 'application/timestamp-reply',
        'user-agent': `${name}/${version} (+${homepage})`,
      },
      body: new Uint8Array(query),
      signal: AbortSignal.any([signal, timeout]),
    });
    const bytes = await bounded(response);
    if (!response.ok) return `HTTP status ${response.status}`;
    return bytes ?? `the reply is longer than ${LONGEST_REPLY} bytes`;
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return `no answer within ${timeoutMs} ms`;
    const { message, cause } = error as Error;
    return cause instanceof Error && cause.message !== '' ? cause.message : message;
  }
}

async function bounded({ body }: Response): Promise<Buffer | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    length += piece.length;
    if (length > LONGEST_REPLY) return null;
  }
  return Buffer.concat(pieces);
}
