/**
 * The order in which never-seen numbers are asked for, and the days under which. Any order would do to find articles; an
 * estimate from some of the numbers needs a random one.
 */
import { hash } from 'node:crypto';
import type { Probe } from '../journal/sources.ts';
import { dayOf, daysAfter } from '../site/clock.ts';
import { dayIn, type Gap } from './gaps.ts';
import type { Window } from './id-coverage.ts';

export interface GapNumber {
  readonly number: number;
  /** As inferred from its neighbours. */
  readonly day: string;
  /** The days that are still to be asked for, in this order. */
  readonly days: readonly string[];
}

/**
 * The numbers of the window that are open, those first that were asked for before, then as a hash throws them together: the
 * same order each time, so that one that was cut off goes on, and a sample drawn by chance wherever it ends.
 */
export function gapNumbers(
  gaps: readonly Gap[],
  options: { readonly window: Window; readonly now: number; readonly probesOf: (number: number) => readonly Probe[] },
): GapNumber[] {
  const { since, until } = options.window;
  const open: (GapNumber & { readonly key: string })[] = [];
  for (const gap of gaps) {
    for (let number = gap.from; number <= gap.to; number++) {
      const day = dayIn(gap, number);
      if (day < since || day > until) continue;
      const probes = options.probesOf(number);
      const answer = probedNumber(probes, { inferred: day, now: options.now });
      if (answer.kind !== 'open') continue;
      const key = `${probes.length > 0 ? 0 : 1} ${hash('sha256', String(number))}`;
      open.push({ number, day: probes[0]?.inferred ?? day, days: answer.days, key });
    }
  }
  return open.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ key: _key, ...each }) => each);
}

// The days under which a number is asked for. An article's address holds its day, and a wrong one leads to the home page (site.md, 1.1).

/** The inferred day first, then what lies round it. */
const AWAY = [0, 1, -1, 2, -2];

/** How many requests a number may take. */
export const MOST_DAYS = AWAY.length;

/** What an answer proves, it proves for good; where none came, or a refusal or half a page, the day is asked for again. */
const CONCLUSIVE: readonly Probe['outcome'][] = ['article', 'moved', 'link-out', 'not-an-article', 'gone'];

/**
 * What is known of a number: the answer that found something there, that there is nothing on any day that it may have, or
 * the days that are still to be asked for, in this order.
 */
type DatedNumber =
  | { readonly kind: 'found'; readonly probe: Probe }
  | { readonly kind: 'nobodys'; readonly day: string }
  | { readonly kind: 'open'; readonly days: readonly string[] };

/** @param inferred its day as it is inferred now; where the number was asked for before, what was inferred then stands */
export function probedNumber(
  probes: readonly Probe[],
  { inferred, now }: { readonly inferred: string; readonly now: number },
): DatedNumber {
  const conclusive = probes.filter(({ outcome }) => CONCLUSIVE.includes(outcome));
  const found = conclusive.find(({ outcome }) => outcome !== 'gone');
  if (found !== undefined) return { kind: 'found', probe: found };
  const [first] = probes;
  const day = first?.inferred ?? inferred;
  const today = dayOf(first?.at ?? now);
  const asked = new Set(conclusive.map((probe) => probe.day));
  const days = AWAY.map((away) => daysAfter(day, away)).filter((each) => each <= today && !asked.has(each));
  return days.length === 0 ? { kind: 'nobodys', day } : { kind: 'open', days };
}
