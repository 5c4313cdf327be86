/** Articles visited again under the rule that nothing gets worse; what a damaged file held goes to `trash/` first. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { idOf } from '../audit/audit-month.ts';
import type { Finding } from '../audit/finding.ts';
import { keepBooks } from '../bookkeeping.ts';
import { readDocument } from '../document/document.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import type { ArticleId, Outcome, Target } from '../model.ts';
import { archiveArticle, type Visit } from '../pipeline.ts';
import { retryPauseMs } from '../retry-pause.ts';
import { numberOf } from '../store/keys.ts';
import { type Bench, eachOf, inWords, keyOf } from './bench.ts';
import { bestRecord, bytesOf } from './best-record.ts';
import { careful } from './careful-store.ts';

/** Each article once, whatever was found of it. */
export async function revisit(findings: readonly Finding[], bench: Bench): Promise<void> {
  const byArticle = new Map<string, Finding[]>();
  for (const found of findings) {
    const places = [keyOf(found.path), keyOf(found.also ?? '')].filter((key) => key !== null);
    if (places.length === 0 && found.article !== null) places.push(found.article);
    if (found.path.startsWith('versions/') || places.length === 0)
      bench.leave(found, 'no visit can tell what it was: take it from another copy of the archive');
    else for (const place of places) byArticle.set(place, [...(byArticle.get(place) ?? []), found]);
  }
  await eachOf([...byArticle], bench, async ([place, about]) => {
    const why = await visit(place, about, bench);
    if (why !== null) for (const found of about) bench.leave(found, why);
  });
}

/** @param place key of an article, or id of one that the archive does not have. Returns why it was not archived, null where it was */
async function visit(place: string, about: readonly Finding[], bench: Bench): Promise<string | null> {
  const { frontier, site, rooms } = bench;
  const isAbsent = /^\w+:\d+$/.test(place);
  const key = isAbsent ? null : place;
  const target = targetOf(place, bench);
  const blocker = key === null ? null : blockerOf(key, bench);
  if (target === null || blocker !== null) return blocker ?? 'nothing says at which address the site has it';
  const silent = site.silent();
  if (silent !== null) return silent;

  const store = key === null ? rooms.store : careful(key, about, bench);
  const result = await patiently(target, { ...bench, rooms: { ...rooms, store } });
  const { outcome } = result;
  const code = 'code' in outcome ? outcome.code : null;
  site.note(code);
  keepBooks(frontier, { target, visit: result }, { agesMs: bench.agesMs, now: rooms.clock.now() });
  if (outcome.kind === 'archived' || outcome.kind === 'unchanged') {
    frontier.rows.settle(target, { kind: 'archived', key: outcome.key }, Date.now());
    return null;
  }
  // The row of an article that lies in the archive stays as it is: a visit that failed takes nothing away.
  if (isAbsent) frontier.rows.settle(target, outcome, Date.now());
  return reasonOf(outcome);
}

/** Tries again what may soon pass. */
async function patiently(target: Target, bench: Bench): Promise<Visit> {
  for (let attempt = 1; ; attempt++) {
    const visit = await once(target, bench);
    const { outcome } = visit;
    const maySoonPass = outcome.kind === 'failed' && ERRORS[outcome.code as ErrorCode].next === 'retry';
    if (!maySoonPass || attempt >= bench.attempts || bench.stopping.aborted) return visit;
    await sleep(retryPauseMs(attempt, { baseMs: bench.backoffMs }), undefined, { signal: bench.signal });
  }
}

async function once(target: Target, { rooms, signal }: Bench): Promise<Visit> {
  try {
    return await archiveArticle(target, rooms, { refresh: true, signal });
  } catch (error) {
    if (!(error instanceof ArchiveError) || !['ARCHIVE_DAMAGED', 'NO_BROWSER'].includes(error.code)) throw error;
    const { code, detail } = error;
    return { outcome: { kind: 'failed', code, detail }, before: null, record: null, found: [], asked: false };
  }
}

function reasonOf(outcome: Outcome): string {
  if ('code' in outcome) return inWords(outcome.code);
  if (outcome.kind === 'gone') return `the site does not have it any more: ${outcome.detail}`;
  return outcome.kind === 'moved' ? `it moved to ${outcome.to.url}` : 'the site gives no article there';
}

/** What would be written through or into, where only files belong. */
function blockerOf(key: string, { root }: Bench): string | null {
  for (const path of [`records/${key}.json`, `articles/${key}.html`]) {
    const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isFile()) return `what lies at ${path} is no file: it has to go first`;
  }
  return null;
}

/** What the frontier knows of the article, else what its record or its document says, else what follows from its place. */
function targetOf(place: string, bench: Bench): Target | null {
  const { frontier, rooms } = bench;
  if (/^\w+:\d+$/.test(place)) return frontier.rows.of(place as ArticleId);
  const id = idOf(place);
  const row = frontier.rows.of(id);
  const record = bestRecord(place, bench)?.record ?? null;
  const stem = place.slice(place.lastIndexOf('/') + 1);
  // The slug is decoration (site.md, 1.1).
  const fromPlace = id.startsWith('fengwen:')
    ? `${rooms.site.community}/main/content?id=${numberOf(id)}`
    : `${rooms.site.www}/a/${stem}.shtml`;
  return {
    id,
    url: record?.url ?? row?.url ?? fromPlace,
    source: row?.source ?? record?.source ?? sourceOf(place, bench),
    via: row?.via ?? null,
    leadPicture: row?.leadPicture ?? null,
    listed: row?.listed ?? null,
    priority: row?.priority ?? 0,
  };
}

/** The list that the document names; null where it names none. */
function sourceOf(key: string, { root, rooms }: Bench): string | null {
  try {
    const [, , list] = readDocument(bytesOf(root, `articles/${key}.html`)?.toString() ?? '').categories;
    return key.startsWith('fengwen/') || list === rooms.document.onDemand ? null : list;
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}
