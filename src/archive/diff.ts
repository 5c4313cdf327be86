/** What changed between two documents of one article: title, date, text and pictures. Markup alone does not count. */

import { type ArrayChange, diffArrays } from 'diff';
import { type AnyNode, parseFragment } from '../page/html.ts';
import { readDocument } from './document.ts';

interface DocumentDiff {
  readonly title: readonly Piece[];
  /** The `date` lines of both; null where they are the same. */
  readonly date: { readonly before: string; readonly after: string } | null;
  readonly body: readonly Piece[];
  /** Addresses of pictures that only one of the two shows. */
  readonly images: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

export interface Count {
  readonly added: number;
  readonly removed: number;
}

/** A change in figures: characters of title and text (line breaks do not count), pictures. */
export interface Changes {
  readonly title: Count;
  readonly date: DocumentDiff['date'];
  readonly body: Count;
  readonly images: Count;
}

/**
 * Compares two documents as they lie in the archive.
 * @throws ARCHIVE_DAMAGED where one of them does not have the frame of a document
 */
export function compareDocuments(before: string, after: string): DocumentDiff {
  const [old, young] = [readDocument(before), readDocument(after)];
  const [oldBody, youngBody] = [readBody(old.body), readBody(young.body)];
  const without = (images: readonly string[], others: readonly string[]) =>
    [...new Set(images)].filter((image) => !others.includes(image));
  return {
    title: compareWords([old.title], [young.title]),
    date: old.date === young.date ? null : { before: old.date, after: young.date },
    body: compareWords(oldBody.blocks, youngBody.blocks),
    images: {
      added: without(youngBody.images, oldBody.images),
      removed: without(oldBody.images, youngBody.images),
    },
  };
}

export function countChanges({ title, date, body, images }: DocumentDiff): Changes {
  return {
    title: charactersOf(title),
    date,
    body: charactersOf(body),
    images: { added: images.added.length, removed: images.removed.length },
  };
}

function charactersOf(pieces: readonly Piece[]): Count {
  const count = (kind: Piece['kind']) =>
    pieces
      .filter((piece) => piece.kind === kind)
      .reduce((sum, { text }) => sum + [...text.replaceAll('\n', '')].length, 0);
  return { added: count('added'), removed: count('removed') };
}

// What a reader sees of a document's body: its text block by block, and its pictures.

interface BodyText {
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

// Two texts word by word, Chinese included: what stayed, what went, what came. The one door to jsdiff.

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
