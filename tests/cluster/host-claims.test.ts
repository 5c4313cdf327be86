/** Hosts of a cluster are in one hand at a time, with the pause counted from the answer, by the clock of the database. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { createPoliteness } from '../../src/fetch/politeness.ts';
import { type Operations, openOperations } from '../../src/frontier/operations.ts';
import { migrateCluster } from '../../src/frontier/postgres.ts';
import { connectTo, type PostgresServer, skippedWithout, startPostgres } from '../support/servers.ts';

const skip = skippedWithout('postgres', 'initdb');
let server: PostgresServer;
let postgres = '';
if (skip === false) {
  before(async () => {
    server = await startPostgres();
    postgres = await server.database();
    migrateCluster(postgres);
  });
  after(async () => server?.[Symbol.asyncDispose]());
}

const LEASE_MS = 60_000;
const open = (): Operations => openOperations({ archive: '/nowhere', cluster: { postgres } });

function sharedOf({ shared }: Operations): NonNullable<Operations['shared']> {
  assert.ok(shared !== null);
  return shared;
}

function tokenOf(claim: object): string {
  assert.ok('token' in claim && typeof claim.token === 'string', JSON.stringify(claim));
  return claim.token;
}

describe('a claim of a host', { skip }, () => {
  it('is given to one hand, and to the next one a pause after it is given back', async () => {
    using one = open();
    using two = open();
    const [a, b] = [sharedOf(one).claims, sharedOf(two).claims];
    const token = tokenOf(a.claim('host', LEASE_MS));
    assert.deepEqual(
      a.held().map(({ host, hand }) => [host, hand]),
      [['host', sharedOf(one).hands.name]],
    );
    const refused = b.claim('host', LEASE_MS);
    assert.ok('againInMs' in refused && refused.againInMs > LEASE_MS - 5000 && refused.againInMs <= LEASE_MS);
    assert.ok('token' in b.claim('assets host', LEASE_MS), 'pictures are claimed for themselves');
    a.release('host', token, 3000);
    const early = b.claim('host', LEASE_MS);
    assert.ok('againInMs' in early && early.againInMs <= 3001, JSON.stringify(early));
    await sleep(early.againInMs);
    const next = tokenOf(b.claim('host', LEASE_MS));
    a.release('host', token, 0);
    assert.equal(a.extend('host', token, LEASE_MS), false);
    assert.ok(b.extend('host', next, LEASE_MS), 'what came late changed nothing');
  });

  it('waits for a pause that another hand began, and no shorter one takes its place', () => {
    using one = open();
    using two = open();
    const away = { nextAt: sharedOf(one).now() + 3_600_000, reason: 'status 503', failures: 3 };
    one.journal.hosts.setPause('paused', away);
    two.journal.hosts.setPause('paused', { nextAt: sharedOf(two).now() + 4000, reason: null, failures: 0 });
    assert.deepEqual(two.journal.hosts.pause('paused'), { ...away, nextAt: Math.ceil(away.nextAt) });
    assert.ok('againInMs' in sharedOf(two).claims.claim('paused', LEASE_MS));
    two.journal.hosts.forget('paused');
    assert.ok('token' in sharedOf(two).claims.claim('paused', LEASE_MS));
  });

  it("that ran out is another's to take, and cannot be made longer", async () => {
    using one = open();
    using two = open();
    const token = tokenOf(sharedOf(one).claims.claim('stopped', LEASE_MS));
    await using client = await connectTo(postgres);
    await client.query(`UPDATE host_claims SET held_until = held_until - ${2 * LEASE_MS} WHERE host = 'stopped'`);
    assert.equal(sharedOf(one).claims.extend('stopped', token, LEASE_MS), false);
    assert.ok('token' in sharedOf(two).claims.claim('stopped', LEASE_MS));
  });

  it('is not believed where a wrong clock wrote it', async () => {
    using one = open();
    await using client = await connectTo(postgres);
    const ahead = Date.now() + 400 * 24 * 3_600_000;
    await client.query(`INSERT INTO host_claims VALUES ('wrong', ${ahead}, 'x', 'y', ${ahead})`);
    assert.ok('token' in sharedOf(one).claims.claim('wrong', LEASE_MS));
  });
});

describe('the politeness of several hands', { skip }, () => {
  it('never has two requests in flight to a host, and leaves the whole pause from each answer to the next request', async () => {
    const pauseMs = 40;
    const hands = Array.from({ length: 4 }, open);
    const times: { from: number; to: number }[] = [];
    await Promise.all(
      hands.map(async (each) => {
        const politeness = createPoliteness({
          intervalMs: pauseMs,
          assetIntervalMs: pauseMs,
          backoffMs: 1000,
          longestPauseMs: 3_600_000,
          hosts: each.journal.hosts,
          claims: sharedOf(each).claims,
          clock: { ...systemClock, now: sharedOf(each).now },
          log: () => {},
        });
        for (let i = 0; i < 8; i++)
          await politeness.page('http://together/', AbortSignal.timeout(60_000), async () => {
            const from = performance.now();
            await sleep((i % 3) * 7);
            times.push({ from, to: performance.now() });
            return { status: 200, headers: {} };
          });
      }),
    );
    for (const each of hands) each[Symbol.dispose]();
    times.sort((a, b) => a.from - b.from);
    assert.equal(times.length, 32);
    const gaps = times.slice(1).map(({ from }, i) => from - (times[i]?.to ?? 0));
    assert.ok(Math.min(...gaps) >= pauseMs, `${Math.min(...gaps)}`);
  });
});

describe('hands', { skip }, () => {
  it('are known by what they say, until they leave or are silent for long', async () => {
    using one = open();
    using two = open();
    const [a, b] = [sharedOf(one).hands, sharedOf(two).hands];
    a.beat({ command: 'worker', inHand: ['guancha:1'], leads: false });
    b.beat({ command: 'schedule', inHand: [], leads: true });
    b.beat({ command: 'schedule', inHand: [], leads: false });
    const known = (hands = a.working()) =>
      hands.map(({ name, command, inHand, leads }) => ({ name, command, inHand, leads }));
    const all = [
      { name: a.name, command: 'worker', inHand: ['guancha:1'], leads: false },
      { name: b.name, command: 'schedule', inHand: [], leads: false },
    ].toSorted((x, y) => (x.name < y.name ? -1 : 1));
    assert.deepEqual(known(), all);
    b.leave();
    await using client = await connectTo(postgres);
    await client.query('UPDATE hands SET seen_at = seen_at - 60000');
    assert.deepEqual(known(), []);
    assert.deepEqual(known(a.all()), [{ name: a.name, command: 'worker', inHand: ['guancha:1'], leads: false }]);
    await client.query('UPDATE hands SET seen_at = seen_at - 86400000');
    assert.deepEqual(known(a.all()), []);
  });
});
