/** What hands that died left open is ended by those that live; a hand that was only silent goes on in another file. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openMemory } from '../../src/archive/memory.ts';
import { openTrash } from '../../src/archive/trash.ts';
import { openCaptures } from '../../src/capture/captures.ts';
import { openCaptureReader } from '../../src/capture/read-captures.ts';
import { watchLeftBehind } from '../../src/cluster/left-behind.ts';
import { openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { exchangeOf } from '../support/fetched-page.ts';
import { connectTo, type PostgresServer, skippedWithout, startPostgres } from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb');
let server: PostgresServer;
if (skip === false) {
  before(async () => {
    server = await startPostgres();
  });
  after(() => server?.[Symbol.asyncDispose]());
}

const LONG_MS = 3_600_000;

describe('captures of a hand that fell silent', { skip }, () => {
  it('are ended by another one, once, and lose nothing where the hand was only stopped', async () => {
    const postgres = await server.database();
    migrateCluster(postgres);
    const place = { archive: '/nonexistent', cluster: { postgres } };
    using first = openOperations(place);
    using second = openOperations(place);
    const [one, other] = [first.shared, second.shared];
    assert.ok(one !== null && other !== null);
    const storage = openMemory();
    const trash = openTrash(storage, { now: new Date() });
    const reader = openCaptureReader(storage);
    const { payloads } = first.journal;
    const captures = openCaptures(storage, {
      wholePictures: true,
      payloads,
      software: 'test',
      now: Date.now,
      hand: one.hands.name.slice(-8),
    });
    one.hands.beat({ command: 'worker', inHand: [], leads: false });
    const early = await captures.write(
      exchangeOf({ url: 'https://www.guancha.cn/early', body: Buffer.from('early') }),
      'page',
    );
    const look = async () => {
      await using _look = watchLeftBehind({ storage, trash, shared: other }, () => {});
    };
    await look();
    assert.ok((await storage.stat(`${early.file}.open`)) !== null, 'it lives');

    await using client = await connectTo(postgres);
    await client.query(`UPDATE hands SET seen_at = seen_at - ${LONG_MS}`);
    using alone = one.alone();
    assert.ok(alone !== null);
    await look();
    assert.ok((await storage.stat(`${early.file}.open`)) !== null, 'another one is at it');
    alone[Symbol.dispose]();
    await look();
    assert.equal(await storage.stat(`${early.file}.open`), null);

    const late = await captures.write(
      exchangeOf({ url: 'https://www.guancha.cn/late', body: Buffer.from('late') }),
      'page',
    );
    assert.notEqual(late.file, early.file);
    await captures[Symbol.asyncDispose]();
    for (const [place, body] of [
      [early, 'early'],
      [late, 'late'],
    ] as const)
      assert.equal(Buffer.from((await reader.exchange(place)).response.body).toString(), body);
  });
});
