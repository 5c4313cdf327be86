/** The `date` line of a document. */

/** How `date` is printed: the site's Beijing clock under the label GMT (the given format), or the true instant. */
export type DateConvention = 'site-clock' | 'utc';

/**
 * The `date` line's text in the form `Fri, 28 Jan 2022 10:30:43 GMT`.
 * @param publishedAt ISO 8601 with the site's offset, `2022-01-28T10:30:43+08:00`; the machine's time zone does not matter
 * Source: document-format.md, section 7 (the label GMT on the site's own clock is the given format's).
 */
export function documentDate(publishedAt: string, convention: DateConvention): string {
  const instant = convention === 'utc' ? publishedAt : `${publishedAt.slice(0, 19)}Z`;
  return new Date(instant).toUTCString();
}
