/** What a visit leaves where no article came, or none that can be believed: what it means, and what is noted of it. */
import type { Archive, StoredArticle } from '../archive/archive.ts';
import { type ArchiveRecord, isGone, noteGone, noteMovedFrom, noteMovedTo } from '../archive/record.ts';
import type { LedAway } from '../fetch/door.ts';
import type { Doubt } from '../journal/doubts.ts';
import type { ArticleAddress, Page, Target } from '../model.ts';
import { parseArticleUrl } from '../site/address.ts';
import { failureOutcome, type NoArticle, outcomeOf } from './outcome.ts';
import { inWords, seenAgain, stands } from './standing.ts';
import type { Visited, VisitOptions, VisitServices } from './visited.ts';

/** A visit that looked and found no article. */
interface Looked {
  readonly target: Target;
  readonly address: ArticleAddress;
  readonly present: StoredArticle | null;
}

/** Keeps what came instead of an article, as far as it is believed, and notes on the records what became of it. */
export async function noArticle(
  verdict: NoArticle,
  looked: Looked & { readonly page: Page },
  services: VisitServices,
  options: VisitOptions,
): Promise<Visited> {
  return setAside(await believe(verdict, looked, services, options), looked, services, options);
}

/** That an article is gone or elsewhere, where the site is well; else that it refuses. */
async function believe(
  verdict: NoArticle,
  { page, address: { id, url }, present }: Looked & { readonly page: Page },
  { control, politeness, site }: VisitServices,
  { signal }: VisitOptions,
): Promise<NoArticle> {
  const isGoneNow = verdict.kind === 'gone';
  // Sent to another page of the site, a login for one.
  const isSent = verdict.kind === 'not-an-article' && parseArticleUrl(page.finalUrl, site)?.id !== id;
  const isElsewhere = verdict.kind === 'moved' || verdict.kind === 'link-out' || isSent;
  if (!isGoneNow && !isElsewhere) return verdict;
  const isArchived = present !== null && isGone(present.record) === null;
  const to = verdict.kind === 'moved' ? verdict.to.id : undefined;
  const doubt = await control.doubt(id, { isArchived, isElsewhere, to, signal });
  if (doubt.kind !== 'trouble') return verdict;
  politeness.backOff(url);
  return { kind: 'blocked', evidence: [...verdict.evidence, doubt.why] };
}

/** What a redirect to where nothing may be asked for means: a refusal of the site, or of the article alone where it is well. */
export async function ledAway(
  error: LedAway,
  { address: { id, url }, present }: Looked,
  { control, politeness }: VisitServices,
  { signal }: VisitOptions,
): Promise<Visited> {
  const isArchived = present !== null && isGone(present.record) === null;
  const doubt = await control.doubt(id, { isArchived, isElsewhere: true, signal });
  if (doubt.kind !== 'well') politeness.backOff(url);
  const outcome =
    doubt.kind === 'trouble'
      ? outcomeOf({ kind: 'blocked', evidence: [`led away: ${error.message}`, doubt.why] })
      : failureOutcome(error);
  return { outcome, before: null, record: null, found: [], asked: true, isUnproven: doubt.kind === 'unknown' };
}

/** Documents stay as they are. */
async function setAside(
  verdict: NoArticle,
  { address, page, present, target }: Looked & { readonly page: Page },
  { archive, quarantine, doubts }: VisitServices,
  options: VisitOptions,
): Promise<Visited> {
  const before = present?.record ?? null;
  const visited = { outcome: outcomeOf(verdict), before, record: before, found: [], asked: true };
  switch (verdict.kind) {
    case 'link-out':
    case 'server-error':
      return visited;
    case 'moved': {
      const { to } = verdict;
      const move = { url: to.url, since: page.fetchedAt };
      const from = present === null ? null : await noteOn(present.key, archive, (old) => noteMovedTo(old, move));
      await archive.note(to.id, to.date, (old) => noteMovedFrom(old, address.url));
      return { ...visited, record: from, found: [targetAfter(target, to)] };
    }
    case 'gone': {
      const { notice, evidence } = verdict;
      if (present !== null || notice !== undefined) await quarantine.keep(verdict, page);
      if (present === null) return visited; // nobody misses it
      if (notice === undefined || isGone(present.record) !== null) {
        const record = await noteOn(present.key, archive, (old) => noteGone(old, { at: page.fetchedAt, evidence }));
        return { ...visited, record };
      }
      // Words alone say so: they have to stand.
      const said = { shown: `notice: ${notice}`, detail: evidence.join('; '), at: page.fetchedAt };
      const doubt = seenAgain(doubts.of(address.id), said);
      if (!isTaken(doubt, options)) return notYetBelieved(doubt, present);
      const absence = { at: doubt.seen[0] ?? page.fetchedAt, evidence: [...evidence, `seen ${doubt.seen.join(', ')}`] };
      const record = await noteOn(present.key, archive, (old) => noteGone(old, absence));
      return { ...visited, record };
    }
    case 'blocked':
    case 'truncated':
    case 'not-an-article':
      await quarantine.keep(verdict, page);
      return visited;
    default:
      return verdict satisfies never;
  }
}

// What words alone say, or a body that is implausible beside what is archived.

/** True where what is doubted stood at every look, or somebody looked at it. */
export function isTaken(doubt: Doubt, { accept = false }: VisitOptions): boolean {
  return stands(doubt) || accept;
}

/** All stays as it is; the bytes are in quarantine. */
export function notYetBelieved(doubt: Doubt, { key, record }: StoredArticle): Visited {
  const outcome = { kind: 'failed', code: 'IMPLAUSIBLE', detail: inWords(doubt) } as const;
  return { outcome, before: record, record, found: [], asked: true, doubted: { key, doubt } };
}

/** @returns the record as it now stands; null where there is none any more */
async function noteOn(
  key: string,
  archive: Archive,
  note: (record: ArchiveRecord) => ArchiveRecord,
): Promise<ArchiveRecord | null> {
  const { record } = await archive.update(key, (old) => (old === null ? null : { record: note(old) }));
  return record;
}

/** The article that another one became: the list that named the first led to it. */
function targetAfter({ url, source, listed, priority }: Target, to: ArticleAddress): Target {
  return {
    id: to.id,
    url: to.url,
    source,
    via: url,
    leadPicture: null,
    listed: listed === null ? null : { ...listed, time: null },
    priority,
  };
}
