/** What every journal remembers; an adapter's test calls this with the way to an empty database. Each member has its scenario. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Database } from '../src/database.ts';
import { type Journal, openJournal } from '../src/journal/journal.ts';
import { openTurnedClock, type TurnedClock } from './support/turned-clock.ts';

const START = Date.UTC(2026, 9, 14);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ISO = new Date(START).toISOString();

type Scenario<Part> = (part: Part, clock: TurnedClock, journal: Journal) => void;

const SCENARIOS: { readonly [Name in keyof Journal]: Scenario<Journal[Name]> } = {
  visits: (visits, clock) => {
    assert.equal(visits.lastWellAt(), null);
    visits.note('guancha:2', 'gone');
    clock.advance(HOUR);
    visits.note('guancha:1', 'archived');
    visits.note('guancha:2', 'unchanged');
    visits.note('guancha:2', 'unchanged');
    clock.advance(HOUR);
    visits.note('guancha:1', 'unchanged');
    const at = (hours: number) => new Date(START + hours * HOUR).toISOString();
    assert.deepEqual(visits.of('guancha:2'), [
      { outcome: 'unchanged', at: at(1) },
      { outcome: 'gone', at: at(0) },
    ]);
    assert.equal(visits.lastWellAt(), START + 2 * HOUR);
    assert.deepEqual([visits.lastWell(9), visits.lastWell(1)], [['guancha:1', 'guancha:2'], ['guancha:1']]);
  },
  revisits: (revisits) => {
    const due = { dueAt: START, lastAt: START + DAY };
    const article = (id: 'guancha:1' | 'guancha:2' | 'guancha:10' | 'fengwen:1') => ({
      id,
      url: `https://example.org/${id}`,
    });
    for (const id of ['guancha:2', 'guancha:10', 'fengwen:1'] as const) revisits.plan(article(id), due);
    revisits.plan(article('guancha:1'), { ...due, dueAt: START + 0.5 });
    const ids = (...given: Parameters<typeof revisits.due>) => revisits.due(...given).map(({ id }) => id);
    assert.deepEqual(ids(START, 9), ['fengwen:1', 'guancha:10', 'guancha:2'], 'in the order of bytes');
    assert.deepEqual(ids(START + 1, 2, 'guancha'), ['guancha:10', 'guancha:2']);
    assert.deepEqual(ids(START + 1, 9, 'fengwen'), ['fengwen:1']);
    revisits.begin('guancha:2');
    revisits.begin('guancha:2');
    const second = { ...article('guancha:2'), ...due };
    assert.deepEqual(revisits.due(START, 9)[2], { ...second, attempts: 0, begun: 2 });
    revisits.giveBack('guancha:2');
    revisits.postpone('guancha:2', START + 1);
    assert.deepEqual(revisits.due(START + 1, 9)[3], { ...second, dueAt: START + 1, attempts: 1, begun: 0 });
    revisits.plan(article('guancha:10'), null);
    assert.deepEqual(revisits.counts(START), { planned: 3, due: 1 });
  },
  rechecks: (rechecks) => {
    const at = (days: number) => ({ firstAt: START, at: START + days * DAY });
    for (const days of [0.5, 0.74, 1, 1.2, 1.6, 5.2, 8, 10, 11]) rechecks.note('guancha:1', at(days));
    rechecks.note('guancha:10', at(1.5));
    assert.deepEqual(rechecks.of('guancha:1'), { day: START + DAY, week: START + 8 * DAY }, 'the first at each age');
    assert.deepEqual(rechecks.of('guancha:10'), { day: START + 1.5 * DAY, week: null });
    assert.deepEqual(rechecks.of('guancha:2'), { day: null, week: null });
  },
  slots: (slots) => {
    const state = { dueAt: START, servedAt: null, intervalMs: HOUR };
    assert.equal(slots.get('头条', 'rule'), null);
    slots.plan('头条', 'rule', state);
    assert.deepEqual([slots.get('头条', 'rule'), slots.get('头条', 'another')], [state, null]);
    const run = { slotAt: START, startedAt: START, endedAt: START + 5, entries: 60, fresh: 2, code: null };
    const next = { ...state, dueAt: START + HOUR, servedAt: START + 5 };
    slots.serve('头条', 'rule', run, next);
    slots.serve('头条', 'rule', { ...run, entries: 1 }, next);
    slots.serve('要闻', 'rule', { ...run, code: 'NETWORK' }, next);
    assert.deepEqual(slots.get('头条', 'rule'), next);
    const expected = [
      { source: '头条', ...run },
      { source: '要闻', ...run, code: 'NETWORK' },
    ];
    assert.deepEqual(slots.since(START), expected);
    slots.serve('头条', 'rule', { ...run, slotAt: START + 91 * DAY, endedAt: START + 91 * DAY }, next);
    assert.equal(slots.since(0).length, 1, 'old ones go');
  },
  sightings: (sightings) => {
    sightings.note('头条', ['guancha:2', 'guancha:1', 'guancha:2'], START + 5);
    sightings.note('头条', ['guancha:2'], START);
    sightings.note('要闻', ['guancha:2'], START + 9);
    sightings.note('要闻', [], START);
    assert.deepEqual(sightings.of('guancha:2'), [
      { source: '头条', firstAt: START, lastAt: START + 5 },
      { source: '要闻', firstAt: START + 9, lastAt: START + 9 },
    ]);
    const first = { id: 'guancha:1', sources: ['头条'], firstAt: START + 5, lastAt: START + 5 };
    const second = { id: 'guancha:2', sources: ['头条', '要闻'], firstAt: START, lastAt: START + 9 };
    assert.deepEqual([...sightings.since(0)], [first, second]);
    assert.deepEqual([...sightings.since(START + 6)], [second]);
  },
  latencies: (latencies) => {
    latencies.add('要闻', { publishedAt: START - 91 * DAY, archivedAt: START - 91 * DAY });
    for (let i = 1; i <= 100; i++) latencies.add('头条', { publishedAt: START, archivedAt: START + i });
    latencies.add('要闻', { publishedAt: START + 1, archivedAt: START });
    assert.deepEqual(latencies.since(0), [
      { source: '头条', articles: 100, medianMs: 50, p95Ms: 95 },
      { source: '要闻', articles: 1, medianMs: 0, p95Ms: 0 },
    ]);
  },
  fieldSamples: (samples) => {
    const sample = (layout: string) => ({ layout, filled: ['byline'], flags: [] });
    for (const layout of ['a', 'b', 'c']) samples.add(sample(layout));
    assert.deepEqual(samples.newest(), ['c', 'b', 'a'].map(sample));
  },
  sourceSamples: (samples) => {
    const sample = {
      source: '头条',
      at: START,
      kind: null,
      url: 'u',
      entries: 1,
      fresh: 2,
      untitled: 3,
      untimed: 4,
      code: null,
      elapsedMs: 5,
    };
    for (let i = 0; i < 202; i++) samples.add({ ...sample, at: START + i });
    samples.add({ ...sample, source: '要闻', code: 'NETWORK', kind: 'html' });
    const kept = samples.of('头条');
    assert.deepEqual([kept.length, kept[0]], [200, { ...sample, at: START + 201 }]);
    assert.deepEqual(samples.of('要闻'), [{ ...sample, source: '要闻', code: 'NETWORK', kind: 'html' }]);
  },
  followed: (followed) => {
    followed.note('专题', 'b', START);
    followed.note('专题', 'a', START + 1);
    followed.note('专题', 'b', START + 2);
    assert.deepEqual(followed.next('专题', ['a', 'b', 'c', 'd'], 3), ['c', 'd', 'a']);
  },
  listWalks: (walks) => {
    assert.equal(walks.nextPage('w', 'u'), 1);
    walks.setNextPage('w', 'u', 7);
    assert.equal(walks.nextPage('w', 'u'), 7);
    walks.setNextPage('w', 'u', null);
    assert.equal(walks.nextPage('w', 'u'), null);
    walks.forget('w');
    assert.equal(walks.nextPage('w', 'u'), 1);
  },
  probes: (probes) => {
    const probe = { number: 2, day: '2026-10-14', inferred: '2026-10-14', outcome: 'gone', at: START } as const;
    const other = { ...probe, number: 1, outcome: 'article' } as const;
    probes.note({ ...probe, outcome: 'failed' });
    probes.note(probe);
    probes.note({ ...probe, day: '2026-10-13', at: START + 1 });
    probes.note(other);
    assert.deepEqual([...probes.all()], [other, probe, { ...probe, day: '2026-10-13', at: START + 1 }]);
    probes.takeBack(START + 1);
    assert.deepEqual(probes.of(2), [probe]);
  },
  hosts: (hosts) => {
    const file = { text: 'User-agent: *', status: 200, at: START, nextAt: START + DAY, tries: 1 };
    assert.deepEqual([hosts.pause('a'), hosts.robots('https://a')], [{ nextAt: 0, reason: null, failures: 0 }, null]);
    hosts.setPause('a', { nextAt: START + 4000, reason: null, failures: 0 });
    hosts.setPause('b', { nextAt: START + 5000, reason: 'HTTP 503', failures: 2 });
    hosts.setPause('c', { nextAt: START + 400 * DAY, reason: 'by a wrong clock', failures: 1 });
    hosts.setRobots('https://b', file);
    assert.deepEqual([hosts.nextAt('a'), hosts.nextAt('c')], [START + 4000, START]);
    assert.deepEqual(hosts.pauses(), [{ host: 'b', until: new Date(START + 5000).toISOString(), reason: 'HTTP 503' }]);
    assert.deepEqual(hosts.robots('https://b'), file);
    assert.deepEqual([hosts.forget('b'), hosts.forget('b')], [true, false]);
    assert.deepEqual([hosts.pause('b').nextAt, hosts.robots('https://b')], [0, null]);
  },
  lookups: (lookups) => {
    lookups.set('u', START + 0.5);
    lookups.set('v', START + 400 * DAY);
    assert.deepEqual(['u', 'v', 'w'].map(lookups.nextAt), [START + 1, START, 0]);
  },
  orders: (orders, clock) => {
    const order = { kind: 'archive', arguments: { urls: ['u'] }, askedBy: 'archive, process 1' } as const;
    const [first, second] = [orders.add(order), orders.add({ ...order, kind: 'crawl' })];
    assert.deepEqual([first, second, orders.hasWaiting(['repair'])], [1, 2, false]);
    assert.equal(orders.take(['crawl'], 'one')?.number, 2);
    assert.deepEqual(
      [orders.take(['crawl'], 'one'), orders.isTaken(2, 'one'), orders.isTaken(2, 'other')],
      [null, true, false],
    );
    assert.deepEqual([orders.release('other'), orders.release(), orders.isTaken(2, 'one')], [0, 1, false]);
    assert.equal(orders.take(['archive'], 'two')?.askedAt, START);
    orders.addArticles(1, [{ id: 'guancha:1', url: 'u' }]);
    orders.served(1, 'guancha:1');
    assert.deepEqual(orders.articles(1), [{ id: 'guancha:1', url: 'u', served: true }]);
    for (const text of ['a', 'b']) orders.note(1, { text });
    assert.deepEqual(orders.events(1, 1), [{ place: 2, event: { text: 'b' } }]);
    orders.progress(1, 1, 2);
    orders.end(1, 'other', { state: 'done', exit: 0 });
    assert.deepEqual([orders.find(1)?.state, orders.find(1)?.done], ['taken', 1]);
    orders.end(1, 'two', { state: 'done', exit: 3 });
    assert.deepEqual([orders.find(1)?.exit, orders.cancel(1), orders.cancel(2)], [3, false, true]);
    assert.deepEqual(orders.open(), []);
    clock.advance(31 * DAY);
    orders.add(order);
    assert.deepEqual([orders.find(1), orders.events(1, 0), orders.open().length], [null, [], 1]);
  },
  outbox: (outbox, clock) => {
    const notice = { id: '1', hook: 'h', to: 'webhook https://example.org', on: 'edited', body: '{}' };
    for (const id of ['1', '2', '2', '3']) outbox.add({ ...notice, id, hook: id === '3' ? 'gone' : 'h' });
    assert.deepEqual([outbox.waiting(), outbox.next('other')], [3, null]);
    const given = outbox.next('h');
    if (given !== null) outbox.giveBack(given);
    assert.deepEqual(outbox.next('h'), { id: '1', on: 'edited', body: '{}', attempts: 0, dueAt: START });
    assert.deepEqual(['1', '3', '4'].map(outbox.has), [true, true, false]);
    outbox.delivered('1');
    assert.equal(outbox.has('1'), true, 'delivered, and known all the same');
    outbox.failed('2', { error: 'why', at: START + HOUR });
    assert.deepEqual([outbox.next('h'), outbox.nextDue()], [null, START]);
    assert.equal(outbox.giveUpOthers(['h', "it's"]), 1);
    assert.equal(outbox.nextDue(), START + HOUR);
    clock.advance(HOUR);
    assert.equal(outbox.next('h')?.attempts, 1);
    outbox.failed('2', { error: 'again', at: null });
    assert.equal(outbox.nextDue(), null);
    const failed = { on: 'edited', to: notice.to };
    assert.deepEqual(outbox.givenUp(9), [
      { id: '2', ...failed, attempts: 2, error: 'again', at: new Date(START + HOUR).toISOString() },
      { id: '3', ...failed, attempts: 0, error: 'the hook is not configured any more', at: ISO },
    ]);
    clock.advance(91 * DAY);
    outbox.add({ ...notice, id: '4' });
    assert.deepEqual(outbox.givenUp(9), []);
  },
  runs: (runs, clock, { runs: { unfinishedSince } }) => {
    assert.deepEqual([unfinishedSince, runs.beganAt()], [null, START]);
    assert.deepEqual(
      [runs.lastRun()?.command, runs.lastRun()?.startedAt, runs.lastRun()?.endedAt],
      ['first', ISO, null],
    );
    clock.advance(HOUR);
    runs.endRun();
    runs.close();
    assert.equal(runs.lastRun()?.endedAt, new Date(START + HOUR).toISOString());
  },
  places: (places) => {
    assert.equal(places.get('fengwen:1'), null);
    places.set('fengwen:1', 'a');
    places.set('fengwen:1', 'b');
    assert.equal(places.get('fengwen:1'), 'b');
  },
  alarms: (alarms) => {
    alarms.add({ about: '头条', what: 'empty', detail: 'a', since: START + 1 });
    alarms.add({ about: '要闻', what: 'empty', detail: 'b', since: START });
    alarms.add({ about: '头条', what: 'empty', detail: 'c', since: START + 2 });
    const first = { about: '要闻', what: 'empty', detail: 'b', since: START };
    assert.deepEqual(alarms.all(), [first, { about: '头条', what: 'empty', detail: 'c', since: START + 2 }]);
    alarms.remove(first);
    assert.equal(alarms.all().length, 1);
  },
  forms: (forms, clock) => {
    forms.note('guancha:1', [
      { form: 'a', text: 'x' },
      { form: 'b', text: 'y' },
    ]);
    clock.advance(1);
    forms.note('guancha:2', [{ form: 'a', text: 'z' }]);
    forms.note('guancha:1', [{ form: 'b', text: 'w' }]);
    assert.deepEqual(forms.all(), [
      { form: 'a', articles: 2, firstAt: START, lastAt: START + 1 },
      { form: 'b', articles: 1, firstAt: START, lastAt: START + 1 },
    ]);
    assert.deepEqual(forms.examples('a', 9), [
      { id: 'guancha:2', text: 'z' },
      { id: 'guancha:1', text: 'x' },
    ]);
    assert.deepEqual(forms.examples('b', 1), [{ id: 'guancha:1', text: 'w' }]);
  },
  doubts: (doubts, _clock, { revisits }) => {
    const doubt = { shown: 's', detail: 'd', seen: [ISO], looks: 1 };
    assert.equal(doubts.of('guancha:1'), null);
    doubts.set('guancha:10', doubt);
    doubts.set('guancha:1', doubt);
    doubts.set('guancha:1', { ...doubt, seen: [], looks: 2 });
    revisits.plan({ id: 'guancha:1', url: 'u' }, { dueAt: START, lastAt: START });
    assert.deepEqual(doubts.all(), [
      { id: 'guancha:1', ...doubt, seen: [], looks: 2, againAt: ISO },
      { id: 'guancha:10', ...doubt, againAt: null },
    ]);
    doubts.end('guancha:1');
    assert.deepEqual([doubts.of('guancha:1'), doubts.of('guancha:10')], [null, doubt]);
  },
  payloads: (payloads) => {
    const held = (offset: number) => ({ place: { file: 'f', offset, length: 3 }, record: 'r', url: 'u', date: ISO });
    assert.deepEqual([payloads.find('sha256:a'), payloads.ofUrl('u')], [null, null]);
    payloads.note('u', 'sha256:a', held(1));
    payloads.note('v', 'sha256:a', held(2));
    payloads.note('u', 'sha256:a', held(3));
    assert.deepEqual([payloads.find('sha256:a'), payloads.ofUrl('v')], [held(3), held(2)], 'the newest');
    payloads.forget('sha256:a');
    assert.equal(payloads.ofUrl('u'), null);
  },
};

/** @param name of the adapter. @param empty whose tables are there, without rows */
export function testJournal(name: string, empty: () => Database, skip: string | false = false): void {
  describe(`the journal, ${name}`, { skip }, () => {
    for (const part of Object.keys(SCENARIOS) as (keyof Journal)[]) {
      it(`keeps its ${part}, every member of it`, () => {
        const clock = openTurnedClock(START);
        const journal = openJournal(empty(), { now: clock.now, command: 'first', longestPauseMs: 6 * HOUR });
        const called = new Set<string>();
        // Of a scenario for `part` TypeScript knows only that it takes one of all the parts.
        (SCENARIOS[part] as Scenario<object>)(watched(journal[part], called), clock, journal);
        const members = Object.entries(journal[part]).filter(([, member]) => typeof member === 'function');
        assert.deepEqual([...called].sort(), members.map(([member]) => member).sort());
      });
    }

    it('knows since when runs have not come to their end', () => {
      const clock = openTurnedClock(START);
      const database = empty();
      const begin = (command: string | null) =>
        openJournal(database, { now: clock.now, command, longestPauseMs: HOUR }).runs;
      assert.equal(begin('first').unfinishedSince, null);
      clock.advance(HOUR);
      const second = begin('second');
      assert.equal(second.unfinishedSince, START);
      second.endRun();
      assert.deepEqual([begin('third').unfinishedSince, begin(null).lastRun()?.command], [null, 'third']);
      assert.equal(begin('fourth').unfinishedSince, START + HOUR);
    });
  });
}

function watched<Part extends object>(part: Part, called: Set<string>): Part {
  return new Proxy(part, {
    get: (target, member, receiver) => {
      called.add(String(member));
      return Reflect.get(target, member, receiver) as unknown;
    },
  });
}
