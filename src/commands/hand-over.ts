/** The side of a command that finds the archive held by another run: its work is handed over, and what it comes to said here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFor } from '../app.ts';
import type { Config } from '../config.ts';
import { ArchiveError, ERRORS, type ErrorCode, EXIT, type ExitCode } from '../errors.ts';
import { type ArchiveLock, describeHolder } from '../frontier/lock.ts';
import { openOperations } from '../frontier/operations.ts';
import { placeOrder } from '../frontier/place-order.ts';
import type { NewOrder, Order, Orders } from '../journal/orders.ts';
import { recordedIn, sayAgain } from '../report/recorded.ts';
import type { Terminal } from '../report/terminal.ts';
import { withOrders } from './serving.ts';
import { type Interrupts, withArchive } from './session.ts';

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/** True waits until no other run holds the archive, false hands over and ends; absent, the work is handed over and waited for. */
export type Wait = boolean | undefined;

const LOOK_MS = 200;

/**
 * Does a command's work with the archive's lock, or has the run do it that holds the lock.
 * @param alone does the work; the lock is given back after it
 * @returns the exit code, which is the same either way; `ok` where the order is not waited for
 * @throws ARCHIVE_IN_USE where that run takes no orders, or none can be written; INTERRUPTED; what `alone` throws
 */
export async function aloneOrHandedOver(
  order: Omit<NewOrder, 'askedBy'>,
  context: Context & { readonly wait: Wait },
  alone: (lock: ArchiveLock) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { config, terminal, interrupts, wait } = context;
  const { archive } = config;
  let lock: ArchiveLock;
  try {
    const stop = wait === true ? interrupts.stopSignal : null;
    lock = await lockFor(archive, { command: order.kind, log: terminal.log, wait: stop });
  } catch (error) {
    if (!isInUse(error)) throw error;
    return handOver({ ...order, askedBy: `${order.kind}, process ${process.pid}` }, error, context, alone);
  }
  await using held = lock;
  return await alone(held);
}

/** @param inUse who held the archive when it was tried */
async function handOver(
  order: NewOrder,
  inUse: ArchiveError,
  context: Context & { readonly wait: Wait },
  alone: (lock: ArchiveLock) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { config, terminal, wait } = context;
  const { number, ...placed } = await placeOrder(config, order, config.politeness);
  const holder = placed.holder ?? inUse.detail;
  if (wait === false) {
    terminal.result(`order ${number} is handed over to ${holder}`, {
      type: 'order',
      order: number,
      state: 'waiting',
      holder,
    });
    return EXIT.ok;
  }
  terminal.log({ level: 'info', stage: 'run', message: `handed over to ${holder}, as order ${number}` });
  try {
    return await follow(number, order, context, alone);
  } finally {
    terminal.end();
  }
}

/** Says what the order comes to until it ends; does the work itself once nobody holds the archive any more. */
async function follow(
  number: number,
  order: NewOrder,
  context: Context,
  alone: (lock: ArchiveLock) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  const { stopSignal } = interrupts;
  let place = 0;
  for (;;) {
    const found = look();
    if (found === null) throw new ArchiveError('ARCHIVE_IN_USE', `order ${number} is not known any more; ask again`);
    if (found.state === 'cancelled') throw new ArchiveError('INTERRUPTED', `order ${number} was cancelled`);
    if (found.exit !== null) return found.exit as ExitCode;
    if (stopSignal.aborted) {
      const message = `order ${number} stays with the run that holds the archive: orders cancel ${number} takes it back`;
      terminal.log({ level: 'warn', stage: 'run', message });
      return EXIT.interrupted;
    }
    if ((await describeHolder(config.archive)) !== null) {
      await sleep(LOOK_MS, undefined, { signal: stopSignal }).catch(() => {}); // the loop looks at the signal
      continue;
    }
    const taken = await takeOver();
    if (taken !== null) return taken;
  }

  /** What was said since the last look, and how far the order is. */
  function look(): Order | null {
    using operations = openOperations(config, { readOnly: true });
    const { orders } = operations.journal;
    const found = orders.find(number); // first: what ends it is said before it has ended
    sayNew(orders);
    if (found !== null && found.total > 0 && found.exit === null) terminal.progress(found.done, found.total);
    return found;
  }

  function sayNew(orders: Orders): void {
    for (const each of orders.events(number, place)) {
      place = each.place;
      const recorded = recordedIn(each.event);
      if (recorded?.what === 'error' && Object.hasOwn(ERRORS, recorded.code))
        throw new ArchiveError(recorded.code as ErrorCode, recorded.detail);
      if (recorded !== null) sayAgain(recorded, terminal);
    }
  }

  /** Null where another run was quicker. */
  async function takeOver(): Promise<ExitCode | null> {
    let lock: ArchiveLock;
    try {
      lock = await lockFor(config.archive, { command: order.kind, log: terminal.log, wait: null });
    } catch (error) {
      if (isInUse(error)) return null;
      throw error;
    }
    await using held = lock;
    terminal.log({ level: 'info', stage: 'run', message: `the other run has ended; order ${number} is done here` });
    if (order.kind !== 'archive') {
      cancel();
      return alone(held);
    }
    const opening = { command: order.kind, wait: null, lock: held, stopSignal };
    let isOver = false;
    const done = withArchive(config, terminal, opening, (app) => withOrders(app, context, async () => {})).finally(
      () => {
        isOver = true;
      },
    );
    while (!isOver) {
      await Promise.race([done, sleep(LOOK_MS)]);
      look();
    }
    await done;
    return look() === null ? alone(held) : null; // the database that held it may be gone; else the next look says how it ended
  }

  function cancel(): void {
    using operations = openOperations(config, config.politeness);
    operations.journal.orders.cancel(number);
  }
}

function isInUse(error: unknown): error is ArchiveError {
  return error instanceof ArchiveError && error.code === 'ARCHIVE_IN_USE';
}
