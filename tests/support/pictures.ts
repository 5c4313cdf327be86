/** Pictures of the kinds that no fixture has: as small as they may be, and true to their format. */

/** 24 × 24, from the newspaper's smile. */
export const DRAWN_AVIF = Buffer.from(
  'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAALQAAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAABgAAAAYAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQAMAAAAABNjb2xybmNseAABAA0ABoAAAAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAALxtZGF0EgAKCRgRL3YICGg0IDKkARjADTTTRQDP7odPGtBjDu+TQzwEqwahSzmAOTkUHHxOj9eTCwRBcTaymoiqodr3AIJmsP2bKCHjKuJ7HAjFLce6Q8rDQn7vyxRgW56DbieJJbFOfMLBl6LAGZXiPimuFQe2+L86ooVavASlwDFDF8bERigtstRSENijCwVxL3sU45lMY0W7TJ40k9Mj9Jk3hdwJywFi2rP6icrQ9rnjX8vQYeDU',
  'base64',
);

/** 64 × 36 pixels of one colour, 24 bits each, rows from the bottom. */
export const BITMAP = bitmap(64, 36);

/** A drawing with a script in it. */
export const DRAWING =
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><script>window.ran=1</script><rect width="9" height="9"/></svg>';

function bitmap(width: number, height: number): Buffer {
  const head = Buffer.alloc(54);
  const pixels = Buffer.alloc(width * height * 3, 0x80); // 64 × 3 needs no filling up to four bytes
  head.write('BM');
  head.writeUInt32LE(head.length + pixels.length, 2);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  return Buffer.concat([head, pixels]);
}
