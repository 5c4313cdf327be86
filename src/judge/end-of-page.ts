/** Was the page read to its end? What is seen behind the body tells. */
import { type FoundArticle, inColumn } from '../extract/layouts/find-article.ts';
import { endOfSource } from '../html/end-of-source.ts';
import type { ParsedPage } from '../html/parsed-page.ts';

/**
 * What shows that the article was read past its column: the page's end tag, or the last block of the column. That block
 * stands beside the body, not in it: a parser closes by itself what a cut leaves open, so a page cut inside the body
 * has nothing beside it. Null if there is neither.
 */
export function endOfArticle({ html }: ParsedPage, { layout, column }: FoundArticle): string | null {
  const end = endOfSource(html);
  if (end !== null || layout.end === null) return end;
  return inColumn(column, layout.end).length > 0 ? `the column reaches its last block, ${layout.end}` : null;
}
