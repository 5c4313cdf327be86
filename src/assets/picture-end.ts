/** Is a picture there to its end? An answer without a length, or with a wrong one, may stop anywhere. */

/**
 * True where the bytes reach the end that their format has: JPEG's end of image (ITU T.81, B.2.1) behind the first
 * scan, PNG's IEND, GIF's trailer, the length that WebP's RIFF header tells. Other formats have no such end: always true.
 * @param type file ending by content, such as `jpg`
 */
export function reachesItsEnd(bytes: Buffer, type: string): boolean {
  switch (type) {
    case 'jpg':
      return bytes.indexOf(END_OF_IMAGE, firstScan(bytes)) >= 0;
    case 'png':
      return bytes.lastIndexOf('IEND') >= 0;
    case 'gif':
      return bytes.subarray(-PADDING).includes(GIF_TRAILER);
    case 'webp':
      return bytes.length >= 12 && bytes.length >= bytes.readUInt32LE(4) + 8;
    default:
      return true;
  }
}

const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);
const START_OF_SCAN = 0xda;
const GIF_TRAILER = 0x3b;
/** Some writers fill up the last block. */
const PADDING = 16;

/** Where the first scan of a JPEG begins: a preview in a segment before it has an end of its own. */
function firstScan(bytes: Buffer): number {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== START_OF_SCAN) {
    // A marker may be preceded by any number of fill bytes (B.1.1.2).
    at += bytes[at + 1] === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return at;
}
