/** Does the frontier agree with the store, and do its outcomes add up? It is read without a trace, beside a crawl too. */
import { constants, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FRONTIER } from '../archive/keys.ts';
import type { ArticleId } from '../model.ts';
import { type CheckCode, type Finding, finding } from './promises.ts';
import { withFile } from './read-file.ts';

/**
 * @param store the index database, which knows the articles of the store
 * @param folder for a copy, where a crawl has written what is not in the file itself yet
 */
export function* auditFrontier(root: string, store: DatabaseSync, folder: string): Generator<Finding> {
  const path = join(root, FRONTIER);
  const there = withFile(path, () => ({ kind: 'there' as const }));
  if (there.kind !== 'there') return; // absent: nothing is lost; anything else is told already
  try {
    using frontier = openWithoutTrace(path, folder);
    const fault = frontier.database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (fault !== 'ok') yield damaged(String(fault));
    else {
      takeOver(frontier.database, store);
      yield* disagreements(store);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SQLITE_ERROR') throw error;
    yield damaged((error as Error).message);
  }
}

function damaged(detail: string): Finding {
  return finding('frontier-unreadable', { path: FRONTIER, article: null }, detail);
}

/** A database with a log beside it is copied; one without is opened as a file that nobody changes. */
function openWithoutTrace(path: string, folder: string): { readonly database: DatabaseSync } & Disposable {
  const log = withFile(`${path}-wal`, (_, { size }) => ({ kind: 'log' as const, size }));
  const url = pathToFileURL(path);
  if (log.kind === 'log' && log.size > 0) {
    const copy = join(folder, FRONTIER);
    copyFileSync(path, copy, constants.COPYFILE_FICLONE);
    copyFileSync(`${path}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
    const database = new DatabaseSync(copy);
    return { database, [Symbol.dispose]: () => database.close() };
  }
  url.search = '?immutable=1';
  const database = new DatabaseSync(url, { readOnly: true });
  return { database, [Symbol.dispose]: () => database.close() };
}

function takeOver(frontier: DatabaseSync, store: DatabaseSync): void {
  store.exec(
    `CREATE TEMP TABLE targets (id TEXT PRIMARY KEY, url TEXT, outcome TEXT, code TEXT, detail TEXT, settled_at INTEGER) WITHOUT ROWID`,
  );
  const insert = store.prepare('INSERT INTO targets VALUES (?, ?, ?, ?, ?, ?)');
  const rows = frontier.prepare('SELECT id, url, outcome, code, detail, settled_at FROM targets').iterate();
  for (const { id, url, outcome, code, detail, settled_at } of rows)
    insert.run(id ?? null, url ?? null, outcome ?? null, code ?? null, detail ?? null, settled_at ?? null);
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

function* disagreements(store: DatabaseSync): Generator<Finding> {
  for (const { code, sql } of QUESTIONS)
    for (const { id, detail } of store.prepare(`${sql} ORDER BY 1`).iterate())
      yield finding(code, { path: FRONTIER, article: String(id) as ArticleId }, String(detail));
}
