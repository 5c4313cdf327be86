/** When things are published, and under which number. */
import type { Random } from '../write/random.ts';
import type { Range } from './plan.ts';

const HOUR = 3_600_000;
const SECOND = 1000;

/** How much is published in each hour of the Beijing day: quiet nights, full mornings, a dip at noon. */
const WEIGHTS = [3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 7, 7, 9, 10, 10, 9, 8, 7, 7, 6, 5, 4] as const;

/** Each hour as often as its weight says. */
const HOURS = WEIGHTS.flatMap((weight, hour) => Array.from({ length: weight }, () => hour));

/** So many instants in the 24 hours from midnight `from`, oldest first, no two in one second. */
export function instantsOf(random: Random, count: number, from: number): readonly number[] {
  const taken = new Set<number>();
  while (taken.size < count) taken.add(from + random.pick(HOURS) * HOUR + random.int(0, 3599) * SECOND);
  return [...taken].sort((a, b) => a - b);
}

/** A duration in the range, a tenth as likely to be ten times longer; whole seconds. */
export function durationIn(random: Random, [low, high]: Range): number {
  return Math.round((low * (high / low) ** random.fraction()) / SECOND) * SECOND;
}

export interface Counter {
  /** The number of the next article published. */
  next(): number;
  /** Starts again from another number. */
  restart(first: number): void;
  /** Numbers passed over for good. */
  readonly unpublished: readonly number[];
}

/** The counter of www articles; `gaps` is the share of numbers that never become an article. */
export function openCounter(random: Random, first: number, gaps: number): Counter {
  const unpublished: number[] = [];
  let id = first;
  return {
    next: () => {
      for (; random.chance(gaps); id++) unpublished.push(id);
      return id++;
    },
    restart: (from) => {
      id = from;
    },
    unpublished,
  };
}
