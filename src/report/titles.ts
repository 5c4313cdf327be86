/** What the article is called that a finding is about: read from its document, else from its record, wherever the audit was. */
import { join } from 'node:path';
import { readDocument } from '../archive/document.ts';
import { documentKey, parseKey, recordKey } from '../archive/keys.ts';
import { readRecord } from '../archive/record.ts';
import { LONGEST_BYTES, readWhole } from '../audit/read-file.ts';
import { ArchiveError } from '../errors.ts';
import type { Located } from './findings.ts';

/** Null where the finding is about no article, or neither file can be read. */
export function titleOf({ found, root }: Located): string | null {
  for (const path of [found.path, found.also ?? '']) {
    const parsed = parseKey(path);
    const isOfArticle = parsed?.kind === 'document' || parsed?.kind === 'record' || parsed?.kind === 'version';
    const document = isOfArticle
      ? documentKey(parsed.article)
      : parsed === null && path.endsWith('.html')
        ? path
        : null;
    const title =
      (document === null ? null : titleIn(root, document, (text) => readDocument(text).title)) ??
      (isOfArticle ? titleIn(root, recordKey(parsed.article), (text, at) => readRecord(text, at).article.title) : null);
    if (title !== null) return title;
  }
  return null;
}

function titleIn(root: string, path: string, title: (text: string, path: string) => string): string | null {
  const read = readWhole(join(root, path), LONGEST_BYTES);
  if (read.kind !== 'bytes') return null;
  try {
    return title(read.bytes.toString(), path).trim() || null;
  } catch (error) {
    if (error instanceof ArchiveError) return null; // the finding may be about just that
    throw error;
  }
}
