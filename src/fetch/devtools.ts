/**
 * One exchange taken off Chromium's wire (Chrome DevTools Protocol, Fetch and Network domains). The page is never built:
 * no script, no picture, no frame of it is asked for.
 */
import { isUtf8 } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Exchange, Header, Tls } from '../model.ts';
import { meaningOfStatus } from '../site/answers.ts';
import { headerOf, locationOf, setCookiesOf } from './exchange.ts';
import type { SocksProxy } from './socks-proxy.ts';
import { type SecurityDetails, tlsOfBrowser } from './tls.ts';

const CHUNK_BYTES = 4 << 20;
/** So long is waited for the headers as sent, which DevTools reports apart from the answer and usually before it. */
const SENT_HEADERS_MS = 1000;

/** A tab's network, taken over by this program. */
export interface Wire {
  /**
   * Asks for the address and takes the answer's bytes; the navigation itself is then called off. Redirects are not
   * followed. One request at a time.
   * @param options `headers` go with this request; `maxBytes` caps the body after decoding; `proxy` knows what was
   *   connected to, and why an origin cannot be; `now` gives ms since 1970
   * @throws NETWORK, TIMEOUT, TOO_LARGE, ADDRESS_REFUSED; what the session throws where the tab goes away
   */
  load(
    url: string,
    options: {
      readonly headers: Readonly<Record<string, string>>;
      readonly maxBytes: number;
      readonly proxy: Pick<SocksProxy, 'addressOf' | 'failureOf' | 'tlsOf' | 'trustedKey'>;
      readonly now: () => number;
    },
  ): Promise<Exchange>;
  /** What came so far of the answer to the last request, its body as far as it was taken; null where its head did not. */
  begun(): Exchange | null;
}

/** @param cdp the session of a tab that does nothing else */
export async function openWire(cdp: CDPSession): Promise<Wire> {
  const sent = collectSentHeaders(cdp);
  let begun: () => Exchange | null = () => null;
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await cdp.send('Fetch.enable', { patterns: [{ requestStage: 'Response' }] });

  return {
    load: async (url, { headers, maxBytes, proxy, now }) => {
      sent.clear();
      begun = () => null;
      const begunMs = performance.now();
      const hasHeaders = Object.keys(headers).length > 0;
      if (hasHeaders) await cdp.send('Network.setExtraHTTPHeaders', { headers });
      const paused = new Promise<Paused>((resolve) => cdp.once('Fetch.requestPaused', resolve));
      const navigated = cdp.send('Page.navigate', { url });
      const unanswered = navigated.then(({ errorText }) => {
        const text = errorText ?? 'no answer';
        const failure = /SOCKS/.test(text) ? proxy.failureOf(url) : null;
        if (failure !== null) throw new ArchiveError(failure.code, `${url}: ${failure.detail}`, { cause: failure });
        const code = /_CERT/.test(text) ? 'CERTIFICATE_REFUSED' : 'NETWORK';
        throw new ArchiveError(/TIMED_OUT/.test(text) ? 'TIMEOUT' : code, `${url}: ${text}`);
      });
      unanswered.catch(() => {}); // heard through the race below, or not of interest any more
      const answer = await Promise.race([paused, unanswered]);
      const { requestId, responseStatusCode } = answer;
      if (responseStatusCode === undefined) {
        await cdp.send('Fetch.continueRequest', { requestId });
        return unanswered;
      }
      const startedAt = new Date(now()).toISOString();
      const exchange = { ...(await describe(url, { ...answer, responseStatusCode })), startedAt };
      const pieces: Uint8Array[] = [];
      const withBody = (body: Uint8Array): Exchange => {
        const tls = proxy.tlsOf(url, begunMs);
        const response = { ...exchange.response, body };
        return { ...exchange, address: proxy.addressOf(url, begunMs), ...(tls && { tls }), response };
      };
      begun = () => withBody(Buffer.concat(pieces));
      const inPieces = !hasNoBody(exchange) && mayPass(exchange, maxBytes);
      const take = () =>
        inPieces ? takePieces(cdp, requestId, url, { maxBytes, pieces }) : takeAtOnce(cdp, requestId);
      const body = hasNoBody(exchange) ? NOTHING : await take();
      // What was taken in pieces can only fail, and DevTools says nothing of what secured a failure; a redirect would wait.
      const isPlain = ['page', 'not modified', 'gone'].includes(meaningOfStatus(responseStatusCode)) && !inPieces;
      const saysTls = isPlain && url.startsWith('https:') && proxy.trustedKey === null;
      const tls = saysTls ? await endSecured(requestId, navigated) : undefined;
      if (!saysTls) await cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
      await navigated;
      // Cookies lie in the program's one jar and come as a header, in whichever tab.
      if (setCookiesOf(exchange).length > 0) await cdp.send('Network.clearBrowserCookies');
      // DevTools keeps them for everything that the tab asks for. Where this is not reached, the tab goes.
      if (hasHeaders) await cdp.send('Network.setExtraHTTPHeaders', { headers: {} });
      const cut = hasNoBody(exchange) ? null : cutOf(exchange, body);
      return { ...withBody(body), ...(tls && { tls }), cut };
    },
    begun: () => begun(),
  };

  /** Ends a navigation as one without content, which DevTools reports, unlike a failure, with what secured it. */
  async function endSecured(requestId: string, navigated: Promise<unknown>): Promise<Tls | undefined> {
    let details: SecurityDetails | undefined;
    const hear = ({ response }: { readonly response: { readonly securityDetails?: SecurityDetails } }) => {
      details = response.securityDetails;
    };
    cdp.on('Network.responseReceived', hear);
    try {
      await cdp.send('Fetch.fulfillRequest', { requestId, responseCode: 204 });
      await navigated;
    } finally {
      cdp.off('Network.responseReceived', hear);
    }
    return details && tlsOfBrowser(details);
  }

  /** All of an exchange that is known before its body. */
  async function describe(url: string, answer: Answered): Promise<Exchange> {
    const { request, response } = await sent.of(answer.networkId);
    const line = /^(HTTP\/[\d.]+) \d{3} ?(.*)$/.exec(response?.headersText?.split('\r\n', 1)[0] ?? '');
    return {
      url,
      startedAt: '',
      address: null,
      // Of what a proxy for TCP lets through, HTTP/2 alone has no header text.
      protocol: response === undefined ? null : (line?.[1] ?? 'HTTP/2'),
      request: {
        method: answer.request.method,
        headers: Object.entries(request?.headers ?? answer.request.headers).map(([name, value]) => [
          name,
          textOf(value),
        ]),
      },
      response: {
        status: answer.responseStatusCode,
        statusText: answer.responseStatusText ?? '',
        headers: headersAsSent(answer, response),
        body: NOTHING,
      },
      cut: null,
      road: 'browser',
    };
  }
}

const NOTHING = new Uint8Array();

/** What of `Fetch.requestPaused` is used. */
interface Paused {
  readonly requestId: string;
  /** What the Network domain calls it. */
  readonly networkId?: string;
  readonly request: { readonly method: string; readonly headers: Readonly<Record<string, string>> };
  /** Absent where the request failed. */
  readonly responseStatusCode?: number;
  readonly responseStatusText?: string;
  /** All but the cookies. */
  readonly responseHeaders?: readonly { readonly name: string; readonly value: string }[];
}

type Answered = Paused & { readonly responseStatusCode: number };

/**
 * What of `Network.requestWillBeSentExtraInfo` and `Network.responseReceivedExtraInfo` is used. In `headers` each
 * character of a value stands for a byte, and the values of names that are spelt alike are joined by line breaks.
 */
interface SentHeaders {
  readonly request?: { readonly headers: Readonly<Record<string, string>> };
  /** `headersText` is absent over HTTP/2, and garbled where a value is not UTF-8. */
  readonly response?: { readonly headersText?: string; readonly headers: Readonly<Record<string, string>> };
}

/** Keeps what DevTools reports of headers as sent, by the request's name in the Network domain. */
function collectSentHeaders(cdp: CDPSession): {
  clear(): void;
  /** What is known of a request; waits a while for what is not. */
  of(networkId: string | undefined): Promise<SentHeaders>;
} {
  const known = new Map<string, SentHeaders>();
  let heard = () => {};
  const keep = (requestId: string, part: SentHeaders) => {
    known.set(requestId, { ...known.get(requestId), ...part });
    heard();
  };
  cdp.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => keep(requestId, { request: { headers } }));
  cdp.on('Network.responseReceivedExtraInfo', ({ requestId, headers, headersText }) =>
    keep(requestId, { response: headersText === undefined ? { headers } : { headers, headersText } }),
  );
  const isWhole = ({ request, response }: SentHeaders) => request !== undefined && response !== undefined;

  return {
    clear: () => known.clear(),
    of: async (networkId = '') => {
      const current = () => known.get(networkId) ?? {};
      if (isWhole(current())) return current();
      const late = new AbortController();
      const whole = new Promise<void>((resolve) => {
        heard = () => {
          if (isWhole(current())) resolve();
        };
      });
      await Promise.race([whole, sleep(SENT_HEADERS_MS, undefined, { signal: late.signal }).catch(() => {})]);
      late.abort();
      return current();
    },
  };
}

/**
 * Three accounts of the same headers make one: Fetch knows all names but the cookies' in their order, the header text
 * knows where the cookies stand, and the third has the values byte by byte.
 */
function headersAsSent({ responseHeaders = [] }: Paused, sent: SentHeaders['response']): Header[] {
  const isCookie = (name: string) => name.toLowerCase() === 'set-cookie';
  const values = new Map(Object.entries(sent?.headers ?? {}).map(([name, joined]) => [name, joined.split('\n')]));
  const names = responseHeaders.map(({ name }) => name);
  const inText = (sent?.headersText ?? '').split('\r\n').flatMap((each) => /^([^:\s]+):/.exec(each)?.[1] ?? []);
  const cookies = [...values].flatMap(([name, all]) => (isCookie(name) ? all.map(() => name) : []));
  const isWhole =
    inText.filter((name) => !isCookie(name)).join() === names.join() &&
    inText.filter(isCookie).toSorted().join() === cookies.toSorted().join();
  const lossy = responseHeaders.map(({ value }) => value);
  return (isWhole ? inText : [...names, ...cookies]).map((name) => {
    const known = isCookie(name) ? undefined : lossy.shift();
    const bytes = values.get(name)?.shift();
    return [name, bytes === undefined ? (known ?? '') : textOf(bytes)];
  });
}

/** What DevTools makes of the bytes 80 to 9F: it reads values as Windows-1252. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Bytes that are UTF-8 as such, any others as Latin-1 (RFC 9110, 5.5). */
function textOf(value: string): string {
  const byteOf = (character: string) => {
    const place = WINDOWS_1252.indexOf(character);
    return place < 0 ? character.charCodeAt(0) : 0x80 + place;
  };
  const bytes = Buffer.from(Array.from(value, byteOf));
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
}

function hasNoBody(exchange: Exchange): boolean {
  return locationOf(exchange) !== null || [204, 304].includes(exchange.response.status);
}

/** Why a body is known to be cut: it is shorter than the length that was promised for it. */
function cutOf(exchange: Exchange, body: Uint8Array): string | null {
  const promised = promisedBytes(exchange);
  const isEncoded = headerOf(exchange.response.headers, 'content-encoding') !== null;
  return promised !== null && !isEncoded && body.length < promised ? `${body.length} of ${promised} bytes` : null;
}

/** The length of a body as it is sent; null where none is promised, or another header is what counts (RFC 9112, 6.3). */
function promisedBytes({ response: { headers } }: Exchange): number | null {
  const length = headerOf(headers, 'content-length');
  if (length === null || !/^\d+$/.test(length) || headerOf(headers, 'transfer-encoding') !== null) return null;
  return Number.isSafeInteger(Number(length)) ? Number(length) : null; // Chromium does not believe what no number holds
}

/** Deflate makes a byte of at most so many (zlib, "Maximum Expansion Factor"). */
const DEFLATE_RATIO = 1032;

/** The most bytes that a body can have after decoding; null where nothing bounds it. */
function mostBytes(exchange: Exchange): number | null {
  const promised = promisedBytes(exchange);
  const encoding = headerOf(exchange.response.headers, 'content-encoding')?.toLowerCase() ?? 'identity';
  // Chromium takes no more bytes than promised off a connection of HTTP/1; HTTP/2 ends a body by other means.
  if (promised === null || exchange.protocol?.startsWith('HTTP/1.') !== true) return null;
  if (encoding === 'identity') return promised;
  return ['gzip', 'x-gzip', 'deflate'].includes(encoding) ? promised * DEFLATE_RATIO : null;
}

/** A body that cannot pass the cap comes at once, which costs least; any other piece by piece. */
function mayPass(exchange: Exchange, maxBytes: number): boolean {
  const most = mostBytes(exchange);
  return most === null || most > maxBytes;
}

async function takeAtOnce(cdp: CDPSession, requestId: string): Promise<Uint8Array> {
  const { body, base64Encoded } = await cdp.send('Fetch.getResponseBody', { requestId });
  return Buffer.from(body, base64Encoded ? 'base64' : 'utf8');
}

/**
 * Reads the body piece by piece, so that one without end, or a decompression bomb, stops at the cap. Throws TOO_LARGE.
 * @param options `pieces` gets it as it comes, up to the cap
 */
async function takePieces(
  cdp: CDPSession,
  requestId: string,
  url: string,
  { maxBytes, pieces }: { readonly maxBytes: number; readonly pieces: Uint8Array[] },
): Promise<Uint8Array> {
  const { stream: handle } = await cdp.send('Fetch.takeResponseBodyAsStream', { requestId });
  let length = 0;
  for (let ended = false; !ended; ) {
    const { data, base64Encoded, eof } = await cdp.send('IO.read', { handle, size: CHUNK_BYTES });
    const piece = Buffer.from(data, base64Encoded === true ? 'base64' : 'utf8');
    pieces.push(piece.subarray(0, maxBytes - length));
    length += piece.length;
    if (length > maxBytes) throw new ArchiveError('TOO_LARGE', `${url}: more than ${maxBytes} bytes`);
    ended = eof;
  }
  await cdp.send('IO.close', { handle });
  return Buffer.concat(pieces);
}
