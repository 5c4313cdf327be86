/** Answers of pages that know their version: ETag, Last-Modified, and 304 for who has it already (RFC 9110, 13). */
import type { Asked, Reply } from '../serve/reply.ts';

export interface Validators {
  /** Without quotes. */
  readonly tag: string;
  /** Milliseconds since 1970, on a whole second. */
  readonly modifiedAt: number;
}

/** The reply with its validators in its headers. */
export function validated(reply: Reply, { tag, modifiedAt }: Validators): Reply {
  const validators = { etag: `"${tag}"`, 'last-modified': new Date(modifiedAt).toUTCString() };
  return { ...reply, headers: { ...reply.headers, ...validators } };
}

/** A reply of `validated`, or 304 where the request's conditions say that its body is known; a tag goes before a date. */
export function conditional(reply: Reply, { headers }: Asked, { tag, modifiedAt }: Validators): Reply {
  const tags = headers['if-none-match'];
  const since = Date.parse(headers['if-modified-since'] ?? '');
  const known = tags === undefined ? modifiedAt <= since : tags.trim() === '*' || listed(tags).includes(`"${tag}"`);
  return known ? { status: 304, headers: reply.headers ?? {} } : reply;
}

/** Compared weakly: `W/` says nothing here. */
function listed(tags: string): readonly string[] {
  return tags.split(',').map((each) => each.trim().replace(/^W\//, ''));
}
