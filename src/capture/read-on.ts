/** Members of a file of captures read on behind what is damaged, so that one bad byte costs one exchange. */
import { GZIP, type Member, readMembers, WarcFault } from './warc.ts';

/**
 * Every member, and in place of what cannot be read what is wrong; goes on where the next one may begin.
 * @param chunksFrom gives the file from a byte on
 */
export async function* readOn(
  chunksFrom: (offset: number) => AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Member | WarcFault> {
  for (let from: number | null = 0; from !== null; ) {
    const begun: number = from;
    try {
      yield* readMembers(chunksFrom(begun), { from: begun });
      return;
    } catch (error) {
      if (!(error instanceof WarcFault)) throw error;
      yield error;
      from = await nextMember(chunksFrom, error.offset + 1);
    }
  }
}

/** Where a member may begin next; null where none does. */
async function nextMember(chunksFrom: Parameters<typeof readOn>[0], from: number): Promise<number | null> {
  let at = from;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunksFrom(from)) {
    const bytes = Buffer.concat([held, chunk]);
    const found = bytes.indexOf(GZIP);
    if (found >= 0) return at + found;
    held = bytes.subarray(Math.max(0, bytes.length - GZIP.length + 1));
    at += bytes.length - held.length;
  }
  return null;
}
