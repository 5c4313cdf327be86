/** Exports of what the site really sent, as WACZ packages and as WARC files. All batches are known before the first is written. */
import { counted } from '../counted.ts';
import { ArchiveError } from '../errors.ts';
import { type Batch, batchesOf } from './batches.ts';
import { type CaptureSources, collectPieces } from './collect.ts';
import { openExportFolder, type Resource } from './export-folder.ts';
import type { Exported, ExportedFile, ExportOptions, LeftOut } from './exported.ts';
import { openPackageIndex } from './package-index.ts';
import type { Selection } from './selection.ts';
import type { Signer } from './signing-key.ts';
import type { Staged, StagedFile } from './staged.ts';
import type { Target } from './target.ts';
import { MOST_PAGES, stagePackage } from './wacz.ts';
import { stageWarcFiles } from './warc-files.ts';

/** The list that players open in place of the packages beside it (WACZ specifications, Multi-WACZ). */
export const WACZ_LIST = 'multi-wacz.json';
const WARC_LIST = 'datapackage.json';

/**
 * A folder of packages, one for each month, with the list that players open; or one package, if the target is a file.
 * @throws NOT_ARCHIVED where the selection has no article; USAGE where one file would hold too many; INTERRUPTED
 */
export async function exportWacz(
  target: Target,
  selection: Selection,
  {
    sources,
    signer,
    options,
  }: { readonly sources: CaptureSources; readonly signer: Signer; readonly options: ExportOptions },
): Promise<Exported> {
  const { folder, file } = target;
  const batches = await requireBatches(sources, selection, { byMonth: file === null, options });
  const count = counter(batches, options);
  const packageOf = (batch: Batch, path: string, packing: ExportOptions & Pick<Count, 'onArticle'>) =>
    stagePackage(folder, path, { batch, sources, options: { ...packing, title: titleOf(batch), signer } });
  if (file !== null) {
    const [batch, another] = batches;
    if (batch === undefined || another !== undefined)
      throw new ArchiveError(
        'USAGE',
        `${file}: more than ${MOST_PAGES} articles; name a folder, or fewer with --since and --until`,
      );
    const staged = await packageOf(batch, file, { ...options, ...count });
    if (staged === null) return count.exported();
    await using written = staged.file;
    await written.keep(file);
    count.file(written, { wrote: true });
    return count.exported();
  }
  return await fillFolder(batches, {
    target,
    count,
    options,
    list: {
      name: WACZ_LIST,
      head: { profile: 'multi-wacz-package', title: 'guancha-archive' },
      maker: `${options.software} ${signer.publicKey}`,
    },
    stage: async (batch, packing) => {
      const staged = await packageOf(batch, `${batch.name}.wacz`, packing);
      return staged === null ? [] : [staged.file];
    },
  });
}

/** A folder of WARC files that stand for themselves, with a list of them. Throws as `exportWacz`. */
export async function exportWarc(
  target: Target,
  selection: Selection,
  { sources, options }: { readonly sources: CaptureSources; readonly options: ExportOptions },
): Promise<Exported> {
  const { folder } = target;
  const batches = await requireBatches(sources, selection, { byMonth: true, options });
  const count = counter(batches, options);
  return await fillFolder(batches, {
    target,
    count,
    options,
    list: { name: WARC_LIST, head: { profile: 'data-package' }, maker: options.software },
    stage: async (batch, packing) => {
      const { name: stem, newest: date } = batch;
      using index = openPackageIndex();
      const pieces = collectPieces(batch, sources, { ...packing, index });
      return await stageWarcFiles(folder, pieces, { ...options, folder: '', stem, date, onLine: () => {} });
    },
  });
}

type Count = ReturnType<typeof counter>;

/** Leaves what is there and right, writes what is not. */
async function fillFolder(
  batches: readonly Batch[],
  {
    target: { folder },
    count,
    options,
    list,
    stage,
  }: {
    readonly target: Target;
    readonly count: Count;
    readonly options: ExportOptions;
    readonly list: Parameters<typeof openExportFolder>[1];
    readonly stage: (batch: Batch, options: ExportOptions & Pick<Count, 'onArticle'>) => Promise<readonly StagedFile[]>;
  },
): Promise<Exported> {
  const filled = await openExportFolder(folder, list);
  for (const batch of batches) {
    const present = await filled.present(batch);
    if (present !== null) {
      for (const each of present) count.file({ ...each, sha256: each.hash.slice('sha256:'.length) }, { wrote: false });
      count.skip(batch);
      continue;
    }
    let isDamaged = false; // then a repair may bring what is missing, though no record changes
    const onLeftOut = (left: LeftOut) => {
      isDamaged = true;
      options.onLeftOut(left);
    };
    await using staged = new AsyncDisposableStack();
    const files = (await stage(batch, { ...options, ...count, onLeftOut })).map((file) => staged.use(file));
    for (const file of files) await file.keep(file.path);
    await filled.written(batch, { files: files.map(resourceOf), isWhole: !isDamaged });
    for (const file of files) count.file(file, { wrote: true });
  }
  return { ...count.exported(), others: await filled.end() };
}

function resourceOf({ path, bytes, sha256 }: Staged): Omit<Resource, 'batch' | 'fingerprint'> {
  return { name: path.toLowerCase(), path, hash: `sha256:${sha256}`, bytes };
}

async function requireBatches(
  { storage }: CaptureSources,
  selection: Selection,
  { byMonth, options }: { readonly byMonth: boolean; readonly options: ExportOptions },
): Promise<readonly Batch[]> {
  let left = 0;
  const onLeftOut = (each: LeftOut) => {
    left += 1;
    options.onLeftOut(each);
  };
  const limits = { mostArticles: MOST_PAGES, byMonth, onLeftOut };
  const batches = await Array.fromAsync(batchesOf(storage, selection, limits));
  if (batches.length > 0) return batches;
  const why =
    left === 0
      ? 'no article is selected'
      : `no captures of ${counted(left, 'article that is selected', 'articles that are selected')}`;
  throw new ArchiveError('NOT_ARCHIVED', `${storage.name}: ${why}`);
}

/** What was done so far, of how much. */
function counter(batches: readonly Batch[], { onProgress, onFile }: ExportOptions) {
  const total = batches.reduce((sum, { keys }) => sum + keys.length, 0);
  let [done, files, sum] = [0, 0, 0];
  const progress = (articles: number) => {
    done += articles;
    onProgress(done, total);
  };
  return {
    onArticle: () => progress(1),
    skip: ({ keys }: Batch) => progress(keys.length),
    file: ({ path, bytes, sha256 }: Omit<Staged, 'chunks'>, { wrote }: Pick<ExportedFile, 'wrote'>) => {
      files += 1;
      sum += bytes;
      onFile({ path, bytes, sha256, wrote });
    },
    exported: (): Exported => ({ articles: total, files, bytes: sum, others: [] }),
  };
}

function titleOf({ name }: Batch): string {
  return name === 'all' ? 'guancha-archive' : `guancha-archive ${name}`;
}
