/** What the site says of itself: on its own pages, and on articles that have nothing of their own to say there. */

/** The beginning of the description that the home page has (saved in 2020, and quoted by four programs that read the site). */
const DESCRIPTION = '观察者网，致力于荟萃中外思想者精华';

/** True for the site's own description, which is no article's summary. */
export function isSiteSummary(text: string): boolean {
  return text.replace(/\s+/g, '').startsWith(DESCRIPTION);
}
