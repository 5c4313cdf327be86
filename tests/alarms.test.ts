/** Alarms of a schedule: each thing once, while it is wrong. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Alarm, createAlarms, type RaisedAlarms } from '../src/alarms/alarms.ts';
import type { SourceAlarm } from '../src/alarms/sources.ts';

const MINUTE = 60_000;

/** As the journal keeps them. */
function openRaised(): RaisedAlarms {
  const rows = new Map<string, Alarm>();
  return {
    all: () => [...rows.values()],
    add: (alarm) => void rows.set(`${alarm.about} ${alarm.what}`, alarm),
    remove: ({ about, what }) => void rows.delete(`${about} ${what}`),
  };
}

function bench(raised: RaisedAlarms = openRaised()) {
  let now = 1_000_000;
  const reported: string[] = [];
  const alarms = createAlarms({
    raised,
    now: () => now,
    onAlarm: ({ about, what }: Alarm) => void reported.push(`${about} ${what}`),
  });
  return {
    alarms,
    reported,
    later: (timeMs: number) => {
      now += timeMs;
    },
    now: () => now,
  };
}

const few = (since: number): SourceAlarm => ({ source: '要闻', what: 'few', detail: '2 entries', since });
const unread = (since: number): SourceAlarm => ({ source: '要闻', what: 'unread', detail: 'three times', since });

describe('an alarm', () => {
  it('of a host is raised once it is silent for a quarter of an hour, and ends with an answer', () => {
    const { alarms, reported, later } = bench();
    alarms.silent('www', '503');
    later(14 * MINUTE);
    alarms.silent('www', '503');
    assert.deepEqual(reported, []);
    later(MINUTE);
    alarms.silent('www', '503');
    alarms.silent('www', '503');
    assert.deepEqual(reported, ['www unreachable']);
    assert.equal(alarms.current()[0]?.since, 1_000_000);
    alarms.answered('www');
    assert.deepEqual(alarms.current(), []);
    alarms.silent('www', '503');
    assert.deepEqual(reported, ['www unreachable']);
  });

  it('that was reported is not reported again by the next run, and its end is known to the one after', () => {
    const raised = openRaised();
    const first = bench(raised);
    first.alarms.silent('www', '503');
    first.later(15 * MINUTE);
    first.alarms.silent('www', '503');
    first.alarms.read('要闻', { host: 'www', isRead: true, alarms: [few(1)] });
    const second = bench(raised);
    assert.deepEqual(second.alarms.current(), first.alarms.current());
    second.alarms.silent('www', '503');
    second.later(15 * MINUTE);
    second.alarms.silent('www', '503');
    second.alarms.read('要闻', { host: 'www', isRead: true, alarms: [few(1)] });
    assert.deepEqual(second.reported, []);
    second.alarms.answered('www');
    assert.deepEqual(
      bench(raised)
        .alarms.current()
        .map(({ about, what }) => `${about} ${what}`),
      ['要闻 few'],
    );
  });

  it('of a list that cannot be read is not raised while nothing else of its host can be', () => {
    const { alarms, reported, later, now } = bench();
    const since = now();
    later(MINUTE);
    alarms.read('要闻', { host: 'www', isRead: false, alarms: [unread(since)] });
    assert.deepEqual(reported, []);
    alarms.answered('www');
    alarms.read('要闻', { host: 'www', isRead: false, alarms: [unread(since)] });
    assert.deepEqual(reported, ['要闻 unread']);
  });

  it('of what a list gives holds while the list cannot be read, and is not reported again', () => {
    const { alarms, reported, later, now } = bench();
    alarms.read('要闻', { host: 'www', isRead: true, alarms: [few(now())] });
    later(MINUTE);
    alarms.read('要闻', { host: 'www', isRead: false, alarms: [] });
    alarms.read('要闻', { host: 'www', isRead: true, alarms: [few(now())] });
    assert.deepEqual(reported, ['要闻 few']);
    alarms.read('要闻', { host: 'www', isRead: true, alarms: [] });
    assert.deepEqual(alarms.current(), []);
  });

  it('of refusals ends with an answer, one of drift when the drift does', () => {
    const { alarms, reported } = bench();
    const drift = { layout: 'classic', what: 'field byline', before: 0.9, now: 0.1 };
    alarms.refuses('www', 'left alone');
    alarms.drifts([drift]);
    alarms.drifts([drift]);
    assert.deepEqual(reported, ['www refuses', 'classic drift field byline']);
    alarms.answered('www');
    assert.equal(alarms.current().length, 1);
    alarms.drifts([]);
    assert.deepEqual(alarms.current(), []);
  });

  it('is never there twice at once, whatever happens', () => {
    const event = fc.constantFrom(
      'answered',
      'silent',
      'refuses',
      'few',
      'unread',
      'well',
      'drift',
      'no drift',
      'later',
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { alarms, later, now } = bench();
        for (const each of events) {
          if (each === 'answered') alarms.answered('www');
          if (each === 'silent') alarms.silent('www', 'no answer');
          if (each === 'refuses') alarms.refuses('www', 'left alone');
          if (each === 'few') alarms.read('要闻', { host: 'www', isRead: true, alarms: [few(now())] });
          if (each === 'unread') alarms.read('要闻', { host: 'www', isRead: false, alarms: [unread(now())] });
          if (each === 'well') alarms.read('要闻', { host: 'www', isRead: true, alarms: [] });
          if (each === 'drift') alarms.drifts([{ layout: 'classic', what: 'flag no-time', before: 0, now: 1 }]);
          if (each === 'no drift') alarms.drifts([]);
          if (each === 'later') later(16 * MINUTE);
          const keys = alarms.current().map(({ about, what }) => `${about} ${what}`);
          assert.equal(new Set(keys).size, keys.length);
        }
      }),
    );
  });
});
