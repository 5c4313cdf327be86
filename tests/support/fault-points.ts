/**
 * Preloaded by tests alone: counts every step by which files are written, and lets one of them fail as disks and power
 * do. `GUANCHA_ARCHIVE_FAULT=kill:17` kills the process at the 17th step, `ENOSPC:17` and `EIO:17` refuse it and every one after.
 * `halt` leaves files as a kill does, without a process of its own: from that step on nothing is written and nothing settles.
 * A step that writes bytes is torn: half of them arrive.
 */
import fs, { promises as fsp } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export interface Fault {
  readonly kind: 'kill' | 'halt' | 'ENOSPC' | 'EIO';
  /** Counted from 1. */
  readonly at: number;
}

export interface FaultPoints extends Disposable {
  /** Steps so far. */
  readonly steps: number;
  /** Resolves once a `halt` was reached. */
  readonly halted: Promise<void>;
}

/** Patches `node:fs` for this process until disposed; `fault` null only counts. */
export function installFaults(fault: Fault | null, isWatched: (path: string) => boolean = () => true): FaultPoints {
  const original = { ...fsp };
  let steps = 0;
  const { promise: halted, resolve: halt } = Promise.withResolvers<void>();

  /** Takes a step, or fails it; `torn` lets half of the work happen first. */
  async function step<T>(
    name: string,
    path: string,
    work: () => Promise<T>,
    torn?: () => Promise<unknown>,
  ): Promise<T> {
    if (!isWatched(path)) return work();
    steps += 1;
    if (fault === null || steps < fault.at || (fault.kind === 'kill' && steps > fault.at)) return work();
    if (fault.kind === 'ENOSPC' && name === 'rm') return work(); // a full disk does not refuse to get emptier
    if (fault.kind !== 'halt' || steps === fault.at) await torn?.();
    if (fault.kind === 'kill') process.kill(process.pid, 'SIGKILL');
    if (fault.kind === 'halt') {
      halt();
      return new Promise<never>(() => {}); // whoever waits for it is gone, as in a killed process
    }
    const text = { kill: 'killed', ENOSPC: 'no space left on device', EIO: 'i/o error' }[fault.kind];
    throw Object.assign(new Error(`${fault.kind}: ${text}, ${name} '${path}'`), {
      code: fault.kind,
      syscall: name,
      path,
    });
  }

  const half = (data: unknown) => {
    const bytes = typeof data === 'string' ? Buffer.from(data) : (data as Uint8Array);
    return bytes.subarray(0, Math.floor(bytes.length / 2));
  };
  Object.assign(fsp, {
    mkdir: (path: string, options?: fs.MakeDirectoryOptions) =>
      step('mkdir', String(path), () => original.mkdir(path, options)),
    rename: (from: string, to: string) => step('rename', String(to), () => original.rename(from, to)),
    rm: (path: string, options?: fs.RmOptions) => step('rm', String(path), () => original.rm(path, options)),
    writeFile: (path: string, data: string | Uint8Array, options?: fs.WriteFileOptions) =>
      step(
        'writeFile',
        String(path),
        () => original.writeFile(path, data, options),
        () => original.writeFile(path, half(data), options),
      ),
    open: async (path: string, flags?: string) => {
      const handle = await original.open(path, flags);
      const sync = handle.sync.bind(handle);
      handle.sync = () => step('sync', String(path), sync);
      return handle;
    },
  });
  // Downloads are streams, which write by these.
  const { open, write, writev } = fs;
  const downloads = new Map<number, string>();
  fs.open = ((path: fs.PathLike, flags: string, mode: number, done: (error: Error | null, fd: number) => void) =>
    open(path, flags, mode, (error, fd) => {
      downloads.delete(fd);
      if (error === null && flags === 'w') downloads.set(fd, String(path));
      done(error, fd);
    })) as typeof fs.open;
  const downloading = (whole: typeof write | typeof writev) =>
    ((fd: number, ...rest: unknown[]) => {
      const path = downloads.get(fd);
      const work = () => Reflect.apply(whole, fs, [fd, ...rest]) as unknown;
      if (path === undefined) return work();
      step('write', path, async () => void work()).catch(rest.at(-1) as (error: Error) => void);
      return undefined;
    }) as typeof write & typeof writev;
  fs.write = downloading(write);
  fs.writev = downloading(writev);
  syncBuiltinESMExports();

  return {
    get steps() {
      return steps;
    },
    halted,
    [Symbol.dispose]: () => {
      Object.assign(fsp, original);
      Object.assign(fs, { open, write, writev });
      syncBuiltinESMExports();
    },
  };
}

const [, kind, at] = /^(kill|ENOSPC|EIO):(\d+)$/.exec(process.env.GUANCHA_ARCHIVE_FAULT ?? '') ?? [];
const root = process.env.GUANCHA_ARCHIVE_FAULT_ROOT;
if (kind !== undefined && root !== undefined)
  installFaults({ kind: kind as Fault['kind'], at: Number(at) }, (path) => path.startsWith(root));
