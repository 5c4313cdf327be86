/** `status`: what the archive holds, how the last run went, what failed and why. Reads only. */
import { join } from 'node:path';
import { describeDrift, findDrift } from '../alarms/drift.ts';
import { alarmLine, alarmsOf, describeAlarm } from '../alarms/sources.ts';
import { CATALOG } from '../archive/keys.ts';
import { inFolder, openStorage } from '../archive/open-storage.ts';
import { type Holdings, readHoldings } from '../catalog/holdings.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ruleOf, timingOf } from '../crawl/timing.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { describeHolder } from '../frontier/lock.ts';
import { openOperations } from '../frontier/operations.ts';
import type { OpenDoubt } from '../journal/doubts.ts';
import type { Latency } from '../journal/figures.ts';
import type { PausedHost } from '../journal/hosts.ts';
import type { Slots } from '../journal/journal.ts';
import { readStoredAudit, storedAudits } from '../report/stored-audits.ts';
import { describeDuration, type Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';
import { dayOf } from '../site/clock.ts';
import { describeOrder, orderLine } from './orders.ts';
import { sealState } from './sealing.ts';

const MOST_FAILURES = 20;
/** Latencies of so long. */
const LATENCY_MS = 30 * 86_400_000;

export async function status({
  config,
  terminal,
}: {
  readonly config: Config;
  readonly terminal: Terminal;
}): Promise<ExitCode> {
  const { archive } = config;
  const now = Date.now();
  using operations = openOperations(config, { readOnly: true, longestPauseMs: config.politeness.longestPauseMs });
  const { frontier, journal } = operations;
  const sources = frontier.counts();
  const failures = frontier.failures(MOST_FAILURES);
  const lastRun = journal.runs.lastRun();
  const revisits = journal.revisits.counts(now);
  const pauses = journal.hosts.pauses();
  const doubts = journal.doubts.all();
  const latencies = journal.latencies.since(now - LATENCY_MS);
  const drift = findDrift(journal.fieldSamples.newest());
  const alarms = config.sources.flatMap(({ name }) => alarmsOf(journal.sourceSamples.of(name)));
  const notices = { waiting: journal.outbox.waiting(), failed: journal.outbox.givenUp(MOST_FAILURES) };
  const seals = await sealState(config);
  const slots = slotsOf(config, journal.slots);
  const lastAudit = await lastAuditOf(config);
  const orders = journal.orders.open();
  const held = await holdingsOf(config, dayOf(now));
  const outcomes = Object.create(null) as Record<string, number>; // their names may be those of a damaged row
  for (const { outcome, count } of sources) outcomes[outcome] = (outcomes[outcome] ?? 0) + count;

  const lines = [
    style('bold', archive),
    ...describeHoldings(held),
    '',
    ...Object.entries(outcomes).map(([outcome, count]) => `${String(count).padStart(8)} ${outcome}`),
    '',
    ...sources.map(
      ({ source, outcome, count }) =>
        `${String(count).padStart(8)} ${outcome.padEnd(10)} ${source ?? '(command line)'}`,
    ),
    '',
    lastRun === null
      ? 'no run yet'
      : `last run: ${lastRun.command}, ${wallClock(lastRun.startedAt)} to ${lastRun.endedAt === null ? ((await describeHolder(archive)) === null ? 'when it was cut off' : 'now') : wallClock(lastRun.endedAt)}`,
    ...orders.map(describeOrder),
    ...(revisits.planned === 0 ? [] : [`${revisits.planned} revisits are planned, ${revisits.due} of them are due`]),
    ...pauses.map((pause) => style('yellow', describePause(pause))),
    ...doubts.map((doubt) => style('yellow', describeDoubt(doubt))),
    ...latencies.map(describeLatency),
    ...alarms.map((alarm) => style('yellow', describeAlarm(alarm))),
    ...drift.map((each) => style('yellow', describeDrift(each))),
    ...slots.map(({ source, dueAt }) => `${source} is read next ${wallClock(dueAt)}`),
    ...(lastAudit === null
      ? []
      : [`last audit ${wallClock(lastAudit.at)}: ${lastAudit.errors} errors, ${lastAudit.warnings} warnings`]),
    ...(seals.sealedAt === null ? [] : [`last sealed ${wallClock(seals.sealedAt)}`]),
    ...(seals.failure === null
      ? []
      : [style('yellow', `the last seal failed ${wallClock(seals.failure.at)}: ${seals.failure.detail}`)]),
    ...(notices.waiting === 0 ? [] : [`${notices.waiting} notices wait to be delivered`]),
    ...notices.failed.flatMap(({ at, on, to, attempts, error }) => [
      line`${wallClock(at)}  ${style('red', `notice ${on} given up`)}  ${to}, ${attempts} attempts`,
      `    ${error}`,
    ]),
    ...failures.flatMap(({ at, outcome, code, url, detail }) => [
      line`${wallClock(at)}  ${style('red', `${outcome} ${code}`)}  ${url}`,
      `    ${detail}`,
    ]),
  ];
  const values = {
    archive,
    holdings: held,
    outcomes,
    sources,
    lastRun,
    revisits,
    pauses,
    doubts,
    latencies,
    drift,
    alarms: alarms.map(alarmLine),
    failures,
    notices,
    seals,
    slots,
    lastAudit,
    orders: orders.map(orderLine),
  };
  if (terminal.json) terminal.result('', { type: 'status', ...values });
  else if (
    held === null &&
    lastRun === null &&
    sources.length + notices.waiting + notices.failed.length + orders.length === 0
  )
    terminal.say(`${archive}: nothing has been archived here yet`);
  else terminal.say(...lines);
  return EXIT.ok;
}

/** When the schedule reads each source next, the soonest first; those alone that it has planned by today's configuration. */
function slotsOf(
  { sources, schedule }: Config,
  slots: Slots,
): readonly { readonly source: string; readonly dueAt: string }[] {
  return sources
    .flatMap((source) => {
      const known = slots.get(source.name, ruleOf(timingOf(source, schedule)));
      return known === null ? [] : [{ source: source.name, dueAt: new Date(known.dueAt).toISOString() }];
    })
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : Number(a.dueAt > b.dueAt)));
}

/** Of the whole archive; null where no report of one can be read. */
async function lastAuditOf(config: Config) {
  const storage = await openStorage(inFolder(config.archive));
  const [newest] = await storedAudits(storage);
  const found = newest === undefined ? null : await readStoredAudit(storage, newest);
  return found && { at: found.startedAt, errors: found.summary.errors, warnings: found.summary.warnings };
}

/** As of the catalog's last change; null where there is no catalog on this machine. */
async function holdingsOf(config: Config, today: string): Promise<(Holdings & { readonly asOf: string }) | null> {
  const entry = await (await openStorage(inFolder(config.archive))).stat(CATALOG);
  const found = entry === null ? null : readHoldings(join(config.archive, CATALOG), today);
  return entry === null || found === null ? null : { ...found, asOf: new Date(entry.writtenAt).toISOString() };
}

function describeHoldings(held: (Holdings & { readonly asOf: string }) | null): readonly string[] {
  if (held === null) return ['how much it holds is not counted yet: list or reindex does'];
  const { articles, posts, versions, pictures, documentBytes, firstDay, lastDay, today, asOf } = held;
  const days = firstDay === null ? '' : `, from ${firstDay} to ${lastDay}, ${today} of today`;
  return [
    `${articles} articles, ${posts} of them posts${days}`,
    `${versions} versions, ${pictures} pictures, documents of ${documentBytes} bytes`,
    `as of ${wallClock(asOf)}; list or reindex counts again`,
  ];
}

/** A host that is left alone, for people. */
export function describePause({ host, until, reason }: PausedHost): string {
  return `${host} is left alone until ${wallClock(until)}: ${reason}`;
}

/** What is shown of an archived article and not believed, for people. */
function describeDoubt({ id, detail, seen, againAt }: OpenDoubt): string {
  const next = againAt === null ? 'no visit is planned' : `looked at again from ${wallClock(againAt)} on`;
  return `${id} stays as archived, for what is shown is implausible: ${detail}; seen ${seen.length} times, ${next}`;
}

function describeLatency({ source, articles, medianMs, p95Ms }: Latency): string {
  const times = `median ${describeDuration(medianMs)}, 95 % within ${describeDuration(p95Ms)}`;
  return `from publication to the archive: ${source} ${times} (${articles} articles of 30 days)`;
}
