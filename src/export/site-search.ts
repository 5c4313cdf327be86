/** What the search of a site reads: its index, and the rows by which articles are listed. Made anew where anything has changed. */
import type { Storage } from '../archive/storage.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { CatalogArticle } from '../catalog/entry.ts';
import { readEntry } from '../catalog/refresh.ts';
import type { Cursor } from '../catalog/search.ts';
import { ArchiveError } from '../errors.ts';
import { foldingTable, openFolding } from '../reader/files-folding.ts';
import { nameOfRows, ROWS, type Shard } from '../reader/files-index.ts';
import { shardScript } from '../reader/files-search-script.ts';
import { EVERYTHING } from '../reader/lists.ts';
import type { SiteFiles } from './site-files.ts';
import { openSiteIndex } from './site-index.ts';

const AT_ONCE = 1000;
/** The last group that is written: where it is right, so are all before it. */
const LAST = 'search/index';

interface SearchRoom {
  readonly folder: Storage;
  readonly files: SiteFiles;
  /** Of the archive. */
  readonly storage: Storage;
  readonly signal: AbortSignal;
  /** Of all articles. */
  readonly fingerprint: string;
  readonly onProgress: (done: number) => void;
}

/** @throws INTERRUPTED */
export async function writeSearch(catalog: Pick<Catalog, 'search' | 'state'>, room: SearchRoom): Promise<void> {
  const { folder, files, storage, signal, fingerprint, onProgress } = room;
  if (await files.allStay('search ', LAST, fingerprint)) return;
  const keyOf = (part: number) => `.unfinished/pairs-${part}`;
  for (let part = 0; (await folder.stat(keyOf(part))) !== null; part++) await folder.remove(keyOf(part));
  const folding = openFolding(foldingTable());
  const index = openSiteIndex(folder, { keyOf });
  const { articles } = await catalog.state();
  const put = async (name: string, shard: Shard) => {
    const group = name === LAST ? LAST : `search ${name}`;
    await files.put({ group, fingerprint, files: [{ path: `${name}.js`, text: shardScript(name, shard) }] });
  };
  let number = articles;
  let rows: (string | number)[] = [];
  for await (const article of newestFirst(catalog)) {
    if (signal.aborted) throw new ArchiveError('INTERRUPTED', article.key);
    number -= 1;
    const entry = await readEntry(article.key, storage);
    const searched = entry !== null && 'searched' in entry ? Object.values(entry.searched) : [];
    await index.add(
      number,
      searched.map((text) => folding(text.toWellFormed()).flat),
    );
    rows = [...rowOf(article), ...rows];
    if (number % ROWS === 0) {
      await put(nameOfRows(number), rows);
      rows = [];
    }
    onProgress(articles - number);
  }
  for await (const { name, shard } of index.files(articles)) await put(name, shard);
}

function rowOf({ id, title, publishedAt, precision }: CatalogArticle): readonly string[] {
  return [id, publishedAt.slice(0, precision === 'day' ? 10 : 16).replace('T', ' '), title.toWellFormed()];
}

async function* newestFirst(catalog: Pick<Catalog, 'search'>): AsyncGenerator<CatalogArticle> {
  for (let after: Cursor | null = null; ; ) {
    const { articles, next } = await catalog.search(EVERYTHING, { limit: AT_ONCE, sort: 'newest', after });
    yield* articles;
    if (next === null) return;
    after = next;
  }
}
