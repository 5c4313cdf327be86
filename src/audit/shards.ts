/** How an archive falls into pieces that can be audited one by one: months, folders of documents, folders of pictures. */
import {
  ARTICLES,
  ASSETS,
  AUDITS,
  BY_MONTH,
  CAPTURES,
  isAssetFolder,
  isMonth,
  isStem,
  isYear,
  monthOf,
  parseKey,
  QUARANTINE,
  RECORDS,
  SEALS,
  SPACES,
} from '../archive/keys.ts';
import type { Finding } from './promises.ts';
import { listFolder, unclaimed, under } from './read-file.ts';

export type Shard =
  /** Documents, records and versions of a month, `2022/01` or `fengwen/2020/10`; `stems` where only some are asked for. */
  | { readonly kind: 'month'; readonly month: string; readonly stems: readonly string[] | null }
  /** Documents without records. */
  | { readonly kind: 'documents'; readonly folder: string; readonly files: readonly string[] }
  /** A folder below `assets/`. */
  | { readonly kind: 'assets'; readonly folder: string }
  /** A file of captures, by its key. */
  | { readonly kind: 'captures'; readonly key: string }
  | { readonly kind: 'quarantine' };

/**
 * What shards share that are audited together: a month of articles, the first digit of the hashes of pictures, a month of
 * captures.
 */
export function partitionOfShard(shard: Shard): string {
  switch (shard.kind) {
    case 'month':
      return shard.month;
    case 'documents':
      return shard.folder;
    case 'assets':
      return `${ASSETS} ${shard.folder.slice(0, 1)}`;
    case 'captures':
      return shard.key.slice(0, shard.key.lastIndexOf('/'));
    case 'quarantine':
      return QUARANTINE;
  }
}

/** Which articles are asked for. */
export interface Selection {
  /**
   * Stems of file names, such as `2022_01_28_623950`, or ends of such, `_623950`; `fengwen:399176` for a community post;
   * in a plain folder, names of files. Null for all.
   */
  readonly stems: readonly string[] | null;
  /** Only what appeared on this day or later, `2022-01-28`; of community posts, in its month or later. Null for all. */
  readonly since: string | null;
}

/** True if the stem of a file name is what a selection asks for. */
export function isNamed(stem: string, asked: string): boolean {
  return stem === asked || asked === `fengwen:${stem}` || (asked.startsWith('_') && stem.endsWith(asked));
}

/** True if the archive has anything of an article: its document, its record or a superseded document. */
export function hasArticle(root: string, asked: string): boolean {
  for (const piece of months(root, { stems: [asked], since: null })) {
    if (!('month' in piece)) continue;
    for (const kind of BY_MONTH) {
      const { files, folders } = listFolder(root, `${kind}/${piece.month}`);
      const stems = [...files.map((name) => name.replace(/\.(?:html|json)$/, '')), ...folders];
      if (stems.some((stem) => isStem(stem, piece.month) && isNamed(stem, asked))) return true;
    }
  }
  return false;
}

/** True if a folder is laid out as this program lays out archives. */
export function isArchive(root: string): boolean {
  const { folders } = listFolder(root, '');
  return folders.includes(ARTICLES) || folders.includes(RECORDS);
}

/** All months of an archive in order, and what stands in the way on the way to them. */
export function* months(root: string, selection: Selection): Generator<Shard | Finding> {
  const found = new Set<string>();
  for (const kind of BY_MONTH) {
    for (const prefix of SPACES) {
      const top = `${kind}/${prefix}`.replace(/\/$/, '');
      const years = listFolder(root, top);
      yield* years.findings;
      yield* unclaimed(
        top,
        years.files.filter((name) => name !== '.gitkeep'),
        'only years lie here',
      );
      yield* unclaimed(
        top,
        years.folders.filter((name) => !isYear(name) && name !== (prefix === '' ? 'fengwen' : '')),
        'no year',
      );
      for (const year of years.folders.filter(isYear)) {
        const inYear = listFolder(root, `${top}/${year}`);
        yield* inYear.findings;
        yield* unclaimed(`${top}/${year}`, inYear.files, 'only months lie here');
        yield* unclaimed(
          `${top}/${year}`,
          inYear.folders.filter((name) => !isMonth(name)),
          'no month',
        );
        for (const month of inYear.folders.filter(isMonth)) found.add(`${prefix}${year}/${month}`);
      }
    }
  }
  const { stems, since } = selection;
  for (const month of [...found].sort())
    if (since === null || monthOf(month) >= since.slice(0, 7)) yield { kind: 'month', month, stems };
}

/** Folders of pictures. */
export function* pictureFolders(root: string): Generator<Shard | Finding> {
  const { files, folders, findings } = listFolder(root, ASSETS);
  yield* findings;
  yield* unclaimed(ASSETS, files, 'only folders lie here');
  yield* unclaimed(
    ASSETS,
    folders.filter((name) => !isAssetFolder(name)),
    'not the beginning of a hash',
  );
  for (const folder of folders.filter(isAssetFolder)) yield { kind: 'assets', folder };
}

/** What has no place among the files of seals; those are read by their own rules. */
export function* sealFiles(root: string): Generator<Finding> {
  const rest: string[] = [SEALS];
  for (let folder = rest.pop(); folder !== undefined; folder = rest.pop()) {
    const { files, folders, findings } = listFolder(root, folder);
    const key = folder;
    yield* findings.filter(({ code }) => code !== 'temporary-file'); // of a seal that is under way; the next run sweeps it
    yield* unclaimed(
      key,
      files.filter((name) => parseKey(under(key, name))?.kind !== 'seal'),
      'no file of a log',
    );
    for (const name of folders) rest.push(under(folder, name));
  }
}

/** What has no place among the reports of audits. */
export function* reportFiles(root: string): Generator<Finding> {
  const { files, folders, findings } = listFolder(root, AUDITS);
  const isReport = (name: string) => parseKey(under(AUDITS, name))?.kind === 'audit-report';
  yield* findings.filter(({ code }) => code !== 'temporary-file'); // of another audit that ends; the next run sweeps it
  yield* unclaimed(AUDITS, [...folders, ...files.filter((name) => !isReport(name))], 'no report of an audit');
}

/** Files of captures, oldest first. */
export function* captureFiles(root: string): Generator<Shard | Finding> {
  const top = listFolder(root, CAPTURES);
  yield* top.findings;
  yield* unclaimed(CAPTURES, top.files, 'only years lie here');
  yield* unclaimed(
    CAPTURES,
    top.folders.filter((name) => !isYear(name)),
    'no year',
  );
  for (const year of top.folders.filter(isYear)) {
    const folder = under(CAPTURES, year);
    const inYear = listFolder(root, folder);
    yield* inYear.findings;
    yield* unclaimed(folder, inYear.files, 'only months lie here');
    yield* unclaimed(
      folder,
      inYear.folders.filter((name) => !isMonth(name)),
      'no month',
    );
    for (const month of inYear.folders.filter(isMonth)) yield* captureFilesOf(root, under(folder, month));
  }
}

function* captureFilesOf(root: string, folder: string): Generator<Shard | Finding> {
  const { files, folders, findings } = listFolder(root, folder);
  const isSegment = (name: string) => parseKey(under(folder, name))?.kind === 'segment';
  yield* findings;
  yield* unclaimed(
    folder,
    [...folders, ...files.filter((name) => !isSegment(name))],
    'not the name of a file of captures',
  );
  for (const name of files.filter(isSegment)) yield { kind: 'captures', key: under(folder, name) };
}

const DOCUMENTS_AT_ONCE = 500;

/** Folders of documents without records, the deeper ones after the others; without recursion. */
export function* documentFolders(root: string, { stems }: Selection): Generator<Shard | Finding> {
  const rest = [''];
  for (let folder = rest.pop(); folder !== undefined; folder = rest.pop()) {
    const { files, folders, findings } = listFolder(root, folder);
    yield* findings;
    const asked = (name: string) => stems === null || (folder === '' && stems.includes(name));
    const documents = files.filter((name) => /\.(?:html?|md|txt)$/i.test(name) && asked(name));
    for (let i = 0; i < documents.length; i += DOCUMENTS_AT_ONCE)
      yield { kind: 'documents', folder, files: documents.slice(i, i + DOCUMENTS_AT_ONCE) };
    for (const name of folders.toReversed()) rest.push(under(folder, name));
  }
}
