/** A text in GBK, for which no encoder is at hand: only decoders are. */

/** The bytes; null where the text holds a character that GBK has not. */
export function gbkBytes(text: string): Uint8Array | null {
  const table = gbkTable();
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const pair = code < 0x80 ? [code] : table.get(character);
    if (pair === undefined) return null;
    bytes.push(...pair);
  }
  return Uint8Array.from(bytes);
}

let knownTable: Map<string, readonly [number, number]> | null = null;

/** Character → two bytes, by asking the decoder for every pair. */
function gbkTable(): Map<string, readonly [number, number]> {
  if (knownTable !== null) return knownTable;
  knownTable = new Map();
  const decoder = new TextDecoder('gbk');
  for (let high = 0x81; high <= 0xfe; high++) {
    for (let low = 0x40; low <= 0xfe; low++) {
      const text = decoder.decode(Uint8Array.of(high, low));
      if ([...text].length === 1 && text !== '\ufffd' && !knownTable.has(text)) knownTable.set(text, [high, low]);
    }
  }
  return knownTable;
}
