/** The frontier in a database, in the table `targets`; keeps everything, and is as quick with a million targets as with few. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { believed } from '../clock.ts';
import { type Database, jsonOf, numberOf, type Row, type Statement, textOf, type Value } from '../database.ts';
import type { ArticleId, NumberSpace, Outcome, Target } from '../model.ts';
import { addingTo, jsonText } from './adding.ts';
import { whenAgain } from './again.ts';
import {
  DIED,
  type FoundTarget,
  type Frontier,
  LEASE_MS,
  MOST_DEATHS,
  NOT_WELL,
  type Pace,
  type RequeuedTarget,
  type RequeueMatch,
  reasonOf,
  type Scope,
  type Settled,
} from './frontier.ts';
import { SETTLED } from './instants.ts';

export interface SqlFrontierOptions {
  readonly pace: Pace;
  /** Ms since 1970. */
  readonly now: () => number;
  /** Is told of each row that is given out without what cannot be read of it. */
  readonly onDamage?: ((damage: string) => void) | undefined;
}

/** What each adapter has of its own. */
interface Own {
  /** How the next of some articles is found. */
  readonly chosen: Chosen;
  /** Whose leases `takeOver` ends: all, where one run at a time takes; what ran out, where others are at work. */
  readonly dead: 'all' | 'run out';
}

/** @param database whose tables are there, and who closes it */
export function openSqlFrontier(
  database: Database,
  { pace, now, onDamage = () => {} }: SqlFrontierOptions,
  { chosen, dead }: Own,
): Frontier {
  const sql = (text: string) => database.prepare(text);
  const bury = sql(
    `UPDATE targets SET token = NULL, leased_until = NULL, deaths = deaths + 1
     WHERE token IS NOT NULL AND leased_until < ? RETURNING id, url, code, deaths`,
  );
  const ranOut = sql('SELECT 1 FROM targets WHERE token IS NOT NULL AND leased_until < ? LIMIT 1');
  const addTargets = addingTo(database);
  const next = nextOf(database, chosen);
  const extend = sql('UPDATE targets SET leased_until = ? WHERE token = ?');
  const release = sql(
    'UPDATE targets SET token = NULL, leased_until = NULL, attempts = attempts - 1, deaths = 0 WHERE token = ?',
  );
  const held = sql('SELECT rounds, round_of FROM targets WHERE token = ?');
  const known = sql('SELECT rounds, round_of FROM targets WHERE id = ?');
  const over = 'token = NULL, leased_until = NULL, deaths = 0';
  const pause = sql(
    `UPDATE targets SET ${over}, code = ?, detail = ?, not_before = ?, priority = ${LAST} WHERE token = ?`,
  );
  const settle = sql(
    `UPDATE targets SET ${over}, outcome = ?, code = ?, detail = ?, settled_at = ?, again_at = ?, round_of = ?, rounds = ? WHERE token = ?`,
  );
  const settleTarget = sql(
    `INSERT INTO targets (outcome, code, detail, settled_at, again_at, round_of, rounds, id, url, source, via, lead_picture, priority, added_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?4)
     ON CONFLICT (id) DO UPDATE SET ${over}, outcome = ?1, code = ?2, detail = ?3, settled_at = ?4, again_at = ?5, round_of = ?6,
       rounds = ?7, url = ?9, source = coalesce(targets.source, ?10), via = coalesce(targets.via, ?11),
       lead_picture = coalesce(targets.lead_picture, ?12)`,
  );
  const find = sql('SELECT * FROM targets WHERE id = ?');
  const between = sql(
    `SELECT * FROM targets WHERE id >= 'guancha:' AND id < 'guancha;' AND CAST(substr(id, 9) AS BIGINT) BETWEEN ? AND ?
     ORDER BY id`,
  );
  const waiting = sql('SELECT count(*) AS count FROM targets WHERE outcome IS NULL');
  const counts = sql(
    `SELECT source, coalesce(outcome, 'waiting') AS outcome, count(*) AS count FROM targets GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2`,
  );
  const failures = sql(
    `SELECT id, url, outcome, code, detail, settled_at FROM targets WHERE ${IS_NOT_WELL} ORDER BY settled_at DESC LIMIT ?`,
  );
  const requeue = requeueOf(database, pace);
  const forgetPrinted = sql('UPDATE targets SET lead_picture = NULL, listed = NULL WHERE id = ?');

  const takeOver = (until: number): readonly RequeuedTarget[] =>
    database.transaction(() => {
      const suspects = bury.all(until).filter(({ deaths }) => Number(deaths) >= MOST_DEATHS);
      for (const row of suspects) {
        const { id, url } = requeuedOf(row);
        frontier.settle({ id, url, source: null, via: null, leadPicture: null, listed: null, priority: 0 }, DIED);
      }
      return suspects.map(requeuedOf);
    });

  const frontier: Frontier = {
    takeOver: () => takeOver(dead === 'all' ? Number.MAX_SAFE_INTEGER : now()),
    add: (targets, { leads = false } = {}) => database.transaction(() => addTargets(targets, { leads, at: now() })),
    take: (scope) => {
      const at = now();
      // A hand that died says nothing, and no other one begins with what it left: what ran out is counted here.
      if (dead === 'run out' && ranOut.get(at) !== undefined) takeOver(at);
      const token = randomUUID();
      const row = next.take(scope, at, token);
      if (row === undefined) return null;
      const unreadable = unreadableOf(row);
      if (unreadable !== null)
        onDamage(`the row of ${String(row.id)} in the queue: ${unreadable} cannot be read, and is passed over`);
      return { target: targetOf(row), attempt: Number(row.attempts), token };
    },
    ready: (limit, space) =>
      next
        .ready(limit, space, now())
        .map(({ id, attempts }) => ({ id: String(id) as ArticleId, attempts: Number(attempts) })),
    extend: ({ token }) => extend.run(now() + LEASE_MS, token) > 0,
    release: ({ token }) => release.run(token) > 0,
    settle: (done, outcome, { isArchived = false } = {}) =>
      database.transaction(() => {
        const isLeased = 'token' in done;
        const row = isLeased ? held.get(done.token) : known.get(done.id);
        if (isLeased && row === undefined) return LOST;
        const at = now(); // in a cluster a question to the database
        const rounds = row?.round_of === outcome.kind ? Number(row.rounds) : 0;
        const attempt = isLeased ? done.attempt : pace.attempts;
        const again = whenAgain(outcome, { attempt, rounds, isArchived }, pace);
        const { code, detail } = reasonOf(outcome);
        if (again.kind === 'in-run' && isLeased) {
          const paused = pause.run(code, detail, at + again.afterMs, done.token);
          return paused > 0 ? { againInMs: again.afterMs, isLost: false } : LOST;
        }
        const isLater = again.kind === 'later';
        const againAt = isLater ? at + again.afterMs : null;
        const values = [outcome.kind, code, detail, at, againAt, outcome.kind, rounds + (isLater ? 1 : 0)] as const;
        if (isLeased) {
          if (settle.run(...values, done.token) === 0) return LOST;
        } else {
          const { id, url, source, via, leadPicture, priority } = done;
          settleTarget.run(...values, id, url, source, via, jsonText(leadPicture), priority);
        }
        return { againInMs: null, isLost: false };
      }),
    requeue,
    forgetPrinted: (id) => void forgetPrinted.run(id),
    find: (id) => {
      const at = now(); // first: it sets right what a wrong clock wrote
      const row = find.get(id);
      return row === undefined ? null : foundOf(row, at);
    },
    between: function* (from, to) {
      const at = now();
      for (const row of between.iterate(from, to)) yield foundOf(row, at);
    },
    nextDue: (scope) => next.dueAt(scope, now()),
    waiting: () => Number(waiting.get()?.count),
    counts: () =>
      counts.all().map(({ source, outcome, count }) => ({
        source: textOf(source),
        outcome: String(outcome),
        count: Number(count),
      })),
    failures: (limit) =>
      failures.all(limit).map((row) => ({
        id: String(row.id),
        url: String(row.url),
        outcome: String(row.outcome),
        code: textOf(row.code),
        detail: textOf(row.detail),
        at: new Date(believed(Number(row.settled_at), SETTLED, now())).toISOString(),
      })),
    [Symbol.dispose]: () => {},
  };
  return frontier;
}

const LOST: Settled = { againInMs: null, isLost: true };

/** Behind everything else that waits, so that another attempt comes as late in the run as possible. */
const LAST = 'coalesce((SELECT min(priority) FROM targets WHERE outcome IS NULL) - 1, priority)';

/** As the index `not_well` has it, word for word: it would not be used otherwise. */
const IS_NOT_WELL = `outcome IN (${NOT_WELL.map((kind) => `'${kind}'`).join(', ')})`;

// Which target is next: of all, of a number space, or of some articles.

interface Next {
  /** Leases it. Returns the row as it is then. */
  take(scope: Scope | undefined, now: number, token: string): Row | undefined;
  ready(limit: number, space: NumberSpace, now: number): readonly Row[];
  dueAt(scope: Scope | undefined, now: number): number | null;
}

/** The ways to ask for the next of some articles; both give one row or none, and have parameters in this order. */
export interface NextOf {
  /** A query for the id of the row that is next. Values: now, twice. */
  readonly first: string;
  /** A query for when the next one is due, as `at`. Values: now. */
  readonly due: string;
  /** The values of the articles themselves, before those. */
  readonly values: readonly Value[];
}

export type Chosen = (ids: readonly ArticleId[]) => NextOf;

/** What can be given out at an instant; `t` is the row. */
export const IS_FREE = 't.outcome IS NULL AND (t.leased_until IS NULL OR t.leased_until < ?)';

function nextOf(database: Database, chosen: Chosen): Next {
  const { indexed } = database.dialect;
  const queries = (ends: '' | '_www' | '_posts', range: string): NextOf => {
    const from = (index: string) => `FROM targets AS t ${indexed(index + ends)} WHERE ${IS_FREE}${range}`;
    return {
      first: `SELECT t.id ${from('waiting')} AND t.not_before <= ? ORDER BY t.priority DESC, t.id DESC LIMIT 1`,
      due: `SELECT t.not_before AS at ${from('due')} ORDER BY t.not_before LIMIT 1`,
      values: [],
    };
  };
  const ofAll = prepared(queries('', ''));
  const www = ` AND t.id >= 'guancha:' AND t.id < 'guancha;'`;
  const posts = ` AND t.id >= 'fengwen:' AND t.id < 'fengwen;'`;
  const ofSpace: Readonly<Record<NumberSpace, typeof ofAll>> = {
    guancha: prepared(queries('_www', www)),
    fengwen: prepared(queries('_posts', posts)),
  };
  const readyOf = (index: string, range: string) =>
    database.prepare(
      `SELECT t.id, t.attempts FROM targets AS t ${indexed(index)} WHERE ${IS_FREE}${range} AND t.not_before <= ?
       ORDER BY t.priority DESC, t.id DESC LIMIT ?`,
    );
  const ready = { guancha: readyOf('waiting_www', www), fengwen: readyOf('waiting_posts', posts) };
  const ofSome = new Map<string, ReturnType<typeof prepared>>();
  const statementsOf = (scope: Scope | undefined) => {
    if (scope === undefined) return { ...ofAll, values: [] };
    if (typeof scope === 'string') return { ...ofSpace[scope], values: [] };
    const some = chosen(scope);
    const statements = ofSome.get(some.first) ?? prepared(some);
    ofSome.set(some.first, statements);
    return { ...statements, values: some.values };
  };
  return {
    take: (scope, now, token) => {
      const { take, values } = statementsOf(scope);
      return take.all(token, now + LEASE_MS, ...values, now, now)[0];
    },
    ready: (limit, space, now) => ready[space].all(now, now, limit),
    dueAt: (scope, now) => {
      const { due, values } = statementsOf(scope);
      return numberOf(due.get(...values, now)?.at);
    },
  };

  function prepared({ first, due }: NextOf): { readonly take: Statement; readonly due: Statement } {
    return {
      take: database.prepare(
        `UPDATE targets SET token = ?, leased_until = ?, attempts = attempts + 1
         WHERE id = (${first} ${database.dialect.forUpdate}) RETURNING *`,
      ),
      due: database.prepare(due),
    };
  }
}

// What waits again.

function requeueOf(database: Database, pace: Pace): (match: RequeueMatch) => readonly RequeuedTarget[] {
  const anew = 'outcome = NULL, attempts = 0, not_before = 0, again_at = NULL';
  const isDue = database.prepare('SELECT 1 FROM targets WHERE again_at <= ? LIMIT 1');
  const due = database.prepare(`UPDATE targets SET ${anew} WHERE again_at <= ? RETURNING id, url, code`);
  const { texts } = database.dialect;
  const named = database.prepare(
    `UPDATE targets SET ${anew}, code = NULL, detail = NULL, rounds = 0
     WHERE id IN (SELECT value FROM ${texts('?')}) RETURNING id, url, code`,
  );
  const back = database.prepare(
    `UPDATE targets SET outcome = NULL, again_at = NULL, rounds = CASE WHEN rounds > 0 THEN rounds - 1 ELSE 0 END, priority = ${LAST}
     WHERE id = ? AND attempts < ? RETURNING id, url, code`,
  );
  const match = (outcomes: string) =>
    database.prepare(
      `UPDATE targets SET ${anew} WHERE ${outcomes} AND (CAST(?1 AS TEXT) IS NULL OR code IN (SELECT value FROM ${texts('?1')}))
       AND (CAST(?2 AS TEXT) IS NULL OR source IN (SELECT value FROM ${texts('?2')}))
       AND outcome IN (SELECT value FROM ${texts('?3')}) RETURNING id, url, code`,
    );
  // With the range of an index spelt out, where it is one.
  const notWell = match(IS_NOT_WELL);
  const settled = match('outcome IS NOT NULL');
  const list = (values: readonly string[] | undefined) => (values === undefined ? null : JSON.stringify(values));
  return (wanted) => {
    if ('dueAt' in wanted) return isDue.get(wanted.dueAt) === undefined ? [] : due.all(wanted.dueAt).map(requeuedOf);
    if ('ids' in wanted) {
      if (wanted.keepAttempts !== true) return named.all(JSON.stringify(wanted.ids)).map(requeuedOf);
      return database.transaction(() => wanted.ids.flatMap((id) => back.all(id, pace.attempts)).map(requeuedOf));
    }
    const isNotWell = wanted.outcomes.every((kind) => (NOT_WELL as readonly string[]).includes(kind));
    const rows = (isNotWell ? notWell : settled).all(list(wanted.codes), list(wanted.sources), list(wanted.outcomes));
    return rows.map(requeuedOf);
  };
}

function requeuedOf({ id, url, code }: Row): RequeuedTarget {
  return { id: String(id) as ArticleId, url: String(url), code: textOf(code) };
}

// Rows of `targets` as values, and back.

const text = z.string().nullable().default(null);
const listPicture = z.object({ src: z.string(), width: text, height: text });
const listed = z.object({ title: text, time: text, summary: text, picture: text });

function targetOf(row: Row): Target {
  return {
    id: String(row.id) as ArticleId,
    url: String(row.url),
    source: textOf(row.source),
    via: textOf(row.via),
    leadPicture: jsonOf(row.lead_picture, listPicture),
    listed: jsonOf(row.listed, listed),
    priority: Number(row.priority),
  };
}

/** What of a row cannot be read, so that the article is visited without it; null for nothing. */
export function unreadableOf(row: Row): string | null {
  const { leadPicture, listed: printed } = targetOf(row);
  const columns = { lead_picture: leadPicture, listed: printed };
  const bad = Object.entries(columns).filter(([name, value]) => value === null && textOf(row[name]) !== null);
  return bad.length === 0 ? null : bad.map(([name]) => `${name} ${textOf(row[name])?.slice(0, 80)}`).join(', ');
}

function foundOf(row: Row, now: number): FoundTarget {
  return {
    target: targetOf(row),
    state: (textOf(row.outcome) ?? 'waiting') as Outcome['kind'] | 'waiting',
    code: textOf(row.code),
    detail: textOf(row.detail),
    settledAt: row.outcome === null ? null : believed(Number(row.settled_at), SETTLED, now),
    againAt: numberOf(row.again_at),
    attempts: Number(row.attempts),
  };
}
