/** Two texts word by word, Chinese included: what stayed, what went, what came. The one door to jsdiff. */
import { type ArrayChange, diffArrays } from 'diff';

/** A stretch of text; `same` and `removed` in order give the old text, `same` and `added` the new one. */
export interface Piece {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** More changes than this in one place are no edit that anybody reads word by word: the place is shown as rewritten. */
const MOST_WORD_EDITS = 2000;
const MOST_BLOCK_EDITS = 4000;

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/**
 * Compares two texts given as blocks (paragraphs, cells). Blocks first, then words within the blocks that differ, so that
 * two long texts are compared as quickly as two short ones. A piece holds a line break after each of its blocks.
 */
export function compareWords(before: readonly string[], after: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  const removed: string[] = [];
  const added: string[] = [];
  const endOfPlace = () => {
    pieces.push(...comparePlace(removed.splice(0), added.splice(0)));
  };
  for (const change of changesOf(before, after, MOST_BLOCK_EDITS)) {
    if (change.removed) removed.push(...change.value);
    else if (change.added) added.push(...change.value);
    else {
      endOfPlace();
      pieces.push({ kind: 'same', text: textOf(change.value) });
    }
  }
  endOfPlace();
  return joined(pieces);
}

/** Blocks that stand in the same place: the words of both. */
function comparePlace(removed: readonly string[], added: readonly string[]): Piece[] {
  return changesOf(wordsOf(removed), wordsOf(added), MOST_WORD_EDITS).map((change) => ({
    kind: change.removed ? 'removed' : change.added ? 'added' : 'same',
    text: change.value.join(''),
  }));
}

/** All of the old for all of the new where the two have too little in common. */
function changesOf(before: readonly string[], after: readonly string[], maxEditLength: number): ArrayChange<string>[] {
  const whole = (value: readonly string[], removed: boolean): ArrayChange<string> => ({
    value: [...value],
    count: value.length,
    removed,
    added: !removed,
  });
  return diffArrays([...before], [...after], { maxEditLength }) ?? [whole(before, true), whole(after, false)];
}

function wordsOf(blocks: readonly string[]): string[] {
  return blocks.flatMap((block) => [...Array.from(segmenter.segment(block), ({ segment }) => segment), '\n']);
}

function textOf(blocks: readonly string[]): string {
  return blocks.map((block) => `${block}\n`).join('');
}

/** Neighbours of one kind as one piece, empty ones left out. */
function joined(pieces: readonly Piece[]): Piece[] {
  const whole: Piece[] = [];
  for (const piece of pieces.filter(({ text }) => text !== '')) {
    const last = whole.at(-1);
    if (last?.kind === piece.kind) whole[whole.length - 1] = { ...last, text: last.text + piece.text };
    else whole.push(piece);
  }
  return whole;
}
