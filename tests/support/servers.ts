/**
 * Servers of a cluster for tests: PostgreSQL and Redis, found where Debian and others put them, started on free ports with
 * everything in a temporary folder, and ended with the test. PostgreSQL does not run as root, and is started as nobody then.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, globSync, openSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { descendantsOf } from './processes.ts';

/** Which package brings which program. */
export const PACKAGES = {
  postgres: 'postgresql-15',
  'redis-server': 'redis-server',
  'ceph-mon': 'ceph-mon',
  'ceph-osd': 'ceph-osd',
  radosgw: 'radosgw',
} as const;

type Program = keyof typeof PACKAGES | 'initdb';

/** Null where it is not there. */
export function findProgram(name: Program): string | null {
  const folders = [
    ...globSync('/usr/lib/postgresql/*/bin').toSorted().reverse(),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/**
 * Why tests that need these programs are skipped; false where all are there, and where they must run: a program that is
 * missing then fails the test (`npm run test:cluster`).
 */
export function skippedWithout(...names: readonly Program[]): string | false {
  const absent = names.filter((name) => findProgram(name) === null);
  if (absent.length === 0 || process.env.CLUSTER_TESTS === 'required') return false;
  return `${absent.join(' and ')} not found: npm run test:cluster installs it`;
}

export interface Server extends AsyncDisposable {
  readonly port: number;
  /** What is stored is kept. */
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** SIGSTOP and SIGCONT, to the server and what it started. */
  signal(signal: NodeJS.Signals): void;
}

export interface PostgresServer extends Server {
  /** A new, empty database, by the user `archive`. */
  database(): Promise<string>;
}

/** The password has signs that are encoded in an address. */
export const PASSWORD = 's3cret/p@ss:wörd';
export const addressOf = (port: number, database: string, password = PASSWORD) =>
  `postgres://archive:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

/** Texts are ordered by the rules of a language there, so that a statement that needs the order of bytes has to say so. */
export async function startPostgres(more: readonly string[] = []): Promise<PostgresServer> {
  const folder = await serverFolder('guancha-postgres-');
  const data = join(folder, 'data');
  const password = join(folder, 'password');
  await writeFile(password, PASSWORD);
  await chmod(password, 0o644);
  const init = ['-D', data, '-U', 'archive', `--pwfile=${password}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--no-sync'];
  const language = ['--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en'];
  await finished(spawnAside(requireProgram('initdb'), [...init, ...language], folder));
  const port = await freePort();
  // Shared memory as files of its own folder: a server that is killed leaves nothing elsewhere.
  const memory = ['shared_memory_type=mmap', 'dynamic_shared_memory_type=mmap'];
  const network = ['listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const settings = [...network, ...memory, 'fsync=off', 'log_min_messages=fatal', ...more];
  const server = await serverOf({
    program: requireProgram('postgres'),
    args: ['-D', data, '-p', String(port), ...settings.flatMap((each) => ['-c', each])],
    folder,
    port,
    stopSignal: 'SIGINT',
    isReady: async () => {
      await using client = await connectTo(addressOf(port, 'postgres'));
      await client.query('SELECT 1');
    },
  });
  return {
    ...server,
    database: async () => {
      const name = `t${randomUUID().replaceAll('-', '')}`;
      await using client = await connectTo(addressOf(port, 'postgres'));
      await client.query(`CREATE DATABASE ${name}`);
      return addressOf(port, name);
    },
  };
}

/** What is stored is lost where it stops. */
export async function startRedis(): Promise<Server & { readonly url: string }> {
  const folder = await serverFolder('guancha-redis-');
  const port = await freePort();
  const server = await serverOf({
    program: requireProgram('redis-server'),
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    folder,
    port,
    stopSignal: 'SIGTERM',
    isReady: () => connects(port),
  });
  return { ...server, url: `redis://127.0.0.1:${port}` };
}

/** A connection of a test's own, beside the one under test. */
export async function connectTo(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => {}); // a test that stops the server knows
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.end().catch(() => {}) });
}

interface ServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly port: number;
  readonly stopSignal: NodeJS.Signals;
  /** Throws as long as it is not. */
  readonly isReady: () => Promise<void>;
}

async function serverOf({ program, args, folder, port, stopSignal, isReady }: ServerOptions): Promise<Server> {
  let running: ChildProcess | null = null;
  const kill = (signal: NodeJS.Signals) => {
    const pid = running?.pid;
    if (pid === undefined) return;
    // PostgreSQL has a process for each connection, each in a group of its own.
    for (const each of [pid, ...descendantsOf(pid)]) {
      try {
        process.kill(each, signal);
      } catch {
        // It has ended already.
      }
    }
  };
  const atExit = () => kill('SIGKILL');
  process.on('exit', atExit);
  const server: Server = {
    port,
    start: async () => {
      running = spawnAside(program, args, folder);
      await ready(running, isReady);
    },
    stop: async (signal = stopSignal) => {
      const ending = running;
      if (ending === null) return;
      const ended = ending.exitCode === null && ending.signalCode === null ? once(ending) : Promise.resolve();
      if (signal === 'SIGKILL') kill(signal);
      else ending.kill(signal);
      await ended;
      running = null;
    },
    signal: kill,
    [Symbol.asyncDispose]: async () => {
      process.off('exit', atExit);
      kill('SIGCONT');
      await server.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

const READY_MS = 60_000;

async function ready(child: ChildProcess, isReady: () => Promise<void>): Promise<void> {
  const until = performance.now() + READY_MS;
  for (;;) {
    try {
      return await isReady();
    } catch (error) {
      if (child.exitCode !== null || performance.now() > until) throw error;
      await sleep(50);
    }
  }
}

async function serverFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  if (isRoot()) await chown(folder, NOBODY, NOBODY);
  return folder;
}

const NOBODY = 65_534;
const isRoot = () => process.getuid?.() === 0;

/** What it says goes to `log` in its folder. */
function spawnAside(program: string, args: readonly string[], folder: string): ChildProcess {
  const user = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
  const log = openSync(join(folder, 'log'), 'a');
  try {
    return spawn(program, args, { cwd: folder, stdio: ['ignore', log, log], ...user });
  } finally {
    closeSync(log);
  }
}

async function finished(child: ChildProcess): Promise<void> {
  await once(child);
  if (child.exitCode !== 0) throw new Error(`${child.spawnfile} ended with ${child.exitCode ?? child.signalCode}`);
}

function once(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => child.once('exit', () => resolve()).once('error', reject));
}

function requireProgram(name: Program): string {
  const program = findProgram(name);
  if (program === null) throw new Error(`${name} is not installed`);
  return program;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

async function connects(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(void socket.destroy())).once('error', reject);
  });
}
