/** Whether what a site shows of an article can be what became of the archived one. Pure. */
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import { bareText, partOf, shingles } from '../page/likeness.ts';
import { readBody } from './diff.ts';
import { readDocument } from './document.ts';
import type { ArchiveRecord } from './record.ts';

/** An article as it is compared: the fields that name it, and its document. */
interface Compared {
  readonly article: Pick<ArchiveRecord['article'], 'title' | 'publishedAt'> &
    Partial<Pick<ArchiveRecord['article'], 'precision' | 'media'>>; // older records lack them
  readonly document: string;
}

export interface Archived extends Pick<Compared, 'article'> {
  /** Null where the bytes that the record describes are not there. */
  readonly document: string | null;
  /** Size of the document by its record, in bytes. */
  readonly bytes: number;
}

export interface Implausible {
  /** What speaks against it, in words and figures. */
  readonly detail: string;
  /** Its whole text, where that is a line or two that share nothing with what is archived: somebody else speaks. */
  readonly notice: string | null;
}

/**
 * Edited texts keep most of what they said. Of the triples of characters in 12 texts of the site, corrections of a sentence
 * keep at least 80 %, one character in ten replaced 65 %, a quarter of all paragraphs dropped 50 % in 19 of 20 cases;
 * a wall behind the first paragraph leaves 16 % (median), and two texts of 5,000 characters that are not related share
 * 7 % at most.
 */
const LEAST_KEPT = 0.5;
/** Under another title and another time of publication an edit would be a small one. */
const LEAST_KEPT_OTHERWISE = 0.8;
const TITLE_KEPT = 0.3;
/** Fewer triples prove nothing. */
const LEAST_TRIPLES = 8;
/** In characters: what lies further behind is not compared. */
const LONGEST_COMPARED = 300_000;
/** Longer than any notice, in characters; and more lines than one has. */
const LONGEST_NOTICE = 80;
const MOST_LINES = 3;

/** Null for what may be an edit, a correction or an addition. @param now as its document would be written */
export function implausibleBeside(old: Archived, now: Compared): Implausible | null {
  const shown = shownBy(now.document);
  const before = old.document === null ? null : shownIfReadable(old.document);
  if (before === null) {
    const bytes = Buffer.byteLength(now.document);
    if (bytes >= old.bytes * LEAST_KEPT) return null;
    return { detail: `a document of ${bytes} bytes for one of ${old.bytes}, which cannot be read`, notice: null };
  }
  const triples = triplesOf(before);
  const kept = partOf(triples, triplesOf(shown));
  const figures = `${length(shown)} for ${length(before)}, ${Math.floor(100 * kept)} % of the text kept`;
  const isOther = isOtherTitle(old.article, now.article) && isOtherTime(old.article, now.article);
  if (isOther && kept < LEAST_KEPT_OTHERWISE && triples.size > 0)
    return { detail: `another title, another time and another text: ${figures}`, notice: null };
  if (triples.size < LEAST_TRIPLES) {
    const [were, are] = [before.pictures + mediaOf(old.article), shown.pictures + mediaOf(now.article)];
    return are >= were * LEAST_KEPT
      ? null
      : { detail: `most of its pictures and players are lost: ${are} for ${were}`, notice: null };
  }
  if (kept >= LEAST_KEPT) return null;
  const isShort = shown.lines.length <= MOST_LINES && shown.text.length <= LONGEST_NOTICE;
  const isBare = isShort && shown.pictures + mediaOf(now.article) === 0;
  const known = bareText(before.text + old.article.title);
  const isStrange = isBare && [...shingles(bareText(shown.text), 2)].every((pair) => !known.includes(pair));
  return { detail: `most of its text is lost: ${figures}`, notice: isStrange ? shown.lines.join(' ') : null };
}

function shownBy(document: string) {
  const { blocks, images } = readBody(readDocument(document).body);
  return { lines: blocks, text: blocks.join('\n'), pictures: images.length };
}

/** Null for what lacks the frame of a document. */
function shownIfReadable(document: string): ReturnType<typeof shownBy> | null {
  try {
    return shownBy(document);
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}

function triplesOf({ text }: { readonly text: string }): ReadonlySet<string> {
  return shingles(bareText(text.slice(0, LONGEST_COMPARED)), 3);
}

function length({ text }: { readonly text: string }): string {
  return counted(text.replace(/\s+/g, '').length, 'character');
}

function mediaOf({ media = [] }: Compared['article']): number {
  return media.length;
}

function isOtherTitle(old: Compared['article'], now: Compared['article']): boolean {
  return partOf(shingles(bareText(old.title), 2), shingles(bareText(now.title), 2)) < TITLE_KEPT;
}

/** A time that the page does not print is no sign of anything. */
function isOtherTime(old: Compared['article'], now: Compared['article']): boolean {
  const isPrinted = [old, now].every(({ precision }) => precision === 'second' || precision === 'minute');
  return isPrinted && old.publishedAt !== now.publishedAt;
}
