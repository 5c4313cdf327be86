/** Articles visited again under the rule that nothing gets worse; what a damaged file held goes to `trash/` first. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDocument } from '../archive/document.ts';
import { numberOf } from '../archive/keys.ts';
import { readRecord, sha256 } from '../archive/record.ts';
import type { SaveOptions, Store } from '../archive/store.ts';
import { idOf } from '../audit/articles.ts';
import { CHECKS, type Finding } from '../audit/promises.ts';
import { retryPauseMs } from '../clock.ts';
import { archiveArticle, recordVisit, type Visit } from '../crawl/visit.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import type { ArticleId, Outcome, Target } from '../model.ts';
import { bestRecord, bytesOf } from './best-record.ts';
import { eachOf, inWords, keyOf, type RepairContext } from './context.ts';

/** Each article once, whatever was found of it. */
export async function revisit(findings: readonly Finding[], context: RepairContext): Promise<void> {
  const byArticle = new Map<string, Finding[]>();
  for (const found of findings) {
    const places = [keyOf(found.path), keyOf(found.also ?? '')].filter((key) => key !== null);
    if (places.length === 0 && found.article !== null) places.push(found.article);
    if (found.path.startsWith('versions/') || places.length === 0)
      context.leave(found, 'no visit can tell what it was: take it from another copy of the archive');
    else for (const place of places) byArticle.set(place, [...(byArticle.get(place) ?? []), found]);
  }
  await eachOf([...byArticle], context, async ([place, about]) => {
    const why = await visit(place, about, context);
    if (why !== null) for (const found of about) context.leave(found, why);
  });
}

/** @param place key of an article, or id of one that the archive does not have. Returns why it was not archived, null where it was */
async function visit(place: string, about: readonly Finding[], context: RepairContext): Promise<string | null> {
  const { frontier, site, services } = context;
  const isAbsent = /^\w+:\d+$/.test(place);
  const key = isAbsent ? null : place;
  const target = targetOf(place, context);
  const blocker = key === null ? null : blockerOf(key, context);
  if (target === null || blocker !== null) return blocker ?? 'nothing says at which address the site has it';
  const silent = site.silent();
  if (silent !== null) return silent;

  const store = key === null ? services.store : repairStore(key, about, context);
  const result = await patiently(target, { ...context, services: { ...services, store } });
  const { outcome } = result;
  const code = 'code' in outcome ? outcome.code : null;
  site.note(code);
  const isArchived = outcome.kind === 'archived' || outcome.kind === 'unchanged';
  context.transaction(() => {
    recordVisit(context, { target, visit: result }, { agesMs: context.agesMs, now: services.clock.now() });
    if (isArchived) frontier.settle(target, { kind: 'archived', key: outcome.key }, { isArchived });
    // The row of an article that lies in the archive stays as it is: a visit that failed takes nothing away.
    else if (isAbsent) frontier.settle(target, outcome);
  });
  return isArchived ? null : reasonOf(outcome);
}

/** Tries again what may soon pass. */
async function patiently(target: Target, context: RepairContext): Promise<Visit> {
  for (let attempt = 1; ; attempt++) {
    const visit = await once(target, context);
    const { outcome } = visit;
    const maySoonPass = outcome.kind === 'failed' && ERRORS[outcome.code as ErrorCode].next === 'retry';
    if (!maySoonPass || attempt >= context.attempts || context.stopSignal.aborted) return visit;
    await sleep(retryPauseMs(attempt, { baseMs: context.backoffMs }), undefined, { signal: context.signal });
  }
}

async function once(target: Target, { services, signal }: RepairContext): Promise<Visit> {
  try {
    return await archiveArticle(target, services, { refresh: true, signal });
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
function blockerOf(key: string, { root }: RepairContext): string | null {
  for (const path of [`records/${key}.json`, `articles/${key}.html`]) {
    const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stats !== undefined && !stats.isFile()) return `what lies at ${path} is no file: it has to go first`;
  }
  return null;
}

/** What the frontier knows of the article, else what its record or its document says, else what follows from its place. */
function targetOf(place: string, context: RepairContext): Target | null {
  const { frontier, services } = context;
  if (/^\w+:\d+$/.test(place)) return frontier.find(place as ArticleId)?.target ?? null;
  const id = idOf(place);
  const row = frontier.find(id)?.target;
  const record = bestRecord(place, context)?.record ?? null;
  const stem = place.slice(place.lastIndexOf('/') + 1);
  // The slug is decoration (site.md, 1.1).
  const fromPlace = id.startsWith('fengwen:')
    ? `${services.site.community}/main/content?id=${numberOf(id)}`
    : `${services.site.www}/a/${stem}.shtml`;
  return {
    id,
    url: record?.url ?? row?.url ?? fromPlace,
    source: row?.source ?? record?.source ?? sourceOf(place, context),
    via: row?.via ?? null,
    leadPicture: row?.leadPicture ?? null,
    listed: row?.listed ?? null,
    priority: row?.priority ?? 0,
  };
}

/** The list that the document names; null where it names none. */
function sourceOf(key: string, { root, services }: RepairContext): string | null {
  try {
    const [, , list] = readDocument(bytesOf(root, `articles/${key}.html`)?.toString() ?? '').categories;
    return key.startsWith('fengwen/') || list === services.document.onDemand ? null : list;
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}

// The store as a visit of a damaged article sees it: nothing damaged passes for a version, and nothing is overwritten that is not in `trash/`.

/** @param about what was found of the article */
function repairStore(key: string, about: readonly Finding[], context: RepairContext): Store {
  const { root, trash, services } = context;
  const record = `records/${key}.json`;
  const why = [...new Set(about.map(({ code }) => code))].join(', ');
  let isSaved = false;
  return {
    ...services.store,
    find: async () => {
      if (isSaved) return { key, record: readRecord(bytesOf(root, record)?.toString() ?? '', record) };
      const best = bestRecord(key, context);
      return best === null ? null : { key, record: best.record };
    },
    save: async (to, document, draft) => {
      const best = bestRecord(to, context);
      const path = `articles/${to}.html`;
      const bytes = bytesOf(root, path);
      const isDescribed = bytes !== null && sha256(bytes) === best?.record.document.sha256;
      const isSameArticle = best?.record.contentHash === draft.contentHash;
      const present: NonNullable<SaveOptions['present']> =
        isSameArticle || (isDescribed && isFaulty(about)) ? 'replaced' : isDescribed ? 'kept' : 'lost';
      const isSame = bytes?.equals(Buffer.from(document));
      if (!isSame && (present !== 'kept' || best === null)) {
        // What is too large to be read cannot be replaced beside itself.
        if (bytes === null) await trash.move(path, why);
        else await trash.keep(path, why);
      }
      const isRecordRight = best?.isWhole === true && !best.isChanged;
      if (!isRecordRight) {
        if (bytesOf(root, record) === null) await trash.move(record, why);
        else await trash.keep(record, why);
      }
      const wrote = await services.store.save(to, document, draft, {
        present,
        old: isRecordRight ? undefined : (best?.record ?? null),
      });
      isSaved = true;
      return wrote;
    },
  };
}

/** True where the document never was what the site had: a program wrote it so. A doubt alone is no proof of that. */
function isFaulty(about: readonly Finding[]): boolean {
  return about.some(({ code }) => {
    const { group, severity } = CHECKS[code];
    return severity === 'error' && (group === 'format' || group === 'article');
  });
}
