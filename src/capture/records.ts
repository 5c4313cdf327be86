/**
 * Exchanges as WARC records, and back.
 *
 * What a record of a response holds as its payload is the body after content and transfer decoding, for a browser gives no
 * other. To ask for bodies without an encoding would give the site's own bytes, and cost the site three to five times the
 * traffic of a text page; `capture.exact` does so where somebody wants it. Headers that speak of the body as it was on its
 * way keep their place under a name with `X-Archive-Orig-` before it, and a `Content-Length` behind all others says what
 * is there. Where nothing was encoded or chunked, headers and payload are byte for byte what came.
 *
 * What somebody else captured is written with its own date, and its metadata says where it comes from. A request that
 * nobody knows is not made up, and neither is an HTTP head: where none is known, the body is a resource (WARC 1.1, 6.4).
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { segmentNamed } from '../archive/keys.ts';
import { PROVENANCES, type Provenance } from '../archive/record.ts';
import type { KeptKind } from '../fetch/door.ts';
import type { KnownPayload } from '../journal/payloads.ts';
import type { CapturePlace, Exchange, Header } from '../model.ts';
import { meaningOfStatus } from '../site/answers.ts';
import { asSent, parseHead, requestHead, responseHead } from './http-head.ts';
import { digestOf, fieldOf, type WarcRecord } from './warc.ts';

/** What was asked for; what a page's scripts made of it is a page or list as well. */
export type CaptureKind = KeptKind;

export interface RecordOptions {
  readonly kind: CaptureKind;
  /** WARC-Record-ID of the warcinfo record before it. */
  readonly warcinfo: string;
  /** A response with the same payload, or the one that a 304 says is still right: makes a revisit record. A 304 always is one. */
  readonly earlier?: KnownPayload | null;
  /** WARC-Record-ID of the response that scripts made this of; null where it is not known. */
  readonly source?: string | null;
  /** Of a body that is not in the exchange: the block of its response is then the HTTP head alone. */
  readonly payload?: Payload;
  /** Of what somebody else captured. */
  readonly origin?: Origin | undefined;
}

/** Where an exchange comes from that this program did not have with the site. */
export type Origin = Pick<Provenance, 'kind' | 'from' | 'digest'>;

/** True for an exchange of somebody else's of whose HTTP head no first line is known. */
export function isResource({ protocol }: Pick<Exchange, 'protocol'>, origin: Origin | undefined): boolean {
  return origin !== undefined && protocol === null;
}

export interface Payload {
  readonly bytes: number;
  /** `sha256:` and lower-case hex. */
  readonly digest: string;
}

/**
 * The records of one exchange: response, revisit, conversion or resource first, then its request, and metadata.
 * Pseudo-headers of HTTP/2 requests have no place in them. `exchangeOf` gives the exchange back.
 */
export function recordsOf(exchange: Exchange, options: RecordOptions): readonly [WarcRecord, ...WarcRecord[]] {
  const { kind, source = null, origin } = options;
  const { url, response, road, cut } = exchange;
  const id = newId();
  const target = targetOf(url);
  const shared = sharedHeaders(exchange, options.warcinfo);
  const together: Header = ['WARC-Concurrent-To', id];
  const facts: Facts = {
    kind,
    ...connectionFacts(exchange),
    ...(target === url ? {} : { url }),
    ...(origin && { origin }),
  };
  const { body, ...described } = response;
  const inMetadata = () =>
    metadataRecord({ ...facts, request: exchange.request, response: described }, [...shared, together]);
  if (road === 'rendered') {
    const conversion = record(
      [
        ...headOf('conversion', id, shared),
        ...(source === null ? [] : [['WARC-Refers-To', source] as const]),
        ['Content-Type', 'text/html; charset=utf-8'],
        ['WARC-Payload-Digest', digestOf(body)],
      ],
      body,
    );
    return [conversion, inMetadata()];
  }
  if (isResource(exchange, origin)) {
    const resource = record(
      [
        ...headOf('resource', id, shared),
        ...(cut === null ? [] : [['WARC-Truncated', 'unspecified'] as const]),
        ['Content-Type', fieldOf(response, 'content-type') || 'text/html'],
        ['WARC-Payload-Digest', digestOf(body)],
      ],
      body,
    );
    return [resource, inMetadata()];
  }
  const reached = [...shared, ...addressHeaders(exchange)];
  const answered = responseRecord(exchange, id, reached, options);
  const metadata = metadataRecord(facts, [...reached, together]);
  if (origin !== undefined && exchange.request.headers.length === 0) return [answered, metadata];
  const request = record(
    [...headOf('request', newId(), reached), together, ['Content-Type', 'application/http; msgtype=request']],
    requestHead(exchange),
  );
  return [answered, request, metadata];
}

/**
 * A picture whose bytes lie in the archive, or nowhere: what is known of the exchange but for its body.
 * @param payload `asset` is the key of the bytes; null where they were not kept
 */
export function pictureRecord(
  exchange: Exchange,
  payload: PicturePayload,
  { warcinfo }: Pick<RecordOptions, 'warcinfo'>,
): WarcRecord {
  const { url, request } = exchange;
  const { body: _body, ...response } = exchange.response;
  const facts: Facts = { kind: 'picture', ...connectionFacts(exchange), url, request, response, payload };
  return metadataRecord(facts, [...sharedHeaders(exchange, warcinfo), ...addressHeaders(exchange)]);
}

export interface PicturePayload {
  /** Of the body after content decoding, lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
  readonly asset: string | null;
}

/** The warcinfo record that a file begins with. */
export function warcinfoRecord(
  fields: Readonly<Record<string, string>>,
  { name, at }: { readonly name: string; readonly at: string },
): WarcRecord {
  const lines = Object.entries(fields).map(([field, value]) => `${field}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`);
  const headers: Header[] = [
    ['WARC-Type', 'warcinfo'],
    ['WARC-Record-ID', newId()],
    ['WARC-Date', at],
    ['WARC-Filename', name],
    ['Content-Type', 'application/warc-fields'],
  ];
  return record(headers, Buffer.from(lines.join('')));
}

/** What an exchange's records say of it. */
export interface Described {
  readonly kind: CaptureKind;
  /** Of a picture that lies among the archive's pictures, or of one that was not kept; null for anything else. */
  readonly picture: PicturePayload | null;
  /** Of what somebody else captured; null for an exchange of this program. */
  readonly origin: Origin | null;
  /** True of what broke off: the exchange of a request that failed. */
  readonly isBroken: boolean;
}

/** @throws RangeError where they are no records of an exchange */
export function describe(records: readonly WarcRecord[]): Described {
  const { kind = 'page', payload = null, origin = null, brokenOff } = factsOf(records);
  return { kind, picture: payload, origin, isBroken: brokenOff !== undefined };
}

/** True if the records hold no payload of their own, and name those that do. */
export function isPayloadElsewhere([first]: readonly WarcRecord[]): boolean {
  return first !== undefined && fieldOf(first, 'WARC-Profile') === IDENTICAL;
}

/** Where a revisit record says that its payload lies; null where it does not. */
export function referredPlace([first]: readonly WarcRecord[]): Omit<CapturePlace, 'body'> | null {
  if (first === undefined) return null;
  const file = segmentNamed(fieldOf(first, 'WARC-Refers-To-Filename') ?? '');
  const [offset, length] = ['Offset', 'Length'].map((name) =>
    Number(fieldOf(first, `WARC-Refers-To-File-${name}`) ?? Number.NaN),
  );
  const isPlace = file !== null && Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  return isPlace ? { file, offset: offset ?? 0, length: length ?? 0 } : null;
}

/**
 * The exchange that records were made of.
 * @param records of one exchange, in their order
 * @param body where it does not lie in them: that of an earlier capture, or of a picture
 * @throws RangeError where they are no records of an exchange
 */
export function exchangeOf(records: readonly WarcRecord[], body?: Uint8Array): Exchange {
  const [first] = records;
  if (first === undefined) throw new RangeError('no record');
  const facts = factsOf(records);
  const { address = null, protocol = null, tls, cut = null, brokenOff, road = 'replay' } = facts;
  const end = { cut, ...(brokenOff && { brokenOff }), road };
  const common = {
    url: facts.url ?? fieldOf(first, 'WARC-Target-URI') ?? '',
    startedAt: fieldOf(first, 'WARC-Date') ?? '',
    address,
    protocol,
    ...(tls && { tls }),
  };
  const type = fieldOf(first, 'WARC-Type');
  const isBody = type === 'conversion' || type === 'resource';
  if (isBody || (type === 'metadata' && facts.response !== undefined)) {
    const { request, response } = facts;
    if (request === undefined || response === undefined) throw new RangeError('metadata without request and response');
    const payload = isBody ? first.block : (body ?? NOTHING);
    return { ...common, request, response: { ...response, body: payload }, ...end };
  }
  if (type !== 'response' && type !== 'revisit') throw new RangeError(`a record of type ${type}`);
  const { line, headers, bodyAt } = parseHead(first.block);
  const [, status, statusText = ''] = /^HTTP\/[\d.]+ (\d{3})(?: (.*))?$/s.exec(line) ?? [];
  if (status === undefined) throw new RangeError(`no status line: ${line.slice(0, 100)}`);
  const asked = records.find((each) => fieldOf(each, 'WARC-Type') === 'request');
  const request = asked === undefined ? null : parseHead(asked.block);
  return {
    ...common,
    request: { method: request?.line.split(' ', 1)[0] ?? 'GET', headers: request?.headers ?? [] },
    response: {
      status: Number(status),
      statusText,
      headers: asSent(headers),
      body: isPayloadElsewhere(records) ? requireBody(body) : first.block.subarray(bodyAt),
    },
    ...end,
  };
}

const NOTHING = new Uint8Array();
const IDENTICAL = 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest';
const NOT_MODIFIED = 'http://netpreserve.org/warc/1.1/revisit/server-not-modified';

const header = z.tuple([z.string(), z.string()]);

/** The block of a metadata record, as JSON: what WARC has no header for. */
const factsSchema = z.object({
  kind: z.enum(['page', 'list', 'picture', 'script', 'style sheet', 'robots.txt']),
  road: z.enum(['browser', 'rendered', 'replay']),
  /** As it was asked for, where WARC-Target-URI is not the same. */
  url: z.string().optional(),
  address: z.string().nullable(),
  protocol: z.string().nullable(),
  tls: z
    .object({
      version: z.string(),
      cipher: z.string().nullable(),
      certificate: z
        .object({
          subject: z.string(),
          issuer: z.string(),
          validFrom: z.string(),
          validTo: z.string(),
          sha256: z.string().nullable(),
        })
        .nullable(),
    })
    .optional(),
  cut: z.string().nullable(),
  brokenOff: z.enum(['disconnect', 'length', 'time', 'unspecified']).optional(),
  /** Where no other record holds them. */
  request: z.object({ method: z.string(), headers: z.array(header) }).optional(),
  response: z.object({ status: z.number(), statusText: z.string(), headers: z.array(header) }).optional(),
  payload: z.object({ sha256: z.string(), bytes: z.number(), asset: z.string().nullable() }).optional(),
  origin: z.object({ kind: z.enum(PROVENANCES), from: z.string(), digest: z.string() }).optional(),
});

type Facts = Readonly<Omit<z.input<typeof factsSchema>, 'request' | 'response'>> & {
  readonly request?: Exchange['request'];
  readonly response?: Omit<Exchange['response'], 'body'>;
};

/** What is said of every exchange. */
function connectionFacts({ road, address, protocol, tls, cut, brokenOff }: Exchange): Omit<Facts, 'kind'> {
  return { road, address, protocol, ...(tls && { tls }), cut, ...(brokenOff && { brokenOff }) };
}

/** Nothing where there is no metadata record. Throws RangeError for what is none of ours. */
function factsOf(records: readonly WarcRecord[]): Partial<Facts> {
  const metadata = records.find((each) => fieldOf(each, 'WARC-Type') === 'metadata');
  if (metadata === undefined) return {};
  const { data } = factsSchema.safeParse(parsed(metadata.block));
  if (data === undefined) throw new RangeError('metadata of another form');
  return data as Facts;
}

function parsed(block: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(block).toString()) as unknown;
  } catch {
    return undefined; // which the schema does not take
  }
}

function requireBody(body: Uint8Array | undefined): Uint8Array {
  if (body === undefined) throw new TypeError('a revisit needs the payload of the response that it refers to');
  return body;
}

// Records and their headers.

function record(headers: readonly Header[], block: Uint8Array): WarcRecord {
  return { headers: [...headers, ['WARC-Block-Digest', digestOf(block)]], block };
}

function metadataRecord(facts: Facts, shared: readonly Header[]): WarcRecord {
  const headers = [...headOf('metadata', newId(), shared), ['Content-Type', 'application/json'] as const];
  return record(headers, Buffer.from(JSON.stringify(facts)));
}

function responseRecord(exchange: Exchange, id: string, shared: readonly Header[], options: RecordOptions): WarcRecord {
  const { status, body } = exchange.response;
  const { kind, earlier = null, payload = { bytes: body.length, digest: digestOf(body) } } = options;
  const isUnchanged = status === 304;
  const head = responseHead(exchange, payload.bytes);
  const contentType: Header = ['Content-Type', 'application/http; msgtype=response'];
  const digest: Header = ['WARC-Payload-Digest', payload.digest];
  if (!isUnchanged && earlier === null) {
    const headers = [...headOf('response', id, shared), ...truncation(exchange, kind, payload), contentType, digest];
    return record(headers, Buffer.concat([head, body]));
  }
  const headers: Header[] = [
    ...headOf('revisit', id, shared),
    ['WARC-Profile', isUnchanged ? NOT_MODIFIED : IDENTICAL],
    ...(earlier === null ? [] : referenceTo(earlier)),
    ...(isUnchanged ? [] : [['WARC-Truncated', 'length'] as const, digest]),
    contentType,
  ];
  return record(headers, head);
}

function headOf(type: string, id: string, shared: readonly Header[]): Header[] {
  return [['WARC-Type', type], ['WARC-Record-ID', id], ...shared];
}

function sharedHeaders({ url, startedAt }: Exchange, warcinfo: string): Header[] {
  return [
    ['WARC-Date', startedAt],
    ['WARC-Target-URI', targetOf(url)],
    ['WARC-Warcinfo-ID', warcinfo],
  ];
}

/**
 * What a record of the network may say, and one of a conversion may not (5.17). Protocols and cipher are in use before they
 * are in the standard: iipc/warc-specifications#42, whose field may be there more than once, and #86.
 */
function addressHeaders({ address, protocol, tls }: Exchange): Header[] {
  const ip = address === null ? null : /^(?:\[(.+)\]|(.+)):\d+$/.exec(address);
  return [
    ...(ip === null ? [] : [['WARC-IP-Address', ip[1] ?? ip[2] ?? ''] as const]),
    ...(protocol === null ? [] : [['WARC-Protocol', protocolName(protocol)] as const]),
    ...(tls === undefined ? [] : [['WARC-Protocol', tls.version] as const]),
    ...(tls === undefined || tls.cipher === null ? [] : [['WARC-Cipher-Suite', tls.cipher] as const]),
  ];
}

function protocolName(protocol: string): string {
  return protocol.toLowerCase().replace(/^http\/([23])(?:\.0)?$/, 'h$1');
}

/** File, offset and length are not the standard's; Heritrix writes the first two under these names. */
function referenceTo({ place, record: id, url, date }: KnownPayload): Header[] {
  return [
    ['WARC-Refers-To', id],
    ['WARC-Refers-To-Target-URI', targetOf(url)],
    ['WARC-Refers-To-Date', date],
    ['WARC-Refers-To-Filename', place.file.slice(place.file.lastIndexOf('/') + 1)],
    ['WARC-Refers-To-File-Offset', String(place.offset)],
    ['WARC-Refers-To-File-Length', String(place.length)],
  ];
}

/** Why the payload is not all that the site sent; the body of a redirect cannot be had of a browser. */
function truncation({ cut, brokenOff, response }: Exchange, kind: CaptureKind, { bytes }: Payload): Header[] {
  if (brokenOff !== undefined) return [['WARC-Truncated', brokenOff]];
  if (cut !== null) return [['WARC-Truncated', kind === 'robots.txt' ? 'length' : 'disconnect']];
  if (meaningOfStatus(response.status) !== 'redirect' || bytes > 0) return [];
  const hasBody =
    fieldOf(response, 'transfer-encoding') !== null || Number(fieldOf(response, 'content-length') ?? 0) > 0;
  return hasBody ? [['WARC-Truncated', 'unspecified']] : [];
}

function newId(): string {
  return `<urn:uuid:${randomUUID()}>`;
}

/** As an address is written on the wire: ASCII, without a fragment. */
function targetOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  parsed.hash = '';
  return parsed.href;
}
