/** `--cluster` of the commands whose work the hands of a cluster can share. */
import type { Config } from '../config.ts';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Terminal } from '../report/terminal.ts';

/** The address of the queue by which hands take partitions. @throws USAGE where there is none, and for `--jobs` */
export function requireRedis(
  command: string,
  { jobs }: { readonly jobs?: number | undefined },
  { cluster }: Pick<Config, 'cluster'>,
): string {
  if (jobs !== undefined)
    throw new ArchiveError('USAGE', `${command}: --jobs are threads of this machine, and --cluster asks for hands`);
  if (cluster.redis === null)
    throw new ArchiveError('USAGE', `${command} --cluster: the configuration has no cluster.redis`);
  return cluster.redis;
}

/** What a work that is shared says of itself, and how far it is. */
export function progressOf(terminal: Terminal): {
  readonly log: Log;
  readonly onProgress: (done: number, total: number) => void;
} {
  return { log: terminal.log, onProgress: (done, total) => terminal.progress(done, total, 'partition') };
}

/** A signal that aborts with the command, with INTERRUPTED as its reason. */
export function interrupted(signal: AbortSignal, command: string): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(new ArchiveError('INTERRUPTED', command));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return controller.signal;
}
