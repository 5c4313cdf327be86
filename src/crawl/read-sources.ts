/** The sources of a crawl, one after the other: each is read, what is new is added, and what it showed is noted. */

import type { SourceSample } from '../alarms/sources.ts';
import { ArchiveError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Target } from '../model.ts';
import { MOST_BLOCKED_IN_A_ROW } from './crawl.ts';
import {
  type ReadOptions,
  readSource,
  type Source,
  type SourceServices,
  sampleOfSource,
  type Turns,
} from './read-source.ts';

/** One source's list as it was read. */
export interface SourceReport {
  readonly source: string;
  readonly targets: readonly Target[];
  /** How many of them the frontier did not know. */
  readonly added: number;
  /** Why the list, or a later page of it, could not be read. */
  readonly error: ArchiveError | null;
  readonly sample: SourceSample;
}

interface DiscoverOptions extends ReadOptions {
  /** The present instant, ms since 1970. */
  readonly now: () => number;
  readonly turns: Turns;
}

/**
 * Reads every source and puts what is new on the frontier. A source that fails is reported and does not stop the others.
 * @throws BLOCKED where the site refuses several lists in a row; what stops the run
 */
export async function* discoverAll(
  sources: readonly Source[],
  services: SourceServices,
  add: (targets: readonly Target[]) => number,
  options: DiscoverOptions,
): AsyncGenerator<SourceReport> {
  let isReached = true; // a site that gave no list at all is not asked for each of the others several times
  let refusals = 0; // in a row
  for (const source of sources) {
    options.signal.throwIfAborted();
    const attempts = isReached ? options.attempts : 1;
    const at = options.now();
    const result = await readSource(source, services, { ...options, attempts });
    const { targets, error } = result;
    isReached = result.pages.length > 0 || error?.code !== 'SOURCE_UNREAD';
    const added = add(targets);
    const sample = sampleOfSource(source, result, { at, fresh: added, elapsedMs: options.now() - at });
    yield { source: source.name, targets, added, error, sample };
    refusals = error?.code === 'BLOCKED' ? refusals + 1 : 0;
    if (refusals >= MOST_BLOCKED_IN_A_ROW)
      throw new ArchiveError('BLOCKED', `${refusals} lists in a row, last ${source.url}`);
  }
}

/** Remembers in the journal whose turn it was. @param now gives ms since 1970 */
export function turnsOf({ followed }: Pick<Journal, 'followed'>, now: () => number): Turns {
  return { next: followed.next, note: (source, url) => followed.note(source, url, now()) };
}

/** Remembers how a source was read and what it showed. */
export function noteSource(journal: Journal, { source, targets, sample }: SourceReport): void {
  journal.sourceSamples.add(sample);
  const ids = targets.map(({ id }) => id);
  if (ids.length > 0) journal.sightings.note(source, ids, sample.at);
}
