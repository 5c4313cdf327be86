/** Articles visited again. Nothing gets worse by it: what a damaged file held is moved to `trash/` first. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Archive, Capture } from '../archive/archive.ts';
import { readDocument } from '../archive/document.ts';
import { documentKey, idOf, isPost, numberOf, parseKey, recordKey, stemOf } from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import { CHECKS, type Finding } from '../audit/promises.ts';
import { retryPauseMs } from '../clock.ts';
import type { Visited } from '../crawl/visited.ts';
import { type Work, work } from '../crawl/work.ts';
import { ArchiveError, ERRORS, type ErrorCode } from '../errors.ts';
import type { ArticleId, Outcome, Target } from '../model.ts';
import { bestRecord, bytesOf } from './best-record.ts';
import { eachOf, inWords, keyOf, type RepairContext } from './context.ts';
import type { RepairedRecord } from './repair-record.ts';

/** Each article once, whatever was found of it. */
export async function revisit(findings: readonly Finding[], context: RepairContext): Promise<void> {
  const byArticle = new Map<string, Finding[]>();
  for (const found of findings) {
    const places = [keyOf(found.path), keyOf(found.also ?? '')].filter((key) => key !== null);
    if (places.length === 0 && found.article !== null) places.push(found.article);
    if (parseKey(found.path)?.kind === 'version' || places.length === 0)
      context.leave(found, 'no visit can show what it was: take it from another copy of the archive');
    else for (const place of places) byArticle.set(place, [...(byArticle.get(place) ?? []), found]);
  }
  await eachOf([...byArticle], context, async ([place, about]) => {
    const why = await visit(place, about, context);
    if (why !== null) for (const found of about) context.leave(found, why);
  });
}

/** @param place key of an article, or id of one that the archive does not have. Returns why it was not archived, null if it was */
async function visit(place: string, about: readonly Finding[], context: RepairContext): Promise<string | null> {
  const { site, services } = context;
  const isAbsent = /^\w+:\d+$/.test(place);
  const key = isAbsent ? null : place;
  const target = targetOf(place, context);
  const blocker = key === null ? null : await blockerOf(key, context);
  if (target === null || blocker !== null) return blocker ?? 'nothing says at which address the site has it';
  const silent = site.silent();
  if (silent !== null) return silent;

  const archive = key === null ? services.archive : repairArchive(key, about, context);
  const item = { kind: 'repair', target, isArchived: !isAbsent } as const;
  const { outcome } = await patiently(item, { ...context, services: { ...services, archive } });
  site.note('code' in outcome ? outcome.code : null);
  return outcome.kind === 'archived' || outcome.kind === 'unchanged' ? null : reasonOf(outcome);
}

/** Tries again what may soon pass. */
async function patiently(item: Work, context: RepairContext): Promise<Visited> {
  for (let attempt = 1; ; attempt++) {
    const { visit } = await work(item, context, context);
    const { outcome } = visit;
    const maySoonPass = outcome.kind === 'failed' && ERRORS[outcome.code as ErrorCode].next === 'retry';
    if (!maySoonPass || attempt >= context.attempts || context.stopSignal.aborted) return visit;
    await sleep(retryPauseMs(attempt, { baseMs: context.backoffMs }), undefined, { signal: context.abortSignal });
  }
}

function reasonOf(outcome: Outcome): string {
  if ('code' in outcome) return inWords(outcome.code);
  if (outcome.kind === 'gone') return `the site does not have it any more: ${outcome.detail}`;
  return outcome.kind === 'moved' ? `it moved to ${outcome.to.url}` : 'the site gives no article there';
}

/** What would be written through or into, where only files belong. */
async function blockerOf(key: string, { storage }: RepairContext): Promise<string | null> {
  for (const path of [recordKey(key), documentKey(key)]) {
    const entry = await storage.stat(path);
    if (entry !== null && entry.kind !== 'a file') return `what lies at ${path} is no file: it has to go first`;
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
  const stem = stemOf(place);
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

/** The list that the document names; null if it names none. */
function sourceOf(key: string, { root, services }: RepairContext): string | null {
  try {
    const [, , list] = readDocument(bytesOf(root, documentKey(key))?.toString() ?? '').categories;
    return isPost(key) || list === services.document.onDemand ? null : list;
  } catch (error) {
    if (error instanceof ArchiveError) return null;
    throw error;
  }
}

// The archive as a visit of a damaged article sees it: damaged bytes never count as a version, and what is overwritten is in `trash/` first.

/** @param about what was found of the article at the key; every other article is found and changed as it is */
function repairArchive(key: string, about: readonly Finding[], context: RepairContext): Archive {
  const { archive } = context.services;
  const isRight = (best: RepairedRecord | null) => best?.isWhole === true && !best.isChanged;
  return {
    ...archive,
    find: async (id, date) => {
      if (id !== idOf(key)) return archive.find(id, date);
      const best = bestRecord(key, context);
      return best === null ? null : { key, record: best.record };
    },
    update: (to, change) => {
      if (to !== key) return archive.update(to, change);
      let best: RepairedRecord | null = null;
      return archive.update(
        key,
        async (old) => {
          const next = await change(old);
          // A note goes into a record that is right; into another one when it is repaired.
          if (next === null || 'record' in next) return isRight(best) ? next : null;
          return { ...next, ...(await makeWay(next, best)) };
        },
        {
          old: () => {
            best = bestRecord(key, context);
            return isRight(best) ? undefined : (best?.record ?? null);
          },
        },
      );
    },
  };

  /** Lays into the trash what the archive does not know of; returns what becomes of the document on the disk. */
  async function makeWay(
    { draft }: Capture,
    best: RepairedRecord | null,
  ): Promise<Required<Pick<Capture, 'present' | 'why'>>> {
    const { root, trash } = context;
    const [path, record] = [documentKey(key), recordKey(key)];
    const why = [...new Set(about.map(({ code }) => code))].join(', ');
    const bytes = bytesOf(root, path);
    const isDescribed = bytes !== null && sha256(bytes) === best?.record.document.sha256;
    const isSameArticle = best?.record.contentHash === draft.contentHash;
    const present = isSameArticle || (isDescribed && isFaulty(about)) ? 'replaced' : isDescribed ? 'kept' : 'lost';
    // What is too large to be read cannot be replaced beside itself.
    if (bytes === null) await trash.move(path, why);
    if (!isRight(best)) {
      if (bytesOf(root, record) === null) await trash.move(record, why);
      else await trash.keep(record, why);
    }
    return { present, why };
  }
}

/** True if the document never was what the site had: a program wrote it so. A doubt alone is no proof of that. */
function isFaulty(about: readonly Finding[]): boolean {
  return about.some(({ code }) => {
    const { group, severity } = CHECKS[code];
    return severity === 'error' && (group === 'format' || group === 'article');
  });
}
