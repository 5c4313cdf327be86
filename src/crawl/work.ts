/**
 * One article in hand: visited, recorded, settled. The one place of it for crawl, schedule, revisit, retry and repair; what
 * differs between them is only where the article came from and what puts it off.
 */
import { fieldSampleOf } from '../alarms/drift.ts';
import { mayComeYet } from '../archive/pictures.ts';
import type { ArchiveRecord } from '../archive/record.ts';
import type { Clock } from '../clock.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import { HostAway } from '../fetch/politeness.ts';
import { whenAgain } from '../frontier/again.ts';
import { DIED, MOST_DEATHS } from '../frontier/frontier.ts';
import type { Operations } from '../frontier/operations.ts';
import type { Doubt } from '../journal/doubts.ts';
import { nextVisit, type PlannedVisit, type Revisit } from '../journal/journal.ts';
import type { ArticleId, Lease, Outcome, Target } from '../model.ts';
import { formsIn } from '../page/markup.ts';
import { parseArticleUrl } from '../site/address.ts';
import { failureOutcome } from './outcome.ts';
import { interrupted } from './standing.ts';
import { visit } from './visit.ts';
import type { Visited, VisitOptions, VisitServices } from './visited.ts';

/** What is worked on. */
export type Work =
  /** From the queue. */
  | { readonly kind: 'queued'; readonly lease: Lease; readonly refresh: boolean; readonly accept?: boolean | undefined }
  /** An archived article whose next visit is due. */
  | { readonly kind: 'revisit'; readonly due: Revisit }
  /** What a repair needs again; it stands in no queue. */
  | { readonly kind: 'repair'; readonly target: Target; readonly isArchived: boolean };

/** What the work on many articles needs: the queue, what is remembered, and what each visit needs. */
export interface CrawlContext extends Omit<Operations, typeof Symbol.dispose | 'setAside' | 'shared'> {
  readonly services: VisitServices & { readonly clock: Clock };
}

/** Is told of each visit, whatever it was made for. */
export interface VisitNotes {
  /** Called in the transaction that settles the visit: `wishes` is how it was made. */
  note(worked: Worked, wishes: Wishes): void;
  /** Called where the host kept the article from being visited. */
  away(worked: Worked): void;
}

/** How an article is visited: again where it is archived, and with what is implausible taken at once. */
export interface Wishes {
  readonly refresh: boolean;
  readonly accept: boolean;
}

export interface WorkOptions {
  /** Ages at which articles are visited again, rising. */
  readonly agesMs: readonly number[];
  /** First pause after a revisit that came to nothing; doubles up to a week. */
  readonly backoffMs: number;
  /**
   * Where several machines write the archive: asked right before a record is written, and a lease is then looked at as well.
   * It throws where this machine is not to write it any more.
   */
  readonly fence?: (() => void) | undefined;
  /** Ends the work at once. */
  readonly abortSignal: AbortSignal;
  /** Those who have ordered visits. Absent where no orders are taken. */
  readonly desk?: VisitNotes | undefined;
}

/** A visit that was settled. */
export interface Worked {
  readonly target: Target;
  readonly visit: Visited;
  /** After so long it is asked for again; null where the outcome stands for now. */
  readonly againInMs: number | null;
  /** Its host, and nothing about the article, kept it from being visited: it waits as if it had not been taken. */
  readonly isAway?: boolean;
}

/**
 * Visits one article and writes down what came of it: what the journal notes and what the queue keeps are written together
 * or not at all, so that a kill in between has the article visited again, and noted once.
 * A visit whose lease ran out meanwhile comes to LEASE_LOST, and nothing of it is noted: somebody else has the article.
 * @throws what stops the run; an article of the queue then waits as if it had not been taken
 */
export async function work(item: Work, context: CrawlContext, options: WorkOptions): Promise<Worked> {
  const target = targetOf(item);
  using lease = item.kind === 'queued' ? keepLease(item.lease, context) : keepBegun(item, context);
  try {
    const { visited, isAway } = await visitOrFail(item, target, context, options);
    if (isAway && item.kind !== 'repair') {
      lease?.release();
      const worked = { target, visit: visited, againInMs: null, isAway };
      options.desk?.away(worked);
      return worked;
    }
    return context.transaction(() => {
      recordVisit(context, { target, visited }, options);
      const worked = { target, visit: visited, againInMs: settle(item, visited, context, options) };
      options.desk?.note(worked, wishesOf(item));
      return worked;
    });
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'LEASE_LOST')
      return { ...unsettled(target, error), againInMs: null };
    lease?.release();
    throw error;
  }
}

/** What was stored stays: it is the same that whoever has the article now stores, or is swept. */
function unsettled(target: Target, lost: ArchiveError): Pick<Worked, 'target' | 'visit'> {
  return { target, visit: { outcome: failureOutcome(lost), before: null, record: null, found: [], asked: false } };
}

function targetOf(item: Work): Target {
  if (item.kind === 'queued') return item.lease.target;
  if (item.kind === 'repair') return item.target;
  const { id, url } = item.due;
  return { id, url, source: null, via: null, leadPicture: null, listed: null, priority: 0 };
}

/** What the visit did for whoever wants it done. */
function wishesOf(item: Work): Wishes {
  if (item.kind !== 'queued') return { refresh: true, accept: false };
  return { refresh: item.refresh, accept: item.accept === true };
}

/** A revisit has no lease; that it was begun is written down all the same, so that a death in it is known. */
function keepBegun(
  item: Exclude<Work, { kind: 'queued' }>,
  { journal }: CrawlContext,
): (Disposable & { readonly release: () => void }) | null {
  if (item.kind !== 'revisit') return null;
  journal.revisits.begin(item.due.id);
  return { release: () => journal.revisits.giveBack(item.due.id), [Symbol.dispose]: () => {} };
}

const EXTEND_MS = 30_000;

/** Extends a lease while its article is visited. */
function keepLease(lease: Lease, { frontier }: CrawlContext): Disposable & { readonly release: () => boolean } {
  const timer = setInterval(() => {
    try {
      frontier.extend(lease);
    } catch {
      // A queue that cannot be written ends the run when this article is settled.
    }
  }, EXTEND_MS);
  return { release: () => frontier.release(lease), [Symbol.dispose]: () => clearInterval(timer) };
}

/** The visit, or the outcome of its known failure. */
async function visitOrFail(
  item: Work,
  target: Target,
  context: CrawlContext,
  { abortSignal, fence }: WorkOptions,
): Promise<{ readonly visited: Visited; readonly isAway: boolean }> {
  const services = fence === undefined ? context.services : fenced(item, context, fence);
  if (item.kind === 'revisit' && item.due.begun >= MOST_DEATHS)
    return { visited: { outcome: DIED, before: null, record: null, found: [], asked: false }, isAway: false };
  try {
    const options = { ...visitOptions(item, services.clock.now()), signal: abortSignal };
    const visited = await visit(target, services, options);
    return { visited: await orElsewhere(visited, target, services, abortSignal), isAway: false };
  } catch (error) {
    if (isFault(error) && !abortSignal.aborted) return { visited: faulty(target, error), isAway: false };
    if (error instanceof ArchiveError && error.code === 'LEASE_LOST') throw error;
    const isKnown = nextAfter(error) !== 'stop' || (item.kind === 'repair' && isRepairable(error));
    if (!isKnown || abortSignal.aborted) throw error;
    const known = error as ArchiveError;
    const asked = known.code !== 'ARCHIVE_DAMAGED'; // by what it says the archive itself
    const isAway = error instanceof HostAway && error.host === new URL(target.url).host;
    const visited = { outcome: failureOutcome(known), before: null, record: null, found: [], asked };
    return { visited, isAway };
  }
}

/** The same services, whose archive writes a record only as long as this machine has the article. */
function fenced(item: Work, { services, frontier }: CrawlContext, fence: () => void): CrawlContext['services'] {
  const { archive } = services;
  const update: typeof archive.update = (key, change, options) =>
    archive.update(
      key,
      async (old) => {
        const next = await change(old);
        fence();
        if (item.kind === 'queued' && !frontier.extend(item.lease))
          throw new ArchiveError('LEASE_LOST', item.lease.target.url);
        return next;
      },
      options,
    );
  return { ...services, archive: { ...archive, update } };
}

/** What is gone and was never archived may be kept elsewhere; it is gone all the same. */
async function orElsewhere(
  visited: Visited,
  target: Target,
  { fallback, site, clock }: CrawlContext['services'],
  signal: AbortSignal,
): Promise<Visited> {
  const { outcome, record } = visited;
  const address = parseArticleUrl(target.url, site);
  if (outcome.kind !== 'gone' || record !== null || fallback === undefined || address === null) return visited;
  const gone = { at: new Date(clock.now()).toISOString(), evidence: [outcome.detail] };
  return { ...visited, record: await fallback.article(address, gone, signal) };
}

/** What a mistake in the program throws; whatever ends a run is of the system, or an ArchiveError. */
function isFault(error: unknown): error is Error {
  return (
    [TypeError, RangeError, ReferenceError, SyntaxError, URIError].some((kind) => error instanceof kind) &&
    !('code' in (error as Error))
  );
}

/** A fault of the program that one article met: it is said as such, and the run goes on with the others. */
function faulty({ url }: Target, { stack, message }: Error): Visited {
  const places = stack?.split('\n').slice(0, 3).join(' ') ?? message;
  const outcome = { kind: 'failed', code: 'INTERNAL', detail: `${url}: ${places}` } as const;
  return { outcome, before: null, record: null, found: [], asked: true };
}

function visitOptions(item: Work, now: number): Omit<VisitOptions, 'signal'> {
  switch (item.kind) {
    case 'queued':
      return { refresh: item.refresh, accept: item.accept === true };
    case 'revisit':
      // From the last age on the whole page is asked for, whatever it was known by.
      return { refresh: true, conditional: now < item.due.lastAt };
    case 'repair':
      return { refresh: true };
    default:
      return item satisfies never;
  }
}

/** A repair goes on with its other findings where these stop any other run. */
function isRepairable(error: unknown): boolean {
  return (error as Partial<ArchiveError>).code === 'NO_BROWSER';
}

/** @returns after how long the article is asked for again, in ms; null where the outcome stands for now */
function settle(item: Work, visited: Visited, context: CrawlContext, options: WorkOptions): number | null {
  const { outcome, record, doubted } = visited;
  const { frontier } = context;
  switch (item.kind) {
    case 'queued': {
      // What is archived stays so for the queue: its revisits look again.
      const known = doubted === undefined ? outcome : ({ kind: 'unchanged', key: doubted.key } as const);
      const { againInMs, isLost } = frontier.settle(item.lease, known, { isArchived: record !== null });
      if (isLost) throw new ArchiveError('LEASE_LOST', item.lease.target.url); // and with it what was noted of the visit
      return againInMs;
    }
    case 'revisit':
      return postpone(item.due, visited, context, options);
    case 'repair':
      if (outcome.kind === 'archived' || outcome.kind === 'unchanged')
        frontier.settle(item.target, { kind: 'archived', key: outcome.key }, { isArchived: true });
      // The row of an article that the archive has stays as it is: a visit that failed takes nothing away.
      else if (!item.isArchived) frontier.settle(item.target, outcome);
      return null;
    default:
      return item satisfies never;
  }
}

/** Puts a revisit off that did not find the article, or takes it off the plan where that stands. */
function postpone(
  due: Revisit,
  { outcome, record, doubted }: Visited,
  { journal, services }: CrawlContext,
  { backoffMs }: WorkOptions,
): number | null {
  // Gone, and the archive does not have it either: nothing plans its next visit, and it must not stay due.
  const isArchived = outcome.kind !== 'gone' || record !== null;
  if ((isArchived && PLANNED.includes(outcome.kind)) || doubted !== undefined) return null;
  const pace = { attempts: 1, backoffMs, restMs: backoffMs };
  const again = whenAgain(outcome, { attempt: 1, rounds: due.attempts, isArchived }, pace);
  if (again.kind === 'stands') {
    journal.revisits.plan(due, null);
    return null;
  }
  journal.revisits.postpone(due.id, services.clock.now() + again.afterMs);
  return again.afterMs;
}

/** Outcomes after which `recordVisit` plans the next revisit; it does after a doubt as well. */
const PLANNED: readonly Outcome['kind'][] = ['archived', 'unchanged', 'gone'];

/** Outcomes by which the site said what became of an article that the archive has. */
const ANSWERED: readonly Outcome['kind'][] = [...PLANNED, 'moved'];

/** Notes what a visit leaves besides its outcome: when it was, where it led, what it gave, how late it came, when the next is. */
function recordVisit(
  { frontier, journal, services }: CrawlContext,
  { target, visited }: { readonly target: Target; readonly visited: Visited },
  { agesMs }: WorkOptions,
): void {
  const { outcome, before, record, found, asked, doubted } = visited;
  const { id, url, source } = target;
  const now = services.clock.now();
  if (asked) journal.visits.note(id, outcome.kind);
  frontier.add(found, { leads: true });
  if (asked && record !== null) noteDoubt(id, visited, journal);
  const wasAnswered = asked && doubted === undefined && ANSWERED.includes(outcome.kind);
  if (wasAnswered && before !== null && record !== null)
    journal.rechecks.note(id, { firstAt: Date.parse(record.versions[0]?.capturedAt ?? ''), at: now });
  if (record === null || (!PLANNED.includes(outcome.kind) && doubted === undefined)) return;
  const { article, flags, versions } = record;
  const publishedAt = Date.parse(article.publishedAt);
  if (outcome.kind === 'archived') {
    const codes = flags.map(({ code }) => code);
    journal.fieldSamples.add(fieldSampleOf(article, codes));
    journal.forms.note(id, formsIn(flags));
  }
  // What was published before the archive began says nothing of how fast lists are read.
  const isNew = before === null && outcome.kind === 'archived' && publishedAt >= (journal.runs.beganAt() ?? now);
  if (isNew && source !== null && article.precision !== 'day')
    journal.latencies.add(source, { publishedAt, archivedAt: now });
  const hasChanged = versions.length > 1;
  const next = nextVisit({ publishedAt, hasChanged }, { agesMs, now });
  if (!asked) return;
  if (doubted === undefined) journal.revisits.plan({ id, url }, soonerForPictures(next, record, now));
  else journal.revisits.plan({ id, url }, soonerForDoubt(next, visited, doubted.doubt));
}

/** What is not believed has to be shown the same each time: whatever else the site says between ends or interrupts that. */
function noteDoubt(id: ArticleId, { outcome, doubted }: Visited, { doubts }: CrawlContext['journal']): void {
  const before = doubts.of(id);
  if (doubted !== undefined) doubts.set(id, doubted.doubt);
  else if (before !== null && NO_ANSWER.includes(outcome.kind)) doubts.set(id, interrupted(before));
  else if (before !== null) doubts.end(id);
}

/** The next look by the table of outcomes, counted from what was seen last; after those the article's next visit is one. */
function soonerForDoubt(next: PlannedVisit | null, { outcome }: Visited, { seen, looks }: Doubt): PlannedVisit | null {
  const look = whenAgain(outcome, { attempt: 1, rounds: looks - 1, isArchived: true }, NO_PACE);
  const dueAt = look.kind === 'stands' ? Number.NaN : Date.parse(seen.at(-1) ?? '') + look.afterMs;
  return Number.isNaN(dueAt) || (next !== null && next.dueAt <= dueAt)
    ? next
    : { dueAt, lastAt: next?.lastAt ?? dueAt };
}

/** Nothing that could be taken. */
const NO_ANSWER: readonly Outcome['kind'][] = ['blocked', 'refused', 'failed'];

const NO_PACE = { attempts: 1, backoffMs: 0, restMs: 0 };

const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

/**
 * Pictures that did not come for a reason that passes are not left to the article's next visit, which may never be: they
 * are asked for after an hour, then whenever twice as long went by since the capture, for a month.
 */
function soonerForPictures(
  next: PlannedVisit | null,
  { assets, versions }: ArchiveRecord,
  now: number,
): PlannedVisit | null {
  if (!assets.some((asset) => 'missing' in asset && mayComeYet(asset.missing))) return next;
  const sinceMs = Math.max(HOUR_MS, now - Date.parse(versions.at(-1)?.capturedAt ?? ''));
  const dueAt = now + sinceMs;
  if (!(sinceMs < MONTH_MS) || (next !== null && next.dueAt <= dueAt)) return next;
  return { dueAt, lastAt: next?.lastAt ?? dueAt };
}
