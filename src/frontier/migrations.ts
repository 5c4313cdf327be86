/** The tables of `frontier.sqlite`, step by step: the queue's and those of what the crawler remembers. */
import type { DatabaseSync } from 'node:sqlite';
import type { Migration } from '../sqlite.ts';

/** Of the code before versions were counted: any of its tables and columns may be missing. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS targets (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, source TEXT, via TEXT, lead_picture TEXT, listed TEXT, priority INTEGER NOT NULL,
    added_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0,
    token TEXT, leased_until INTEGER,
    outcome TEXT, code TEXT, detail TEXT, settled_at INTEGER, rounds INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, next_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS robots (origin TEXT PRIMARY KEY, text TEXT NOT NULL, status INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS runs (
    token TEXT PRIMARY KEY, command TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL, ended_at INTEGER, clean INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS visits (
    id TEXT NOT NULL, outcome TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (id, outcome)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS notices (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hook TEXT NOT NULL, told_to TEXT NOT NULL, kind TEXT NOT NULL,
    body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL, error TEXT,
    ended_at INTEGER, delivered INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE IF NOT EXISTS revisits (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, due_at INTEGER NOT NULL, last_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS latencies (archived_at INTEGER NOT NULL, source TEXT NOT NULL, took INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS readings (number INTEGER PRIMARY KEY, reading TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS source_readings (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT, url TEXT NOT NULL,
    entries INTEGER NOT NULL, fresh INTEGER NOT NULL, untitled INTEGER NOT NULL, untimed INTEGER NOT NULL,
    code TEXT, elapsed_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS sightings (
    id TEXT NOT NULL, source TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (id, source)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS followed (
    source TEXT NOT NULL, url TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source, url)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS probes (
    number INTEGER NOT NULL, day TEXT NOT NULL, inferred TEXT NOT NULL, outcome TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (number, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS list_walks (
    "window" TEXT NOT NULL, url TEXT NOT NULL, page INTEGER, PRIMARY KEY ("window", url)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS slots (
    source TEXT PRIMARY KEY, rule TEXT NOT NULL, due_at INTEGER NOT NULL, served_at INTEGER, interval_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS served_slots (
    source TEXT NOT NULL, slot_at INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
    entries INTEGER NOT NULL, fresh INTEGER NOT NULL, code TEXT, PRIMARY KEY (source, slot_at)
  ) STRICT, WITHOUT ROWID;
`;

const INDEXES = `
  CREATE INDEX IF NOT EXISTS waiting ON targets (priority DESC, id DESC) WHERE outcome IS NULL;
  CREATE INDEX IF NOT EXISTS leased ON targets (token) WHERE token IS NOT NULL;
  CREATE INDEX IF NOT EXISTS due ON targets (not_before) WHERE outcome IS NULL;
  CREATE INDEX IF NOT EXISTS not_well ON targets (code) WHERE outcome IN ('failed', 'blocked', 'refused');
  CREATE INDEX IF NOT EXISTS waiting_posts ON targets (priority DESC, id DESC) WHERE outcome IS NULL AND id >= 'fengwen:' AND id < 'fengwen;';
  CREATE INDEX IF NOT EXISTS notices_due ON notices (hook, due_at, number) WHERE ended_at IS NULL;
  CREATE INDEX IF NOT EXISTS notices_ended ON notices (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS revisits_due ON revisits (due_at);
  CREATE INDEX IF NOT EXISTS latencies_at ON latencies (archived_at);
  CREATE INDEX IF NOT EXISTS readings_of ON source_readings (source, number);
  CREATE INDEX IF NOT EXISTS served_at ON served_slots (ended_at);
`;

/** Columns that older tables of targets do not have. */
const ADDED: Readonly<Record<string, string>> = {
  not_before: 'INTEGER NOT NULL DEFAULT 0',
  listed: 'TEXT',
  rounds: 'INTEGER NOT NULL DEFAULT 0',
};

/**
 * When a settled target is asked for again, and how often in a row it came to that kind of outcome. What had ended before
 * follows the table of outcomes as it then was, with a rest of an hour; what is gone, moved or elsewhere, and was never
 * archived, is asked for one last time.
 */
const TABLE_OF_OUTCOMES = `
  ALTER TABLE targets ADD COLUMN again_at INTEGER;
  ALTER TABLE targets ADD COLUMN round_of TEXT;
  UPDATE targets SET round_of = outcome, rounds = rounds + 1,
    again_at = settled_at + CASE
      WHEN outcome <> 'refused' THEN min(3600000 * (1 << min(rounds, 20)), 604800000)
      WHEN code = 'ROBOTS_DISALLOWED' THEN 86400000 ELSE 604800000 END
    WHERE outcome IN ('failed', 'blocked', 'refused');
  UPDATE targets SET round_of = outcome, rounds = CASE outcome WHEN 'gone' THEN 5 ELSE 1 END, again_at = settled_at + 604800000
    WHERE outcome IN ('gone', 'moved', 'link-out')
      AND id NOT IN (SELECT id FROM visits WHERE outcome IN ('archived', 'unchanged'));
  CREATE INDEX again ON targets (again_at) WHERE again_at IS NOT NULL;
  CREATE INDEX waiting_www ON targets (priority DESC, id DESC) WHERE outcome IS NULL AND id >= 'guancha:' AND id < 'guancha;';
  CREATE INDEX due_www ON targets (not_before) WHERE outcome IS NULL AND id >= 'guancha:' AND id < 'guancha;';
  CREATE INDEX revisits_www ON revisits (due_at) WHERE id >= 'guancha:' AND id < 'guancha;';
  CREATE INDEX revisits_posts ON revisits (due_at) WHERE id >= 'fengwen:' AND id < 'fengwen;';
  CREATE INDEX due_posts ON targets (not_before) WHERE outcome IS NULL AND id >= 'fengwen:' AND id < 'fengwen;';
`;

/** Where the archive holds an article whose address does not say so: community posts. */
const PLACES = `
  CREATE TABLE places (id TEXT PRIMARY KEY, key TEXT NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO places SELECT id, detail FROM targets
    WHERE id >= 'fengwen:' AND id < 'fengwen;' AND outcome IN ('archived', 'unchanged') AND detail IS NOT NULL;
`;

/** What a schedule reported as wrong and has not seen well again. */
const ALARMS = `
  CREATE TABLE alarms (
    about TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (about, what)
  ) STRICT, WITHOUT ROWID;
`;

/** In whose hands what was left when a run died without an end, one death after the other. */
const DEATHS = `
  ALTER TABLE targets ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE revisits ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
`;

/** Why a host is left alone, and how often in a row it refused; when a robots.txt is read anew. */
const PAUSES = `
  ALTER TABLE hosts ADD COLUMN reason TEXT;
  ALTER TABLE hosts ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE robots ADD COLUMN next_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE robots ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
`;

/** What the site shows of an archived article and is not believed yet: what, why not, when it was seen, after how many looks. */
const DOUBTS = `
  CREATE TABLE doubts (
    id TEXT PRIMARY KEY, shown TEXT NOT NULL, detail TEXT NOT NULL, seen TEXT NOT NULL, looks INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Which articles had markup that the vocabulary does not know. */
const FORMS = `
  CREATE TABLE forms (
    form TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (form, id)
  ) STRICT, WITHOUT ROWID;
`;

/** Which payload each address gave last, and which capture holds it. */
const PAYLOADS = `
  CREATE TABLE payloads (
    number INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
    file TEXT NOT NULL, "offset" INTEGER NOT NULL, length INTEGER NOT NULL, record TEXT NOT NULL, holder TEXT NOT NULL, date TEXT NOT NULL
  ) STRICT;
  CREATE INDEX payloads_digest ON payloads (digest);
`;

/** When an address may be looked up in another archive again. */
const LOOKUPS = `
  CREATE TABLE lookups (url TEXT PRIMARY KEY, next_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** What other commands hand over to the run that holds the archive, the articles of each order, and what it has come to. */
const ORDERS = `
  CREATE TABLE orders (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, arguments TEXT NOT NULL, asked_by TEXT NOT NULL, asked_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', token TEXT, exit INTEGER, done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX orders_open ON orders (number) WHERE ended_at IS NULL;
  CREATE INDEX orders_ended ON orders (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE ordered (
    number INTEGER NOT NULL, id TEXT NOT NULL, url TEXT NOT NULL, served INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (number, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE order_events (
    number INTEGER NOT NULL, place INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (number, place)
  ) STRICT, WITHOUT ROWID;
`;

/** When archived articles were visited at the ages that rates of edit and withdrawal are counted over. */
const RECHECKS = `
  CREATE TABLE rechecks (id TEXT NOT NULL, age TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (id, age)) STRICT, WITHOUT ROWID;
`;

/**
 * From version 0. Leaves every row as it is, but for runs: older versions locked the archive with a row that has no end,
 * `beat_at` and `birth`, which now counts as a run that was cut off; runs from before `clean` that ended are taken to have
 * ended well.
 */
function takeOver(database: DatabaseSync): void {
  database.exec(TABLES);
  const targets = columnsOf(database, 'targets');
  for (const [column, type] of Object.entries(ADDED))
    if (!targets.has(column)) database.exec(`ALTER TABLE targets ADD COLUMN ${column} ${type}`);
  const runs = columnsOf(database, 'runs');
  if (!runs.has('clean'))
    database.exec(`ALTER TABLE runs ADD COLUMN clean INTEGER NOT NULL DEFAULT 0;
      UPDATE runs SET clean = 1 WHERE ended_at IS NOT NULL;`);
  for (const column of ['beat_at', 'birth'])
    if (runs.has(column)) database.exec(`ALTER TABLE runs DROP COLUMN ${column}`);
  database.exec(INDEXES);
}

function columnsOf(database: DatabaseSync, table: string): ReadonlySet<unknown> {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  return new Set(rows.map(({ name }) => name));
}

/** The version of a database is the number of steps that it went through. */
export const MIGRATIONS: readonly Migration[] = [
  takeOver,
  TABLE_OF_OUTCOMES,
  PLACES,
  ALARMS,
  DEATHS,
  PAUSES,
  DOUBTS,
  FORMS,
  PAYLOADS,
  LOOKUPS,
  ORDERS,
  RECHECKS,
];
