/** `status`: what the archive holds, how the last run went, what failed and why. Reads only. */
import { describeDrift, findDrift } from '../alarms/drift.ts';
import { alarmLine, alarmsOf, describeAlarm } from '../alarms/sources.ts';
import { openStorage } from '../archive/open-storage.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { describeHolder } from '../frontier/lock.ts';
import { openOperations } from '../frontier/operations.ts';
import type { OpenDoubt } from '../journal/doubts.ts';
import type { Latency } from '../journal/figures.ts';
import type { PausedHost } from '../journal/hosts.ts';
import { describeHoldings, describeSeals, readArchiveState } from '../report/archive-state.ts';
import { describeDuration, type Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';
import { describeOrder, orderLine } from './orders.ts';

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
  const orders = journal.orders.open();
  const state = await readArchiveState(config, { storage: await openStorage(config), journal, now });
  const { seals, slots, lastAudit } = state;
  const sealed = describeSeals(seals);
  const outcomes = Object.create(null) as Record<string, number>; // their names may be those of a damaged row
  for (const { outcome, count } of sources) outcomes[outcome] = (outcomes[outcome] ?? 0) + count;

  const lines = [
    style('bold', archive),
    ...describeHoldings(state),
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
    ...(revisits.planned === 0
      ? []
      : [`${counted(revisits.planned, 'revisit is', 'revisits are')} planned, ${revisits.due} due`]),
    ...pauses.map((pause) => style('yellow', describePause(pause))),
    ...doubts.map((doubt) => style('yellow', describeDoubt(doubt))),
    ...latencies.map(describeLatency),
    ...alarms.map((alarm) => style('yellow', describeAlarm(alarm))),
    ...drift.map((each) => style('yellow', describeDrift(each))),
    ...slots.map(({ source, dueAt }) => `${source} is read next ${wallClock(dueAt)}`),
    ...(lastAudit === null
      ? []
      : [
          `last audit ${wallClock(lastAudit.at)}: ${counted(lastAudit.errors, 'error')}, ${counted(lastAudit.warnings, 'warning')}`,
        ]),
    ...(sealed === null ? [] : [sealed]),
    ...(seals.failure === null
      ? []
      : [style('yellow', `the last seal failed ${wallClock(seals.failure.at)}: ${seals.failure.detail}`)]),
    ...(notices.waiting === 0 ? [] : [`${counted(notices.waiting, 'notice waits', 'notices wait')} to be delivered`]),
    ...notices.failed.flatMap(({ at, on, to, attempts, error }) => [
      line`${wallClock(at)}  ${style('red', `notice ${on} given up`)}  ${to}, ${counted(attempts, 'attempt')}`,
      `    ${error}`,
    ]),
    ...failures.flatMap(({ at, outcome, code, url, detail }) => [
      line`${wallClock(at)}  ${style('red', `${outcome} ${code}`)}  ${url}`,
      `    ${detail}`,
    ]),
  ];
  const values = {
    archive,
    holdings: state.holdings,
    stateBytes: state.stateBytes,
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
    state.holdings === null &&
    lastRun === null &&
    sources.length + notices.waiting + notices.failed.length + orders.length === 0
  )
    terminal.say(`${archive}: nothing has been archived here yet`);
  else terminal.say(...lines);
  return EXIT.ok;
}

/** A host that is left alone, for people. */
export function describePause({ host, until, reason }: PausedHost): string {
  return `${host} is left alone until ${wallClock(until)}: ${reason}`;
}

/** What is shown of an archived article and not believed, for people. */
function describeDoubt({ id, detail, seen, againAt }: OpenDoubt): string {
  const next = againAt === null ? 'no visit is planned' : `looked at again from ${wallClock(againAt)} on`;
  return `${id} stays as archived, for what is shown is implausible: ${detail}; seen ${counted(seen.length, 'time')}, ${next}`;
}

function describeLatency({ source, articles, medianMs, p95Ms }: Latency): string {
  const times = `median ${describeDuration(medianMs)}, 95 % within ${describeDuration(p95Ms)}`;
  return `from publication to the archive: ${source} ${times} (${counted(articles, 'article')} of 30 days)`;
}
