/** The state as Prometheus metrics, in the text format that it scrapes. The one door to prom-client. */
import { Counter, Gauge, Registry, Summary } from 'prom-client';
import { packageInfo } from '../package.ts';
import type { ClusterFigures, MonitorState } from './state.ts';

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

const PREFIX = 'guancha_archive_';
/** Quantiles are of the latencies of this time. */
const LATENCY_WINDOW_S = 7 * 86_400;

/** A registry of its own: nothing global is touched. */
export function createMetrics(state: MonitorState): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });

  new Counter({
    name: `${PREFIX}visits_total`,
    help: 'Visits to articles by outcome.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of state.visits) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: `${PREFIX}requests_total`,
    help: 'Requests to the site by what was asked for.',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const [kind, count] of state.requests) this.inc({ kind }, count);
    },
  });
  new Counter({
    name: `${PREFIX}runs_total`,
    help: 'FieldSamples of each source by how they ended.',
    labelNames: ['source', 'result'],
    registers,
    collect() {
      this.reset();
      for (const [source, counts] of state.reads)
        for (const [result, count] of counts) this.inc({ source, result }, count);
    },
  });
  new Gauge({
    name: `${PREFIX}source_alarm`,
    help: '1 for each alarm that holds.',
    labelNames: ['source', 'what'],
    registers,
    collect() {
      this.reset();
      for (const { source, what } of state.health().alarms) this.set({ source, what }, 1);
    },
  });
  new Gauge({
    name: `${PREFIX}host_pause_end_timestamp_seconds`,
    help: 'Until when each host is left alone that is, in seconds since 1970.',
    labelNames: ['host', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const { host, until, reason } of state.health().pauses) this.set({ host, reason }, Date.parse(until) / 1000);
    },
  });
  gauge(`${PREFIX}urls_waiting`, 'URLs that wait to be visited.', () => state.health().queue.waiting);
  gauge(`${PREFIX}revisits_due`, 'Articles that are due to be visited again.', () => state.health().queue.revisitsDue);
  gauge(
    `${PREFIX}revisits_lag_seconds`,
    'How long the longest due of them has been due.',
    () => state.health().queue.lagMs / 1000,
  );
  gauge(
    `${PREFIX}last_progress_timestamp_seconds`,
    'When progress was made last, in seconds since 1970.',
    () => Date.parse(state.health().lastProgressAt) / 1000,
  );
  gauge(`${PREFIX}healthy`, '0 where /healthz answers 503, else 1.', () =>
    state.health().status === 'failing' ? 0 : 1,
  );
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
  gauge(
    'process_start_time_seconds',
    'When the process began, in seconds since 1970.',
    () => Date.parse(state.health().startedAt) / 1000,
  );
  gauge('nodejs_heap_size_used_bytes', 'Used heap of the process.', () => process.memoryUsage().heapUsed);
  new Gauge({
    name: `${PREFIX}info`,
    help: 'Version of the program, always 1.',
    labelNames: ['version'],
    registers,
  }).set({ version: packageInfo().version }, 1);

  const latency = new Summary({
    name: `${PREFIX}discovery_latency_seconds`,
    help: 'Time from publication to archive by source, quantiles of the last seven days.',
    labelNames: ['source'],
    percentiles: [0.5, 0.95],
    maxAgeSeconds: LATENCY_WINDOW_S,
    ageBuckets: 7,
    pruneAgedBuckets: false,
    registers,
  });
  state.onLatency((source, timeMs) => latency.observe({ source }, timeMs / 1000));

  let hasCluster = false; // whoever is alone says nothing of one
  return {
    contentType: registry.contentType,
    text: () => {
      if (!hasCluster && state.cluster() !== null) ofCluster(state, registers);
      hasCluster ||= state.cluster() !== null;
      return registry.metrics();
    },
  };
}

/** Labels have few values each: commands and states, no names. */
function ofCluster({ cluster }: MonitorState, registers: Registry[]): void {
  type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];
  const gauge = (name: string, help: string, samplesOf: (figures: ClusterFigures) => readonly Sample[]) => {
    new Gauge({
      name: `${PREFIX}cluster_${name}`,
      help,
      labelNames: ['command', 'queue', 'state'], // each sample has those that it names
      registers,
      collect() {
        this.reset();
        const figures = cluster();
        if (figures !== null) for (const [labels, value] of samplesOf(figures)) this.set(labels, value);
      },
    });
  };
  gauge('hands', 'Processes that work for the cluster; silent ones were killed, stopped or are cut off.', ({ hands }) =>
    hands.map(({ command, isSilent, count }) => [{ command, state: isSilent ? 'silent' : 'working' }, count]),
  );
  gauge('leaders', 'Schedules that lead: 1, or 0 where another one takes over.', ({ leaders }) => [[{}, leaders]]);
  gauge('leases', 'Articles in hand, and those of hands that died.', ({ leases }) => [
    [{ state: 'held' }, leases.held],
    [{ state: 'ran_out' }, leases.ranOut],
  ]);
  gauge('queue_up', '1 where the queue answers, else 0.', ({ queue }) =>
    queue === null ? [] : [[{ queue: 'visit' }, queue === 'away' ? 0 : 1]],
  );
  gauge('queue_jobs', 'Visits that are offered to the hands, and those that they work on.', ({ queue }) =>
    queue === null || queue === 'away'
      ? []
      : [
          [{ queue: 'visit', state: 'waiting' }, queue.waiting],
          [{ queue: 'visit', state: 'in_hand' }, queue.inHand],
        ],
  );
  gauge('hosts_in_hand', 'Hosts that are asked for something at this moment.', ({ hostsInHand }) => [
    [{}, hostsInHand],
  ]);
  gauge('seen_timestamp_seconds', 'When the cluster was looked at last, in seconds since 1970.', ({ at }) => [
    [{}, Date.parse(at) / 1000],
  ]);
}
