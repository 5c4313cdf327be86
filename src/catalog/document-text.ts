/** The text of a document's body, as the index and the snippets read it. */
import { readBody } from '../archive/diff.ts';

/**
 * The body's blocks (paragraphs, cells …) a line each, white space collapsed: what `readBody` gives. The markup that the
 * archive writes is read in one pass, without building a tree; whatever else stands in a body is left to a parser.
 */
export function textOfBody(body: string): string {
  return quickText(body) ?? readBody(body).blocks.join('\n');
}

/** A start or end tag as `shortestHtml` writes it. */
const TAG = /<(\/?)([a-z][a-z0-9]*)(?: [a-z][a-z0-9-]*(?:="[^"]*")?)*>/y;
/** Elements of which parsers make more than stands there, or whose text is none. */
const NEEDS_PARSER: ReadonlySet<string> = new Set(
  (
    'base body col colgroup embed form frame frameset head html iframe input link math meta noembed noframes noscript object ' +
    'optgroup option plaintext script select style svg template textarea title xmp caption table tbody td tfoot th thead tr pre listing'
  ).split(' '),
);
const BLOCKS: ReadonlySet<string> = new Set(
  'address article aside blockquote br center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li ol p section ul'.split(
    ' ',
  ),
);
/** References that the archive writes. */
const REFERENCES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&quot;': '"' };

/** Null where a parser has to read the body. */
function quickText(body: string): string | null {
  const lines: string[] = [];
  let line = '';
  const endLine = () => {
    const text = line.replace(/\s+/g, ' ').trim();
    if (text !== '') lines.push(text);
    line = '';
  };
  for (let at = 0; at < body.length; ) {
    const open = body.indexOf('<', at);
    const text = body.slice(at, open < 0 ? body.length : open);
    if (text.includes('\0')) return null;
    if (!text.includes('&')) line += text;
    else if (/&(?!amp;|lt;|quot;)[#a-z]/i.test(text)) return null;
    else line += text.replace(/&(?:amp|lt|quot);/g, (reference) => REFERENCES[reference] ?? reference);
    if (open < 0) break;
    if (!/[a-z/!?]/i.test(body[open + 1] ?? '')) {
      line += '<';
      at = open + 1;
      continue;
    }
    TAG.lastIndex = open;
    const name = TAG.exec(body)?.[2];
    if (name === undefined || NEEDS_PARSER.has(name)) return null;
    if (BLOCKS.has(name)) endLine();
    at = TAG.lastIndex;
  }
  endLine();
  return lines.join('\n');
}
