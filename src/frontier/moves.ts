/** Where articles moved to: www articles become community posts. */
import type { DatabaseSync } from 'node:sqlite';
import type { ArticleId, Target } from '../model.ts';

export interface Moves {
  /** A target that waits, whatever list named it first, is led to by the article that moved there. */
  lead(target: Target): void;
  /** The address that an article was found to have moved to at its last visit; null where it was not. */
  destination(id: ArticleId): string | null;
}

/** @param guarded turns what SQLite throws into known failures */
export function openMoves(database: DatabaseSync, guarded: <T>(work: () => T) => T): Moves {
  const lead = database.prepare('UPDATE targets SET via = ? WHERE id = ? AND outcome IS NULL');
  const destination = database.prepare(`SELECT detail FROM targets WHERE id = ? AND outcome = 'moved'`);
  return {
    lead: ({ id, via }) => void guarded(() => lead.run(via, id)),
    destination: (id) => {
      const detail = guarded(() => destination.get(id))?.detail;
      return typeof detail === 'string' ? detail : null;
    },
  };
}
