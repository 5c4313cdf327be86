/** What an archive's frontier knows of sources and moves, for commands that only look. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openFrontier } from '../frontier/sqlite.ts';
import type { ArticleId, Target } from '../model.ts';
import type { SourceReading } from '../source-alarm.ts';

export interface Past {
  /** Of a source, newest first. */
  readonly readings: (source: string) => readonly SourceReading[];
  /** Those of the targets that the frontier does not know. */
  readonly unknown: (targets: readonly Target[]) => readonly Target[];
  /** Where an article moved to; null where it did not. */
  readonly destination: (id: ArticleId) => string | null;
}

/** An archive without a frontier knows nothing; it is not part of what an archive must have. */
export function withPast<T>(archive: string, body: (past: Past) => T): T {
  if (!existsSync(join(archive, 'frontier.sqlite')))
    return body({ readings: () => [], unknown: (targets) => targets, destination: () => null });
  using frontier = openFrontier(archive, { command: null, attempts: 1 });
  return body({
    readings: frontier.sourceReadings.of,
    unknown: frontier.unknown,
    destination: frontier.moves.destination,
  });
}
