/** Chooses the adapter that the configuration names. A store behind a network is loaded only where one is named. */
import { ArchiveError } from '../errors.ts';
import { openDisk } from './disk.ts';
import type { S3Options } from './s3.ts';
import { isS3Address, parseS3Address } from './s3-address.ts';
import type { Storage } from './storage.ts';

/** Where an archive lies. */
export interface StoragePlace {
  /** Absolute path: the archive's folder, or that of this machine for what cannot lie in `cluster.storage`: databases, lock and spool. */
  readonly archive: string;
  readonly cluster: {
    /** Absolute path of a shared folder, or `s3://…`; null where all lies in `archive`. */
    readonly storage: string | null;
  };
}

/** @throws CONFIG_INVALID; nothing is asked of the place yet */
export async function openStorage(
  { archive, cluster }: StoragePlace,
  options: Omit<S3Options, 'local'> & { readonly onWeakness?: (weakness: string) => void } = {},
): Promise<Storage> {
  const { onWeakness, ...forStore } = options;
  const place = cluster.storage ?? archive;
  if (!isS3Address(place)) return openDisk(place, onWeakness && { onWeakness });
  const address = parseS3Address(place);
  if (typeof address === 'string') throw new ArchiveError('CONFIG_INVALID', `cluster.storage ${address}`);
  const { openS3 } = await import('./s3.ts');
  return openS3(address, { local: archive, ...forStore });
}

/** An archive that lies in a folder with all that belongs to it. */
export function inFolder(archive: string): StoragePlace {
  return { archive, cluster: { storage: null } };
}

/** Absolute path of the folder in which the files of an archive lie; null where they lie in an object store. */
export function filesFolder({ archive, cluster }: StoragePlace): string | null {
  const place = cluster.storage ?? archive;
  return isS3Address(place) ? null : place;
}

/** The same, for a command that reads the files by itself. @throws ARCHIVE_ELSEWHERE where they lie in no folder */
export function requireFilesFolder(place: StoragePlace, command: string): string {
  const folder = filesFolder(place);
  if (folder === null) throw new ArchiveError('ARCHIVE_ELSEWHERE', `${command} reads a folder`);
  return folder;
}

/** @throws ARCHIVE_ELSEWHERE where a command reads the files by itself, and they do not lie in the archive's folder */
export function requireInFolder({ cluster }: StoragePlace, command: string): void {
  if (cluster.storage !== null)
    throw new ArchiveError('ARCHIVE_ELSEWHERE', `${command} reads a folder of this machine`);
}
