/** The frontier in SQLite, in the table `targets`; keeps everything, and is as quick with a million targets as with few. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { believed } from '../clock.ts';
import { type Database, jsonOf, numberOf, type Row, type Statement, textOf } from '../database.ts';
import type { ArticleId, NumberSpace, Outcome, Target } from '../model.ts';
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
} from './frontier.ts';
import { SETTLED } from './instants.ts';

/**
 * @param database whose tables are there, and who closes it
 * @param options `now` gives ms since 1970; `onDamage` is told of each row that is given out without what cannot be read of it
 */
export function openSqliteFrontier(
  database: Database,
  {
    pace,
    now,
    onDamage = () => {},
  }: {
    readonly pace: Pace;
    readonly now: () => number;
    readonly onDamage?: ((damage: string) => void) | undefined;
  },
): Frontier {
  const sql = (text: string) => database.prepare(text);
  const bury = sql(
    'UPDATE targets SET token = NULL, leased_until = NULL, deaths = deaths + 1 WHERE token IS NOT NULL RETURNING id, url, code, deaths',
  );
  const insert = sql(
    `INSERT INTO targets (id, url, source, via, lead_picture, listed, priority, added_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const enrich = sql(
    `UPDATE targets SET source = ?, via = ?, lead_picture = ? WHERE id = ? AND outcome IS NULL AND lead_picture IS NULL AND ? IS NOT NULL`,
  );
  const lead = sql('UPDATE targets SET via = ? WHERE id = ? AND outcome IS NULL');
  const next = nextOf(database);
  const lease = sql('UPDATE targets SET token = ?, leased_until = ?, attempts = attempts + 1 WHERE id = ?');
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
       rounds = ?7, url = ?9, source = coalesce(source, ?10), via = coalesce(via, ?11), lead_picture = coalesce(lead_picture, ?12)`,
  );
  const find = sql('SELECT * FROM targets WHERE id = ?');
  const between = sql(
    `SELECT *, CAST(substr(id, 9) AS INTEGER) AS number FROM targets
     WHERE id >= 'guancha:' AND id < 'guancha;' AND number BETWEEN ? AND ? ORDER BY id`,
  );
  const waiting = sql('SELECT count(*) AS count FROM targets WHERE outcome IS NULL');
  const counts = sql(
    `SELECT source, coalesce(outcome, 'waiting') AS outcome, count(*) AS count FROM targets GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const failures = sql(
    `SELECT id, url, outcome, code, detail, settled_at FROM targets WHERE ${IS_NOT_WELL} ORDER BY settled_at DESC LIMIT ?`,
  );
  const requeue = requeueOf(database, pace);
  const forgetPrinted = sql('UPDATE targets SET lead_picture = NULL, listed = NULL WHERE id = ?');

  const frontier: Frontier = {
    takeOver: () =>
      database.transaction(() => {
        const suspects = bury.all().filter(({ deaths }) => Number(deaths) >= MOST_DEATHS);
        for (const row of suspects) {
          const { id, url } = requeuedOf(row);
          frontier.settle({ id, url, source: null, via: null, leadPicture: null, listed: null, priority: 0 }, DIED);
        }
        return suspects.map(requeuedOf);
      }),
    add: (targets, { leads = false } = {}) =>
      database.transaction(() => {
        let added = 0;
        for (const { id, url, source, via, leadPicture, listed, priority } of targets) {
          const picture = jsonText(leadPicture);
          if (insert.run(id, url, source, via, picture, jsonText(listed), priority, now()) > 0) added += 1;
          else {
            enrich.run(source, via, picture, id, picture);
            if (leads) lead.run(via, id);
          }
        }
        return added;
      }),
    take: (scope) => {
      const row = next.take(scope, now());
      if (row === undefined) return null;
      const unreadable = unreadableOf(row);
      if (unreadable !== null)
        onDamage(`frontier.sqlite, ${String(row.id)}: ${unreadable} cannot be read, and is passed over`);
      const token = randomUUID();
      lease.run(token, now() + LEASE_MS, String(row.id));
      return { target: targetOf(row), attempt: Number(row.attempts) + 1, token };
    },
    extend: ({ token }) => void extend.run(now() + LEASE_MS, token),
    release: ({ token }) => void release.run(token),
    settle: (done, outcome, { isArchived = false } = {}) =>
      database.transaction(() => {
        const isLeased = 'token' in done;
        const row = isLeased ? held.get(done.token) : known.get(done.id);
        const rounds = row?.round_of === outcome.kind ? Number(row.rounds) : 0;
        const attempt = isLeased ? done.attempt : pace.attempts;
        const again = whenAgain(outcome, { attempt, rounds, isArchived }, pace);
        const { code, detail } = reasonOf(outcome);
        if (again.kind === 'in-run' && isLeased) {
          pause.run(code, detail, now() + again.afterMs, done.token);
          return { againInMs: again.afterMs };
        }
        const isLater = again.kind === 'later';
        const againAt = isLater ? now() + again.afterMs : null;
        const values = [outcome.kind, code, detail, now(), againAt, outcome.kind, rounds + (isLater ? 1 : 0)] as const;
        if (isLeased) settle.run(...values, done.token);
        else {
          const { id, url, source, via, leadPicture, priority } = done;
          settleTarget.run(...values, id, url, source, via, jsonText(leadPicture), priority);
        }
        return { againInMs: null };
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

/** Behind everything else that waits, so that another attempt comes as late in the run as possible. */
const LAST = 'coalesce((SELECT min(priority) FROM targets WHERE outcome IS NULL) - 1, priority)';

/** As the index `not_well` has it, word for word: SQLite would not use it otherwise. */
const IS_NOT_WELL = `outcome IN (${NOT_WELL.map((kind) => `'${kind}'`).join(', ')})`;

// Which target is next: of all, of a number space, or of some articles.

interface Next {
  take(scope: Scope | undefined, now: number): Row | undefined;
  dueAt(scope: Scope | undefined, now: number): number | null;
}

function nextOf(database: Database): Next {
  // Named indexes: left to itself SQLite sorts all that wait, or looks through a whole number space, each time.
  const statements = (ends: '' | '_www' | '_posts', range: string) => {
    const from = (index: string) =>
      `FROM targets INDEXED BY ${index}${ends} WHERE outcome IS NULL AND (leased_until IS NULL OR leased_until < ?)${range}`;
    return {
      first: database.prepare(
        `SELECT * ${from('waiting')} AND not_before <= ? ORDER BY priority DESC, id DESC LIMIT 1`,
      ),
      due: database.prepare(`SELECT not_before AS at ${from('due')} ORDER BY not_before LIMIT 1`),
    };
  };
  const ofAll = statements('', '');
  const ofSpace: Readonly<Record<NumberSpace, typeof ofAll>> = {
    guancha: statements('_www', ` AND id >= 'guancha:' AND id < 'guancha;'`),
    fengwen: statements('_posts', ` AND id >= 'fengwen:' AND id < 'fengwen;'`),
  };
  let someOf: Some | null = null;
  const statementsOf = (scope: Scope | undefined): { readonly first: Statement; readonly due: Statement } => {
    if (scope === undefined) return ofAll;
    if (typeof scope === 'string') return ofSpace[scope];
    someOf ??= openSome(database);
    return someOf(scope);
  };
  return {
    take: (scope, now) => statementsOf(scope).first.get(now, now),
    dueAt: (scope, now) => numberOf(statementsOf(scope).due.get(now)?.at),
  };
}

type Some = (ids: readonly ArticleId[]) => { readonly first: Statement; readonly due: Statement };

/**
 * The articles that are asked for are written once into a table of this connection, which follows `targets` by triggers: so
 * the next one of 20,000 is found without a look at those that have ended.
 */
function openSome(database: Database): Some {
  database.exec(`
    CREATE TEMP TABLE wanted (
      id TEXT NOT NULL, list INTEGER NOT NULL, priority INTEGER NOT NULL, waits INTEGER NOT NULL, PRIMARY KEY (id, list)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX temp.wanted_next ON wanted (list, priority DESC, id DESC) WHERE waits = 1;
    CREATE TEMP TRIGGER wanted_added AFTER INSERT ON main.targets BEGIN
      UPDATE wanted SET priority = new.priority, waits = new.outcome IS NULL WHERE id = new.id;
    END;
    CREATE TEMP TRIGGER wanted_changed AFTER UPDATE OF priority, outcome ON main.targets BEGIN
      UPDATE wanted SET priority = new.priority, waits = new.outcome IS NULL WHERE id = new.id;
    END;
  `);
  const mark = database.prepare(
    `INSERT INTO wanted (id, list, priority, waits)
     SELECT value, ?1, coalesce(t.priority, 0), t.id IS NOT NULL AND t.outcome IS NULL
     FROM json_each(?2) LEFT JOIN targets AS t ON t.id = value WHERE true ON CONFLICT DO NOTHING`,
  );
  const lists = new WeakMap<readonly ArticleId[], { readonly number: number; marked: number } & ReturnType<Some>>();
  let count = 0;
  return (ids) => {
    const list = lists.get(ids) ?? { number: count, marked: 0, ...statementsOf(count) };
    if (list.number === count) count += 1;
    lists.set(ids, list);
    if (list.marked < ids.length) {
      mark.run(list.number, JSON.stringify(ids.slice(list.marked)));
      list.marked = ids.length;
    }
    return list;
  };

  function statementsOf(list: number): ReturnType<Some> {
    const from = `FROM wanted AS w CROSS JOIN targets AS t ON t.id = w.id
      WHERE w.list = ${list} AND w.waits = 1 AND t.outcome IS NULL AND (t.leased_until IS NULL OR t.leased_until < ?)`;
    return {
      first: database.prepare(`SELECT t.* ${from} AND t.not_before <= ? ORDER BY w.priority DESC, w.id DESC LIMIT 1`),
      due: database.prepare(`SELECT min(t.not_before) AS at ${from}`),
    };
  }
}

// What waits again.

function requeueOf(database: Database, pace: Pace): (match: RequeueMatch) => readonly RequeuedTarget[] {
  const anew = 'outcome = NULL, attempts = 0, not_before = 0, again_at = NULL';
  const isDue = database.prepare('SELECT 1 FROM targets WHERE again_at <= ? LIMIT 1');
  const due = database.prepare(`UPDATE targets SET ${anew} WHERE again_at <= ? RETURNING id, url, code`);
  const named = database.prepare(
    `UPDATE targets SET ${anew}, code = NULL, detail = NULL, rounds = 0
     WHERE id IN (SELECT value FROM json_each(?)) RETURNING id, url, code`,
  );
  const back = database.prepare(
    `UPDATE targets SET outcome = NULL, again_at = NULL, rounds = max(rounds - 1, 0), priority = ${LAST}
     WHERE id = ? AND attempts < ? RETURNING id, url, code`,
  );
  const match = (outcomes: string) =>
    database.prepare(
      `UPDATE targets SET ${anew} WHERE ${outcomes} AND (?1 IS NULL OR code IN (SELECT value FROM json_each(?1)))
       AND (?2 IS NULL OR source IN (SELECT value FROM json_each(?2)))
       AND outcome IN (SELECT value FROM json_each(?3)) RETURNING id, url, code`,
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

function jsonText(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
