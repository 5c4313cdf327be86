/** A news day as an archive knows it whose lists were read every quarter of an hour: what the coverage is estimated from, and the truth. */

import { type IdState, openIdRuns } from '../../src/coverage/gaps.ts';
import { type IdCoverage, makeIdCoverage } from '../../src/coverage/id-coverage.ts';
import { dayOf } from '../../src/site/clock.ts';
import { type DayArticle, type NewsDay, openNewsDay } from '../newspaper/day/news-day.ts';
import { openRandom } from '../newspaper/write/random.ts';

export interface KnownDay {
  readonly coverage: IdCoverage;
  /** Numbers between the first and the last that is known. */
  readonly truth: {
    readonly published: number;
    readonly hidden: readonly number[];
    readonly unpublished: readonly number[];
  };
}

const QUARTER = 900_000;

/**
 * The same day as often as there are orders in which numbers were asked for.
 * @param options `probed` is the share of the never-seen numbers that was asked for
 */
export async function knownDays(
  seed: number,
  options: { readonly probed: number; readonly unpublishedIds: number; readonly orders: number },
): Promise<readonly KnownDay[]> {
  await using day = await openNewsDay({ now: () => 0, seed, hidden: 10, unpublishedIds: options.unpublishedIds });
  const articles = day.articles.filter(({ id }) => id.startsWith('guancha:'));
  const sightings = articles.flatMap((article) => {
    const sources = article.hidden ? [] : sourcesOf(article, day);
    return sources.length === 0 ? [] : [{ id: numberOf(article), sources }];
  });
  const seen = new Set(sightings.map(({ id }) => id));
  const known = articles.filter((article) => seen.has(numberOf(article)));
  const [first = 0, last = 0] = [known[0], known.at(-1)].map((article) => (article ? numberOf(article) : 0));
  const isWithin = (id: number) => id > first && id < last;

  const unseen = articles.map(numberOf).filter((id) => !seen.has(id) && isWithin(id));
  const unpublished = day.unpublishedIds.filter(isWithin);
  const truth = { published: known.length + unseen.length, hidden: unseen, unpublished };
  const date = dayOf(day.plan.startAt);
  return Array.from({ length: options.orders }, (_, order) => {
    const asked = shuffled([...unseen, ...unpublished], openRandom(seed, 'coverage', order));
    const probed = new Set(asked.slice(0, Math.round(asked.length * options.probed)));
    return { coverage: coverageOf(probed), truth };
  });

  function coverageOf(probed: ReadonlySet<number>): IdCoverage {
    const runs = openIdRuns();
    for (const article of articles) {
      const id = numberOf(article);
      if (!seen.has(id) && !probed.has(id)) continue;
      const state: IdState = article.withdrawnAt === null ? 'archived' : 'withdrawn';
      runs.add(id, { state, code: null, day: date, at: article.publishedAt });
    }
    for (const id of unpublished) {
      if (probed.has(id)) runs.add(id, { state: 'unpublished', code: null, day: null, at: 0 });
    }
    return makeIdCoverage(
      { runs, sightings, probed: [...probed].map((id) => ({ day: date, isArticle: unseen.includes(id) })) },
      { since: date, until: date },
    );
  }
}

function numberOf({ id }: DayArticle): number {
  return Number(id.split(':')[1]);
}

function sourcesOf({ shown }: DayArticle, day: NewsDay): readonly string[] {
  return [...new Set(shown.flatMap((each) => (isSeen(each, day) ? [each.list] : [])))];
}

/** Read every quarter of an hour, when it is not broken. */
function isSeen({ list, from, until }: DayArticle['shown'][number], { plan, outages }: NewsDay): boolean {
  const end = Math.min(until ?? Number.POSITIVE_INFINITY, plan.startAt + 36 * 3_600_000);
  for (let at = plan.startAt + Math.ceil((from - plan.startAt) / QUARTER) * QUARTER; at < end; at += QUARTER) {
    const isBroken = outages.some(
      (outage) => (outage.source === null || outage.source === list) && outage.from <= at && at < (outage.to ?? at + 1),
    );
    if (!isBroken) return true;
  }
  return false;
}

function shuffled(ids: readonly number[], random: ReturnType<typeof openRandom>): number[] {
  return ids
    .map((id) => ({ id, key: random.fraction() }))
    .sort((a, b) => a.key - b.key)
    .map(({ id }) => id);
}
