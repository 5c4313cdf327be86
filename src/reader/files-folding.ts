/**
 * How text is compared by the search of pages that are files: as the catalog folds it, without what nobody sees. The folding
 * is one function with a table; the program that makes an index runs it, and so does the browser that asks.
 */
import { fold, kindOf } from '../catalog/fold.ts';

export interface FoldingTable {
  /** Words parted by a space: a character, then those that are the same as it. */
  readonly same: string;
  /** Code points that are left out: white space, controls, accents that stand alone; first and length of each stretch. */
  readonly unseen: readonly number[];
}

export interface Folded {
  /** What is compared. */
  readonly flat: string;
  /** For each UTF-16 unit of it, where it stands in the text; at the end the length of the text. */
  readonly places: readonly number[];
}

export type Folding = (text: string) => Folded;

/** Beyond these, kinds do not change: ideographs, and what has no meaning yet. */
const STRETCHES = [
  { from: 0, to: 0x20000 },
  { from: 0xe0000, to: 0xe1000 },
];

/** The table of today's `fold`: about 7,000 characters. */
export function foldingTable(): FoldingTable {
  const groups = new Map<string, string>();
  const unseen: number[] = [];
  for (const { from, to } of STRETCHES)
    for (let point = from; point < to; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const character = String.fromCodePoint(point);
      const folded = fold(character);
      const kind = kindOf(folded.codePointAt(0) ?? 0);
      if (kind === 'space' || kind === 'nothing') addTo(unseen, point);
      else if (folded !== character) groups.set(folded, (groups.get(folded) ?? '') + character);
    }
  return { same: [...groups].map(([folded, others]) => folded + others).join(' '), unseen };
}

function addTo(stretches: number[], point: number): void {
  const [first = -1, length = 0] = stretches.slice(-2);
  if (first + length === point) stretches[stretches.length - 1] = length + 1;
  else stretches.push(point, 1);
}

/** Runs in browsers as well: what it needs is in it. */
export function openFolding({ same, unseen }: FoldingTable): Folding {
  const folded = Uint16Array.from({ length: 0x10000 }, (_, unit) => unit);
  for (const group of same.split(' '))
    for (let i = 1; i < group.length; i++) folded[group.charCodeAt(i)] = group.charCodeAt(0);
  const isUnseen = new Uint8Array(0xe1000);
  for (let i = 0; i < unseen.length; i += 2) isUnseen.fill(1, unseen[i] ?? 0, (unseen[i] ?? 0) + (unseen[i + 1] ?? 0));
  return (text) => {
    const places: number[] = [];
    let flat = '';
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const point = unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(at) ?? unit) : unit;
      if (isUnseen[point] === 1) {
        if (point > 0xffff) at += 1;
        continue;
      }
      flat += String.fromCharCode(folded[unit] ?? unit);
      places.push(at);
      if (point <= 0xffff) continue;
      at += 1;
      flat += text.charAt(at);
      places.push(at);
    }
    places.push(text.length);
    return { flat, places };
  };
}
