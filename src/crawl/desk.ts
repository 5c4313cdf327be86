/**
 * The desk of a run: takes the orders of other commands to archive single articles, gives out their articles before all
 * others, and tells each order what any visit of its articles came to, whatever the visit was made for. An article is
 * visited once for all who want it; how soon is up to its host, as for every other.
 */
import { randomUUID } from 'node:crypto';
import { unlessRefused } from '../database.ts';
import type { FoundTarget } from '../frontier/frontier.ts';
import type { Order, OrderKind } from '../journal/orders.ts';
import type { ArticleAddress, ArticleId, Lease, NumberSpace, Target } from '../model.ts';
import type { CrawlContext, VisitNotes, Wishes, Worked } from './work.ts';

export interface Desk extends VisitNotes, Disposable {
  /** Takes the orders that wait, and lets go of those that were cancelled. */
  look(): void;
  /** The next article that was ordered and is due, after a look; null where there is none. */
  take(part?: OrderPart): Ordered | null;
  /** When the next one is due, ms since 1970; null where none waits. */
  nextDue(part?: OrderPart): number | null;
  /** A host has a pause for which its orders wait: each of them is told once. */
  tellWait(space: NumberSpace, why: string): void;
  /** Aborts once a further order waits: whoever sleeps looks then. */
  arrival(): AbortSignal;
  /** The token by which this run has taken its orders. */
  readonly token: string;
}

/** What of the orders is taken: articles that the archive alone can answer, or those of a host. */
export type OrderPart = NumberSpace | 'archived';
export const ORDER_PARTS: readonly OrderPart[] = ['archived', 'guancha', 'fengwen'];

/** An article in hand that somebody has ordered, and how it is to be visited. */
export interface Ordered extends Wishes {
  readonly lease: Lease;
}

/** An order to archive articles, begun by this run or one before it. */
export interface BegunOrder extends Wishes {
  readonly articles: readonly ArticleAddress[];
  /** A visit of one of its articles: whether it stands, `againInMs` says. */
  report(worked: Worked): void;
  tell(message: string): void;
  /** All its articles have their outcomes. @returns the exit code of the command */
  end(): number;
}

interface DeskOptions {
  /** Reads the arguments of an order; the reports of the articles that were served before are kept already. */
  readonly begin: (order: Order) => BegunOrder;
  /** So often a host is waited for whose robots.txt cannot be had. */
  readonly attempts: number;
  /** The kinds for which a sleep ends. */
  readonly kinds: readonly OrderKind[];
}

interface Open {
  readonly order: Order;
  readonly begun: BegunOrder;
  /** Those without an outcome. */
  readonly unserved: Set<ArticleId>;
  /** Lists of the frontier: they grow at their ends, and are known by their identity. */
  readonly parts: Readonly<Record<OrderPart | 'all', ArticleId[]>>;
  /** How often in a row the host kept its articles from being visited. */
  readonly away: Map<NumberSpace, number>;
  readonly told: Set<string>;
}

const LOOK_MS = 1000;

/** Held by the run that has the archive's lock: what dead runs had taken waits again. */
export function openDesk(context: CrawlContext, { begin, attempts, kinds }: DeskOptions): Desk {
  const { frontier, services } = context;
  const { orders } = context.journal;
  const token = randomUUID();
  const open = new Map<number, Open>();
  let arrived = new AbortController();
  orders.release();
  const timer = setInterval(() => {
    // A database that cannot be read ends the run at its next step.
    unlessRefused(() => {
      if (orders.hasWaiting(kinds)) arrived.abort();
    });
  }, LOOK_MS).unref();

  return {
    token,
    look,
    take: (part) => {
      look();
      for (const each of open.values()) {
        const lease = frontier.take(each.parts[part ?? 'all']);
        if (lease !== null) return { lease, ...wishesFor(lease.target.id) };
        requeueSettled(each);
      }
      return null;
    },
    nextDue: (part) => {
      const dues = [...open.values()].map(({ parts }) => frontier.nextDue(parts[part ?? 'all']));
      const known = dues.filter((at) => at !== null);
      return known.length === 0 ? null : Math.min(...known);
    },
    tellWait: (space, why) => {
      for (const { told, parts, begun, unserved } of open.values()) {
        if (told.has(why) || !parts[space].some((id) => unserved.has(id))) continue;
        told.add(why);
        begun.tell(why);
      }
    },
    arrival: () => {
      if (arrived.signal.aborted) arrived = new AbortController();
      return arrived.signal;
    },
    note: (worked, wishes) => {
      const { id } = worked.target;
      for (const each of open.values()) {
        if (!each.unserved.has(id)) continue;
        each.away.delete(spaceOf(id));
        if (worked.againInMs !== null) each.begun.report(worked);
        else if (isServedBy(worked, wishes, each.begun)) serve(each, worked);
        else frontier.requeue({ ids: [id] }); // it was visited, but not as this order wants it
      }
    },
    away: (worked) => {
      const space = spaceOf(worked.target.id);
      for (const each of open.values()) {
        if (!each.unserved.has(worked.target.id)) continue;
        // What a robots.txt forbids is read anew in some minutes, and nobody waits for that.
        const inARow = worked.visit.outcome.kind === 'refused' ? attempts : (each.away.get(space) ?? 0) + 1;
        each.away.set(space, inARow);
        if (inARow < attempts) continue;
        context.transaction(() => {
          for (const id of [...each.unserved].filter((other) => spaceOf(other) === space)) {
            const target = frontier.find(id)?.target;
            if (target !== undefined) serve(each, { ...worked, target });
          }
        });
      }
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      unlessRefused(() => orders.release(token)); // else the next run finds them as those of a dead one
    },
  };

  function look(): void {
    for (const [number] of open) if (!orders.isTaken(number, token)) open.delete(number);
    while (orders.hasWaiting(['archive']))
      context.transaction(() => {
        const order = orders.take(['archive'], token);
        if (order !== null) openOrder(order);
      });
  }

  function openOrder(order: Order): void {
    const begun = begin(order);
    const before = new Map(orders.articles(order.number).map((article) => [article.id, article]));
    const articles = before.size === 0 ? begun.articles : [...before.values()];
    if (before.size === 0) orders.addArticles(order.number, articles);
    const unserved = new Set<ArticleId>();
    const each: Open = {
      order,
      begun,
      unserved,
      parts: { all: [], archived: [], guancha: [], fengwen: [] },
      away: new Map(),
      told: new Set(),
    };
    open.set(order.number, each);
    for (const { id, url } of articles) {
      if (before.get(id)?.served === true) continue;
      unserved.add(id);
      const found = frontier.find(id);
      putIn(each, id, begun.refresh ? null : found);
      if (before.size === 0 || found === null) frontier.add([targetOf(id, url)]);
      const died = before.size === 0 ? null : failureOf(found);
      if (died !== null) serve(each, died);
      else if (before.size === 0 || found?.state !== 'waiting') frontier.requeue({ ids: [id] });
    }
    if (unserved.size === 0) end(each);
  }

  function putIn({ parts }: Open, id: ArticleId, found: FoundTarget | null): void {
    const isArchived = found?.state === 'archived' || found?.state === 'unchanged';
    parts.all.push(id);
    parts[isArchived ? 'archived' : spaceOf(id)].push(id);
  }

  /** How an article is visited so that all who want it are served. */
  function wishesFor(id: ArticleId): Wishes {
    const wanted = [...open.values()].filter(({ unserved }) => unserved.has(id)).map(({ begun }) => begun);
    const accept = wanted.some((each) => each.accept);
    return { refresh: accept || wanted.some(({ refresh }) => refresh), accept };
  }

  function serve(each: Open, worked: Worked): void {
    const { order, begun, unserved } = each;
    unserved.delete(worked.target.id);
    orders.served(order.number, worked.target.id);
    for (const { id, url } of worked.visit.found) {
      orders.addArticles(order.number, [{ id, url }]);
      unserved.add(id);
      putIn(each, id, null);
    }
    begun.report(worked);
    const { length } = each.parts.all;
    orders.progress(order.number, length - unserved.size, length);
    if (unserved.size === 0) end(each);
  }

  function end({ order, begun }: Open): void {
    orders.end(order.number, token, { state: 'done', exit: begun.end() });
    open.delete(order.number);
  }

  /** What neither waits nor is in hand was settled in another way, and is visited for the order. */
  function requeueSettled(each: Open): void {
    const { unserved, parts } = each;
    if (frontier.nextDue(parts.all) !== null) return;
    if ([...unserved].some((id) => frontier.find(id)?.state === 'waiting')) return;
    frontier.requeue({ ids: [...unserved] });
  }

  /** The moment's priority: what somebody waits for goes before any list. */
  function targetOf(id: ArticleId, url: string): Target {
    const priority = Math.ceil(services.clock.now() / 60_000);
    return { id, url, source: null, via: null, leadPicture: null, listed: null, priority };
  }
}

function spaceOf(id: ArticleId): NumberSpace {
  return id.startsWith('guancha:') ? 'guancha' : 'fengwen';
}

function isServedBy({ visit }: Worked, made: Wishes, wanted: Wishes): boolean {
  if (wanted.accept) return made.accept;
  return !wanted.refresh || made.refresh || visit.asked;
}

/** An article of an order that runs died of has failed, and is not tried again for that order. */
function failureOf(found: FoundTarget | null): Worked | null {
  if (found === null || found.state !== 'failed') return null;
  const outcome = { kind: 'failed', code: found.code ?? 'RUN_DIED', detail: found.detail ?? '' } as const;
  const visit = { outcome, before: null, record: null, found: [], asked: false };
  return { target: found.target, visit, againInMs: null };
}
