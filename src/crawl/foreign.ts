/**
 * A capture that somebody else made goes down the line: the same judge, extraction and plan as at a visit, with exchanges
 * that nobody asks the site for. It fills what the archive lacks, says where it comes from, and never takes the place of
 * what a visit of this program archived.
 */
import type { Archive, Next } from '../archive/archive.ts';
import type { Assets } from '../archive/pictures.ts';
import type { ArchiveRecord, Provenance, RecordDraft } from '../archive/record.ts';
import type { Captures } from '../capture/captures.ts';
import { ArchiveError, nextAfter } from '../errors.ts';
import type { ArticleAddress, Outcome, Target } from '../model.ts';
import { type AnswerForeign, type ForeignExchanges, openForeignExchanges } from './foreign-exchanges.ts';
import { visit } from './visit.ts';
import type { VisitServices } from './visited.ts';

export interface ForeignCapture {
  readonly address: ArticleAddress;
  readonly answer: AnswerForeign;
  readonly assets: Pick<Assets, 'collect'>;
  /** `capturedAt` is when its page was captured. */
  readonly provenance: Provenance & { readonly capturedAt: string };
}

/**
 * What became of a foreign capture. `imported`: a document was written. `present`: the archive has this capture, or the same
 * content, or a later one by the same way. `kept`: the archive has a version of its own, which stays.
 */
export type Taken = { readonly url: string } & (
  | { readonly kind: 'imported' | 'present' | 'kept'; readonly record: ArchiveRecord }
  | { readonly kind: 'not-an-article' | 'failed'; readonly code: string; readonly detail: string }
);

/** All that a visit needs but for what the capture brings, and what only a site that is asked needs. */
export type ForeignServices = Pick<VisitServices, 'archive' | 'site' | 'document' | 'accepted' | 'capturedBy'> &
  Partial<Pick<VisitServices, 'trial' | 'pageBudget'>> & {
    /** Null where none are kept. */
    readonly captures: Pick<Captures, 'write'> | null;
  };

/** @throws what stops the run */
export async function takeForeign(
  { address, answer, assets, provenance }: ForeignCapture,
  services: ForeignServices,
  { signal }: { readonly signal: AbortSignal },
): Promise<Taken> {
  const { url } = address;
  // Nothing else of what a caller has: a page of another day is not shown with style sheets of today, nor looked for elsewhere.
  const { archive, site, document, accepted, capturedBy, trial, pageBudget } = services;
  const present = await archive.find(address.id, address.date);
  const standing = present === null ? null : standsAgainst(present.record, provenance.capturedAt);
  if (present !== null && standing !== null) return { url, kind: standing, record: present.record };
  const exchanges = openForeignExchanges(answer, services.captures);
  try {
    const visited = await visit(
      targetOf(address),
      {
        site,
        document,
        accepted,
        capturedBy,
        ...(trial && { trial }),
        ...(pageBudget && { pageBudget }),
        fetcher: exchanges.fetcher,
        assets,
        archive: imported(archive, { provenance, exchanges }),
        ...NOBODY_ASKED,
      },
      { refresh: true, signal },
    );
    return takenOf(url, visited);
  } catch (error) {
    if (!(error instanceof ArchiveError) || nextAfter(error) === 'stop' || signal.aborted) throw error;
    return { url, kind: 'failed', code: error.code, detail: error.detail };
  }
}

/** What keeps a capture from being taken beside what is archived; null where nothing does. */
function standsAgainst({ provenance, versions }: ArchiveRecord, capturedAt: string): 'present' | 'kept' | null {
  if (provenance === undefined) return 'kept';
  const known = [versions.at(-1)?.capturedAt ?? '', provenance.capturedAt ?? ''];
  return known.some((each) => capturedAt <= each) ? 'present' : null;
}

function takenOf(
  url: string,
  { outcome, record }: { readonly outcome: Outcome; readonly record: ArchiveRecord | null },
): Taken {
  switch (outcome.kind) {
    case 'archived':
    case 'unchanged':
      if (record === null) throw new TypeError(`${url}: archived without a record`);
      if (record.provenance === undefined) return { url, kind: 'kept', record };
      return { url, kind: outcome.kind === 'archived' ? 'imported' : 'present', record };
    case 'gone':
      return { url, kind: 'not-an-article', code: 'gone', detail: outcome.detail };
    case 'moved':
      return { url, kind: 'not-an-article', code: 'moved', detail: `it leads to ${outcome.to.url}` };
    case 'link-out':
      return { url, kind: 'not-an-article', code: 'link-out', detail: `it leads to ${outcome.to ?? 'another outlet'}` };
    case 'blocked':
    case 'refused':
      return { url, kind: 'not-an-article', code: outcome.code, detail: outcome.detail };
    case 'failed':
      return {
        url,
        kind: outcome.code === 'NOT_AN_ARTICLE' ? 'not-an-article' : 'failed',
        code: outcome.code,
        detail: outcome.detail,
      };
    default:
      return outcome satisfies never;
  }
}

function targetOf({ id, url }: ArticleAddress): Target {
  return { id, url, source: null, via: null, leadPicture: null, listed: null, priority: 0 };
}

/** A capture says nothing of how the site is now: nobody is left alone, nothing is doubted, and its bytes lie where they lay. */
const NOBODY_ASKED = {
  politeness: { backOff: () => {} },
  control: { note: () => {}, doubt: async () => ({ kind: 'well' }) as const },
  doubts: { of: () => null },
  quarantine: { keep: async () => {} },
} as const;

/**
 * The archive for imports: each record says where its capture comes from, and has its exchanges kept. Asked again within
 * the turn of its key, what a visit archived stays, and nothing is noted on what is there.
 */
function imported(
  archive: Archive,
  { provenance, exchanges }: Pick<ForeignCapture, 'provenance'> & { readonly exchanges: ForeignExchanges },
): Archive {
  return {
    ...archive,
    note: async () => {},
    update: (key, change, options) =>
      archive.update(
        key,
        async (old): Promise<Next | null> => {
          if (old !== null && standsAgainst(old, provenance.capturedAt) !== null) return null;
          const next = await change(old);
          if (next === null || 'record' in next) return null;
          return { ...next, draft: stamped(next.draft, provenance), keep: () => exchanges.keep(next.draft) };
        },
        options,
      ),
  };
}

/** No browser of this program fetched it, and nothing was asked for that the capture does not hold. */
function stamped(draft: RecordDraft, provenance: Provenance): RecordDraft {
  const requests = draft.capture.requests.map((request) => ({ ...request, fetchedBy: `import: ${provenance.kind}` }));
  return { ...draft, capture: { ...draft.capture, requests }, provenance };
}
