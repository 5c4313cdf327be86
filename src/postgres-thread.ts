/** The thread that holds a connection to PostgreSQL: answers one request after the other, and connects anew where it was cut. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { Client, types } from 'pg';
import type { Value } from './database.ts';

export interface ThreadData {
  readonly url: string;
  readonly port: MessagePort;
  /** Counted up with each answer, so that the other thread can wait for it. */
  readonly answered: Int32Array<SharedArrayBuffer>;
  readonly readOnly: boolean;
  readonly connectMs: number;
  readonly statementMs: number;
}

/** @property session the connection that it is for: a transaction or a cursor is lost with its connection; null for any */
export type Request = { readonly session: number | null } & (
  | { readonly kind: 'query'; readonly sql: string; readonly values: readonly Value[]; readonly name: string | null }
  | { readonly kind: 'exec'; readonly sql: string }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end'; readonly commit: boolean }
  | { readonly kind: 'close' }
);

export type Answer = Result | Failure;

export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly changed: number;
  readonly session: number;
}

/** @property state SQLSTATE of the server (PostgreSQL, appendix A); null where the server did not say it */
export interface Failure {
  readonly state: string | null;
  readonly code: string | null;
  readonly message: string;
  readonly isConnecting: boolean;
}

const INT8 = 20;
const NUMERIC = 1700;
types.setTypeParser(INT8, Number);
types.setTypeParser(NUMERIC, Number);

const { url, port, answered, readOnly, connectMs, statementMs } = workerData as ThreadData;

/** A hand that was stopped in the middle of a transaction keeps its rows from the others for so long; a large step, which has the time, longer. */
const IDLE_MS = 15_000;

/**
 * Plans that sort
 * or look through a table are never better here, and statistics lag behind a table that fills; without this a plan that was
 * made of an empty table is kept for a million rows.
 */
const SETTINGS = `
  SET statement_timeout = ${statementMs}; SET lock_timeout = ${statementMs}; SET idle_in_transaction_session_timeout = ${Math.max(IDLE_MS, statementMs)};
  SET client_min_messages = error; SET enable_seqscan = off; SET enable_sort = off; SET jit = off;
  SET default_transaction_read_only = ${readOnly ? 'on' : 'off'};`;

/** The server says itself that a statement takes too long; this is for one that says nothing. */
const SILENCE_MS = 2000;

let client: Client | null = null;
let session = 0;
let isConnecting = false;

port.on('message', (request: Request) => void answer(request));

async function answer(request: Request): Promise<void> {
  let said: Answer;
  try {
    said = await done(request);
  } catch (error) {
    said = failureOf(error);
  }
  port.postMessage(said);
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
}

async function done(request: Request): Promise<Result> {
  if (request.kind === 'close') {
    const open = client;
    client = null;
    await open?.end();
    return nothing();
  }
  if (request.session !== null && (client === null || request.session !== session)) throw new Error(CUT);
  const open = await connected();
  switch (request.kind) {
    case 'query': {
      const { sql: text, values, name } = request;
      const query = { text, values: [...values], rowMode: 'array' as const, ...(name === null ? {} : { name }) };
      const { fields, rows, rowCount } = await open.query<(string | number | null)[]>(query);
      return { columns: fields.map((field) => field.name), rows, changed: rowCount ?? 0, session };
    }
    case 'exec':
      await open.query(request.sql);
      return nothing();
    case 'begin':
      await open.query('BEGIN');
      return nothing();
    case 'end': {
      const { command } = await open.query(request.commit ? 'COMMIT' : 'ROLLBACK');
      // After a statement that failed the server takes COMMIT for ROLLBACK, and calls it a success.
      if (request.commit && command !== 'COMMIT')
        throw new Error('the transaction was rolled back: a statement failed');
      return nothing();
    }
    default:
      return request satisfies never;
  }
}

const CUT = 'the connection was lost in the middle of a transaction';

function nothing(): Result {
  return { columns: [], rows: [], changed: 0, session };
}

async function connected(): Promise<Client> {
  if (client !== null) return client;
  isConnecting = true;
  const fresh = new Client({
    connectionString: url,
    application_name: 'guancha-archive',
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs + SILENCE_MS,
    keepAlive: true,
  });
  fresh.on('error', () => drop(fresh)); // also between two requests
  fresh.on('end', () => drop(fresh));
  try {
    await fresh.connect();
    await fresh.query(SETTINGS);
  } catch (error) {
    void fresh.end().catch(() => {}); // it is of no use, whatever it says
    throw error;
  }
  client = fresh;
  session += 1;
  isConnecting = false;
  return fresh;
}

function drop(lost: Client): void {
  if (client === lost) client = null;
}

/** A connection is kept only where the server says that no more than the statement failed. */
function failureOf(error: unknown): Failure {
  const { message, code, severity } = error as { message?: unknown; code?: unknown; severity?: unknown };
  const isServers = typeof severity === 'string';
  const wasConnecting = isConnecting;
  isConnecting = false;
  if ((!isServers || severity !== 'ERROR') && client !== null) {
    void client.end().catch(() => {}); // it is of no use, whatever it says
    client = null;
  }
  const text = typeof message === 'string' && message !== '' ? message : String(code ?? error);
  return {
    state: isServers && typeof code === 'string' ? code : null,
    code: typeof code === 'string' ? code : null,
    message: text,
    isConnecting: wasConnecting,
  };
}
