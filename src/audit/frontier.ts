/** Checks of the frontier: it agrees with the archive, and its outcomes are consistent. Reading leaves no trace and may run beside a crawl. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { FRONTIER, LOCK } from '../archive/keys.ts';
import type { Database } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import { openCluster } from '../frontier/postgres.ts';
import { unreadableOf } from '../frontier/sql.ts';
import type { ArticleId } from '../model.ts';
import { withoutSecrets } from '../service-address.ts';
import { isOpenElsewhere, openToRead } from '../sqlite.ts';
import { type CheckCode, type Finding, finding } from './promises.ts';
import { withFile } from './read-file.ts';

/**
 * @param store the index database, which knows the articles of the store
 * @param postgres address of the database of a cluster; null where the queue lies in the archive
 * @throws DATABASE_AWAY and what else `openCluster` throws: a database that is away is no finding
 */
export function* auditFrontier(root: string, store: DatabaseSync, postgres: string | null = null): Generator<Finding> {
  if (postgres !== null) {
    using frontier = openCluster(postgres, { readOnly: true });
    takeOver(frontier, store); // one statement reads it all, as it was at one moment
    return yield* disagreements(store, withoutSecrets(postgres));
  }
  const path = join(root, FRONTIER);
  const there = withFile(path, () => ({ kind: 'there' as const }));
  if (there.kind === 'fault' && there.detail === 'a folder')
    yield finding('frontier-unreadable', { path: FRONTIER, article: null }, there.detail);
  if (there.kind === 'absent' && withFile(join(root, LOCK), () => ({ kind: 'there' as const })).kind === 'there') {
    // Some command has held this archive: a run, which makes both, or the copy that made it.
    yield finding(
      'frontier-missing',
      { path: FRONTIER, article: null },
      'the next run makes a new one, and repair fills it',
    );
  }
  if (there.kind !== 'there') return; // anything else was reported already
  const fault = readBesideRuns(path, store);
  if (fault !== null) yield finding('frontier-unreadable', { path: FRONTIER, article: null }, fault);
  else yield* disagreements(store, FRONTIER);
}

/** So often a reading is repeated that a run began to write under. */
const MOST_READINGS = 5;

/** Returns what is wrong with the file, null if all of it was taken over. */
function readBesideRuns(path: string, store: DatabaseSync): string | null {
  for (let reading = 1; ; reading++) {
    const wasAlone = !isOpenElsewhere(path);
    const fault = readOnce(path, store);
    const wasDisturbed = wasAlone && isOpenElsewhere(path);
    if (!wasDisturbed || reading === MOST_READINGS) return fault;
  }
}

function readOnce(path: string, store: DatabaseSync): string | null {
  try {
    using frontier = openToRead(path);
    frontier.exec('BEGIN'); // one state of it, whatever is written meanwhile
    const fault = frontier.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (fault !== 'ok') return String(fault);
    takeOver(frontier, store);
    return null;
  } catch (error) {
    const cause = error instanceof ArchiveError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
    if (cause?.code !== 'ERR_SQLITE_ERROR') throw error;
    return cause.message;
  }
}

function takeOver(frontier: Database, store: DatabaseSync): void {
  store.exec(`DROP TABLE IF EXISTS temp.targets;
    CREATE TEMP TABLE targets (id TEXT PRIMARY KEY, url TEXT, outcome TEXT, code TEXT, detail TEXT, settled_at INTEGER, unreadable TEXT)
      WITHOUT ROWID`);
  const insert = store.prepare('INSERT INTO targets VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const row of frontier.prepare('SELECT * FROM targets').iterate()) {
    const { id = null, url = null, outcome = null, code = null, detail = null, settled_at = null } = row;
    insert.run(id, url, outcome, code, detail, settled_at, unreadableOf(row));
  }
  store.exec('CREATE INDEX by_url ON targets (url)');
}

const KNOWN = "('archived', 'unchanged', 'gone', 'moved', 'link-out', 'blocked', 'refused', 'failed')";

/** A question to both, and what a row of its answer means. */
const QUESTIONS: readonly { readonly code: CheckCode; readonly sql: string }[] = [
  {
    code: 'frontier-outcome',
    sql: `SELECT id, 'outcome ' || outcome || ' is none' AS detail FROM targets WHERE outcome NOT IN ${KNOWN}
      UNION ALL SELECT id, 'outcome ' || outcome || ' without a time' FROM targets WHERE outcome IN ${KNOWN} AND settled_at IS NULL
      UNION ALL SELECT id, 'outcome ' || outcome || ' without its code' FROM targets WHERE outcome IN ('blocked', 'refused', 'failed') AND code IS NULL
      UNION ALL SELECT id, 'moved to ' || coalesce(detail, 'nowhere') || ', which it does not know' FROM targets
        WHERE outcome = 'moved' AND (detail IS NULL OR detail NOT IN (SELECT url FROM targets))`,
  },
  { code: 'frontier-row', sql: 'SELECT id, unreadable AS detail FROM targets WHERE unreadable IS NOT NULL' },
  {
    code: 'frontier-absent',
    sql: `SELECT id, 'outcome ' || outcome || ': ' || coalesce(detail, '') AS detail FROM targets
      WHERE outcome IN ('archived', 'unchanged') AND id NOT IN (SELECT id FROM articles)`,
  },
  {
    code: 'frontier-key',
    sql: `SELECT t.id, coalesce(t.detail, 'no place') || ', the record is at ' || a.key AS detail FROM targets AS t JOIN articles AS a ON a.id = t.id
      WHERE t.outcome IN ('archived', 'unchanged') AND t.detail IS NOT a.key AND t.id NOT IN (SELECT id FROM articles GROUP BY id HAVING count(*) > 1)`,
  },
  {
    code: 'frontier-unknown',
    sql: `SELECT DISTINCT id, key AS detail FROM articles WHERE id NOT IN (SELECT id FROM targets)`,
  },
];

function* disagreements(store: DatabaseSync, path: string): Generator<Finding> {
  for (const { code, sql } of QUESTIONS)
    for (const { id, detail } of store.prepare(`${sql} ORDER BY 1`).iterate())
      yield finding(code, { path, article: String(id) as ArticleId }, String(detail));
}
