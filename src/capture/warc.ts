/**
 * WARC 1.1 records (ISO 28500:2017) as values and as bytes: one gzip member a record (Annex D). Members are read as
 * strictly as they are written, so that whatever was cut or changed is found.
 */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { crc32, createGzip, gzipSync, inflateRawSync } from 'node:zlib';
import type { Header } from '../model.ts';

export interface WarcRecord {
  /** All but `Content-Length`, which follows from the block. */
  readonly headers: readonly Header[];
  readonly block: Uint8Array;
}

/** A record with the place of its gzip member in the file, in bytes. */
export interface Member {
  readonly record: WarcRecord;
  readonly offset: number;
  readonly length: number;
  /** The member itself. */
  readonly packed: Uint8Array;
}

/** A member that is not whole, or not as it was written. */
export class WarcFault extends Error {
  /** Where the member begins. */
  readonly offset: number;
  /** True if the file ends within the member; false if its bytes are wrong. */
  readonly isCut: boolean;

  constructor(detail: string, { offset, isCut }: { readonly offset: number; readonly isCut: boolean }) {
    super(`at byte ${offset}: ${detail}`);
    this.name = 'WarcFault';
    this.offset = offset;
    this.isCut = isCut;
  }
}

/** So large a record may be, unpacked; larger ones are neither written nor read, for they are read as a whole. */
export const MOST_RECORD_BYTES = 256 << 20;

/** A record as a gzip member. @throws RangeError where it is larger than MOST_RECORD_BYTES */
export function writeMember({ headers, block }: WarcRecord): Buffer {
  requireSize(block.length);
  return gzipSync(Buffer.concat([headOf(headers, block.length), block, END]));
}

/**
 * The same of a block that comes in pieces, which are not held.
 * @param bytes of the whole block; it is checked
 */
export async function* writeMemberInPieces(
  headers: readonly Header[],
  { bytes, pieces }: { readonly bytes: number; readonly pieces: AsyncIterable<Uint8Array> },
): AsyncGenerator<Buffer> {
  requireSize(bytes);
  const gzip = createGzip();
  const fed = pipeline(whole, gzip);
  fed.catch(() => {}); // the loop below throws it
  for await (const packed of gzip) yield packed as Buffer;
  await fed;

  async function* whole(): AsyncGenerator<Uint8Array> {
    yield headOf(headers, bytes);
    let left = bytes;
    for await (const piece of pieces) {
      left -= piece.length;
      yield piece;
    }
    if (left !== 0) throw new RangeError(`a block of ${bytes - left} bytes, which was to have ${bytes}`);
    yield END;
  }
}

/**
 * Reads members one behind the other; holds one of them at a time, and a piece of the file.
 * @param chunks of the file, from a member's first byte on
 * @param options `from` is where in the file that is
 * @throws WarcFault
 */
export async function* readMembers(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { from = 0 }: { readonly from?: number } = {},
): AsyncGenerator<Member> {
  const source = piecesOf(chunks);
  let held: Buffer = Buffer.alloc(0);
  let offset = from;
  let isAtEnd = false;
  for (;;) {
    const unpacked = held.length === 0 ? null : unpack(held, offset);
    if (unpacked !== null) {
      const packed = held.subarray(0, unpacked.length);
      yield { record: parseRecord(unpacked.bytes, offset), offset, length: unpacked.length, packed };
      held = held.subarray(unpacked.length);
      offset += unpacked.length;
      continue;
    }
    if (isAtEnd && held.length === 0) return;
    if (isAtEnd) throw new WarcFault('the file ends within a record', { offset, isCut: true });
    // Twice as much each time: a member is unpacked anew with every piece of it.
    const pieces: Uint8Array[] = [held];
    for (let more = 0; !isAtEnd && more <= held.length; ) {
      const { value, done } = await source.next();
      isAtEnd = done === true;
      if (value === undefined) continue;
      pieces.push(value);
      more += value.length;
    }
    held = Buffer.concat(pieces);
  }
}

/** A header's value, whatever the case of its name; null where it is absent. */
export function fieldOf({ headers }: Pick<WarcRecord, 'headers'>, name: string): string | null {
  const wanted = name.toLowerCase();
  return headers.find(([each]) => each.toLowerCase() === wanted)?.[1] ?? null;
}

/** A digest as WARC headers write it: `sha256:` and lower-case hex. */
export function digestOf(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return `sha256:${hash.digest('hex')}`;
}

/** The same of bytes that are not held. */
export async function digestOfPieces(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
}

const VERSION = 'WARC/1.1';
const END = Buffer.from('\r\n\r\n');

function requireSize(bytes: number): void {
  if (bytes > MOST_RECORD_BYTES) throw new RangeError(`a record of ${bytes} bytes`);
}

function headOf(headers: readonly Header[], bytes: number): Buffer {
  const lines = [...headers, ['Content-Length', String(bytes)] as const].map(
    ([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`,
  );
  return Buffer.from(`${VERSION}\r\n${lines.join('')}\r\n`);
}

async function* piecesOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** The first member of these bytes, unpacked; null where they end within it. Throws WarcFault. */
function unpack(bytes: Buffer, offset: number): { readonly bytes: Buffer; readonly length: number } | null {
  const damaged = (detail: string) => new WarcFault(detail, { offset, isCut: false });
  if (!GZIP.subarray(0, bytes.length).equals(bytes.subarray(0, GZIP.length)))
    throw damaged('no gzip member begins here');
  if (bytes.length <= GZIP_HEADER_BYTES) return null;
  let inflated: { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
  try {
    inflated = inflateRawSync(bytes.subarray(GZIP_HEADER_BYTES), {
      info: true,
      maxOutputLength: MOST_MEMBER_BYTES,
    }) as never;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') return null;
    throw damaged(code === 'ERR_BUFFER_TOO_LARGE' ? 'the record is too large' : message);
  }
  const { buffer, engine } = inflated;
  const end = GZIP_HEADER_BYTES + engine.bytesWritten;
  if (bytes.length < end + 8) return null;
  if (bytes.readUInt32LE(end) !== crc32(buffer)) throw damaged('its checksum is wrong');
  if (bytes.readUInt32LE(end + 4) !== buffer.length >>> 0) throw damaged('its length is wrong');
  return { bytes: buffer, length: end + 8 };
}

/** How every gzip member begins: magic number, the one method there is, and no flags: nothing but time and system comes before the data. */
export const GZIP = Buffer.from([0x1f, 0x8b, 8, 0]);
const GZIP_HEADER_BYTES = 10;
/** Room for the header. */
const MOST_MEMBER_BYTES = MOST_RECORD_BYTES + (1 << 20);

/** The one record that a member holds. Throws WarcFault. */
function parseRecord(bytes: Buffer, offset: number): WarcRecord {
  const damaged = (detail: string) => new WarcFault(detail, { offset, isCut: false });
  const headEnd = bytes.indexOf(END);
  const [version, ...lines] = bytes.subarray(0, Math.max(0, headEnd)).toString().split('\r\n');
  if (version === undefined || !/^WARC\/1\.[01]$/.test(version)) throw damaged('no WARC record');
  const headers = lines.map((line): Header => {
    const [, name, value] = /^([^\s:]+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw damaged(`no header: ${line.slice(0, 100)}`);
    return [name, value];
  });
  const length = fieldOf({ headers }, 'content-length') ?? '';
  const begin = headEnd + END.length;
  const isWhole = /^\d+$/.test(length) && begin + Number(length) + END.length === bytes.length;
  if (!isWhole || !bytes.subarray(-END.length).equals(END))
    throw damaged(`its block has not the ${length} bytes that it says`);
  return {
    headers: headers.filter(([name]) => name.toLowerCase() !== 'content-length'),
    block: bytes.subarray(begin, -END.length),
  };
}
