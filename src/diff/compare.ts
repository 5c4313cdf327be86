/** What changed between two documents of one article: title, date, text and pictures. Markup alone does not count. */
import { readDocument } from '../document/document.ts';
import { readBody } from './body-text.ts';
import { compareWords, type Piece } from './words.ts';

export interface DocumentDiff {
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
