/** Checks across all files: what stands twice, what is named and not there, what is there and not named. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { assetKey } from '../archive/keys.ts';
import type { ArticleId } from '../model.ts';
import { INDEX_TABLES } from './audit-index.ts';
import { type CheckCode, type Finding, finding } from './promises.ts';
import { changedAt } from './read-file.ts';

/** Takes over what the workers wrote. */
export function mergeAuditIndex(database: DatabaseSync, paths: readonly string[]): void {
  for (const path of paths) {
    database.prepare('ATTACH ? AS other').run(path);
    for (const table of INDEX_TABLES) database.exec(`INSERT INTO main.${table} SELECT * FROM other.${table}`);
    database.exec('DETACH other');
  }
  database.exec(`
    CREATE INDEX by_name ON names (kind, value, path);
    CREATE INDEX by_id ON articles (id);
    CREATE INDEX by_picture ON pictures (sha256);
    CREATE INDEX by_reference ON shown (sha256, path);
    CREATE INDEX by_place ON captures (file, at);
    CREATE TEMP TABLE reported (path TEXT PRIMARY KEY) WITHOUT ROWID;
  `);
}

type Row = Record<string, unknown>;

const text = (row: Row, column: string): string => String(row[column]);
const found = (code: CheckCode, row: Row, detail: string, also?: string): Finding =>
  finding(
    code,
    { path: text(row, 'path'), article: row.article === null ? null : (text(row, 'article') as ArticleId) },
    detail,
    also,
  );

/** Ids, addresses and contents that two articles have; an article that is there twice is reported by its id alone. */
export function* twice(database: DatabaseSync): Generator<Finding> {
  const duplicates = database.prepare(`
    SELECT names.path, names.article, names.value, first.path AS other FROM
      (SELECT value, min(path) AS path FROM names WHERE kind = ?1 GROUP BY value HAVING min(path) <> max(path)) AS first
      JOIN names ON names.kind = ?1 AND names.value = first.value AND names.path > first.path
    WHERE names.path NOT IN (SELECT path FROM reported) ORDER BY names.path, names.value`);
  const report = database.prepare('INSERT OR IGNORE INTO reported VALUES (?)');
  const kinds = [
    ['id', 'id-shared'],
    ['content', 'content-shared'],
    ['document', 'content-shared'],
    ['address', 'alias-shared'],
  ] as const;
  for (const [kind, code] of kinds) {
    const rows = duplicates.all(kind);
    for (const row of rows) {
      if (Number(report.run(text(row, 'path')).changes) === 0) continue;
      yield found(code, row, `${text(row, 'value')}, as ${text(row, 'other')}`, text(row, 'other'));
    }
  }
}

/** Documents whose clock is not that of most; the format's own where there are as many of each. */
export function* clocks(database: DatabaseSync): Generator<Finding> {
  const count = database.prepare('SELECT count(*) AS n FROM clocks WHERE convention = ?');
  const [site, utc] = [Number(count.get('site-clock')?.n), Number(count.get('utc')?.n)];
  if (site === 0 || utc === 0) return;
  const [minority, says] = utc > site ? ['site-clock', 'Beijing clock'] : ['utc', 'true GMT'];
  const rows = database.prepare('SELECT path, article, date FROM clocks WHERE convention = ? ORDER BY path');
  for (const row of rows.iterate(minority))
    yield found(
      'clock-convention',
      row,
      `date ${text(row, 'date')} is ${says}, most others are not: 8 hours between them`,
    );
}

/**
 * Pictures and the records that show them.
 * @param isWhole false if only some articles were read: then nothing is known of orphans
 */
export function* pictures(database: DatabaseSync, isWhole: boolean): Generator<Finding> {
  const named = database.prepare(`
    SELECT s.sha256, s.type, min(s.article) AS article, s.src, count(*) AS n
    FROM shown AS s WHERE s.sha256 NOT IN (SELECT sha256 FROM pictures) GROUP BY s.sha256 ORDER BY 1`);
  for (const row of named.iterate()) {
    const path = assetKey(text(row, 'sha256'), text(row, 'type'));
    yield found('picture-gone', { ...row, path }, `named by ${text(row, 'n')} records, from ${text(row, 'src')}`);
  }

  const bad = database.prepare(`
    SELECT p.path, p.code, p.detail, (SELECT min(article) FROM shown AS s WHERE s.sha256 = p.sha256) AS article
    FROM pictures AS p WHERE p.code IS NOT NULL AND p.code <> 'reported'
      AND NOT (p.code = 'picture-broken' AND EXISTS (SELECT 1 FROM shown AS s WHERE s.sha256 = p.sha256 AND s.imperfect = 1))
    GROUP BY p.path ORDER BY p.path`);
  for (const row of bad.iterate())
    if (row.article !== null || !isWhole) yield found(row.code as CheckCode, row, text(row, 'detail'));

  const differ = database.prepare(`
    SELECT DISTINCT s.path, s.article, s.src, s.type || ' ' || s.width || '×' || s.height || ', ' || s.bytes || ' bytes' AS recorded,
      p.type || ' ' || p.width || '×' || p.height || ', ' || p.bytes || ' bytes' AS is_so, s.type <> p.type AS type
    FROM shown AS s JOIN pictures AS p ON p.sha256 = s.sha256 AND p.code IS NULL
    WHERE s.type <> p.type OR s.bytes <> p.bytes OR s.width <> p.width OR s.height <> p.height ORDER BY s.path`);
  for (const row of differ.iterate())
    yield found(
      row.type === 1 ? 'picture-type' : 'picture-facts',
      row,
      `record ${text(row, 'recorded')}; file ${text(row, 'is_so')}: ${text(row, 'src')}`,
    );

  if (!isWhole || hasLost(database)) return;
  const orphans = database.prepare(`
    SELECT path, NULL AS article FROM pictures WHERE code IS NOT 'reported' AND sha256 NOT IN (SELECT sha256 FROM shown)
      AND sha256 NOT IN (SELECT value FROM names WHERE kind = 'replaced') ORDER BY path`);
  for (const row of orphans.iterate()) yield found('asset-orphan', row, 'no record names it');
}

/**
 * Captures and the records that name them. A file that is not whole was reported; what lies in it is not reported as well,
 * nor what was written to it after it was read.
 * @param root the audited folder: a file that came during the audit is not called missing
 */
export function* captures(database: DatabaseSync, root: string): Generator<Finding> {
  const missing = database.prepare(`
    SELECT file AS path, min(article) AS article, count(DISTINCT path) AS n FROM
      (SELECT file, article, path FROM evidence UNION ALL SELECT body_file, NULL, file FROM captures WHERE body_file IS NOT NULL)
    WHERE file NOT IN (SELECT file FROM segments) GROUP BY file ORDER BY file`);
  for (const row of missing.iterate())
    if (changedAt(join(root, text(row, 'path'))) === null)
      yield found('capture-missing', row, `named by ${text(row, 'n')} records or captures`);

  const misplaced = database.prepare(`
    SELECT e.path, e.article, e.file, e.at, c.url, c.length IS NOT e.length AS elsewhere
    FROM evidence AS e JOIN segments AS s ON s.file = e.file AND s.damaged = 0 AND e.at + e.length <= s.bytes
    LEFT JOIN captures AS c ON c.file = e.file AND c.at = e.at
    WHERE c.length IS NOT e.length OR (e.digest IS NOT NULL AND e.digest <> c.digest)
    GROUP BY e.path ORDER BY e.path, e.at`);
  for (const row of misplaced.iterate()) {
    const is =
      row.elsewhere === 1 ? 'no exchange begins there' : `what lies there has another body, of ${text(row, 'url')}`;
    yield found('capture-place', row, `${text(row, 'file')}, byte ${text(row, 'at')}: ${is}`, text(row, 'file'));
  }

  const altered = database.prepare(`
    SELECT e.file AS path, min(e.article) AS article, min(e.at) AS at, min(e.path) AS record, count(DISTINCT e.at) AS n
    FROM evidence AS e JOIN segments AS s ON s.file = e.file AND s.damaged = 0
    JOIN captures AS c ON c.file = e.file AND c.at = e.at AND c.length = e.length AND c.sha256 <> e.sha256
    WHERE e.digest IS NULL OR e.digest = c.digest
    GROUP BY e.file ORDER BY e.file`);
  for (const row of altered.iterate())
    yield found(
      'capture-altered',
      row,
      `${text(row, 'n')} of its exchanges, the first at byte ${text(row, 'at')}: not the bytes whose SHA-256 the record names`,
      text(row, 'record'),
    );

  const bodiless = database.prepare(`
    SELECT c.file AS path, NULL AS article, c.at, c.body_file, c.body_at, count(*) AS n FROM captures AS c
    JOIN segments AS s ON s.file = c.body_file AND s.damaged = 0
    LEFT JOIN captures AS b ON b.file = c.body_file AND b.at = c.body_at AND b.body_file IS NULL AND b.digest = c.digest
    WHERE b.at IS NULL
    GROUP BY c.file, c.body_file ORDER BY c.file, c.at`);
  for (const row of bodiless.iterate())
    yield found(
      'capture-body-missing',
      row,
      `${text(row, 'n')} of its exchanges, the first at byte ${text(row, 'at')}: not at ${text(row, 'body_file')}, byte ${text(row, 'body_at')}`,
      text(row, 'body_file'),
    );
}

/** While a record cannot be read, the pictures that nobody names may be its own. */
function hasLost(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM articles WHERE lost = 1 LIMIT 1').get() !== undefined;
}
