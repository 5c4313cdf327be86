/** The estimate of completeness over many seeded news days. */
import { knownDays } from './coverage-day.ts';

export interface Trial {
  /** How often a day was estimated: once for each order in which its numbers were asked for. */
  readonly estimates: number;
  /** Those whose interval held the number of articles that were published. */
  readonly held: number;
  /** Sums over them: width of the interval, what it could be at most, width of the archived share's. */
  readonly width: number;
  readonly possible: number;
  readonly shareWidth: number;
}

/** One order says little: it is a draw of some seven numbers out of 34. */
const ORDERS = 20;

export async function tryDays(
  days: number,
  options: { readonly probed: number; readonly unpublishedIds: number },
): Promise<Trial> {
  let trial: Trial = { estimates: 0, held: 0, width: 0, possible: 0, shareWidth: 0 };
  for (let seed = 1; seed <= days; seed++) {
    for (const { coverage, truth } of await knownDays(seed, { ...options, orders: ORDERS })) {
      const { published, archivedShare } = coverage.completeness;
      trial = {
        estimates: trial.estimates + 1,
        held: trial.held + Number(published.low <= truth.published && truth.published <= published.high),
        width: trial.width + published.high - published.low,
        possible: trial.possible + coverage.neverSeen,
        shareWidth: trial.shareWidth + (archivedShare === null ? 0 : archivedShare.high - archivedShare.low),
      };
    }
  }
  return trial;
}
