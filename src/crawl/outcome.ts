/** What a verdict or a failure means for its URL: the one place that turns either into an outcome. */
import type { ArchiveError, ErrorCode } from '../errors.ts';
import type { Outcome, Verdict } from '../model.ts';

/** A page that is no article. */
export type NoArticle = Exclude<Verdict, { kind: 'article' }>;

export function outcomeOf(verdict: NoArticle): Outcome {
  const detail = verdict.evidence.join('; ');
  switch (verdict.kind) {
    case 'gone':
      return { kind: 'gone', detail };
    case 'moved':
      return { kind: 'moved', to: verdict.to };
    case 'link-out':
      return { kind: 'link-out', to: verdict.to };
    case 'blocked':
      return { kind: 'blocked', code: 'BLOCKED', detail };
    case 'server-error':
      return { kind: 'failed', code: 'HTTP_STATUS', detail };
    case 'truncated':
      return { kind: 'failed', code: 'TRUNCATED', detail };
    case 'not-an-article':
      return { kind: 'failed', code: 'NOT_AN_ARTICLE', detail };
    default:
      return verdict satisfies never;
  }
}

/** Failures that the site, or the configuration, decided: it was not asked. */
const REFUSED: readonly ErrorCode[] = ['ROBOTS_DISALLOWED', 'OUT_OF_SCOPE', 'ADDRESS_REFUSED'];

export function failureOutcome({ code, detail }: ArchiveError): Outcome {
  return { kind: REFUSED.includes(code) ? 'refused' : 'failed', code, detail };
}
