/** By which days is a number asked for? An article's address holds its day, and a wrong one leads to the home page (site.md, 1.1). */
import type { Probe } from '../frontier/probes.ts';
import { dayOf, daysAfter } from './day.ts';

/** The inferred day first, then what lies round it. */
const AWAY = [0, 1, -1, 2, -2];

/** How many requests a number may take. */
export const MOST_DAYS = AWAY.length;

/** What an answer tells, it tells for good; where none came, or a refusal or half a page, the day is asked for again. */
const TELLING: readonly Probe['outcome'][] = ['article', 'moved', 'link-out', 'not-an-article', 'gone'];

/**
 * What is known of a number: the answer that found something there, that there is nothing on any day that it may have, or
 * the days that are still to be asked for, in this order.
 */
export type ProbedNumber =
  | { readonly kind: 'found'; readonly probe: Probe }
  | { readonly kind: 'nobodys'; readonly day: string }
  | { readonly kind: 'open'; readonly days: readonly string[] };

/** @param inferred its day as it is inferred now; where the number was asked for before, what was inferred then stands */
export function probedNumber(
  probes: readonly Probe[],
  { inferred, now }: { readonly inferred: string; readonly now: number },
): ProbedNumber {
  const telling = probes.filter(({ outcome }) => TELLING.includes(outcome));
  const found = telling.find(({ outcome }) => outcome !== 'gone');
  if (found !== undefined) return { kind: 'found', probe: found };
  const [first] = probes;
  const day = first?.inferred ?? inferred;
  const today = dayOf(first?.at ?? now);
  const asked = new Set(telling.map((probe) => probe.day));
  const days = AWAY.map((away) => daysAfter(day, away)).filter((each) => each <= today && !asked.has(each));
  return days.length === 0 ? { kind: 'nobodys', day } : { kind: 'open', days };
}
