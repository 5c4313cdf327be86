/** What has no place in the archive: moved to `trash/`, never deleted. */
import { join } from 'node:path';
import type { Finding } from '../audit/finding.ts';
import { listFolder } from '../audit/folder.ts';
import { hashFile } from '../fixity/manifest.ts';
import { type Bench, keyOf } from './bench.ts';
import { bestRecord } from './best-record.ts';

export async function toTrash(findings: readonly Finding[], bench: Bench): Promise<void> {
  for (const found of findings) {
    if (bench.stopping.aborted) return;
    const why = (await reasonToKeep(found, bench)) ?? (await moveAll(found, bench));
    if (why !== null) bench.leave(found, why);
  }
}

async function moveAll(found: Finding, { trash }: Bench): Promise<string | null> {
  const description = found.path.replace(/\.gz$/, '.json');
  const why = `${found.code}: ${found.detail}`;
  const refusal = await trash.move(found.path, why);
  if (found.code === 'quarantine-damaged' && refusal === null) await trash.move(description, why);
  return refusal;
}

/** Null where the archive loses nothing by it. */
async function reasonToKeep(found: Finding, bench: Bench): Promise<string | null> {
  if (found.code === 'link-in-archive' && isLoadBearing(found.path))
    return 'a link in the place of a folder: its content would go with it; put the folder itself there';
  if (found.code !== 'version-orphan') return null;
  return (await isKnownVersion(found.path, bench))
    ? null
    : 'the text of an article that no record describes: nothing says when the site had it; look at it';
}

/** A folder of the archive that somebody has moved to another disk. */
function isLoadBearing(path: string): boolean {
  return (
    /^(?:articles|records|versions)(?:\/fengwen)?(?:\/\d{4})?(?:\/(?:0[1-9]|1[0-2]))?$/.test(path) ||
    /^(?:assets(?:\/[0-9a-f]{2})?|quarantine|trash|frontier\.sqlite)$/.test(path)
  );
}

/** True where the same bytes lie in the archive under a name that a record knows. */
async function isKnownVersion(path: string, bench: Bench): Promise<boolean> {
  const key = keyOf(path) ?? '';
  const listed = new Set(bestRecord(key, bench)?.record.versions.map(({ document }) => document));
  const known = [
    `articles/${key}.html`,
    ...listFolder(bench.root, `versions/${key}`).files.map((name) => `versions/${key}/${name}`),
  ];
  const { sha256 } = await hashFile(join(bench.root, path));
  for (const other of known.filter((each) => each !== path && listed.has(each)))
    if ((await hashFile(join(bench.root, other)).catch(() => null))?.sha256 === sha256) return true;
  return false;
}
