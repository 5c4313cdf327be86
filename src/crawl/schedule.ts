/**
 * Months of crawling: each source is read in its slots, what is new is archived, what is archived is visited again. One
 * thing after the other, and always one whose host may be asked now, so that a host that wants to be left alone keeps
 * nothing else waiting.
 */

import { type Alarm, createAlarms, isOfPages, type RaisedAlarms } from '../alarms/alarms.ts';
import { findDrift } from '../alarms/drift.ts';
import { formAlarms } from '../alarms/markup.ts';
import { alarmsOf } from '../alarms/sources.ts';
import { wallClock } from '../clock.ts';
import type { Revisit, ServedSlot, SlotState } from '../journal/journal.ts';
import type { Log } from '../log.ts';
import type { NumberSpace } from '../model.ts';
import { isInterruption } from './crawl.ts';
import { type Desk, ORDER_PARTS, type OrderPart } from './desk.ts';
import type { Source } from './read-source.ts';
import { discoverAll, noteSource, turnsOf } from './read-sources.ts';
import { createRefusals } from './refusals.ts';
import { firstSlot, nextSlot, recheck, ruleOf, type Timing } from './timing.ts';
import { type CrawlContext, type Worked, work } from './work.ts';

export interface ScheduledSource extends Source {
  readonly timing: Timing;
}

/** One reading of a source in its slot. */
export interface RunReport extends ServedSlot {
  readonly source: string;
  /** What went wrong, for people; null where nothing did. */
  readonly detail: string | null;
  /** When the source is read next, ms since 1970. */
  readonly nextAt: number;
}

export interface EngineOptions {
  readonly sources: readonly ScheduledSource[];
  /** So often a list is asked for in a slot that cannot be read; other things have their turn in between. */
  readonly attempts: number;
  readonly backoffMs: number;
  /** A host's pause once it refuses several articles in a row; twice as long each time. */
  readonly blockedPauseMs: number;
  /** No host is left alone for longer. */
  readonly longestPauseMs: number;
  /** Ages at which articles are visited again, rising. */
  readonly agesMs: readonly number[];
  /** Nothing further is begun once this aborts. */
  readonly stopSignal: AbortSignal;
  /** Everything ends at once when this aborts. */
  readonly abortSignal: AbortSignal;
  readonly onRun: (run: RunReport) => void;
  readonly onSettled: (settled: Worked) => void;
  /** Of a schedule that leads several machines. */
  readonly leading?: Leading | undefined;
  /** Is called once for each thing that goes wrong. */
  readonly onAlarm: (alarm: Alarm) => void;
  readonly desk?: Desk | undefined;
  /** Is called before each step, and waited for: an order that takes the whole run. */
  readonly commission?: (() => Promise<void>) | undefined;
  /** Is called before each step and at least once a minute, and waited for: what has its time and no host, such as a seal. */
  readonly upkeep?: (() => Promise<void>) | undefined;
  /** Is called before each step and at least once a minute, with all current alarms: a sign that the engine lives. */
  readonly onBeat: (alarms: readonly Alarm[]) => void;
  readonly log: Log;
}

export interface Leading {
  /** Asked before each step, and before what came of it is written. @throws LEADERSHIP_LOST */
  requireLead(): void;
  /** Others visit what waits: this one reads sources, visits archived articles again and does what is ordered. */
  handsVisit(): boolean;
}

/** What may be done once its host may be asked. */
type Job = { readonly readyAt: number } & (
  | { readonly kind: 'source'; readonly source: ScheduledSource; readonly state: SlotState }
  | { readonly kind: 'order'; readonly part: OrderPart }
  | { readonly kind: 'visit'; readonly space: NumberSpace }
  | { readonly kind: 'revisit'; readonly due: Revisit }
);

const SPACES: readonly NumberSpace[] = ['guancha', 'fengwen'];
/** Other commands may have made something wait: nobody sleeps longer than this. */
const LONGEST_SLEEP_MS = 60_000;
/** Hands come and go. */
const LONGEST_SLEEP_OF_LEADER_MS = 1000;
/** An article that waits for a hand is not visited again meanwhile. */
const IN_HAND_MS = 600_000;
const LOOK_BACK_MS = 600_000;
/** Codes of visits that the host did not answer, or only with an error. */
const NO_ANSWER: readonly string[] = ['NETWORK', 'TIMEOUT', 'HTTP_STATUS', 'ROBOTS_UNREACHABLE'];
/** Where articles wait as well as visits, every so many-th turn is a visit's. */
const REVISIT_EVERY = 4;

/**
 * Works until `stopSignal` aborts.
 * @throws what stops the run, such as a full disk
 */
export async function serve(context: CrawlContext, options: EngineOptions): Promise<void> {
  const { frontier, journal, services } = context;
  const { clock, site } = services;
  const { stopSignal, abortSignal, desk, leading } = options;
  const workOptions = { ...options, fence: leading?.requireLead };
  const longestSleepMs = leading === undefined ? LONGEST_SLEEP_MS : LONGEST_SLEEP_OF_LEADER_MS;
  const refusals = createRefusals(journal.hosts, { ...options, now: clock.now });
  const turns = turnsOf(journal, clock.now);
  const tries = new Map<string, number>(); // of the slot in hand, by source
  const alarms = createAlarms({ raised: raisedAlarms(), now: clock.now, onAlarm: options.onAlarm });
  let lookedBackAt = Number.NEGATIVE_INFINITY;
  let turn = 0;

  while (!stopSignal.aborted) {
    abortSignal.throwIfAborted();
    leading?.requireLead();
    options.onBeat(alarms.current());
    frontier.requeue({ dueAt: clock.now() });
    await lookBack();
    await options.upkeep?.();
    desk?.look();
    await options.commission?.();
    const jobs = possibleJobs();
    const job = choose(jobs);
    if (job === null) await sleep(jobs);
    else await perform(job).catch(unlessStopped);
  }

  /** A wait for a host ends where the run is asked to stop. */
  function unlessStopped(error: unknown): void {
    if (!stopSignal.aborted || !isInterruption(error)) throw error;
  }

  function possibleJobs(): Job[] {
    const now = clock.now();
    const sources = options.sources.map((source): Job => {
      const state = stateOf(source, now);
      return { kind: 'source', source, state, readyAt: readyAt(source.url, state.dueAt) };
    });
    const orders = ORDER_PARTS.flatMap((part): Job[] => {
      const dueAt = desk?.nextDue(part) ?? null;
      return dueAt === null ? [] : [{ kind: 'order', part, readyAt: orderReadyAt(part, dueAt) }];
    });
    const visits = (leading?.handsVisit() === true ? [] : SPACES).flatMap((space): Job[] => {
      const dueAt = frontier.nextDue(space);
      return dueAt === null ? [] : [{ kind: 'visit', space, readyAt: readyAt(originOf(space), dueAt) }];
    });
    const revisits = SPACES.flatMap((space) =>
      journal.revisits
        .due(Number.MAX_SAFE_INTEGER, 1, space)
        .map((due): Job => ({ kind: 'revisit', due, readyAt: readyAt(due.url, due.dueAt) })),
    );
    return [...sources, ...orders, ...visits, ...revisits];
  }

  /** Lists first, for they are short and lose entries; then what somebody waits for; then articles, and now and then a visit. Null where nothing is ready. */
  function choose(jobs: readonly Job[]): Job | null {
    const now = clock.now();
    const order: readonly Job['kind'][] =
      turn % REVISIT_EVERY === REVISIT_EVERY - 1
        ? ['source', 'order', 'revisit', 'visit']
        : ['source', 'order', 'visit', 'revisit'];
    const ready = jobs.filter((job) => job.readyAt <= now);
    for (const kind of order) {
      const first = ready.filter((job) => job.kind === kind).sort((a, b) => a.readyAt - b.readyAt)[0];
      if (first !== undefined) return first;
    }
    return null;
  }

  async function sleep(jobs: readonly Job[]): Promise<void> {
    const next = Math.min(...jobs.map((job) => job.readyAt));
    const timeMs = Math.min(Math.max(next - clock.now(), 1), longestSleepMs);
    const signals = [stopSignal, abortSignal, ...(desk === undefined ? [] : [desk.arrival()])];
    await clock.sleep(timeMs, { signal: AbortSignal.any(signals) }).catch(() => {}); // the loop looks at the signals
  }

  async function perform(job: Job): Promise<void> {
    if (job.kind === 'source') return readSlot(job.source, job.state);
    await services.archive.requireRoom();
    if (job.kind === 'order') {
      const ordered = desk?.take(job.part) ?? null;
      if (ordered !== null) settled(await work({ kind: 'queued', ...ordered }, context, workOptions));
      return;
    }
    turn += 1;
    if (job.kind === 'revisit') {
      const { due } = job;
      if (leading !== undefined && frontier.find(due.id)?.state === 'waiting')
        return journal.revisits.postpone(due.id, clock.now() + IN_HAND_MS);
      return settled(await work({ kind: 'revisit', due }, context, workOptions));
    }
    const lease = frontier.take(job.space);
    if (lease !== null) settled(await work({ kind: 'queued', lease, refresh: false }, context, workOptions));
  }

  function settled(result: Worked): void {
    apply(result);
    if (!result.isAway) options.onSettled(result);
  }

  async function readSlot(source: ScheduledSource, state: SlotState): Promise<void> {
    const startedAt = clock.now();
    const { host } = new URL(source.url);
    for await (const list of discoverAll([source], services, frontier.add, {
      signal: abortSignal,
      attempts: 1,
      now: clock.now,
      turns,
    })) {
      noteSource(journal, list);
      const isBlocked = list.error?.code === 'BLOCKED';
      const isRead = !isBlocked && list.error?.code !== 'SOURCE_UNREAD';
      if (isBlocked) countRefusal(host);
      else if (isRead) alarms.answered(host);
      else alarms.silent(host, list.error?.message ?? '');
      const found = alarmsOf(journal.sourceSamples.of(source.name));
      alarms.read(source.name, { host, isRead, alarms: found });
      const entries = list.targets.length;
      const code = list.error?.code ?? null;
      const tried = (tries.get(source.name) ?? 0) + 1;
      tries.set(source.name, tried);
      if (code === 'SOURCE_UNREAD' && entries === 0 && tried < options.attempts) return; // due again once its host is
      tries.delete(source.name);
      const endedAt = clock.now();
      const run = { slotAt: state.dueAt, startedAt, endedAt, entries, fresh: list.added, code };
      const failed = list.error !== null;
      const next = nextSlot(source.timing, state, { entries, fresh: list.added, failed, endedAt });
      leading?.requireLead(); // whoever leads now serves the slot
      journal.slots.serve(source.name, ruleOf(source.timing), run, next);
      options.onRun({ source: source.name, ...run, detail: list.error?.message ?? null, nextAt: next.dueAt });
    }
  }

  function stateOf(source: ScheduledSource, now: number): SlotState {
    const rule = ruleOf(source.timing);
    const known = journal.slots.get(source.name, rule);
    const state = known === null ? firstSlot(source.timing, now) : recheck(source.timing, known, now);
    if (state !== known) journal.slots.plan(source.name, rule, state);
    return state;
  }

  function readyAt(url: string, dueAt: number): number {
    return Math.max(dueAt, journal.hosts.nextAt(new URL(url).host));
  }

  /** Whoever ordered it is told of a long pause. */
  function orderReadyAt(part: OrderPart, dueAt: number): number {
    if (part === 'archived') return dueAt;
    const { host } = new URL(originOf(part));
    const { nextAt, reason } = journal.hosts.pause(host);
    if (nextAt - clock.now() > LONGEST_SLEEP_MS)
      desk?.tellWait(part, `${host} is left alone until ${wallClock(nextAt)}: ${reason ?? 'its own pace'}`);
    return Math.max(dueAt, nextAt);
  }

  function originOf(space: NumberSpace): string {
    return space === 'guancha' ? site.www : site.community;
  }

  function apply({ target, visit }: Worked): void {
    const { host } = new URL(target.url);
    const { outcome } = visit;
    if (!visit.asked || outcome.kind === 'refused') return;
    if (outcome.kind === 'failed' && NO_ANSWER.includes(outcome.code)) alarms.silent(host, outcome.detail);
    else if (outcome.kind === 'blocked') countRefusal(host);
    else {
      alarms.answered(host);
      refusals.end(host); // a list that is answered does not end them: a gate may stand before articles alone
    }
  }

  function countRefusal(host: string): void {
    const message = refusals.count(host);
    if (message !== null) alarms.refuses(host, message);
  }

  /** A source that is no longer configured cannot become well. */
  function raisedAlarms(): RaisedAlarms {
    const names = new Set(options.sources.map(({ name }) => name));
    const hosts = new Set(
      [site.www, site.community, ...options.sources.map(({ url }) => url)].map((url) => new URL(url).host),
    );
    const all = journal.alarms.all() as readonly Alarm[];
    for (const alarm of all)
      if (!isOfPages(alarm) && !names.has(alarm.about) && !hosts.has(alarm.about)) journal.alarms.remove(alarm);
    return { ...journal.alarms, all: () => journal.alarms.all() as readonly Alarm[] };
  }

  /** The newest articles may give less than those before, or other markup. */
  async function lookBack(): Promise<void> {
    if (Math.abs(clock.now() - lookedBackAt) < LOOK_BACK_MS) return;
    lookedBackAt = clock.now();
    alarms.drifts(findDrift(journal.fieldSamples.newest()));
    alarms.markup(formAlarms(journal.forms.all(), await services.accepted()));
  }
}
