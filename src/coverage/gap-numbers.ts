/** Which never-seen numbers are asked for first? Any order would do to find articles; to estimate from some of them it must be chance. */
import { hash } from 'node:crypto';
import type { Probe } from '../frontier/probes.ts';
import { dayIn, type Gap } from './gaps.ts';
import type { Window } from './ledger.ts';
import { probedNumber } from './probe-days.ts';

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
