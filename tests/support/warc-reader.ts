/**
 * A reader of WARC files that shares no code with the writer: what WARC 1.1 (ISO 28500:2017), its annotations by the IIPC and
 * this project's own promises demand, checked byte by byte.
 */
import { createHash } from 'node:crypto';
import { crc32, inflateRawSync } from 'node:zlib';

export interface ReadRecord {
  /** The name of its file. */
  readonly file: string;
  /** Of its gzip member, in bytes. */
  readonly offset: number;
  readonly length: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly block: Buffer;
}

export interface WarcReading {
  readonly records: readonly ReadRecord[];
  /** Each with file and place; empty where all is as it must be. */
  readonly complaints: readonly string[];
}

/** @param files their names and bytes; what they refer to must lie in them */
export function readWarcs(files: ReadonlyMap<string, Buffer>): WarcReading {
  const records: ReadRecord[] = [];
  const complaints: string[] = [];
  for (const [file, bytes] of files) {
    try {
      records.push(...recordsOf(file, bytes));
    } catch (error) {
      complaints.push(`${file}: ${(error as Error).message}`);
    }
  }
  const byId = new Map(records.map((record) => [field(record, 'WARC-Record-ID'), record]));
  if (byId.size !== records.length) complaints.push('two records have one WARC-Record-ID');
  for (const record of records)
    for (const complaint of complaintsOf(record, byId))
      complaints.push(`${record.file}, byte ${record.offset}: ${complaint}`);
  return { records, complaints };
}

/** The value of a field; the name as the standard spells it. */
export function field({ fields }: Pick<ReadRecord, 'fields'>, name: string): string | null {
  return fields.find(([each]) => each === name)?.[1] ?? null;
}

/** HTTP head and payload of a block. */
export function splitHttp(block: Buffer): {
  readonly line: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly payload: Buffer;
} {
  const end = block.indexOf('\r\n\r\n');
  if (end < 0) throw new Error('no end of an HTTP head');
  const [line = '', ...lines] = block.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map((each) => {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(each) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no HTTP header: ${each}`);
    return [name, value] as const;
  });
  return { line, headers, payload: block.subarray(end + 4) };
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function recordsOf(file: string, bytes: Buffer): ReadRecord[] {
  const records: ReadRecord[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const at = `member at byte ${offset}`;
    if (bytes.readUInt32BE(offset) !== 0x1f8b0800) throw new Error(`${at}: no plain gzip header`);
    const { buffer, engine } = inflateRawSync(bytes.subarray(offset + 10), { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    const trailer = offset + 10 + engine.bytesWritten;
    if (bytes.readUInt32LE(trailer) !== crc32(buffer)) throw new Error(`${at}: CRC`);
    if (bytes.readUInt32LE(trailer + 4) !== buffer.length) throw new Error(`${at}: ISIZE`);
    records.push({ file, offset, length: trailer + 8 - offset, ...parse(buffer, at) });
    offset = trailer + 8;
  }
  if (records.length === 0) throw new Error('no record');
  return records;
}

/** Exactly one record. */
function parse(bytes: Buffer, at: string): Pick<ReadRecord, 'fields' | 'block'> {
  const end = bytes.indexOf('\r\n\r\n');
  const [version, ...lines] = bytes.subarray(0, end).toString('utf8').split('\r\n');
  if (version !== 'WARC/1.1') throw new Error(`${at}: ${version}`);
  const fields = lines.map((line) => {
    const colon = line.indexOf(': ');
    if (colon < 1 || /^\s/.test(line)) throw new Error(`${at}: no named field: ${line}`);
    return [line.slice(0, colon), line.slice(colon + 2)] as const;
  });
  const length = Number(field({ fields }, 'Content-Length') ?? Number.NaN);
  if (end + 4 + length + 4 !== bytes.length || bytes.subarray(-4).toString() !== '\r\n\r\n')
    throw new Error(`${at}: Content-Length ${length} in a member of ${bytes.length} bytes`);
  return { fields, block: bytes.subarray(end + 4, end + 4 + length) };
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const TYPES: Readonly<Record<string, { readonly needs: readonly string[]; readonly bars: readonly string[] }>> = {
  warcinfo: {
    needs: ['WARC-Filename', 'Content-Type'],
    bars: [
      'WARC-Target-URI',
      'WARC-IP-Address',
      'WARC-Refers-To',
      'WARC-Payload-Digest',
      'WARC-Concurrent-To',
      'WARC-Warcinfo-ID',
    ],
  },
  response: {
    needs: ['WARC-Target-URI', 'WARC-Payload-Digest', 'Content-Type', 'WARC-Warcinfo-ID'],
    bars: ['WARC-Refers-To', 'WARC-Filename', 'WARC-Profile'],
  },
  request: {
    needs: ['WARC-Target-URI', 'WARC-Concurrent-To', 'Content-Type'],
    bars: ['WARC-Refers-To', 'WARC-Filename', 'WARC-Payload-Digest', 'WARC-Truncated'],
  },
  metadata: {
    needs: ['WARC-Target-URI', 'Content-Type'],
    bars: ['WARC-Filename', 'WARC-Payload-Digest', 'WARC-Profile'],
  },
  revisit: { needs: ['WARC-Target-URI', 'WARC-Profile', 'Content-Type'], bars: ['WARC-Filename'] },
  resource: {
    needs: ['WARC-Target-URI', 'WARC-Payload-Digest', 'Content-Type'],
    bars: ['WARC-Refers-To', 'WARC-Filename', 'WARC-Profile'],
  },
  conversion: { needs: ['WARC-Target-URI', 'Content-Type'], bars: ['WARC-Filename', 'WARC-IP-Address'] },
};

function* complaintsOf(record: ReadRecord, byId: ReadonlyMap<string | null, ReadRecord>): Generator<string> {
  const { fields, block, file } = record;
  const of = (name: string) => field(record, name);
  const names = fields.map(([name]) => name).filter((name) => name !== 'WARC-Concurrent-To');
  const once = names.filter((name) => name !== 'WARC-Protocol' && name !== 'warc-protocol'); // of HTTP and of TLS
  if (new Set(once).size !== once.length) yield 'a field stands there twice';
  const type = of('WARC-Type') ?? '';
  const rules = TYPES[type];
  if (rules === undefined) return yield `type ${type}`;
  if (!/^<urn:uuid:[0-9a-f-]{36}>$/.test(of('WARC-Record-ID') ?? '')) yield 'no WARC-Record-ID';
  if (!DATE.test(of('WARC-Date') ?? '')) yield `WARC-Date ${of('WARC-Date')}`;
  for (const name of rules.needs) if (of(name) === null) yield `${type} without ${name}`;
  for (const name of rules.bars) if (of(name) !== null) yield `${type} with ${name}`;
  if (of('WARC-Filename') !== null && of('WARC-Filename') !== file) yield `WARC-Filename ${of('WARC-Filename')}`;
  if (of('WARC-Block-Digest') !== sha256(block)) yield 'the block digest is wrong';
  const target = of('WARC-Target-URI');
  if (target !== null && (URL.parse(target)?.href !== target || /[^\x21-\x7e]/.test(target)))
    yield `WARC-Target-URI ${target}`;
  const ip = of('WARC-IP-Address');
  if (ip !== null && !/^(?:\d+\.\d+\.\d+\.\d+|[0-9a-f:]+)$/.test(ip)) yield `WARC-IP-Address ${ip}`;
  for (const name of ['WARC-Concurrent-To', 'WARC-Refers-To', 'WARC-Warcinfo-ID']) {
    const id = of(name);
    const other = byId.get(id);
    if (id === null) continue;
    if (other === undefined) yield `${name} names no record`;
    else if (name === 'WARC-Concurrent-To' && field(other, 'WARC-Date') !== of('WARC-Date'))
      yield 'one event, two dates';
    else if (name === 'WARC-Warcinfo-ID' && (other.file !== file || other.offset !== 0))
      yield 'not the warcinfo record of its file';
  }
  if (type === 'revisit') yield* revisitComplaints(record, byId);
  if ((type === 'conversion' || type === 'resource') && of('WARC-Payload-Digest') !== sha256(block))
    yield 'the payload digest is wrong';
  if (type === 'response' || type === 'revisit' || type === 'request') yield* httpComplaints(record, type);
}

function* revisitComplaints(record: ReadRecord, byId: ReadonlyMap<string | null, ReadRecord>): Generator<string> {
  const of = (name: string) => field(record, name);
  const [, profile] = /^http:\/\/netpreserve\.org\/warc\/1\.1\/revisit\/(.+)$/.exec(of('WARC-Profile') ?? '') ?? [];
  const holder = byId.get(of('WARC-Refers-To'));
  if (profile !== 'identical-payload-digest' && profile !== 'server-not-modified')
    yield `WARC-Profile ${of('WARC-Profile')}`;
  if (profile === 'identical-payload-digest') {
    if (holder === undefined) yield 'it refers to nothing';
    else if (field(holder, 'WARC-Payload-Digest') !== of('WARC-Payload-Digest')) yield 'it refers to another payload';
    if (of('WARC-Payload-Digest') === null || of('WARC-Truncated') !== 'length') yield 'no digest, or not truncated';
  }
  if (holder === undefined) return;
  if (field(holder, 'WARC-Type') !== 'response') yield `it refers to a ${field(holder, 'WARC-Type')}`;
  if (field(holder, 'WARC-Date') !== of('WARC-Refers-To-Date')) yield 'WARC-Refers-To-Date';
  if (field(holder, 'WARC-Target-URI') !== of('WARC-Refers-To-Target-URI')) yield 'WARC-Refers-To-Target-URI';
  if (holder.file !== of('WARC-Refers-To-Filename') || String(holder.offset) !== of('WARC-Refers-To-File-Offset'))
    yield 'it refers to another place';
}

function* httpComplaints(record: ReadRecord, type: string): Generator<string> {
  const { line, headers, payload } = splitHttp(record.block);
  const pattern = type === 'request' ? /^[A-Z]+ \/\S* HTTP\/1\.[01]$/ : /^HTTP\/1\.[01] \d{3} [^\r\n]*$/;
  if (!pattern.test(line)) yield `first line ${line}`;
  if (field(record, 'Content-Type') !== `application/http; msgtype=${type === 'request' ? 'request' : 'response'}`)
    yield 'Content-Type';
  if (type === 'request' && !headers.some(([name]) => name.toLowerCase() === 'host')) yield 'no Host';
  if (type !== 'response') return payload.length === 0 ? undefined : yield 'a payload';
  if (field(record, 'WARC-Payload-Digest') !== sha256(payload)) yield 'the payload digest is wrong';
  for (const [name, value] of headers) {
    if (/^transfer-encoding$/i.test(name)) yield 'a payload that is not chunked says that it is';
    if (/^content-encoding$/i.test(name) && /gzip|br|deflate|zstd/.test(value)) yield `a decoded payload says ${value}`;
    if (/^content-length$/i.test(name) && value !== String(payload.length))
      yield `HTTP Content-Length ${value} of ${payload.length}`;
  }
}
