/** What the last articles gave, for the drift alarm; in the frontier's database, for it is of the run and not of the archive. */
import { z } from 'zod';
import type { FieldSample } from '../alarms/drift.ts';
import { type Database, jsonOf } from '../database.ts';

export interface FieldSamples {
  add(sample: FieldSample): void;
  /** Newest first, of all layouts. */
  newest(): readonly FieldSample[];
}

/** Enough for a window and a past to compare it with; older ones go. */
const KEPT = 2000;

const fieldSample = z.object({ layout: z.string(), filled: z.array(z.string()), flags: z.array(z.string()) });

export function openFieldSamples(database: Database): FieldSamples {
  const insert = database.prepare('INSERT INTO readings (reading) VALUES (?)');
  const forget = database.prepare('DELETE FROM readings WHERE number <= (SELECT max(number) FROM readings) - ?');
  const newest = database.prepare('SELECT reading FROM readings ORDER BY number DESC');
  return {
    add: (sample) => {
      insert.run(JSON.stringify(sample));
      forget.run(KEPT);
    },
    newest: () => newest.all().flatMap(({ reading }) => jsonOf(reading, fieldSample) ?? []),
  };
}

// How long articles took from publication to the archive, by the source that named them.

export interface Latencies {
  /** Notes an article that was archived for the first time; instants in ms since 1970. */
  add(source: string, times: { readonly publishedAt: number; readonly archivedAt: number }): void;
  /** Of what was archived since an instant (ms since 1970), by source. */
  since(at: number): readonly Latency[];
}

export interface Latency {
  readonly source: string;
  readonly articles: number;
  readonly medianMs: number;
  /** 95 of 100 articles took no longer. */
  readonly p95Ms: number;
}

const KEPT_MS = 90 * 86_400_000;

export function openLatencies(database: Database): Latencies {
  const add = database.prepare('INSERT INTO latencies (archived_at, source, took) VALUES (?, ?, ?)');
  const forget = database.prepare('DELETE FROM latencies WHERE archived_at < ?');
  // Nearest rank: the smallest value that so many of a hundred do not exceed.
  const since = database.prepare(
    `WITH ranked AS (
       SELECT source, took, row_number() OVER (PARTITION BY source ORDER BY took) AS rank,
         count(*) OVER (PARTITION BY source) AS n FROM latencies WHERE archived_at >= ?)
     SELECT source, max(n) AS articles, min(took) FILTER (WHERE rank * 100 >= n * 50) AS median,
       min(took) FILTER (WHERE rank * 100 >= n * 95) AS p95 FROM ranked GROUP BY source ORDER BY source`,
  );
  return {
    add: (source, { publishedAt, archivedAt }) => {
      add.run(Math.floor(archivedAt), source, Math.max(0, Math.round(archivedAt - publishedAt)));
      forget.run(Math.floor(archivedAt - KEPT_MS));
    },
    since: (at) =>
      since.all(Math.floor(at)).map((row) => ({
        source: String(row.source),
        articles: Number(row.articles),
        medianMs: Number(row.median),
        p95Ms: Number(row.p95),
      })),
  };
}
