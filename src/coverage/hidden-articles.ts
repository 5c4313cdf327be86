/** The estimate of how many of the numbers that no list showed are articles. */

interface HiddenEvidence {
  /** Numbers that nothing showed and nobody asked for. */
  readonly unasked: number;
  /** Of those that were asked for: how many were articles, and how many nobody's. */
  readonly found: number;
  readonly nobodys: number;
}

/** So many of the unasked numbers are articles: the posterior's median, and the ends of its central interval. */
interface HiddenArticles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Both parameters of Jeffreys' prior, Beta(1/2, 1/2), which knows nothing. */
const JEFFREYS = 0.5;

/**
 * A beta-binomial posterior: each number is an article with the same unknown chance, estimated from the numbers that
 * were asked for. They must have been drawn at random.
 */
export function hiddenArticles(
  { unasked, found, nobodys }: HiddenEvidence,
  { confidence }: { readonly confidence: number },
): HiddenArticles {
  const chances = betaBinomial(unasked, { alpha: JEFFREYS + found, beta: JEFFREYS + nobodys });
  const tail = (1 - confidence) / 2;
  return { low: quantile(chances, tail), median: quantile(chances, 0.5), high: quantile(chances, 1 - tail) };
}

/** The chance of each count from 0 to `n`. */
function betaBinomial(n: number, { alpha, beta }: { readonly alpha: number; readonly beta: number }): number[] {
  const chances: number[] = [];
  let log = logRising(beta, n) - logRising(alpha + beta, n);
  for (let k = 0; k <= n; k++) {
    chances.push(Math.exp(log));
    log += Math.log(((n - k) * (alpha + k)) / ((k + 1) * (beta + n - k - 1)));
  }
  return chances;
}

/** log of x (x + 1) … (x + n − 1). */
function logRising(x: number, n: number): number {
  let log = 0;
  for (let i = 0; i < n; i++) log += Math.log(x + i);
  return log;
}

/** The least count that is not exceeded with this chance. */
function quantile(chances: readonly number[], chance: number): number {
  let sum = 0;
  for (const [count, each] of chances.entries()) {
    sum += each;
    if (sum >= chance - 1e-12) return count;
  }
  return chances.length - 1;
}
