/** The estimate of how many articles were published, and what share of them is archived. */
import { hiddenArticles } from './hidden-articles.ts';

interface CompletenessEvidence {
  /** Numbers that are known to have been published as articles. */
  readonly known: number;
  /** Those of them that are archived. */
  readonly archived: number;
  /** Numbers between known ones that nothing showed and nobody asked for. */
  readonly neverSeen: number;
  /** Numbers that were asked for because nothing had shown them, and turned out to be articles, or nobody's. */
  readonly probed: { readonly articles: number; readonly unpublished: number };
}

interface Range {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface Completeness {
  /** Articles published in the time, between the first and the last number that is known. */
  readonly published: Range;
  /** Share of them that is archived, 0 to 1; null if none was published. */
  readonly archivedShare: Range | null;
  readonly confidence: number;
}

const CONFIDENCE = 0.95;

/**
 * What is known was published; of the never-seen numbers, each is an article or nobody's, and how many are articles is
 * estimated (`hiddenArticles`). The interval never leaves what is possible: all of them, or none.
 */
export function completeness(evidence: CompletenessEvidence): Completeness {
  const { known, archived, neverSeen, probed } = evidence;
  const hidden = hiddenArticles(
    { unasked: neverSeen, found: probed.articles, nobodys: probed.unpublished },
    { confidence: CONFIDENCE },
  );
  const published = { low: known + hidden.low, median: known + hidden.median, high: known + hidden.high };
  const share = (of: number) => archived / of;
  const archivedShare =
    published.low === 0
      ? null
      : { low: share(published.high), median: share(published.median), high: share(published.low) };
  return { published, archivedShare, confidence: CONFIDENCE };
}
