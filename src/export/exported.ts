/** What every export is called, is given and gives back, whatever its format. */

/** By their names on the command line. */
export const EXPORT_FORMATS = [
  'wacz',
  'warc',
  'jsonl',
  'csv',
  'parquet',
  'sqlite',
  'csl',
  'ris',
  'epub',
  'html',
  'markdown',
  'hexo',
  'site',
] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  /** Name and version of this program. */
  readonly software: string;
  readonly onLeftOut: (left: LeftOut) => void;
  readonly onFile: (file: ExportedFile) => void;
  /** Counts articles. */
  readonly onProgress: (done: number, total: number) => void;
  /** Ends the export before the next article. */
  readonly signal: AbortSignal;
}

/** What is selected and not exported, or not all of it. */
export interface LeftOut {
  /**
   * `no-capture`: an article that was archived without its exchanges with the site. `edited`: somebody else has changed the
   * file of an earlier export; it stays as it is.
   */
  readonly kind: 'no-capture' | 'capture-damaged' | 'picture-damaged' | 'article-damaged' | 'edited';
  /** Place of the article; null where its record cannot be read. */
  readonly key: string | null;
  readonly url: string | null;
  readonly detail: string;
}

export interface ExportedFile {
  /** In the folder of the export. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** False where it was there already, and is what would be written. */
  readonly wrote: boolean;
}

export interface Exported {
  readonly articles: number;
  readonly files: number;
  readonly bytes: number;
  /** Of the files, those that were written now; absent where all of them were. */
  readonly wrote?: number;
  /** Files of earlier exports in the folder that this one did not make: its list does not name them. */
  readonly others: readonly string[];
}
