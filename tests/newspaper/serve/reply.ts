/** What the newspaper's servers are asked, and what they answer. */
import type { ServerResponse } from 'node:http';

export type OriginName = 'www' | 'community' | 'images' | 'app';

export interface Reply {
  /** 200 if absent. */
  readonly status?: number;
  /** Names in lower case; Content-Type is HTML in UTF-8 if absent, Content-Length is always right unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How long the server thinks before it answers. */
  readonly delayMs?: number;
  /** The server answers once this has come. */
  readonly after?: Promise<void>;
  /** The connection is dropped after so many bytes of the body, whatever Content-Length promised. */
  readonly cutAfterBytes?: number;
  /** Answers in place of all the above: for what no well-formed reply can show. */
  readonly misbehave?: (response: ServerResponse) => void;
}

/** A request, as hooks and routes see it. */
export interface Asked {
  readonly origin: OriginName;
  readonly method: string;
  /** Path and query as a URL spells them: `·` is `%C2%B7`. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request in the record that the newspaper keeps. */
export interface SeenRequest extends Asked {
  /** Milliseconds of the monotonic clock (`performance.now()`). */
  readonly at: number;
  /** Milliseconds since 1970. */
  readonly date: number;
  /** 0 until it was answered. */
  readonly status: number;
  /** When the answer was given away, by the same clock as `at`; infinite until then. */
  readonly until: number;
}

/** Answers requests for one origin. */
export type Route = (asked: Asked) => Reply;

export function html(body: string, status = 200): Reply {
  return { status, body: Buffer.from(body) };
}

export function redirect(location: string): Reply {
  return { status: 302, headers: { location } };
}

export function plain(body: string, contentType: string): Reply {
  return { headers: { 'content-type': contentType }, body };
}

/** The same on www and in the community (site.md, 3.5). */
export function robots(): Reply {
  return plain('User-agent: *\nDisallow: /Search/\nDisallow: /df888/\n', 'text/plain');
}
