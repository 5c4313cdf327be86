/** Notices on their way to the owner's hooks: kept until they are delivered or given up, so that a killed process loses none. */
import { type Database, numberOf, type Row } from '../database.ts';

export interface Outbox {
  /** Keeps a notice for a hook, due at once; nothing happens where its id is known, delivered or not. */
  add(notice: NewNotice): void;
  /** True where the notice is kept, or was within the last 90 days. */
  has(id: string): boolean;
  /**
   * The notice for a hook that has been due longest; null where none is due. Where several machines deliver, no other one is
   * given it for some minutes: until it is `delivered`, `failed` or given back.
   */
  next(hook: string): WaitingNotice | null;
  /** Whoever had it delivers nothing any more: it is due as before. */
  giveBack(notice: WaitingNotice): void;
  /** When the next notice is due, ms since 1970; null where none waits. */
  nextDue(): number | null;
  delivered(id: string): void;
  /** Counts an attempt that failed: due again at `at`, ms since 1970; null gives it up for good. */
  failed(id: string, options: { readonly error: string; readonly at: number | null }): void;
  /** Gives up what waits for hooks other than these. Returns how many. */
  giveUpOthers(hooks: readonly string[]): number;
  waiting(): number;
  /** What was given up, newest first. */
  givenUp(limit: number): readonly FailedNotice[];
}

interface NewNotice {
  /** The same for the same notice to the same hook. */
  readonly id: string;
  readonly hook: string;
  /** The hook for people, without secrets. */
  readonly to: string;
  readonly on: string;
  /** What is delivered, as JSON. */
  readonly body: string;
}

export interface WaitingNotice extends Pick<NewNotice, 'id' | 'on' | 'body'> {
  /** Attempts that failed so far. */
  readonly attempts: number;
  /** Since when it is due, ms since 1970. */
  readonly dueAt: number;
}

interface FailedNotice {
  readonly id: string;
  readonly on: string;
  readonly to: string;
  readonly attempts: number;
  readonly error: string;
  /** When it was given up, ISO 8601 in UTC. */
  readonly at: string;
}

/** How long ids are remembered, so that nothing is reported twice, and how long failures are shown. */
const REMEMBERED_MS = 90 * 86_400_000;

/** Longer than any hook takes. After it a notice is delivered by another machine, for the first one died. */
const CLAIMED_MS = 300_000;

/** @param options `now` gives ms since 1970; `isShared` where several machines deliver */
export function openOutbox(
  database: Database,
  { now, isShared }: { readonly now: () => number; readonly isShared: boolean },
): Outbox {
  const insert = database.prepare(
    `INSERT INTO notices (id, hook, told_to, kind, body, due_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  );
  const has = database.prepare('SELECT 1 AS n FROM notices WHERE id = ?');
  const forget = database.prepare('DELETE FROM notices WHERE ended_at < ?');
  const due = database.prepare(
    `SELECT id, kind, body, attempts, due_at FROM notices WHERE ended_at IS NULL AND hook = ? AND due_at <= ?
     ORDER BY due_at, number LIMIT 1 ${database.dialect.forUpdate}`,
  );
  const putOff = database.prepare('UPDATE notices SET due_at = ? WHERE id = ? AND ended_at IS NULL');
  const nextDue = database.prepare('SELECT min(due_at) AS at FROM notices WHERE ended_at IS NULL');
  const delivered = database.prepare(
    `UPDATE notices SET delivered = 1, ended_at = ?, body = '', error = NULL WHERE id = ?`,
  );
  const again = database.prepare('UPDATE notices SET attempts = attempts + 1, error = ?, due_at = ? WHERE id = ?');
  const giveUp = database.prepare('UPDATE notices SET attempts = attempts + 1, error = ?, ended_at = ? WHERE id = ?');
  const giveUpOthers = database.prepare(
    `UPDATE notices SET error = 'the hook is not configured any more', ended_at = ?
     WHERE ended_at IS NULL AND hook NOT IN (SELECT value FROM ${database.dialect.texts('?')})`,
  );
  const waiting = database.prepare('SELECT count(*) AS count FROM notices WHERE ended_at IS NULL');
  const givenUp = database.prepare(
    'SELECT * FROM notices WHERE ended_at IS NOT NULL AND delivered = 0 ORDER BY ended_at DESC, number DESC LIMIT ?',
  );

  return {
    add: ({ id, hook, to, on, body }) => {
      forget.run(now() - REMEMBERED_MS);
      insert.run(id, hook, to, on, body, now());
    },
    has: (id) => has.get(id) !== undefined,
    next: (hook) => {
      const at = now();
      if (!isShared) return waitingOf(due.get(hook, at));
      return database.transaction(() => {
        const notice = waitingOf(due.get(hook, at));
        if (notice !== null) putOff.run(at + CLAIMED_MS, notice.id);
        return notice;
      });
    },
    giveBack: ({ id, dueAt }) => void (isShared && putOff.run(dueAt, id)),
    nextDue: () => numberOf(nextDue.get()?.at),
    delivered: (id) => void delivered.run(now(), id),
    failed: (id, { error, at }) => void (at === null ? giveUp.run(error, now(), id) : again.run(error, at, id)),
    giveUpOthers: (hooks) => giveUpOthers.run(now(), JSON.stringify(hooks)),
    waiting: () => Number(waiting.get()?.count),
    givenUp: (limit) => givenUp.all(limit).map(failedOf),
  };
}

function waitingOf(row: Row | undefined): WaitingNotice | null {
  if (row === undefined) return null;
  const { id, kind, body, attempts, due_at: dueAt } = row;
  return { id: String(id), on: String(kind), body: String(body), attempts: Number(attempts), dueAt: Number(dueAt) };
}

function failedOf(row: Row): FailedNotice {
  return {
    id: String(row.id),
    on: String(row.kind),
    to: String(row.told_to),
    attempts: Number(row.attempts),
    error: String(row.error),
    at: new Date(Number(row.ended_at)).toISOString(),
  };
}
