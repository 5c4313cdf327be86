/** What became of an article, and what changed between two of its versions: read from the archive, laid out in rows. */
import { type ArticleChange, changesOf } from '../archive/changes.ts';
import { blocksOf, compareDocuments, type DocumentDiff, type Piece } from '../archive/diff.ts';
import type { ArchiveRecord } from '../archive/record.ts';
import type { ArticleId } from '../model.ts';
import { type Shelf, shownPicture } from './article.ts';
import type { ShownPicture } from './typeset.ts';

export interface History {
  readonly record: ArchiveRecord;
  /** In the order of time. */
  readonly changes: readonly ArticleChange[];
}

/** Null where the archive has no such article. */
export async function readHistory(id: ArticleId, shelf: Shelf): Promise<History | null> {
  const stored = await shelf.find(id, null);
  return stored === null ? null : { record: stored.record, changes: changesOf(stored.record) };
}

export interface Comparison {
  readonly record: ArchiveRecord;
  /** Versions, counted from 1. */
  readonly from: number;
  readonly to: number;
  readonly title: readonly Piece[];
  readonly date: DocumentDiff['date'];
  readonly rows: readonly DiffRow[];
  readonly isCoarse: boolean;
  /** By address, only in one of the two. */
  readonly images: Readonly<Record<'added' | 'removed', readonly ComparedPicture[]>>;
}

export interface ComparedPicture {
  readonly src: string;
  /** Null where nothing is known of it any more. */
  readonly picture: ShownPicture | null;
}

/** A paragraph of both texts beside each other, or paragraphs that are the same. */
export type DiffRow =
  | { readonly kind: 'same'; readonly blocks: readonly string[] }
  | {
      readonly kind: 'changed';
      /** The whole paragraph with what went and what came; null where only one of the texts has it. */
      readonly inline: readonly Piece[];
      readonly before: readonly Piece[] | null;
      readonly after: readonly Piece[] | null;
    };

/**
 * @param numbers of two versions, counted from 1, the earlier first; null for the newest and the one before it
 * @returns null where the archive has no such article or version
 * @throws ARCHIVE_DAMAGED
 */
export async function readComparison(
  id: ArticleId,
  { from, to }: { readonly from: number | null; readonly to: number | null },
  shelf: Shelf,
): Promise<Comparison | null> {
  const stored = await shelf.find(id, null);
  if (stored === null) return null;
  const { record } = stored;
  const { versions } = record;
  const later = to ?? versions.length;
  const earlier = from ?? Math.max(1, later - 1);
  const [before, after] = [versions[earlier - 1], versions[later - 1]];
  if (before === undefined || after === undefined) return null;
  const found = compareDocuments(await shelf.readVersion(before), await shelf.readVersion(after));
  const pictures = new Map(record.assets.map((asset) => [asset.src, shownPicture(asset)]));
  const compared = (sources: readonly string[]) => sources.map((src) => ({ src, picture: pictures.get(src) ?? null }));
  return {
    record,
    from: earlier,
    to: later,
    title: found.title,
    date: found.date,
    rows: rowsOf(blocksOf(found.body)),
    isCoarse: found.isCoarse,
    images: { added: compared(found.images.added), removed: compared(found.images.removed) },
  };
}

/** Blocks as rows: equal ones together, and what went beside what came in its place. */
function rowsOf(blocks: readonly (readonly Piece[])[]): DiffRow[] {
  const rows: DiffRow[] = [];
  let [gone, come]: [(readonly Piece[])[], (readonly Piece[])[]] = [[], []];
  const endOfPlace = () => {
    for (let i = 0; i < Math.max(gone.length, come.length); i++) {
      const [before, after] = [gone[i] ?? null, come[i] ?? null];
      rows.push({ kind: 'changed', inline: [...(before ?? []), ...(after ?? [])], before, after });
    }
    [gone, come] = [[], []];
  };
  for (const block of blocks) {
    const kinds = new Set(block.map(({ kind }) => kind));
    if (kinds.size === 1 && kinds.has('removed')) gone.push(block);
    else if (kinds.size === 1 && kinds.has('added')) come.push(block);
    else {
      endOfPlace();
      if (kinds.size === 1) pushSame(rows, block.map(({ text }) => text).join(''));
      else
        rows.push({
          kind: 'changed',
          inline: block,
          before: without(block, 'added'),
          after: without(block, 'removed'),
        });
    }
  }
  endOfPlace();
  return rows;
}

function pushSame(rows: DiffRow[], text: string): void {
  const last = rows.at(-1);
  if (last?.kind === 'same') rows[rows.length - 1] = { kind: 'same', blocks: [...last.blocks, text] };
  else rows.push({ kind: 'same', blocks: [text] });
}

function without(block: readonly Piece[], kind: Piece['kind']): readonly Piece[] | null {
  const left = block.filter((piece) => piece.kind !== kind);
  return left.length === 0 ? null : left;
}
