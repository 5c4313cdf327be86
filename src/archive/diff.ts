/** What changed between two documents of one article: title, date, text and pictures. Markup alone does not count. */

import { isDeepStrictEqual } from 'node:util';
import { type ArrayChange, diffArrays } from 'diff';
import { ArchiveError } from '../errors.ts';
import { type AnyNode, elementsBelow, parseFragment } from '../page/html.ts';
import { readDocument } from './document.ts';
import { shortestHtml } from './shortest-html.ts';

export interface DocumentDiff {
  readonly title: readonly Piece[];
  /** The `date` lines of both; null where they are the same. */
  readonly date: { readonly before: string; readonly after: string } | null;
  readonly body: readonly Piece[];
  /** True where the texts are too long to be compared word by word, or even block by block, in every place. */
  readonly isCoarse: boolean;
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
  const without = (images: readonly string[], others: readonly string[]) => {
    const there = new Set(others);
    return [...new Set(images)].filter((image) => !there.has(image));
  };
  const [title, body] = [compare([old.title], [young.title]), compare(oldBody.blocks, youngBody.blocks)];
  return {
    title: title.pieces,
    date: old.date === young.date ? null : { before: old.date, after: young.date },
    body: body.pieces,
    isCoarse: title.isCoarse || body.isCoarse,
    images: {
      added: without(youngBody.images, oldBody.images),
      removed: without(oldBody.images, youngBody.images),
    },
  };
}

/**
 * True where two documents of one article say the same in the same markup, whatever program spelt it, under whatever
 * categories. False where one of them cannot be read.
 */
export function haveSameContent(before: string, after: string): boolean {
  const [old, young] = [before, after].map(contentOf);
  return old !== null && isDeepStrictEqual(old, young);
}

function contentOf(document: string): unknown {
  try {
    const { title, date, body } = readDocument(document);
    return { title, date, body: shortestHtml(parseFragment(body).root()[0]?.children ?? []) };
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}

export function countChanges({ title, date, body, images }: DocumentDiff): Changes {
  return {
    title: charactersOf(title),
    date,
    body: charactersOf(body),
    images: { added: images.added.length, removed: images.removed.length },
  };
}

/** Null where one of the two is damaged, or too heavy to be read: that is no reason to refuse a good new one. */
export function changesBetween(before: string, after: string): Changes | null {
  try {
    return countChanges(compareDocuments(before, after));
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}

function charactersOf(pieces: readonly Piece[]): Count {
  const count = (kind: Piece['kind']) =>
    pieces.filter((piece) => piece.kind === kind).reduce((sum, { text }) => sum + lengthOf(text), 0);
  return { added: count('added'), removed: count('removed') };
}

/** In characters: a pair of surrogates is one. Line breaks do not count. */
function lengthOf(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const isSecond = unit >= 0xdc00 && unit <= 0xdfff && i > 0 && isFirstHalf(text.charCodeAt(i - 1));
    if (unit !== 0x0a && !isSecond) length += 1;
  }
  return length;
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
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
  const root = parseFragment(body).root().toArray();
  const images = elementsBelow(root).filter(({ name }) => name === 'img');
  return {
    blocks: textBlocks(root),
    images: images.map(({ attribs }) => attribs.src ?? '').filter((src) => src !== ''),
  };
}

function textBlocks(nodes: readonly AnyNode[]): readonly string[] {
  const blocks: string[] = [];
  let block = '';
  const endBlock = () => {
    const text = block.replace(/\s+/g, ' ').trim();
    if (text !== '') blocks.push(text);
    block = '';
  };
  // Nodes still to read, the next one last; null stands for the end of a block.
  const rest: (AnyNode | null)[] = nodes.toReversed();
  while (rest.length > 0) {
    const node = rest.pop() ?? null;
    if (node === null) endBlock();
    else if (node.type === 'text') block += node.data.replaceAll('\0', '');
    else if ('children' in node) {
      if ('name' in node && BLOCKS.has(node.name)) {
        endBlock();
        rest.push(null);
      }
      for (let i = node.children.length - 1; i >= 0; i--) rest.push(node.children[i] as AnyNode);
    }
  }
  endBlock();
  return blocks;
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
/** The work of a comparison grows with length times changes: so much of it takes some tenths of a second. */
const MOST_STEPS = 15_000_000;
/** Longer places are shown as rewritten: to part them into words alone would take longer. */
const MOST_CHARACTERS = 200_000;

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/**
 * Compares two texts given as blocks (paragraphs, cells). Blocks first, then words within the blocks that differ, so that
 * two long texts are compared as quickly as two short ones. A piece holds a line break after each of its blocks.
 */
export function compareWords(before: readonly string[], after: readonly string[]): Piece[] {
  return compare(before, after).pieces;
}

function compare(
  before: readonly string[],
  after: readonly string[],
): { readonly pieces: Piece[]; readonly isCoarse: boolean } {
  const pieces: Piece[] = [];
  const left: Left = { steps: MOST_STEPS, characters: MOST_CHARACTERS, isCoarse: false };
  let [removed, added]: [readonly string[], readonly string[]] = [[], []];
  const endOfPlace = () => {
    for (const piece of comparePlace(removed, added, left)) pieces.push(piece);
    [removed, added] = [[], []];
  };
  for (const change of changesOf(before, after, MOST_BLOCK_EDITS, left)) {
    if (change.removed) removed = [...removed, ...change.value];
    else if (change.added) added = [...added, ...change.value];
    else {
      endOfPlace();
      pieces.push({ kind: 'same', text: textOf(change.value) });
    }
  }
  endOfPlace();
  return { pieces: joined(pieces), isCoarse: left.isCoarse };
}

/** What is left of the work that one comparison may take, over all its places. */
interface Left {
  steps: number;
  characters: number;
  /** True once there was not enough. */
  isCoarse: boolean;
}

/** Blocks that stand in the same place: the words of both, or the whole of both where they are too long for that. */
function comparePlace(removed: readonly string[], added: readonly string[], left: Left): Piece[] {
  const isEdit = removed.length > 0 && added.length > 0;
  const characters = [...removed, ...added].reduce((sum, { length }) => sum + length, 0);
  if (!isEdit || characters > left.characters) {
    left.isCoarse ||= isEdit;
    return [
      { kind: 'removed', text: textOf(removed) },
      { kind: 'added', text: textOf(added) },
    ];
  }
  left.characters -= characters;
  return changesOf(wordsOf(removed), wordsOf(added), MOST_WORD_EDITS, left).map((change) => ({
    kind: change.removed ? 'removed' : change.added ? 'added' : 'same',
    text: change.value.join(''),
  }));
}

/** All of the old for all of the new where the two have too little in common, or are too long. */
function changesOf(
  before: readonly string[],
  after: readonly string[],
  most: number,
  left: Left,
): ArrayChange<string>[] {
  const length = before.length + after.length;
  const maxEditLength = Math.min(most, Math.floor(left.steps / Math.max(length, 1)));
  const whole = (value: readonly string[], removed: boolean): ArrayChange<string> => ({
    value: [...value],
    count: value.length,
    removed,
    added: !removed,
  });
  const mayDo = leastEdits(before, after) <= maxEditLength;
  const changes = mayDo ? diffArrays([...before], [...after], { maxEditLength }) : undefined;
  const edits = changes?.reduce((sum, { added, removed, count }) => sum + (added || removed ? count : 0), 0);
  left.steps -= length * (edits ?? (mayDo ? maxEditLength : 1));
  left.isCoarse ||= changes === undefined && maxEditLength < most;
  return changes ?? [whole(before, true), whole(after, false)];
}

/** How many additions and removals there are at least: what only one of the two has, wherever it stands. */
function leastEdits(before: readonly string[], after: readonly string[]): number {
  const surplus = new Map<string, number>();
  for (const each of before) surplus.set(each, (surplus.get(each) ?? 0) + 1);
  for (const each of after) surplus.set(each, (surplus.get(each) ?? 0) - 1);
  return surplus.values().reduce((sum, count) => sum + Math.abs(count), 0);
}

function wordsOf(blocks: readonly string[]): string[] {
  return Array.from(segmenter.segment(textOf(blocks)), ({ segment }) => segment);
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

/** The pieces of each block; a block ends where either text has a line break. */
export function blocksOf(pieces: readonly Piece[]): Piece[][] {
  const blocks: Piece[][] = [[]];
  for (const { kind, text } of pieces) {
    for (const [i, part] of text.split('\n').entries()) {
      if (i > 0) blocks.push([]);
      if (part !== '') blocks.at(-1)?.push({ kind, text: part });
    }
  }
  return blocks.filter((block) => block.length > 0);
}
