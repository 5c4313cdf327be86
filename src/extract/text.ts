/** Text and links of a tree as a reader meets them: single-line strings, lines, absolute URLs. */
import type { AnyNode, Cheerio } from '../html/html.ts';

/** White space of any kind, no-break and full-width included, to single spaces; none at the ends. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A link of the page, absolute, in the form that browsers send; null for none and for what is not http or https. */
export function absoluteUrl(link: string | undefined, base: string): string | null {
  if (!link?.trim() || !URL.canParse(link, base)) return null;
  const { href, protocol } = new URL(link, base);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

/** Elements that begin a new line; whatever is not listed runs on. */
const BLOCKS: ReadonlySet<string> = new Set(
  'p div br li ul ol dl dt dd h1 h2 h3 h4 h5 h6 section article blockquote table tr td th figure figcaption center pre hr'.split(
    ' ',
  ),
);

/** All lines with text, each in one-line form. */
export function linesOf(root: Cheerio<AnyNode>): readonly string[] {
  const lines: string[] = [];
  let line = '';
  const endLine = () => {
    if (line.trim() !== '') lines.push(oneLine(line));
    line = '';
  };
  // Nodes still to read, the next one last; null stands for the end of a block.
  const rest: (AnyNode | null)[] = root.toArray().reverse();
  while (rest.length > 0) {
    const node = rest.pop() ?? null;
    if (node === null) endLine();
    else if (node.type === 'text') line += node.data;
    else if (node.type === 'tag') {
      if (BLOCKS.has(node.name)) {
        endLine();
        rest.push(null);
      }
      for (const child of node.children.toReversed()) rest.push(child);
    }
  }
  endLine();
  return lines;
}
