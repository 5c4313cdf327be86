/** The table of outcomes: every outcome with every code has its line. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ERRORS, type ErrorCode } from '../src/errors.ts';
import { type Again, PASSING_CODES, whenAgain } from '../src/frontier/again.ts';
import type { Outcome } from '../src/model.ts';
import { OUTCOMES } from './frontier.contract.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const pace = { attempts: 3, backoffMs: 30_000, restMs: 6 * HOUR };

/** For 12 rounds: after how long, or that it stands. */
function rounds(outcome: Outcome, options: { readonly attempt?: number; readonly isArchived?: boolean } = {}) {
  const { attempt = pace.attempts, isArchived = false } = options;
  return Array.from({ length: 12 }, (_, round) => {
    const again = whenAgain(outcome, { attempt, rounds: round, isArchived }, pace, () => 0.5);
    return again.kind === 'later' ? again.afterMs : again.kind;
  });
}

const doubling = (firstMs: number) => Array.from({ length: 12 }, (_, round) => Math.min(firstMs * 2 ** round, WEEK));
const filled = (first: readonly number[], rest: Again['kind'] | number) => [
  ...first,
  ...Array.from({ length: 12 - first.length }, () => rest),
];

const OF_KINDS: Readonly<Record<Exclude<Outcome['kind'], 'blocked' | 'refused' | 'failed'>, readonly unknown[]>> = {
  archived: filled([], 'stands'),
  unchanged: filled([], 'stands'),
  gone: filled([10 * MINUTE, HOUR, 6 * HOUR, DAY, WEEK], 'stands'),
  moved: filled([WEEK], 'stands'),
  'link-out': filled([WEEK], 'stands'),
};

describe('the table of outcomes', () => {
  for (const outcome of OUTCOMES) {
    const { kind } = outcome;
    if (kind === 'blocked' || kind === 'refused' || kind === 'failed') continue;
    it(`has ${kind}`, () => {
      assert.deepEqual(rounds(outcome), OF_KINDS[kind]);
      assert.deepEqual(rounds(outcome, { attempt: 1 }), OF_KINDS[kind], 'no run waits for it');
      const known = kind === 'gone' ? filled([], 'stands') : OF_KINDS[kind];
      assert.deepEqual(rounds(outcome, { isArchived: true }), known);
    });
  }

  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { next } = ERRORS[code];
    it(`has ${code}, which says ${next}`, () => {
      const of = (kind: 'blocked' | 'refused' | 'failed', attempt: number) =>
        rounds({ kind, code, detail: '' }, { attempt });
      const looks = filled([10 * MINUTE, HOUR, 6 * HOUR, DAY, WEEK], 'stands');
      const rest = code === 'IMPLAUSIBLE' ? looks : next === 'never' ? filled([], WEEK) : doubling(6 * HOUR);
      assert.deepEqual(of('failed', pace.attempts), rest);
      assert.deepEqual(of('failed', 1), next === 'retry' ? filled([], 'in-run') : rest);
      assert.deepEqual(of('blocked', 1), doubling(6 * HOUR));
      assert.deepEqual(of('refused', 1), doubling(code === 'ROBOTS_DISALLOWED' ? DAY : 6 * HOUR));
      assert.equal(PASSING_CODES.includes(code), next !== 'never' && code !== 'RUN_DIED');
    });
  }

  it('lets a code of another version rest like any other', () => {
    assert.deepEqual(rounds({ kind: 'failed', code: 'FORGOTTEN', detail: '' }, { attempt: 1 }), doubling(6 * HOUR));
  });

  it('pauses between the attempts of a run, half to the whole of a time that doubles', () => {
    const failed: Outcome = { kind: 'failed', code: 'NETWORK', detail: '' };
    const pauses = [1, 2].map((attempt) => whenAgain(failed, { attempt, rounds: 9, isArchived: true }, pace, () => 0));
    assert.deepEqual(pauses, [
      { kind: 'in-run', afterMs: 15_000 },
      { kind: 'in-run', afterMs: 30_000 },
    ]);
  });
});
