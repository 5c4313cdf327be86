/** How much there is in a piece of a tree: the unit in which the ledger counts. */
import type { AnyNode } from '../html/html.ts';

export interface Amount {
  /** UTF-16 units of all text nodes, scripts included, white space of every kind left out. */
  readonly characters: number;
  /** Pictures, and frames and players, which show something without text as well. */
  readonly pictures: number;
}

export const NOTHING: Amount = { characters: 0, pictures: 0 };

/** Elements that show something without text. */
export const MEDIA: ReadonlySet<string> = new Set(['img', 'iframe', 'video', 'audio', 'embed', 'object', 'canvas']);

/**
 * Counts the nodes with all that is below them.
 * @param counted what was counted before, and need not be again
 */
export function amountOf(nodes: readonly AnyNode[], counted?: ReadonlyMap<AnyNode, Amount>): Amount {
  let characters = 0;
  let pictures = 0;
  count(nodes);
  return { characters, pictures };

  /** By recursion: no page's tree is deeper than `flattenDeep` leaves it. */
  function count(siblings: readonly AnyNode[]): void {
    for (const node of siblings) {
      if (node.type === 'text') characters += solidLength(node.data);
      else if ('children' in node) {
        const before = counted?.get(node);
        if (before === undefined) {
          if (node.type === 'tag' && MEDIA.has(node.name)) pictures += 1;
          count(node.children);
        } else {
          characters += before.characters;
          pictures += before.pictures;
        }
      }
    }
  }
}

export function sumOf(amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (sum, { characters, pictures }) => ({
      characters: sum.characters + characters,
      pictures: sum.pictures + pictures,
    }),
    NOTHING,
  );
}

/** Length without white space. */
export function solidLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) if (!isWhiteSpace(text.charCodeAt(i))) length += 1;
  return length;
}

/** What `\s` matches; comments of readers make most of a column, and this is the innermost question of the ledger. */
function isWhiteSpace(unit: number): boolean {
  if (unit > 0x3000) return unit === 0xfeff;
  if (unit < 0xa0) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  return unit === 0xa0 || unit === 0x3000 || /\s/.test(String.fromCharCode(unit));
}

/** The text of a node, as `textContent` is in browsers, up to about `length` characters. */
export function textOf(node: AnyNode, length = Number.POSITIVE_INFINITY): string {
  let text = '';
  const rest = [node];
  for (let next = rest.pop(); next !== undefined && text.length < length; next = rest.pop()) {
    if (next.type === 'text') text += next.data;
    else if ('children' in next) for (const child of next.children.toReversed()) rest.push(child);
  }
  return text;
}
