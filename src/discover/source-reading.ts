/** What the alarm is told of one reading of a source. */
import type { SourceReading } from '../source-alarm.ts';
import { mergeEntries } from './merge-entries.ts';
import type { Source, SourceResult } from './read-source.ts';

/** Counts what the source's own pages showed: how many lists an index names says more than how much they hold. */
export function readingOfSource(
  source: Source,
  { pages, lists, ownError }: SourceResult,
  { at, fresh, elapsedMs }: Pick<SourceReading, 'at' | 'fresh' | 'elapsedMs'>,
): SourceReading {
  const entries = mergeEntries(pages.flatMap((page) => page.entries));
  const isIndex = source.follow > 0 && lists.length > 0;
  return {
    source: source.name,
    at,
    kind: pages[0]?.kind ?? null,
    url: source.url,
    entries: isIndex ? lists.length : entries.length,
    fresh,
    untitled: isIndex
      ? lists.filter(({ name }) => name === '').length
      : entries.filter(({ title }) => title === '').length,
    untimed: isIndex ? 0 : entries.filter(({ time }) => time === null).length,
    code: ownError?.code ?? null,
    elapsedMs,
  };
}
