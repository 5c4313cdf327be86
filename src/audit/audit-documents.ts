/** Documents in a plain folder, as other programs write them: no records, names of any kind. */
import { join } from 'node:path';
import { auditDocument } from './audit-document.ts';
import type { ShardContext } from './audit-month.ts';
import { conventionOf } from './checks/article/dates.ts';
import { finding } from './finding.ts';
import { under } from './folder.ts';
import { readWhole } from './read-file.ts';

const LONGEST_BYTES = 64_000_000;
/** How a document begins, even a damaged one: other texts may lie beside documents. */
const BEGINS = /^\ufeff?\s{0,8}---\s{0,8}\n[\s\S]{0,2000}?title:/;

export function auditDocuments(folder: string, files: readonly string[], context: ShardContext): void {
  const { root, scratch, wanted, tell, count } = context;
  for (const name of files) {
    const where = { path: under(folder, name), article: null };
    const read = readWhole(join(root, where.path), LONGEST_BYTES);
    if (read.kind === 'absent') tell(finding('unreadable-file', where, 'the name is not valid UTF-8'));
    if (read.kind === 'fault') tell(finding(read.code, where, read.detail));
    if (read.kind !== 'bytes') continue;
    const isDocument = /\.html?$/i.test(name) || BEGINS.test(read.bytes.subarray(0, 4000).toString());
    if (!isDocument) continue;
    count({ articles: 1, bytes: read.bytes.length });
    const { breaches, document } = auditDocument(read.bytes, { path: where.path, record: null });
    for (const [code, detail] of breaches) if (wanted(code)) tell(finding(code, where, detail));
    const convention = document === null ? null : conventionOf(document);
    if (document !== null && convention !== null) scratch.clock({ ...where, convention, date: document.front.date });
  }
}
