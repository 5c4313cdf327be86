/** Does a page's source come to its end tag? A parser closes by itself what a cut leaves open; the source tells. */

/** What may follow the end tag. */
const TRAILING = /<!--[\s\S]*?-->|<script\b[^>]*>[\s\S]*?<\/script\s*>|\s+/gi;
const LONGEST_TRAIL = 20_000;

/** The end tag of the document, as evidence; null where the source does not come to it. */
export function endOfSource(html: string): string | null {
  const end = html.slice(-LONGEST_TRAIL);
  const last = Math.max(end.lastIndexOf('</html'), end.lastIndexOf('</HTML'));
  if (last < 0) return null;
  const trail = /^<\/html\s*>([\s\S]*)$/i.exec(end.slice(last))?.[1];
  return trail?.replace(TRAILING, '') === '' ? 'the source ends with </html>' : null;
}
