/** What a settled visit is worth telling: a new article, a new version, or that the site has it no more. */

import type { ArchiveRecord } from '../store/record.ts';
import type { Settled } from '../visit.ts';
import { captureNotice, type Notice } from './notice.ts';

/**
 * @param options `unfinishedSince`: since when runs have not come to their end, ms since 1970, null where the last one did.
 *   What was written since then may not have been told: it is told again, and its identity is the same.
 * @returns null where nothing happened that the archive did not know
 */
export function noticeOf(
  { visit }: Pick<Settled, 'visit'>,
  { unfinishedSince }: { readonly unfinishedSince: number | null },
): Notice | null {
  const { before, record } = visit;
  if (record === null) return null;
  const isTold = (at: string) => unfinishedSince === null || Date.parse(at) < unfinishedSince;
  const absence = openAbsence(record);
  if (absence !== null) {
    const known = before === null ? null : openAbsence(before);
    if (known !== null && isTold(known.since)) return null;
    const { id, url, article } = record;
    return { on: 'withdrawn', id, url, title: article.title, since: absence.since, evidence: absence.evidence };
  }
  const told = before?.versions.filter(({ capturedAt }) => isTold(capturedAt)).length ?? 0;
  return record.versions.length > told ? captureNotice(record) : null;
}

function openAbsence({ absences }: ArchiveRecord): ArchiveRecord['absences'][number] | null {
  return absences.find(({ until }) => until === null) ?? null;
}
