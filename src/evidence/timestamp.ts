/**
 * Time stamps of RFC 3161: the query over a checkpoint, and as much of the reply as shows that it is an answer to it. Whether
 * the authority's signature holds is for openssl to say (`check.sh` of a proof asks it), and whether to trust it for people.
 */
import { createHash } from 'node:crypto';

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
const GENERALIZED_TIME = 0x18;
/** `SEQUENCE { OID 2.16.840.1.101.3.4.2.1, NULL }`: SHA-256. */
const SHA256 = Buffer.from('300d06096086480165030402010500', 'hex');
/** BOOLEAN TRUE: the reply shall bring its certificates. */
const WITH_CERTIFICATES = Buffer.from([0x01, 0x01, 0xff]);
/** Replies of authorities have 2 to 8 KB. */
export const LONGEST_REPLY = 1 << 17;

/** A query in DER, 69 bytes (RFC 3161, 2.4.1). @param nonce 8 bytes, by which an old reply is known for one */
export function timestampQuery(data: string, nonce: Uint8Array): Buffer {
  const number = Buffer.from(nonce);
  number[0] = ((number[0] ?? 0) & 0x3f) | 0x40; // positive, and as short as DER wants it
  return der(SEQUENCE, [
    der(INTEGER, [Buffer.from([1])]),
    der(SEQUENCE, [SHA256, der(OCTETS, [createHash('sha256').update(data).digest()])]),
    der(INTEGER, [number]),
    WITH_CERTIFICATES,
  ]);
}

/** All values here are shorter than 128 bytes. */
function der(tag: number, parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}

/**
 * When an authority says that the data was there, ISO 8601 in UTC; or why the reply is none to it (RFC 3161, 2.4.2).
 * @param query that was sent; null where only the data is known
 */
export function readTimestamp(
  reply: Uint8Array,
  { data, query }: { readonly data: string; readonly query: Buffer | null },
): { readonly at: string } | { readonly fault: string } {
  try {
    const [status, token] = parts(only(parts(reply), SEQUENCE));
    const granted = only(parts(need(status).content), INTEGER)[0];
    if (granted !== 0 && granted !== 1) return { fault: `the authority refused (status ${granted})` };
    const [, content] = parts(need(token).content);
    const [, , encapsulated] = parts(only(parts(need(content).content), SEQUENCE));
    const [, wrapped] = parts(need(encapsulated).content);
    const info = parts(only(parts(only(parts(need(wrapped).content), OCTETS)), SEQUENCE));
    const [algorithm, imprint] = parts(need(info[2]).content);
    const digest = createHash('sha256').update(data).digest();
    if (!need(algorithm).raw.subarray(2, 13).equals(SHA256.subarray(2, 13)) || !digest.equals(need(imprint).content))
      return { fault: 'it is a time stamp of something else' };
    if (query !== null && !info.slice(5).some(({ tag, raw }) => tag === INTEGER && raw.equals(nonceOf(query))))
      return { fault: 'it is no answer to this query' };
    const time = info.find(({ tag }) => tag === GENERALIZED_TIME)?.content.toString('latin1') ?? '';
    const [, ...clock] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(time) ?? [];
    const [year, month, day, hour, minute, second] = clock;
    return second === undefined
      ? { fault: 'its time cannot be read' }
      : { at: `${year}-${month}-${day}T${hour}:${minute}:${second}Z` };
  } catch (error) {
    if (error instanceof RangeError) return { fault: 'it is no reply of an authority for time stamps' };
    throw error;
  }
}

interface Value {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
}

/** The values one behind the other. @throws RangeError for what is no DER */
function parts(bytes: Uint8Array): readonly Value[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const values: Value[] = [];
  for (let at = 0; at < buffer.length; ) {
    const tag = buffer.readUInt8(at);
    const first = buffer.readUInt8(at + 1);
    const more = first < 0x80 ? 0 : first & 0x7f;
    if (more > 4 || (first >= 0x80 && more === 0)) throw new RangeError('length');
    const length = more === 0 ? first : buffer.readUIntBE(at + 2, more);
    const start = at + 2 + more;
    if (start + length > buffer.length) throw new RangeError('cut');
    values.push({ tag, content: buffer.subarray(start, start + length), raw: buffer.subarray(at, start + length) });
    at = start + length;
  }
  return values;
}

/** The content of the first value, which must have this tag. */
function only([value]: readonly Value[], tag: number): Buffer {
  if (value?.tag !== tag) throw new RangeError(`not ${tag}`);
  return value.content;
}

function need(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('missing');
  return value;
}

function nonceOf(query: Buffer): Buffer {
  const nonce = parts(only(parts(query), SEQUENCE))[2];
  return need(nonce).raw;
}
