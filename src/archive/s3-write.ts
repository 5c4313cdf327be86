/** Writes of objects, whole or in parts and under a condition, so that of two who write one only succeeds, and knows it. */
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { ArchiveError } from '../errors.ts';
import { type Condition, Missing, Unfulfilled } from './s3-failures.ts';

interface WriteContext {
  readonly client: Pick<S3Client, 'send'>;
  readonly Bucket: string;
  /** Given to each request. */
  readonly abort: { readonly abortSignal?: AbortSignal };
  /** Asks until there is an answer; `onUnsure` is called where an attempt may have been carried out though it failed. */
  readonly ask: <T>(name: string, work: () => Promise<T>, onUnsure?: () => void) => Promise<T>;
  readonly head: (name: string) => Promise<{ readonly etag: string } | null>;
  readonly get: (name: string) => Promise<{ readonly etag: string; readonly chunks: AsyncIterable<Uint8Array> } | null>;
}

/** An upload is made of parts of so many bytes: as much is held. Stores take no part under 5 MiB but the last. */
const PART_BYTES = 8 << 20;

/** The member `put` of an object store. */
export function createWriter({ client, Bucket, abort, ask, head, get }: WriteContext) {
  let quotes = true;

  return put;

  async function put(
    name: string,
    chunks: () => AsyncIterable<Uint8Array>,
    condition: Condition = null,
  ): Promise<string | null> {
    const parts = inParts(chunks());
    const [first, second] = [await parts.next(), await parts.next()];
    const body = first.done === true ? Buffer.alloc(0) : first.value;
    if (second.done === true)
      return conditionally(
        name,
        chunks,
        (headers) =>
          client.send(
            new PutObjectCommand({ Bucket, Key: name, Body: body, ContentLength: body.length, ...headers }),
            abort,
          ),
        condition,
      );
    return putInParts(name, [body, second.value], { parts, chunks, condition });
  }

  async function putInParts(
    name: string,
    begun: readonly Buffer[],
    {
      parts,
      chunks,
      condition,
    }: {
      readonly parts: AsyncGenerator<Buffer>;
      readonly chunks: () => AsyncIterable<Uint8Array>;
      readonly condition: Condition;
    },
  ): Promise<string | null> {
    // Not every store knows conditions for uploads in parts: what is plain already is seen before anything is sent.
    if (condition !== null && !holds(condition, await head(name))) return null;
    const { UploadId } = await ask(name, () =>
      client.send(new CreateMultipartUploadCommand({ Bucket, Key: name }), abort),
    );
    const upload = { Bucket, Key: name, UploadId };
    try {
      const Parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
      const send = async (Body: Buffer) => {
        const PartNumber = Parts.length + 1;
        const part = { ...upload, PartNumber, Body, ContentLength: Body.length };
        const { ETag } = await ask(name, () => client.send(new UploadPartCommand(part), abort));
        Parts.push({ PartNumber, ETag });
      };
      for (const each of begun) await send(each);
      for await (const each of parts) await send(each);
      const end = { ...upload, MultipartUpload: { Parts } };
      const etag = await conditionally(
        name,
        chunks,
        (headers) => client.send(new CompleteMultipartUploadCommand({ ...end, ...headers }), abort),
        condition,
      );
      if (etag === null) await abandon(upload);
      return etag;
    } catch (error) {
      await abandon(upload);
      throw error;
    }
  }

  /** What cannot be ended now, `abortUploads` ends. */
  async function abandon(upload: {
    readonly Bucket: string;
    readonly Key: string;
    readonly UploadId: string | undefined;
  }): Promise<void> {
    await client.send(new AbortMultipartUploadCommand(upload), abort).catch(() => {});
  }

  /**
   * Writes where the condition holds. Where the answer to an earlier attempt was lost, that attempt may be what stands in the
   * way of this one: then the bytes that lie there are compared.
   */
  async function conditionally(
    name: string,
    chunks: () => AsyncIterable<Uint8Array>,
    write: Write,
    condition: Condition,
  ): Promise<string | null> {
    let isUnsure = false;
    const attempt = async () => {
      const sent = () => write(headersOf(condition, { quoted: quotes }));
      const { ETag } = await ask(name, sent, () => {
        isUnsure = true;
      });
      return ETag ?? '';
    };
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Unfulfilled || error instanceof Missing)) throw error;
      const there = isUnsure ? await get(name) : null;
      if (there !== null && (await digestOf(there.chunks)) === (await digestOf(chunks()))) return there.etag;
      if (error instanceof Missing && condition === null)
        throw unexplained(name, 'the upload in parts is not known any more');
      if (condition?.kind !== 'still' || !quotes || !holds(condition, await head(name))) return null;
    }
    // Ceph 16 compares the ETag letter by letter with one without quotes, and refuses what holds.
    quotes = false;
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Unfulfilled) quotes = true; // it was not that: another has written in between
      if (error instanceof Unfulfilled || error instanceof Missing) return null;
      throw error;
    }
  }

  function unexplained(name: string, why: string): ArchiveError {
    return new ArchiveError('ARCHIVE_AWAY', `s3://${Bucket}/${name}: ${why}`);
  }
}

type Write = (headers: {
  readonly IfNoneMatch?: string;
  readonly IfMatch?: string;
}) => Promise<{ readonly ETag?: string | undefined }>;

function headersOf(condition: Condition, { quoted }: { readonly quoted: boolean }): Parameters<Write>[0] {
  if (condition === null) return {};
  if (condition.kind === 'absent') return { IfNoneMatch: '*' };
  return { IfMatch: quoted ? condition.etag : condition.etag.replaceAll('"', '') };
}

function holds(condition: NonNullable<Condition>, there: { readonly etag: string } | null): boolean {
  return condition.kind === 'absent' ? there === null : there?.etag === condition.etag;
}

async function* inParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    while (bytes >= PART_BYTES) {
      const whole = Buffer.concat(held);
      yield whole.subarray(0, PART_BYTES);
      held = [whole.subarray(PART_BYTES)];
      bytes -= PART_BYTES;
    }
  }
  if (bytes > 0) yield Buffer.concat(held);
}

async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
