/** Writes exchanges down as WARC, durably and before anything is made of them. */
import { createHash } from 'node:crypto';
import { openSegmentKey, segmentKey } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import type { KnownPayload, Payloads } from '../journal/payloads.ts';
import type { CapturePlace, Exchange, Header } from '../model.ts';
import { openCaptureReader } from './read-captures.ts';
import {
  type CaptureKind,
  isResource,
  type Origin,
  type Payload,
  type PicturePayload,
  pictureRecord,
  recordsOf,
  warcinfoRecord,
} from './records.ts';
import {
  digestOf,
  digestOfPieces,
  fieldOf,
  MOST_RECORD_BYTES,
  type WarcRecord,
  writeMember,
  writeMemberInPieces,
} from './warc.ts';

export interface Captures extends AsyncDisposable {
  /**
   * Keeps an exchange; it is durable when this resolves. Of what scripts made of a page, `capture` is the page's place.
   * Whoever cannot keep an exchange must not go on with it.
   * @param origin of one that somebody else captured
   * @throws TOO_LARGE; what the storage throws: the file is then left as it is for `recoverSegments`, and the next exchange
   *   begins another
   */
  write(exchange: Exchange, kind: CaptureKind, origin?: Origin): Promise<CapturePlace>;
  /**
   * Keeps a picture's exchange, whose body is not in it: whole, or what is known of it. Throws what `write` throws.
   * @param payload `chunks` gives the body as often as it is asked for
   */
  writePicture(exchange: Exchange, payload: PicturePayload & Body): Promise<CapturePlace>;
  /** Gives the file that is written to its final name; the next exchange begins another. */
  end(): Promise<void>;
}

/** A file is ended once it is so large (WARC implementation guidelines of the IIPC). */
const SEGMENT_BYTES = 1_000_000_000;

interface Segment {
  /** Its final name. */
  readonly key: string;
  /** WARC-Record-ID of its warcinfo record. */
  readonly warcinfo: string;
  /** Ms since the start of the process, whatever the clock does. */
  readonly begun: number;
  bytes: number;
}

/** @param options `payloads` is what is remembered of earlier ones; `software` is named in each file */
export function openCaptures(
  storage: Storage,
  options: {
    /** False if pictures are only named. */
    readonly wholePictures: boolean;
    readonly payloads: Payloads;
    readonly software: string;
    /** Ms since 1970. */
    readonly now: () => number;
    readonly segmentBytes?: number;
    /** Of several processes that write captures at once, as `segmentKey` takes it. */
    readonly hand?: string | null;
    /** Files end after so long, where only files that have ended are safe from the loss of this machine. */
    readonly segmentMs?: number;
  },
): Captures {
  const { payloads, segmentBytes = SEGMENT_BYTES, segmentMs = Number.POSITIVE_INFINITY } = options;
  const isAmongOthers = (options.hand ?? null) !== null;
  const reader = openCaptureReader(storage);
  const ids = new Map<string, string>(); // place → WARC-Record-ID of the response, of the last ones
  let current: Segment | null = null;
  let last: Promise<unknown> = Promise.resolve();

  return {
    write: (exchange, kind, origin) => inTurn(() => write(exchange, kind, origin)),
    writePicture: (exchange, payload) => inTurn(() => writePicture(exchange, payload)),
    end: () => inTurn(end),
    [Symbol.asyncDispose]: () =>
      inTurn(end).catch((error: unknown) => {
        if (!(error instanceof ArchiveError)) throw error; // the next run gives it its name
      }),
  };

  /** One after the other: all go to the end of one file. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.catch(() => {}); // the caller gets the error; the next one starts afresh
    return mine;
  }

  async function write(exchange: Exchange, kind: CaptureKind, origin?: Origin): Promise<CapturePlace> {
    const { body } = exchange.response;
    requireSize(exchange.url, body.length);
    const payload = { bytes: body.length, digest: digestOf(body) };
    if (exchange.road === 'rendered') {
      const source = ids.get(placeName(exchange.capture)) ?? null;
      return (await append((warcinfo) => recordsOf(exchange, { kind, warcinfo, source }))).place;
    }
    if (isResource(exchange, origin))
      return (await append((warcinfo) => recordsOf(exchange, { kind, warcinfo, origin }))).place;
    const earlier = await earlierOf(exchange, payload);
    const written = await append((warcinfo) => recordsOf(exchange, { kind, warcinfo, earlier, payload, origin }));
    return remember(exchange, { payload, earlier, ...written });
  }

  async function writePicture(exchange: Exchange, payload: PicturePayload & Body): Promise<CapturePlace> {
    const { sha256, bytes, asset, chunks } = payload;
    const head = { ...exchange, response: { ...exchange.response, body: NOTHING } };
    if (!options.wholePictures || bytes > MOST_BODY_BYTES)
      return (await append((warcinfo) => [pictureRecord(head, { sha256, bytes, asset }, { warcinfo })])).place;
    const known = { bytes, digest: `sha256:${sha256}` };
    const earlier = await earlierOf(head, known);
    const streamed = earlier === null ? { bytes, chunks } : null;
    const written = await append(
      (warcinfo) => recordsOf(head, { kind: 'picture', warcinfo, earlier, payload: known }),
      streamed,
    );
    return remember(head, { payload: known, earlier, ...written });
  }

  /** What this exchange repeats. What cannot be read back counts as never kept: its bytes are then kept anew. */
  async function earlierOf(exchange: Exchange, { bytes, digest }: Payload): Promise<KnownPayload | null> {
    const { url, response } = exchange;
    if (response.status === 304) return payloads.ofUrl(url);
    if (bytes === 0 || !isWhole(exchange)) return null;
    const known = payloads.find(digest);
    if (known === null) return null;
    const place = await holderAt(known.place, digest);
    if (place !== null) return { ...known, place };
    payloads.forget(digest);
    return null;
  }

  /** The place with the digest of its members; null where it does not hold this payload. */
  async function holderAt(at: KnownPayload['place'], digest: string): Promise<KnownPayload['place'] | null> {
    try {
      const { place, members } = await reader.entryAt(at);
      const [{ record }] = members;
      const isHolder = fieldOf(record, 'WARC-Type') === 'response' && fieldOf(record, 'WARC-Payload-Digest') === digest;
      return isHolder ? place : null;
    } catch (error) {
      if (error instanceof ArchiveError && ['CAPTURE_DAMAGED', 'CAPTURE_MISSING'].includes(error.code)) return null;
      throw error;
    }
  }

  /** @returns the place, with that of the body where it is another's */
  function remember(
    exchange: Exchange,
    { payload, earlier, place, record }: Written & { readonly payload: Payload; readonly earlier: KnownPayload | null },
  ): CapturePlace {
    const { url, startedAt, response } = exchange;
    if (payload.bytes === 0 || response.status === 304 || !isWhole(exchange)) return place;
    payloads.note(url, payload.digest, earlier ?? { place, record, url, date: startedAt });
    return earlier === null ? place : { ...place, body: earlier.place };
  }

  /**
   * Whoever took this process for dead has ended its file: what was in hand goes to another one, whole.
   * @param body of the first record, whose block is the HTTP head alone; null where the records hold all
   */
  async function append(make: MakeRecords, body: Body | null = null): Promise<Written> {
    for (let attempt = 1; ; attempt++)
      try {
        return await appendOnce(make, body);
      } catch (error) {
        const isTaken = error instanceof ArchiveError && error.code === 'ARCHIVE_OVERTAKEN';
        if (!isTaken || attempt === MOST_ATTEMPTS) throw error;
      }
  }

  async function appendOnce(make: MakeRecords, body: Body | null): Promise<Written> {
    const { segment, begin } = await segmentFor();
    const [first, ...others] = make(segment.warcinfo);
    const offset = segment.bytes + begin.length;
    current = null; // until the bytes are durable: a part of them may be there
    const hash = createHash('sha256');
    const hashed = (bytes: Buffer) => {
      hash.update(bytes);
      return bytes;
    };
    const rest = () => others.map((each) => hashed(writeMember(each)));
    if (body === null) await put(segment, [begin, hashed(writeMember(first)), ...rest()]);
    else {
      await put(segment, [begin]);
      for await (const piece of inLargePieces(streamedMember(first, body))) await put(segment, [hashed(piece)]);
      await put(segment, rest());
    }
    current = segment;
    if (begin.length > 0) endInTime(segment);
    const place = { file: segment.key, offset, length: segment.bytes - offset, sha256: hash.digest('hex') };
    const record = fieldOf(first, 'WARC-Record-ID') ?? '';
    ids.set(placeName(place), record);
    const [oldest] = ids.keys();
    if (ids.size > MOST_IDS && oldest !== undefined) ids.delete(oldest);
    return { place, record };
  }

  async function put(segment: Segment, parts: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(parts);
    if (bytes.length === 0) return;
    await storage.append(openSegmentKey(segment.key), bytes, isAmongOthers ? { at: segment.bytes } : {});
    segment.bytes += bytes.length;
  }

  /** The file to write to, and what it has to begin with: nothing where it has begun. */
  async function segmentFor(): Promise<{ readonly segment: Segment; readonly begin: Buffer }> {
    const now = new Date(Math.min(Math.max(options.now(), 0), LAST_MS));
    if (current !== null && (hasHadItsTime(current) || dayOf(current.key) !== dayOf(segmentKey(now)))) await end();
    if (current !== null) return { segment: current, begin: Buffer.alloc(0) };
    const key = await freeKey(now);
    const { software } = options;
    const fields = {
      software,
      format: 'WARC File Format 1.1',
      conformsTo: 'https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/',
      description: DESCRIPTION,
    };
    const info = warcinfoRecord(fields, { name: nameOf(key), at: now.toISOString() });
    return {
      segment: { key, warcinfo: fieldOf(info, 'WARC-Record-ID') ?? '', begun: performance.now(), bytes: 0 },
      begin: writeMember(info),
    };
  }

  /** Two files of one instant, or of a clock that went back, have names of their own. */
  async function freeKey(now: Date): Promise<string> {
    for (let at = now.getTime(); ; at++) {
      const key = segmentKey(new Date(at), options.hand);
      const there = (await storage.stat(key)) ?? (await storage.stat(openSegmentKey(key)));
      if (there === null) return key;
    }
  }

  async function end(): Promise<void> {
    if (current === null) return;
    const ending = current;
    current = null;
    try {
      await storage.move(openSegmentKey(ending.key), ending.key);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      if (isAmongOthers && error.code !== 'ARCHIVE_AWAY' && (await storage.stat(openSegmentKey(ending.key))) === null)
        return; // it has been ended by whoever took this process for dead
      if (error.code === 'ARCHIVE_AWAY') current = ending; // it is ended later
      throw error;
    }
  }

  function hasHadItsTime({ bytes, begun }: Segment): boolean {
    return bytes >= segmentBytes || performance.now() - begun >= segmentMs;
  }

  /** Also where nothing more is written. */
  function endInTime(segment: Segment): void {
    if (segmentMs === Number.POSITIVE_INFINITY) return;
    setTimeout(() => {
      if (current === segment) void inTurn(end).catch(() => endInTime(segment)); // the next exchange meets the same failure, and says it
    }, segmentMs).unref();
  }
}

type MakeRecords = (warcinfo: string) => readonly [WarcRecord, ...WarcRecord[]];

/** A body that is not held. */
interface Body {
  readonly bytes: number;
  /** Gives it as often as it is asked for. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

interface Written {
  readonly place: Omit<CapturePlace, 'body'>;
  /** WARC-Record-ID of the first record. */
  readonly record: string;
}

const NOTHING = new Uint8Array();
const MOST_IDS = 1000;
const MOST_ATTEMPTS = 3;
/** Room for what stands before it. */
const MOST_BODY_BYTES = MOST_RECORD_BYTES - (1 << 20);
/** So much is written at once; each time the disk is waited for. */
const PIECE_BYTES = 4 << 20;
/** The end of the year 9999, beyond which no name of a file can go. */
const LAST_MS = Date.UTC(9999, 11, 31);
const DESCRIPTION =
  'Payloads after content and transfer decoding. Where that changed them, HTTP headers of the body on its way begin with X-Archive-Orig-.';

/** Nothing may rest on a part of a body. */
function isWhole({ cut, brokenOff }: Exchange): boolean {
  return cut === null && brokenOff === undefined;
}

function requireSize(url: string, bytes: number): void {
  if (bytes > MOST_BODY_BYTES)
    throw new ArchiveError('TOO_LARGE', `${url}: ${bytes} bytes are more than a capture holds`);
}

/** `20261127` of a segment's key. */
function dayOf(key: string): string {
  return nameOf(key).slice(0, 8);
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function placeName(place: CapturePlace | undefined): string {
  return `${place?.file} ${place?.offset}`;
}

/** Reads the body twice: the digest of the block stands before it. */
async function* streamedMember({ headers, block }: WarcRecord, { bytes, chunks }: Body): AsyncGenerator<Buffer> {
  const digest = await digestOfPieces(withHead(block, chunks()));
  const whole = headers.map(([name, value]): Header => [name, name === 'WARC-Block-Digest' ? digest : value]);
  yield* writeMemberInPieces(whole, { bytes: block.length + bytes, pieces: withHead(block, chunks()) });
}

async function* withHead(head: Uint8Array, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* pieces;
}

async function* inLargePieces(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  yield Buffer.concat(held);
}
