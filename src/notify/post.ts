/**
 * The one door to `fetch` of notices: it goes to whatever host the owner configured, without the guard that the crawler's own
 * requests pass, so nothing but a hook of the configuration may come through here.
 */
import { retryAfterMs } from '../fetch/wishes.ts';
import { packageInfo } from '../package.ts';
import { type HookAnswer, oneLine } from './answer.ts';
import { redact } from './secret.ts';

/** More of an answer is not read. */
const ANSWER_BYTES = 2048;
/** No receiver is left alone for longer, whatever it asks for. */
const LONGEST_PAUSE_MS = 86_400_000;
/** This message is not taken: it is no JSON, too large, or not what the receiver understands. */
const REFUSALS: readonly number[] = [400, 413, 415, 422];

interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** From the first byte to the last. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Are not repeated in the answer. */
  readonly secrets?: readonly string[];
  /** What the body of a success says, for services that refuse with 2xx; else any 2xx is success. */
  readonly read?: (body: string) => HookAnswer;
  /** How long the body of a refusal asks for, in ms; null where it does not. */
  readonly pauseOf?: (body: string) => number | null;
  /** True where a refusal of the message itself is final; else each is tried again. */
  readonly isStrict?: boolean;
}

/**
 * POSTs JSON; redirects are not followed.
 * @param url user and password in it become basic authentication
 * @throws an AbortError once `signal` aborts; everything else is an answer
 */
export async function post(url: string, body: string, options: PostOptions): Promise<HookAnswer> {
  const { read, pauseOf, secrets = [] } = options;
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const say = (text: string) => oneLine(redact(text, secrets));
  try {
    const { name, version, homepage } = packageInfo();
    const { address, authorization } = withoutCredentials(url);
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': `${name}/${version} (+${homepage})`,
        'accept-encoding': 'identity',
        ...options.headers,
        ...(authorization === null ? {} : { authorization }),
      },
      body,
      signal: AbortSignal.any([options.signal, timeout]),
    });
    const { status, ok, headers } = response;
    const said = await firstBytes(response, !ok || read !== undefined);
    if (ok) {
      const answer = read?.(said) ?? { ok: true, detail: '' };
      return { ...answer, detail: say(`HTTP status ${status}${answer.detail === '' ? '' : `: ${answer.detail}`}`) };
    }
    const location = status >= 300 && status < 400 ? headers.get('location') : null;
    const more = location === null ? said : `redirects are not followed (to ${location})`;
    const asked = retryAfterMs(headers.get('retry-after') ?? undefined, {
      now: Date.now(),
      longestMs: LONGEST_PAUSE_MS,
    });
    const afterMs = asked ?? pauseOf?.(said) ?? undefined;
    return {
      ok,
      detail: say(`HTTP status ${status}${more === '' ? '' : `: ${more}`}`),
      ...(afterMs === undefined ? {} : { afterMs: Math.min(afterMs, LONGEST_PAUSE_MS) }),
      ...(options.isStrict === true && REFUSALS.includes(status) ? { isRefused: true } : {}),
    };
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) return { ok: false, detail: `no answer within ${options.timeoutMs} ms` };
    return { ok: false, detail: say(messageOf(error)) };
  }
}

/** An address with credentials is none for `fetch`. */
function withoutCredentials(url: string): { readonly address: URL; readonly authorization: string | null } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '' && password === '') return { address, authorization: null };
  address.username = '';
  address.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { address, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** The beginning of the body as text; nothing where its status says it all. */
async function firstBytes({ body }: Response, isWanted: boolean): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    while (isWanted && length < ANSWER_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
    }
    await reader.cancel();
  } catch {
    // The status came, and that is the answer; what the body was going to say is of no weight.
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}

/** `fetch failed` says nothing; its cause does. */
function messageOf(error: unknown): string {
  const { message, cause } = error as Error;
  if (cause instanceof AggregateError) return cause.errors.map((each: Error) => each.message).join('; ');
  return cause instanceof Error ? cause.message : message;
}
