/** Do a record and its document say the same? */
import { dateAgainstRecord } from '../article/dates.ts';
import type { PairCheck } from '../check.ts';

/** Title, list and date. A date without form and eight hours have checks of their own. */
export const recordDisagrees: PairCheck = (document, { record }) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: `makeDocument` writes titles so
  const title = record.article.title.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
  if (document.title !== title) return `title ${document.title}, record ${title}`;
  const list = document.front.categories[2];
  const isListed = record.source !== null && !record.id.startsWith('fengwen:');
  if (isListed && list !== record.source) return `third category ${list}, record ${record.source}`;
  return dateAgainstRecord(document);
};
