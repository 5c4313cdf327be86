/** The piece of a text that a query found, with marks on what was searched. */
import { runsOf } from './bigrams.ts';
import { fold } from './fold.ts';
import type { Query } from './query.ts';

/** A stretch of text; all of them in order are the snippet. */
export interface SnippetPiece {
  readonly text: string;
  /** True for what the query asked for. */
  readonly hit: boolean;
}

/** The whole text with marks. */
export function marked(text: string, query: Query): readonly SnippetPiece[] {
  return piecesOf(text, hitsIn(text, query), { from: 0, to: text.length });
}

/**
 * Cuts the part of a text in which most of the query's texts stand, with `…` where it is cut; the beginning where none does.
 * Lines are parted by a space.
 * @param length in UTF-16 units, about
 */
export function snippetOf(text: string, query: Query, length: number): readonly SnippetPiece[] {
  const hits = hitsIn(text, query);
  const window = windowOf(text, hits, length);
  const pieces = [
    { text: window.from > 0 ? '…' : '', hit: false },
    ...piecesOf(text, hits, window).map((piece) => ({ ...piece, text: piece.text.replace(/\s+/g, ' ') })),
    { text: window.to < text.length ? '…' : '', hit: false },
  ];
  return joined(pieces);
}

/** Neighbours of one kind as one piece, empty ones left out. */
function joined(pieces: readonly SnippetPiece[]): readonly SnippetPiece[] {
  const whole: SnippetPiece[] = [];
  for (const piece of pieces.filter(({ text }) => text !== '')) {
    const last = whole.at(-1);
    if (last?.hit === piece.hit) whole[whole.length - 1] = { ...last, text: last.text + piece.text };
    else whole.push(piece);
  }
  return whole;
}

/** True where any text of the query stands in it. */
export function hasHit(text: string, query: Query): boolean {
  return hitsIn(text, query).length > 0;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

interface Hit extends Range {
  /** Which text of the query. */
  readonly text: number;
}

/** Texts are looked at as far as this for a snippet. */
const MOST_HITS = 500;

/** In order, none within another. */
function hitsIn(text: string, { texts }: Query): readonly Hit[] {
  const folded = fold(text);
  const hits: Hit[] = [];
  for (const [number, wanted] of texts.entries()) {
    const form = wanted.not ? null : formOf(wanted.text);
    if (form === null) continue;
    for (const { index, 0: found } of folded.matchAll(form)) {
      hits.push({ from: index, to: index + found.length, text: number });
      if (hits.length >= MOST_HITS) break;
    }
  }
  hits.sort((a, b) => a.from - b.from || b.to - a.to);
  const apart: Hit[] = [];
  for (const hit of hits) {
    const last = apart.at(-1);
    if (last === undefined || hit.from >= last.to) apart.push(hit);
    else if (hit.to > last.to) apart.push({ ...hit, from: last.to });
  }
  return apart;
}

const UNSEEN = String.raw`[\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]*`;
/** What may stand between two runs. */
const BETWEEN = String.raw`[^\p{L}\p{N}]{1,40}?`;

/** What a text looks like wherever it stands: runs as they are, anything but letters and digits between them. */
function formOf(text: string): RegExp | null {
  const runs = runsOf(text);
  const solid = runs.filter(({ kind }) => kind === 'solid');
  // Only signs were asked for.
  if (solid.length === 0) {
    const signs = runs.filter(({ characters }) => characters.length > 1);
    return signs.length === 0 ? null : new RegExp(signs.map(escaped).join(String.raw`\s*`), 'gu');
  }
  return new RegExp(solid.map(escaped).join(BETWEEN), 'gu');
}

function escaped({ characters }: { readonly characters: readonly string[] }): string {
  return characters.map((character) => character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join(UNSEEN);
}

const ENDS = /[。！？!?；;\n]/;

/** Begins at a sentence where one begins shortly before the first hit. */
function windowOf(text: string, hits: readonly Hit[], length: number): Range {
  const first = bestOf(hits, length) ?? { from: 0, to: 0 };
  const lead = Math.floor(length / 4);
  let from = Math.max(0, first.from - lead);
  for (let at = first.from; at > from; at--) {
    if (!ENDS.test(text[at - 1] ?? '')) continue;
    from = at;
    break;
  }
  if (from <= 2) from = 0;
  if (isSecondHalf(text, from)) from -= 1;
  let to = Math.min(text.length, Math.max(from + length, first.to));
  if (text.length - to <= 2) to = text.length;
  if (isSecondHalf(text, to)) to += 1;
  return { from, to };
}

/** The hit from which on most different texts stand within the length. */
function bestOf(hits: readonly Hit[], length: number): Hit | undefined {
  let best: Hit | undefined;
  let most = 0;
  for (const [i, hit] of hits.entries()) {
    const texts = new Set<number>();
    for (let j = i; j < hits.length; j++) {
      const other = hits[j];
      if (other === undefined || other.to > hit.from + (length * 3) / 4) break;
      texts.add(other.text);
    }
    if (texts.size > most || best === undefined) [best, most] = [hit, texts.size];
  }
  return best;
}

function isSecondHalf(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function piecesOf(text: string, hits: readonly Hit[], { from, to }: Range): readonly SnippetPiece[] {
  const pieces: SnippetPiece[] = [];
  const take = (start: number, end: number, hit: boolean) => {
    if (end > start) pieces.push({ text: text.slice(start, end), hit });
  };
  let at = from;
  for (const hit of hits.filter((each) => each.from < to && each.to > from)) {
    take(at, Math.max(at, hit.from), false);
    take(Math.max(at, hit.from), Math.min(to, hit.to), true);
    at = Math.max(at, Math.min(to, hit.to));
  }
  take(at, to, false);
  return pieces;
}
