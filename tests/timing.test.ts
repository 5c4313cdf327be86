/** When a source is read next: by the clock in any zone, or sooner the more it brings. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { firstSlot, nextSlot, recheck, type Timing } from '../src/crawl/timing.ts';
import type { SlotState } from '../src/journal/journal.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const nothing = { entries: 20, fresh: 0, failed: false };

/** Slots from an instant on, each run taking no time. */
function slots(timing: Timing, from: string, count: number): string[] {
  let state = firstSlot(timing, Date.parse(from));
  return Array.from({ length: count }, () => {
    const slot = state.dueAt;
    state = nextSlot(timing, state, { ...nothing, endedAt: slot });
    return new Date(slot).toISOString();
  });
}

describe('a source read by the clock', () => {
  it('keeps one slot a day where the hour comes twice, and where it does not come', () => {
    const daily: Timing = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
    assert.deepEqual(slots(daily, '2026-10-24T00:00:00Z', 3), [
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    assert.deepEqual(slots(daily, '2027-03-27T00:00:00Z', 3), [
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:00:00.000Z', // 02:30 is no time of this day: read when its hour would have ended
      '2027-03-29T00:30:00.000Z',
    ]);
  });

  it('has every full hour of a day of 25', () => {
    const hourly = slots({ cron: '0 * * * *', timeZone: 'Europe/Berlin' }, '2026-10-24T21:30:00Z', 26);
    for (const [i, slot] of hourly.entries())
      assert.equal(Date.parse(slot), Date.parse('2026-10-24T22:00:00Z') + i * HOUR);
  });

  it('is never due before or at the last run, however long that took, and rises', () => {
    const cron = fc.constantFrom('*/10 7-23 * * *', '0 * * * *', '30 2 * * 1', '15 1,13 * * *', '0 0 1 * *');
    const timeZone = fc.constantFrom(
      'Asia/Shanghai',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'UTC',
    );
    const start = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') });
    fc.assert(
      fc.property(
        cron,
        timeZone,
        start,
        fc.array(fc.integer({ min: 0, max: 3 * DAY }), { maxLength: 6 }),
        (pattern, zone, now, delays) => {
          const timing: Timing = { cron: pattern, timeZone: zone };
          let state = firstSlot(timing, now);
          assert.ok(state.dueAt > now);
          for (const delay of delays) {
            const endedAt = state.dueAt + delay;
            const next = nextSlot(timing, state, { ...nothing, endedAt });
            assert.ok(next.dueAt > endedAt && next.dueAt > state.dueAt);
            state = next;
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never comes where its day never comes', () => {
    assert.equal(firstSlot({ cron: '0 0 30 2 *', timeZone: 'UTC' }, 0).dueAt, Number.MAX_SAFE_INTEGER);
  });
});

describe('a source read by what it brings', () => {
  const timing = { minIntervalMs: 5 * 60_000, maxIntervalMs: 6 * HOUR };
  const state = fc.record({
    dueAt: fc.integer({ min: 0, max: 2 * 10 ** 12 }),
    servedAt: fc.constant(null),
    intervalMs: fc.integer({ min: timing.minIntervalMs, max: timing.maxIntervalMs }),
  });
  const run = fc
    .record({ entries: fc.nat(60), news: fc.nat(60), failed: fc.boolean() })
    .map(({ entries, news, failed }) => ({ entries, fresh: Math.min(news, entries), failed }));

  it('is due at once the first time, then within its bounds', () => {
    assert.equal(firstSlot(timing, 1000).dueAt, 1000);
    fc.assert(
      fc.property(state, run, (before, result) => {
        const next = nextSlot(timing, before, { ...result, endedAt: before.dueAt + 1000 });
        const interval = next.dueAt - before.dueAt - 1000;
        assert.equal(interval, next.intervalMs);
        assert.ok(interval >= timing.minIntervalMs && interval <= timing.maxIntervalMs);
      }),
    );
  });

  it('is due sooner after news, later after none, and a failure says nothing', () => {
    fc.assert(
      fc.property(state, run, (before, result) => {
        const next = nextSlot(timing, before, { ...result, endedAt: before.dueAt }).intervalMs;
        if (result.failed) assert.equal(next, before.intervalMs);
        else if (result.fresh > 0) assert.ok(next <= before.intervalMs);
        else assert.ok(next >= before.intervalMs);
      }),
    );
  });

  it('is due as soon as may be once half of the list is new', () => {
    const before: SlotState = { dueAt: 0, servedAt: null, intervalMs: timing.maxIntervalMs };
    const after = nextSlot(timing, before, { entries: 20, fresh: 10, failed: false, endedAt: 0 });
    assert.equal(after.intervalMs, timing.minIntervalMs);
  });
});

describe('a clock that is set back', () => {
  for (const timing of [
    { cron: '0 * * * *', timeZone: 'UTC' },
    { minIntervalMs: 1000, maxIntervalMs: HOUR },
  ] satisfies Timing[]) {
    it(`is waited for within two hours, and believed beyond: ${'cron' in timing ? timing.cron : 'adaptive'}`, () => {
      const servedAt = Date.parse('2026-11-26T12:00:05Z');
      const state: SlotState = { dueAt: servedAt + HOUR, servedAt, intervalMs: HOUR };
      assert.equal(recheck(timing, state, servedAt + 1), state);
      assert.equal(recheck(timing, state, servedAt - 2 * HOUR), state);
      const again = recheck(timing, state, servedAt - 365 * DAY);
      assert.ok(again.dueAt <= servedAt - 365 * DAY + HOUR);
    });

    it(`plans no slot that is out of reach once it is right, served or not: ${'cron' in timing ? timing.cron : 'adaptive'}`, () => {
      const planned = fc.integer({ min: 0, max: 20 * 365 * DAY });
      fc.assert(
        fc.property(planned, fc.boolean(), fc.integer({ min: 0, max: 10 * DAY }), (ahead, isServed, intervalMs) => {
          const [now, then] = [Date.parse('2026-11-26T12:00:05Z'), Date.parse('2026-11-26T12:00:05Z') + ahead];
          const first = { ...firstSlot(timing, then), intervalMs };
          const run = { ...nothing, endedAt: then };
          const state = recheck(timing, isServed ? nextSlot(timing, first, run) : first, now);
          assert.ok(state.dueAt <= now + 4 * HOUR, `${state.dueAt - now} ms`);
        }),
      );
    });
  }
});
