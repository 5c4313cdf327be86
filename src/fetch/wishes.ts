/** How long a site asks its visitors to wait, by `Retry-After` and by crawl-delay: read strictly, and bounded. Pure. */

const DAY_MS = 86_400_000;
/** Who asks for more than this asks for nothing: it is an instant in the place of a time, or milliseconds for seconds. */
const NO_WISH_MS = 31 * DAY_MS;

/** The forms of RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, and the two of old. */
const HTTP_DATES: readonly RegExp[] = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d\d-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d\d \d\d:\d\d:\d\d GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
];

/**
 * `Retry-After` as RFC 9110, 10.2.3, has it: seconds in digits, or an HTTP date.
 * @param options `now` in ms since 1970; `longestMs` is what a host is left alone for at most
 * @returns ms from now, more than 0; null where nothing is asked for that makes sense: absent, unreadable, in the past, over
 *   a month
 */
export function retryAfterMs(
  value: string | undefined,
  { now, longestMs }: { readonly now: number; readonly longestMs: number },
): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return bounded(Number(text) * 1000, longestMs);
  return bounded(httpDate(text) - now, longestMs);
}

/**
 * The crawl-delay of a robots.txt, in seconds.
 * @param delay as its reader gives it: a number or a text of any kind, undefined where there is none
 * @returns ms; null where nothing is asked for that makes sense
 */
export function crawlDelayMs(
  delay: number | string | null | undefined,
  { longestMs }: { readonly longestMs: number },
): number | null {
  const text = String(delay ?? '').trim();
  return /^\d+(?:\.\d+)?$/.test(text) ? bounded(Number(text) * 1000, longestMs) : null;
}

/** The one bound of all that a site asks for. */
function bounded(askedMs: number, longestMs: number): number | null {
  return askedMs > 0 && askedMs <= NO_WISH_MS ? Math.min(askedMs, longestMs) : null;
}

/** @returns ms since 1970; NaN for what is none */
function httpDate(text: string): number {
  const form = HTTP_DATES.findIndex((date) => date.test(text));
  if (form < 0) return Number.NaN;
  const at = Date.parse(form === 2 ? `${text} GMT` : text);
  const day = Number(/\d+/.exec(text)?.[0]);
  return new Date(at).getUTCDate() === day ? at : Number.NaN; // 31 February is no day
}
