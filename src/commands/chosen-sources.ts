/** The configured sources that somebody names on the command line. */
import type { Config } from '../config.ts';
import { ArchiveError } from '../errors.ts';

/** All of them where none is named. Throws SOURCE_UNKNOWN. */
export function chosenSources(config: Config, names: readonly string[]): Config['sources'] {
  const known = config.sources.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name)) throw new ArchiveError('SOURCE_UNKNOWN', `${name}; there are ${known.join(', ')}`);
  }
  return names.length === 0 ? config.sources : config.sources.filter(({ name }) => names.includes(name));
}
