/** The quarantine: each page with its description, and the bytes that the description names. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseKey, QUARANTINE, quarantineDescription, quarantinePage, stemOf } from '../archive/keys.ts';
import { finding } from './promises.ts';
import { LONGEST_BYTES, listFolder, readWhole, type ShardContext, unclaimed } from './read-file.ts';

export function auditQuarantine({ root, index, report, count }: ShardContext): void {
  const { files, folders, findings } = listFolder(root, QUARANTINE);
  for (const found of findings) report(found);
  const parsed = files.map((file) => ({ file, key: parseKey(`${QUARANTINE}/${file}`) }));
  const unknown = [...folders, ...parsed.filter(({ key }) => key === null).map(({ file }) => file)];
  for (const found of unclaimed(QUARANTINE, unknown, 'neither a page nor its description')) report(found);
  const names = new Set(files);
  for (const { file, key } of parsed) {
    if (key?.kind !== 'page' && key?.kind !== 'description') continue;
    const where = { path: `${QUARANTINE}/${file}`, article: null };
    const other = key.kind === 'page' ? quarantineDescription(key.name) : quarantinePage(key.name);
    if (!names.has(stemOf(other))) report(finding('quarantine-half', where, `no ${stemOf(other)}`));
    else if (key.kind === 'page') {
      const fault = pageFault(key.name);
      if (fault !== null) report(finding('quarantine-damaged', where, fault));
    }
  }

  function pageFault(name: string): string | null {
    const page = readWhole(join(root, quarantinePage(name)), LONGEST_BYTES, { follows: true });
    const description = readWhole(join(root, quarantineDescription(name)), LONGEST_BYTES, { follows: true });
    if (page.kind !== 'bytes' || description.kind !== 'bytes') return 'it cannot be read';
    count({ bytes: page.bytes.length + description.bytes.length });
    index.file(quarantinePage(name), hash('sha256', page.bytes));
    index.file(quarantineDescription(name), hash('sha256', description.bytes));
    try {
      const { sha256 } = JSON.parse(description.bytes.toString()) as { readonly sha256?: unknown };
      const body = gunzipSync(page.bytes, { maxOutputLength: LONGEST_BYTES });
      const is = hash('sha256', body);
      return is === sha256 ? null : `sha256 ${is}, description ${String(sha256)}`;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
