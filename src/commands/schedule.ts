/** `schedule`: reads the sources in their slots for months, archives what is new, visits what is archived again. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { EXIT, type ExitCode, renderError } from '../errors.ts';
import type { Alarm } from '../schedule/alarms.ts';
import { type RunReport, type ScheduledSource, serve } from '../schedule/engine.ts';
import { describeDuration } from './duration.ts';
import { reportOf, tell } from './report.ts';
import { type Interrupts, withArchive } from './session.ts';
import type { Terminal } from './terminal.ts';

export interface ScheduleContext {
  readonly config: Config;
  /** Reads the configuration again. Throws CONFIG_UNREADABLE, CONFIG_INVALID. */
  readonly reload: () => Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
  /** The machine's where absent. */
  readonly clock?: Clock;
}

/** Ends with 0 once it is asked to stop. @throws what stops a run, such as a full disk */
export async function schedule(options: { readonly wait: boolean }, context: ScheduleContext): Promise<ExitCode> {
  const { reload, terminal, interrupts, clock } = context;
  let { config } = context;
  while (!interrupts.stopping.aborted) {
    const again = new AbortController();
    const forget = interrupts.onHangup(() => again.abort());
    try {
      const open = { command: 'schedule', wait: options.wait ? interrupts.stopping : null, clock };
      const current = config;
      await withArchive(current, terminal, open, (app) =>
        serve(app, {
          ...current.politeness,
          ...current.revisits,
          ...current.schedule,
          sources: current.sources.map((source) => scheduled(source, current)),
          stopping: AbortSignal.any([interrupts.stopping, again.signal]),
          signal: AbortSignal.any([interrupts.signal, app.frontier.lost]),
          onRun: (run) => terminal.result(describeRun(run, terminal), runLine(run)),
          onSettled: (settled) => {
            if (settled.againInMs === null) tell(terminal, reportOf(settled));
          },
          onAlarm: (alarm) => tellAlarm(alarm, terminal),
          onBeat: () => {},
          log: terminal.log,
        }),
      );
    } finally {
      forget();
    }
    if (again.signal.aborted) config = reloaded(config);
  }
  return EXIT.ok;

  /** The new configuration, or the old one where the new one is not valid. */
  function reloaded(old: Config): Config {
    try {
      const config = reload();
      terminal.log({ level: 'info', stage: 'run', message: 'the configuration was read again' });
      return config;
    } catch (error) {
      const message = `${renderError(error)}\n  the old configuration goes on`;
      terminal.log({ level: 'error', stage: 'run', message });
      return old;
    }
  }
}

function scheduled(source: Config['sources'][number], { schedule }: Config): ScheduledSource {
  const { cron, timeZone } = source;
  const { minIntervalMs, maxIntervalMs } = schedule;
  const timing = cron === null ? { minIntervalMs, maxIntervalMs } : { cron, timeZone: timeZone ?? schedule.timeZone };
  return { ...source, timing };
}

function tellAlarm({ about, what, detail, since }: Alarm, terminal: Terminal): void {
  terminal.log({ level: 'warn', stage: 'run', message: `alarm: ${about}: ${what}: ${detail}` });
  if (terminal.json) terminal.result('', { alarm: about, what, detail, since: new Date(since).toISOString() });
}

function runLine({ source, entries, fresh, code, detail, ...times }: RunReport): object {
  const { slotAt, startedAt, endedAt, nextAt } = times;
  const [slot, started, ended, next] = [slotAt, startedAt, endedAt, nextAt].map((at) => new Date(at).toISOString());
  return { run: source, slot, startedAt: started, endedAt: ended, entries, fresh, code, detail, next };
}

function describeRun({ source, entries, fresh, code, endedAt, nextAt }: RunReport, terminal: Terminal): string {
  const result = code === null ? `${entries} articles, ${fresh} new` : terminal.style('red', code);
  return `${terminal.style('dim', `· ${source}`)}  ${result}  again in ${describeDuration(nextAt - endedAt)}`;
}
