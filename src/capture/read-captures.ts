/** Captures read back: single exchanges by their places, whole files one exchange after another. Digests are checked. */
import { createHash } from 'node:crypto';
import { CAPTURES, openSegmentKey, parseKey } from '../archive/keys.ts';
import type { ByteRange, Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import type { CapturePlace, Exchange } from '../model.ts';
import { readOn } from './read-on.ts';
import {
  type CaptureKind,
  describe,
  exchangeOf,
  isPayloadElsewhere,
  type Origin,
  type PicturePayload,
  referredPlace,
} from './records.ts';
import { digestOf, fieldOf, type Member, readMembers, WarcFault, type WarcRecord } from './warc.ts';

/** Reads beside a running crawl, and on a disk that cannot be written. */
export interface CaptureReader {
  /**
   * The exchange that lies at a place, with its body, and `capture` for its place. A picture whose bytes lie among the
   * archive's pictures comes without them: `entryAt` names those.
   * @throws CAPTURE_MISSING where no such file is there; CAPTURE_DAMAGED where the bytes are not those that were written
   */
  exchange(place: CapturePlace): Promise<Exchange>;
  /** The records at a place, checked. Throws what `exchange` throws. */
  entryAt(place: CapturePlace): Promise<CaptureEntry>;
  /** The gzip members at a place as they lie there. Throws what `exchange` throws. */
  members(place: Omit<CapturePlace, 'body'>): Promise<Buffer>;
  /** The keys of all files of captures, oldest first; one that is written to by the name that it will have. */
  segments(): AsyncIterable<string>;
  /**
   * All exchanges of a file, in the order in which they came; the last one of a file that is written to may be left out.
   * @throws what `exchange` throws of the first place that cannot be read, once it has given all others
   */
  entries(segment: string): AsyncGenerator<CaptureEntry>;
}

export interface CaptureEntry {
  readonly place: CapturePlace;
  readonly kind: CaptureKind;
  /** What was asked for, as WARC-Target-URI has it. */
  readonly url: string;
  /** Of a picture that is not held in the records: where its bytes lie. */
  readonly picture: PicturePayload | null;
  /** Of what somebody else captured; null for an exchange of this program. */
  readonly origin: Origin | null;
  /** True of what broke off: the exchange of a request that failed. */
  readonly isBroken: boolean;
  /** Response, revisit, conversion, resource, or the metadata of a picture first; then what belongs to it. */
  readonly members: readonly [Member, ...Member[]];
}

export function openCaptureReader(storage: Storage): CaptureReader {
  return {
    exchange: async (place) => {
      const entry = await entryAt(place);
      if (!isPayloadElsewhere(recordsIn(entry))) return { ...makeExchange(entry), capture: entry.place };
      const holder = await holderOf(entry, place.body);
      const exchange = makeExchange(entry, makeExchange(holder).response.body);
      return { ...exchange, capture: { ...entry.place, body: holder.place } };
    },
    entryAt,
    members: bytesAt,
    segments: async function* () {
      let last = '';
      for await (const { key } of storage.list(CAPTURES)) {
        const parsed = parseKey(key);
        if (parsed?.kind !== 'segment' || parsed.segment === last) continue;
        last = parsed.segment;
        yield last;
      }
    },
    entries,
  };

  async function entryAt(place: CapturePlace): Promise<CaptureEntry> {
    const { file, offset } = place;
    const members: Member[] = [];
    await withFaults(file, async () => {
      for await (const member of readMembers([await bytesAt(place)], { from: offset })) {
        requireBlock(member, file);
        members.push(member);
      }
    });
    const [first, ...others] = members;
    if (first === undefined || others.some((each) => !belongsTo(first, each)))
      throw damaged(file, offset, 'not the records of one exchange');
    return entryOf(file, [first, ...others]);
  }

  async function bytesAt({ file, offset, length, sha256 }: Omit<CapturePlace, 'body'>): Promise<Buffer> {
    const isPlace = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length > 0;
    if (!isPlace || length > MOST_PLACE_BYTES) throw damaged(file, offset, `no place of ${length} bytes`);
    const pieces = await Array.fromAsync(chunksOf(file, { offset, length }));
    const bytes = Buffer.concat(pieces);
    if (bytes.length < length) throw damaged(file, offset, `${bytes.length} of ${length} bytes are there`);
    if (sha256 !== undefined && sha256 !== sha256Of([bytes]))
      throw damaged(file, offset, 'not the bytes whose SHA-256 was noted');
    return bytes;
  }

  async function* entries(segment: string): AsyncGenerator<CaptureEntry> {
    let group: [Member, ...Member[]] | null = null;
    let cut: WarcFault | null = null; // nothing was read behind it yet
    let first: ArchiveError | null = null;
    const fail = (error: ArchiveError) => {
      first ??= error;
    };
    const whole = (members: [Member, ...Member[]] | null): CaptureEntry[] => {
      if (members === null) return [];
      try {
        return [entryOf(segment, members)];
      } catch (error) {
        if (!(error instanceof ArchiveError)) throw error;
        fail(error);
        return [];
      }
    };
    for await (const member of readOn((offset) => chunksFrom(segment, offset))) {
      if (cut !== null) fail(damaged(segment, cut.offset, cut.message));
      cut = null;
      if (member instanceof WarcFault || !isBlock(member)) {
        if (member instanceof WarcFault) cut = member;
        else fail(damaged(segment, member.offset, 'its block is another'));
        if (isComplete(group)) yield* whole(group);
        group = null;
        continue;
      }
      if (group !== null && belongsTo(group[0], member)) {
        group.push(member);
        continue;
      }
      yield* whole(group);
      const { record } = member;
      const isFirst = fieldOf(record, 'WARC-Type') !== 'warcinfo' && fieldOf(record, 'WARC-Concurrent-To') === null;
      group = isFirst ? [member] : null; // what belongs to an exchange that cannot be read is none itself
    }
    // Of a file that is written to, the last exchange may not have all its records yet.
    const isWritten = cut?.isCut === true && (await storage.stat(segment)) === null;
    if (cut === null) yield* whole(group);
    else if (!isWritten) fail(damaged(segment, cut.offset, cut.message));
    if (first !== null) throw first as ArchiveError;
  }

  function chunksFrom(segment: string, offset: number): AsyncGenerator<Buffer> {
    return chunksOf(segment, { offset, length: Number.MAX_SAFE_INTEGER - offset });
  }

  /** The bytes of a file under either of its names; a run may end and give it the other one between two looks. */
  async function* chunksOf(segment: string, range?: ByteRange): AsyncGenerator<Buffer> {
    const parsed = parseKey(segment);
    if (parsed?.kind !== 'segment' || parsed.isOpen)
      throw new ArchiveError('CAPTURE_MISSING', `${segment}: no file of captures has this name`);
    for (const key of [segment, openSegmentKey(segment), segment]) {
      if ((await storage.stat(key)) === null) continue;
      try {
        yield* storage.chunks(key, range);
        return;
      } catch (error) {
        if ((await storage.stat(key)) !== null) throw error; // else it was renamed before it was opened
      }
    }
    throw new ArchiveError('CAPTURE_MISSING', `${storage.name}/${segment}`);
  }

  /** @param named the place of the body as a record names it */
  async function holderOf(revisit: CaptureEntry, named: CapturePlace['body']): Promise<CaptureEntry> {
    const { place } = revisit;
    const { file } = place;
    if (place.body === undefined) throw damaged(file, place.offset, 'it does not say where its payload lies');
    const isNamed = named?.file === place.body.file && named.offset === place.body.offset;
    const holder = await entryAt(isNamed ? { ...place.body, sha256: named.sha256 } : place.body);
    const [wanted, there] = [revisit, holder].map(({ members: [{ record }] }) =>
      fieldOf(record, 'WARC-Payload-Digest'),
    );
    if (wanted !== there || isPayloadElsewhere(recordsIn(holder)))
      throw damaged(place.body.file, place.body.offset, `not the payload of ${place.file}, byte ${place.offset}`);
    return holder;
  }

  function entryOf(file: string, members: readonly [Member, ...Member[]]): CaptureEntry {
    const [{ record, offset }] = members;
    const records = members.map((each) => each.record);
    const length = members.reduce((sum, each) => sum + each.length, 0);
    const body = isPayloadElsewhere(records) ? referredPlace(records) : null;
    const sha256 = sha256Of(members.map(({ packed }) => packed));
    const place = { file, offset, length, sha256, ...(body === null ? {} : { body }) };
    const described = withForm(place, () => describe(records));
    return { place, ...described, url: fieldOf(record, 'WARC-Target-URI') ?? '', members };
  }

  /** The payload's digest is that of the body, or the place is damaged. */
  function makeExchange(entry: CaptureEntry, body?: Uint8Array): Exchange {
    const exchange = withForm(entry.place, () => exchangeOf(recordsIn(entry), body));
    const digest = fieldOf(entry.members[0].record, 'WARC-Payload-Digest');
    if (digest !== null && digest !== digestOf(exchange.response.body))
      throw damaged(entry.place.file, entry.place.offset, 'its payload is another');
    return exchange;
  }

  /** Records whose digests are right may still be of another form. */
  function withForm<T>({ file, offset }: CapturePlace, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof RangeError ? damaged(file, offset, error.message, error) : error;
    }
  }

  function requireBlock(member: Member, file: string): void {
    if (!isBlock(member)) throw damaged(file, member.offset, 'its block is another');
  }

  async function withFaults(file: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw error instanceof WarcFault ? damaged(file, error.offset, error.message, error) : error;
    }
  }

  function damaged(file: string, offset: number, detail: string, cause?: unknown): ArchiveError {
    return new ArchiveError('CAPTURE_DAMAGED', `${storage.name}/${file}, byte ${offset}: ${detail}`, { cause });
  }
}

/** As much as a place can have: a record of the largest size and what belongs to it. */
const MOST_PLACE_BYTES = 300 << 20;

function recordsIn({ members }: CaptureEntry): readonly WarcRecord[] {
  return members.map(({ record }) => record);
}

function sha256Of(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Metadata is the last of an exchange's records. */
function isComplete(group: readonly Member[] | null): boolean {
  const last = group?.at(-1);
  return last !== undefined && fieldOf(last.record, 'WARC-Type') === 'metadata';
}

function isBlock({ record }: Member): boolean {
  return fieldOf(record, 'WARC-Block-Digest') === digestOf(record.block);
}

function belongsTo({ record }: Member, other: Member): boolean {
  const id = fieldOf(record, 'WARC-Record-ID');
  return id !== null && fieldOf(other.record, 'WARC-Concurrent-To') === id;
}
