/** What a visit leaves in the frontier besides its outcome: when it was, what it gave, how late it came, when the next is. */
import { readingOf } from './drift.ts';
import type { Frontier } from './frontier/sqlite.ts';
import type { Target } from './model.ts';
import type { Visit } from './pipeline.ts';
import { nextVisit } from './revisit-plan.ts';

/** What was published longer ago than this when it was archived says nothing of how fast the lists are read. */
const OLD_MS = 7 * 86_400_000;

/**
 * @param options `agesMs` are the ages at which articles are visited again; `now` in ms since 1970
 */
export function keepBooks(
  frontier: Frontier,
  { target, visit }: { readonly target: Target; readonly visit: Visit },
  { agesMs, now }: { readonly agesMs: readonly number[]; readonly now: number },
): void {
  const { outcome, before, record } = visit;
  const { id, url, source } = target;
  if (visit.asked) frontier.visits.note(id, outcome.kind);
  if (record === null || !['archived', 'unchanged', 'gone'].includes(outcome.kind)) return;
  const { article, flags, versions } = record;
  const publishedAt = Date.parse(article.publishedAt);
  if (outcome.kind === 'archived')
    frontier.readings.add(
      readingOf(
        article,
        flags.map(({ code }) => code),
      ),
    );
  const isNew = before === null && outcome.kind === 'archived';
  if (isNew && source !== null && article.precision !== 'day' && now - publishedAt < OLD_MS)
    frontier.latencies.add(source, { publishedAt, archivedAt: now });
  if (visit.asked)
    frontier.revisits.plan({ id, url }, nextVisit({ publishedAt, hasChanged: versions.length > 1 }, { agesMs, now }));
}
