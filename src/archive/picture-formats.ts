/** Where a picture's bytes must end, by each format's own structure; each function walks one format from its first byte. */
import { crc32 } from 'node:zlib';

/** What a walk asks for next; it is answered with the bytes taken, or the checksum. */
export type Step =
  /** So many bytes, few. */
  | { readonly take: number }
  /** Passes over so many bytes. */
  | { readonly skip: number }
  /** Passes over so many bytes and gives their CRC-32 (ISO 3309), begun with `seed`. */
  | { readonly crc: number; readonly seed: number }
  /** Passes over bytes up to a byte 0xFF and one behind it of those that `marks` holds; gives that one. */
  | { readonly marks: readonly boolean[] }
  /** Passes over all that is left: the format does not say where it ends. */
  | { readonly rest: true };

/** Bytes, or a checksum as four of them. A walk that returns has found the picture's end. */
export type Walk = Generator<Step, void, Buffer>;

/** Thrown by a walk over bytes that no encoder writes. */
export class DamagedPicture extends Error {}

export interface PictureFormat {
  /** Bytes at the beginning; null for any byte. */
  readonly magic: readonly (number | null)[];
  readonly walk: () => Walk;
}

const ascii = (text: string): (number | null)[] =>
  [...text].map((letter) => (letter === '?' ? null : letter.charCodeAt(0)));

/** Every format whose end is known. */
export const FORMATS: readonly PictureFormat[] = [
  { magic: [0xff, 0xd8, 0xff], walk: jpeg },
  { magic: [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a], walk: png },
  { magic: ascii('GIF8?a'), walk: gif },
  { magic: ascii('RIFF????WEBP'), walk: webp },
  { magic: ascii('BM'), walk: bmp },
  { magic: ascii('????ftyp'), walk: isoMedia },
];

const EOI = 0xd9;
/** Codes that begin a segment or end the picture; stuffed zeros, fill bytes, restart markers and TEM stand alone. */
const MARKERS = Array.from({ length: 256 }, (_, code) => code > 0x01 && code < 0xff && !(code >= 0xd0 && code <= 0xd8));

/**
 * Segments, and behind SOS the coded data, up to EOI (ITU-T T.81, B.1.1). A byte that is no marker is passed over, as
 * decoders do; FF 00 and the restart markers belong to the coded data.
 */
function* jpeg(): Walk {
  yield { skip: 2 };
  let frames = 0;
  let scans = 0;
  for (;;) {
    const code = (yield { marks: MARKERS })[0] ?? 0;
    if (code === EOI) break;
    const length = (yield { take: 2 }).readUInt16BE();
    if (length < 2) throw new DamagedPicture(`a segment of ${length} bytes`);
    yield { skip: length - 2 };
    if (code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc) frames += 1;
    if (code === 0xda) scans += 1;
  }
  if (frames === 0 || scans === 0) throw new DamagedPicture('it ends before its picture begins');
}

/** Chunks with their checksums up to IEND (RFC 2083, 3.2). */
function* png(): Walk {
  yield { skip: 8 };
  let data = 0;
  for (let count = 0; ; count++) {
    const head = yield { take: 8 };
    const type = head.toString('latin1', 4);
    const length = head.readUInt32BE();
    if (!/^[A-Za-z]{4}$/.test(type) || length > 0x7fff_ffff || (count === 0) !== (type === 'IHDR'))
      throw new DamagedPicture(`chunk ${count + 1} has no valid head`);
    const sum = yield { crc: length, seed: crc32(head.subarray(4)) };
    if (!sum.equals(yield { take: 4 }))
      throw new DamagedPicture(`the checksum of chunk ${count + 1}, ${type}, is wrong`);
    if (type === 'IDAT') data += 1;
    if (type === 'IEND') break;
  }
  if (data === 0) throw new DamagedPicture('it ends before its picture begins');
}

/** Blocks up to the trailer (GIF89a, appendix A). */
function* gif(): Walk {
  const screen = yield { take: 13 };
  yield { skip: colourTableBytes(screen[10] ?? 0) };
  for (let images = 0; ; ) {
    const block = (yield { take: 1 })[0];
    if (block === 0x3b) {
      if (images === 0) throw new DamagedPicture('it ends before its picture begins');
      return;
    }
    if (block === 0x21) yield { skip: 1 };
    else if (block === 0x2c) {
      const image = yield { take: 9 };
      yield { skip: colourTableBytes(image[8] ?? 0) + 1 };
      images += 1;
    } else if (block === 0)
      continue; // one end of data too many, which decoders pass over
    else throw new DamagedPicture(`a block of unknown kind ${block}`);
    for (let length = -1; length !== 0; ) {
      length = (yield { take: 1 })[0] ?? 0;
      yield { skip: length };
    }
  }
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Chunks inside the size that RIFF gives (RFC 9649, 2.3 and 2.4). */
function* webp(): Walk {
  let left = (yield { take: 12 }).readUInt32LE(4) - 4;
  let images = 0;
  while (left >= 8) {
    const head = yield { take: 8 };
    left -= 8;
    const length = head.readUInt32LE(4);
    if (length > left) throw new DamagedPicture('a chunk is larger than the file says it is');
    if (['VP8 ', 'VP8L', 'ANMF'].includes(head.toString('latin1', 0, 4))) images += 1;
    const padded = Math.min(left, length + (length & 1));
    yield { skip: padded };
    left -= padded;
  }
  yield { skip: Math.max(0, left) };
  if (images === 0) throw new DamagedPicture('it ends before its picture begins');
}

/** As many bytes as rows and columns need, or as the head says where they are compressed. */
function* bmp(): Walk {
  const head = yield { take: 18 };
  const [size, offset, infoBytes] = [head.readUInt32LE(2), head.readUInt32LE(10), head.readUInt32LE(14)];
  if (infoBytes < 12 || offset < 14 + infoBytes) throw new DamagedPicture('the head is none');
  const info = yield { take: infoBytes === 12 ? 8 : 20 };
  const [width, height, bits, compression] =
    infoBytes === 12
      ? [info.readUInt16LE(0), info.readUInt16LE(2), info.readUInt16LE(6), 0]
      : [info.readInt32LE(0), Math.abs(info.readInt32LE(4)), info.readUInt16LE(10), info.readUInt32LE(12)];
  const rows = Math.ceil((Math.abs(width) * bits) / 32) * 4 * height;
  const end = [0, 3, 6].includes(compression) ? offset + rows : size;
  yield { skip: Math.max(0, end - 18 - info.length) };
}

/** AVIF and HEIF: whole boxes until the description and its data were there (ISO/IEC 14496-12, 4.2). */
function* isoMedia(): Walk {
  const seen = new Set<string>();
  while (!seen.has('mdat') || !(seen.has('meta') || seen.has('moov'))) {
    const head = yield { take: 8 };
    const type = head.toString('latin1', 4);
    seen.add(type);
    let length = head.readUInt32BE() - 8;
    if (length === -8) {
      yield { rest: true };
      return;
    }
    if (length === -7) length = Number((yield { take: 8 }).readBigUInt64BE()) - 16;
    if (length < 0) throw new DamagedPicture(`a box of no size, ${type}`);
    yield { skip: length };
  }
}
