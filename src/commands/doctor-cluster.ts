/** The checks of `doctor` for the services of a cluster: its database, its queue, its store. Nothing of theirs is changed. */
import { temporaryName } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import { isS3Address } from '../archive/s3-address.ts';
import { tryStore } from '../archive/try-store.ts';
import { askRedis, type RedisFacts } from '../cluster/ask-redis.ts';
import type { Config } from '../config.ts';
import { askDatabase, type DatabaseFacts, openCluster } from '../frontier/postgres.ts';
import { withoutSecrets } from '../service-address.ts';
import { bad, type Check, type Found, ok, unlessRefused, warn } from './found.ts';

/** Those of what the configuration names, in the order in which they are printed. */
export function clusterChecks({ postgres, redis, storage }: Config['cluster']): Readonly<Record<string, Check>> {
  return {
    ...(postgres === null ? {} : databaseChecks(postgres)),
    ...(redis === null ? {} : { redis: () => checkRedis(redis) }),
    ...(storage === null ? {} : { store: checkStore }),
  };
}

// The database. One that is away or refuses is said once.

function databaseChecks(url: string): Readonly<Record<string, Check>> {
  let asked: DatabaseFacts | null = null;
  const ofFacts =
    (check: (facts: DatabaseFacts) => Found | Promise<Found>): Check =>
    () =>
      asked === null ? bad('not asked', 'see postgres') : check(asked);
  return {
    postgres: () =>
      unlessRefused(async () => {
        asked = askDatabase(url);
        return checkVersion(url, asked);
      }),
    tables: ofFacts(() => checkTables(url)),
    clocks: ofFacts(checkClocks),
    places: ofFacts(checkConnections),
    vacuum: ofFacts(checkVacuum),
  };
}

/** `idle_session_timeout`, by which a schedule that hangs loses the lead, came with PostgreSQL 14. */
const OLDEST_POSTGRES = 14;

function checkVersion(url: string, { version, isReadOnly }: DatabaseFacts): Found {
  const major = Math.floor(version / 10_000);
  const says = `${withoutSecrets(url)} is PostgreSQL ${major}.${version % 10_000}`;
  if (major < OLDEST_POSTGRES) return bad(says, `install PostgreSQL ${OLDEST_POSTGRES} or later`);
  if (isReadOnly) return bad(`${says}, and only answers: a standby`, 'name the primary under cluster.postgres');
  return ok(says);
}

function checkTables(url: string): Promise<Found> {
  return unlessRefused(async () => {
    using _database = openCluster(url, { readOnly: true });
    return ok('the tables are those of this version');
  });
}

const CLOCKS_MS = { warn: 5000, bad: 60_000 } as const;

function checkClocks({ aheadMs }: DatabaseFacts): Found {
  const apartMs = Math.abs(aheadMs);
  const says = `the database's clock is ${(apartMs / 1000).toFixed(1)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  const fix = 'set both by NTP: a cluster goes by the clock of its database, and dates what it archives by it';
  if (apartMs >= CLOCKS_MS.bad) return bad(says, fix);
  return apartMs >= CLOCKS_MS.warn ? warn(says, fix) : ok(says);
}

/** A hand has one connection, a schedule that leads two, a reader and a command one each. */
const SPARE = 5;

function checkConnections({ connections }: DatabaseFacts): Found {
  const { most, used, own } = connections;
  const says = `${used} of ${most} connections are in use, ${own} of them by this program`;
  return most - used < SPARE ? warn(says, 'raise max_connections, or end what else is connected') : ok(says);
}

function checkVacuum({ autovacuum, deadShare }: DatabaseFacts): Found {
  const dead = `${Math.round(100 * deadShare)} % of the queue's rows are dead`;
  if (!autovacuum)
    return warn(
      `autovacuum is off, ${dead}`,
      'switch autovacuum and track_counts on: the queue gets larger and slower without it',
    );
  return deadShare < MOST_DEAD
    ? ok(`autovacuum is on, ${dead}`)
    : warn(dead, 'look for a transaction that was left open: vacuum keeps whatever it could still see');
}

const MOST_DEAD = 0.5;

// The queue.

/** BullMQ starts with no older one, and recommends the other (its class RedisConnection). */
const OLDEST_REDIS = [5, 0] as const;
const RECOMMENDED_REDIS = [6, 2] as const;

async function checkRedis(url: string): Promise<Found> {
  const asked = await askRedis(url);
  const name = withoutSecrets(url);
  if ('failure' in asked) return bad(`${name}: ${asked.failure}`, 'start Redis, or correct cluster.redis');
  const says = `${name} is Redis ${asked.version}; what it holds need not survive`;
  if (isOlder(asked, OLDEST_REDIS)) return bad(says, `install Redis ${RECOMMENDED_REDIS.join('.')} or later`);
  if (asked.isReplica) return bad(`${says}, and only answers: a replica`, 'name the master under cluster.redis');
  if (asked.mode === 'cluster')
    return bad(`${says}, as a Redis cluster`, 'take one Redis: the keys of a queue must lie together');
  if (asked.policy !== 'noeviction')
    return bad(
      `${says}; it evicts by ${asked.policy}, keys of the queue too`,
      'set maxmemory-policy to noeviction, as BullMQ demands',
    );
  return isOlder(asked, RECOMMENDED_REDIS)
    ? warn(says, `BullMQ recommends Redis ${RECOMMENDED_REDIS.join('.')} or later`)
    : ok(says);
}

function isOlder({ version }: RedisFacts, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

// The store.

/** Writes as a run does: an object store that does not keep the conditions of writes shows itself. */
const checkStore: Check = ({ config }) =>
  unlessRefused(async () => {
    const { storage } = config.cluster;
    const store = await openStorage(config);
    const local = `; ${config.archive} is the folder of this machine`;
    if (storage !== null && isS3Address(storage)) {
      await tryStore(store);
      return ok(`${store.name} can be written, and keeps its conditions${local}`);
    }
    const key = `${temporaryName('doctor')}`;
    for (const text of ['', 'doctor']) await store.write(key, text);
    await store.remove(key);
    return ok(`${store.name} can be written${local}`);
  });
