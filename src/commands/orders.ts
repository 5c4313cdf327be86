/** `orders`: what was handed over to the run that holds the archive and has not ended. Runs beside that run. */
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import type { Order } from '../journal/orders.ts';
import type { Terminal } from '../report/terminal.ts';

export type OrdersAction = 'list' | 'cancel';

/** @throws USAGE without a number, NOT_THERE for one of no order that has not ended */
export function orders(
  action: OrdersAction,
  numbers: readonly string[],
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): ExitCode {
  using operations = openOperations(config, { readOnly: true });
  const open = operations.journal.orders.open();
  if (action === 'cancel') return cancel(numbers, open, { config, terminal });
  for (const order of open) terminal.result(describeOrder(order), { type: 'order', ...orderLine(order) });
  if (open.length === 0) terminal.say('no order waits');
  return EXIT.ok;
}

function cancel(
  texts: readonly string[],
  open: readonly Order[],
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): ExitCode {
  if (texts.length === 0) throw new ArchiveError('USAGE', 'orders cancel: no number given; orders list has them');
  const chosen = texts.map((text) => {
    const order = open.find(({ number }) => String(number) === text);
    if (order === undefined)
      throw new ArchiveError('NOT_THERE', `orders cancel: ${text}: no such order, or it has ended`);
    return order;
  });
  using operations = openOperations(config, config.politeness);
  for (const order of chosen) {
    const isCancelled = operations.journal.orders.cancel(order.number);
    const text = isCancelled ? `order ${order.number} is taken back` : `order ${order.number} has ended by now`;
    terminal.result(text, { type: 'order', order: order.number, state: isCancelled ? 'cancelled' : 'ended' });
  }
  return EXIT.ok;
}

/** An order for people: `order 3, archive, asked 2026-11-27 06:41:02 by archive, process 4711: taken, 1 of 4 done`. */
export function describeOrder({ number, kind, askedBy, askedAt, state, done, total }: Order): string {
  const progress = total === 0 ? '' : `, ${done} of ${total} done`;
  return `order ${number}, ${kind}, asked ${wallClock(askedAt)} by ${askedBy}: ${state}${progress}`;
}

/** The same for programs. */
export function orderLine({ number, kind, askedBy, askedAt, state, done, total }: Order) {
  return { order: number, kind, askedBy, askedAt: new Date(askedAt).toISOString(), state, done, total };
}
