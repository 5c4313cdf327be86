/**
 * Pages from before August 2017 (site.md, 2.1): no page of that time is known, only names that the site's own script of
 * the time looked for. They tell such a page, but not where its body is; the site shows old articles in today's frame.
 */
export const MARKS_BEFORE_2017 = '#div_keywordNews, #vote_area .mood, #mood_content';
