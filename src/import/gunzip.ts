/**
 * Gzip of one or many members (RFC 1952), as a stream. Each member by itself: what came out before a damaged or cut one is
 * given before that is said, which Node's own gunzip does not do.
 */
import { crc32, createInflateRaw } from 'node:zlib';
import { ArchiveError } from '../errors.ts';

/** So much may come out of whatever little goes in; beyond it, so many times what goes in. Pages shrink to a tenth or so. */
const FREE_BYTES = 256_000_000;
const MOST_TIMES = 200;
/** So little goes in at once that what comes out of it, at most a thousand times as much, fits into memory. */
const PIECE = 16 * 1024;

/** @throws IMPORT_DAMAGED naming the member, counted from 1 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const input = openInput(chunks);
  let out = 0;
  for (let member = 1; (await input.peek()) !== null; member++) {
    await readHeader(input, member);
    let [crc, length] = [0, 0];
    for await (const piece of inflate(input, member)) {
      crc = crc32(piece, crc);
      length += piece.length;
      out += piece.length;
      if (out > FREE_BYTES && out > MOST_TIMES * input.taken())
        throw damaged(member, `${out} bytes out of ${input.taken()}: nothing that holds pages shrinks so far`);
      yield piece;
    }
    const trailer = await input.exactly(8);
    if (trailer === null) throw damaged(member, 'it breaks off');
    if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== length % 2 ** 32)
      throw damaged(member, 'its bytes are not those of its checksum');
  }
}

const [HEADER_CRC, EXTRA, NAME, COMMENT] = [2, 4, 8, 16];
const LONGEST_NAME = 65_536;

async function readHeader(input: Input, member: number): Promise<void> {
  const head = await input.exactly(10);
  if (head === null || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8)
    throw damaged(member, 'no header of gzip');
  const flags = head[3] ?? 0;
  const need = async (length: number) => {
    const bytes = await input.exactly(length);
    if (bytes === null) throw damaged(member, 'its header breaks off');
    return bytes;
  };
  if (flags & EXTRA) await need((await need(2)).readUInt16LE(0));
  for (const flag of [NAME, COMMENT])
    for (let length = 0; flags & flag && (await need(1))[0] !== 0; length++)
      if (length > LONGEST_NAME) throw damaged(member, 'a name without an end in its header');
  if (flags & HEADER_CRC) await need(2);
}

/** The compressed part of a member; what follows it goes back into the input. */
async function* inflate(input: Input, member: number): AsyncGenerator<Buffer> {
  const stream = createInflateRaw();
  const pieces: Buffer[] = [];
  let error: Error | null = null;
  let fed = 0;
  const ended = new Promise<'end'>((resolve) => {
    stream.once('end', () => resolve('end'));
    stream.once('error', (cause) => {
      error = cause;
      resolve('end');
    });
  });
  stream.on('data', (piece: Buffer) => void pieces.push(piece));
  try {
    for (;;) {
      const piece = await input.next(PIECE);
      fed += piece?.length ?? 0;
      const written = new Promise<'written'>((resolve) => {
        if (piece === null) stream.end();
        else stream.write(piece, () => resolve('written'));
      });
      const how = await Promise.race([ended, written]);
      yield* pieces.splice(0);
      if (how === 'written' && error === null) continue;
      await ended;
      yield* pieces.splice(0);
      if (error !== null) throw damaged(member, (error as Error).message);
      input.giveBack(piece ?? Buffer.alloc(0), fed - stream.bytesWritten);
      return;
    }
  } finally {
    stream.destroy();
  }
}

interface Input {
  /** The next bytes, which stay; null at the end. */
  readonly peek: () => Promise<Buffer | null>;
  /** At most `length` bytes; null at the end. */
  readonly next: (length: number) => Promise<Buffer | null>;
  /** Null where fewer are left. */
  readonly exactly: (length: number) => Promise<Buffer | null>;
  /** Puts the last `length` bytes of what was given back. */
  readonly giveBack: (piece: Buffer, length: number) => void;
  readonly taken: () => number;
}

function openInput(chunks: AsyncIterable<Uint8Array>): Input {
  const iterator = chunks[Symbol.asyncIterator]();
  let left: Buffer = Buffer.alloc(0);
  let taken = 0;
  const peek = async () => {
    while (left.length === 0) {
      const { value, done } = await iterator.next();
      if (done === true) return null;
      left = Buffer.from(value.buffer, value.byteOffset, value.length);
    }
    return left;
  };
  const next = async (length: number) => {
    if ((await peek()) === null) return null;
    const piece = left.subarray(0, length);
    left = left.subarray(piece.length);
    taken += piece.length;
    return piece;
  };
  return {
    peek,
    next,
    exactly: async (length) => {
      const parts: Buffer[] = [];
      for (let missing = length; missing > 0; ) {
        const part = await next(missing);
        if (part === null) return null;
        parts.push(part);
        missing -= part.length;
      }
      return Buffer.concat(parts);
    },
    giveBack: (piece, length) => {
      if (length === 0) return;
      left = Buffer.concat([piece.subarray(piece.length - length), left]);
      taken -= length;
    },
    taken: () => taken,
  };
}

function damaged(member: number, detail: string): ArchiveError {
  return new ArchiveError('IMPORT_DAMAGED', `gzip member ${member}: ${detail}`);
}
