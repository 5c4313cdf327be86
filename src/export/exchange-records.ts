/** The captured exchanges that an article's versions were made of, as they lie in the archive's files: copied and never written anew. */
import type { ArchiveRecord } from '../archive/record.ts';
import type { CaptureReader } from '../capture/read-captures.ts';
import { fieldOf, type WarcRecord } from '../capture/warc.ts';
import type { CapturePlace } from '../model.ts';
import type { IndexEntry } from './cdxj.ts';

/** One record of a package: its gzip member, and how the index names it; null for one that answers no request. */
export interface Piece {
  readonly member: Uint8Array;
  readonly entry: PieceEntry | null;
}

type PieceEntry = Omit<IndexEntry, 'filename' | 'offset' | 'length' | 'recordDigest'>;

/** Where the exchanges lie that the article's versions were made of, each once, in the order of the files. */
export function placesOf({ versions, basis }: ArchiveRecord): readonly CapturePlace[] {
  const bases = [...versions.map((version) => version.basis), basis].flatMap((each) => each ?? []);
  const places = bases.flatMap(({ pages, single }) => [...pages.flat(), ...(single ?? [])]);
  const distinct = new Map(places.map((place) => [nameOf(place), place]));
  return [...distinct.values()].sort((a, b) => compare(a.file, b.file) || a.offset - b.offset);
}

/** The name of a place among all of an archive. */
export function nameOf({ file, offset }: Omit<CapturePlace, 'body'>): string {
  return `${file}:${offset}`;
}

/**
 * The records of one exchange, checked against their digests.
 * @throws CAPTURE_MISSING, CAPTURE_DAMAGED
 */
export async function exchangePieces(
  captures: CaptureReader,
  place: Omit<CapturePlace, 'body'>,
): Promise<readonly Piece[]> {
  const { members } = await captures.entryAt(place);
  const bytes = await captures.members(place);
  return members.map(({ record, offset, length }) => {
    const from = offset - place.offset;
    return pieceOf(record, bytes.subarray(from, from + length));
  });
}

export function pieceOf(record: WarcRecord, member: Uint8Array): Piece {
  return { member, entry: entryOf(record) };
}

/** Null for a record that is no answer, and for 304, which has nothing to show. */
function entryOf(record: WarcRecord): PieceEntry | null {
  const header = (name: string) => fieldOf(record, name) ?? '';
  const type = header('WARC-Type');
  if (type !== 'response' && type !== 'revisit' && type !== 'resource') return null;
  const { status, contentType } =
    type === 'resource' ? { status: 200, contentType: header('Content-Type') } : httpHead(record.block);
  if (status === 304) return null;
  const mime = type === 'revisit' ? 'warc/revisit' : (contentType.split(';')[0] ?? '').trim();
  const digest = header('WARC-Payload-Digest');
  return { url: header('WARC-Target-URI'), date: header('WARC-Date'), digest, mime, status };
}

function httpHead(block: Uint8Array): { readonly status: number; readonly contentType: string } {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).split('\r\n');
  const line = lines.find((each) => /^content-type:/i.test(each)) ?? '';
  return { status: Number(/^\S+ (\d{3})/.exec(first)?.[1] ?? 200), contentType: line.slice(line.indexOf(':') + 1) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
