/** Results of threads come in the order of their pieces; a fault or an abort ends all of them with its reason. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ArchiveError } from '../src/errors.ts';
import { openPool } from '../src/pool.ts';
import { open, thread } from './support/pool-thread.ts';

const never = new AbortController().signal;

describe('a pool of threads', () => {
  for (const threads of [1, 3]) {
    it(`gives one result a piece, in their order, by ${threads} threads`, async () => {
      const tasks = Array.from({ length: threads }, () => ({ times: 2 }));
      await using pool = openPool(tasks, { open, thread, signal: never });
      const pieces = Array.from({ length: 50 }, (_, i) => i);
      async function* late() {
        yield* pieces;
      }
      const wanted = pieces.map((piece) => piece * 2);
      assert.deepEqual(await Array.fromAsync(pool.run(pieces)), wanted);
      assert.deepEqual(await Array.fromAsync(pool.run(late())), wanted);
      await pool.finish();
    });

    it(`throws what a thread of ${threads} failed with, and ends`, async () => {
      const tasks = Array.from({ length: threads }, () => ({ times: 2 }));
      await using pool = openPool(tasks, { open, thread, signal: never });
      await assert.rejects(Array.fromAsync(pool.run([1, 2, -1, 3])), /no piece: -1/);
    });

    it(`throws a known failure of ${threads} as the same known failure`, async () => {
      const tasks = Array.from({ length: threads }, () => ({ times: 2 }));
      await using pool = openPool(tasks, { open, thread, signal: never });
      await assert.rejects(
        Array.fromAsync(pool.run([1, -2, 3])),
        (error) => error instanceof ArchiveError && error.code === 'ARCHIVE_IO' && error.detail === 'a bad block',
      );
    });

    it(`ends ${threads} threads with the reason of an abort`, async () => {
      const stop = new AbortController();
      const tasks = Array.from({ length: threads }, () => ({ times: 2 }));
      await using pool = openPool(tasks, { open, thread, signal: stop.signal });
      const reason = new Error('enough');
      const endless = function* () {
        for (let i = 0; ; i++) {
          if (i === 20) stop.abort(reason);
          yield i;
        }
      };
      await assert.rejects(Array.fromAsync(pool.run(endless())), (error) => error === reason);
    });
  }
});
