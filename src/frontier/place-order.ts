/** The one way by which work is handed over: of commands that find the archive held, and of the reader's form. */
import { ArchiveError } from '../errors.ts';
import type { NewOrder } from '../journal/orders.ts';
import { describeHolder, whyNoOrders } from './lock.ts';
import { openOperations } from './operations.ts';

/**
 * Writes an order for the run that holds the archive, or for the next one that takes orders.
 * @param archive absolute path
 * @param options `longestPauseMs` is the configuration's
 * @returns its number, and who holds the archive, for people; null where nobody does
 * @throws ARCHIVE_IN_USE where that run takes no orders, or where no row can be written
 */
export async function placeOrder(
  archive: string,
  order: NewOrder,
  options: { readonly longestPauseMs: number },
): Promise<{ readonly number: number; readonly holder: string | null }> {
  const holder = await describeHolder(archive);
  const why = holder === null ? null : await whyNoOrders(archive);
  if (why !== null) throw new ArchiveError('ARCHIVE_IN_USE', `${holder}; ${why}`);
  try {
    using operations = openOperations(archive, options);
    return { number: operations.journal.orders.add(order), holder };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new ArchiveError('ARCHIVE_IN_USE', `no order can be written: ${error.message}`, { cause: error });
  }
}
