/** The state of a cluster is the same wherever it is looked at, and a process that says nothing is told from one that works. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openVisitQueue } from '../../src/cluster/queue.ts';
import { figuresOf, readCluster } from '../../src/cluster/state.ts';
import { openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { createMetrics } from '../../src/monitor/metrics.ts';
import { createMonitorState } from '../../src/monitor/state.ts';
import { target } from '../frontier.contract.ts';
import { run, temporaryFolder } from '../support/command.ts';
import { openReadingRoom } from '../support/reading-room.ts';
import {
  connectTo,
  freePort,
  type PostgresServer,
  type Server,
  skippedWithout,
  startPostgres,
  startRedis,
} from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb', 'redis-server');
let postgresServer: PostgresServer;
let redisServer: Server & { readonly url: string };
if (skip === false) {
  before(async () => {
    [postgresServer, redisServer] = await Promise.all([startPostgres(), startRedis()]);
  });
  after(async () => {
    await postgresServer?.[Symbol.asyncDispose]();
    await redisServer?.[Symbol.asyncDispose]();
  });
}

/** A leader, a hand at work, one that died with an article in hand an hour ago; a host that is asked, and one that is left alone. */
async function openBusyCluster() {
  const postgres = await postgresServer.database();
  migrateCluster(postgres);
  const folder = await temporaryFolder();
  const cluster = { postgres, redis: redisServer.url };
  const open = () => openOperations({ archive: folder.path, cluster }, { command: 'worker' });
  const [leader, hand, dead] = [open(), open(), open()];
  leader.frontier.add([target(1), target(2), target(3)]);
  leader.shared?.hands.beat({ command: 'schedule', inHand: [], leads: true });
  dead.frontier.take(['guancha:1']);
  dead.shared?.hands.beat({ command: 'worker', inHand: ['guancha:1'], leads: true });
  hand.frontier.take(['guancha:2']);
  hand.shared?.hands.beat({ command: 'worker', inHand: ['guancha:2'], leads: false });
  hand.shared?.claims.claim('www.guancha.cn', 60_000);
  const pause = { nextAt: Date.now() + 600_000, reason: 'status 503', failures: 1 };
  hand.journal.hosts.setPause('i.guancha.cn', pause);
  await using client = await connectTo(postgres);
  const name = dead.shared?.hands.name ?? '';
  await client.query('UPDATE hands SET seen_at = seen_at - 3600000 WHERE name = $1', [name]);
  await client.query(`UPDATE targets SET leased_until = 1 WHERE id = 'guancha:1'`);
  const all = [leader, hand, dead];
  return {
    cluster,
    folder: folder.path,
    hand,
    names: { leader: leader.shared?.hands.name ?? '', hand: hand.shared?.hands.name ?? '', dead: name },
    [Symbol.asyncDispose]: async () => {
      for (const each of all) each[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('the state of a cluster', { skip }, () => {
  it('is what one look finds: who works, who is silent, what is leased, queued and asked', async () => {
    await using busy = await openBusyCluster();
    await using queue = openVisitQueue(busy.cluster.redis, () => {});
    await queue.lengths(); // it is connected then
    await queue.offer([{ id: 'guancha:3', attempts: 0 }]);
    const state = await readCluster(busy.hand, queue);
    assert.deepEqual(
      new Map(state?.hands.map(({ name, isSilent, leads, inHand }) => [name, { isSilent, leads, inHand }])),
      new Map([
        [busy.names.leader, { isSilent: false, leads: true, inHand: [] as string[] }],
        [busy.names.hand, { isSilent: false, leads: false, inHand: ['guancha:2'] }],
        [busy.names.dead, { isSilent: true, leads: true, inHand: ['guancha:1'] }],
      ]),
    );
    assert.deepEqual(state?.leases, { held: 1, ranOut: 1 });
    assert.deepEqual(state?.queue, { waiting: 1, inHand: 0 });
    assert.deepEqual(
      [state?.claims.map(({ host, hand }) => [host, hand]), state?.pauses.map(({ host }) => host)],
      [[['www.guancha.cn', busy.names.hand]], ['i.guancha.cn']],
    );
  });

  it('is said by cluster status', async () => {
    await using busy = await openBusyCluster();
    const config = join(busy.folder, 'config.yaml');
    await writeFile(config, JSON.stringify({ archive: './archive', cluster: busy.cluster }));
    const status = await run(['cluster', 'status', '--config', config]);
    assert.equal(status.code, 0, status.stderr);
    const { leader, hand, dead } = busy.names;
    assert.match(status.stdout, new RegExp(`schedule +${leader} +leads +since `));
    assert.match(status.stdout, new RegExp(`worker +${hand} +since .* in hand: guancha:2`));
    assert.match(status.stdout, new RegExp(`worker +${dead} +says nothing since `));
    assert.match(status.stdout, /3 articles wait, 1 in hand, 1 of dead hands/);
    assert.match(status.stdout, new RegExp(`www\\.guancha\\.cn: asked by ${hand}`));
    assert.match(status.stdout, /i\.guancha\.cn is left alone until .*: status 503/);
  });

  it('is shown by the page of the runs, in both languages', async () => {
    await using busy = await openBusyCluster();
    const room = await openReadingRoom({ folder: busy.folder, cluster: busy.cluster });
    const page = await room.text('/run?lang=en');
    for (const name of Object.values(busy.names)) assert.ok(page.includes(name), name);
    assert.match(page, /<b>leads<\/b>/);
    assert.equal(page.match(/silent since /g)?.length, 1);
    assert.match(page, /Articles in hand: 1\..*Left by dead processes, to be given out again: 1\./);
    assert.match(page, /Queue of visits: /);
    assert.match(page, new RegExp(`www\\.guancha\\.cn is being asked by ${busy.names.hand}`));
    assert.match(await room.text('/run?lang=zh'), /<h2>集群<\/h2>/);
    assert.deepEqual(room.faults, []);
    room.end();
  });

  it('gives orders of the page to the leader, and takes none from a database that is away', async () => {
    await using busy = await openBusyCluster();
    const room = await openReadingRoom({ folder: busy.folder, cluster: busy.cluster });
    const token = /name="token" value="([^"]+)"/.exec(await room.text('/run'))?.[1] ?? '';
    const url = 'https://www.guancha.cn/politics/2022_01_28_623950.shtml';
    const body = new URLSearchParams({ url, token }).toString();
    const sent = await room.reader.request('http://localhost/run/order', {
      method: 'POST',
      body,
      headers: {
        host: 'localhost',
        origin: 'http://localhost',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(body.length),
      },
    });
    assert.deepEqual([sent.status, sent.headers.get('location')], [303, '/run?order=1']);
    assert.deepEqual(
      busy.hand.journal.orders.open().map(({ number, askedBy }) => [number, askedBy]),
      [[1, 'serve']],
    );
    assert.ok((await room.text('/run?order=1&lang=en')).includes(`schedule ${busy.names.leader} does it`));
    room.end();

    const away = { postgres: `postgres://archive:secret@127.0.0.1:${await freePort()}/none`, redis: null };
    const lost = await openReadingRoom({ cluster: away });
    const page = await lost.text('/run?lang=en');
    assert.match(page, /The state of the runs cannot be read: .*postgres:\/\/127\.0\.0\.1/);
    assert.ok(!page.includes('secret'));
    lost.end();
  });

  it('is measured without a name of a machine or an article', async () => {
    await using busy = await openBusyCluster();
    await using queue = openVisitQueue(busy.cluster.redis, () => {});
    const monitor = createMonitorState({ staleMs: 60_000, now: Date.now });
    const metrics = createMetrics(monitor);
    assert.doesNotMatch(await metrics.text(), /cluster/, 'of one machine');
    const state = await readCluster(busy.hand, queue);
    assert.ok(state !== null);
    monitor.setCluster(figuresOf(state, 1_790_000_000_000));
    const text = await metrics.text();
    for (const line of [
      'hands{command="schedule",state="working"} 1',
      'hands{command="worker",state="working"} 1',
      'hands{command="worker",state="silent"} 1',
      'leaders 1',
      'leases{state="held"} 1',
      'leases{state="ran_out"} 1',
      'queue_up{queue="visit"} 1',
      'hosts_in_hand 1',
      'seen_timestamp_seconds 1790000000',
    ])
      assert.ok(text.includes(`guancha_archive_cluster_${line}\n`), `${line}\n${text}`);
    for (const name of [...Object.values(busy.names), 'guancha:', 'www.guancha.cn']) assert.ok(!text.includes(name));
    monitor.setCluster(figuresOf({ ...state, hands: [], queue: 'away' }, Date.now()));
    const later = await metrics.text();
    assert.match(later, /cluster_queue_up\{queue="visit"\} 0/);
    assert.doesNotMatch(later, /cluster_(?:hands|queue_jobs)\{/);
  });
});
