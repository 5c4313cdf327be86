/** The site's time: days of Beijing, which has no summer time, and the texts of its clocks. */
import type { TimePrecision } from '../model.ts';

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

// Clock texts of the site to instants. The site prints Beijing wall clock, which has no summer time (site.md, 4).

export interface Instant {
  /** `2022-01-28T10:30:43+08:00`. */
  readonly at: string;
  readonly precision: TimePrecision;
}

/**
 * Reads one printed time: `2022-01-28 10:30[:43]`, `2022-01-28`, the stubs' `01/28/2022 10:30:43` (month first), and
 * the relative forms of 风闻 `刚刚`, `5分钟前`, `2小时前`, `昨天 10:30`, `01-28 10:30`, which count from `fetchedAt` and
 * are approximate (site.md, 4). Null for any other text and for a time that no calendar has.
 */
export function readClock(text: string, fetchedAt: string): Instant | null {
  const clock = text.trim();
  return readAbsolute(clock) ?? readRelative(clock, Date.parse(fetchedAt));
}

/** The beginning of a day `2022-01-28`, for pages that print no time: the date in the URL (site.md, 1.1). */
export function startOfDay(date: string): Instant | null {
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? readAbsolute(date) : null;
}

/** An instant `2022-01-28T02:30:43Z` on the site's clock. */
export function onSiteClock(instant: string): string {
  return siteClock(Date.parse(instant));
}

/** The time of an article for people, by the site's clock and with its zone: `2022-01-28 10:30 +08:00`. */
export function shownTime(publishedAt: string): string {
  return `${publishedAt.slice(0, 16).replace('T', ' ')} ${publishedAt.slice(19)}`.trim();
}

const YEAR_FIRST = /^(?<y>\d{4})-(?<mo>\d{1,2})-(?<d>\d{1,2})(?:[T\s]+(?<h>\d{1,2}):(?<mi>\d{2})(?::(?<s>\d{2}))?)?$/;
const MONTH_FIRST = /^(?<mo>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})\s+(?<h>\d{1,2}):(?<mi>\d{2})(?::(?<s>\d{2}))?$/;

function readAbsolute(clock: string): Instant | null {
  const part = (YEAR_FIRST.exec(clock) ?? MONTH_FIRST.exec(clock))?.groups;
  if (part === undefined) return null;
  const at = siteTime(part.y, part.mo, part.d, part.h, part.mi, part.s);
  if (at === null) return null;
  return { at: siteClock(at), precision: part.s ? 'second' : part.h ? 'minute' : 'day' };
}

const MINUTE_MS = 60_000;

function readRelative(clock: string, nowMs: number): Instant | null {
  if (Number.isNaN(nowMs)) return null;
  const at = agoMs(clock, nowMs) ?? yesterdayMs(clock, nowMs) ?? thisYearMs(clock, nowMs);
  return at === null ? null : { at: siteClock(at), precision: 'approximate' };
}

function agoMs(clock: string, nowMs: number): number | null {
  if (clock === '刚刚') return nowMs;
  const ago = /^(\d{1,4})\s*(分钟|小时)前$/.exec(clock);
  return ago ? nowMs - Number(ago[1]) * (ago[2] === '小时' ? 60 : 1) * MINUTE_MS : null;
}

/** `昨天 10:30`; the app prints `昨天` alone, which is taken as a day ago (site.md, 4). */
function yesterdayMs(clock: string, nowMs: number): number | null {
  const yesterday = /^昨天(?:\s*(\d{1,2}):(\d{2}))?$/.exec(clock);
  if (yesterday === null) return null;
  if (yesterday[1] === undefined) return nowMs - DAY_MS;
  const [y, mo, d] = siteClock(nowMs - DAY_MS)
    .slice(0, 10)
    .split('-');
  return siteTime(y, mo, d, yesterday[1], yesterday[2]);
}

/** `01-28 10:30` of the current year; of the last one before that has such a day, where the day is still to come. */
function thisYearMs(clock: string, nowMs: number): number | null {
  const day = /^(\d{1,2})-(\d{1,2})\s+(\d{1,2}):(\d{2})$/.exec(clock);
  if (day === null) return null;
  const [, mo, d, h, mi] = day;
  const year = Number(siteClock(nowMs).slice(0, 4));
  const past = Array.from({ length: LONGEST_LEAP + 1 }, (_, ago) => siteTime(String(year - ago), mo, d, h, mi));
  return past.find((at) => at !== null && at <= nowMs + DAY_MS) ?? null;
}

/** Years from one 29 February to the next, at most: 1896 and 1904. */
const LONGEST_LEAP = 8;

/** Beijing wall clock to milliseconds since 1970; null if there is no such day or hour. */
function siteTime(y = '', mo = '', d = '', h = '0', mi = '0', s = '0'): number | null {
  const pad = (part: string) => part.padStart(2, '0');
  const wall = `${y}-${pad(mo)}-${pad(d)}T${pad(h)}:${pad(mi)}:${pad(s)}`;
  const ms = Date.parse(`${wall}+08:00`);
  return !Number.isNaN(ms) && siteClock(ms) === `${wall}+08:00` ? ms : null;
}

function siteClock(ms: number): string {
  return `${new Date(ms + BEIJING_MS).toISOString().slice(0, 19)}+08:00`;
}
