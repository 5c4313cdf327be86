/** Rows of the frontier written again from the records; what the archive does not have waits for the next crawl. */

import { join } from 'node:path';
import { databaseFiles, FRONTIER, idOf } from '../archive/keys.ts';
import { recordKeys } from '../archive/places.ts';
import type { Storage } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import { type Finding, finding } from '../audit/promises.ts';
import { ArchiveError } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import { nextVisit } from '../journal/journal.ts';
import type { ArticleId } from '../model.ts';
import { openToRead } from '../sqlite.ts';
import { knownError } from '../system-errors.ts';
import { bestRecord } from './best-record.ts';
import type { RepairContext } from './context.ts';

export async function rebuildFrontier(findings: readonly Finding[], context: RepairContext): Promise<void> {
  const wanted = new Map<ArticleId, Finding>();
  for (const found of findings) {
    if (found.code === 'frontier-row' && found.article !== null) context.frontier.forgetPrinted(found.article);
    else if (found.article !== null) wanted.set(found.article, found);
  }
  for await (const key of recordKeys(context.storage)) {
    if (wanted.size === 0 || context.stopSignal.aborted) return;
    const found = wanted.get(idOf(key));
    if (found === undefined) continue;
    wanted.delete(idOf(key));
    if (!writeRow(key, context)) context.leave(found, 'its record has to be repaired first');
  }
  for (const [id, found] of wanted) {
    if (context.frontier.find(id) === null) context.leave(found, 'its record has to be repaired first');
    else context.frontier.requeue({ ids: [id] });
  }
}

function writeRow(key: string, context: RepairContext): boolean {
  const record = bestRecord(key, context)?.record;
  if (record === undefined) return false;
  const { url, source, via, leadPicture, versions, article } = record;
  const priority = Math.floor(Date.parse(article.publishedAt) / 60_000);
  context.frontier.settle(
    { id: idOf(key), url, source, via: via ?? null, leadPicture: leadPicture ?? null, listed: null, priority },
    { kind: 'archived', key },
  );
  context.journal.places.set(idOf(key), key);
  const publishedAt = Date.parse(article.publishedAt);
  const { agesMs, services } = context;
  const next = nextVisit({ publishedAt, hasChanged: versions.length > 1 }, { agesMs, now: services.clock.now() });
  context.journal.revisits.plan({ id: idOf(key), url }, next);
  return true;
}

// A frontier that cannot be read: moved to `trash/` under the lock, before a run opens it.

/** @returns what was repaired: nothing if the frontier can be read, or is not there, as in a cluster */
export async function clearFrontier(storage: Storage, trash: Trash): Promise<readonly Finding[]> {
  const fault = await faultOf(storage);
  if (fault === null) return [];
  for (const name of databaseFiles(FRONTIER)) await trash.move(name, `${fault.code}: ${fault.detail}`);
  return [fault];
}

async function faultOf(storage: Storage): Promise<Finding | null> {
  const where = { path: FRONTIER, article: null };
  const entry = await storage.stat(FRONTIER);
  if (entry === null || entry.kind === 'a symbolic link') return null;
  if (entry.kind !== 'a file')
    return finding(entry.kind === 'a folder' ? 'frontier-unreadable' : 'special-file', where, entry.kind);
  try {
    using database = openToRead(join(storage.name, FRONTIER));
    const answer = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (answer !== 'ok') return finding('frontier-unreadable', where, String(answer));
    using _whole = openOperations(storage.name, { readOnly: true }); // it may be another program's
    return null;
  } catch (error) {
    // Anything else, such as a lock, says nothing about the bytes.
    const known = knownError(error, { place: 'archive', name: FRONTIER });
    if (!(known instanceof ArchiveError) || known.code !== 'DATABASE_DAMAGED') throw known;
    return finding('frontier-unreadable', where, known.detail);
  }
}
