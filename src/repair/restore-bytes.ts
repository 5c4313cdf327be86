/** Bytes that lie elsewhere in the archive, or in its trash, put back where their hash says that they belong. No network. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckCode } from '../audit/checks-table.ts';
import type { Finding } from '../audit/finding.ts';
import { hashFile, isOperational } from '../fixity/manifest.ts';
import { sha256 } from '../store/record.ts';
import { type Bench, keyOf } from './bench.ts';
import { bestRecord, bytesOf } from './best-record.ts';

/** What a file is missing or other than it was, and a hash tells what it was. */
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
export async function restoreBytes(findings: readonly Finding[], bench: Bench): Promise<readonly Finding[]> {
  const provable = findings.filter(({ code }) => PROVABLE.includes(code));
  if (provable.length === 0) return findings;
  const elsewhere = await hashesOf(findings, bench.root);
  const restored = new Set<Finding>();
  for (const found of provable) {
    if (bench.stopping.aborted) break;
    if (await restore(found, elsewhere, bench)) restored.add(found);
  }
  return findings.filter((found) => !restored.has(found));
}

async function restore(found: Finding, elsewhere: ReadonlyMap<string, string>, bench: Bench): Promise<boolean> {
  const wanted = hashOf(found, bench);
  const there = lstatSync(join(bench.root, found.path), { throwIfNoEntry: false });
  if (wanted === null || (there !== undefined && !there.isFile())) return false;
  for (const source of [elsewhere.get(wanted), await bench.trash.find(wanted)]) {
    const bytes = source === undefined || source === null ? null : bytesOf(bench.root, source);
    if (bytes === null || sha256(bytes) !== wanted) continue;
    await bench.trash.keep(found.path, `${found.code}: ${found.detail}`);
    await bench.disk.write(found.path, bytes);
    return true;
  }
  return false;
}

/** The hash that the record or the name says. */
function hashOf({ path }: Finding, bench: Bench): string | null {
  const picture = /^assets\/..\/([0-9a-f]{64})\.\w+$/.exec(path)?.[1];
  if (picture !== undefined) return picture;
  const key = keyOf(path);
  const best = key === null ? null : bestRecord(key, bench);
  return best?.record.versions.find(({ document }) => document === path)?.sha256 ?? null;
}

async function hashesOf(findings: readonly Finding[], root: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const path of new Set(findings.map((each) => each.path))) {
    const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stats?.isFile() !== true || stats.size > LARGEST_BYTES || isOperational(path)) continue;
    found.set((await hashFile(join(root, path))).sha256, path);
  }
  return found;
}
