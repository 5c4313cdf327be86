/** One SQLite file that Datasette, sqlite3 and every language open as it is: articles, and what each has several of. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeQuietly, settle } from '../archive/disk.ts';
import { temporaryName } from '../archive/keys.ts';
import { hashFile } from '../archive/manifest.ts';
import { connect, withSqliteErrors } from '../sqlite.ts';
import type { Sources } from './articles.ts';
import type { Exported, ExportOptions } from './exported.ts';
import { type Row, rowOf, type Tabular } from './row.ts';
import type { Selection } from './selection.ts';
import { type RowPool, tabularArticles } from './tabular.ts';
import { requireFile, type Target } from './target.ts';

const SCHEMA = `
  CREATE TABLE articles (
    id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, published_at TEXT NOT NULL, day TEXT NOT NULL, source TEXT, origin TEXT,
    byline TEXT, topic TEXT, summary TEXT, characters INTEGER NOT NULL, text TEXT NOT NULL, original_title TEXT,
    time_precision TEXT NOT NULL, updated_at TEXT, first_captured_at TEXT NOT NULL, captured_at TEXT NOT NULL,
    withdrawn_since TEXT, moved_to TEXT, url TEXT NOT NULL, document TEXT NOT NULL, sha256 TEXT NOT NULL
  ) STRICT;
  CREATE TABLE people (
    article TEXT NOT NULL REFERENCES articles (id), name TEXT NOT NULL, role TEXT NOT NULL, is_author INTEGER NOT NULL,
    PRIMARY KEY (article, name, role)
  ) STRICT;
  CREATE TABLE keywords (
    article TEXT NOT NULL REFERENCES articles (id), keyword TEXT NOT NULL, PRIMARY KEY (article, keyword)
  ) STRICT;
  CREATE TABLE pictures (
    article TEXT NOT NULL REFERENCES articles (id), position INTEGER NOT NULL, src TEXT NOT NULL, caption TEXT, file TEXT,
    sha256 TEXT, bytes INTEGER, width INTEGER, height INTEGER, PRIMARY KEY (article, position)
  ) STRICT;
  CREATE TABLE versions (
    article TEXT NOT NULL REFERENCES articles (id), number INTEGER NOT NULL, captured_at TEXT NOT NULL, document TEXT NOT NULL,
    sha256 TEXT NOT NULL, PRIMARY KEY (article, number)
  ) STRICT;
  CREATE TABLE flags (
    article TEXT NOT NULL REFERENCES articles (id), code TEXT NOT NULL, PRIMARY KEY (article, code)
  ) STRICT;
`;

/** Made last: rows come faster without. */
const INDEXES = `
  CREATE INDEX articles_by_time ON articles (published_at);
  CREATE INDEX articles_by_source ON articles (source, published_at);
  CREATE INDEX people_by_name ON people (name);
  CREATE INDEX keywords_by_keyword ON keywords (keyword);
  CREATE INDEX pictures_by_sha256 ON pictures (sha256);
  CREATE INDEX flags_by_code ON flags (code);
`;

/**
 * Datasette takes for the search of a table what names it by `content="…"`. Of what SQLite has built in, trigrams alone find
 * Chinese words within a sentence, from three characters on; shorter ones are for LIKE.
 */
const SEARCH = `
  CREATE VIRTUAL TABLE articles_fts USING FTS5 (title, byline, summary, text, content="articles", tokenize="trigram");
  INSERT INTO articles_fts (articles_fts) VALUES ('rebuild');
  INSERT INTO articles_fts (articles_fts) VALUES ('optimize');
`;

/** @throws INTERRUPTED, and what the disks refuse with; then what lay at the place is still there */
export async function exportSqlite(
  target: Target,
  selection: Selection,
  {
    sources,
    options,
    elsewhere,
  }: { readonly sources: Sources; readonly options: ExportOptions; readonly elsewhere: RowPool | null },
): Promise<Exported> {
  const file = requireFile(target);
  const temporary = join(await target.makeUnfinished(), temporaryName(file));
  try {
    const articles = await fill(temporary, tabularArticles(sources, selection, { ...options, elsewhere }), options);
    const { size: bytes } = await stat(temporary);
    await settle(temporary, join(target.folder.name, file));
    const { sha256 } = await hashFile(target.folder, file);
    options.onFile({ path: file, bytes, sha256, wrote: true });
    return { articles, files: 1, bytes, others: [] };
  } finally {
    await removeQuietly(temporary); // after `settle` it has another name
  }
}

type Value = string | number | null;

async function fill(
  path: string,
  articles: AsyncIterable<Tabular>,
  { onLeftOut }: Pick<ExportOptions, 'onLeftOut'>,
): Promise<number> {
  using database = withSqliteErrors(path, () => connect(path));
  const run = (sql: string) => withSqliteErrors(path, () => database.exec(sql));
  run('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE'); // it has its name when it is whole
  run(`${SCHEMA}; BEGIN`);
  const insertInto = (table: string, fields: number) => {
    const statement = database.prepare(`INSERT OR IGNORE INTO ${table} VALUES (${Array(fields).fill('?').join(', ')})`);
    return (...values: readonly Value[]) => withSqliteErrors(path, () => Number(statement.run(...values).changes));
  };
  const insert = {
    article: insertInto('articles', 21),
    person: insertInto('people', 4),
    keyword: insertInto('keywords', 2),
    picture: insertInto('pictures', 9),
    version: insertInto('versions', 5),
    flag: insertInto('flags', 2),
  };
  let count = 0;
  for await (const article of articles) {
    const { key } = article;
    const row = rowOf(article);
    if (addRow(row, insert)) count += 1;
    else
      onLeftOut({
        kind: 'article-damaged',
        key,
        url: row.url,
        detail: `${row.id} is the id of another record too`,
      });
  }
  run(`${INDEXES} ${SEARCH} COMMIT; ANALYZE`);
  return count;
}

type Insert = Readonly<
  Record<'article' | 'person' | 'keyword' | 'picture' | 'version' | 'flag', (...values: readonly Value[]) => number>
>;

/** False where an article of this id is there already. */
function addRow(row: Row, insert: Insert): boolean {
  const { id } = row;
  const added = insert.article(
    id,
    row.title,
    row.publishedAt,
    row.day,
    row.source,
    row.origin,
    row.byline,
    row.topic,
    row.summary,
    row.characters,
    row.text,
    row.originalTitle,
    row.precision,
    row.updatedAt,
    row.firstCapturedAt,
    row.capturedAt,
    row.withdrawnSince,
    row.movedTo,
    row.url,
    row.document,
    row.sha256,
  );
  if (added === 0) return false;
  for (const { name, role, isAuthor } of row.people) insert.person(id, name, role, Number(isAuthor));
  for (const keyword of row.keywords) insert.keyword(id, keyword);
  for (const [i, { src, caption, file, sha256, bytes, width, height }] of row.pictures.entries())
    insert.picture(id, i + 1, src, caption, file, sha256, bytes, width, height);
  for (const [i, { capturedAt, document, sha256 }] of row.versions.entries())
    insert.version(id, i + 1, capturedAt, document, sha256);
  for (const code of row.flags) insert.flag(id, code);
  return true;
}
