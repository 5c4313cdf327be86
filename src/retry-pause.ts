/** How long to wait before another attempt: exponential back-off with jitter, so that what failed together does not come back together. */

const LONGEST_MS = 3_600_000;

/**
 * @param attempt the one that failed, from 1
 * @param options `random` gives a number from 0 to below 1
 * @returns ms: between half and the whole of `baseMs` after the first attempt, of twice that after the second, and so
 *   on up to an hour
 */
export function retryPauseMs(
  attempt: number,
  options: { readonly baseMs: number; readonly random?: () => number },
): number {
  const { baseMs, random = Math.random } = options;
  const whole = Math.min(baseMs * 2 ** (attempt - 1), LONGEST_MS);
  return Math.round(whole / 2 + (whole / 2) * random());
}
