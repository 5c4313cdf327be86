/** The frontier's tables, made where they are missing and brought up to date where an older version made them. */
import type { DatabaseSync } from 'node:sqlite';

const TABLES = `
  CREATE TABLE IF NOT EXISTS targets (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT, via TEXT, lead_picture TEXT, listed TEXT, priority INTEGER NOT NULL,
    added_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0,
    token TEXT, leased_until INTEGER,
    outcome TEXT, code TEXT, detail TEXT, settled_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS waiting ON targets (priority DESC, id DESC) WHERE outcome IS NULL;
  CREATE INDEX IF NOT EXISTS leased ON targets (token) WHERE token IS NOT NULL;
  CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, next_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS robots (origin TEXT PRIMARY KEY, text TEXT NOT NULL, status INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS runs (
    token TEXT PRIMARY KEY, command TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL, ended_at INTEGER, clean INTEGER NOT NULL DEFAULT 0
  ) STRICT;
`;

/** Columns that older frontiers do not have. */
const ADDED: Readonly<Record<string, string>> = {
  not_before: 'INTEGER NOT NULL DEFAULT 0',
  listed: 'TEXT',
  rounds: 'INTEGER NOT NULL DEFAULT 0',
};

const INDEX_ON_ADDED = `CREATE INDEX IF NOT EXISTS due ON targets (not_before) WHERE outcome IS NULL;
  CREATE INDEX IF NOT EXISTS not_well ON targets (code) WHERE outcome IN ('failed', 'blocked', 'refused');
  CREATE INDEX IF NOT EXISTS waiting_posts ON targets (priority DESC, id DESC) WHERE outcome IS NULL AND id >= 'fengwen:' AND id < 'fengwen;'`;

/** Leaves every row as it is. */
export function prepareTables(database: DatabaseSync): void {
  database.exec(TABLES);
  const columns = database.prepare(`SELECT name FROM pragma_table_info('targets')`).all();
  for (const [column, type] of Object.entries(ADDED)) {
    if (!columns.some(({ name }) => name === column)) database.exec(`ALTER TABLE targets ADD COLUMN ${column} ${type}`);
  }
  database.exec(INDEX_ON_ADDED);
}
