/** When each article was last visited, by how the visit ended: last seen unchanged, last found gone, last blocked. */
import type { DatabaseSync } from 'node:sqlite';
import type { WithSqliteErrors } from '../archive/sqlite.ts';
import type { ArticleId, NumberSpace, Outcome } from '../model.ts';

export interface Visits {
  /** Notes that the site was asked for an article just now. */
  note(id: ArticleId, outcome: Outcome['kind']): void;
  /** The last visit of each kind, newest first. */
  of(id: ArticleId): readonly LastVisit[];
}

export interface LastVisit {
  readonly outcome: Outcome['kind'];
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** @param options `withSqliteErrors` turns what SQLite throws into known failures; `now` gives ms since 1970 */
export function openVisits(
  database: DatabaseSync,
  { withSqliteErrors, now }: { readonly withSqliteErrors: WithSqliteErrors; readonly now: () => number },
): Visits {
  database.exec(`CREATE TABLE IF NOT EXISTS visits (
    id TEXT NOT NULL, outcome TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (id, outcome)
  ) STRICT, WITHOUT ROWID`);
  const note = database.prepare(
    'INSERT INTO visits (id, outcome, at) VALUES (?, ?, ?) ON CONFLICT (id, outcome) DO UPDATE SET at = excluded.at',
  );
  const of = database.prepare('SELECT outcome, at FROM visits WHERE id = ? ORDER BY at DESC');
  return {
    note: (id, outcome) => void withSqliteErrors(() => note.run(id, outcome, now())),
    of: (id) =>
      withSqliteErrors(() => of.all(id)).map((row) => ({
        outcome: String(row.outcome) as Outcome['kind'],
        at: new Date(Number(row.at)).toISOString(),
      })),
  };
}

// Which archived articles are visited again, and when.

export interface Revisits {
  /** Plans an article's next visit, all attempts new; null takes it off the list. */
  plan(article: { readonly id: ArticleId; readonly url: string }, next: PlannedVisit | null): void;
  /** Puts a visit off that came to nothing. */
  postpone(id: ArticleId, dueAt: number): void;
  /** Those that are due at `now`, the longest due first; ms since 1970. `space` limits it to a number space. */
  due(now: number, limit: number, space?: NumberSpace): readonly Revisit[];
  /** When the next one of a number space is due, ms since 1970; null where none is planned. */
  nextDue(space: NumberSpace): number | null;
  /** How many are planned, and how many of them are due at `now`. */
  counts(now: number): { readonly planned: number; readonly due: number };
}

export interface Revisit {
  readonly id: ArticleId;
  readonly url: string;
  readonly dueAt: number;
  /** When the last of the article's visits is due. */
  readonly lastAt: number;
  /** How often this visit came to nothing. */
  readonly attempts: number;
}

export function openRevisits(database: DatabaseSync, withSqliteErrors: WithSqliteErrors): Revisits {
  database.exec(`CREATE TABLE IF NOT EXISTS revisits (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, due_at INTEGER NOT NULL, last_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS revisits_due ON revisits (due_at)`);
  const plan = database.prepare(
    `INSERT INTO revisits (id, url, due_at, last_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, last_at = excluded.last_at, attempts = 0`,
  );
  const forget = database.prepare('DELETE FROM revisits WHERE id = ?');
  const postpone = database.prepare('UPDATE revisits SET due_at = ?, attempts = attempts + 1 WHERE id = ?');
  const due = database.prepare(
    'SELECT * FROM revisits WHERE due_at <= ? AND id >= ? AND id < ? ORDER BY due_at, id LIMIT ?',
  );
  const nextDue = database.prepare(
    'SELECT due_at AS at FROM revisits WHERE id >= ? AND id < ? ORDER BY due_at LIMIT 1',
  );
  const counts = database.prepare(
    'SELECT count(*) AS planned, count(*) FILTER (WHERE due_at <= ?) AS due FROM revisits',
  );
  return {
    plan: ({ id, url }, next) =>
      void withSqliteErrors(() =>
        next === null ? forget.run(id) : plan.run(id, url, Math.ceil(next.dueAt), Math.ceil(next.lastAt)),
      ),
    postpone: (id, dueAt) => void withSqliteErrors(() => postpone.run(Math.ceil(dueAt), id)),
    due: (now, limit, space) =>
      withSqliteErrors(() =>
        due.all(now, ...(space === undefined ? ['', '~'] : [`${space}:`, `${space};`]), limit),
      ).map((row) => ({
        id: String(row.id) as ArticleId,
        url: String(row.url),
        dueAt: Number(row.due_at),
        lastAt: Number(row.last_at),
        attempts: Number(row.attempts),
      })),
    nextDue: (space) => {
      const at = withSqliteErrors(() => nextDue.get(`${space}:`, `${space};`))?.at;
      return typeof at === 'number' ? at : null;
    },
    counts: (now) => {
      const row = withSqliteErrors(() => counts.get(now));
      return { planned: Number(row?.planned), due: Number(row?.due) };
    },
  };
}

// When each scheduled source is due, and which of its slots were served: each at most once.

export interface Slots {
  /** What is remembered of a source; null where nothing is, or where it was of another rule. */
  get(source: string, rule: string): SlotState | null;
  /** Remembers when a source is due by a rule. */
  plan(source: string, rule: string, state: SlotState): void;
  /** Notes, in one step, that the slot was served and when the next one is. */
  serve(source: string, rule: string, run: ServedSlot, next: SlotState): void;
  /** Served slots since an instant, oldest first. */
  since(at: number): readonly (ServedSlot & { readonly source: string })[];
}

/** What is remembered of a source between its runs; instants in ms since 1970. */
export interface SlotState {
  /** The slot that is next. */
  readonly dueAt: number;
  /** When the last run ended; null before the first. */
  readonly servedAt: number | null;
  /** Between two runs, where the source is not read by the clock. */
  readonly intervalMs: number;
}

export interface ServedSlot {
  readonly slotAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly entries: number;
  readonly fresh: number;
  /** Code of what went wrong; null where nothing did. */
  readonly code: string | null;
}

const KEPT_MS = 90 * 86_400_000;

export function openSlots(database: DatabaseSync, withSqliteErrors: WithSqliteErrors): Slots {
  database.exec(`CREATE TABLE IF NOT EXISTS slots (
    source TEXT PRIMARY KEY, rule TEXT NOT NULL, due_at INTEGER NOT NULL, served_at INTEGER, interval_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS served_slots (
    source TEXT NOT NULL, slot_at INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
    entries INTEGER NOT NULL, fresh INTEGER NOT NULL, code TEXT, PRIMARY KEY (source, slot_at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS served_at ON served_slots (ended_at)`);
  const get = database.prepare('SELECT * FROM slots WHERE source = ? AND rule = ?');
  const plan = database.prepare(
    `INSERT INTO slots (source, rule, due_at, served_at, interval_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (source) DO UPDATE SET rule = excluded.rule, due_at = excluded.due_at, served_at = excluded.served_at,
       interval_ms = excluded.interval_ms`,
  );
  const serve = database.prepare(
    `INSERT INTO served_slots (source, slot_at, started_at, ended_at, entries, fresh, code) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const forget = database.prepare('DELETE FROM served_slots WHERE ended_at < ?');
  const since = database.prepare('SELECT * FROM served_slots WHERE ended_at >= ? ORDER BY ended_at, source');
  const write = (source: string, rule: string, { dueAt, servedAt, intervalMs }: SlotState) =>
    plan.run(source, rule, Math.ceil(dueAt), servedAt === null ? null : Math.floor(servedAt), Math.round(intervalMs));
  return {
    get: (source, rule) => {
      const row = withSqliteErrors(() => get.get(source, rule));
      if (row === undefined) return null;
      return {
        dueAt: Number(row.due_at),
        servedAt: row.served_at === null ? null : Number(row.served_at),
        intervalMs: Number(row.interval_ms),
      };
    },
    plan: (source, rule, state) => void withSqliteErrors(() => write(source, rule, state)),
    serve: (source, rule, run, next) =>
      withSqliteErrors(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          const { slotAt, startedAt, endedAt, entries, fresh, code } = run;
          serve.run(source, slotAt, Math.floor(startedAt), Math.floor(endedAt), entries, fresh, code);
          forget.run(Math.floor(endedAt) - KEPT_MS);
          write(source, rule, next);
          database.exec('COMMIT');
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK'); // SQLite has done so itself where the disk refused
          throw error;
        }
      }),
    since: (at) =>
      withSqliteErrors(() => since.all(at)).map((row) => ({
        source: String(row.source),
        slotAt: Number(row.slot_at),
        startedAt: Number(row.started_at),
        endedAt: Number(row.ended_at),
        entries: Number(row.entries),
        fresh: Number(row.fresh),
        code: row.code === null ? null : String(row.code),
      })),
  };
}

// When an archived article is visited again: at growing ages, counted from its publication.

interface PlannedVisit {
  /** Ms since 1970. */
  readonly dueAt: number;
  /** When the last of the article's visits is due; from then on none is planned. */
  readonly lastAt: number;
}

/**
 * The next visit of an article.
 * @param article `publishedAt` in ms since 1970; `hasChanged` where an earlier visit found it edited: it is then visited
 *   midway between two ages as well
 * @param options `agesMs` in rising order; `now` in ms since 1970. What was missed is not made up for
 * @returns null where the article is older than the last age
 */
export function nextVisit(
  article: { readonly publishedAt: number; readonly hasChanged: boolean },
  options: { readonly agesMs: readonly number[]; readonly now: number },
): PlannedVisit | null {
  const ages = article.hasChanged ? withMidpoints(options.agesMs) : options.agesMs;
  const next = ages.find((ageMs) => article.publishedAt + ageMs > options.now);
  if (next === undefined) return null;
  return { dueAt: article.publishedAt + next, lastAt: article.publishedAt + (ages.at(-1) ?? next) };
}

function withMidpoints(ages: readonly number[]): number[] {
  return ages.flatMap((age, i) => [Math.round(((ages[i - 1] ?? 0) + age) / 2), age]);
}
