/** The parts of the coverage: runs of numbers, gaps between them, and what is made of what nothing showed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { completeness } from '../src/coverage/completeness.ts';
import { gapNumbers, MOST_DAYS, probedNumber } from '../src/coverage/gap-numbers.ts';
import { countByDay, dayIn, findGaps, type IdFact, longestInOrder, openIdRuns } from '../src/coverage/gaps.ts';
import { hiddenArticles } from '../src/coverage/hidden-articles.ts';
import { makeIdCoverage } from '../src/coverage/id-coverage.ts';
import { openOperations } from '../src/frontier/operations.ts';
import type { ArticleId } from '../src/model.ts';
import { dayOf, daysAfter, startOf, weekdayOf } from '../src/site/clock.ts';
import { temporaryFolder } from './support/command.ts';
import { tryDays } from './support/coverage-trial.ts';

const NOON = 43_200_000;
const archived = (day: string, hours = 12): IdFact => ({
  state: 'archived',
  code: null,
  day,
  at: startOf(day) + hours * 3_600_000,
});
/** Runs of archived numbers, each with its day. */
const runsOf = (days: Readonly<Record<number, string>>) => {
  const runs = openIdRuns();
  for (const [id, day] of Object.entries(days)) runs.add(Number(id), archived(day));
  return runs;
};
const ranges = (gaps: readonly { readonly from: number; readonly to: number }[]) =>
  gaps.map(({ from, to }) => [from, to]);

describe('days', () => {
  it('are Beijing’s', () => {
    assert.equal(dayOf(Date.parse('2026-10-14T15:59:59Z')), '2026-10-14');
    assert.equal(dayOf(Date.parse('2026-10-14T16:00:00Z')), '2026-10-15');
    assert.equal(dayOf(startOf('2026-10-15')), '2026-10-15');
    assert.equal(daysAfter('2026-02-28', 1), '2026-03-01');
    assert.equal(weekdayOf('2026-10-14'), 3);
    assert.ok(Number.isNaN(startOf('14.10.2026')));
  });
});

describe('runs of numbers', () => {
  it('know each number as it was first reported, in whatever order, and hold neighbours of one kind in one run', () => {
    const fact = fc.record({
      id: fc.integer({ min: 1, max: 60 }),
      state: fc.constantFrom('archived', 'waiting' as const),
      day: fc.constantFrom('2026-10-14', '2026-10-15'),
    });
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 80 }), (facts) => {
        const runs = openIdRuns();
        const known = new Map<number, string>();
        for (const { id, state, day } of facts) {
          const isNew = runs.add(id, { state, code: null, day, at: id });
          assert.equal(isNew, !known.has(id));
          if (isNew) known.set(id, `${state} ${day}`);
        }
        for (let id = 0; id <= 61; id++) {
          const run = runs.find(id);
          assert.equal(run === null ? undefined : `${run.state} ${run.day}`, known.get(id));
        }
        for (const [i, run] of runs.all().entries()) {
          assert.deepEqual([run.fromAt, run.toAt], [run.from, run.to]);
          const before = runs.all()[i - 1];
          if (before === undefined) continue;
          assert.ok(before.to < run.from);
          assert.ok(before.to + 1 < run.from || before.state !== run.state || before.day !== run.day);
        }
      }),
    );
  });

  it('take no more room for a million numbers than for one', () => {
    const runs = openIdRuns();
    for (let id = 1; id <= 1_000_000; id++) runs.add(id, archived('2026-10-14'));
    assert.equal(runs.all().length, 1);
  });
});

describe('the order of numbers', () => {
  it('is the longest that never falls', () => {
    /** Tried every way. */
    const longest = (values: readonly number[]): number => {
      let most = 0;
      for (let mask = 0; mask < 1 << values.length; mask++) {
        const chosen = values.filter((_, i) => mask & (1 << i));
        if (chosen.every((value, i) => i === 0 || (chosen[i - 1] ?? 0) <= value)) most = Math.max(most, chosen.length);
      }
      return most;
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 10 }), (values) => {
        const kept = longestInOrder(values, (value) => value);
        assert.ok(kept.every((value, i) => i === 0 || (kept[i - 1] ?? 0) <= value));
        assert.equal(kept.length, longest(values));
        let at = -1;
        for (const value of kept)
          at = values.indexOf(value, at + 1) === -1 ? Number.NaN : values.indexOf(value, at + 1);
        assert.ok(!Number.isNaN(at), 'a part of them, in their order');
      }),
    );
  });
});

describe('gaps', () => {
  it('are the numbers between known ones, each with its interpolated day', () => {
    const { gaps, unwatched } = findGaps(
      runsOf({ 903180: '2026-10-04', 903181: '2026-10-04', 903300: '2026-10-05', 903420: '2026-10-06' }).all(),
    );
    assert.deepEqual(unwatched, []);
    assert.deepEqual(
      gaps.map(({ from, to, fromDay, toDay }) => [from, to, fromDay, toDay]),
      [
        [903_182, 903_299, '2026-10-04', '2026-10-05'],
        [903_301, 903_419, '2026-10-05', '2026-10-06'],
      ],
    );
    const [gap] = gaps;
    assert.ok(gap);
    assert.equal(dayIn(gap, 903_200), '2026-10-04');
    assert.equal(dayIn(gap, 903_290), '2026-10-05');
    assert.equal(
      [...countByDay(gap).values()].reduce((sum, count) => sum + count, 0),
      118,
    );
  });

  it('do not reach over the restart of the counter', () => {
    const { gaps, unwatched } = findGaps(
      runsOf({ 830000: '2026-09-09', 830002: '2026-09-10', 900000: '2026-09-10', 900003: '2026-09-10' }).all(),
    );
    assert.deepEqual(ranges(gaps), [
      [830_001, 830_001],
      [900_001, 900_002],
    ]);
    assert.deepEqual(unwatched, []);
  });

  it('are not made by an old article that a footer links to, nor by one whose day is out of order', () => {
    const days = { 381671: '2016-11-24', 903000: '2026-10-03', 903002: '2026-10-03', 903004: '2026-10-04' };
    assert.deepEqual(ranges(findGaps(runsOf({ ...days, 829000: '2026-08-28', 829001: '2026-08-28' }).all()).gaps), [
      [903_001, 903_001],
      [903_003, 903_003],
    ]);
    // As 444219, six weeks older by its number than by its day (site.md, 1.1).
    const outlier = { 444219: '2018-03-17', 450400: '2018-03-16', 450402: '2018-03-16', 450404: '2018-03-17' };
    assert.deepEqual(ranges(findGaps(runsOf(outlier).all()).gaps), [
      [450_401, 450_401],
      [450_403, 450_403],
    ]);
    const within = { 450400: '2018-03-16', 450401: '2018-05-01', 450403: '2018-03-16' };
    assert.deepEqual(ranges(findGaps(runsOf(within).all()).gaps), [[450_402, 450_402]]);
  });

  it('are stretches that nobody watched where they are longer than the usual rate allows for, or than a week', () => {
    const jump = findGaps(runsOf({ 901000: '2026-09-17', 901500: '2026-09-17' }).all());
    assert.deepEqual([ranges(jump.gaps), ranges(jump.unwatched)], [[], [[901_001, 901_499]]]);
    const week = findGaps(runsOf({ 901000: '2026-09-17', 901900: '2026-09-25' }).all());
    assert.deepEqual([ranges(week.gaps), ranges(week.unwatched)], [[], [[901_001, 901_899]]]);
    const days = findGaps(runsOf({ 901000: '2026-09-17', 901800: '2026-09-24' }).all());
    assert.deepEqual([ranges(days.gaps), ranges(days.unwatched)], [[[901_001, 901_799]], []]);
  });

  it('hold exactly the numbers between the first and the last of a dense stretch that nothing is known of', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(ids, fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 40 }), (known, nobodys) => {
        const runs = openIdRuns();
        for (const id of known) {
          const at = startOf('2026-10-14') + NOON + id * 600_000;
          runs.add(id, { state: 'archived', code: null, day: dayOf(at), at });
        }
        for (const id of nobodys) runs.add(id, { state: 'unpublished', code: null, day: null, at: 0 });
        const found = findGaps(runs.all()).gaps.flatMap(({ from, to }) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i),
        );
        const [first, last] = [Math.min(...known), Math.max(...known)];
        const expected = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter(
          (id) => !known.includes(id) && !nobodys.includes(id),
        );
        assert.deepEqual(found, expected);
      }),
    );
  });
});

describe('hidden articles', () => {
  const evidence = fc.record({ unasked: fc.nat(300), found: fc.nat(40), nobodys: fc.nat(40) });

  it('lie between none and all of the unasked numbers', () => {
    fc.assert(
      fc.property(evidence, (each) => {
        const { low, median, high } = hiddenArticles(each, { confidence: 0.95 });
        assert.ok(low >= 0 && low <= median && median <= high && high <= each.unasked, `${low} ${median} ${high}`);
      }),
    );
  });

  it('are fewer where more were asked for that are nobody’s, and the interval is wider where more must be sure', () => {
    fc.assert(
      fc.property(evidence, (each) => {
        const some = hiddenArticles(each, { confidence: 0.95 });
        const sure = hiddenArticles(each, { confidence: 0.99 });
        assert.ok(sure.low <= some.low && some.high <= sure.high);
        const more = hiddenArticles({ ...each, nobodys: each.nobodys + 5 }, { confidence: 0.95 });
        assert.ok(more.high <= some.high);
      }),
    );
  });

  it('may be any number where nobody asked', () => {
    const { low, high } = hiddenArticles({ unasked: 40, found: 0, nobodys: 0 }, { confidence: 0.95 });
    assert.deepEqual([low, high], [0, 40]);
  });

  it('leave nothing open where every number was asked for', () => {
    const known = { known: 90, archived: 81, neverSeen: 0 };
    const { published, archivedShare } = completeness({ ...known, probed: { articles: 4, unpublished: 20 } });
    assert.deepEqual([published.low, published.high, archivedShare?.low, archivedShare?.high], [90, 90, 0.9, 0.9]);
    const none = completeness({ ...known, known: 0, archived: 0, probed: { articles: 0, unpublished: 0 } });
    assert.equal(none.archivedShare, null);
  });
});

describe('the days that a number is asked for by', () => {
  const now = Date.parse('2026-10-15T12:00:00+08:00');
  const probe = (day: string, outcome: 'gone' | 'article' | 'failed') => ({
    number: 1,
    day,
    inferred: '2026-10-14',
    outcome,
    at: now,
  });
  const ask = (probes: Parameters<typeof probedNumber>[0]) => probedNumber(probes, { inferred: '2026-10-14', now });

  it('begin with the inferred one and end with none of the future', () => {
    assert.deepEqual(ask([]), { kind: 'open', days: ['2026-10-14', '2026-10-15', '2026-10-13', '2026-10-12'] });
    assert.equal(MOST_DAYS, 5);
  });

  it('are those without an answer; after all it is nobody’s, after one it is found', () => {
    const some = [probe('2026-10-14', 'gone'), probe('2026-10-15', 'failed')];
    assert.deepEqual(ask(some), { kind: 'open', days: ['2026-10-15', '2026-10-13', '2026-10-12'] });
    const all = ['2026-10-12', '2026-10-13', '2026-10-14', '2026-10-15'].map((day) => probe(day, 'gone'));
    assert.deepEqual(ask(all), { kind: 'nobodys', day: '2026-10-14' });
    const found = probe('2026-10-13', 'article');
    assert.deepEqual(ask([...some, found]), { kind: 'found', probe: found });
  });

  it('are asked for in an order of chance that is the same each time, what was begun first', () => {
    const gaps = [{ from: 1, to: 60, fromDay: '2026-10-13', toDay: '2026-10-14' }];
    const window = { since: '2026-10-13', until: '2026-10-14' };
    const order = (begun: number) =>
      gapNumbers(gaps, {
        window,
        now,
        probesOf: (id) => (id === begun ? [{ ...probe('2026-10-14', 'gone'), number: id }] : []),
      });
    const numbers = order(0).map(({ number }) => number);
    assert.deepEqual(
      [...numbers].sort((a, b) => a - b),
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    assert.notDeepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
    assert.deepEqual(
      order(44).map(({ number }) => number),
      [44, ...numbers.filter((number) => number !== 44)],
    );
    assert.deepEqual(
      gapNumbers(gaps, { window: { since: '2026-10-20', until: '2026-10-21' }, now, probesOf: () => [] }),
      [],
    );
  });
});

describe('the coverage', () => {
  /** 20 numbers a day for 12 days, of which the last list shows a third, but on one day nothing; one day is short. */
  const runs = openIdRuns();
  const sightings: { id: number; sources: string[] }[] = [];
  for (let day = 0; day < 12; day++) {
    for (let n = 0; n < (day === 8 ? 4 : 20); n++) {
      const id = 903_000 + day * 20 + n;
      runs.add(id, archived(daysAfter('2026-10-01', day), n));
      sightings.push({ id, sources: n % 3 === 0 && day !== 5 ? ['要闻', '头条'] : ['要闻'] });
    }
  }
  const coverage = makeIdCoverage({ runs, sightings, probed: [] }, { since: '2026-10-02', until: '2026-10-12' });

  it('counts by day what is known and what is not, against what is usual', () => {
    assert.equal(coverage.days.length, 11);
    const short = coverage.days.filter(({ few }) => few);
    assert.deepEqual(
      short.map(({ day, states, neverSeen, usual }) => [day, states.archived, neverSeen > 0, usual]),
      [['2026-10-09', 4, true, 20]],
    );
    assert.equal(coverage.neverSeen, 16);
    assert.deepEqual(ranges(coverage.gaps), [[903_164, 903_179]]);
    assert.equal(coverage.known, 204);
  });

  it('counts by source, and names the days on which one showed less than usual', () => {
    assert.deepEqual(
      coverage.sources.map(({ source, shown, short }) => [source, shown, short.map(({ day }) => day)]),
      [
        ['要闻', 204, []],
        ['头条', 65, ['2026-10-06']],
      ],
    );
  });

  it('keeps apart what became of numbers, and leaves out what moved', () => {
    const mixed = openIdRuns();
    const states = ['archived', 'withdrawn', 'gone', 'moved', 'link-out', 'failed', 'waiting'] as const;
    for (const [i, state] of states.entries()) {
      const code = state === 'failed' ? 'TIMEOUT' : null;
      mixed.add(903_000 + i, { state, code, day: '2026-10-01', at: startOf('2026-10-01') + i });
    }
    const input = {
      runs: mixed,
      sightings: [],
      probed: [
        { day: '2026-10-01', isArticle: true },
        { day: '2026-09-01', isArticle: true },
      ],
    };
    const {
      days,
      failures,
      known,
      archived: held,
      elsewhere,
      probed,
    } = makeIdCoverage(input, { since: '2026-10-01', until: '2026-10-01' });
    for (const state of states) assert.equal(days[0]?.states[state], 1);
    assert.deepEqual(failures, [{ from: 903_005, to: 903_005, state: 'failed', code: 'TIMEOUT' }]);
    assert.deepEqual([known, held, elsewhere, probed.articles], [5, 2, 2, 1]);
  });
});

describe('the frontier', () => {
  it('gives targets in a range of numbers, remembers probes and how far lists were walked', async () => {
    await using folder = await temporaryFolder();
    using operations = openOperations(folder.path);
    const target = (id: ArticleId) => ({
      id,
      url: `https://www.guancha.cn/a/2026_10_14_${id}.shtml`,
      source: '要闻',
      via: null,
      leadPicture: null,
      listed: { title: null, time: '2026-10-14 10:00', summary: null, picture: null },
      priority: 0,
    });
    operations.frontier.add((['guancha:9', 'guancha:100', 'guancha:1000', 'fengwen:100'] as const).map(target));
    assert.deepEqual(
      [...operations.frontier.between(10, 1000)].map(({ target: { id, listed }, state }) => [id, state, listed?.time]),
      [
        ['guancha:100', 'waiting', '2026-10-14 10:00'],
        ['guancha:1000', 'waiting', '2026-10-14 10:00'],
      ],
    );

    const probe = { number: 5, day: '2026-10-14', inferred: '2026-10-14', outcome: 'failed', at: 1 } as const;
    operations.journal.probes.note(probe);
    operations.journal.probes.note({ ...probe, outcome: 'gone', at: 2 });
    operations.journal.probes.note({ ...probe, number: 4 });
    assert.deepEqual(operations.journal.probes.of(5), [{ ...probe, outcome: 'gone', at: 2 }]);
    assert.deepEqual(
      [...operations.journal.probes.all()].map(({ number }) => number),
      [4, 5],
    );

    const { nextPage, setNextPage, forget } = operations.journal.listWalks;
    assert.equal(nextPage('days', 'list'), 1);
    setNextPage('days', 'list', 7);
    setNextPage('other days', 'list', null);
    assert.deepEqual([nextPage('days', 'list'), nextPage('other days', 'list')], [7, null]);
    forget('days');
    assert.deepEqual([nextPage('days', 'list'), nextPage('other days', 'list')], [1, null]);
  });
});

describe('the estimate of completeness', () => {
  it('holds the truth on at least nine news days of ten, without being as wide as can be', async () => {
    const { estimates, held, width, possible } = await tryDays(20, { probed: 0.2, unpublishedIds: 0.15 });
    assert.ok(held >= 0.9 * estimates, `${held} of ${estimates}`);
    assert.ok(width < 0.75 * possible, `${width} of ${possible}`);
  });
});
