/** Work that is to be handed over to a run that does not take it: every command that hands over does the same then. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { lockArchive } from '../src/frontier/lock.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { start, temporaryFolder } from './support/command.ts';
import { ARCHIVED } from './support/mistakes/cases.ts';
import { makeWorld } from './support/mistakes/world.ts';
import { runHere } from './support/run-here.ts';

const CALLS: readonly (readonly [command: string, ...rest: string[]])[] = [
  ['archive', ARCHIVED],
  ['crawl'],
  ['backfill', '--from', '2026-10-01', '--to', '2026-10-02'],
  ['repair'],
  ['seal'],
];

describe('beside a run that holds the archive', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let lock: Awaited<ReturnType<typeof lockArchive>>;
  const at = (name: string) => join(folder.path, name);
  const withConfig = ([command, ...rest]: (typeof CALLS)[number]) => [command, '--config', at('config.yaml'), ...rest];
  before(async () => {
    folder = await temporaryFolder();
    await makeWorld(folder.path);
    lock = await lockArchive(at('full'), 'crawl');
  });
  after(async () => {
    await lock[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  for (const call of CALLS)
    it(`and never answers, ${call[0]} waits, says for whom, and leaves its order there when it is stopped`, async () => {
      const running = start(withConfig(call));
      await running.says('handed over to crawl on');
      running.child.kill('SIGINT');
      const ended = await running.ended;
      assert.equal(ended.code, 130, ended.stderr);
      assert.match(
        ended.stderr,
        /order \d+ stays with the run that holds the archive: orders cancel \d+ takes it back/,
      );
      using operations = openOperations(at('full'), { readOnly: true });
      assert.equal(operations.journal.orders.open().at(-1)?.kind, call[0]);
    });

  it('and is of a version without orders, all of them end with exit code 6 and leave no order', async () => {
    const path = at('full/lock.json');
    const text = readFileSync(path, 'utf8');
    const { takesOrders: _, ...older } = JSON.parse(text) as Record<string, unknown>;
    const count = () => {
      using operations = openOperations(at('full'), { readOnly: true });
      return operations.journal.orders.open().length;
    };
    const orders = count();
    writeFileSync(path, JSON.stringify(older));
    try {
      for (const call of CALLS) {
        const told = await runHere(withConfig(call));
        assert.equal(told.exit, 6, `${call[0]}: ${told.stderr}`);
        assert.match(told.stderr, /ARCHIVE_IN_USE[\s\S]*its version of the program takes no orders/);
      }
      assert.equal(count(), orders);
    } finally {
      writeFileSync(path, text);
    }
  });
});
