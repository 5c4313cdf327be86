/** One WACZ package (Web Archive Collection Zipped, 1.1.1): a batch of articles that any player of the format shows by itself. */
import type { Storage } from '../archive/storage.ts';
import type { Batch } from './batches.ts';
import { indexFiles } from './cdxj.ts';
import { type CaptureSources, type CollectOptions, collectPieces } from './collect.ts';
import { describePackage, instantOf, signPackage } from './datapackage.ts';
import { openPackageIndex } from './package-index.ts';
import type { Signer } from './signing-key.ts';
import { type StagedFile, stageFile } from './staged.ts';
import { stageWarcFiles } from './warc-files.ts';
import { zipOf } from './zip.ts';

/** Players hold the list of a package's pages in memory; browsertrix and ReplayWeb.page were seen to fail beyond some 100,000. */
export const MOST_PAGES = 50_000;

interface WaczOptions extends Omit<CollectOptions, 'index'> {
  /** Shown as the title of the package. */
  readonly title: string;
  /** Name and version of this program. */
  readonly software: string;
  readonly signer: Signer;
}

/**
 * Stages a package: its parts, then itself, so that twice its room is needed for a while.
 * @param folder holds the temporary files
 * @param path what it is called
 * @returns null where no article of the batch has captures; else the package, which the caller keeps or disposes of
 * @throws INTERRUPTED, and what the disks refuse with
 */
export async function stagePackage(
  folder: Storage,
  path: string,
  {
    batch,
    sources,
    options,
  }: { readonly batch: Batch; readonly sources: CaptureSources; readonly options: WaczOptions },
): Promise<{ readonly file: StagedFile; readonly pages: number } | null> {
  const { title, software, signer } = options;
  using index = openPackageIndex();
  await using parts = new AsyncDisposableStack();
  const stage = async (name: string, content: AsyncIterable<Uint8Array>) =>
    parts.use(await stageFile(folder, name, content));

  const warcs = await stageWarcFiles(folder, collectPieces(batch, sources, { ...options, index }), {
    folder: 'archive/',
    stem: batch.name,
    software,
    date: batch.newest,
    onLine: index.addLine,
  });
  for (const file of warcs) parts.use(file);
  const pages = index.pageCount();
  if (pages === 0) return null;
  const indexes: StagedFile[] = [];
  for (const { name, content } of indexFiles(index.lines(), index.lineBytes()))
    indexes.push(await stage(`indexes/${name}`, content));
  const list = await stage('pages/pages.jsonl', pagesFile(index.pages(), title));

  const created = instantOf(batch.newest);
  const about = `${pages} of ${batch.keys.length} articles, with the exchanges that they were made of and their pictures. An article that is not here was archived without its exchanges.`;
  const [mainPage = null] = index.pages();
  const files = [...warcs, ...indexes, list];
  const description = describePackage(files, {
    title,
    description: about,
    created,
    software,
    mainPage: mainPage === null ? null : (JSON.parse(mainPage) as { readonly url: string; readonly ts: string }),
  });
  const digest = signPackage(description, { created, software, signer });
  return { file: await stageFile(folder, path, zipOf([...files, description, digest])), pages };
}

async function* pagesFile(pages: Iterable<string>, title: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify({ format: 'json-pages-1.0', id: 'pages', title })}\n`);
  for (const page of pages) yield Buffer.from(`${page}\n`);
}
