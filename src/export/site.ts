/**
 * The reader as files for any web server or a memory stick: its pages in both languages, pictures, feeds, and an index in
 * which a script of the page searches. The pages are what the reader answers, with other links.
 */
import { join } from 'node:path';
import { databaseFiles, idOf, parseKey } from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { type Catalog, openCatalog } from '../catalog/catalog.ts';
import { ArchiveError } from '../errors.ts';
import type { Site } from '../site/address.ts';
import { type Sources, selectedRecords } from './articles.ts';
import type { Exported, ExportOptions } from './exported.ts';
import type { Selection } from './selection.ts';
import { openSiteArticles } from './site-articles.ts';
import { openSiteFiles } from './site-files.ts';
import { openSiteLinks } from './site-links.ts';
import { writeFeeds, writeLists, writeStatic } from './site-lists.ts';
import { openPageMaker, openSiteShelf } from './site-pages.ts';
import { writeSearch } from './site-search.ts';
import type { Target } from './target.ts';

/** Changes whenever the same articles give other files. */
const VERSION = 1;
const UNFINISHED = '.unfinished';
const LISTS = 'lists.sqlite';

/**
 * @param given `baseUrl` is what addresses in feeds begin with, with a `/` at its end; null for relative ones
 * @throws USAGE where other things lie in the folder; INTERRUPTED, and what the disks refuse with: what was written until then
 *   stands, and the next export goes on
 */
export async function exportSite(
  target: Target,
  selection: Selection,
  {
    sources,
    options,
    site,
    baseUrl,
  }: {
    readonly sources: Sources;
    readonly options: ExportOptions;
    readonly site: Site;
    readonly baseUrl: string | null;
  },
): Promise<Exported> {
  const { folder } = target;
  const { signal, onLeftOut } = options;
  const files = await openSiteFiles(folder, (path) =>
    onLeftOut({ kind: 'edited', key: null, url: null, detail: `${path}: changed by somebody else, and left as it is` }),
  );
  const selected = new Map<string, string>(); // places of articles → of what their records are
  for await (const { key, fingerprint } of selectedRecords(sources, selection, { ...options, onProgress: () => {} }))
    selected.set(key, fingerprint.slice(0, 32));
  const total = selected.size;
  // Articles have three turns: the first makes the lists, the second the pages, the third the index.
  const inTurn = (turn: number) => (done: number) =>
    options.onProgress(Math.floor((turn * total + Math.min(done, total)) / 3), total);
  const maker = `${options.software} ${VERSION}`;

  await removeLists(folder);
  {
    const path = join(await target.makeUnfinished(), LISTS);
    using catalog = await openCatalog(onlySelected(sources.storage, selected), { path });
    await catalog.refresh({ words: false, signal, onProgress: inTurn(0), batch: 256 });
    const absent = new Set<string>();
    const links = openSiteLinks(absent);
    const shelf = openSiteShelf(sources, { site, ids: new Set([...selected.keys()].map(idOf)) });
    const lists = rememberingDays(catalog);
    const make = openPageMaker({ shelf, catalog: lists, current: async () => {} }, links);

    const write = openSiteArticles({ files, links, shelf, make, absent }, { sources, options, maker });
    let done = 0;
    for (const key of selected.keys()) {
      if (signal.aborted) throw new ArchiveError('INTERRUPTED', key);
      await write(key);
      done += 1;
      inTurn(1)(done);
    }
    const fingerprint = sha256(`${maker} ${JSON.stringify([...selected])}`);
    await writeSearch(lists, { folder, files, storage: sources.storage, signal, fingerprint, onProgress: inTurn(2) });
    await writeLists(lists, { files, make, signal });
    await writeFeeds(lists, { files, links, baseUrl });
    await writeStatic(files);
  }
  await removeLists(folder);
  return { articles: total, ...(await files.end()), others: [] };
}

async function removeLists(folder: Storage): Promise<void> {
  for (const name of databaseFiles(`${UNFINISHED}/${LISTS}`)) await folder.remove(name);
}

/** The archive as a catalog reads it, with the records of a selection alone. */
function onlySelected(storage: Storage, selected: ReadonlyMap<string, string>): Storage {
  return {
    ...storage,
    list: async function* (prefix) {
      for await (const file of storage.list(prefix)) {
        const parsed = parseKey(file.key);
        if (parsed?.kind === 'record' && selected.has(parsed.article)) yield file;
      }
    },
    remove: async () => {}, // the catalog that a damaged one would make way for is the archive's
  };
}

/** Each page of a day asks for all days. */
function rememberingDays(catalog: Catalog): Omit<Catalog, 'refresh'> {
  let days: ReturnType<Catalog['days']> | null = null;
  return {
    ...catalog,
    days: (window) => {
      if (window !== undefined) return catalog.days(window);
      days ??= catalog.days();
      return days;
    },
  };
}
