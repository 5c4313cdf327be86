/** The one way by which work is handed over: of commands that find the archive held, and of the reader's form. */
import { ArchiveError } from '../errors.ts';
import type { NewOrder } from '../journal/orders.ts';
import { describeHolder, whyNoOrders } from './lock.ts';
import { type Operations, type OperationsPlace, openOperations } from './operations.ts';

/**
 * Writes an order for the run that holds the archive, or for the next one that takes orders.
 * @param options `longestPauseMs` is the configuration's
 * @returns its number, and who does it, for people: who holds the archive, or leads the cluster; null where nobody does
 * @throws ARCHIVE_IN_USE where that run takes no orders, or where no row can be written
 */
export async function placeOrder(
  place: OperationsPlace,
  order: NewOrder,
  options: { readonly longestPauseMs: number },
): Promise<{ readonly number: number; readonly holder: string | null }> {
  const { archive, cluster } = place;
  const holder = cluster.postgres === null ? await describeHolder(archive) : null;
  const why = holder === null ? null : await whyNoOrders(archive);
  if (why !== null) throw new ArchiveError('ARCHIVE_IN_USE', `${holder}; ${why}`);
  try {
    using operations = openOperations(place, options);
    return { number: operations.journal.orders.add(order), holder: holder ?? leaderOf(operations) };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new ArchiveError('ARCHIVE_IN_USE', `no order can be written: ${error.message}`, { cause: error });
  }
}

/** Of a cluster, for people; null where none leads. */
export function leaderOf({ shared }: Pick<Operations, 'shared'>): string | null {
  const leader = shared?.hands.all().find(({ leads, isSilent }) => leads && !isSilent);
  return leader === undefined ? null : `${leader.command} ${leader.name}`;
}
