/**
 * WARC files of any writer, record by record, in one pass and little memory. The one door to warcio, which reads the headers
 * of records; what it does not do is done here: gzip (`gunzip.ts`), lengths that lie, digests
 * (`digest.ts`) and HTTP (`http-message.ts`).
 */
import { WARCParser, type WARCRecord } from 'warcio';
import { ArchiveError } from '../errors.ts';
import { isDigestOf, readDigest } from './digest.ts';
import { gunzip } from './gunzip.ts';

export interface WarcRecord {
  /** Counted from 1. */
  readonly number: number;
  /** In lower case; empty where it is absent. */
  readonly type: string;
  /** Target address; empty where the record has none. */
  readonly url: string;
  /** When it was captured, ISO 8601 in UTC with milliseconds; null where the record does not say it. */
  readonly date: string | null;
  /** The value of one of its own headers, whatever the case of the name; null where it is absent. */
  readonly header: (name: string) => string | null;
  /** Null where nobody wants it, or it is larger than `maxBytes`. */
  readonly block: Buffer | null;
  readonly bytes: number;
}

/** As many bytes of a block as are wanted of a record; 0 for none. */
export type WantedBytes = (record: Pick<WarcRecord, 'type' | 'url' | 'header'>) => number;

/** No writer's headers are longer: what goes on without an end is no WARC. */
const LONGEST_HEAD = 1_000_000;

/**
 * @param chunks of the file as it lies there, compressed or not
 * @throws IMPORT_DAMAGED naming the record where the file is cut or damaged: what came before is good. IMPORT_UNKNOWN where it
 *   is no WARC file
 */
export async function* readWarc(
  chunks: AsyncIterable<Uint8Array>,
  wantedBytes: WantedBytes,
): AsyncGenerator<WarcRecord> {
  let number = 0;
  let headBytes = 0; // pulled since the last record's end
  async function* metered(): AsyncGenerator<Uint8Array> {
    for await (const chunk of await inflated(chunks)) {
      headBytes += chunk.length;
      if (headBytes > LONGEST_HEAD + chunk.length) throw damaged(`headers of more than ${LONGEST_HEAD} bytes`);
      yield chunk;
    }
  }
  const parser = new WARCParser(metered(), { parseHttp: false }); // which loses empty headers, and what is encoded otherwise than gzip
  parser.readToNextRecord = () => nextLine(parser, number);

  for (;;) {
    number += 1;
    headBytes = 0;
    const record = await parser.parse();
    if (record === null) break;
    const read = headersOf(record, number);
    const printed = read.header('content-length') ?? '';
    const length = /^\d{1,15}$/.test(printed) ? Number(printed) : null;
    if (!/^WARC\/1\.\d/.test(record.warcHeaders.statusline) || length === null)
      throw damaged(`record ${number} has no headers of a record`);
    const block = await readBlock(record, wantedBytes(read), () => {
      headBytes = 0;
    });
    if (block.bytes !== length) throw damaged(`record ${number} breaks off: ${block.bytes} of ${length} bytes`);
    yield { ...read, ...block };
  }
  if (number === 1) throw new ArchiveError('IMPORT_UNKNOWN', 'no record');
}

/** What follows a record: the first line of the next one, behind empty ones. */
async function nextLine(parser: WARCParser, number: number): Promise<Uint8Array> {
  for (;;) {
    const line = await parser._reader.readlineRaw();
    if (line === null || line.length === 0) return new Uint8Array();
    const text = Buffer.from(line.buffer, line.byteOffset, Math.min(line.length, 20)).toString('latin1');
    if (text.startsWith('WARC/')) return line;
    if (text.trim() === '') continue;
    if (number === 1) throw new ArchiveError('IMPORT_UNKNOWN', 'it does not begin as a WARC file');
    throw damaged(`record ${number - 1} is longer than its Content-Length, or what follows it is damaged`);
  }
}

function headersOf(
  record: WARCRecord,
  number: number,
): Pick<WarcRecord, 'number' | 'type' | 'url' | 'date' | 'header'> {
  const header = (name: string) => record.warcHeaders.headers.get(name) ?? null;
  const date = Date.parse(header('warc-date') ?? '');
  return {
    number,
    type: (header('warc-type') ?? '').toLowerCase(),
    url: (header('warc-target-uri') ?? '').replace(/^<(.*)>$/, '$1'), // as wget writes it
    date: Number.isNaN(date) ? null : new Date(date).toISOString(),
    header,
  };
}

async function readBlock(
  record: WARCRecord,
  maxBytes: number,
  onChunk: () => void,
): Promise<Pick<WarcRecord, 'block' | 'bytes'>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of record.reader) {
    onChunk();
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { block: maxBytes > 0 && bytes <= maxBytes ? Buffer.concat(chunks) : null, bytes };
}

/**
 * Throws IMPORT_DAMAGED where a record's payload is not what its digest says, or its block where it has no such digest: some
 * programs write blocks anew and leave the old digest beside them. A digest of an unknown algorithm proves nothing.
 * @param payloads every form of which a writer may have taken the digest
 */
export function requireDigest({ header }: WarcRecord, block: Buffer, payloads: readonly Uint8Array[]): void {
  const printed = header('warc-payload-digest') ?? header('warc-block-digest');
  const digest = printed === null ? null : readDigest(printed);
  const forms = header('warc-payload-digest') === null ? [block] : payloads;
  if (digest !== null && !forms.some((bytes) => isDigestOf(digest, bytes)))
    throw damaged(`its bytes are not those of its digest ${printed}`);
}

// Compression, of the file as a whole: gzip in one or many members.

async function inflated(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = chunks[Symbol.asyncIterator]();
  const begin: Uint8Array[] = [];
  let length = 0;
  while (length < 4) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    begin.push(value);
    length += value.length;
  }
  const magic = Buffer.concat(begin).subarray(0, 4);
  const whole = (async function* () {
    yield* begin;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
  if (magic.toString('latin1') === '\x28\xb5\x2f\xfd')
    throw new ArchiveError('IMPORT_UNKNOWN', 'it is compressed with zstd: decompress it first (zstd -d)');
  return magic[0] === 0x1f && magic[1] === 0x8b ? gunzip(whole) : whole;
}

function damaged(detail: string): ArchiveError {
  return new ArchiveError('IMPORT_DAMAGED', detail);
}
