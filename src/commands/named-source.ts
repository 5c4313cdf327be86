/** The sources that somebody names on the command line. */
import type { Config } from '../config.ts';
import { ArchiveError } from '../errors.ts';
import type { Frontier } from '../frontier/frontier.ts';
import { orNearest } from '../nearest.ts';
import { hasArchive } from './existing-archive.ts';

/** The configured ones; all of them if none is named. @throws SOURCE_UNKNOWN */
export function chosenSources(config: Config, names: readonly string[]): Config['sources'] {
  const known = config.sources.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name)) throw sourceUnknown(name, known);
  }
  return names.length === 0 ? config.sources : config.sources.filter(({ name }) => names.includes(name));
}

/**
 * For commands that read the lists. A crawl of an archive has other work as well: what waits in the queue.
 * @throws CONFIG_INVALID where nothing is there to read: no archive is made for that
 */
export function requireAnySource(config: Config, command: 'crawl' | 'backfill' | 'schedule'): void {
  if (config.sources.length > 0 || (command !== 'schedule' && hasArchive(config))) return;
  throw new ArchiveError(
    'CONFIG_INVALID',
    `sources: the configuration has none for ${command} to read; without the key, the recommended lists are read`,
  );
}

/**
 * For commands that choose by what sources gave, and may mean one that is configured no more.
 * @throws SOURCE_UNKNOWN for one that is in neither the configuration nor the queue
 */
export function requireSources(names: readonly string[], config: Config, frontier: Pick<Frontier, 'counts'>): void {
  if (names.length === 0) return;
  const queued = frontier.counts().flatMap(({ source }) => source ?? []);
  const known = [...new Set([...config.sources.map(({ name }) => name), ...queued])];
  for (const name of names) if (!known.includes(name)) throw sourceUnknown(name, known);
}

function sourceUnknown(name: string, known: readonly string[]): ArchiveError {
  const there = known.length === 0 ? 'the configuration has none' : `there are ${known.join(', ')}`;
  return new ArchiveError('SOURCE_UNKNOWN', `${name === '' ? 'no name' : name}; ${there}${orNearest(name, known)}`);
}
