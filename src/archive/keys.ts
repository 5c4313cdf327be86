/** Where the files of an archive lie: the keys of articles and pictures. */
import type { Stats } from 'node:fs';
import type { ArticleId } from '../model.ts';

/**
 * Where an article lies below `articles/` and `records/`: `2022/01/2022_01_28_623950`, or `fengwen/2020/10/399176`.
 * @param date Beijing day `2022-01-28`: of the URL, or of publication for a community post
 */
export function articleKey(id: ArticleId, date: string): string {
  const [year, month] = date.split('-');
  const number = numberOf(id);
  return id.startsWith('fengwen:')
    ? `fengwen/${year}/${month}/${number}`
    : `${year}/${month}/${date.replaceAll('-', '_')}_${number}`;
}

/** Where a picture's bytes stay: named by their SHA-256, so that the same bytes are kept once. */
export function assetKey(digest: string, type: string): string {
  return `assets/${digest.slice(0, 2)}/${digest}.${type}`;
}

export function numberOf(id: ArticleId): string {
  return id.slice(id.indexOf(':') + 1);
}

/** What an entry is that is neither file nor folder. */
export function kindOf(entry: Pick<Stats, 'isDirectory' | 'isFIFO' | 'isSocket' | 'isSymbolicLink'>): string {
  if (entry.isDirectory()) return 'a folder';
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isFIFO()) return 'a FIFO';
  return entry.isSocket() ? 'a socket' : 'a device';
}
