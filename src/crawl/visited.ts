/** What a visit needs, and what it leaves. */
import type { Archive } from '../archive/archive.ts';
import type { Assets } from '../archive/pictures.ts';
import type { Quarantine } from '../archive/quarantine.ts';
import type { ArchiveRecord } from '../archive/record.ts';
import type { Eye } from '../eye/eye.ts';
import type { Doubt, Doubts } from '../journal/doubts.ts';
import type { ArticleAddress, Outcome, Target } from '../model.ts';
import type { Control } from './control.ts';
import type { ArticleFetchServices } from './fetch-article.ts';
import type { DocumentOptions } from './plan.ts';

export interface VisitServices extends ArticleFetchServices {
  readonly archive: Archive;
  readonly assets: Pick<Assets, 'collect'>;
  readonly quarantine: Pick<Quarantine, 'keep'>;
  readonly control: Control;
  readonly doubts: Pick<Doubts, 'of'>;
  readonly document: DocumentOptions;
  /** Where to look for what the site has no more. Absent where nobody looks. */
  readonly fallback?: Fallback | undefined;
  /** Looks at pages as their readers see them, behind this line. Absent where nobody does. */
  readonly eye?: Eye;
  /** Forms of markup that the archive's owner takes for ordinary. */
  readonly accepted: () => Promise<ReadonlySet<string>>;
  /** What captures: `guancha-archive/0.1.0`, and how the browser names itself. */
  readonly capturedBy: () => Promise<{ readonly tool: string; readonly userAgent: string }>;
}

export interface Fallback {
  /**
   * Looks elsewhere for an article that the site has no more and the archive never had. What is found is archived with its
   * provenance, and its record says that it is gone.
   * @param gone when a visit found it gone, ISO 8601 in UTC, and what the judge saw
   * @returns its record; null where there is none
   * @throws what stops the run
   */
  article(
    address: ArticleAddress,
    gone: { readonly at: string; readonly evidence: readonly string[] },
    signal: AbortSignal,
  ): Promise<ArchiveRecord | null>;
}

export interface VisitOptions {
  /** Visits again what the archive has already. */
  readonly refresh: boolean;
  /** Lets the site say that nothing has changed. */
  readonly conditional?: boolean;
  /** Takes at once what is implausible beside the archived article: somebody looked at it. */
  readonly accept?: boolean;
  /** Ends the visit at once. */
  readonly signal: AbortSignal;
}

export interface Visited {
  readonly outcome: Outcome;
  /** What the archive had before; null for nothing, and where the visit failed. */
  readonly before: ArchiveRecord | null;
  /** What the archive has now; null for nothing, and where the visit failed. */
  readonly record: ArchiveRecord | null;
  /** Where a moved article went, to be visited next. */
  readonly found: readonly Target[];
  /** False where the archive alone gave the answer. */
  readonly asked: boolean;
  /** It was led away, and there was no other article to show that the site is well: it counts for a refusal in a row. */
  readonly isUnproven?: boolean;
  /** What was shown of the article that the archive has under this key, where it is implausible and has not stood yet. */
  readonly doubted?: { readonly key: string; readonly doubt: Doubt };
}

/** True where the site, or a gate before it, gave no answer to the question. */
export function isRefusal({ outcome, isUnproven = false }: Visited): boolean {
  return outcome.kind === 'blocked' || isUnproven;
}
