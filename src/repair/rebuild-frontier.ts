/** Rows of the frontier written again from the records; what the archive does not have waits for the next crawl. */
import { idOf } from '../audit/audit-month.ts';
import type { Finding } from '../audit/finding.ts';
import type { ArticleId } from '../model.ts';
import { nextVisit } from '../revisit-plan.ts';
import type { Bench } from './bench.ts';
import { bestRecord } from './best-record.ts';
import { recordKeys } from './record-files.ts';

export async function rebuildFrontier(findings: readonly Finding[], bench: Bench): Promise<void> {
  const wanted = new Map<ArticleId, Finding>();
  for (const found of findings) if (found.article !== null) wanted.set(found.article, found);
  for await (const key of recordKeys(bench.disk)) {
    if (wanted.size === 0 || bench.stopping.aborted) return;
    const found = wanted.get(idOf(key));
    if (found === undefined) continue;
    wanted.delete(idOf(key));
    if (!writeRow(key, bench)) bench.leave(found, 'its record has to be mended first');
  }
  for (const [id, found] of wanted) {
    if (bench.frontier.rows.of(id) === null) bench.leave(found, 'its record has to be mended first');
    else bench.frontier.again([id]);
  }
}

function writeRow(key: string, bench: Bench): boolean {
  const record = bestRecord(key, bench)?.record;
  if (record === undefined) return false;
  const { url, source, via, leadPicture, versions, article } = record;
  const at = Date.parse(versions.at(-1)?.capturedAt ?? '');
  const priority = Math.floor(Date.parse(article.publishedAt) / 60_000);
  bench.frontier.rows.settle(
    { id: idOf(key), url, source, via: via ?? null, leadPicture: leadPicture ?? null, listed: null, priority },
    { kind: 'archived', key },
    at,
  );
  const publishedAt = Date.parse(article.publishedAt);
  const { agesMs, rooms } = bench;
  const next = nextVisit({ publishedAt, hasChanged: versions.length > 1 }, { agesMs, now: rooms.clock.now() });
  bench.frontier.revisits.plan({ id: idOf(key), url }, next);
  return true;
}
