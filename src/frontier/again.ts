/** The table of outcomes: for each, whether and when its URL is asked for again. Nothing that the site said once is for ever. */
import { retryPauseMs } from '../clock.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';
import type { Outcome } from '../model.ts';
import type { Pace } from './frontier.ts';

export type Again =
  /** Before the run ends. */
  | { readonly kind: 'in-run'; readonly afterMs: number }
  /** By the run that goes on then, or the next one. No run waits for it. */
  | { readonly kind: 'later'; readonly afterMs: number }
  /** Only where somebody asks for it. */
  | { readonly kind: 'stands' };

/** What there was before. */
interface History {
  /** The attempt that ended so, from 1; they begin anew whenever the URL waits again. */
  readonly attempt: number;
  /** How often in a row it came to this kind of outcome before, and was put off to later. */
  readonly rounds: number;
  /** The archive holds the article. */
  readonly isArchived: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** What cannot be believed at once is looked at again after so long each, and believed where it stood at every look. */
export const LOOKS_MS: readonly number[] = [HOUR_MS / 6, HOUR_MS, 6 * HOUR_MS];

/** A list may show an article before its page is there: a 404 so early is believed only once it has lasted. */
const GONE_MS = [...LOOKS_MS, DAY_MS, WEEK_MS];

const STANDS: Again = { kind: 'stands' };

/**
 * @param random gives a number from 0 to below 1, for the pause between the attempts of a run
 */
export function whenAgain(outcome: Outcome, history: History, pace: Pace, random: () => number = Math.random): Again {
  const { attempt, rounds, isArchived } = history;
  switch (outcome.kind) {
    case 'archived':
    case 'unchanged':
      return STANDS; // the plan of revisits goes on from here
    case 'gone':
      // The plan of revisits asks again for what is archived.
      return isArchived ? STANDS : laterOrNever(GONE_MS[rounds]);
    case 'moved':
    case 'link-out':
      return laterOrNever([WEEK_MS][rounds]);
    case 'blocked':
      return later(pace.restMs, rounds);
    case 'refused':
      // robots.txt is read anew then. The others may have come of one bad answer: a redirect to somewhere else.
      return later(outcome.code === 'ROBOTS_DISALLOWED' ? DAY_MS : pace.restMs, rounds);
    case 'failed': {
      if (outcome.code === 'IMPLAUSIBLE') return laterOrNever(GONE_MS[rounds]);
      const next = nextOf(outcome.code);
      if (next === 'never') return later(WEEK_MS, 0);
      if (next !== 'retry' || attempt >= pace.attempts) return later(pace.restMs, rounds);
      return { kind: 'in-run', afterMs: retryPauseMs(attempt, { baseMs: pace.backoffMs, random }) };
    }
    default:
      return outcome satisfies never;
  }
}

/** Codes of failures that every crawl tries again, however short their rest was. */
export const PASSING_CODES: readonly ErrorCode[] = (Object.keys(ERRORS) as ErrorCode[]).filter(
  // What runs died of rests in any case: the next run would die as well.
  (code) => ERRORS[code].next !== 'never' && code !== 'RUN_DIED',
);

/** Null for a code that is not in the table: that of another version. */
function nextOf(code: string): (typeof ERRORS)[ErrorCode]['next'] | null {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].next : null;
}

/** Twice as long each time, up to a week. */
function later(firstMs: number, rounds: number): Again {
  return { kind: 'later', afterMs: Math.min(firstMs * 2 ** rounds, WEEK_MS) };
}

function laterOrNever(afterMs: number | undefined): Again {
  return afterMs === undefined ? STANDS : { kind: 'later', afterMs };
}
