/** A store that speaks S3, in memory over loopback: strict about signatures and conditions, and as faulty as it is told to be. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Address } from '../../src/archive/s3-address.ts';

export const STUB_KEYS = { id: 'AKIDEXAMPLE', secret: 'not-a-secret-but-secret-enough' };

/** How often, from 0 to 1, each fault strikes a request. */
export interface Faults {
  /** 500 before anything is done. */
  readonly internal: number;
  /** 503 SlowDown before anything is done. */
  readonly slowDown: number;
  /** The connection is reset before anything is done. */
  readonly reset: number;
  /** All is done, and the answer is lost. */
  readonly lost: number;
  /** All is done twice, and the first answer is given. */
  readonly twice: number;
  /** The body of the answer breaks off in the middle. */
  readonly cut: number;
}

export interface StubOptions {
  readonly faults?: Partial<Faults>;
  /** Of the numbers that decide on faults. */
  readonly seed?: number;
  /** Conditions are read and not kept, as some stores do. */
  readonly ignoresConditions?: boolean;
  readonly pageKeys?: number;
  /** Before each answer. */
  readonly latencyMs?: number;
  /** Answers every request: for what a store refuses with. */
  readonly refusal?: {
    readonly status: number;
    readonly code: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Its clock is ahead of this machine's by so much. */
  readonly aheadMs?: number;
}

export interface Stub extends AsyncDisposable {
  readonly address: S3Address;
  /** What `cluster.storage` says for it. */
  readonly url: string;
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly requests: () => number;
  /** How often each fault struck. */
  readonly struck: ReadonlyMap<keyof Faults, number>;
  readonly uploads: () => number;
  set(options: StubOptions): void;
}

interface Held {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly at: Date;
}

interface Asked {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const BUCKET = 'archive';
const REGION = 'test-1';
const SKEW_MS = 15 * 60_000;

export async function openS3Stub(given: StubOptions = {}): Promise<Stub> {
  let options = given;
  const objects = new Map<string, Held>();
  const uploads = new Map<string, { readonly key: string; readonly parts: Map<number, Held>; readonly at: Date }>();
  const struck = new Map<keyof Faults, number>();
  const random = numbers(given.seed ?? 1);
  let [requests, uploadIds] = [0, 0];
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    address: { bucket: BUCKET, prefix: 'of/archive', endpoint, region: REGION },
    url: `s3://${BUCKET}/of/archive?endpoint=${endpoint}&region=${REGION}`,
    objects: new Proxy(new Map<string, Buffer>(), {
      get: (_, name) => {
        const bytes = new Map([...objects].map(([key, held]) => [key, held.bytes]));
        const value = Reflect.get(bytes, name, bytes) as unknown;
        return typeof value === 'function' ? value.bind(bytes) : value;
      },
    }),
    requests: () => requests,
    struck,
    uploads: () => uploads.size,
    set: (next) => {
      options = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
      requests += 1;
      if (options.latencyMs !== undefined) await sleep(options.latencyMs);
      if (strikes('reset')) return void request.socket.destroy();
      if (strikes('internal')) return answer(response, error(500, 'InternalError'));
      if (strikes('slowDown')) return answer(response, error(503, 'SlowDown'));
      const given = answerTo(request, body);
      if (given.status < 300 && request.method !== 'GET' && strikes('twice')) answerTo(request, body);
      if (strikes('lost')) return void request.socket.destroy();
      answer(response, given, given.status < 300 && request.method === 'GET' && strikes('cut'));
    } catch {
      request.socket.destroy(); // the client has gone
    }
  }

  function strikes(fault: keyof Faults): boolean {
    const rate = options.faults?.[fault] ?? 0;
    if (rate === 0 || random() >= rate) return false;
    struck.set(fault, (struck.get(fault) ?? 0) + 1);
    return true;
  }

  function answer(response: ServerResponse, { status, headers = {}, body = '' }: Answer, isCut = false): void {
    const bytes = Buffer.from(body);
    response.writeHead(status, {
      date: new Date(now()).toUTCString(),
      ...(status !== 204 && { 'content-length': bytes.length }),
      'content-type': 'application/xml',
      ...headers,
    });
    if (!isCut) response.end(response.req.method === 'HEAD' ? undefined : bytes);
    else response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  }

  function now(): number {
    return Date.now() + (options.aheadMs ?? 0);
  }

  function answerTo(request: IncomingMessage, body: Buffer): Answer {
    if (options.refusal !== undefined) {
      const { status, code, headers } = options.refusal;
      return { ...error(status, code), headers: { ...headers } };
    }
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const refused = signatureFault(request, { path, query, body, now: now() });
    if (refused !== null) return refused;
    const [, bucket = '', ...parts] = path.split('/').map(decodeURIComponent);
    if (bucket !== BUCKET) return error(404, 'NoSuchBucket');
    const { method = '', headers } = request;
    const asked = { method, key: parts.join('/'), query: new URLSearchParams(query), headers, body };
    if (asked.key === '') return asked.query.has('uploads') ? listUploads() : list(asked);
    return asked.query.has('uploads') || asked.query.has('uploadId') ? inParts(asked) : object(asked);
  }

  function object({ method, key, headers, body }: Asked): Answer {
    const held = objects.get(key);
    if (method === 'PUT') {
      const source = headers['x-amz-copy-source'];
      if (typeof source === 'string') return copy(key, decodeURIComponent(source).replace(/^\/?[^/]+\//, ''));
      return unmet(key, headers) ?? put(key, body);
    }
    if (method === 'DELETE') {
      objects.delete(key);
      return { status: 204 };
    }
    if (held === undefined) return error(404, 'NoSuchKey');
    if (headers['if-match'] !== undefined && headers['if-match'] !== held.etag) return error(412, 'PreconditionFailed');
    const about = { etag: held.etag, 'last-modified': held.at.toUTCString(), 'content-type': 'binary/octet-stream' };
    if (method === 'HEAD') return { status: 200, headers: { ...about, 'content-length': String(held.bytes.length) } };
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    if (from === undefined) return { status: 200, headers: about, body: held.bytes };
    if (Number(from) >= held.bytes.length) return error(416, 'InvalidRange');
    return {
      status: 206,
      headers: about,
      body: held.bytes.subarray(Number(from), to === '' ? undefined : Number(to) + 1),
    };
  }

  function put(key: string, bytes: Buffer, etag = md5(bytes)): Answer {
    objects.set(key, { bytes, etag, at: new Date() });
    return { status: 200, headers: { etag } };
  }

  function copy(key: string, from: string): Answer {
    const held = objects.get(from);
    if (held === undefined) return error(404, 'NoSuchKey');
    put(key, held.bytes, held.etag);
    return { status: 200, body: `<CopyObjectResult><ETag>${xml(held.etag)}</ETag></CopyObjectResult>` };
  }

  function unmet(key: string, headers: Asked['headers']): Answer | null {
    if (options.ignoresConditions === true) return null;
    const held = objects.get(key);
    if (headers['if-none-match'] === '*' && held !== undefined) return error(412, 'PreconditionFailed');
    const wanted = headers['if-match'];
    if (wanted === undefined || wanted === held?.etag) return null;
    return held === undefined ? error(404, 'NoSuchKey') : error(412, 'PreconditionFailed');
  }

  function inParts({ method, key, query, headers, body }: Asked): Answer {
    if (query.has('uploads')) {
      const id = `upload-${++uploadIds}`;
      uploads.set(id, { key, parts: new Map(), at: new Date() });
      return {
        status: 200,
        body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      };
    }
    const id = query.get('uploadId') ?? '';
    const upload = uploads.get(id);
    if (upload === undefined || upload.key !== key) return error(404, 'NoSuchUpload');
    if (method === 'DELETE') {
      uploads.delete(id);
      return { status: 204 };
    }
    if (method === 'PUT') {
      const etag = md5(body);
      upload.parts.set(Number(query.get('partNumber')), { bytes: body, etag, at: new Date() });
      return { status: 200, headers: { etag } };
    }
    const wanted = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
      number: Number(/<PartNumber>(\d+)/.exec(part)?.[1]),
      etag: /<ETag>(.*?)<\/ETag>/.exec(part)?.[1]?.replaceAll('&quot;', '"') ?? '',
    }));
    const parts = wanted.map(({ number }) => upload.parts.get(number));
    if (parts.some((part, i) => part === undefined || part.etag !== wanted[i]?.etag)) return error(400, 'InvalidPart');
    if (parts.slice(0, -1).some((part) => (part?.bytes.length ?? 0) < 5 << 20)) return error(400, 'EntityTooSmall');
    const refused = unmet(key, headers);
    if (refused !== null) return refused;
    uploads.delete(id);
    const bytes = Buffer.concat(parts.map((part) => part?.bytes ?? Buffer.alloc(0)));
    const etag = `${md5(bytes).slice(0, -1)}-${parts.length}"`;
    put(key, bytes, etag);
    return {
      status: 200,
      body: `<CompleteMultipartUploadResult><ETag>${xml(etag)}</ETag></CompleteMultipartUploadResult>`,
    };
  }

  function listUploads(): Answer {
    const rows = [...uploads].map(
      ([id, { key, at }]) =>
        `<Upload><Key>${xml(key)}</Key><UploadId>${id}</UploadId><Initiated>${at.toISOString()}</Initiated></Upload>`,
    );
    return {
      status: 200,
      body: `<ListMultipartUploadsResult>${rows.join('')}<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`,
    };
  }

  function list({ query }: Asked): Answer {
    const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
    const after =
      Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString() || (query.get('start-after') ?? '');
    const most = Math.min(Number(query.get('max-keys') ?? 1000), options.pageKeys ?? 1000);
    const rows = new Map<string, Held | null>();
    for (const [key, held] of [...objects].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      if (!key.startsWith(prefix)) continue;
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      const name = end < 0 ? key : key.slice(0, end + 1);
      if (name > after && !(after.endsWith('/') && key.startsWith(after))) rows.set(name, end < 0 ? held : null);
    }
    const page = [...rows].slice(0, most);
    const isTruncated = rows.size > page.length;
    const said = page.map(([name, held]) =>
      held === null
        ? `<CommonPrefixes><Prefix>${encodeURIComponent(name)}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${encodeURIComponent(name)}</Key><LastModified>${held.at.toISOString()}</LastModified><ETag>${xml(held.etag)}</ETag><Size>${held.bytes.length}</Size></Contents>`,
    );
    const next = isTruncated
      ? `<NextContinuationToken>${Buffer.from(page.at(-1)?.[0] ?? '').toString('base64url')}</NextContinuationToken>`
      : '';
    return {
      status: 200,
      body: `<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${next}${said.join('')}</ListBucketResult>`,
    };
  }
}

/** Signature V4 as Amazon's documentation has it ("Create a signed AWS API request"). */
function signatureFault(
  { method = '', headers }: IncomingMessage,
  {
    path,
    query,
    body,
    now,
  }: { readonly path: string; readonly query: string; readonly body: Buffer; readonly now: number },
): Answer | null {
  const [, id, day = '', region = '', signed = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (id !== STUB_KEYS.id) return error(403, 'InvalidAccessKeyId');
  if (region !== REGION) return error(400, 'AuthorizationHeaderMalformed');
  const stamp = String(headers['x-amz-date']);
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(at - now) <= SKEW_MS)) return error(403, 'RequestTimeTooSkewed');
  const hash = String(headers['x-amz-content-sha256']);
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== createHash('sha256').update(body).digest('hex'))
    return error(400, 'XAmzContentSHA256Mismatch');
  const names = signed.split(';');
  if (
    Object.keys(headers).some(
      (name) => /^(?:x-amz-|if-|host$)/.test(name) && name !== 'x-amz-user-agent' && !names.includes(name),
    )
  )
    return error(403, 'SignatureDoesNotMatch');
  const sorted =
    query === ''
      ? ''
      : query
          .split('&')
          .map((each) => (each.includes('=') ? each : `${each}=`))
          .sort()
          .join('&');
  const lines = names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const canonical = [method, path, sorted, lines.join(''), signed, hash].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${STUB_KEYS.secret}`);
  const right = timingSafeEqual(hmac(key, toSign), Buffer.from(signature, 'hex'));
  return right ? null : error(403, 'SignatureDoesNotMatch');
}

function error(status: number, code: string): Answer {
  return { status, body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>` };
}

function md5(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** Numbers from 0 to 1, the same ones for a seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
