/** Which number the site gives to which day (site.md, 1.1: anchors), and how it prints a time. */

export interface Slot {
  readonly id: number;
  /** The day in the URL, `2026-08-29`. */
  readonly date: string;
  /** The instant of publication in milliseconds since 1970. */
  readonly time: number;
}

const HOUR = 3_600_000;
const BEIJING = 8 * HOUR;

/** Ids of 2026 stand about twelve minutes apart: 100 to 140 a day. */
const PER_ID = HOUR / 5;

/** The newest article of each era. */
const NEWEST = {
  'cms-2026': { id: 904_310, time: instant('2026-10-14 21:40:00') },
  classic: { id: 829_154, time: instant('2026-08-29 20:10:00') },
} as const;

/** Days of older pages, all in the classic template: pages stay reachable for years. */
const OLDER = [
  { id: 630_889, day: '2022-03-18' },
  { id: 623_950, day: '2022-01-28' },
  { id: 558_127, day: '2020-07-18' },
  { id: 516_923, day: '2019-09-07' },
  { id: 450_487, day: '2018-03-17' },
  { id: 400_912, day: '2017-03-28' },
] as const;

/** Steps back from the era's newest article by `idsBack` numbers, with a time of its own that keeps the order. */
export function slotOf(era: 'classic' | 'cms-2026', idsBack: number, seconds: number): Slot {
  const { id, time } = NEWEST[era];
  return slotAt(id - idsBack, time - idsBack * PER_ID + seconds * 1000);
}

/**
 * A slot years back: `turn` walks through the anchors, a hundred numbers apart on later rounds. At one anchor the day in
 * the URL is the one after publication, as it is now and then on the real site.
 */
export function olderSlot(turn: number, seconds: number): Slot {
  const { id, day } = OLDER[turn % OLDER.length] ?? OLDER[0];
  const round = Math.floor(turn / OLDER.length);
  const slot = slotAt(id - 100 * round - 7, instant(`${day} 19:00:00`) - round * 24 * HOUR + seconds * 1000);
  return turn % OLDER.length === 3 ? { ...slot, date: dayOf(slot.time + 24 * HOUR) } : slot;
}

/** `2026-08-29 20:10:00`, Beijing wall clock. */
export function clock(time: number): string {
  return new Date(time + BEIJING).toISOString().slice(0, 19).replace('T', ' ');
}

function dayOf(time: number): string {
  return clock(time).slice(0, 10);
}

function slotAt(id: number, time: number): Slot {
  return { id, date: dayOf(time), time };
}

/** The instant that a Beijing wall clock names. */
function instant(wallClock: string): number {
  return Date.parse(`${wallClock.replace(' ', 'T')}Z`) - BEIJING;
}
