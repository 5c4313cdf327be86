/** What a reader sees of a document's body: its text block by block, and its pictures. */
import { type AnyNode, parseFragment } from '../html/html.ts';

export interface BodyText {
  /** Text of each paragraph, heading, list item, cell …, white space collapsed; empty ones left out. */
  readonly blocks: readonly string[];
  /** Addresses of the pictures in order, as printed. */
  readonly images: readonly string[];
}

const BLOCKS = new Set(
  'address article aside blockquote br center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);

export function readBody(body: string): BodyText {
  const $ = parseFragment(body);
  const images = $('img').toArray();
  return {
    blocks: textWithBreaks($.root().toArray())
      .split('\0')
      .map((block) => block.replace(/\s+/g, ' ').trim())
      .filter((block) => block !== ''),
    images: images.map((image) => $(image).attr('src') ?? '').filter((src) => src !== ''),
  };
}

/** The text of all nodes with a NUL, which no HTML has, wherever a block begins or ends. */
function textWithBreaks(nodes: readonly AnyNode[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text') return node.data.replaceAll('\0', '');
      if (!('children' in node)) return '';
      const text = textWithBreaks(node.children);
      return 'name' in node && BLOCKS.has(node.name) ? `\0${text}\0` : text;
    })
    .join('');
}
