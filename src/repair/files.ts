/** Bytes that lie elsewhere in the archive, or in its trash, put back where their hash says that they belong. No network. */
import { join } from 'node:path';
import { readDocument } from '../archive/document.ts';
import {
  ASSETS,
  AUDITS,
  articleKey,
  BY_MONTH,
  documentKey,
  FRONTIER,
  idOf,
  isAssetFolder,
  isMonth,
  isOperational,
  isYear,
  parseKey,
  QUARANTINE,
  quarantineDescription,
  recordKey,
  TRASH,
  versionsOf,
} from '../archive/keys.ts';
import { hashFile } from '../archive/manifest.ts';
import { sha256 } from '../archive/record.ts';
import type { CheckCode, Finding } from '../audit/promises.ts';
import { listFolder, readWhole } from '../audit/read-file.ts';
import { ArchiveError } from '../errors.ts';
import { parseArticleUrl } from '../site/address.ts';
import { bestRecord, bytesOf } from './best-record.ts';
import { keyOf, type RepairContext } from './context.ts';

/** Findings of a file that is missing or changed, where a hash says what it was. */
const PROVABLE: readonly CheckCode[] = [
  'document-missing',
  'document-changed',
  'version-missing',
  'version-changed',
  'picture-gone',
  'picture-changed',
];
const LARGEST_BYTES = 64_000_000;

/**
 * Looks at every file that a finding names: what is wrong in one place may be right in another.
 * @returns the findings that are left
 */
export async function restoreBytes(findings: readonly Finding[], context: RepairContext): Promise<readonly Finding[]> {
  const provable = findings.filter(({ code }) => PROVABLE.includes(code));
  if (provable.length === 0) return findings;
  const elsewhere = await hashesOf(findings, context);
  const restored = new Set<Finding>();
  for (const found of provable) {
    if (context.stopSignal.aborted) break;
    if (await restore(found, elsewhere, context)) restored.add(found);
  }
  return findings.filter((found) => !restored.has(found));
}

async function restore(
  found: Finding,
  elsewhere: ReadonlyMap<string, string>,
  context: RepairContext,
): Promise<boolean> {
  const wanted = hashOf(found, context);
  const there = await context.storage.stat(found.path);
  if (wanted === null || (there !== null && there.kind !== 'a file')) return false;
  for (const source of [elsewhere.get(wanted), await context.trash.find(wanted)]) {
    const bytes = source === undefined || source === null ? null : bytesOf(context.root, source);
    if (bytes === null || sha256(bytes) !== wanted) continue;
    await context.trash.keep(found.path, `${found.code}: ${found.detail}`);
    await context.storage.write(found.path, bytes);
    return true;
  }
  return false;
}

/** The hash that the record or the name says. */
function hashOf({ path }: Finding, context: RepairContext): string | null {
  const parsed = parseKey(path);
  if (parsed?.kind === 'picture') return parsed.sha256;
  const key = keyOf(path);
  const best = key === null ? null : bestRecord(key, context);
  return best?.record.versions.find(({ document }) => document === path)?.sha256 ?? null;
}

async function hashesOf(
  findings: readonly Finding[],
  { storage }: RepairContext,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const path of new Set(findings.map((each) => each.path))) {
    const entry = await storage.stat(path);
    if (entry?.kind !== 'a file' || entry.bytes > LARGEST_BYTES || isOperational(path)) continue;
    found.set((await hashFile(storage, path)).sha256, path);
  }
  return found;
}

// What has no place in the archive: moved to `trash/`, never deleted.

export async function toTrash(findings: readonly Finding[], context: RepairContext): Promise<void> {
  for (const found of findings) {
    if (context.stopSignal.aborted) return;
    const why = (await reasonToKeep(found, context)) ?? (await moveAll(found, context));
    if (why !== null) context.leave(found, why);
  }
}

async function moveAll(found: Finding, { trash }: RepairContext): Promise<string | null> {
  const parsed = parseKey(found.path);
  const why = `${found.code}: ${found.detail}`;
  const refusal = await trash.move(found.path, why);
  if (parsed?.kind === 'page' && found.code === 'quarantine-damaged' && refusal === null)
    await trash.move(quarantineDescription(parsed.name), why);
  return refusal;
}

/** Null if the archive loses nothing by it. */
async function reasonToKeep(found: Finding, context: RepairContext): Promise<string | null> {
  if (found.code === 'link-in-archive' && isLoadBearing(found.path))
    return 'a link in the place of a folder: its content would go with it; put the folder itself there';
  if (found.code === 'link-in-archive' && (await isOnlyText(found, context)))
    return 'a link to a text that no record describes: put the file itself there';
  if (found.code !== 'version-orphan') return null;
  return (await isKnownVersion(found.path, context))
    ? null
    : 'the text of an article that no record describes: nothing says when the site had it; a person has to look at it';
}

/** True for a link in the place of a document or version whose record is not there: what it leads to may be the article. */
async function isOnlyText({ path }: Finding, { root, storage }: RepairContext): Promise<boolean> {
  const parsed = parseKey(path);
  if (parsed?.kind !== 'document' && parsed?.kind !== 'version') return false;
  if ((await storage.stat(recordKey(parsed.article))) !== null) return false;
  const read = readWhole(join(root, path), LARGEST_BYTES, { follows: true });
  return read.kind === 'bytes' && isDocument(read.bytes);
}

function isDocument(bytes: Buffer): boolean {
  try {
    readDocument(bytes.toString());
    return true;
  } catch (error) {
    if (error instanceof ArchiveError) return false;
    throw error;
  }
}

/** A folder of the archive that somebody has moved to another disk. */
function isLoadBearing(path: string): boolean {
  const [top = '', ...below] = path.split('/');
  if ((BY_MONTH as readonly string[]).includes(top)) {
    const [year, month, ...rest] = below[0] === 'fengwen' ? below.slice(1) : below;
    return rest.length === 0 && (year === undefined || isYear(year)) && (month === undefined || isMonth(month));
  }
  if (top === ASSETS) return below.length === 0 || (below.length === 1 && isAssetFolder(below[0] ?? ''));
  return [QUARANTINE, AUDITS, TRASH, FRONTIER].includes(path);
}

/** True if the same bytes lie in the archive under a name that a record knows. */
async function isKnownVersion(path: string, context: RepairContext): Promise<boolean> {
  const key = keyOf(path) ?? '';
  const listed = new Set(bestRecord(key, context)?.record.versions.map(({ document }) => document));
  const known = [
    documentKey(key),
    ...listFolder(context.root, versionsOf(key)).files.map((name) => `${versionsOf(key)}/${name}`),
  ];
  const { sha256 } = await hashFile(context.storage, path);
  for (const other of known.filter((each) => each !== path && listed.has(each)))
    if ((await hashFile(context.storage, other).catch(() => null))?.sha256 === sha256) return true;
  return false;
}

// An article that lies in two places: the one that the frontier does not name goes to `trash/`, with all that belongs to it.

export async function removeDuplicate(findings: readonly Finding[], context: RepairContext): Promise<void> {
  for (const found of findings) {
    if (context.stopSignal.aborted) return;
    const keys = [keyOf(found.path), keyOf(found.also ?? '')].filter((key) => key !== null);
    const right = placeOf(keys[0] ?? '', context);
    const wrong = keys.filter((key) => key !== right);
    if (right === null || keys.length !== 2 || wrong.length !== 1)
      context.leave(found, 'the frontier names neither place: look at both and move one');
    else
      for (const path of [recordKey(wrong[0] ?? ''), documentKey(wrong[0] ?? ''), versionsOf(wrong[0] ?? '')])
        await context.trash.move(path, `${found.code}: ${found.detail}`);
  }
}

/** Where the frontier says that an article lies. */
function placeOf(key: string, { frontier, services }: RepairContext): string | null {
  const row = frontier.find(idOf(key))?.target ?? null;
  const address = row === null ? null : parseArticleUrl(row.url, services.site);
  return row === null || address?.date == null ? null : articleKey(row.id, address.date);
}
