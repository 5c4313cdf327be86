/**
 * `schedule` of a cluster in a process of its own that can be killed: `leader-process.ts CONFIG POSTGRES`. The cluster's clock is
 * that of the database, which `turnClusterClock` has replaced; whoever leads puts it forward by what it was to sleep, and by
 * `STEP_MS` where it would only look again.
 */
import { schedule } from '../../src/commands/schedule.ts';
import { loadConfig } from '../../src/config.ts';
import { createTerminal } from '../../src/report/terminal.ts';
import { connectTo } from './servers.ts';
import { LOOK_MS, STEP_MS } from './turned-cluster.ts';

const [config = '', postgres = ''] = process.argv.slice(2);

await using client = await connectTo(postgres);
// What is counted on from the last answer of the database has to go on with it.
let turnedMs = 0;
const machineNow = performance.now.bind(performance);
performance.now = () => machineNow() + turnedMs;

const clock = {
  now: Date.now, // nobody asks for it
  sleep: async (timeMs: number, { signal }: { readonly signal?: AbortSignal } = {}) => {
    signal?.throwIfAborted();
    const step = timeMs === LOOK_MS ? STEP_MS : Math.ceil(timeMs);
    await client.query('UPDATE turned SET ms = ms + $1', [step]);
    turnedMs += step;
    signal?.throwIfAborted();
  },
};
const stopSignal = new AbortController();
process.on('SIGTERM', () => stopSignal.abort());
const reload = () => loadConfig(config);
process.exitCode = await schedule(
  { wait: false },
  {
    config: reload(),
    reload,
    terminal: createTerminal(process, { json: true }),
    interrupts: { stopSignal: stopSignal.signal, abortSignal: new AbortController().signal, onHangup: () => () => {} },
    clock,
  },
);
