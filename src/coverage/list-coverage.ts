/** Capture and recapture over lists: how many articles of the kind that lists show did none of them show? */

export interface ListCoverage {
  readonly lists: number;
  /** Articles that at least one list showed. */
  readonly seen: number;
  /** Estimate of those that none showed, with its variance and 95 % interval. */
  readonly missed: number;
  readonly variance: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Chao's lower bound from how many articles were shown by exactly one list and by exactly two (A. Chao, Biometrics 43
 * (1987) 783-791; bias-corrected, with its variance and log-normal interval as in R. K. Colwell and J. A. Coddington,
 * Phil. Trans. R. Soc. Lond. B 345 (1994) 101-118). Articles that some lists prefer to others make the true number larger
 * than this; lists that share out the articles among them make it smaller.
 * @param frequencies at index k how many articles exactly k lists showed
 * @param lists how many lists there were
 * @returns null for fewer than two lists, or where they showed nothing
 */
export function listCoverage(frequencies: readonly number[], lists: number): ListCoverage | null {
  const seen = frequencies.slice(1).reduce((sum, count) => sum + count, 0);
  if (lists < 2 || seen === 0) return null;
  const [f1, f2] = [frequencies[1] ?? 0, frequencies[2] ?? 0];
  const a = (lists - 1) / lists;
  const missed = (a * f1 * Math.max(0, f1 - 1)) / (2 * (f2 + 1));
  const variance =
    f2 > 0
      ? f2 * ((a / 2) * (f1 / f2) ** 2 + a ** 2 * (f1 / f2) ** 3 + (a ** 2 / 4) * (f1 / f2) ** 4)
      : Math.max(
          0,
          (a * f1 * (f1 - 1)) / 2 +
            (a ** 2 * f1 * (2 * f1 - 1) ** 2) / 4 -
            (a ** 2 * f1 ** 4) / (4 * Math.max(1, seen + missed)),
        );
  const spread = missed === 0 ? 1 : Math.exp(1.96 * Math.sqrt(Math.log(1 + variance / missed ** 2)));
  return { lists, seen, missed, variance, low: missed / spread, high: missed * spread };
}
