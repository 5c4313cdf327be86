/**
 * Which payload each address gave last, and where the captures hold it: so that the same bytes are kept once, and a 304 says
 * of which answer it speaks. Derived: where it is lost, bytes are kept again.
 */

import { type Database, type Row, textOf } from '../database.ts';
import type { CapturePlace } from '../model.ts';

/** The response that holds a payload. */
export interface KnownPayload {
  readonly place: Omit<CapturePlace, 'body'>;
  /** Its WARC-Record-ID. */
  readonly record: string;
  readonly url: string;
  /** Its WARC-Date. */
  readonly date: string;
}

export interface Payloads {
  /** Whoever has these bytes, whatever their address. @param digest `sha256:…` */
  find(digest: string): KnownPayload | null;
  /** What the address gave last. */
  ofUrl(url: string): KnownPayload | null;
  /** Notes what an address gave; the oldest of too many is forgotten. */
  note(url: string, digest: string, held: KnownPayload): void;
  /** These bytes are not where they were kept. */
  forget(digest: string): void;
}

/** Some 60 MB; the site has a few hundred new addresses a day. */
const MOST = 200_000;

export function openPayloads(database: Database, { most = MOST }: { readonly most?: number } = {}): Payloads {
  const find = database.prepare('SELECT * FROM payloads WHERE digest = ? ORDER BY number DESC LIMIT 1');
  const ofUrl = database.prepare('SELECT * FROM payloads WHERE url = ?');
  const note = database.prepare(
    `INSERT INTO payloads (url, digest, file, "offset", length, record, holder, date) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const old = database.prepare('DELETE FROM payloads WHERE url = ?');
  const trim = database.prepare('DELETE FROM payloads WHERE number <= (SELECT max(number) FROM payloads) - ?');
  const forget = database.prepare('DELETE FROM payloads WHERE digest = ?');
  return {
    find: (digest) => knownOf(find.get(digest)),
    ofUrl: (url) => knownOf(ofUrl.get(url)),
    note: (url, digest, { place: { file, offset, length }, record, url: holder, date }) =>
      database.transaction(() => {
        old.run(url); // its number is a new one
        note.run(url, digest, file, offset, length, record, holder, date);
        trim.run(most);
      }),
    forget: (digest) => void forget.run(digest),
  };
}

function knownOf(row: Row | undefined): KnownPayload | null {
  if (row === undefined) return null;
  const text = (name: string) => textOf(row[name]) ?? '';
  return {
    place: { file: text('file'), offset: Number(row.offset), length: Number(row.length) },
    record: text('record'),
    url: text('holder'),
    date: text('date'),
  };
}
