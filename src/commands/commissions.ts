/** Orders that take the whole run: a crawl, a backfill, a repair or a seal, done by a schedule between two of its steps. */
import { z } from 'zod';
import type { App } from '../app.ts';
import type { Config } from '../config.ts';
import type { Desk } from '../crawl/desk.ts';
import { unlessRefused } from '../database.ts';
import { ArchiveError, type ErrorCode, EXIT, type ExitCode, exitCodeFor, nextAfter } from '../errors.ts';
import type { Order, OrderKind } from '../journal/orders.ts';
import type { Notice } from '../notify/notice.ts';
import { createRecorder } from '../report/recorded.ts';
import type { Terminal } from '../report/terminal.ts';
import { backfillNow } from './backfill.ts';
import { crawlNow } from './crawl.ts';
import { repairNow } from './repair.ts';
import { sealNow } from './seal.ts';
import { tellAge } from './serving.ts';
import type { Interrupts } from './session.ts';

const COMMISSIONS = ['crawl', 'backfill', 'repair', 'seal'] as const satisfies readonly OrderKind[];

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  readonly desk: Desk;
  readonly notify: (notice: Notice) => void;
  /** Is called now and then while it goes on. */
  readonly onProgress: () => void;
}

const CANCELLED_LOOK_MS = 1000;
/** Failures that stop a command for what was asked of it, and not the run that does it. */
const OF_THE_ORDER: readonly ErrorCode[] = ['USAGE', 'SOURCE_UNKNOWN'];

/**
 * Does the oldest order of these kinds that waits, if there is one.
 * @throws what stops the run; the order then waits again
 */
export async function serveCommission(app: App, context: Context): Promise<void> {
  const { desk, terminal, interrupts, onProgress } = context;
  const { orders } = app.journal;
  const order = orders.take(COMMISSIONS, desk.token);
  if (order === null) return;
  const { number, kind, askedBy } = order;
  terminal.log({ level: 'info', stage: 'run', message: `order ${number} of ${askedBy}: ${kind}` });
  const recorder = createRecorder({
    json: JSON_WISH.safeParse(order.arguments).data?.json === true,
    keep: (recorded) => orders.note(number, recorded),
    progress: (done, total) => {
      orders.progress(number, done, total);
      onProgress();
    },
  });
  tellAge(order, app.services.clock.now(), recorder);
  const cancelled = new AbortController();
  const watching = setInterval(() => {
    // Where the database refuses, the work itself meets the same, and ends by it.
    unlessRefused(() => {
      if (!orders.isTaken(number, desk.token)) cancelled.abort();
    });
    onProgress();
  }, CANCELLED_LOOK_MS);
  try {
    const stopSignal = AbortSignal.any([interrupts.stopSignal, cancelled.signal]);
    const exit = await perform(order, app, {
      ...context,
      terminal: recorder,
      interrupts: { ...interrupts, stopSignal },
    });
    if (stopSignal.aborted) return; // cancelled, or for the next run
    orders.end(number, desk.token, { state: 'done', exit });
  } catch (error) {
    if (!(error instanceof ArchiveError) || cancelled.signal.aborted) {
      if (cancelled.signal.aborted) return;
      throw error;
    }
    if (nextAfter(error) === 'stop' && !OF_THE_ORDER.includes(error.code)) throw error;
    orders.note(number, { what: 'error', code: error.code, detail: error.detail });
    orders.end(number, desk.token, { state: 'failed', exit: exitCodeFor(error) });
  } finally {
    clearInterval(watching);
  }
}

const JSON_WISH = z.looseObject({ json: z.boolean() });
const LIMIT = z.number().int().positive().optional();
const CRAWL = z.object({
  source: z.array(z.string()),
  limit: LIMIT,
  dryRun: z.boolean(),
  revisit: z.boolean(),
});
const BACKFILL = z.object({
  from: z.string(),
  to: z.string(),
  source: z.array(z.string()),
  ids: z.boolean(),
  limit: LIMIT,
  dryRun: z.boolean(),
});
const REPAIR = z.object({ only: z.array(z.string()) });
const SEAL = z.object({ rebuild: z.boolean() });

async function perform(order: Order, app: App, context: Context): Promise<ExitCode> {
  switch (order.kind) {
    case 'crawl':
      return crawlNow(argumentsOf(order, CRAWL), app, context);
    case 'backfill':
      return backfillNow(argumentsOf(order, BACKFILL), app, context);
    case 'repair': {
      const given = argumentsOf(order, REPAIR);
      await app.services.eye?.drained(); // nothing else is in hand then
      return repairNow({ ...given, before: [] }, app, context);
    }
    case 'seal':
      await app.captures?.end(); // only what has ended can be sealed
      return (await sealNow(argumentsOf(order, SEAL), app, context)) ?? EXIT.interrupted;
    case 'archive':
      return EXIT.ok; // the desk's
    default:
      return order.kind satisfies never;
  }
}

/** @throws USAGE for a damaged row */
function argumentsOf<T>({ number, kind, arguments: given }: Order, schema: z.ZodType<T>): T {
  const { data } = schema.safeParse(given);
  if (data === undefined) throw new ArchiveError('USAGE', `order ${number}: its arguments are none of ${kind}`);
  return data;
}
