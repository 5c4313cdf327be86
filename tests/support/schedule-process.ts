/**
 * `schedule` on a turned clock, in a process of its own that can be killed: `schedule-process.ts CONFIG FROM UNTIL STATE`,
 * instants in ms since 1970. STATE always holds the clock's time; each day prints a line with the memory in use.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { schedule } from '../../src/commands/schedule.ts';
import { loadConfig } from '../../src/config.ts';
import { createTerminal } from '../../src/report/terminal.ts';
import { openTurnedClock } from './turned-clock.ts';

const [config = '', from = '', until = '', state = ''] = process.argv.slice(2);
const DAY_MS = 86_400_000;

const clock = openTurnedClock(Number(from));
const stopSignal = new AbortController();
process.on('SIGTERM', () => stopSignal.abort());
let day = Math.floor(clock.now() / DAY_MS);
clock.onAdvance((now) => {
  writeFileSync(`${state}.new`, String(now)); // a kill leaves one or the other, and never half
  renameSync(`${state}.new`, state);
  if (now >= Number(until)) stopSignal.abort();
  if (Math.floor(now / DAY_MS) === day) return;
  day = Math.floor(now / DAY_MS);
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ day: new Date(now).toISOString(), rss, heapUsed })}\n`);
});

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
