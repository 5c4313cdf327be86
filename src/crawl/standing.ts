/** What cannot be believed at once: it is taken only where it stands, the same at every look. Pure. */
import { LOOKS_MS } from '../frontier/again.ts';
import type { Doubt } from '../journal/doubts.ts';

/**
 * A doubt after one more visit. A visit sooner than the look that is next changes nothing, so that no haste confirms
 * anything; whatever else is shown begins anew.
 * @param now `at` is when it was shown, ISO 8601 in UTC
 */
export function seenAgain(
  before: Doubt | null,
  { shown, detail, at }: { readonly shown: string; readonly detail: string; readonly at: string },
): Doubt {
  const looks = (before?.looks ?? 0) + 1;
  const last = before?.seen.at(-1);
  // An instant ahead was written by a clock that was wrong.
  if (before === null || last === undefined || before.shown !== shown || last > at)
    return { shown, detail, seen: [at], looks };
  const waitMs = LOOKS_MS[before.seen.length - 1] ?? 0;
  if (Date.parse(at) - Date.parse(last) < waitMs) return { ...before, detail };
  return { shown, detail, seen: [...before.seen, at], looks };
}

/** True once it was the same at all looks. */
export function stands({ seen }: Doubt): boolean {
  return seen.length > LOOKS_MS.length;
}

/** Something else came: what was seen before counts no more. */
export function interrupted(doubt: Doubt): Doubt {
  return { ...doubt, seen: [] };
}

/** For people. */
export function inWords({ detail, seen }: Doubt): string {
  return `${detail}; seen ${seen.length} of ${LOOKS_MS.length + 1} times`;
}
