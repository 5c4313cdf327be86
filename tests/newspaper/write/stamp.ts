/** Makes a picture's bytes unique without touching what it shows: a remark in the way of each format. */
import { crc32 } from 'node:zlib';

export type PictureType = 'jpg' | 'png' | 'webp' | 'gif';

/** The same picture with a remark in it; `bytes` must be a whole picture of the type. */
export function stamp(bytes: Buffer, type: PictureType, remark: string): Buffer {
  return STAMPS[type](bytes, Buffer.from(remark));
}

const STAMPS: Readonly<Record<PictureType, (bytes: Buffer, remark: Buffer) => Buffer>> = {
  /** A COM segment right after the start of image. */
  jpg: (bytes, remark) => {
    const head = Buffer.from([0xff, 0xfe, 0, 0]);
    head.writeUInt16BE(remark.length + 2, 2);
    return Buffer.concat([bytes.subarray(0, 2), head, remark, bytes.subarray(2)]);
  },
  /** A tEXt chunk right after IHDR, which ends at byte 33. */
  png: (bytes, remark) => {
    const body = Buffer.concat([Buffer.from('tEXtComment\0'), remark]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(body.length - 4, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([bytes.subarray(0, 33), frame.subarray(0, 4), body, frame.subarray(4), bytes.subarray(33)]);
  },
  /** A comment extension before the trailer; its sub-blocks hold up to 255 bytes each. */
  gif: (bytes, remark) => {
    const blocks = [];
    for (let at = 0; at < remark.length; at += 255) {
      const block = remark.subarray(at, at + 255);
      blocks.push(Buffer.from([block.length]), block);
    }
    return Buffer.concat([bytes.subarray(0, -1), Buffer.from([0x21, 0xfe]), ...blocks, Buffer.from([0, 0x3b])]);
  },
  /** The extended file format: VP8X before the lossy picture, a chunk of our own after it. */
  webp: (bytes, remark) => {
    const extended = Buffer.alloc(10);
    extended.writeUIntLE((bytes.readUInt16LE(26) & 0x3fff) - 1, 4, 3);
    extended.writeUIntLE((bytes.readUInt16LE(28) & 0x3fff) - 1, 7, 3);
    const chunks = Buffer.concat([
      Buffer.from('WEBP'),
      riffChunk('VP8X', extended),
      bytes.subarray(12),
      riffChunk('NOTE', remark),
    ]);
    return riffChunk('RIFF', chunks);
  },
};

/** A RIFF chunk: four letters, length in little-endian, data, padded to an even length. */
function riffChunk(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
