/**
 * The database of a cluster: PostgreSQL behind the port, whose members wait for their answer like those of SQLite. The
 * connection lives in a thread of its own, and this one sleeps until the answer is there: so a transaction is never interleaved
 * with other work of the process, and queue and journal are written once for both databases. A statement takes a fraction of
 * a millisecond, and a hand makes some dozens of them in the four seconds between two requests to the site. No wait is without
 * an end: a server that does not answer within seconds is DATABASE_AWAY.
 */
import { extname } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { type Database, type Dialect, type Row, unlessRefused, type Value } from './database.ts';
import { ArchiveError, type ErrorCode } from './errors.ts';
import type { Answer, Failure, Request, Result, ThreadData } from './postgres-thread.ts';
import { redacted, withoutSecrets } from './service-address.ts';

interface PostgresOptions {
  /** The server refuses every change. */
  readonly readOnly?: boolean;
  /** The longest wait for a connection. */
  readonly connectMs?: number;
  /** The longest wait for an answer to one statement, and for rows that others hold. */
  readonly statementMs?: number;
}

/**
 * @param url `postgres://user:password@host:port/database`; what it leaves out comes from PGPASSWORD and the like
 * @throws DATABASE_AWAY, DATABASE_REFUSED; no message names user or password
 */
export function openPostgres(
  url: string,
  { readOnly = false, connectMs = 5000, statementMs = 10_000 }: PostgresOptions = {},
): Database {
  using opened = new DisposableStack();
  const thread = opened.use(openThread({ url, readOnly, connectMs, statementMs }));
  let session: number | null = null; // of the open transaction
  const ask = (request: Omitted<Request, 'session'>, of: number | null = session): Result => {
    const answer = thread.ask({ ...request, session: of });
    if ('message' in answer) throw knownFailure(answer, url);
    return answer;
  };
  const names = new Map<string, string>();
  let cursors = 0;
  const database: Database = {
    dialect: POSTGRES,
    prepare: (sql) => {
      const { text, count } = numbered(sql);
      const name = names.get(text) ?? `s${names.size}`;
      names.set(text, name);
      const query = (values: readonly Value[]) =>
        ask({ kind: 'query', sql: text, values: given(values, count, sql), name });
      return {
        run: (...values) => query(values).changed,
        get: (...values) => rowsOf(query(values))[0],
        all: (...values) => rowsOf(query(values)),
        iterate: function* (...values) {
          const cursor = `c${cursors++}`;
          const declare = `DECLARE ${cursor} NO SCROLL CURSOR WITH HOLD FOR ${text}`;
          const fetch = { kind: 'query', sql: `FETCH ${FETCHED} FROM ${cursor}`, values: [], name: null } as const;
          const { session: own } = ask({ kind: 'query', sql: declare, values: given(values, count, sql), name: null });
          try {
            for (let rows = rowsOf(ask(fetch, own)); rows.length > 0; rows = rowsOf(ask(fetch, own))) yield* rows;
          } finally {
            unlessRefused(() => ask({ kind: 'exec', sql: `CLOSE ${cursor}` }, own));
          }
        },
      };
    },
    exec: (sql) => void ask({ kind: 'exec', sql }),
    transaction: (work) => {
      if (session !== null) return work();
      session = ask({ kind: 'begin' }).session;
      try {
        const result = work();
        ask({ kind: 'end', commit: true });
        return result;
      } catch (error) {
        unlessRefused(() => ask({ kind: 'end', commit: false }));
        throw error;
      } finally {
        session = null;
      }
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
  ask({ kind: 'exec', sql: 'SELECT 1' });
  const kept = opened.move();
  return database;
}

type Omitted<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** So many rows of a long answer are in memory at once. */
const FETCHED = 1000;

const POSTGRES: Dialect = {
  texts: (parameter) => `jsonb_array_elements_text(CAST(${parameter} AS JSONB)) AS texts (value)`,
  gathered: (column) => `CAST(json_agg(${column} ORDER BY ${column}) AS TEXT)`,
  indexed: () => '',
  forUpdate: 'FOR UPDATE SKIP LOCKED',
};

function rowsOf({ columns, rows }: Result): readonly Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
}

/**
 * The same statement with PostgreSQL's parameters.
 * @returns how many there are, too
 */
export function numbered(sql: string): { readonly text: string; readonly count: number } {
  let count = 0;
  const text = sql.replaceAll(
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\?(\d*)/g,
    (whole, number?: string) => {
      if (number === undefined) return whole;
      const place = number === '' ? count + 1 : Number(number);
      count = Math.max(count, place);
      return `$${place}`;
    },
  );
  return { text, count };
}

/** PostgreSQL keeps no NUL in a text. Like what has no form in UTF-8, it comes back as U+FFFD. */
function given(values: readonly Value[], count: number, sql: string): readonly Value[] {
  if (values.length !== count) throw new TypeError(`${values.length} values for ${count} parameters: ${sql}`);
  return values.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '\u{fffd}') : value));
}

// The thread, and the wait for its answers.

interface Thread extends Disposable {
  ask(request: Request): Answer;
}

const CLOSE_MS = 1000;
/** What a thread needs to start on a busy machine, beside what the server may take. */
const START_MS = 10_000;

function openThread(options: Omit<ThreadData, 'port' | 'answered'>): Thread {
  let running: Running | null = null;
  const ask = (request: Request, waitMs: number): Answer => {
    running ??= start(options);
    const answer = waitFor(running, request, waitMs);
    if (answer !== null) return answer;
    void running.worker.terminate(); // with what it goes on to do; the next request has a new one
    running = null;
    return { state: null, code: 'ETIMEDOUT', message: `no answer within ${waitMs} ms`, isConnecting: false };
  };
  return {
    ask: (request) => ask(request, options.connectMs + options.statementMs + START_MS),
    [Symbol.dispose]: () => {
      if (running === null) return;
      ask({ kind: 'close', session: null }, CLOSE_MS);
      void running?.worker.terminate();
      running = null;
    },
  };
}

interface Running {
  readonly worker: Worker;
  readonly port: InstanceType<typeof MessageChannel>['port1'];
  readonly answered: Int32Array<SharedArrayBuffer>;
}

function start(options: Omit<ThreadData, 'port' | 'answered'>): Running {
  const { port1: port, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: ThreadData = { ...options, port: port2, answered };
  const file = new URL(`./postgres-thread${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(file, { workerData, transferList: [port2] });
  worker.unref(); // it keeps no process alive
  port.unref();
  return { worker, port, answered };
}

/** @returns null where none came in time */
function waitFor({ port, answered }: Running, request: Request, waitMs: number): Answer | null {
  const before = Atomics.load(answered, 0);
  port.postMessage(request);
  if (Atomics.wait(answered, 0, before, waitMs) === 'timed-out') return null;
  return (receiveMessageOnPort(port)?.message as Answer | undefined) ?? null;
}

// What the server refuses, as known failures.

/** By SQLSTATE, or its first two signs (PostgreSQL, appendix A). What is missing here is DATABASE_DAMAGED. */
const STATES: Readonly<Record<string, ErrorCode>> = {
  '08': 'DATABASE_AWAY', // connection
  '0A': 'DATABASE_AWAY', // a prepared statement whose table has changed: the next connection prepares it anew
  '25006': 'DATABASE_REFUSED', // a server that only answers
  '25P03': 'DATABASE_AWAY', // idle for too long in a transaction
  '28': 'DATABASE_REFUSED', // user or password
  '3D': 'DATABASE_REFUSED', // no such database
  '40': 'DATABASE_AWAY', // rolled back for the sake of another one
  '42501': 'DATABASE_REFUSED', // no permission
  '42P01': 'DATABASE_NOT_READY', // no such table
  '53100': 'ARCHIVE_FULL',
  '53': 'DATABASE_AWAY', // memory, connections
  '55P03': 'DATABASE_AWAY', // a row that another connection holds
  '57': 'DATABASE_AWAY', // shut down, or the statement took too long
  '58': 'ARCHIVE_IO',
};

function knownFailure({ state, code, message, isConnecting }: Failure, url: string): ArchiveError {
  const detail = redacted(`${withoutSecrets(url)}: ${message}`, url);
  const unknown = isConnecting ? 'DATABASE_REFUSED' : 'DATABASE_DAMAGED';
  if (state !== null) return new ArchiveError(STATES[state] ?? STATES[state.slice(0, 2)] ?? unknown, detail);
  // While connecting: an error of the network, or of what was agreed on (TLS, the way of the password).
  const isOfNetwork = !isConnecting || /^E(?!RR_)[A-Z_]+$/.test(code ?? '') || /timeout|terminated/.test(message);
  return new ArchiveError(isOfNetwork ? 'DATABASE_AWAY' : 'DATABASE_REFUSED', detail);
}
