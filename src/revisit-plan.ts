/** When an archived article is visited again: at growing ages, counted from its publication. */

export interface PlannedVisit {
  /** Ms since 1970. */
  readonly dueAt: number;
  /** When the last of the article's visits is due; from then on none is planned. */
  readonly lastAt: number;
}

/**
 * The next visit of an article.
 * @param article `publishedAt` in ms since 1970; `hasChanged` where an earlier visit found it edited: it is then visited
 *   midway between two ages as well
 * @param options `agesMs` in rising order; `now` in ms since 1970. What was missed is not made up for
 * @returns null where the article is older than the last age
 */
export function nextVisit(
  article: { readonly publishedAt: number; readonly hasChanged: boolean },
  options: { readonly agesMs: readonly number[]; readonly now: number },
): PlannedVisit | null {
  const ages = article.hasChanged ? withMidpoints(options.agesMs) : options.agesMs;
  const next = ages.find((ageMs) => article.publishedAt + ageMs > options.now);
  if (next === undefined) return null;
  return { dueAt: article.publishedAt + next, lastAt: article.publishedAt + (ages.at(-1) ?? next) };
}

function withMidpoints(ages: readonly number[]): number[] {
  return ages.flatMap((age, i) => [Math.round(((ages[i - 1] ?? 0) + age) / 2), age]);
}
