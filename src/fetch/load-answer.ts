/**
 * One answer taken off Chromium's wire (Chrome DevTools Protocol, Fetch domain). The page is never built: no script, no
 * picture, no frame of it is asked for.
 */
import type { CDPSession } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Answer } from './answer.ts';

const CHUNK_BYTES = 4 << 20;

/**
 * Asks for the address and takes the answer's bytes; the navigation itself is then called off. Redirects are not followed.
 * @param cdp the session of a tab that does nothing else
 * @param options `headers` go with the request; `maxBytes` caps the body after decoding; `failureOf` knows why a URL's origin cannot be connected to; `now` gives ms since 1970
 * @throws NETWORK, TIMEOUT, TOO_LARGE, ADDRESS_REFUSED; what the session throws where the tab goes away
 */
export async function loadAnswer(
  cdp: CDPSession,
  url: string,
  options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly maxBytes: number;
    readonly failureOf: (url: string) => ArchiveError | null;
    readonly now: () => number;
  },
): Promise<Answer> {
  await cdp.send('Network.setExtraHTTPHeaders', { headers: options.headers });
  const paused = new Promise<Paused>((resolve) => cdp.once('Fetch.requestPaused', resolve));
  await cdp.send('Fetch.enable', { patterns: [{ requestStage: 'Response' }] });
  const navigated = cdp.send('Page.navigate', { url });
  const unanswered = navigated.then(({ errorText }) => {
    const text = errorText ?? 'no answer';
    const failure = /SOCKS/.test(text) ? options.failureOf(url) : null;
    if (failure !== null) throw new ArchiveError(failure.code, `${url}: ${failure.detail}`, { cause: failure });
    throw new ArchiveError(/TIMED_OUT/.test(text) ? 'TIMEOUT' : 'NETWORK', `${url}: ${text}`);
  });
  unanswered.catch(() => {}); // heard through the race below, or not of interest any more
  const response = await Promise.race([paused, unanswered]);
  const { requestId, responseStatusCode: status } = response;
  if (status === undefined) {
    await cdp.send('Fetch.continueRequest', { requestId });
    return unanswered;
  }
  const at = new Date(options.now()).toISOString();
  const headers: Record<string, string> = {};
  for (const { name, value } of response.responseHeaders ?? []) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  const isRedirect = status >= 300 && status < 400 && headers.location !== undefined;
  const hasNoBody = isRedirect || status === 204 || status === 304;
  const body = hasNoBody ? new Uint8Array() : await takeBody(cdp, requestId, url, options.maxBytes);
  await cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
  await navigated;
  await cdp.send('Fetch.disable');
  const promised =
    headers['content-encoding'] === undefined && !hasNoBody
      ? Number(headers['content-length'] ?? body.length)
      : body.length;
  const cut = body.length < promised ? `${body.length} of ${promised} bytes` : null;
  return { url, status, headers, body, cut, at };
}

/** What of `Fetch.requestPaused` is used. */
interface Paused {
  readonly requestId: string;
  /** Absent where the request failed. */
  readonly responseStatusCode?: number;
  readonly responseHeaders?: readonly { readonly name: string; readonly value: string }[];
}

/** Reads the body piece by piece, so that one without end, or a decompression bomb, stops at the cap. */
async function takeBody(cdp: CDPSession, requestId: string, url: string, maxBytes: number): Promise<Uint8Array> {
  const { stream: handle } = await cdp.send('Fetch.takeResponseBodyAsStream', { requestId });
  const pieces: Buffer[] = [];
  let length = 0;
  for (let ended = false; !ended; ) {
    const { data, base64Encoded, eof } = await cdp.send('IO.read', { handle, size: CHUNK_BYTES });
    const piece = Buffer.from(data, base64Encoded === true ? 'base64' : 'utf8');
    length += piece.length;
    if (length > maxBytes) throw new ArchiveError('TOO_LARGE', `${url}: more than ${maxBytes} bytes`);
    pieces.push(piece);
    ended = eof;
  }
  await cdp.send('IO.close', { handle });
  return Buffer.concat(pieces);
}
