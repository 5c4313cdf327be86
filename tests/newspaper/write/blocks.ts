/** What an article's body is made of, before any era's markup. */
import type { NewspaperImage } from '../truth.ts';

export type Block =
  /** A paragraph of text; `html` may hold inline markup, relative links and one icon. */
  | { readonly kind: 'paragraph'; readonly html: string; readonly icon?: NewspaperImage }
  | { readonly kind: 'subhead'; readonly text: string }
  /** A picture with its caption below; `form` says how the page writes the image. */
  | { readonly kind: 'picture'; readonly image: NewspaperImage; readonly form: 'plain' | 'lazy' | 'plain-caption' }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'video'; readonly src: string }
  | { readonly kind: 'empty' }
  /** The closing notice of the house's own pieces. */
  | { readonly kind: 'notice'; readonly text: string };

/** The texts of blocks as `NewspaperArticle.paragraphs` lists them. */
export function textsOf(blocks: readonly Block[]): string[] {
  return blocks
    .flatMap(textsOfBlock)
    .map(collapse)
    .filter((text) => text !== '');
}

function textsOfBlock(block: Block): readonly string[] {
  switch (block.kind) {
    case 'paragraph':
      return [plainText(block.html)];
    case 'subhead':
    case 'quote':
    case 'notice':
      return [block.text];
    case 'picture':
      return [block.image.caption ?? ''];
    case 'list':
      return block.items;
    case 'table':
      return block.rows.flat();
    case 'video':
    case 'empty':
      return [];
  }
}

/** Enough of an HTML reader for the markup that this newspaper writes itself. */
function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(nbsp|lt|gt|quot|amp|#123|#125);/g, (_, name: string) => ENTITIES[name] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  nbsp: ' ',
  lt: '<',
  gt: '>',
  quot: '"',
  amp: '&',
  '#123': '{',
  '#125': '}',
};

/** White space of every kind, full-width too, to one space. */
function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
