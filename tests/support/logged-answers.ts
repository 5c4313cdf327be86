/**
 * Answers of the newspaper in every form that HTTP has for a body, and the log of the bytes that were sent: plain, gzip, br,
 * chunked, without a length, with repeated and empty headers, and 304 to who knows the page already.
 */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Asked, Hook, OriginName, Reply } from '../newspaper/newspaper.ts';

export interface SentAnswer {
  readonly origin: OriginName;
  readonly path: string;
  readonly form: string;
  readonly status: number;
  /** Names and values as they were written, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** After transfer coding, before content coding. */
  readonly entity: Buffer;
  /** Before both. */
  readonly plain: Buffer;
  /** What was asked with, in the order and case of the wire. */
  readonly asked: readonly (readonly [name: string, value: string])[];
}

const FORMS = ['plain', 'gzip', 'br', 'chunked', 'gzip chunked', 'unsaid', 'repeated'] as const;
type Form = (typeof FORMS)[number];

/** Whoever asks for bodies as they are gets no coding. @returns the hook, and the log, which grows */
export function logAnswers(): { readonly hook: Hook; readonly sent: readonly SentAnswer[] } {
  const sent: SentAnswer[] = [];
  let count = 0;
  return {
    sent,
    hook: (asked, standing) => {
      const reply = standing();
      if (reply.misbehave !== undefined || reply.delayMs !== undefined || reply.cutAfterBytes !== undefined)
        return undefined;
      return { misbehave: (response) => answer(response, asked, reply, FORMS[count++ % FORMS.length] ?? 'plain') };
    },
  };

  function answer(response: ServerResponse, asked: Asked, reply: Reply, form: Form): void {
    const plain = typeof reply.body === 'string' ? Buffer.from(reply.body) : Buffer.from(reply.body ?? '');
    const etag = `"${createHash('sha256').update(plain).digest('hex').slice(0, 16)}"`;
    const isKnown = (reply.status ?? 200) === 200 && asked.headers['if-none-match'] === etag;
    const status = isKnown ? 304 : (reply.status ?? 200);
    const takes = asked.headers['accept-encoding'] ?? '';
    const coding = ['gzip', 'br'].find((each) => form.startsWith(each) && takes.includes(each)) ?? null;
    const entity = isKnown
      ? Buffer.alloc(0)
      : coding === 'gzip'
        ? gzipSync(plain)
        : coding === 'br'
          ? brotliCompressSync(plain)
          : plain;
    const isChunked = form.endsWith('chunked') && !isKnown;
    const headers: [string, string][] = [
      ['Content-Type', reply.headers?.['content-type'] ?? 'text/html; charset=utf-8'],
      ...Object.entries(reply.headers ?? {}).filter(([name]) => name !== 'content-type'),
      ['ETag', etag],
      ['Connection', 'close'],
    ];
    if (form === 'repeated')
      headers.push(
        ['X-Empty', ''],
        ['Via', 'one'],
        ['X-Between', 'b'],
        ['via', 'two'],
        ['Via', 'one'],
        ['x-empty', ''],
      );
    if (coding !== null && !isKnown) headers.push(['Content-Encoding', coding]);
    if (isChunked) headers.push(['Transfer-Encoding', 'chunked']);
    else if (form !== 'unsaid' && !isKnown) headers.splice(1, 0, ['content-length', String(entity.length)]);
    const raw = response.req.rawHeaders;
    const names = raw.filter((_, index) => index % 2 === 0);
    sent.push({
      ...{ origin: asked.origin, path: asked.path, form, status, headers, entity, plain: isKnown ? entity : plain },
      asked: names.map((name, index) => [name, raw[index * 2 + 1] ?? '']),
    });
    const head = `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'As it is'}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    response.socket?.end(Buffer.concat([Buffer.from(head), ...(isChunked ? chunks(entity) : [entity])]));
  }
}

function chunks(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 4001) {
    const piece = bytes.subarray(at, at + 4001);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return [...pieces, Buffer.from('0\r\n\r\n')];
}
