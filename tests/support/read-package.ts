/**
 * A WACZ package read by its standards alone, with no code of the program: ZIP by its central directory, WARC member by
 * member, CDXJ line by line, the signature as ReplayWeb.page verifies it. What is wrong is given in words.
 */
import { createHash, webcrypto } from 'node:crypto';
import { gunzipSync, inflateRawSync } from 'node:zlib';

export interface ReadPackage {
  readonly complaints: readonly string[];
  readonly files: ReadonlyMap<string, Buffer>;
  /** Of all WARC files, in order. */
  readonly records: readonly ReadRecord[];
  readonly lines: readonly IndexLine[];
  readonly pages: readonly ReadPage[];
  readonly publicKey: string;
}

export interface ReadRecord {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly block: Buffer;
}

export interface ReadPage {
  readonly id: string;
  readonly url: string;
  readonly ts: string;
  readonly title: string;
  readonly text?: string;
}

interface IndexLine {
  readonly text: string;
  readonly key: string;
  readonly time: string;
  readonly url: string;
  readonly digest: string;
  readonly recordDigest: string;
  readonly mime: string;
  readonly filename: string;
  readonly offset: number;
  readonly length: number;
  readonly status: number;
}

type Complain = (what: string) => void;

export async function readPackage(bytes: Buffer): Promise<ReadPackage> {
  const complaints: string[] = [];
  const complain = (what: string) => void complaints.push(what);
  const files = readZip(bytes, complain);
  const publicKey = await readDescription(files, complain);
  const records = [...files]
    .filter(([name]) => name.startsWith('archive/'))
    .flatMap(([name, content]) => readWarc(name.slice(8), content, complain));
  if (records.length === 0) complain('no WARC');
  checkReferences(records, complain);
  const lines = readIndex(files, complain);
  checkIndex(lines, { records, files }, complain);
  const pages = readPages(files.get('pages/pages.jsonl'), lines, complain);
  return { complaints, files, records, lines, pages, publicKey };
}

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The entries by the central directory (APPNOTE 4.3.12), each of them stored, at its place, and of one time. */
function readZip(bytes: Buffer, complain: Complain): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) complain(`no entry ${i} in the directory`);
    const [method, time, date] = [10, 12, 14].map((from) => bytes.readUInt16LE(at + from));
    const [crc, packed, size] = [16, 20, 24].map((from) => bytes.readUInt32LE(at + from));
    const [nameLength = 0, extraLength = 0, commentLength = 0] = [28, 30, 32].map((from) =>
      bytes.readUInt16LE(at + from),
    );
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    if (method !== 0 || packed !== size) complain(`${name}: not stored`);
    if (time !== 0 || date !== 0x21) complain(`${name}: has a time`);
    if (bytes.toString('utf8', local + 30, local + 30 + nameLength) !== name)
      complain(`${name}: another name at its place`);
    const content = bytes.subarray(begin, begin + (size ?? 0));
    if (crc32Of(content) !== crc) complain(`${name}: wrong checksum`);
    if (files.has(name)) complain(`${name}: twice`);
    files.set(name, content);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

/** CRC-32 of ISO 3309, bit by bit over a table. */
function crc32Of(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}
const TABLE = Int32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

interface Description {
  readonly profile: string;
  readonly wacz_version: string;
  readonly title: string;
  readonly created: string;
  readonly software: string;
  readonly mainPageUrl?: string;
  readonly resources: readonly {
    readonly name: string;
    readonly path: string;
    readonly hash: string;
    readonly bytes: number;
  }[];
}

/** @returns the key that signed */
async function readDescription(files: ReadonlyMap<string, Buffer>, complain: Complain): Promise<string> {
  const text = files.get('datapackage.json');
  if (text === undefined) throw new TypeError('no datapackage.json');
  const { profile, wacz_version, created, resources, software } = JSON.parse(text.toString()) as Description;
  if (profile !== 'data-package' || wacz_version !== '1.1.1') complain('no WACZ 1.1.1');
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(created)) complain(`created: ${created}`);
  const described = new Set(['datapackage.json', 'datapackage-digest.json']);
  for (const { name, path, hash, bytes } of resources) {
    const content = files.get(path);
    if (content === undefined) complain(`${path}: described, and not there`);
    else if (digestOf(content) !== hash || content.length !== bytes) complain(`${path}: not as described`);
    if (name !== name.toLowerCase() || !path.toLowerCase().endsWith(name)) complain(`${name}: a bad name`);
    described.add(path);
  }
  for (const path of files.keys()) if (!described.has(path)) complain(`${path}: not described`);

  const digest = JSON.parse(files.get('datapackage-digest.json')?.toString() ?? '{}') as {
    readonly path: string;
    readonly hash: string;
    readonly signedData: Readonly<
      Record<'hash' | 'signature' | 'publicKey' | 'created' | 'software' | 'version', string>
    >;
  };
  const { signedData } = digest;
  if (digest.path !== 'datapackage.json' || digest.hash !== digestOf(text)) complain('the digest is of something else');
  if (signedData.hash !== digest.hash || signedData.created !== created || signedData.software !== software)
    complain('something else is signed');
  const key = await webcrypto.subtle.importKey(
    'spki',
    Buffer.from(signedData.publicKey, 'base64'),
    { name: 'ECDSA', namedCurve: 'P-384' },
    true,
    ['verify'],
  );
  const isValid = await webcrypto.subtle.verify(
    { name: 'ECDSA', hash: 'SHA-256' },
    key,
    Buffer.from(signedData.signature, 'base64'),
    Buffer.from(signedData.hash),
  );
  if (!isValid) complain('the signature is wrong');
  return signedData.publicKey;
}

/** One record a gzip member, each whole and with the digests that it says (WARC 1.1; Annex D). */
export function readWarc(file: string, bytes: Buffer, complain: Complain): readonly ReadRecord[] {
  const records: ReadRecord[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const where = `${file} at ${offset}`;
    // A member of Node's own has a header of ten bytes: no name, no comment (RFC 1952, 2.3).
    if (bytes.readUInt32LE(offset) !== 0x00088b1f) complain(`${where}: no plain gzip member`);
    const { buffer, engine } = inflateRawSync(bytes.subarray(offset + 10), { info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    const length = 10 + engine.bytesWritten + 8;
    if (bytes.readUInt32LE(offset + length - 8) !== crc32Of(buffer)) complain(`${where}: wrong checksum`);
    const head = buffer.indexOf('\r\n\r\n');
    const [version, ...fields] = buffer.toString('utf8', 0, head).split('\r\n');
    const headers = new Map(
      fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 2)]),
    );
    const blockLength = Number(headers.get('content-length'));
    const block = buffer.subarray(head + 4, head + 4 + blockLength);
    if (version !== 'WARC/1.1') complain(`${where}: ${version}`);
    if (buffer.length !== head + 4 + blockLength + 4 || !buffer.toString('latin1').endsWith('\r\n\r\n'))
      complain(`${where}: wrong Content-Length, or more than one record`);
    for (const name of ['warc-type', 'warc-date', 'warc-record-id', 'warc-block-digest'])
      if (!headers.has(name)) complain(`${where}: no ${name}`);
    if (headers.get('warc-block-digest') !== digestOf(block)) complain(`${where}: wrong block digest`);
    checkPayload(where, headers, block, complain);
    records.push({ file, offset, length, headers, block });
    offset += length;
  }
  if (records[0]?.headers.get('warc-type') !== 'warcinfo') complain(`${file}: no warcinfo`);
  return records;
}

function checkPayload(where: string, headers: ReadonlyMap<string, string>, block: Buffer, complain: Complain): void {
  const type = headers.get('warc-type');
  const expected = headers.get('warc-payload-digest');
  if (type === 'resource' && expected !== digestOf(block)) complain(`${where}: wrong payload digest`);
  if (type !== 'response') return;
  const head = block.indexOf('\r\n\r\n');
  const payload = block.subarray(head + 4);
  if (expected !== digestOf(payload)) complain(`${where}: wrong payload digest`);
  const [, length] = /^content-length: *(\d+)$/im.exec(block.toString('latin1', 0, head)) ?? [];
  if (length !== undefined && Number(length) !== payload.length) complain(`${where}: wrong HTTP Content-Length`);
  if (/^(?:content|transfer)-encoding:/im.test(block.toString('latin1', 0, head)))
    complain(`${where}: says it is encoded`);
}

/** Names once only; whatever refers to a payload refers to one that is here. */
function checkReferences(records: readonly ReadRecord[], complain: Complain): void {
  const byId = new Map(records.map((record) => [record.headers.get('warc-record-id'), record]));
  if (byId.size !== records.length) complain('two records of one name');
  for (const { headers, file, offset } of records) {
    if (headers.get('warc-type') !== 'revisit' || !headers.get('warc-profile')?.endsWith('identical-payload-digest'))
      continue;
    const original = byId.get(headers.get('warc-refers-to'));
    const isThere =
      original !== undefined &&
      original.headers.get('warc-target-uri') === headers.get('warc-refers-to-target-uri') &&
      original.headers.get('warc-date') === headers.get('warc-refers-to-date') &&
      original.headers.get('warc-payload-digest') === headers.get('warc-payload-digest') &&
      ['response', 'resource'].includes(original.headers.get('warc-type') ?? '');
    if (!isThere) complain(`${file} at ${offset}: refers to a record that is not here`);
  }
}

function readIndex(files: ReadonlyMap<string, Buffer>, complain: Complain): readonly IndexLine[] {
  const plain = files.get('indexes/index.cdxj');
  const blocks = files.get('indexes/index.cdx.gz');
  if ((plain === undefined) === (blocks === undefined)) complain('one index is needed');
  const text = plain?.toString() ?? readBlocks(blocks ?? Buffer.alloc(0), files.get('indexes/index.idx'), complain);
  if (!text.endsWith('\n')) complain('the index is cut');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, key = '', time = '', json = '{}'] = /^(\S+) (\d{14}|\d{17}) (\{.*\})$/.exec(line) ?? [];
      if (key === '') complain(`no line of CDXJ: ${line}`);
      const fields = JSON.parse(json) as Omit<IndexLine, 'text' | 'key' | 'time'>;
      return {
        ...fields,
        text: line,
        key,
        time,
        offset: Number(fields.offset),
        length: Number(fields.length),
        status: Number(fields.status),
      };
    });
}

/** ZipNum: each line of the second index names a gzip member of the first, which begins with the line's key. */
function readBlocks(blocks: Buffer, index: Buffer | undefined, complain: Complain): string {
  const [meta = '', ...heads] = index?.toString().trimEnd().split('\n') ?? [];
  if (meta !== '!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}')
    complain(`the index of the index: ${meta}`);
  let text = '';
  let at = 0;
  for (const head of heads) {
    const { offset, length, digest } = JSON.parse(head.slice(head.indexOf(' {'))) as Readonly<
      Record<'offset' | 'length', number> & { digest: string }
    >;
    const block = blocks.subarray(offset, offset + length);
    const lines = gunzipSync(block).toString();
    if (offset !== at || digest !== digestOf(block)) complain(`a block of the index at ${offset}`);
    if (!lines.startsWith(`${head.slice(0, head.indexOf(' {'))} {`))
      complain(`a block that does not begin with ${head}`);
    text += lines;
    at += length;
  }
  if (at !== blocks.length) complain('blocks of the index that nothing names');
  return text;
}

/** Sorted by bytes; each line opens the record that it names, and each record that answers has one. */
function checkIndex(
  lines: readonly IndexLine[],
  { records, files }: { readonly records: readonly ReadRecord[]; readonly files: ReadonlyMap<string, Buffer> },
  complain: Complain,
): void {
  for (const [i, { text }] of lines.entries()) {
    const before = lines[i - 1];
    if (before !== undefined && Buffer.compare(Buffer.from(before.text), Buffer.from(text)) >= 0)
      complain(`out of order: ${text}`);
  }
  const byPlace = new Map(records.map((record) => [`${record.file} ${record.offset}`, record]));
  const named = new Set<string>();
  for (const line of lines) {
    const place = `${line.filename} ${line.offset}`;
    const record = byPlace.get(place);
    named.add(place);
    if (record === undefined || record.length !== line.length) complain(`opens no record: ${line.text}`);
    else {
      const { headers, block } = record;
      const type = headers.get('warc-type');
      const member = files.get(`archive/${line.filename}`)?.subarray(line.offset, line.offset + line.length);
      if (member === undefined || digestOf(member) !== line.recordDigest)
        complain(`another recordDigest: ${line.text}`);
      const status = type === 'resource' || block.length === 0 ? 200 : Number(block.toString('latin1', 9, 12));
      const time = headers.get('warc-date')?.replace(/\D/g, '').slice(0, line.time.length);
      if (headers.get('warc-target-uri') !== line.url || time !== line.time) complain(`another record: ${line.text}`);
      if (headers.get('warc-payload-digest') !== line.digest || status !== line.status)
        complain(`another digest or status: ${line.text}`);
      if ((type === 'revisit') !== (line.mime === 'warc/revisit')) complain(`another kind: ${line.text}`);
    }
    if (!line.key.includes(')')) complain(`no SURT: ${line.key}`);
  }
  for (const [place, { headers, block }] of byPlace) {
    const isAnswer = ['response', 'resource', 'revisit'].includes(headers.get('warc-type') ?? '');
    const isUnchanged = block.toString('latin1', 9, 12) === '304';
    if (isAnswer && !isUnchanged && !named.has(place)) complain(`not in the index: ${place}`);
  }
}

function readPages(text: Buffer | undefined, lines: readonly IndexLine[], complain: Complain): readonly ReadPage[] {
  const [head = '{}', ...rest] = text?.toString().trimEnd().split('\n') ?? [];
  const { format, id } = JSON.parse(head) as Readonly<Record<string, string>>;
  if (format !== 'json-pages-1.0' || id !== 'pages') complain('no list of pages');
  const pages = rest.map((line) => JSON.parse(line) as ReadPage);
  if (new Set(pages.map((page) => page.id)).size !== pages.length) complain('two pages of one id');
  for (const { url, ts } of pages) {
    const isThere = lines.some(
      (line) => line.url === url && line.time === ts.replace(/\D/g, '').slice(0, line.time.length),
    );
    if (!isThere) complain(`a page that is not in the index: ${url}`);
  }
  return pages;
}
