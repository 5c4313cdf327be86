/** The clock that tests turn: it stands, jumps by what is slept, and never goes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTurnedClock } from './support/turned-clock.ts';

test('it stands still, and goes forward by what is slept or turned', async () => {
  const clock = openTurnedClock(1000);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(clock.now(), 1000);
  const slept = clock.sleep(86_400_000);
  assert.equal(clock.now(), 86_401_000);
  await slept;
  clock.advance(5);
  assert.equal(clock.now(), 86_401_005);
  assert.throws(() => clock.advance(-1), RangeError);
  await clock.sleep(-7);
  assert.equal(clock.now(), 86_401_005);
});

test('a sleep ends on a later turn of the event loop, after what was due before it', async () => {
  const clock = openTurnedClock(0);
  const order: string[] = [];
  setImmediate(() => order.push('due'));
  const slept = clock.sleep(10).then(() => order.push('slept'));
  await Promise.resolve();
  assert.deepEqual(order, []);
  await slept;
  assert.deepEqual(order, ['due', 'slept']);
});

test('an abort ends a sleep with its reason; one that came before leaves the clock alone', async () => {
  const clock = openTurnedClock(0);
  const reason = new Error('enough');
  const during = new AbortController();
  const slept = clock.sleep(10, { signal: during.signal });
  during.abort(reason);
  await assert.rejects(slept, reason);
  assert.equal(clock.now(), 10);
  await assert.rejects(clock.sleep(10, { signal: AbortSignal.abort(reason) }), reason);
  assert.equal(clock.now(), 10);
});

test('listeners are called with the time, until they want no more', async () => {
  const clock = openTurnedClock(0);
  const times: number[] = [];
  const stop = clock.onAdvance((now) => times.push(now));
  await clock.sleep(3);
  await clock.sleep(0);
  clock.advance(4);
  stop();
  clock.advance(5);
  assert.deepEqual(times, [3, 7]);
});
