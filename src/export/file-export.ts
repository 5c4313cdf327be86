/** Exports that are one file: its content is made piece by piece, and has its name once it is whole. */
import { type SelectedArticle, type Sources, selectedArticles } from './articles.ts';
import type { Exported, ExportOptions } from './exported.ts';
import type { Tabular } from './row.ts';
import type { Selection } from './selection.ts';
import { stageFile } from './staged.ts';
import { type RowPool, tabularArticles } from './tabular.ts';
import { requireFile, type Target } from './target.ts';

/** The bytes of a file, made of the articles as they come; pieces may be as small as they are. */
export type Content<Article = SelectedArticle> = (
  articles: AsyncIterable<Article>,
  given: { readonly sources: Sources; readonly options: ExportOptions },
) => AsyncIterable<string | Uint8Array>;

/** Content that rows alone are needed for. */
export type TableContent = Content<Tabular>;

interface Given {
  readonly sources: Sources;
  readonly options: ExportOptions;
}

/** @throws INTERRUPTED, and what the disks refuse with; then what lay at the place is still there */
export function exportFile(
  target: Target,
  selection: Selection,
  { sources, options, content }: Given & { readonly content: Content },
): Promise<Exported> {
  return writeFile(target, selectedArticles(sources, selection, options), { sources, options, content });
}

/** The same for a table, whose rows others may make. */
export function exportTable(
  target: Target,
  selection: Selection,
  {
    sources,
    options,
    content,
    elsewhere,
  }: Given & { readonly content: TableContent; readonly elsewhere: RowPool | null },
): Promise<Exported> {
  const articles = tabularArticles(sources, selection, { ...options, elsewhere });
  return writeFile(target, articles, { sources, options, content });
}

async function writeFile<Article>(
  target: Target,
  selected: AsyncIterable<Article>,
  { sources, options, content }: Given & { readonly content: Content<Article> },
): Promise<Exported> {
  const file = requireFile(target);
  let articles = 0;
  const counted = async function* () {
    for await (const article of selected) {
      articles += 1;
      yield article;
    }
  };
  await using staged = await stageFile(target.folder, file, inPieces(content(counted(), { sources, options })));
  const { bytes, sha256 } = staged;
  await staged.keep(file);
  options.onFile({ path: file, bytes, sha256, wrote: true });
  return { articles, files: 1, bytes, others: [] };
}

const PIECE_CHARACTERS = 1 << 16;

async function* inPieces(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = '';
  for await (const piece of pieces) {
    if (typeof piece === 'string') held += piece;
    if (held !== '' && (typeof piece !== 'string' || held.length >= PIECE_CHARACTERS)) {
      yield Buffer.from(held);
      held = '';
    }
    if (typeof piece !== 'string') yield piece;
  }
  if (held !== '') yield Buffer.from(held);
}
