/** The frontier in memory, for tests: it forgets everything when it goes. */
import { randomUUID } from 'node:crypto';
import { believed } from '../clock.ts';
import type { ArticleId, Outcome, Target } from '../model.ts';
import { whenAgain } from './again.ts';
import {
  DIED,
  type FoundTarget,
  type Frontier,
  LEASE_MS,
  MOST_DEATHS,
  NOT_WELL,
  type Pace,
  type RequeueMatch,
  reasonOf,
  type Scope,
} from './frontier.ts';
import { SETTLED, TARGETS, watchClock } from './instants.ts';

interface Entry {
  target: Target;
  attempts: number;
  deaths: number;
  notBefore: number;
  lease: { readonly token: string; until: number } | null;
  outcome: Outcome['kind'] | null;
  code: string | null;
  detail: string | null;
  settledAt: number | null;
  againAt: number | null;
  roundOf: Outcome['kind'] | null;
  rounds: number;
}

/** @param options `now` gives ms since 1970 */
export function openMemoryFrontier(options: { readonly pace: Pace; readonly now: () => number }): Frontier {
  const { pace } = options;
  const entries = new Map<ArticleId, Entry>();
  const now = watchClock(options.now, (at) => {
    for (const entry of entries.values()) setRight(entry, at);
  });

  const frontier: Frontier = {
    takeOver: () => {
      const dead = [...entries.values()].filter(({ lease }) => lease !== null);
      for (const entry of dead) Object.assign(entry, { lease: null, deaths: entry.deaths + 1 });
      const suspects = dead.filter(({ deaths }) => deaths >= MOST_DEATHS);
      for (const { target } of suspects) frontier.settle(target, DIED);
      return suspects.map(({ target: { id, url }, code }) => ({ id, url, code }));
    },
    add: (targets, { leads = false } = {}) => {
      let added = 0;
      for (const target of targets) {
        const entry = entries.get(target.id);
        if (entry === undefined) {
          entries.set(target.id, newEntry(target));
          added += 1;
        } else if (entry.outcome === null) enrich(entry, target, leads);
      }
      return added;
    },
    take: (scope) => {
      const [entry] = free(scope)
        .filter(({ notBefore }) => notBefore <= now())
        .sort(inOrder);
      if (entry === undefined) return null;
      const token = randomUUID();
      entry.lease = { token, until: now() + LEASE_MS };
      entry.attempts += 1;
      return { target: entry.target, attempt: entry.attempts, token };
    },
    ready: (limit, space) =>
      free(space)
        .filter(({ notBefore }) => notBefore <= now())
        .sort(inOrder)
        .slice(0, limit)
        .map(({ target, attempts }) => ({ id: target.id, attempts })),
    extend: ({ token }) => {
      const lease = heldBy(token)?.lease ?? null;
      if (lease !== null) lease.until = now() + LEASE_MS;
      return lease !== null;
    },
    release: ({ token }) => {
      const entry = heldBy(token);
      if (entry !== undefined) Object.assign(entry, { lease: null, attempts: entry.attempts - 1, deaths: 0 });
      return entry !== undefined;
    },
    settle: (done, outcome, { isArchived = false } = {}) => {
      const isLeased = 'token' in done;
      const entry = isLeased ? heldBy(done.token) : entries.get(done.id);
      if (isLeased && entry === undefined) return { againInMs: null, isLost: true };
      const rounds = entry?.roundOf === outcome.kind ? entry.rounds : 0;
      const again = whenAgain(outcome, { attempt: isLeased ? done.attempt : pace.attempts, rounds, isArchived }, pace);
      const isInRun = again.kind === 'in-run' && isLeased;
      const settled = entry ?? (isLeased ? undefined : newEntry(done));
      if (settled !== undefined) {
        const reason = { ...reasonOf(outcome), lease: null, deaths: 0 };
        if (isInRun) Object.assign(settled, reason, { notBefore: now() + again.afterMs, target: last(settled.target) });
        else {
          const againAt = again.kind === 'later' ? now() + again.afterMs : null;
          const round = { roundOf: outcome.kind, rounds: rounds + (againAt === null ? 0 : 1) };
          Object.assign(settled, reason, { outcome: outcome.kind, settledAt: now(), againAt }, round);
          if (!isLeased) settled.target = withOld(done, settled.target);
        }
        entries.set(settled.target.id, settled);
      }
      return { againInMs: isInRun ? again.afterMs : null, isLost: false };
    },
    forgetPrinted: (id) => {
      const entry = entries.get(id);
      if (entry !== undefined) entry.target = { ...entry.target, leadPicture: null, listed: null };
    },
    requeue: (match) =>
      chosen(match).map((entry) => {
        const isTakenBack = 'ids' in match && match.keepAttempts === true;
        if (isTakenBack) {
          entry.rounds = Math.max(entry.rounds - 1, 0);
          entry.target = last(entry.target);
        } else {
          entry.attempts = 0;
          entry.notBefore = 0;
        }
        if ('ids' in match && !isTakenBack) Object.assign(entry, { code: null, detail: null, rounds: 0 });
        entry.outcome = null;
        entry.againAt = null;
        return { id: entry.target.id, url: entry.target.url, code: entry.code };
      }),
    find: (id) => {
      now(); // which sets right what a wrong clock wrote
      const entry = entries.get(id);
      return entry === undefined ? null : foundOf(entry);
    },
    between: function* (from, to) {
      const ids = [...entries.keys()].filter((id) => id.startsWith('guancha:')).sort();
      for (const id of ids) {
        const number = Number(id.slice('guancha:'.length));
        const entry = entries.get(id);
        if (entry !== undefined && number >= from && number <= to) yield foundOf(entry);
      }
    },
    nextDue: (scope) => {
      const due = free(scope).map(({ notBefore }) => notBefore);
      return due.length === 0 ? null : due.reduce((a, b) => Math.min(a, b));
    },
    waiting: () => [...entries.values()].filter(({ outcome }) => outcome === null).length,
    counts: () => {
      const groups = Map.groupBy(entries.values(), ({ target, outcome }) =>
        JSON.stringify([target.source ?? '', outcome ?? 'waiting']),
      );
      return [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, [first, ...others]]) => ({
          source: first?.target.source ?? null,
          outcome: first?.outcome ?? 'waiting',
          count: 1 + others.length,
        }));
    },
    failures: (limit) =>
      [...entries.values()]
        .filter(({ outcome }) => isNotWell(outcome))
        .sort((a, b) => (b.settledAt ?? 0) - (a.settledAt ?? 0))
        .slice(0, limit)
        .map(({ target: { id, url }, outcome, code, detail, settledAt }) => ({
          id,
          url,
          outcome: outcome ?? 'waiting',
          code,
          detail,
          at: new Date(settledAt ?? 0).toISOString(),
        })),
    [Symbol.dispose]: () => entries.clear(),
  };
  return frontier;

  /** Those that wait and nobody has in hand. */
  function free(scope: Scope | undefined): Entry[] {
    const at = now();
    const inScope =
      scope === undefined
        ? () => true
        : typeof scope === 'string'
          ? (id: ArticleId) => id.startsWith(`${scope}:`)
          : (id: ArticleId) => scope.includes(id);
    return [...entries.values()].filter(
      ({ target, outcome, lease }) => outcome === null && (lease === null || lease.until < at) && inScope(target.id),
    );
  }

  function heldBy(token: string): Entry | undefined {
    return [...entries.values()].find(({ lease }) => lease?.token === token);
  }

  function last(target: Target): Target {
    const priorities = [...entries.values()]
      .filter(({ outcome }) => outcome === null)
      .map((each) => each.target.priority);
    return priorities.length === 0 ? target : { ...target, priority: Math.min(...priorities) - 1 };
  }

  function chosen(match: RequeueMatch): Entry[] {
    if ('ids' in match) {
      const named = match.ids.map((id) => entries.get(id)).filter((entry) => entry !== undefined);
      return match.keepAttempts === true ? named.filter(({ attempts }) => attempts < pace.attempts) : named;
    }
    return [...entries.values()].filter(({ outcome, code, target, againAt }) => {
      if ('dueAt' in match) return againAt !== null && againAt <= match.dueAt;
      const { outcomes, codes, sources } = match;
      return (
        outcome !== null &&
        outcomes.includes(outcome) &&
        (codes === undefined || (codes as readonly (string | null)[]).includes(code)) &&
        (sources === undefined || (target.source !== null && sources.includes(target.source)))
      );
    });
  }
}

function newEntry(target: Target): Entry {
  const nothing = {
    lease: null,
    outcome: null,
    code: null,
    detail: null,
    settledAt: null,
    againAt: null,
    roundOf: null,
  };
  return { target, attempts: 0, deaths: 0, notBefore: 0, rounds: 0, ...nothing };
}

function setRight(entry: Entry, at: number): void {
  entry.notBefore = believed(entry.notBefore, TARGETS.not_before, at);
  if (entry.lease !== null) entry.lease.until = believed(entry.lease.until, TARGETS.leased_until, at);
  if (entry.againAt !== null) entry.againAt = believed(entry.againAt, TARGETS.again_at, at);
  if (entry.settledAt !== null) entry.settledAt = believed(entry.settledAt, SETTLED, at);
}

function enrich(entry: Entry, { source, via, leadPicture }: Target, leads: boolean): void {
  if (leadPicture !== null && entry.target.leadPicture === null)
    entry.target = { ...entry.target, source, via, leadPicture };
  if (leads) entry.target = { ...entry.target, via };
}

/** What was known of it stays, but for its address. */
function withOld(target: Target, old: Target): Target {
  return {
    ...old,
    url: target.url,
    source: old.source ?? target.source,
    via: old.via ?? target.via,
    leadPicture: old.leadPicture ?? target.leadPicture,
  };
}

function foundOf({ target, outcome, code, detail, settledAt, againAt, attempts }: Entry): FoundTarget {
  const isSettled = outcome !== null;
  return {
    target,
    state: outcome ?? 'waiting',
    code,
    detail,
    settledAt: isSettled ? settledAt : null,
    againAt,
    attempts,
  };
}

function isNotWell(outcome: Outcome['kind'] | null): boolean {
  return outcome !== null && (NOT_WELL as readonly string[]).includes(outcome);
}

function inOrder(a: Entry, b: Entry): number {
  return b.target.priority - a.target.priority || (b.target.id > a.target.id ? 1 : -1);
}
