/** Keeps the monitor of a `worker` or a `schedule` up to date about the whole cluster. */
import type { App } from '../app.ts';
import { openVisitQueue } from '../cluster/queue.ts';
import { figuresOf, readCluster } from '../cluster/state.ts';
import type { Config } from '../config.ts';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { MonitorState } from '../monitor/state.ts';

const LOOK_MS = 5000;

/** Looks at once and every few seconds until disposed; a database that is away leaves the last figures, with their time. */
export function watchCluster(
  app: Pick<App, 'shared' | 'journal' | 'services'>,
  { config, state, log }: { readonly config: Config; readonly state: MonitorState; readonly log: Log },
): AsyncDisposable {
  const { redis } = config.cluster;
  const queue = redis === null ? null : openVisitQueue(redis, log);
  let step = Promise.resolve();
  const look = () => {
    step = step.then(async () => {
      try {
        const found = await readCluster(app, queue);
        if (found !== null) state.setCluster(figuresOf(found, app.services.clock.now()));
      } catch (error) {
        if (!(error instanceof ArchiveError)) throw error; // whoever works meets the same, and says it
      }
    });
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await step;
      await queue?.[Symbol.asyncDispose]();
    },
  };
}
