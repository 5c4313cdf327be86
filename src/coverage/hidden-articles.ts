/** How many of the numbers that nothing showed are articles? */

/** Each number is an article with a chance that is Beta-distributed. */
interface Prior {
  readonly alpha: number;
  readonly beta: number;
  readonly weight: number;
}

interface HiddenEvidence {
  /** Numbers that nothing showed and nobody asked for. */
  readonly unasked: number;
  /** Of those that were asked for: how many were articles, and how many nobody's. */
  readonly found: number;
  readonly nobodys: number;
  /** What capture and recapture makes of it; null where it says nothing. */
  readonly lists: { readonly missed: number; readonly variance: number } | null;
}

/** So many of the unasked numbers are articles: the posterior's median, and the ends of its central interval. */
interface HiddenArticles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Capture and recapture is worth so many numbers that were asked for, at most: its lists are not independent. */
const LISTS_WORTH = 8;

/**
 * A beta-binomial posterior. The prior is a robust mixture (H. Schmidli et al., Biometrics 70 (2014) 1023-1032): half of it
 * is what capture and recapture makes of the lists, half is Jeffreys' Beta(1/2, 1/2), which knows nothing. The numbers that
 * were asked for, which must have been drawn at random, shift the weight to the half that foretold them better: where lists
 * are far from independent, or where articles of a kind that no list shows are hidden, the second. Lists that make more of it
 * than there are numbers contradict the counter, and are not heard.
 */
export function hiddenArticles(
  evidence: HiddenEvidence,
  { confidence }: { readonly confidence: number },
): HiddenArticles {
  const { unasked, found, nobodys } = evidence;
  const posterior = posteriorOf(priorOf(evidence), { found, nobodys });
  const chances = mixture(posterior, unasked);
  const tail = (1 - confidence) / 2;
  return { low: quantile(chances, tail), median: quantile(chances, 0.5), high: quantile(chances, 1 - tail) };
}

function priorOf({ unasked, found, nobodys, lists }: HiddenEvidence): Prior[] {
  const vague = { alpha: 0.5, beta: 0.5, weight: 1 };
  const all = unasked + found + nobodys;
  if (lists === null || all === 0 || lists.missed > all) return [vague];
  const mean = Math.min(1 - 0.5 / (all + 1), Math.max(0.5 / (all + 1), lists.missed / all));
  const worth = (mean * (1 - mean) * all ** 2) / Math.max(lists.variance, Number.EPSILON) - 1;
  const size = Math.min(LISTS_WORTH, Math.max(1, worth));
  return [
    { alpha: mean * size, beta: (1 - mean) * size, weight: 0.5 },
    { ...vague, weight: 0.5 },
  ];
}

function posteriorOf(
  prior: readonly Prior[],
  { found, nobodys }: { readonly found: number; readonly nobodys: number },
): Prior[] {
  const logs = prior.map(({ alpha, beta, weight }) => {
    return (
      Math.log(weight) + logRising(alpha, found) + logRising(beta, nobodys) - logRising(alpha + beta, found + nobodys)
    );
  });
  const most = Math.max(...logs);
  const total = logs.reduce((sum, log) => sum + Math.exp(log - most), 0);
  return prior.map(({ alpha, beta }, i) => ({
    alpha: alpha + found,
    beta: beta + nobodys,
    weight: Math.exp((logs[i] ?? 0) - most) / total,
  }));
}

/** The chance of each count from 0 to `n`. */
function mixture(parts: readonly Prior[], n: number): number[] {
  const chances = new Array<number>(n + 1).fill(0);
  for (const { alpha, beta, weight } of parts) {
    let log = logRising(beta, n) - logRising(alpha + beta, n);
    for (let k = 0; k <= n; k++) {
      chances[k] = (chances[k] ?? 0) + weight * Math.exp(log);
      log += Math.log(((n - k) * (alpha + k)) / ((k + 1) * (beta + n - k - 1)));
    }
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
