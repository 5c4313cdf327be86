/** What a visit leaves in the frontier besides its outcome: when it was, where it led, what it gave, how late it came, when the next is. */
import { readingOf } from './drift.ts';
import type { Frontier } from './frontier/sqlite.ts';
import type { Target } from './model.ts';
import type { Visit } from './pipeline.ts';
import { nextVisit } from './revisit-plan.ts';

/**
 * @param options `agesMs` are the ages at which articles are visited again; `now` in ms since 1970
 */
export function keepBooks(
  frontier: Frontier,
  { target, visit }: { readonly target: Target; readonly visit: Visit },
  { agesMs, now }: { readonly agesMs: readonly number[]; readonly now: number },
): void {
  const { outcome, before, record, found } = visit;
  const { id, url, source } = target;
  if (visit.asked) frontier.visits.note(id, outcome.kind);
  frontier.add(found);
  for (const each of found) frontier.moves.lead(each);
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
  // What was published before the archive began says nothing of how fast lists are read.
  const isNew = before === null && outcome.kind === 'archived' && publishedAt >= (frontier.beganAt() ?? now);
  if (isNew && source !== null && article.precision !== 'day')
    frontier.latencies.add(source, { publishedAt, archivedAt: now });
  if (visit.asked)
    frontier.revisits.plan({ id, url }, nextVisit({ publishedAt, hasChanged: versions.length > 1 }, { agesMs, now }));
}
