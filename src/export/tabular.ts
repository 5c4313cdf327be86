/** The selected articles as rows, or as what rows are made of, for the formats that need nothing else of them; by other hands too. */
import { ArchiveError } from '../errors.ts';
import type { Pool } from '../pool.ts';
import { type Sources, selectedArticles, selectedAt } from './articles.ts';
import type { ExportOptions, LeftOut } from './exported.ts';
import { type Row, rowOf, type Tabular } from './row.ts';
import { type SelectedDays, type Selection, selectedKeys } from './selection.ts';

/** What other hands make of an article by its place. */
export interface RowResult {
  /** Null where it is not selected, or left out. */
  readonly row: Row | null;
  readonly leftOut: readonly LeftOut[];
}

/** Makes the rows of articles, by their places, elsewhere. */
export type RowPool = (selection: SelectedDays) => Promise<Pool<string, RowResult>>;

/** In order; what is left out is reported in its turn. @param elsewhere null where this process makes them @throws INTERRUPTED */
export async function* tabularArticles(
  sources: Sources,
  selection: Selection,
  { elsewhere, ...options }: ExportOptions & { readonly elsewhere: RowPool | null },
): AsyncGenerator<Tabular> {
  if (elsewhere === null) {
    yield* selectedArticles(sources, selection, options);
    return;
  }
  const { since, until, sources: names } = selection;
  let total = 0;
  for await (const _key of selectedKeys(sources.storage, selection)) total += 1;
  const keys: string[] = [];
  const given = async function* () {
    for await (const key of selectedKeys(sources.storage, selection)) {
      keys.push(key);
      yield key;
    }
  };
  await using pool = await elsewhere({ since, until, sources: names });
  let done = 0;
  for await (const { row, leftOut } of pool.run(given())) {
    const key = keys.shift() ?? '';
    if (options.signal.aborted) throw new ArchiveError('INTERRUPTED', key);
    for (const each of leftOut) options.onLeftOut(each);
    if (row !== null) yield { key, row };
    done += 1;
    options.onProgress(done, Math.max(done, total));
  }
}

/** What a hand does for one place. */
export async function rowAt(key: string, sources: Sources, selection: SelectedDays): Promise<RowResult> {
  const leftOut: LeftOut[] = [];
  const article = await selectedAt(key, sources, { selection, onLeftOut: (each) => void leftOut.push(each) });
  return { row: article === null ? null : rowOf(article), leftOut };
}
