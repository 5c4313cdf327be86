/** How the sources' lists were read lately: what the alarm looks at. */
import { z } from 'zod';
import type { SourceSample } from '../alarms/sources.ts';
import { type Database, jsonOf, numberOf, type Row, textOf } from '../database.ts';
import type { ArticleId, Verdict } from '../model.ts';

export interface SourceSamples {
  add(reading: SourceSample): void;
  /** The last readings of a source, newest first. */
  of(source: string): readonly SourceSample[];
}

/** Of each source; older ones go. */
export const READINGS_KEPT = 200;

export function openSourceSamples(database: Database): SourceSamples {
  const insert = database.prepare(
    `INSERT INTO source_readings (source, at, kind, url, entries, fresh, untitled, untimed, code, elapsed_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const forget = database.prepare(
    `DELETE FROM source_readings WHERE source = ?1 AND number <=
     (SELECT number FROM source_readings WHERE source = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)`,
  );
  const newest = database.prepare('SELECT * FROM source_readings WHERE source = ? ORDER BY number DESC');
  return {
    add: ({ source, at, kind, url, entries, fresh, untitled, untimed, code, elapsedMs }) => {
      insert.run(source, at, kind, url, entries, fresh, untitled, untimed, code, Math.round(elapsedMs));
      forget.run(source, READINGS_KEPT);
    },
    of: (source) =>
      newest.all(source).map((row) => ({
        source,
        at: Number(row.at),
        kind: textOf(row.kind),
        url: String(row.url),
        entries: Number(row.entries),
        fresh: Number(row.fresh),
        untitled: Number(row.untitled),
        untimed: Number(row.untimed),
        code: textOf(row.code),
        elapsedMs: Number(row.elapsed_ms),
      })),
  };
}

// Which sources showed which articles, and when: what is known of an article before anybody visits it.

export interface Sightings {
  /** Notes that a source showed these articles at an instant, ms since 1970. */
  note(source: string, ids: readonly ArticleId[], at: number): void;
  /** The sources that showed an article, the first one first. */
  of(id: ArticleId): readonly Sighting[];
  /** Every article that any source showed at or after an instant, with all sources that ever did, in the order of ids as text. */
  since(at: number): Iterable<SeenArticle>;
}

/** Instants in ms since 1970. */
interface Sighting {
  readonly source: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

interface SeenArticle {
  readonly id: ArticleId;
  readonly sources: readonly string[];
  readonly firstAt: number;
  readonly lastAt: number;
}

const names = z.array(z.string());

export function openSightings(database: Database): Sightings {
  const note = database.prepare(
    `INSERT INTO sightings (id, source, first_at, last_at) SELECT DISTINCT value, CAST(?1 AS TEXT), CAST(?2 AS BIGINT), CAST(?2 AS BIGINT) FROM ${database.dialect.texts('?3')} WHERE true
     ON CONFLICT (id, source) DO UPDATE SET
       first_at = CASE WHEN excluded.first_at < sightings.first_at THEN excluded.first_at ELSE sightings.first_at END,
       last_at = CASE WHEN excluded.last_at > sightings.last_at THEN excluded.last_at ELSE sightings.last_at END`,
  );
  const of = database.prepare('SELECT * FROM sightings WHERE id = ? ORDER BY first_at, source');
  const since = database.prepare(
    `SELECT id, ${database.dialect.gathered('source')} AS sources, min(first_at) AS first_at, max(last_at) AS last_at
     FROM sightings GROUP BY id HAVING max(last_at) >= ? ORDER BY id`,
  );
  return {
    note: (source, ids, at) => void note.run(source, at, JSON.stringify(ids)),
    of: (id) =>
      of.all(id).map((row) => ({
        source: String(row.source),
        firstAt: Number(row.first_at),
        lastAt: Number(row.last_at),
      })),
    since: function* (at) {
      for (const row of since.iterate(at)) {
        yield {
          id: String(row.id) as ArticleId,
          sources: jsonOf(row.sources, names) ?? [],
          firstAt: Number(row.first_at),
          lastAt: Number(row.last_at),
        };
      }
    },
  };
}

// When each list that an index names was last read: the index's source takes some in turn.

export interface Followed {
  /** Those of the lists whose turn it is: never read, then read longest ago; in the given order where that is the same. */
  next(source: string, urls: readonly string[], count: number): readonly string[];
  /** Notes that a list was asked for at an instant, ms since 1970. */
  note(source: string, url: string, at: number): void;
}

export function openFollowed(database: Database): Followed {
  const note = database.prepare(
    'INSERT INTO followed (source, url, at) VALUES (?, ?, ?) ON CONFLICT (source, url) DO UPDATE SET at = excluded.at',
  );
  const all = database.prepare('SELECT url, at FROM followed WHERE source = ?');
  return {
    next: (source, urls, count) => {
      const at = new Map(all.all(source).map((row) => [String(row.url), Number(row.at)]));
      const atOf = (url: string) => at.get(url) ?? Number.NEGATIVE_INFINITY;
      return [...new Set(urls)]
        .toSorted((a, b) => (atOf(a) < atOf(b) ? -1 : atOf(a) > atOf(b) ? 1 : 0))
        .slice(0, count);
    },
    note: (source, url, at) => void note.run(source, url, at),
  };
}

// How far backwards the lists of a backfill were walked: one that was cut off goes on there.

/** `window` names the days of the backfill, `url` is that of a list's first page, with the part of it after a `#`. */
export interface ListWalks {
  /** The page that is next, 1 where the walk has not begun; null where it came to its end. */
  nextPage(window: string, url: string): number | null;
  setNextPage(window: string, url: string, page: number | null): void;
  /** All lists came to their end: the next backfill of these days begins anew. */
  forget(window: string): void;
}

export function openListWalks(database: Database): ListWalks {
  const nextPage = database.prepare('SELECT page FROM list_walks WHERE "window" = ? AND url = ?');
  const setNextPage = database.prepare(
    'INSERT INTO list_walks ("window", url, page) VALUES (?, ?, ?) ON CONFLICT ("window", url) DO UPDATE SET page = excluded.page',
  );
  const forget = database.prepare('DELETE FROM list_walks WHERE "window" = ?');
  return {
    nextPage: (window, url) => {
      const row = nextPage.get(window, url);
      return row === undefined ? 1 : numberOf(row.page);
    },
    setNextPage: (window, url, page) => void setNextPage.run(window, url, page),
    forget: (window) => void forget.run(window),
  };
}

// Which numbers were asked for by day because nothing had shown them, and what was there: nothing is asked twice.

/** What the answer was judged to be; `failed` where none came. */
export type ProbeOutcome = Verdict['kind'] | 'failed';

export interface Probe {
  readonly number: number;
  /** The day that it was asked for with, `2026-10-14`. */
  readonly day: string;
  /** The day that its neighbours gave it when it was first asked for. */
  readonly inferred: string;
  readonly outcome: ProbeOutcome;
  /** ms since 1970. */
  readonly at: number;
}

export interface Probes {
  note(probe: Probe): void;
  /** Takes back what was answered with nothing at or after an instant, ms since 1970: the site did not mean it. */
  takeBack(since: number): void;
  /** Of one number, in the order of asking. */
  of(number: number): readonly Probe[];
  /** In the order of numbers, of each in the order of asking. */
  all(): Iterable<Probe>;
}

export function openProbes(database: Database): Probes {
  const note = database.prepare(
    `INSERT INTO probes (number, day, inferred, outcome, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (number, day) DO UPDATE SET outcome = excluded.outcome, at = excluded.at`,
  );
  const takeBack = database.prepare(`DELETE FROM probes WHERE outcome = 'gone' AND at >= ?`);
  const of = database.prepare('SELECT * FROM probes WHERE number = ? ORDER BY at, day');
  const all = database.prepare('SELECT * FROM probes ORDER BY number, at, day');
  const probeOf = (row: Row): Probe => ({
    number: Number(row.number),
    day: String(row.day),
    inferred: String(row.inferred),
    outcome: String(row.outcome) as ProbeOutcome,
    at: Number(row.at),
  });
  return {
    note: ({ number, day, inferred, outcome, at }) => void note.run(number, day, inferred, outcome, at),
    takeBack: (since) => void takeBack.run(since),
    of: (number) => of.all(number).map(probeOf),
    all: function* () {
      for (const row of all.iterate()) yield probeOf(row);
    },
  };
}
