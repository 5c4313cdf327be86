/** Reads a picture's type and size, and whether it is complete, in one pass over its bytes and in little memory. */
import { crc32 } from 'node:zlib';
import { imageSize } from 'image-size';
import { readDrawing } from './drawing-file.ts';
import { DamagedPicture, FORMATS, type PictureFormat, type Step, type Walk } from './picture-formats.ts';

export interface Picture {
  /**
   * `whole`: it comes to its format's end. `cut`: the bytes stop before. `damaged`: no encoder writes such bytes.
   * `no-picture`: of no known type. `unread`: of a type whose end is not known here, such as TIFF.
   */
  readonly state: 'whole' | 'cut' | 'damaged' | 'no-picture' | 'unread';
  /** What is wrong; null for `whole` and `unread`. */
  readonly detail: string | null;
  /** File ending by content: `jpg`, `png`, `webp`, `gif` …; null where type and size cannot be read. */
  readonly facts: { readonly type: string; readonly width: number; readonly height: number } | null;
  /** Bytes behind the picture's end, which viewers pass over. */
  readonly trailingBytes: number;
}

/** Takes a picture's bytes in chunks of any size. Never throws, whatever the bytes; linear in their number. */
interface PictureReader {
  /** What it keeps of the chunk it copies. */
  push(chunk: Buffer): void;
  end(): Picture;
}

/** Type and size stand in a picture's first bytes; what stands behind these is not looked for. */
const HEAD_BYTES = 512 * 1024;
const TAIL_BYTES = 512;
const LONGEST_MAGIC = 12;
const NOTHING: Buffer = Buffer.alloc(0);

/** Reads a picture piece by piece. @throws what its storage says */
export async function readPicture(chunks: AsyncIterable<Buffer>): Promise<Picture> {
  const reader = openPictureReader();
  for await (const chunk of chunks) reader.push(chunk);
  return reader.end();
}

export function openPictureReader(): PictureReader {
  const head: Uint8Array[] = [];
  let bytes = 0;
  let walker: Walker | null | undefined; // undefined until the magic is there
  let tail: Buffer = NOTHING; // of what is no format with a magic

  return {
    push: (chunk) => {
      if (bytes < HEAD_BYTES) head.push(new Uint8Array(chunk.subarray(0, HEAD_BYTES - bytes)));
      bytes += chunk.length;
      if (walker === undefined && bytes >= LONGEST_MAGIC) {
        const start = Buffer.concat(head);
        walker = walkerOf(start);
        walker?.push(start);
        if (start.length < bytes) walker?.push(chunk.subarray(chunk.length - (bytes - start.length)));
      } else walker?.push(chunk);
      if (walker === null) tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    },
    end: () => {
      const [first = NOTHING] = head;
      const start = head.length === 1 ? first : new Uint8Array(Buffer.concat(head));
      const drawing =
        walker == null
          ? readDrawing(Buffer.from(start).toString(), (bytes > TAIL_BYTES ? tail : Buffer.from(start)).toString())
          : null;
      if (drawing !== null) return drawing;
      const facts = factsOf(start);
      if (walker === undefined) {
        walker = walkerOf(start, { short: true });
        walker?.push(Buffer.from(start));
      }
      if (typeof facts === 'string') {
        const ended = walker?.end();
        if (ended === undefined || ended.state === 'whole')
          return { state: 'no-picture', detail: facts, facts: null, trailingBytes: 0 };
        return { ...ended, facts: null };
      }
      return { ...(walker?.end() ?? { state: 'unread', detail: null, trailingBytes: 0 }), facts };
    },
  };
}

/** Type and size, or why they cannot be read. */
function factsOf(start: Uint8Array): NonNullable<Picture['facts']> | string {
  try {
    if (isText(start)) return 'no picture';
    const { type, width, height } = imageSize(start); // of no larger buffer: the library looks past the end of a view
    return type === undefined ? 'no picture' : { type, width, height };
  } catch (error) {
    return (error as Error).message; // the library throws at all that it does not know
  }
}

/** HTML and XML; the library would look for a drawing in it, at length. */
function isText(start: Uint8Array): boolean {
  const first = start.find((byte) => byte !== 0xef && byte !== 0xbb && byte !== 0xbf && byte > 0x20);
  return first === 0x3c;
}

interface Walker {
  push(chunk: Buffer): void;
  end(): Omit<Picture, 'facts'>;
}

function walkerOf(start: Uint8Array, { short = false } = {}): Walker | null {
  const fits = ({ magic }: PictureFormat) =>
    (short || start.length >= magic.length) &&
    magic.slice(0, start.length).every((value, index) => value === null || start[index] === value);
  const format = FORMATS.find(fits);
  return format === undefined ? null : openWalker(format.walk());
}

/** Gives a walk what it asks for, over chunks that end anywhere. */
function openWalker(walk: Walk): Walker {
  let at = 0; // in the whole file
  let step: Step | null = null; // null once the walk has ended
  let left = 0; // bytes that the step still wants
  let held = NOTHING; // what `take` has got so far
  let sum = 0;
  let isBehindFf = false; // the byte before was 0xFF
  let damage: string | null = null;
  let endedAt = 0;
  let openEnd = false;
  advance(NOTHING);

  return {
    push: (chunk) => {
      let from = 0;
      while (step !== null && from < chunk.length) from = work(step, chunk, from);
      at += chunk.length - from;
    },
    end: () => {
      if (damage !== null) return { state: 'damaged', detail: damage, trailingBytes: 0 };
      if (step !== null && !openEnd)
        return { state: 'cut', detail: `it breaks off after ${at} bytes`, trailingBytes: 0 };
      return { state: 'whole', detail: null, trailingBytes: openEnd ? 0 : at - endedAt };
    },
  };

  /** Does what one chunk allows of a step; returns where the next begins. */
  function work(current: Step, chunk: Buffer, from: number): number {
    if ('marks' in current) return seek(current.marks, chunk, from);
    const next = 'rest' in current ? chunk.length : Math.min(chunk.length, from + left);
    at += next - from;
    left -= next - from;
    if ('take' in current) {
      const piece = chunk.subarray(from, next);
      held = Buffer.concat([held, piece]);
    } else if ('crc' in current) sum = crc32(chunk.subarray(from, next), sum);
    if (left === 0 && !('rest' in current)) advance('crc' in current ? bigEndian(sum) : held);
    return next;
  }

  /** Looks for a marker; one may lie across two chunks. */
  function seek(marks: readonly boolean[], chunk: Buffer, from: number): number {
    for (let next = from; next < chunk.length; ) {
      const byte = chunk[next] ?? 0;
      next += 1;
      if (isBehindFf && marks[byte] === true) {
        isBehindFf = false;
        at += next - from;
        advance(Buffer.of(byte));
        return next;
      }
      isBehindFf = byte === 0xff;
      if (isBehindFf) continue;
      const found = chunk.indexOf(0xff, next);
      next = found < 0 ? chunk.length : found;
    }
    at += chunk.length - from;
    return chunk.length;
  }

  /** Answers the walk, and takes its next wish that wants any bytes. */
  function advance(answer: Buffer): void {
    for (let reply = answer; ; reply = 'crc' in step ? bigEndian(sum) : NOTHING) {
      const result = next(reply);
      if (result === null || result.done === true) {
        step = null;
        endedAt = at;
        return;
      }
      step = result.value;
      held = NOTHING;
      sum = 'crc' in step ? step.seed : 0;
      openEnd = 'rest' in step;
      left = 'take' in step ? step.take : 'skip' in step ? step.skip : 'crc' in step ? step.crc : 0;
      if (left > 0 || 'marks' in step || 'rest' in step) return;
    }
  }

  function next(reply: Buffer): IteratorResult<Step, void> | null {
    try {
      return walk.next(reply);
    } catch (error) {
      if (!(error instanceof DamagedPicture)) throw error;
      damage = error.message;
      return null;
    }
  }
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
