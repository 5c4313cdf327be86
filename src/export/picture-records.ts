/**
 * An article's pictures as records of a package. The archive keeps a picture once, by the hash of its bytes, and knows the
 * address that gave it; a page may show it by another address, for the archive fetches the original of a processed form.
 */
import { createHash } from 'node:crypto';
import { assetKey } from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { digestOf, type WarcRecord, writeMember } from '../capture/warc.ts';
import type { Header, StoredAsset } from '../model.ts';
import type { Piece } from './exchange-records.ts';

const IDENTICAL = 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest';

/** What a picture is served as, where its file ending does not say it. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
  tif: 'image/tiff',
};

/** @returns null where the archive does not have the bytes as the record describes them */
export async function pictureBytes(storage: Storage, { sha256: digest, type }: StoredAsset): Promise<Buffer | null> {
  const bytes = await storage.read(assetKey(digest, type));
  return bytes !== null && sha256(bytes) === digest ? bytes : null;
}

/** The bytes as a resource at the address that gave them: what HTTP said with them is not kept. */
export function resourcePiece({ url, sha256: digest, type }: StoredAsset, bytes: Uint8Array, date: string): Piece {
  const mime = MEDIA_TYPES[type] ?? `image/${type}`;
  const headers: Header[] = [
    ['WARC-Type', 'resource'],
    ['WARC-Record-ID', idOf('resource', url, date)],
    ['WARC-Date', date],
    ['WARC-Target-URI', url],
    ['WARC-Payload-Digest', `sha256:${digest}`],
    ['WARC-Block-Digest', `sha256:${digest}`],
    ['Content-Type', mime],
  ];
  const entry = { url, date, digest: `sha256:${digest}`, mime, status: 200 };
  return { member: writeMember({ headers, block: bytes }), entry };
}

/**
 * The same picture at the address that the page shows it by, which was not asked for: a reference to the record of the
 * address that gave the bytes, and a note that says so.
 * @param dates `of` that record
 */
export function standInPieces(
  { src, url, sha256: digest }: StoredAsset,
  dates: { readonly date: string; readonly of: string },
): readonly Piece[] {
  const { date, of } = dates;
  const id = idOf('revisit', src, date);
  const revisit: Header[] = [
    ['WARC-Type', 'revisit'],
    ['WARC-Record-ID', id],
    ['WARC-Date', date],
    ['WARC-Target-URI', src],
    ['WARC-Profile', IDENTICAL],
    ['WARC-Refers-To', idOf('resource', url, of)],
    ['WARC-Refers-To-Target-URI', url],
    ['WARC-Refers-To-Date', of],
    ['WARC-Payload-Digest', `sha256:${digest}`],
  ];
  const note = `via: ${url}\r\nnote: this address was not requested; the picture is the one that the address above gave\r\n`;
  const metadata: Header[] = [
    ['WARC-Type', 'metadata'],
    ['WARC-Record-ID', idOf('metadata', src, date)],
    ['WARC-Date', date],
    ['WARC-Target-URI', src],
    ['WARC-Refers-To', id],
    ['Content-Type', 'application/warc-fields'],
  ];
  const entry = { url: src, date, digest: `sha256:${digest}`, mime: 'warc/revisit', status: 200 };
  return [
    { member: writeMember(ended(revisit, '')), entry },
    { member: writeMember(ended(metadata, note)), entry: null },
  ];
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
