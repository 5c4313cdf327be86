/**
 * Hands a notice to a webhook. The one door to `fetch`: it goes to whatever host the owner configured, without the guard that
 * the crawler's own requests pass, so nothing but a hook of the configuration may come through here.
 */
import { type Delivery, type HookAnswer, oneLine } from './answer.ts';

/** More of an answer is not read. */
const ANSWER_BYTES = 2048;

/**
 * POSTs the notice as JSON. Any 2xx is success; redirects are not followed.
 * @param url user and password in it become basic authentication
 * @param options `timeoutMs` from the first byte to the last
 * @throws an AbortError once `signal` aborts; everything else is an answer
 */
export async function callWebhook(
  url: string,
  delivery: Delivery,
  options: { readonly userAgent: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HookAnswer> {
  const { address, authorization } = withoutCredentials(url);
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': options.userAgent,
        'accept-encoding': 'identity',
        'idempotency-key': delivery.id,
        'x-guancha-notice': delivery.on,
        ...(authorization === null ? {} : { authorization }),
      },
      body: delivery.body,
      signal: AbortSignal.any([options.signal, timeout]),
    });
    const { status, ok, headers } = response;
    const said = await firstBytes(response);
    const location = status >= 300 && status < 400 ? headers.get('location') : null;
    const more = location === null ? said : `redirects are not followed (to ${location})`;
    return { ok, detail: oneLine(`HTTP status ${status}${ok || more === '' ? '' : `: ${more}`}`) };
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) return { ok: false, detail: `no answer within ${options.timeoutMs} ms` };
    return { ok: false, detail: oneLine(messageOf(error)) };
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

/** The beginning of the body as text; of a success nothing, its status says it all. */
async function firstBytes({ body, ok }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    while (!ok && length < ANSWER_BYTES) {
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
