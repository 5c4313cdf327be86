/** The alarm of a source: what is usual, what is reported when it no longer is, and since when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  alarmsOf,
  describeAlarm,
  FEWEST_READINGS,
  type SourceSample,
  USUAL_OF,
  usualOf,
} from '../src/alarms/sources.ts';

const reading = (at: number, changes: Partial<SourceSample> = {}): SourceSample => ({
  source: '头条',
  at,
  kind: 'headline',
  url: 'https://www.guancha.cn/GuanChaZheTouTiao/list_1.shtml',
  entries: 60,
  fresh: 2,
  untitled: 0,
  untimed: 0,
  code: null,
  elapsedMs: 400,
  ...changes,
});
/** Newest first: the given ones, then ordinary ones. */
const after = (...newest: readonly Partial<SourceSample>[]): SourceSample[] => [
  ...newest.map((changes, i) => reading(100 - i, changes)),
  ...Array.from({ length: 10 }, (_, i) => reading(50 - i)),
];
const alarmsFor = (readings: readonly SourceSample[]) => alarmsOf(readings).map(({ what }) => what);
const unread = { code: 'SOURCE_UNREAD', kind: null, entries: 0 };

describe('the alarm of a source', () => {
  it('is silent on an ordinary day', () => assert.deepEqual(alarmsFor(after({ entries: 55 })), []));

  for (const [what, changes] of [
    ['nothing', { entries: 0, code: 'SOURCE_EMPTY', kind: 'headline' }],
    ['few', { entries: 29 }],
    ['kind', { kind: 'column' }],
    ['titles', { untitled: 30 }],
    ['times', { untimed: 60 }],
  ] as const) {
    it(`says ${what}`, () => {
      const [alarm, ...others] = alarmsOf(after(changes, changes));
      assert.equal(alarm?.what, what);
      assert.equal(alarm.since, 99);
      assert.deepEqual(others, []);
      assert.match(describeAlarm(alarm), /^头条: .+; since \d{4}-\d\d-\d\d \d\d:\d\d:00 [+-]\d\d:\d\d$/);
    });
  }

  it('says several things at once', () =>
    assert.deepEqual(alarmsFor(after({ entries: 4, kind: 'column', untimed: 4 })), ['few', 'kind', 'times']));

  it('lets the network fail twice in a row', () => {
    assert.deepEqual(alarmsFor(after(unread, unread)), []);
    assert.deepEqual(alarmsFor(after(unread, unread, unread)), ['unread']);
    assert.deepEqual(alarmsFor(after({}, unread, unread, unread)), []);
  });

  it('makes nothing of a list of which a later page failed', () =>
    assert.deepEqual(alarmsFor(after({ code: 'SOURCE_UNREAD', entries: 20 })), []));

  it('ends where little has become usual', () => {
    const few = (count: number) => after(...Array.from({ length: count }, () => ({ entries: 10 })));
    assert.deepEqual(alarmsFor(few(5)), ['few']);
    assert.deepEqual(alarmsFor(few(USUAL_OF)), []);
  });
});

/** Any readings, newest first. */
const readings = fc
  .array(
    fc.record({
      kind: fc.constantFrom('headline', 'column', null),
      code: fc.constantFrom(null, null, null, 'SOURCE_UNREAD', 'SOURCE_EMPTY'),
      entries: fc.nat(80),
      untitled: fc.nat(80),
      untimed: fc.nat(80),
    }),
    { maxLength: 40 },
  )
  .map((all) =>
    all.map((each, i) =>
      reading(1000 - i, {
        ...each,
        untitled: Math.min(each.untitled, each.entries),
        untimed: Math.min(each.untimed, each.entries),
      }),
    ),
  );

describe('whatever the readings', () => {
  it('reports each thing once, of the source, since one of its readings', () =>
    fc.assert(
      fc.property(readings, (all) => {
        const alarms = alarmsOf(all);
        assert.equal(new Set(alarms.map(({ what }) => what)).size, alarms.length);
        for (const { source, detail, since } of alarms) {
          assert.equal(source, '头条');
          assert.doesNotMatch(detail, /NaN|undefined|null/);
          assert.ok(all.some(({ at }) => at === since));
        }
      }),
    ));

  it('reports nothing without enough good readings before', () =>
    fc.assert(
      fc.property(readings, (all) => {
        const good = all.slice(1).filter(({ code, entries }) => code === null && entries > 0);
        if (good.length < FEWEST_READINGS) assert.deepEqual(alarmsOf(all), []);
        else assert.ok(usualOf(all.slice(1)));
      }),
    ));

  it('reports nothing where the newest is as the ones before', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: FEWEST_READINGS + 1, max: 40 }),
        (entries, many) => {
          const same = Array.from({ length: many }, (_, i) => reading(many - i, { entries }));
          assert.deepEqual(alarmsOf(same), []);
          assert.deepEqual(alarmsFor([reading(many + 1, { entries: 0, code: 'SOURCE_EMPTY' }), ...same]), ['nothing']);
        },
      ),
    ));

  it('holds for longer the longer nothing comes', () =>
    fc.assert(
      fc.property(readings, fc.integer({ min: 1, max: 10 }), (before, many) => {
        if (usualOf(before) === null) return;
        const empty = Array.from({ length: many }, (_, i) => reading(2000 - i, { entries: 0, code: 'SOURCE_EMPTY' }));
        const [alarm] = alarmsOf([...empty, ...before]);
        assert.equal(alarm?.what, 'nothing');
        assert.ok(alarm.since <= 2000 - many + 1);
      }),
    ));
});
