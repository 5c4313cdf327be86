/**
 * Orders: the work of commands that found the archive held by another run, handed over to that run. Rows, so that neither
 * a killed asker nor a killed holder loses one; events, so that the asker prints what the work came to as its own.
 */
import { believed } from '../clock.ts';
import { type Database, numberOf, type Row, textOf } from '../database.ts';
import type { ArticleId } from '../model.ts';

/** The command whose work is handed over. */
export const ORDER_KINDS = ['archive', 'crawl', 'backfill', 'repair', 'seal'] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

export type OrderState = 'waiting' | 'taken' | 'done' | 'failed' | 'cancelled';

/**
 * An order is `add`ed by anybody, `take`n by the run that holds the archive, and `end`ed by it; all that is written of a
 * taken order counts only while it is still taken with the same token.
 */
export interface Orders {
  /** @returns its number */
  add(order: NewOrder): number;
  /** Null for one that is not known, or not any more: ended orders are remembered for 30 days. */
  find(number: number): Order | null;
  /** Those that have not ended, oldest first. */
  open(): readonly Order[];
  hasWaiting(kinds: readonly OrderKind[]): boolean;
  /** The oldest that waits, of these kinds. */
  take(kinds: readonly OrderKind[], token: string): Order | null;
  isTaken(number: number, token: string): boolean;
  /** What is taken waits again: with a token the orders of that run, without one those of runs that have died. */
  release(token?: string): number;
  end(number: number, token: string, how: { readonly state: 'done' | 'failed'; readonly exit: number }): void;
  /** False where it has ended already. What it has come to by then stays. */
  cancel(number: number): boolean;
  /** The articles of an order, and whether each has got its outcome. */
  articles(number: number): readonly OrderedArticle[];
  addArticles(number: number, articles: readonly Pick<OrderedArticle, 'id' | 'url'>[]): void;
  served(number: number, id: ArticleId): void;
  /** Keeps what the asker is to print. */
  note(number: number, event: object): void;
  /** What was noted behind a place, in its order. */
  events(number: number, after: number): readonly { readonly place: number; readonly event: unknown }[];
  progress(number: number, done: number, total: number): void;
}

export interface NewOrder {
  readonly kind: OrderKind;
  /** What the command line said. */
  readonly arguments: object;
  /** For people: the command, its process, or the reader. */
  readonly askedBy: string;
}

export interface Order {
  readonly number: number;
  readonly kind: OrderKind;
  /** As JSON gave it; null where it cannot be read. */
  readonly arguments: unknown;
  readonly askedBy: string;
  /** Ms since 1970. */
  readonly askedAt: number;
  readonly state: OrderState;
  /** The exit code of the command; null before its end, and where it was cancelled. */
  readonly exit: number | null;
  /** How far it is. */
  readonly done: number;
  readonly total: number;
}

export interface OrderedArticle {
  readonly id: ArticleId;
  readonly url: string;
  readonly served: boolean;
}

const REMEMBERED_MS = 30 * 86_400_000;

/** @param options `now` gives ms since 1970 */
export function openOrders(database: Database, { now }: { readonly now: () => number }): Orders {
  const sql = (text: string) => database.prepare(text);
  const add = sql('INSERT INTO orders (kind, arguments, asked_by, asked_at) VALUES (?, ?, ?, ?) RETURNING number');
  const find = sql('SELECT * FROM orders WHERE number = ?');
  const open = sql('SELECT * FROM orders WHERE ended_at IS NULL ORDER BY number');
  const waiting = `FROM orders WHERE ended_at IS NULL AND state = 'waiting' AND kind IN (SELECT value FROM ${database.dialect.texts('?')})`;
  const isWaiting = sql(`SELECT 1 ${waiting} LIMIT 1`);
  const take = sql(
    `UPDATE orders SET state = 'taken', token = ? WHERE number = (SELECT min(number) ${waiting}) RETURNING *`,
  );
  const isTaken = sql(`SELECT 1 FROM orders WHERE number = ? AND token = ? AND state = 'taken'`);
  const release = sql(
    `UPDATE orders SET state = 'waiting', token = NULL WHERE ended_at IS NULL AND state = 'taken' AND token = coalesce(?, token)`,
  );
  const end = sql(
    `UPDATE orders SET state = ?, exit = ?, ended_at = ? WHERE number = ? AND token = ? AND state = 'taken'`,
  );
  const cancel = sql(`UPDATE orders SET state = 'cancelled', ended_at = ? WHERE number = ? AND ended_at IS NULL`);
  const articles = sql('SELECT * FROM ordered WHERE number = ?');
  const addArticle = sql('INSERT INTO ordered (number, id, url) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const served = sql('UPDATE ordered SET served = 1 WHERE number = ? AND id = ?');
  const note = sql(
    `INSERT INTO order_events (number, place, event)
     SELECT ?1, coalesce(max(place), 0) + 1, ?2 FROM order_events WHERE number = ?1`,
  );
  const events = sql('SELECT place, event FROM order_events WHERE number = ? AND place > ? ORDER BY place');
  const progress = sql('UPDATE orders SET done = ?, total = ? WHERE number = ?');
  const forget = ['ordered', 'order_events', 'orders'].map((table) =>
    sql(`DELETE FROM ${table} WHERE number IN (SELECT number FROM orders WHERE ended_at < ?)`),
  );

  return {
    add: ({ kind, arguments: given, askedBy }) =>
      database.transaction(() => {
        const at = Math.floor(now());
        for (const each of forget) each.run(at - REMEMBERED_MS);
        return Number(add.get(kind, JSON.stringify(given), askedBy, at)?.number);
      }),
    find: (number) => {
      const at = now();
      const row = find.get(number);
      return row === undefined ? null : orderOf(row, at);
    },
    open: () => {
      const at = now();
      return open.all().map((row) => orderOf(row, at));
    },
    hasWaiting: (kinds) => isWaiting.get(JSON.stringify(kinds)) !== undefined,
    take: (kinds, token) => {
      const at = now();
      const row = take.get(token, JSON.stringify(kinds));
      return row === undefined ? null : orderOf(row, at);
    },
    isTaken: (number, token) => isTaken.get(number, token) !== undefined,
    release: (token) => release.run(token ?? null),
    end: (number, token, { state, exit }) => void end.run(state, exit, Math.floor(now()), number, token),
    cancel: (number) => cancel.run(Math.floor(now()), number) > 0,
    articles: (number) =>
      articles.all(number).map(({ id, url, served: isServed }) => ({
        id: String(id) as ArticleId,
        url: String(url),
        served: isServed === 1,
      })),
    addArticles: (number, all) => {
      for (const { id, url } of all) addArticle.run(number, id, url);
    },
    served: (number, id) => void served.run(number, id),
    note: (number, event) => void note.run(number, JSON.stringify(event)),
    events: (number, after) =>
      events.all(number, after).map(({ place, event }) => ({ place: Number(place), event: jsonIn(event) })),
    progress: (number, done, total) => void progress.run(done, total, number),
  };
}

function orderOf(row: Row, now: number): Order {
  return {
    number: Number(row.number),
    kind: String(row.kind) as OrderKind,
    arguments: jsonIn(row.arguments),
    askedBy: String(row.asked_by),
    askedAt: believed(Number(row.asked_at), { aheadMs: 0, otherwise: 'now' }, now),
    state: String(row.state) as OrderState,
    exit: numberOf(row.exit),
    done: Number(row.done),
    total: Number(row.total),
  };
}

/** Null for what is no JSON: whoever reads it checks what it is. */
function jsonIn(value: Row[string] | undefined): unknown {
  try {
    return JSON.parse(textOf(value) ?? 'null') as unknown;
  } catch {
    return null; // a damaged row
  }
}
