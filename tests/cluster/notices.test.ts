/** Of several machines that deliver the notices of a cluster each notice is delivered by one, and of one that dies none is lost. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/clock.ts';
import { ArchiveError } from '../../src/errors.ts';
import { openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { createHook } from '../../src/notify/hook.ts';
import { createNotifier, reportFailure } from '../../src/notify/notifier.ts';
import { temporaryFolder } from '../support/command.ts';
import { openReceiver } from '../support/receiver.ts';
import { type PostgresServer, skippedWithout, startPostgres } from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb');
let server: PostgresServer;
if (skip === false) {
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());
}

const signal = new AbortController().signal;
const HOOK = 'h';

async function openPlace() {
  const postgres = await server.database();
  migrateCluster(postgres);
  const folder = await temporaryFolder();
  return {
    place: { archive: folder.path, cluster: { postgres } },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function addTo({ journal }: ReturnType<typeof openOperations>, hook: string, count: number): void {
  for (let i = 0; i < count; i++)
    journal.outbox.add({ id: `${i}`, hook, to: 'somebody', on: 'alarm', body: JSON.stringify({ number: i }) });
}

describe('the notices of a cluster', { skip }, () => {
  it('arrive once each, though two machines deliver at the same time', async () => {
    await using opened = await openPlace();
    await using receiver = await openReceiver();
    const hook = createHook({ on: ['alarm'], webhook: receiver.url });
    using one = openOperations(opened.place);
    using two = openOperations(opened.place);
    addTo(one, hook.key, 30);
    const notifiers = [one, two].map(({ journal }) =>
      createNotifier({ hooks: [hook], outbox: journal.outbox, clock: systemClock, log: () => {} }),
    );
    const done = await Promise.all(notifiers.map((notifier) => notifier.deliver({ signal })));
    assert.equal(
      done.reduce((sum, { delivered }) => sum + delivered, 0),
      30,
    );
    assert.deepEqual(
      receiver.heard.map(({ body }) => Number(body.number)).toSorted((a, b) => a - b),
      Array.from({ length: 30 }, (_, i) => i),
    );
    assert.deepEqual([one.journal.outbox.waiting(), one.journal.outbox.nextDue()], [0, null]);
  });

  it('are given to one at a time, given back in their order, and delivered by another one where it died', async () => {
    await using opened = await openPlace();
    using one = openOperations(opened.place);
    using two = openOperations(opened.place);
    addTo(one, HOOK, 2);
    const [mine, other] = [one.journal.outbox.next(HOOK), two.journal.outbox.next(HOOK)];
    assert.deepEqual([mine?.id, other?.id, one.journal.outbox.next(HOOK)], ['0', '1', null]);
    if (mine !== null) one.journal.outbox.giveBack(mine);
    assert.equal(two.journal.outbox.next(HOOK)?.id, '0');
    const due = one.journal.outbox.nextDue() ?? Number.POSITIVE_INFINITY;
    assert.ok(
      due - Date.now() <= 301_000,
      'what was in the hands of a machine that died waits for minutes, and no longer',
    );
    two.journal.outbox.delivered('0');
    if (mine !== null) one.journal.outbox.giveBack(mine);
    assert.equal(one.journal.outbox.next(HOOK), null, 'what has arrived is not given back');
  });

  it('have the failure of a schedule among them, and reach somebody where the database is away', async () => {
    await using opened = await openPlace();
    await using receiver = await openReceiver();
    const hooks = [createHook({ on: ['run-failed'], webhook: receiver.url })];
    const options = { command: 'schedule', hooks, log: () => {}, signal };
    const failure = new ArchiveError('ARCHIVE_FULL', 'why');
    await reportFailure(failure, { ...options, place: opened.place });
    await reportFailure(failure, { ...options, place: opened.place });
    assert.deepEqual(
      receiver.heard.map(({ body }) => body.code),
      ['ARCHIVE_FULL'],
      'by two schedules, once',
    );
    const away = { ...opened.place, cluster: { postgres: 'postgres://archive:secret@127.0.0.1:1/none' } };
    await reportFailure(failure, { ...options, place: away });
    assert.equal(receiver.heard.length, 2);
  });
});
