/** Many links, one entry per article. */
import type { ArticleId, ListEntry } from '../model.ts';

/** One entry per article, where it first stands; what the first link did not say is filled from later ones. */
export function mergeEntries(entries: readonly ListEntry[]): ListEntry[] {
  const merged = new Map<ArticleId, ListEntry>();
  for (const entry of entries) {
    const first = merged.get(entry.address.id);
    merged.set(entry.address.id, first === undefined ? entry : fill(first, entry));
  }
  return [...merged.values()];
}

function fill(first: ListEntry, later: ListEntry): ListEntry {
  return {
    ...first,
    title: first.title || later.title,
    time: first.time ?? later.time,
    summary: first.summary ?? later.summary,
    picture: first.picture ?? later.picture,
  };
}
