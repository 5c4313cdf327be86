/** What is known of the given documents (../shared/samples/documents) and does not stand in them. */

/**
 * Their dates are the true instant: crawls of 14 July 2021 by an instance whose clock was right (document-format.md, 7), and
 * one of September 2022 whose pictures, by the stamps in their names, were all uploaded before its date read so, and hours
 * after it read as Beijing's.
 */
export const TRUE_GMT: ReadonlySet<string> = new Set(['13583600021', '13275730585', '35420123504']);

/**
 * The Beijing clock of a document, `2022-01-28 10:30:43`: its `date` read as it was meant; null where that is no date of the
 * article, but the time of the crawl.
 */
export function clockOfDocument(name: string, date: string): string | null {
  if (!date.endsWith(' GMT')) return null;
  const offsetMs = TRUE_GMT.has(name) ? 8 * 3_600_000 : 0;
  return new Date(Date.parse(date) + offsetMs).toISOString().slice(0, 19).replace('T', ' ');
}
