/** One article in hand: visited, settled and put into the books; or given back, where the run stops. */
import { keepBooks } from './bookkeeping.ts';
import type { Frontier } from './frontier/sqlite.ts';
import type { Lease, Target } from './model.ts';
import { archiveArticle, type Rooms, type Visit } from './pipeline.ts';

/** A visit that was settled. */
export interface Settled {
  readonly target: Target;
  readonly visit: Visit;
  /** After so long the frontier gives the target out again in this run; null where the outcome stands. */
  readonly againInMs: number | null;
}

const HEARTBEAT_MS = 30_000;

/**
 * @param options `refresh` visits again what the archive holds already; `agesMs` are the ages at which articles are
 *   visited again, rising
 * @throws what stops the run; the target then waits as if it had not been taken
 */
export async function visitLeased(
  lease: Lease,
  { frontier, rooms }: { readonly frontier: Frontier; readonly rooms: Rooms },
  options: { readonly refresh: boolean; readonly agesMs: readonly number[]; readonly signal: AbortSignal },
): Promise<Settled> {
  const { target } = lease;
  const heartbeat = setInterval(() => {
    try {
      frontier.extend(lease);
    } catch {
      // A frontier that cannot be written ends the run when this article is settled.
    }
  }, HEARTBEAT_MS);
  try {
    const visit = await archiveArticle(target, rooms, options);
    keepBooks(frontier, { target, visit }, { agesMs: options.agesMs, now: rooms.clock.now() });
    return { target, visit, ...frontier.settle(lease, visit.outcome) };
  } catch (error) {
    frontier.giveBack(lease);
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}
