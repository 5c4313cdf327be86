/**
 * The requests to an object store that speaks S3, each tried again while the store is busy or away; with
 * `s3-write.ts` the only file that knows the library. Keys are whole names of objects here.
 *
 * Why Amazon's own client (`@aws-sdk/client-s3`): a store may answer 200 to the end of an upload in parts or to a copy and put
 * an error into the body, and a small client (s3mini 1.0.2 was read) takes that for an upload that is whole, gives no condition
 * to the end of an upload, and lets the body out of the signature. Its own retries are off: an answer that was lost has to be
 * told from a write that somebody else made, which only the caller's condition says.
 */
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { ArchiveError } from '../errors.ts';
import { nameOfS3, type S3Address } from './s3-address.ts';
import {
  Behind,
  type Condition,
  type Failure,
  failureOf,
  Missing,
  PATIENCE,
  type Patience,
  pauseMs,
  Unfulfilled,
} from './s3-failures.ts';
import { createWriter } from './s3-write.ts';

export interface ObjectStore {
  /** What lies under a name; null where nothing does. */
  head(name: string): Promise<StoredObject | null>;
  /** The bytes of an object, or of a range as many as there are; a reading that is cut goes on where it was. Null where there is none. */
  get(name: string, range?: { readonly offset: number; readonly length: number }): Promise<OpenedObject | null>;
  /**
   * Writes an object whole, in parts where it is large. `chunks` is called for once more where a write has to be compared.
   * @returns its ETag; null where the condition did not hold, and nothing was written
   */
  put(name: string, chunks: () => AsyncIterable<Uint8Array>, condition?: Condition): Promise<string | null>;
  /** Lets the store copy an object. Throws ARCHIVE_NOT_WRITABLE where there is none. */
  copy(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** A page of the names that begin with `prefix`, in order of their bytes, or of those up to the next `delimiter`. */
  list(prefix: string, options?: ListOptions): Promise<Page>;
  /** Ends what was begun to be uploaded in parts before an instant, ms since 1970; returns how many. */
  abortUploads(prefix: string, before: number): Promise<number>;
}

export interface StoredObject {
  readonly bytes: number;
  /** Ms since 1970, in whole seconds: not every answer of every store says more. */
  readonly writtenAt: number;
  readonly etag: string;
}

export interface OpenedObject extends StoredObject {
  readonly chunks: AsyncIterable<Buffer>;
}

export interface ListOptions {
  readonly delimiter?: '/';
  /** Where the last page ended. */
  readonly next?: string | undefined;
  /** Names up to this one are left out. */
  readonly after?: string | undefined;
  readonly most?: number;
}

export interface Page {
  readonly objects: readonly (StoredObject & { readonly name: string })[];
  /** With a delimiter: how names begin that go on behind it. */
  readonly prefixes: readonly string[];
  /** Null on the last page. */
  readonly next: string | null;
}

/**
 * Opens nothing yet: the first request asks the store.
 * @param options `patience` says how long it is tried; `signal` ends everything at once, `stopSignal` only what is tried for
 *   long: what is in hand is still written; `report` is told when a wait begins
 */
export function openObjectStore(
  address: S3Address,
  {
    patience = PATIENCE,
    signal,
    stopSignal,
    report = () => {},
  }: {
    readonly patience?: Patience;
    readonly signal?: AbortSignal | undefined;
    readonly stopSignal?: AbortSignal | undefined;
    readonly report?: (message: string) => void;
  } = {},
): ObjectStore {
  const { bucket: Bucket, region, endpoint } = address;
  const place = nameOfS3(address);
  const client = new S3Client({
    region,
    ...(endpoint !== null && { endpoint, forcePathStyle: true }),
    maxAttempts: 1,
    // Other stores do not know Amazon's newer checksums; the signature covers the bytes of a write in any case.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: patience.connectMs, socketTimeout: patience.silenceMs },
  });
  const abort = signal === undefined ? {} : { abortSignal: signal };
  const put = createWriter({ client, Bucket, abort, ask, head, get });

  return { head, get, put, copy, remove, list, abortUploads };

  async function head(name: string): Promise<StoredObject | null> {
    return orNull(() =>
      ask(name, async () => described(await client.send(new HeadObjectCommand({ Bucket, Key: name }), abort))),
    );
  }

  async function get(
    name: string,
    range?: { readonly offset: number; readonly length: number },
  ): Promise<OpenedObject | null> {
    const from = range?.offset ?? 0;
    const to = range === undefined ? null : from + range.length;
    const open = (at: number, etag?: string) =>
      ask(name, () =>
        client.send(
          new GetObjectCommand({
            Bucket,
            Key: name,
            ...((at > 0 || to !== null) && { Range: `bytes=${at}-${to === null ? '' : to - 1}` }),
            ...(etag !== undefined && { IfMatch: etag }),
          }),
          abort,
        ),
      );
    const first = await orNull(() => open(from), ['behind']);
    if (first === null) return null;
    if (first === 'behind') return { bytes: 0, writtenAt: 0, etag: '', chunks: nothing() };
    const about = described(first);
    return { ...about, chunks: read(about) };

    /** A connection that breaks is opened again behind the last byte that came, of the same object. */
    async function* read({ bytes, etag }: StoredObject): AsyncGenerator<Buffer> {
      let at = from;
      let answer = first as { readonly Body?: unknown };
      for (let failures = 0; ; ) {
        try {
          for await (const chunk of answer.Body as Readable) {
            at += (chunk as Buffer).length;
            failures = 0;
            yield chunk as Buffer;
          }
          if (at - from >= bytes) return;
          throw Object.assign(new Error(`the answer ended after ${at - from} of ${bytes} bytes`), {
            code: 'ECONNRESET',
          });
        } catch (error) {
          const failure = failureOf(error, { place, name });
          if (failure.kind !== 'again' || ++failures > patience.attempts) throw known(failure, name);
          answer = await open(at, etag).catch((late: unknown) => {
            throw late instanceof Unfulfilled ? overtaken(name) : late;
          });
        }
      }
    }
  }

  async function copy(from: string, to: string): Promise<void> {
    const CopySource = `${Bucket}/${from.split('/').map(encodeURIComponent).join('/')}`;
    const done = await orNull(() =>
      ask(from, () => client.send(new CopyObjectCommand({ Bucket, Key: to, CopySource }), abort)),
    );
    if (done === null) throw new ArchiveError('ARCHIVE_NOT_WRITABLE', `s3://${Bucket}/${from}: is not there`);
  }

  async function remove(name: string): Promise<void> {
    await orNull(() => ask(name, () => client.send(new DeleteObjectCommand({ Bucket, Key: name }), abort)));
  }

  async function list(prefix: string, { delimiter, next, after, most }: ListOptions = {}): Promise<Page> {
    const page = await ask(prefix, () =>
      client.send(
        new ListObjectsV2Command({
          Bucket,
          Prefix: prefix,
          Delimiter: delimiter,
          ContinuationToken: next,
          StartAfter: after,
          MaxKeys: most,
          EncodingType: 'url', // XML holds no control characters
        }),
        abort,
      ),
    );
    const said = (text: string | undefined) => decodeURIComponent((text ?? '').replaceAll('+', ' '));
    return {
      objects: (page.Contents ?? []).map((each) => ({
        name: said(each.Key),
        bytes: each.Size ?? 0,
        writtenAt: inSeconds(each.LastModified),
        etag: each.ETag ?? '',
      })),
      prefixes: (page.CommonPrefixes ?? []).map((each) => said(each.Prefix)),
      next: page.IsTruncated === true ? (page.NextContinuationToken ?? null) : null,
    };
  }

  async function abortUploads(prefix: string, before: number): Promise<number> {
    let ended = 0;
    for (let KeyMarker: string | undefined, UploadIdMarker: string | undefined; ; ) {
      const markers = { KeyMarker, UploadIdMarker };
      const page = await ask(prefix, () =>
        client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...markers }), abort),
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (Key === undefined || Initiated === undefined || Initiated.getTime() >= before) continue;
        await orNull(() =>
          ask(Key, () => client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), abort)),
        );
        ended += 1;
      }
      if (page.IsTruncated !== true) return ended;
      [KeyMarker, UploadIdMarker] = [page.NextKeyMarker, page.NextUploadIdMarker];
    }
  }

  /**
   * Asks until there is an answer.
   * @param onUnsure is called where an attempt may have been carried out though it failed
   * @throws Missing, Unfulfilled, Behind; ARCHIVE_AWAY once the patience is at its end, STORE_REFUSED, INTERRUPTED
   */
  async function ask<T>(name: string, work: () => Promise<T>, onUnsure: () => void = () => {}): Promise<T> {
    const begun = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const isStopped = stopSignal?.aborted === true;
        if (signal?.aborted === true || (isStopped && attempt >= patience.attempts))
          throw new ArchiveError('INTERRUPTED', `${place}: ${name}`, { cause: error });
        const failure = failureOf(error, { place, name });
        if (failure.kind !== 'again') throw known(failure, name);
        if (failure.isUnsure) onUnsure();
        const waitMs = pauseMs(attempt, patience, failure.afterMs);
        if (performance.now() - begun + waitMs > patience.longestMs) throw known(failure, name);
        if (attempt === patience.attempts)
          report(`${place}: ${failure.says}; it is tried again for ${Math.round(patience.longestMs / 1000)} s`);
        const ends = [signal, isStopped ? undefined : stopSignal].filter((each) => each !== undefined);
        await sleep(waitMs, undefined, { signal: AbortSignal.any(ends) }).catch(() => {}); // the next attempt looks at the signals
      }
    }
  }

  function known(failure: Failure, name: string): Error {
    switch (failure.kind) {
      case 'again':
        return new ArchiveError('ARCHIVE_AWAY', `${place}: ${failure.says}`, { cause: failure.error });
      case 'missing':
        return new Missing(name);
      case 'behind':
        return new Behind(name);
      case 'unfulfilled':
        return new Unfulfilled(name);
      case 'known':
        return failure.error;
    }
  }

  function overtaken(name: string): ArchiveError {
    return new ArchiveError('ARCHIVE_OVERTAKEN', `s3://${Bucket}/${name}: was written anew while it was read`);
  }
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null>;
async function orNull<T>(work: () => Promise<T>, also: readonly ['behind']): Promise<T | 'behind' | null>;
async function orNull<T>(work: () => Promise<T>, also: readonly string[] = []): Promise<T | 'behind' | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Missing) return null;
    if (error instanceof Behind && also.includes('behind')) return 'behind';
    throw error;
  }
}

function described(answer: {
  readonly ContentLength?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
}): StoredObject {
  return { bytes: answer.ContentLength ?? 0, writtenAt: inSeconds(answer.LastModified), etag: answer.ETag ?? '' };
}

function inSeconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000) * 1000;
}

async function* nothing(): AsyncGenerator<Buffer> {}
