/** The best record of an article that the archive's own files still allow. */
import { join } from 'node:path';
import { assetFolder, documentKey, idOf, parseKey, recordKey, versionsOf } from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import { readPicture } from '../audit/pictures.ts';
import { listFolder, readWhole, withFile } from '../audit/read-file.ts';
import type { ArticleId } from '../model.ts';
import type { RepairContext } from './context.ts';
import { type Known, type RepairedRecord, repairRecord } from './repair-record.ts';

const LONGEST_BYTES = 64_000_000;

/**
 * Reads and repairs it in memory; null if nothing can be relied on.
 * @param options `stranger` has an address of this article; `measures` true if pictures are to be measured again
 */
export function bestRecord(
  key: string,
  { root, services, frontier, convention }: Pick<RepairContext, 'root' | 'services' | 'frontier' | 'convention'>,
  options: { readonly stranger?: ArticleId; readonly measures?: boolean } = {},
): RepairedRecord | null {
  const text = bytesOf(root, recordKey(key));
  const value = text === null ? null : parsed(text);
  return repairRecord(value, {
    key,
    document: bytesOf(root, documentKey(key)),
    urls: [frontier.find(idOf(key))?.target.url ?? ''],
    site: services.site,
    convention,
    versions: versionsIn(root, key),
    measure: options.measures === true ? (digest) => measure(root, digest) : () => null,
    stranger: options.stranger ?? null,
  });
}

/** The bytes of a regular file that is not larger than any document or record; null for anything else. */
export function bytesOf(root: string, key: string): Buffer | null {
  const read = readWhole(join(root, key), LONGEST_BYTES);
  return read.kind === 'bytes' ? read.bytes : null;
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString());
  } catch {
    return null; // no JSON, or nested deeper than any: nothing of it can be relied on
  }
}

function versionsIn(root: string, key: string): ReadonlyMap<string, string> {
  const folder = versionsOf(key);
  const found = new Map<string, string>();
  for (const path of listFolder(root, folder).files.map((name) => `${folder}/${name}`)) {
    const bytes = parseKey(path)?.kind === 'version' ? bytesOf(root, path) : null;
    if (bytes !== null) found.set(sha256(bytes), path);
  }
  return found;
}

/** Null if no file of this hash is there whole. */
function measure(root: string, digest: string): ReturnType<Known['measure']> {
  const folder = assetFolder(digest);
  for (const key of listFolder(root, folder).files.map((name) => `${folder}/${name}`)) {
    const parsed = parseKey(key);
    if (parsed?.kind !== 'picture' || parsed.sha256 !== digest) continue;
    const picture = withFile(join(root, key), (descriptor, { size }) => ({
      kind: 'picture' as const,
      size,
      ...readPicture(descriptor, size),
    }));
    if (picture.kind !== 'picture' || picture.sha256 !== digest || picture.facts === null) continue;
    const { type, width, height } = picture.facts;
    return { bytes: picture.size, type, width, height };
  }
  return null;
}
