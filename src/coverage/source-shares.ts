/** What each list showed of what is known, and on which days much less than it usually does. */
import { median } from './gaps.ts';

export interface SourceShare {
  readonly source: string;
  /** Numbers of the window that it showed. */
  readonly shown: number;
  /** Median over the days of the share of known numbers that it showed, 0 to 1; null for too few days. */
  readonly usualShare: number | null;
  /** Days on which it showed much less than that. */
  readonly short: readonly { readonly day: string; readonly shown: number; readonly known: number }[];
}

/** A day of fewer says nothing about shares. */
const FEWEST_IN_DAY = 10;
const FEWEST_DAYS = 3;
const SHORT = 0.5;

/** @param options `dayOf` is null for numbers outside of the window; `known` counts the numbers of each of its days */
export function sourceShares(
  sightings: Iterable<{ readonly id: number; readonly sources: readonly string[] }>,
  options: { readonly dayOf: (id: number) => string | null; readonly known: ReadonlyMap<string, number> },
): { readonly sources: readonly SourceShare[]; readonly frequencies: readonly number[] } {
  const frequencies: number[] = [];
  const shown = new Map<string, Map<string, number>>();
  for (const { id, sources } of sightings) {
    const day = options.dayOf(id);
    if (day === null) continue;
    frequencies[sources.length] = (frequencies[sources.length] ?? 0) + 1;
    for (const source of sources) {
      const days = shown.get(source) ?? new Map<string, number>();
      days.set(day, (days.get(day) ?? 0) + 1);
      shown.set(source, days);
    }
  }
  const sources = [...shown].map(([source, days]) => shareOf(source, days, options.known));
  return { sources: sources.sort((a, b) => b.shown - a.shown), frequencies: Array.from(frequencies, (n) => n ?? 0) };
}

function shareOf(source: string, shown: ReadonlyMap<string, number>, known: ReadonlyMap<string, number>): SourceShare {
  const days = [...known].filter(([, count]) => count >= FEWEST_IN_DAY);
  const shares = days.map(([day, count]) => (shown.get(day) ?? 0) / count);
  const usualShare = days.length < FEWEST_DAYS ? null : median(shares);
  const short = days.flatMap(([day, count], i) =>
    usualShare !== null && (shares[i] ?? 0) < usualShare * SHORT
      ? [{ day, shown: shown.get(day) ?? 0, known: count }]
      : [],
  );
  return { source, shown: [...shown.values()].reduce((sum, count) => sum + count, 0), usualShare, short };
}
