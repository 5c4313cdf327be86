/** A news day as an archive knows it whose lists were read every quarter of an hour: what the coverage is estimated from, and the truth. */

import { type IdState, openIdRuns } from '../../src/coverage/gaps.ts';
import { type IdCoverage, makeIdCoverage } from '../../src/coverage/id-coverage.ts';
import { dayOf } from '../../src/site/clock.ts';
import { type DayArticle, type NewsDay, openNewsDay } from '../newspaper/day/news-day.ts';
import { openRandom } from '../newspaper/write/random.ts';

/**
 * How the day's articles come onto lists: each list for itself, as the news day draws them; lists that follow each other,
 * so that what one shows the others mostly show too; or lists that share the articles out among them.
 */
export type Lists = 'independent' | 'alike' | 'apart';

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
const LISTS = 6;

/** @param options `probed` is the share of the never-seen numbers that was asked for */
export async function knownDay(
  seed: number,
  options: { readonly lists: Lists; readonly probed: number; readonly unpublishedIds: number },
): Promise<KnownDay> {
  await using day = await openNewsDay({ now: () => 0, seed, hidden: 10, unpublishedIds: options.unpublishedIds });
  const random = openRandom(seed, 'coverage', options.lists);
  const articles = day.articles.filter(({ id }) => id.startsWith('guancha:'));
  const sightings = articles.flatMap((article) => {
    const sources = article.hidden ? [] : sourcesOf(article, day, options.lists, random);
    return sources.length === 0 ? [] : [{ id: numberOf(article), sources }];
  });
  const seen = new Set(sightings.map(({ id }) => id));
  const known = articles.filter((article) => seen.has(numberOf(article)));
  const [first = 0, last = 0] = [known[0], known.at(-1)].map((article) => (article ? numberOf(article) : 0));
  const isWithin = (id: number) => id > first && id < last;

  const unseen = articles.map(numberOf).filter((id) => !seen.has(id) && isWithin(id));
  const unpublished = day.unpublishedIds.filter(isWithin);
  const asked = shuffled([...unseen, ...unpublished], random);
  const probed = new Set(asked.slice(0, Math.round(asked.length * options.probed)));

  const runs = openIdRuns();
  const date = dayOf(day.plan.startAt);
  for (const article of articles) {
    const id = numberOf(article);
    if (!seen.has(id) && !probed.has(id)) continue;
    const state: IdState = article.withdrawnAt === null ? 'archived' : 'withdrawn';
    runs.add(id, { state, code: null, day: date, at: article.publishedAt });
  }
  for (const id of unpublished) {
    if (probed.has(id)) runs.add(id, { state: 'unpublished', code: null, day: null, at: 0 });
  }
  const coverage = makeIdCoverage(
    { runs, sightings, probed: [...probed].map((id) => ({ day: date, isArticle: unseen.includes(id) })) },
    { since: date, until: date },
  );
  return { coverage, truth: { published: known.length + unseen.length, hidden: unseen, unpublished } };
}

function numberOf({ id }: DayArticle): number {
  return Number(id.split(':')[1]);
}

function sourcesOf(
  article: DayArticle,
  day: NewsDay,
  lists: Lists,
  random: ReturnType<typeof openRandom>,
): readonly string[] {
  switch (lists) {
    case 'independent':
      return [...new Set(article.shown.flatMap((shown) => (isSeen(shown, day) ? [shown.list] : [])))];
    case 'alike': {
      const prominence = random.fraction(); // what an editor thinks of it, all lists heed
      return atLeastOne(random, () => named().filter(() => random.chance(prominence ** 2)));
    }
    case 'apart': {
      const own = random.int(1, LISTS - 1); // its section, and the home page for a third
      return [`list ${own}`, ...(random.chance(1 / 3) ? ['list 0'] : [])];
    }
    default:
      return lists satisfies never;
  }
}

function named(): string[] {
  return Array.from({ length: LISTS }, (_, index) => `list ${index}`);
}

function atLeastOne(random: ReturnType<typeof openRandom>, draw: () => string[]): string[] {
  for (let tries = 0; tries < 20; tries++) {
    const drawn = draw();
    if (drawn.length > 0) return drawn;
  }
  return [random.pick(named())];
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
