/**
 * The index of a package: a line of CDXJ for each record that answers a request (WACZ 1.1.1, 5.2.3; IIPC's CDXJ), sorted by
 * bytes, and where there are many, compressed in blocks with an index of their own (ZipNum).
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { getSurt } from 'warcio';

/** A record that answers a request, and where it lies. */
export interface IndexEntry {
  readonly url: string;
  /** Its WARC-Date. */
  readonly date: string;
  /** Of the payload, `sha256:…`. */
  readonly digest: string;
  /** Without parameters; `warc/revisit` for a record that refers to the payload of another. */
  readonly mime: string;
  /** Of HTTP; 200 for a resource. */
  readonly status: number;
  /** In the folder `archive/` of the package. */
  readonly filename: string;
  /** Of its gzip member, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** Of the gzip member, `sha256:…`: a player checks by it the one record that it loads (wacz-auth 0.1.0, 5). */
  readonly recordDigest: string;
}

/** A line without its end. Lines sort by their bytes: first the key, then the time. */
export function cdxjLine({ url, date, status, offset, length, ...entry }: IndexEntry): string {
  const { digest, mime, filename, recordDigest } = entry;
  const fields = {
    url,
    digest,
    mime,
    filename,
    offset: String(offset),
    length: String(length),
    status: String(status),
    recordDigest,
  };
  return `${surtOf(url)} ${date.replace(/\D/g, '').slice(0, 14)} ${JSON.stringify(fields)}`;
}

/** The address with its host from the right: what lies at one site lies together. White space would end it. */
function surtOf(url: string): string {
  return getSurt(url).replace(/\s/g, (space) => encodeURIComponent(space));
}

/** As browsertrix has it: of fewer bytes a plain file is the index, of more one that is read block by block. */
const PLAIN_BYTES = 50_000;
const BLOCK_LINES = 256;

/** An index file, and its blocks, which are to be put beside it where there are any. */
interface IndexFile {
  readonly name: 'index.cdxj' | 'index.cdx.gz' | 'index.idx';
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * @param lines of `cdxjLine`, sorted
 * @param totalBytes of all of them with their ends
 * @returns the files of `indexes/`; each has to be read to its end before the next one
 */
export function indexFiles(lines: Iterable<string>, totalBytes: number): readonly IndexFile[] {
  if (totalBytes < PLAIN_BYTES) return [{ name: 'index.cdxj', content: plain(lines) }];
  const heads: string[] = [`!meta 0 ${JSON.stringify({ format: 'cdxj-gzip-1.0', filename: 'index.cdx.gz' })}`];
  return [
    { name: 'index.cdx.gz', content: blocks(lines, (head) => heads.push(head)) },
    { name: 'index.idx', content: plain(heads) },
  ];
}

async function* plain(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(`${line}\n`);
}

async function* blocks(lines: Iterable<string>, onBlock: (head: string) => void): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let held: string[] = [];
  const block = () => {
    const bytes = gzipSync(held.map((line) => `${line}\n`).join(''));
    const [key = ''] = held[0]?.split(' {', 1) ?? [];
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    onBlock(`${key} ${JSON.stringify({ offset, length: bytes.length, digest, filename: 'index.cdx.gz' })}`);
    offset += bytes.length;
    held = [];
    return bytes;
  };
  for (const line of lines) {
    held.push(line);
    if (held.length === BLOCK_LINES) yield block();
  }
  if (held.length > 0) yield block();
}
