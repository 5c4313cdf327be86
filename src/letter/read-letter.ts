/** Reads what the letter of a month is made of: the records, which decide, and what queue and journal know besides. */
import type { Archive } from '../archive/archive.ts';
import { type ArticleChange, changesOf } from '../archive/changes.ts';
import { readIdCoverage } from '../coverage/read-id-coverage.ts';
import { ArchiveError } from '../errors.ts';
import type { Frontier } from '../frontier/frontier.ts';
import type { Journal } from '../journal/journal.ts';
import type { ArticleId } from '../model.ts';
import { type Letter, letterOf, type Month, type PublishedArticle } from './letter.ts';

/** All records are read: an article of any age may have been edited in the month. */
export async function readLetter(
  services: { readonly archive: Pick<Archive, 'records'>; readonly frontier: Frontier; readonly journal: Journal },
  month: Month,
  options: { readonly onProgress?: () => void } = {},
): Promise<Letter> {
  const { archive, journal } = services;
  const { startsAt, endsAt } = month;
  const isIn = (at: string) => Date.parse(at) >= startsAt && Date.parse(at) < endsAt;
  const published: PublishedArticle[] = [];
  const changes: ArticleChange[] = [];
  let damaged = 0;
  for await (const stored of archive.records()) {
    options.onProgress?.();
    if (stored instanceof ArchiveError) {
      damaged += 1;
      continue;
    }
    const { record } = stored;
    const { source, article, absences, movedTo } = record;
    const id = record.id as ArticleId;
    for (const change of changesOf(record)) if (isIn(change.at)) changes.push(change);
    if (!isIn(article.publishedAt)) continue;
    const versions = record.versions.map(({ capturedAt, contentHash, changes }) => ({
      capturedAt,
      contentHash,
      changes,
    }));
    published.push({ id, source, versions, absences, movedTo, rechecked: journal.rechecks.of(id) });
  }
  changes.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  const { coverage } = await readIdCoverage(services, month.days);
  return letterOf({ month, published, changes, coverage, damaged });
}
