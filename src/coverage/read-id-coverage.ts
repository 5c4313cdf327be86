/** Reads the id coverage of an archive: from its records, which decide, then from what the frontier knows besides. */

import type { Archive } from '../archive/archive.ts';
import { isGone } from '../archive/record.ts';
import { ArchiveError } from '../errors.ts';
import type { FoundTarget, Frontier } from '../frontier/frontier.ts';
import type { Journal } from '../journal/journal.ts';
import type { Probe } from '../journal/sources.ts';
import type { Target } from '../model.ts';
import { dayOf, daysAfter, readClock, startOf } from '../site/clock.ts';
import { probedNumber } from './gap-numbers.ts';
import { type IdFact, type IdRuns, openIdRuns } from './gaps.ts';
import { type IdCoverage, makeIdCoverage, type Window } from './id-coverage.ts';

export interface ReadIdCoverage {
  readonly coverage: IdCoverage;
  /** Records that cannot be read. */
  readonly damaged: readonly ArchiveError[];
  /** The newest archived article since the window began that is still there; null for none. */
  readonly newest: { readonly number: number; readonly url: string } | null;
}

/** The first gap's lower neighbour is looked for in so many days before the window. */
const DAYS_BEFORE = 8;

export async function readIdCoverage(
  services: { readonly archive: Pick<Archive, 'records'>; readonly frontier: Frontier; readonly journal: Journal },
  window: Window,
): Promise<ReadIdCoverage> {
  const runs = openIdRuns();
  const from = daysAfter(window.since, -DAYS_BEFORE);
  const isNear = (day: string) => day >= from && day <= daysAfter(window.until, DAYS_BEFORE);
  const { archive, frontier, journal } = services;
  const { damaged, newest } = await addRecords(archive.records(from.slice(0, 7)), runs);
  addTargets(frontier, runs, isNear);
  const probed = addProbes(journal, runs);
  const sightings = sightingsOf(journal, startOf(from));
  return { coverage: makeIdCoverage({ runs, sightings, probed }, window), damaged, newest };
}

async function addRecords(
  records: ReturnType<Archive['records']>,
  runs: IdRuns,
): Promise<Pick<ReadIdCoverage, 'damaged' | 'newest'>> {
  const damaged: ArchiveError[] = [];
  let newest: ReadIdCoverage['newest'] = null;
  for await (const stored of records) {
    if (stored instanceof ArchiveError) {
      damaged.push(stored);
      continue;
    }
    const { id, url, article } = stored.record;
    const number = numberOf(id);
    const at = Date.parse(article.publishedAt);
    if (number === null) continue;
    const gone = isGone(stored.record) !== null;
    runs.add(number, { state: gone ? 'withdrawn' : 'archived', code: null, day: dayOf(at), at });
    if (!gone && number > (newest?.number ?? 0)) newest = { number, url };
  }
  return { damaged, newest };
}

function addTargets(frontier: Frontier, runs: IdRuns, isNear: (day: string) => boolean): void {
  for (const found of frontier.between(0, Number.MAX_SAFE_INTEGER)) {
    const { target, state } = found;
    const number = numberOf(target.id);
    const at = publicationOf(target);
    if (number === null || at === null || !isNear(dayOf(at))) continue;
    // An address that nothing but a hand gave may have the wrong day: that it is gone says nothing of the number.
    if (state === 'gone' && target.source === null) continue;
    runs.add(number, { state: stateOf(state), code: codeOf(found), day: dayOf(at), at });
  }
}

/** The time that a list printed, to the minute, else noon of the day in the address. */
function publicationOf({ url, listed }: Target): number | null {
  const day = /\/(\d{4})_(\d{2})_(\d{2})_\d+\.shtml$/.exec(url)?.slice(1).join('-');
  const time = listed?.time ?? null;
  const printed = time === null ? null : readClock(time, '');
  if (printed !== null && printed.precision !== 'day') return Date.parse(printed.at);
  return day === undefined ? null : startOf(day) + 43_200_000;
}

/** The archive has no record of it, whatever the frontier says: then it is still to be visited. */
function stateOf(outcome: string): IdFact['state'] {
  switch (outcome) {
    case 'gone':
    case 'moved':
    case 'link-out':
    case 'failed':
    case 'blocked':
    case 'refused':
      return outcome;
    default:
      return 'waiting';
  }
}

function codeOf({ state, code }: FoundTarget): string | null {
  return ['failed', 'blocked', 'refused'].includes(state) ? code : null;
}

/** A number is nobody's once every day that it may have was asked for. */
function addProbes(journal: Journal, runs: IdRuns): { readonly day: string; readonly isArticle: boolean }[] {
  const probed: { readonly day: string; readonly isArticle: boolean }[] = [];
  for (const [number, probes] of byNumber(journal.probes.all())) {
    const [{ inferred, at }] = probes;
    const answer = probedNumber(probes, { inferred, now: at });
    if (answer.kind === 'found') probed.push({ day: answer.probe.day, isArticle: true });
    if (answer.kind !== 'nobodys') continue;
    // What a list showed after all, or an address of another day gave, is known by that.
    if (runs.add(number, { state: 'unpublished', code: null, day: null, at: 0 }))
      probed.push({ day: inferred, isArticle: false });
  }
  return probed;
}

type Probes = readonly [Probe, ...Probe[]];

function* byNumber(probes: Iterable<Probe>): Generator<readonly [number, Probes]> {
  let group: Probes | null = null;
  for (const probe of probes) {
    if (group !== null && group[0].number === probe.number) group = [...group, probe];
    else {
      if (group !== null) yield [group[0].number, group];
      group = [probe];
    }
  }
  if (group !== null) yield [group[0].number, group];
}

function* sightingsOf(
  journal: Journal,
  since: number,
): Generator<{ readonly id: number; readonly sources: readonly string[] }> {
  for (const { id, sources } of journal.sightings.since(since)) {
    const number = numberOf(id);
    if (number !== null) yield { id: number, sources };
  }
}

/** Null for a community post. */
function numberOf(id: string): number | null {
  const digits = /^guancha:(\d+)$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}
