/** Articles put into the catalog's tables and taken out of them. */

import type { Database } from '../database.ts';
import { numberOf, textOf } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import { bigrams, singles } from './bigrams.ts';
import type { CatalogEntry, Label } from './entry.ts';
import { fold } from './fold.ts';
import { DAY_ROWS } from './schema.ts';

interface Store {
  /** Puts an article in the place of what was known under its key. */
  put(entry: IndexedEntry, revision: string): void;
  /** A record that cannot be read; it is looked at again when it is written. */
  putDamaged(key: string, detail: string, revision: string): void;
  remove(key: string): void;
  /** The records of a month, each with the revision of its file when it was read. */
  recordsOf(month: string): ReadonlyMap<string, string>;
}

/** An entry with its texts as the words of the index. */
export interface IndexedEntry extends Omit<CatalogEntry, 'searched'> {
  readonly words: { readonly title: string; readonly names: string; readonly body: string };
  readonly singles: string;
}

/** Half of what an article costs: it is made apart from the database. Pure. */
export function indexed({ searched, ...entry }: CatalogEntry): IndexedEntry {
  const { title, names, body } = searched;
  return {
    ...entry,
    words: { title: bigrams(title), names: bigrams(names), body: bigrams(body) },
    singles: singles(`${title}\n${names}\n${body}`),
  };
}

export function openStore(database: Database): Store {
  const sql = {
    find: database.prepare('SELECT row, labels, stored FROM articles WHERE key = ?'),
    last: database.prepare('SELECT max(row) AS row FROM articles WHERE row >= ? AND row < ?'),
    hole: database.prepare(
      'SELECT row + 1 AS row FROM articles AS a WHERE row >= ? AND NOT EXISTS (SELECT 1 FROM articles WHERE row = a.row + 1) ORDER BY row LIMIT 1',
    ),
    spill: database.prepare(
      "INSERT INTO facts VALUES ('spill', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
    ),
    article: database.prepare('INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    words: database.prepare('INSERT INTO words (rowid, body, title, names, labels) VALUES (?, ?, ?, ?, ?)'),
    singles: database.prepare('INSERT INTO singles (rowid, characters) VALUES (?, ?)'),
    label: database.prepare(
      'INSERT INTO labels (kind, name, folded, url, articles) VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET articles = articles + 1, url = coalesce(url, excluded.url) RETURNING label',
    ),
    labelled: database.prepare('INSERT INTO labelled VALUES (?, ?)'),
    picture: database.prepare(
      'INSERT INTO pictures VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET articles = articles + 1 RETURNING articles',
    ),
    unpicture: database.prepare('UPDATE pictures SET articles = articles - 1 WHERE hash = ? RETURNING articles, bytes'),
    noPicture: database.prepare('DELETE FROM pictures WHERE hash = ?'),
    total: database.prepare(
      'INSERT INTO facts VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = value + excluded.value',
    ),
    change: database.prepare('INSERT INTO changes VALUES (?, ?, ?, ?)'),
    damaged: database.prepare('INSERT OR REPLACE INTO damaged VALUES (?, ?, ?)'),
    mended: database.prepare('DELETE FROM damaged WHERE key = ?'),
    unlabel: database.prepare('UPDATE labels SET articles = articles - 1 WHERE label = ?'),
    unlabelled: database.prepare('DELETE FROM labelled WHERE label = ? AND row = ?'),
    unchange: database.prepare('DELETE FROM changes WHERE row = ?'),
    unarticle: database.prepare('DELETE FROM articles WHERE row = ?'),
    unwords: database.prepare('DELETE FROM words WHERE rowid = ?'),
    unsingles: database.prepare('DELETE FROM singles WHERE rowid = ?'),
    records: database.prepare(
      'SELECT key, revision FROM articles WHERE key >= ?1 AND key < ?2 UNION ALL SELECT key, revision FROM damaged WHERE key >= ?1 AND key < ?2',
    ),
  };

  const remove = (key: string) => {
    sql.mended.run(key);
    const old = sql.find.get(key);
    const row = numberOf(old?.row);
    if (row === null) return;
    for (const label of JSON.parse(textOf(old?.labels) ?? '[]') as readonly number[]) {
      sql.unlabel.run(label);
      sql.unlabelled.run(label, row);
    }
    unstore(textOf(old?.stored) ?? '');
    sql.unchange.run(row);
    sql.unwords.run(row);
    sql.unsingles.run(row);
    sql.unarticle.run(row);
  };

  return {
    put: (entry, revision) => {
      const { article, published, day, words, changes, stored, lacksText } = entry;
      remove(article.key);
      const row = freeRow(day);
      const labels = entry.labels.map((label) => labelOf(label, row));
      const labelWords = labels.map((label) => `label${label}`).join(' ');
      const shown = JSON.stringify({ ...article, key: undefined, id: undefined });
      sql.article.run(
        row,
        article.key,
        article.id,
        published,
        day,
        article.changedAt,
        shown,
        JSON.stringify(labels),
        revision,
        Number(lacksText),
        article.versions,
        article.pictures,
        article.bytes,
        store(stored),
      );
      sql.words.run(row, words.body, words.title, words.names, labelWords);
      sql.singles.run(row, `${entry.singles} ${labelWords}`);
      for (const [i, change] of changes.entries()) sql.change.run(change.at, row, i, JSON.stringify(change));
    },
    putDamaged: (key, detail, revision) => {
      remove(key);
      sql.damaged.run(key, detail, revision);
    },
    remove,
    recordsOf: (month) => {
      const rows = sql.records.all(`${month}/`, `${month}0`); // 0 is what follows / among characters
      return new Map(rows.map((row) => [textOf(row.key) ?? '', textOf(row.revision) ?? '']));
    },
  };

  /** @returns what the article keeps of them */
  function store(pictures: IndexedEntry['stored']): string {
    let [files, size] = [0, 0];
    for (const { sha256, bytes } of pictures) {
      if (numberOf(sql.picture.get(sha256.slice(0, HASH_LENGTH), bytes)?.articles) !== 1) continue;
      files += 1;
      size += bytes;
    }
    addTotals(files, size);
    return pictures.map(({ sha256 }) => sha256.slice(0, HASH_LENGTH)).join('');
  }

  function unstore(hashes: string): void {
    let [files, size] = [0, 0];
    for (let at = 0; at < hashes.length; at += HASH_LENGTH) {
      const hash = hashes.slice(at, at + HASH_LENGTH);
      const left = sql.unpicture.get(hash);
      if (numberOf(left?.articles) !== 0) continue;
      sql.noPicture.run(hash);
      files -= 1;
      size -= numberOf(left?.bytes) ?? 0;
    }
    addTotals(files, size);
  }

  function addTotals(files: number, bytes: number): void {
    if (files === 0) return;
    sql.total.run(PICTURE_FILES, files);
    sql.total.run(PICTURE_BYTES, bytes);
  }

  /** A row of the day, or the next one that is free behind it. */
  function freeRow(day: string): number {
    const first = firstRow(day);
    const last = numberOf(sql.last.get(first, first + DAY_ROWS)?.row);
    if (last === null) return first;
    if (last + 1 < first + DAY_ROWS) return last + 1;
    const row = numberOf(sql.hole.get(first)?.row) ?? first;
    const spill = Math.floor((row - first) / DAY_ROWS);
    if (spill > 0) sql.spill.run(spill);
    return row;
  }

  function labelOf({ kind, name, url }: Label, row: number): number {
    const label = numberOf(sql.label.get(kind, name, fold(name), url)?.label);
    if (label === null) throw new ArchiveError('DATABASE_DAMAGED', `catalog: no number for the label ${kind} ${name}`);
    sql.labelled.run(label, row);
    return label;
  }
}

/** Names of facts: over all pictures, each file once. */
export const PICTURE_FILES = 'picture-files';
export const PICTURE_BYTES = 'picture-bytes';
/** No two pictures share so many digits of their hashes by chance. */
const HASH_LENGTH = 24;

const DAY_MS = 86_400_000;
/** Days from the year 1 on have numbers above 0. */
const FIRST_DAY = Date.parse('0001-01-01T00:00:00Z') / DAY_MS;

/** The first row of a day of Beijing, `2022-01-28`. */
export function firstRow(day: string): number {
  return Math.max(0, Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS) - FIRST_DAY) * DAY_ROWS;
}

/** The day of a row; of rows behind all days the last one. */
export function dayAt(row: number): string {
  const day = Math.floor(row / DAY_ROWS) + FIRST_DAY;
  return new Date(Math.min(day * DAY_MS, LAST_INSTANT)).toISOString().slice(0, 10);
}

const LAST_INSTANT = Date.parse('9999-12-31T00:00:00Z');
