/**
 * The tables of `catalog.sqlite`, all made from records and documents.
 *
 * `words` and `singles` are full-text indexes without content (sqlite.org/fts5.html, 4.4.2): two characters each with their
 * places, and the single characters without them. Both also hold the labels of an article as words (`label12`), so that a
 * filter costs no more than a word; no word of a text has more than two characters. The text is the first column, for a
 * place in any other takes two bytes more.
 *
 * The row number of an article follows the time of its publication: `row / DAY_ROWS` is the day, counted in Beijing, so that
 * the newest hits are read from the end of the index. Within a day the rows stand in no order, and answers are sorted by
 * `published`. Where a day has more articles than rows, the next free row is taken; `spill` in `facts` says how many days
 * away that is at most, and whoever reads in order of time reads as much further.
 */

/** Whoever changes a table, or what is written to one, counts it up: catalogs of another version are built anew. */
export const VERSION = 2;

/** More than most days have articles; gaps between the rows make the index larger. */
export const DAY_ROWS = 256;

export const SCHEMA = `
CREATE TABLE articles (
  row INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  id TEXT NOT NULL,
  published INTEGER NOT NULL,
  day TEXT NOT NULL,
  changed TEXT NOT NULL,
  shown TEXT NOT NULL,
  labels TEXT NOT NULL,
  revision TEXT NOT NULL,
  lacks_text INTEGER NOT NULL,
  versions INTEGER NOT NULL,
  pictures INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  stored TEXT NOT NULL
);
CREATE INDEX articles_by_id ON articles (id);
-- With all that figures of the whole archive are made of: they are read from here alone.
CREATE INDEX articles_by_day ON articles (day, versions, pictures, bytes);
CREATE INDEX articles_by_change ON articles (changed);
CREATE INDEX articles_without_text ON articles (key) WHERE lacks_text = 1;

-- The files of pictures, by how their hashes begin, which also stand in a row in the column stored of each article.
CREATE TABLE pictures (
  hash TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL,
  articles INTEGER NOT NULL
) WITHOUT ROWID;

-- Months of captures that nothing is written to.
CREATE TABLE captures (
  month TEXT PRIMARY KEY,
  written REAL NOT NULL,
  files INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE labels (
  label INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  url TEXT,
  articles INTEGER NOT NULL,
  UNIQUE (kind, name)
);
CREATE TABLE labelled (
  label INTEGER NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (label, row)
) WITHOUT ROWID;

CREATE TABLE changes (
  at TEXT NOT NULL,
  row INTEGER NOT NULL,
  number INTEGER NOT NULL,
  change TEXT NOT NULL,
  PRIMARY KEY (at, row, number)
) WITHOUT ROWID;
CREATE INDEX changes_by_row ON changes (row);

CREATE TABLE damaged (
  key TEXT PRIMARY KEY,
  detail TEXT NOT NULL,
  revision TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE months (
  month TEXT PRIMARY KEY,
  written REAL NOT NULL,
  since REAL NOT NULL,
  sure INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE VIRTUAL TABLE words USING fts5 (
  body, title, names, labels, content = '', contentless_delete = 1, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE singles USING fts5 (
  characters, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
-- A word of the title weighs as much as four of the text; labels weigh nothing.
INSERT INTO words (words, rank) VALUES ('rank', 'bm25(1.0, 4.0, 2.0, 0.0)')`;
