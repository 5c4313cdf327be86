/**
 * An article's pictures as records of a package. The archive keeps a picture's bytes once, by their hash, and apart from them
 * what HTTP said of it; a page may show it by another address, for the archive fetches the original of a processed form.
 */
import { createHash } from 'node:crypto';
import { assetKey } from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import type { CaptureEntry, CaptureReader } from '../capture/read-captures.ts';
import { recordsOf } from '../capture/records.ts';
import { digestOf, fieldOf, type WarcRecord, writeMember } from '../capture/warc.ts';
import { ArchiveError } from '../errors.ts';
import type { CapturePlace, Header, StoredAsset } from '../model.ts';
import { type Piece, pieceOf } from './exchange-records.ts';
import type { PackageIndex } from './package-index.ts';

/**
 * Notes where the exchanges of pictures lie: in the files of the pages that show them, or in the next one, for a run begins
 * another file within a visit. One that is not found there is packed without what HTTP said.
 */
export async function findPictures(
  captures: CaptureReader,
  {
    segments,
    index,
    signal,
  }: { readonly segments: ReadonlySet<string>; readonly index: PackageIndex; readonly signal: AbortSignal },
): Promise<void> {
  let wasNamed = false;
  for await (const segment of captures.segments()) {
    const isNamed = segments.has(segment);
    if (isNamed || wasNamed) await findIn(segment);
    wasNamed = isNamed;
  }

  async function findIn(segment: string): Promise<void> {
    try {
      for await (const entry of captures.entries(segment)) {
        if (signal.aborted) throw new ArchiveError('INTERRUPTED', segment);
        const digest = digestIn(entry);
        if (digest !== null) index.note(exchangeName(entry.url, digest), JSON.stringify(entry.place));
      }
    } catch (error) {
      if (!(error instanceof ArchiveError) || !DAMAGES.includes(error.code)) throw error; // what rests on it is said by itself
    }
  }
}

const DAMAGES: readonly string[] = ['CAPTURE_DAMAGED', 'CAPTURE_MISSING'];

/** Of a picture's bytes, lower-case hex; null for what is no picture that was kept. */
function digestIn({ kind, picture, isBroken, members: [first] }: CaptureEntry): string | null {
  if (kind !== 'picture' || isBroken) return null;
  if (picture !== null) return picture.asset === null ? null : picture.sha256;
  return fieldOf(first.record, 'WARC-Payload-Digest')?.replace('sha256:', '') ?? null;
}

function exchangeName(url: string, digest: string): string {
  return `taken ${digest} ${url}`;
}

/** @returns null where the archive does not have the bytes as the record describes them */
export async function pictureBytes(storage: Storage, { sha256: digest, type }: StoredAsset): Promise<Buffer | null> {
  const bytes = await storage.read(assetKey(digest, type));
  return bytes !== null && sha256(bytes) === digest ? bytes : null;
}

/**
 * The records of the picture at the address that gave it: the exchange as it was, its body from among the pictures; where
 * none is known, the bytes alone as a resource.
 * @param given `date` is that of the page, for a resource
 * @returns `name` says to `standInPieces` which record holds the bytes
 */
export async function picturePieces(
  asset: StoredAsset,
  {
    bytes,
    date,
    index,
    captures,
  }: { readonly bytes: Buffer; readonly date: string; readonly index: PackageIndex; readonly captures: CaptureReader },
): Promise<{ readonly pieces: readonly Piece[]; readonly name: string }> {
  const place = index.noted(exchangeName(asset.url, asset.sha256));
  const records = (place === null ? null : await exchangeRecords(JSON.parse(place), { bytes, captures })) ?? [
    resourceRecord(asset, bytes, date),
  ];
  const [{ headers }] = records as readonly [WarcRecord];
  const name = JSON.stringify(['WARC-Record-ID', 'WARC-Date'].map((each) => fieldOf({ headers }, each)));
  return { pieces: records.map((record) => pieceOf(record, writeMember(record))), name };
}

/** Null where the exchange cannot be read any more, or is a reference itself. */
async function exchangeRecords(
  place: CapturePlace,
  { bytes, captures }: { readonly bytes: Buffer; readonly captures: CaptureReader },
): Promise<readonly WarcRecord[] | null> {
  try {
    const { capture: _capture, ...exchange } = await captures.exchange(place);
    const whole = { ...exchange, response: { ...exchange.response, body: bytes } };
    const { file, offset } = place;
    return named(recordsOf(whole, { kind: 'picture', warcinfo: '' }), `${file}:${offset}`);
  } catch (error) {
    if (error instanceof ArchiveError && DAMAGES.includes(error.code)) return null;
    throw error;
  }
}

/** With names that follow from where they come from, and that the others refer to. */
function named(records: readonly WarcRecord[], from: string): readonly WarcRecord[] {
  const names = new Map(
    records.map((record, i) => [fieldOf(record, 'WARC-Record-ID'), idOf('picture', from, String(i))]),
  );
  return records.map(({ headers, block }) => ({
    headers: headers.flatMap(([name, value]): Header[] =>
      name === 'WARC-Warcinfo-ID' ? [] : [[name, names.get(value) ?? value]],
    ),
    block,
  }));
}

/** What a picture is served as, where its file ending does not say it. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
  tif: 'image/tiff',
};

function resourceRecord({ url, sha256: digest, type }: StoredAsset, bytes: Uint8Array, date: string): WarcRecord {
  const headers: Header[] = [
    ['WARC-Type', 'resource'],
    ['WARC-Record-ID', idOf('resource', url, digest, date)],
    ['WARC-Date', date],
    ['WARC-Target-URI', url],
    ['WARC-Payload-Digest', `sha256:${digest}`],
    ['WARC-Block-Digest', `sha256:${digest}`],
    ['Content-Type', MEDIA_TYPES[type] ?? `image/${type}`],
  ];
  return { headers, block: bytes };
}

/**
 * The same picture at the address that the page shows it by, which was not asked for: a reference to the record of the
 * address that gave the bytes, and a note that says so.
 * @param given `of` is the name of that record
 */
export function standInPieces(
  { src, url, sha256: digest }: StoredAsset,
  { date, of }: { readonly date: string; readonly of: string },
): readonly Piece[] {
  const [holder = '', heldAt = ''] = JSON.parse(of) as readonly string[];
  const id = idOf('revisit', src, digest, date);
  const revisit: Header[] = [
    ['WARC-Type', 'revisit'],
    ['WARC-Record-ID', id],
    ['WARC-Date', date],
    ['WARC-Target-URI', src],
    ['WARC-Profile', 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest'],
    ['WARC-Refers-To', holder],
    ['WARC-Refers-To-Target-URI', url],
    ['WARC-Refers-To-Date', heldAt],
    ['WARC-Payload-Digest', `sha256:${digest}`],
  ];
  const note = `via: ${url}\r\nnote: this address was not requested; the picture is the one that the address above gave\r\n`;
  const metadata: Header[] = [
    ['WARC-Type', 'metadata'],
    ['WARC-Record-ID', idOf('metadata', src, digest, date)],
    ['WARC-Date', date],
    ['WARC-Target-URI', src],
    ['WARC-Refers-To', id],
    ['Content-Type', 'application/warc-fields'],
  ];
  return [ended(revisit, ''), ended(metadata, note)].map((record) => pieceOf(record, writeMember(record)));
}

function ended(headers: readonly Header[], text: string): WarcRecord {
  const block = Buffer.from(text);
  return { headers: [...headers, ['WARC-Block-Digest', digestOf(block)]], block };
}

/** A name that follows from what it stands for (a UUID of version 8, RFC 9562, 5.8), so that the same export has the same. */
export function idOf(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `<urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}>`;
}
