/**
 * One answer taken off Chromium's wire (Chrome DevTools Protocol, Fetch domain). The page is never built: no script, no
 * picture, no frame of it is asked for.
 */
import type { CDPSession, Page as Tab } from 'playwright';
import { ArchiveError } from '../errors.ts';

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

// A page that came already, shown as its own scripts make it.

/**
 * Shows an answer in a tab and gives what is there once its scripts are quiet, as HTML. Scripts and data of allowed
 * addresses are loaded, and no other document.
 * @throws TIMEOUT; what the tab throws where it goes away
 */
export async function renderAnswer(
  tab: Tab,
  { url, headers, body }: RenderSource,
  options: { readonly timeoutMs: number; readonly allows: (url: string) => boolean; readonly now: () => number },
): Promise<Answer> {
  let isGiven = false;
  await tab.route('**/*', (route) => {
    const request = route.request();
    if (!isGiven && request.url() === url) {
      isGiven = true;
      return route.fulfill({
        status: 200,
        contentType: headers['content-type'] ?? 'text/html',
        body: Buffer.from(body),
      });
    }
    const wanted = ['script', 'xhr', 'fetch'].includes(request.resourceType());
    return wanted && options.allows(request.url()) ? route.continue() : route.abort('blockedbyclient');
  });
  try {
    await tab.goto(url, { waitUntil: 'load', timeout: options.timeoutMs });
    const at = new Date(options.now()).toISOString();
    // Quiet is not promised by any page; what is there after a while is what it shows.
    await tab.waitForLoadState('networkidle', { timeout: options.timeoutMs / 4 }).catch(() => {});
    return {
      url,
      status: 200,
      headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
      body: Buffer.from(await tab.content()),
      cut: null,
      at,
    };
  } catch (error) {
    if ((error as Error).name === 'TimeoutError')
      throw new ArchiveError('TIMEOUT', `${url}: the scripts did not come to an end`, { cause: error });
    throw error;
  } finally {
    await tab.unrouteAll({ behavior: 'ignoreErrors' });
    await tab.goto('about:blank').catch(() => {}); // a tab that cannot even do this is found out by its next request
  }
}

// What came back for one page request.

/** One answer; redirects are answers like any other. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes after content decoding; empty for a redirect. */
  readonly body: Uint8Array;
  /** Why the body is known to be cut short; null if it came to its end. */
  readonly cut: string | null;
  /** When the answer began, ISO 8601 in UTC. */
  readonly at: string;
}

/** The answer to be shown: its address, headers and decoded bytes. */
export type RenderSource = Pick<Answer, 'url' | 'headers' | 'body'>;
