/** What every frontier promises; an adapter's test calls this with the way to open one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Frontier, RequeueMatch } from '../src/frontier/frontier.ts';
import type { ArticleId, Lease, Outcome, Target } from '../src/model.ts';
import { openTurnedClock, type TurnedClock } from './support/turned-clock.ts';

/** A frontier with nothing in it, of three attempts, a first pause of a minute and a first rest of an hour. */
type Open = (options: { readonly now: () => number; readonly backoffMs: number }) => Promise<Opened>;

interface Opened extends AsyncDisposable {
  readonly frontier: Frontier;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 9, 14);

export const target = (number: number, changes: Partial<Target> = {}): Target => ({
  id: `guancha:${number}`,
  url: `https://www.guancha.cn/a/2026_10_04_${number}.shtml`,
  source: '头条',
  via: null,
  leadPicture: null,
  listed: null,
  priority: number,
  ...changes,
});
const failed = (code: string): Outcome => ({ kind: 'failed', code, detail: 'why' });
const archived: Outcome = { kind: 'archived', key: 'k' };
const gone: Outcome = { kind: 'gone', detail: 'HTTP status 404' };
const blocked: Outcome = { kind: 'blocked', code: 'BLOCKED', detail: 'why' };

export const OUTCOMES: readonly Outcome[] = [
  archived,
  { kind: 'unchanged', key: 'k' },
  gone,
  { kind: 'moved', to: { id: 'fengwen:1', url: 'https://user.guancha.cn/main/content?id=1', date: null } },
  { kind: 'link-out', to: null },
  blocked,
  { kind: 'refused', code: 'ROBOTS_DISALLOWED', detail: 'why' },
  failed('NOT_AN_ARTICLE'),
];

/**
 * @param name of the adapter
 * @param options `dead`: whose leases end where a run takes over
 */
export function testFrontier(
  name: string,
  open: Open,
  { dead = 'all', skip = false }: { readonly dead?: 'all' | 'run out'; readonly skip?: string | false } = {},
): void {
  const test = (
    promise: string,
    body: (frontier: Frontier, clock: TurnedClock) => void,
    { backoffMs = 0 }: { readonly backoffMs?: number } = {},
  ): void =>
    void it(promise, async () => {
      const clock = openTurnedClock(START);
      await using opened = await open({ now: clock.now, backoffMs });
      body(opened.frontier, clock);
    });
  const ids = (targets: readonly { readonly id: ArticleId }[]) => targets.map(({ id }) => id);

  describe(`the frontier, ${name}`, { skip }, () => {
    test('gives out each target once, the largest priority first, then the largest id as text', (frontier) => {
      assert.equal(frontier.add([target(1), target(3), target(2)]), 3);
      assert.equal(frontier.add([target(3), target(40, { priority: 4 }), target(5, { priority: 4 })]), 2);
      assert.equal(frontier.waiting(), 5);
      assert.deepEqual(
        Array.from({ length: 6 }, () => frontier.take()?.target.id ?? null),
        ['guancha:5', 'guancha:40', 'guancha:3', 'guancha:2', 'guancha:1', null],
      );
      assert.equal(frontier.waiting(), 5, 'what is in hand has not ended');
    });

    test('keeps what the list prints, and finds what it was given', (frontier, clock) => {
      const listed = { title: '茶山的雨', time: '2026-10-04 16:19', summary: null, picture: null };
      const full = target(1, { listed, via: 'https://www.guancha.cn/', leadPicture: picture('a') });
      frontier.add([full]);
      assert.equal(frontier.find('guancha:2'), null);
      const nothing = { code: null, detail: null, settledAt: null, againAt: null };
      assert.deepEqual(frontier.find('guancha:1'), { target: full, state: 'waiting', attempts: 0, ...nothing });
      const lease = take(frontier);
      assert.deepEqual(lease.target, full);
      frontier.settle(lease, archived);
      const settled = { ...nothing, detail: 'k', settledAt: clock.now() };
      assert.deepEqual(frontier.find('guancha:1'), { target: full, state: 'archived', attempts: 1, ...settled });
    });

    test('gives a waiting target the headline picture of a later list, once, and the address that leads to it', (frontier) => {
      frontier.add([target(1, { source: '要闻' }), target(2)]);
      frontier.add([target(1, { leadPicture: picture('a') })]);
      frontier.add([target(1, { leadPicture: picture('b'), source: '时评' })]);
      frontier.add([target(1, { via: 'https://www.guancha.cn/b.shtml', source: '时评' })], { leads: true });
      const found = frontier.find('guancha:1')?.target;
      assert.deepEqual(
        [found?.source, found?.leadPicture, found?.via],
        ['头条', picture('a'), 'https://www.guancha.cn/b.shtml'],
      );
      frontier.settle(take(frontier), archived);
      frontier.add([target(2, { via: 'elsewhere', leadPicture: picture('c') })], { leads: true });
      const settled = frontier.find('guancha:2')?.target;
      assert.deepEqual([settled?.via, settled?.leadPicture], [null, null], 'what is settled stays as it is');
    });

    test('takes many at once as it takes one after the other, whatever is known of them', (frontier) => {
      const some = fc.record({
        number: fc.nat({ max: 12 }),
        source: fc.constantFrom('头条', '要闻', null),
        via: fc.constantFrom('https://www.guancha.cn/a', 'https://www.guancha.cn/b', null),
        leadPicture: fc.constantFrom(null, picture('a'), picture('b')),
        priority: fc.nat({ max: 3 }),
      });
      const lists = fc.array(fc.record({ leads: fc.boolean(), settled: fc.nat({ max: 12 }), list: fc.array(some) }));
      let from = 0;
      fc.assert(
        fc.property(lists, (all) => {
          from += 100;
          const [many, each] = [from, from + 50];
          for (const { leads, settled, list } of all) {
            const at = (base: number) => list.map(({ number, ...changes }) => target(base + number, changes));
            const added = at(each).map((one) => frontier.add([one], { leads }));
            assert.equal(
              frontier.add(at(many), { leads }),
              added.reduce((sum, count) => sum + count, 0),
            );
            for (const base of [many, each]) frontier.settle(target(base + settled, { priority: 0 }), archived);
          }
          const known = (base: number) =>
            Array.from({ length: 13 }, (_, number) => {
              const found = frontier.find(target(base + number).id);
              return found && { ...found, target: { ...found.target, id: '', url: '' } };
            });
          assert.deepEqual(known(many), known(each));
        }),
        { numRuns: 20 },
      );
      frontier.add(Array.from({ length: 1500 }, (_, i) => target(10_000 + i)));
      assert.equal(
        frontier.add(
          Array.from({ length: 1501 }, (_, i) => target(10_000 + i)),
          { leads: true },
        ),
        1,
      );
    });

    test('keeps to the articles that are asked for, also to those that come later', (frontier) => {
      const only: ArticleId[] = ['guancha:1'];
      frontier.add([target(1), target(2), target(3)]);
      assert.equal(frontier.take(only)?.target.id, 'guancha:1');
      assert.equal(frontier.take(only), null);
      assert.equal(frontier.nextDue(only), null);
      only.push('guancha:3', 'guancha:4');
      assert.equal(frontier.take(only)?.target.id, 'guancha:3');
      assert.equal(frontier.take(only), null);
      frontier.add([target(4)]);
      assert.equal(frontier.take(['guancha:2'])?.target.id, 'guancha:2');
      const lease = take(frontier, only);
      assert.equal(lease.target.id, 'guancha:4');
      frontier.settle(lease, archived);
      assert.equal(frontier.take(only), null);
      frontier.requeue({ ids: ['guancha:4'] });
      assert.equal(frontier.take(only)?.target.id, 'guancha:4');
    });

    test('says what could be taken, in that order and with its attempts, and gives nothing of it away', (frontier) => {
      frontier.add([target(1), target(2, { priority: 9 }), target(3), target(4, { id: 'fengwen:4' })]);
      const ready = () => frontier.ready(2, 'guancha').map(({ id, attempts }) => `${id} ${attempts}`);
      assert.deepEqual(ready(), ['guancha:2 0', 'guancha:3 0']);
      const lease = take(frontier, ['guancha:2']);
      assert.deepEqual(ready(), ['guancha:3 0', 'guancha:1 0'], 'what is in hand is not ready');
      assert.equal(frontier.settle(lease, { kind: 'failed', code: 'NETWORK', detail: '' }).isLost, false);
      frontier.requeue({ ids: ['guancha:2'] });
      assert.deepEqual([ready().length, frontier.ready(9, 'fengwen')], [2, [{ id: 'fengwen:4', attempts: 0 }]]);
    });

    test('keeps to a number space', (frontier) => {
      frontier.add([target(1), target(2, { id: 'fengwen:2' })]);
      assert.equal(frontier.take('fengwen')?.target.id, 'fengwen:2');
      assert.equal(frontier.take('fengwen'), null);
      assert.deepEqual([frontier.nextDue('fengwen'), frontier.nextDue('guancha')], [null, 0]);
      assert.equal(frontier.take('guancha')?.target.id, 'guancha:1');
    });

    test('gives out again what was released, and what was held too long, and then takes nothing from who had it', (frontier, clock) => {
      frontier.add([target(1)]);
      frontier.release(take(frontier));
      const late = take(frontier);
      assert.equal(late.attempt, 1, 'it counts as not taken');
      clock.advance(1.5 * MINUTE);
      frontier.extend(late);
      clock.advance(1.5 * MINUTE);
      assert.equal(frontier.take(), null, 'it is still held');
      clock.advance(MINUTE);
      const second = take(frontier);
      assert.equal(second.attempt, 2);
      const before = frontier.find('guancha:1');
      for (const outcome of [gone, failed('NETWORK')])
        assert.deepEqual(frontier.settle(late, outcome), { againInMs: null, isLost: true });
      assert.deepEqual([frontier.extend(late), frontier.release(late)], [false, false]);
      assert.deepEqual(frontier.find('guancha:1'), before, 'no row is changed');
      assert.deepEqual([frontier.extend(second), frontier.settle(second, archived).isLost], [true, false]);
      assert.equal(frontier.find('guancha:1')?.state, 'archived');
      assert.deepEqual(frontier.settle(second, gone), { againInMs: null, isLost: true }, 'settled once');
      assert.equal(frontier.find('guancha:1')?.state, 'archived');
    });

    for (const outcome of OUTCOMES) {
      test(`settles ${outcome.kind} and counts it`, (frontier) => {
        frontier.add([target(1), target(2, { source: null })]);
        assert.deepEqual(frontier.settle(take(frontier), outcome), { againInMs: null, isLost: false });
        frontier.settle(take(frontier), archived);
        assert.equal(frontier.take(), null);
        assert.deepEqual(frontier.counts(), [
          { source: null, outcome: outcome.kind, count: 1 },
          { source: '头条', outcome: 'archived', count: 1 },
        ]);
        const isFailure = 'code' in outcome;
        assert.deepEqual(
          frontier.failures(10),
          isFailure
            ? [
                {
                  id: 'guancha:2',
                  url: target(2).url,
                  outcome: outcome.kind,
                  code: outcome.code,
                  detail: outcome.detail,
                  at: new Date(START).toISOString(),
                },
              ]
            : [],
        );
      });
    }

    test('gives the newest failures first, and no more than so many', (frontier, clock) => {
      frontier.add([target(1), target(2), target(3)]);
      for (let lease = frontier.take(); lease !== null; lease = frontier.take()) {
        clock.advance(1);
        frontier.settle(lease, failed('TOO_LARGE'));
      }
      assert.deepEqual(
        frontier.failures(2).map(({ id }) => id),
        ['guancha:1', 'guancha:2'],
      );
    });

    test('tries again in the run what may pass, as often as allowed, behind the others', (frontier) => {
      frontier.add([target(2), target(1)]);
      const seen: [ArticleId, boolean][] = [];
      for (let lease = frontier.take(); lease !== null; lease = frontier.take()) {
        const outcome = lease.target.id === 'guancha:2' ? failed('NETWORK') : archived;
        seen.push([lease.target.id, frontier.settle(lease, outcome).againInMs !== null]);
      }
      assert.deepEqual(seen, [
        ['guancha:2', true],
        ['guancha:1', false],
        ['guancha:2', true],
        ['guancha:2', false],
      ]);
      assert.equal(frontier.find('guancha:2')?.attempts, 3);
    });

    test(
      'waits before another attempt, and says how long and why',
      (frontier, clock) => {
        frontier.add([target(1)]);
        assert.ok((frontier.nextDue() ?? Number.NaN) <= clock.now());
        const { againInMs } = frontier.settle(take(frontier), failed('TIMEOUT'));
        assert.ok(againInMs !== null && againInMs >= 30_000 && againInMs <= MINUTE, String(againInMs));
        assert.equal(frontier.take(), null);
        assert.equal(frontier.nextDue(), clock.now() + againInMs);
        assert.equal(frontier.nextDue(['guancha:1']), clock.now() + againInMs);
        assert.equal(frontier.nextDue(['guancha:2']), null);
        const { state, code, settledAt } = frontier.find('guancha:1') ?? assert.fail();
        assert.deepEqual([state, code, settledAt], ['waiting', 'TIMEOUT', null]);
        clock.advance(againInMs);
        assert.equal(take(frontier).attempt, 2);
        assert.equal(frontier.nextDue(), null, 'nobody waits for what is in hand');
      },
      { backoffMs: MINUTE },
    );

    test('gives nothing out again before its time, and then as the table says', (frontier, clock) => {
      frontier.add([target(1)]);
      for (const afterMs of [10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY]) {
        frontier.settle(take(frontier), gone);
        assert.equal(frontier.find('guancha:1')?.againAt, clock.now() + afterMs);
        assert.equal(frontier.nextDue(), null, 'no run waits for it');
        clock.advance(afterMs - 1);
        assert.deepEqual(frontier.requeue({ dueAt: clock.now() }), []);
        clock.advance(1);
        assert.deepEqual(ids(frontier.requeue({ dueAt: clock.now() })), ['guancha:1']);
        assert.equal(frontier.find('guancha:1')?.againAt, null);
      }
      frontier.settle(take(frontier), gone);
      assert.equal(frontier.find('guancha:1')?.againAt, null, 'now it stands');
    });

    test('counts the rounds of one kind of outcome, and from the first where it is asked for by name', (frontier, clock) => {
      frontier.add([target(1)]);
      const restOf = (outcome: Outcome, options: { readonly isArchived?: boolean } = {}) => {
        frontier.settle(take(frontier), outcome, options);
        const { againAt } = frontier.find('guancha:1') ?? assert.fail();
        clock.advance(30 * DAY);
        if (againAt === null) frontier.requeue({ outcomes: [outcome.kind] });
        else frontier.requeue({ dueAt: clock.now() });
        return againAt === null ? null : againAt - clock.now() + 30 * DAY;
      };
      assert.deepEqual(
        [
          blocked,
          blocked,
          failed('TOO_LARGE'),
          failed('TOO_LARGE'),
          failed('EXTRACTION'),
          archived,
          failed('TOO_LARGE'),
        ].map((outcome) => restOf(outcome)),
        [HOUR, 2 * HOUR, HOUR, 2 * HOUR, 4 * HOUR, null, HOUR],
      );
      frontier.requeue({ ids: ['guancha:1'] });
      assert.equal(restOf(failed('TOO_LARGE')), HOUR);
      assert.equal(restOf(gone, { isArchived: true }), null);
    });

    test('makes wait again what is asked for by outcome, code and source, all attempts new', (frontier) => {
      const outcomes = [failed('TOO_LARGE'), OUTCOMES[6] ?? gone, blocked, archived, gone];
      frontier.add(outcomes.map((_, i) => target(i + 1, { source: i === 0 ? '头条' : '要闻' })));
      const settleAll = () => {
        for (let lease = frontier.take(); lease !== null; lease = frontier.take())
          frontier.settle(lease, outcomes[lease.target.priority - 1] ?? failed('INTERNAL'));
      };
      settleAll();
      const requeued = (match: RequeueMatch) => {
        const given = frontier.requeue(match);
        for (const { id } of given) assert.equal(frontier.find(id)?.attempts, 0);
        settleAll();
        return given.map(({ id, code }) => `${id} ${code}`).sort();
      };
      const all = ['blocked', 'refused', 'failed'] as const;
      assert.deepEqual(requeued({ outcomes: all }), [
        'guancha:1 TOO_LARGE',
        'guancha:2 ROBOTS_DISALLOWED',
        'guancha:3 BLOCKED',
      ]);
      assert.deepEqual(requeued({ outcomes: all, codes: ['TOO_LARGE', 'NETWORK'] }), ['guancha:1 TOO_LARGE']);
      assert.deepEqual(requeued({ outcomes: ['blocked'], sources: ['要闻'] }), ['guancha:3 BLOCKED']);
      assert.deepEqual(requeued({ outcomes: all, codes: ['TOO_LARGE'], sources: ['要闻'] }), []);
      assert.deepEqual(requeued({ outcomes: ['gone', 'archived'] }), ['guancha:4 null', 'guancha:5 null']);
      assert.deepEqual(requeued({ ids: ['guancha:5', 'guancha:9'] }), ['guancha:5 null']);
    });

    test(
      'makes what is paused due at once where it is asked for by name',
      (frontier) => {
        frontier.add([target(1)]);
        frontier.settle(take(frontier), failed('TIMEOUT'));
        assert.equal(frontier.take(), null);
        frontier.requeue({ ids: ['guancha:1'] });
        assert.equal(take(frontier).attempt, 1);
      },
      { backoffMs: MINUTE },
    );

    test('takes an outcome of the moment back, behind the others, as long as there are attempts left', (frontier) => {
      frontier.add([target(2), target(1)]);
      const seen: string[] = [];
      for (let lease = frontier.take(); lease !== null; lease = frontier.take()) {
        const { id } = lease.target;
        frontier.settle(lease, id === 'guancha:2' ? blocked : archived);
        const back = frontier.requeue({ ids: id === 'guancha:2' ? [id] : [], keepAttempts: true });
        seen.push(`${id} ${back.length}`);
      }
      assert.deepEqual(seen, ['guancha:2 1', 'guancha:1 0', 'guancha:2 1', 'guancha:2 0']);
    });

    test('settles without a lease too, known or not, and keeps what it knew', (frontier, clock) => {
      frontier.add([target(1, { source: '要闻', via: 'https://www.guancha.cn/' })]);
      frontier.settle(target(1, { source: '时评', url: 'https://www.guancha.cn/b/2026_10_04_1.shtml' }), archived);
      frontier.settle(target(2), failed('NETWORK'));
      const known = frontier.find('guancha:1');
      assert.deepEqual(
        [known?.state, known?.detail, known?.target.source, known?.target.via, known?.target.url],
        ['archived', 'k', '要闻', 'https://www.guancha.cn/', 'https://www.guancha.cn/b/2026_10_04_1.shtml'],
      );
      const added = frontier.find('guancha:2');
      assert.deepEqual([added?.state, added?.againAt], ['failed', clock.now() + HOUR], 'nobody tries it in this run');
      assert.equal(frontier.take(), null);
    });

    test('sets aside what was in hand when two runs died, and nothing else', (frontier, clock) => {
      const takeOver = () => {
        if (dead === 'run out') clock.advance(2 * MINUTE + 1);
        return frontier.takeOver();
      };
      frontier.add([target(1), target(2), target(3)]);
      take(frontier, ['guancha:1']);
      take(frontier, ['guancha:2']);
      assert.deepEqual(takeOver(), [], 'one death may be anything');
      take(frontier, ['guancha:1']);
      frontier.release(take(frontier, ['guancha:2']));
      assert.deepEqual(ids(takeOver()), ['guancha:1']);
      const found = frontier.find('guancha:1');
      assert.deepEqual(
        [found?.state, found?.code, found?.againAt, found?.target.source],
        ['failed', 'RUN_DIED', clock.now() + HOUR, '头条'],
      );
      take(frontier, ['guancha:2']);
      assert.deepEqual(takeOver(), [], 'given back in between');
      const both = [take(frontier), take(frontier)];
      assert.deepEqual(ids(both.map((lease) => lease.target)), ['guancha:3', 'guancha:2']);
      for (const lease of both) frontier.release(lease);

      clock.advance(HOUR);
      assert.deepEqual(ids(frontier.requeue({ dueAt: clock.now() })), ['guancha:1']);
      take(frontier, ['guancha:1']);
      assert.equal(takeOver().length, 0, 'it has its chance again');
    });

    test('gives the www articles of a range, in the order of their numbers as text', (frontier) => {
      frontier.add([target(9), target(1000), target(100), target(1001), target(100, { id: 'fengwen:100' })]);
      assert.deepEqual(
        [...frontier.between(10, 1000)].map((found) => [found.target.id, found.state]),
        [
          ['guancha:100', 'waiting'],
          ['guancha:1000', 'waiting'],
        ],
      );
    });
  });
}

function take(frontier: Frontier, scope?: readonly ArticleId[]): Lease {
  return frontier.take(scope) ?? assert.fail('nothing is due');
}

function picture(name: string): Target['leadPicture'] {
  return { src: `https://i.guancha.cn/${name}.jpg`, width: '970px', height: null };
}
