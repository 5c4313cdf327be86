/** Days as the site counts them: Beijing's, which has no summer time. */

const BEIJING_MS = 8 * 3_600_000;
export const DAY_MS = 86_400_000;

/** `2026-10-14` for an instant in ms since 1970. */
export function dayOf(at: number): string {
  return new Date(at + BEIJING_MS).toISOString().slice(0, 10);
}

/** The day's midnight in ms since 1970; NaN for what is no day. */
export function startOf(day: string): number {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00+08:00`) : Number.NaN;
}

/** The day so many days later, or earlier. */
export function daysAfter(day: string, days: number): string {
  return dayOf(startOf(day) + days * DAY_MS);
}

/** 0 for Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}
