/** Was the page read to its end? What is seen behind the body tells. */
import { type FoundArticle, inColumn } from '../extract/layouts/find-article.ts';
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

/** What may follow the end tag. */
const TRAILING = /<!--[\s\S]*?-->|<script\b[^>]*>[\s\S]*?<\/script\s*>|\s+/gi;
const LONGEST_TRAIL = 20_000;

/** The end tag of the document, as evidence; null where the source does not come to it. */
export function endOfSource(html: string): string | null {
  const last = Math.max(html.lastIndexOf('</html'), html.lastIndexOf('</HTML'));
  if (last < 0 || html.length - last > LONGEST_TRAIL) return null;
  const trail = /^<\/html\s*>([\s\S]*)$/i.exec(html.slice(last))?.[1];
  return trail?.replace(TRAILING, '') === '' ? 'the source ends with </html>' : null;
}
