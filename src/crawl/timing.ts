/** When a source is read next: by the clock (cron), or sooner the more its list brings (adaptive). Pure. */
import { Cron } from 'croner';
import type { SlotState } from '../journal/journal.ts';

/** How a source asks to be read. */
export type Timing =
  | { readonly cron: string; readonly timeZone: string }
  | { readonly minIntervalMs: number; readonly maxIntervalMs: number };

/** By the configuration: a source without `cron` is read the sooner the more it brings. */
export function timingOf(
  source: { readonly cron: string | null; readonly timeZone: string | null },
  usual: { readonly timeZone: string; readonly minIntervalMs: number; readonly maxIntervalMs: number },
): Timing {
  const { minIntervalMs, maxIntervalMs } = usual;
  if (source.cron === null) return { minIntervalMs, maxIntervalMs };
  return { cron: source.cron, timeZone: source.timeZone ?? usual.timeZone };
}

/** By which the slots of a source are remembered: others count no more once it is read otherwise. */
export function ruleOf(timing: Timing): string {
  return JSON.stringify(timing);
}

/** What a run brought: how many articles the list showed, and how many of them were new. */
interface Yield {
  readonly entries: number;
  readonly fresh: number;
  /** The list could not be read: that says nothing of how often it should be. */
  readonly failed: boolean;
}

/** A list that brings news is read again after this part of its interval, a quiet one after so much more. */
const SOONER = 0.5;
const LATER = 1.5;
/** Once so much of a list is new, something may have fallen off its end: it is read as soon as may be. */
const NEARLY_ALL = 0.5;
/** A clock that was set back by more than this was wrong before: what it had planned counts no more. */
const SET_BACK_MS = 2 * 3_600_000;
/** A clock that is corrected by less than this does no harm. */
const CORRECTION_MS = 60_000;

/** Before the first run: a cron source waits for its slot, any other is due at once. */
export function firstSlot(timing: Timing, now: number): SlotState {
  if ('cron' in timing) return { dueAt: nextCronSlot(timing, now), servedAt: null, intervalMs: 0 };
  return { dueAt: now, servedAt: null, intervalMs: timing.minIntervalMs };
}

/**
 * After a run: the next slot. Slots that went by while nothing could run are not made up for: the run that has just ended
 * stood for all of them.
 */
export function nextSlot(timing: Timing, state: SlotState, run: Yield & { readonly endedAt: number }): SlotState {
  const { endedAt } = run;
  if ('cron' in timing)
    return { dueAt: nextCronSlot(timing, Math.max(endedAt, state.dueAt)), servedAt: endedAt, intervalMs: 0 };
  const intervalMs = nextInterval(timing, state.intervalMs, run);
  return { dueAt: endedAt + intervalMs, servedAt: endedAt, intervalMs };
}

/** What was remembered, as it counts now: unchanged, but where the clock was set back far. */
export function recheck(timing: Timing, state: SlotState, now: number): SlotState {
  const latest = now + SET_BACK_MS;
  const wasWrong = (state.servedAt ?? 0) > latest || state.dueAt > latestSlot(timing, state, latest) + CORRECTION_MS;
  if (!wasWrong) return state;
  const first = firstSlot(timing, now);
  return { ...first, intervalMs: 'cron' in timing ? 0 : Math.min(state.intervalMs, timing.maxIntervalMs) };
}

/** No slot that was planned at an instant or before is later. */
function latestSlot(timing: Timing, { intervalMs }: SlotState, at: number): number {
  return 'cron' in timing ? nextCronSlot(timing, at) : at + Math.min(intervalMs, timing.maxIntervalMs);
}

function nextInterval(
  { minIntervalMs, maxIntervalMs }: { readonly minIntervalMs: number; readonly maxIntervalMs: number },
  intervalMs: number,
  { entries, fresh, failed }: Yield,
): number {
  if (failed) return Math.min(Math.max(intervalMs, minIntervalMs), maxIntervalMs);
  const factor = fresh === 0 ? LATER : SOONER;
  const wanted = entries > 0 && fresh >= entries * NEARLY_ALL ? minIntervalMs : intervalMs * factor;
  return Math.round(Math.min(Math.max(wanted, minIntervalMs), maxIntervalMs));
}

/** The first slot after an instant. Where a local hour comes twice or not at all, each day keeps its slots (croner). */
function nextCronSlot({ cron, timeZone }: { readonly cron: string; readonly timeZone: string }, after: number): number {
  const next = new Cron(cron, { timezone: timeZone, paused: true }).nextRun(new Date(after));
  return next === null ? Number.MAX_SAFE_INTEGER : next.getTime(); // `0 0 30 2 *` never comes
}
