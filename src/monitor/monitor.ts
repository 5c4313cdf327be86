/** Shows the engine's state to whoever watches it: over HTTP, as a file, or both. */
import type { Log } from '../log.ts';
import type { ListenAddress } from '../url/listen-address.ts';
import { keepHealthFile } from './health-file.ts';
import { createMetrics } from './metrics.ts';
import { openServer } from './server.ts';
import type { MonitorState } from './state.ts';

export interface Monitor extends AsyncDisposable {
  /** `http://127.0.0.1:9464`; null where it does not listen. */
  readonly origin: string | null;
}

/**
 * Answers as long as the process can: an engine that waits for ever is told by the age of its last beat, a process that hangs
 * altogether by no answer and by a file that is old.
 * @param options `file` is an absolute path; null for what is not wanted
 * @throws LISTEN_FAILED
 */
export async function openMonitor(options: {
  readonly listen: ListenAddress | null;
  readonly file: string | null;
  readonly state: MonitorState;
  readonly log: Log;
}): Promise<Monitor> {
  const { listen, file, state, log } = options;
  const { health } = state;
  await using opened = new AsyncDisposableStack();
  const server =
    listen === null ? null : opened.use(await openServer(listen, { health, metrics: createMetrics(state) }));
  if (file !== null) opened.use(await keepHealthFile(file, { health, log }));
  const open = opened.move();
  return { origin: server?.origin ?? null, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
