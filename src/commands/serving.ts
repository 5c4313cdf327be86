/** The side of the run that holds the archive: the orders of other commands, done as those commands would do them. */
import { z } from 'zod';
import type { App } from '../app.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { archiveWaiting } from '../crawl/crawl.ts';
import { type BegunOrder, type Desk, openDesk } from '../crawl/desk.ts';
import { EXIT } from '../errors.ts';
import type { Order, OrderKind, Orders } from '../journal/orders.ts';
import type { ArticleAddress } from '../model.ts';
import { createRecorder, recordedIn } from '../report/recorded.ts';
import { describeDuration, type Terminal } from '../report/terminal.ts';
import { parseArticleUrl } from '../site/address.ts';
import { createReporter, NOT_ARCHIVED, type Reported } from './reporter.ts';
import type { Interrupts } from './session.ts';

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

const OLD_MS = 3_600_000;

/** The desk of a run; its caller disposes of it before the archive is closed. */
export function openServing(app: App, { config, terminal }: Context, kinds: readonly OrderKind[] = ['archive']): Desk {
  return openDesk(app, {
    attempts: config.politeness.attempts,
    kinds,
    begin: (order) => begin(order, app, { config, terminal }),
  });
}

/** Lets `body` use the archive, and does what others have ordered: first, whenever `body` archives, and before it ends. */
export async function withOrders<T>(app: App, context: Context, body: (desk: Desk) => Promise<T>): Promise<T> {
  using desk = openServing(app, context);
  await serveOrders(app, desk, context);
  const result = await body(desk);
  await serveOrders(app, desk, context);
  return result;
}

async function serveOrders(app: App, desk: Desk, { config, terminal, interrupts }: Context): Promise<void> {
  desk.look();
  if (desk.nextDue() === null) return;
  await archiveWaiting(app, {
    ...config.politeness,
    ...config.revisits,
    refresh: false,
    only: [],
    desk,
    stopSignal: interrupts.stopSignal,
    abortSignal: interrupts.abortSignal,
    log: terminal.log,
    onSettled: () => {},
  });
}

/** What `archive` hands over. */
const ARCHIVE = z.object({
  urls: z.array(z.string()),
  refresh: z.boolean(),
  accept: z.boolean(),
  json: z.boolean(),
});

function begin(order: Order, app: App, { config, terminal }: Pick<Context, 'config' | 'terminal'>): BegunOrder {
  const { orders } = app.journal;
  const { number, askedBy } = order;
  const given = ARCHIVE.safeParse(order.arguments).data ?? { urls: [], refresh: false, accept: false, json: false };
  const recorder = recorderOf(order, orders, given);
  const articles = new Map<string, ArticleAddress>();
  for (const url of given.urls) {
    const address = parseArticleUrl(url, config.site); // by the configuration of this run
    if (address !== null) articles.set(address.id, address);
    else recorder.log({ level: 'error', stage: 'run', message: `URL_INVALID: ${url}: not of the site of this run` });
  }
  const message = `order ${number} of ${askedBy}: ${counted(articles.size, 'article')}`;
  terminal.log({ level: 'info', stage: 'run', message });
  tellAge(order, app.services.clock.now(), recorder);
  const reporter = createReporter(recorder, { notWell: NOT_ARCHIVED }, () => articles.size, reportedIn(number, orders));
  const hasAll = articles.size === new Set(given.urls).size && articles.size > 0;
  return {
    articles: [...articles.values()],
    refresh: given.refresh,
    accept: given.accept,
    report: reporter.report,
    tell: (text) => recorder.log({ level: 'warn', stage: 'run', message: text }),
    end: () => {
      reporter.end({ isThrough: true });
      const exit = reporter.exit();
      return exit === EXIT.ok && !hasAll ? EXIT.incomplete : exit;
    },
  };
}

/** What the work of an order says goes to whoever asked. */
function recorderOf({ number }: Order, orders: Orders, { json }: { readonly json: boolean }): Terminal {
  return createRecorder({ json, keep: (recorded) => orders.note(number, recorded), progress: () => {} });
}

/** An order that has waited long is done all the same, and whoever asked is told. */
export function tellAge({ askedAt }: Order, now: number, terminal: Terminal): void {
  if (now - askedAt < OLD_MS) return;
  const message = `this was ordered ${wallClock(askedAt)}, ${describeDuration(now - askedAt)} ago, and is done now`;
  terminal.log({ level: 'warn', stage: 'run', message });
}

const REPORTED = z.object({
  outcome: z.enum(['archived', 'unchanged', 'gone', 'moved', 'link-out', 'blocked', 'refused', 'failed']),
  code: z.string().optional(),
});

/** What a run that died had reported already. */
function reportedIn(number: number, orders: Orders): Reported[] {
  return orders.events(number, 0).flatMap(({ event }) => {
    const recorded = recordedIn(event);
    const report = recorded?.what === 'result' ? REPORTED.safeParse(recorded.value).data : undefined;
    return report === undefined ? [] : [report];
  });
}
