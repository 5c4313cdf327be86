/** What every answer is held to and sent with: which requests are answered, and what a browser may do with the answer. */
import type { Context, MiddlewareHandler } from 'hono';

/**
 * What an answer is: a `page` of the program, an `article` with markup of the site in it, a `picture`, or `data` for
 * programs.
 */
export type AnswerKind = 'page' | 'article' | 'picture' | 'data';

const NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/**
 * Content security policies. Markup of the site stands in a sandbox in which no script runs, not even the program's own;
 * the sandbox keeps the origin, for without it a browser would send no cookie with the request for a picture.
 */
const POLICIES: Readonly<Record<AnswerKind, string>> = {
  page: `${NOTHING}; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'`,
  article:
    `${NOTHING}; img-src 'self'; style-src 'self'; form-action 'self'; ` +
    'sandbox allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox',
  picture: `${NOTHING}; style-src 'unsafe-inline'; sandbox`,
  data: `${NOTHING}; sandbox`,
};

/**
 * The same for pages that are files, in their head, where neither a sandbox nor frame-ancestors can be said (CSP 3, 3.3).
 * Not every browser takes a file for a part of `'self'` beside another file, and a page of the web reaches no `file:`.
 */
export const FILES_POLICIES = {
  page: filesPolicy("script-src 'self' file:; "),
  article: filesPolicy(''),
} as const;

function filesPolicy(script: string): string {
  return `default-src 'none'; img-src 'self' file:; style-src 'self' file:; ${script}form-action 'self' file:; base-uri 'none'`;
}

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
  'x-dns-prefetch-control': 'off',
};

interface GuardOptions {
  /** Names by which the server is reached, in lower case and without port, beside `localhost` and plain addresses. */
  readonly names: readonly string[];
  /** Paths to which something may be sent. */
  readonly posts: readonly string[];
}

/** A request that is not answered: its status, and what the words call it. */
interface Refusal {
  readonly status: 400 | 403 | 405 | 413 | 421;
  readonly why: 'refusedHost' | 'badRequest';
}

/** The first thing that every request meets. @param refuse makes the answer to what is not answered */
export function guard(
  options: GuardOptions,
  refuse: (context: Context, refusal: Refusal) => Response | Promise<Response>,
): MiddlewareHandler {
  return async (context, next) => {
    const refusal = refusalOf(context, options);
    if (refusal === null) await next();
    else context.res = await refuse(context, refusal);
    const kind: AnswerKind = context.get('kind') ?? 'page';
    const { headers } = context.res;
    for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
    headers.set('content-security-policy', POLICIES[kind]);
    if (refusal?.status === 405) headers.set('allow', 'GET, HEAD');
    if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-cache');
  };
}

/** A form with a password and an address in it. */
const LARGEST_FORM = 8192;

function refusalOf({ req }: Context, { names, posts }: GuardOptions): Refusal | null {
  if (!isOwnHost(req.header('host') ?? new URL(req.url).host, names)) return { status: 421, why: 'refusedHost' };
  const isPost = req.method === 'POST' && posts.includes(req.path);
  if (req.method !== 'GET' && req.method !== 'HEAD' && !isPost) return { status: 405, why: 'badRequest' };
  if (isPost && !isSameOrigin(req)) return { status: 403, why: 'badRequest' };
  // What does not say how large it is, is not read.
  if (isPost && !(Number(req.header('content-length') ?? Number.NaN) <= LARGEST_FORM))
    return { status: 413, why: 'badRequest' };
  return null;
}

/**
 * False for a name that is not this server's: another site's name may have been made to lead here (DNS rebinding). A plain
 * address cannot be, and `localhost` never leaves the machine (RFC 6761, 6.3).
 */
export function isOwnHost(host: string, names: readonly string[]): boolean {
  const [, bracketed, plain = ''] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  if (bracketed !== undefined) return true;
  const name = plain.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || /^(?:\d{1,3}\.){3}\d{1,3}$/.test(name) || names.includes(name);
}

/** What changes something comes from a page of this server: a browser says so, by one header or the other. */
function isSameOrigin(req: Context['req']): boolean {
  const site = req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.header('origin');
  return origin === undefined || URL.parse(origin)?.host === (req.header('host') ?? new URL(req.url).host);
}
