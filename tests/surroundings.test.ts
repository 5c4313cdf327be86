/** The short form of `npm run surroundings`: some commands in some bad surroundings. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tryAllSurroundings } from './torture/surroundings.ts';

it('commands end in order where they may not write, or nobody can read', async () => {
  const told = await tryAllSurroundings({
    only: ['archive read-only', 'stdout full'],
    commands: ['status', 'seal'],
    seconds: 120,
    say: () => {},
  });
  assert.deepEqual(told, { count: 6, wrong: [] });
});

it('every command has a call in them', async () => {
  await assert.doesNotReject(
    tryAllSurroundings({ only: ['none of them'], commands: ['version'], seconds: 120, say: () => {} }),
  );
});
