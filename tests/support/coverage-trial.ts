/** The estimate of completeness over many seeded news days. */
import { knownDay, type Lists } from './coverage-day.ts';

export interface Trial {
  /** Days on which the interval held the number of articles that were published. */
  readonly held: number;
  /** Sums over the days: width of the interval, what it could be at most, width of the archived share's, estimate from the lists alone. */
  readonly width: number;
  readonly possible: number;
  readonly shareWidth: number;
  readonly missed: number;
}

export async function tryDays(
  days: number,
  options: { readonly lists: Lists; readonly probed: number; readonly unpublishedIds: number },
): Promise<Trial> {
  let trial: Trial = { held: 0, width: 0, possible: 0, shareWidth: 0, missed: 0 };
  for (let seed = 1; seed <= days; seed++) {
    const { coverage, truth } = await knownDay(seed, options);
    const { published, archivedShare, lists } = coverage.completeness;
    trial = {
      held: trial.held + Number(published.low <= truth.published && truth.published <= published.high),
      width: trial.width + published.high - published.low,
      possible: trial.possible + coverage.neverSeen,
      shareWidth: trial.shareWidth + (archivedShare === null ? 0 : archivedShare.high - archivedShare.low),
      missed: trial.missed + (lists?.missed ?? 0),
    };
  }
  return trial;
}
