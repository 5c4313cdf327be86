/** Runs a command and adds up what its whole family of processes used, the browser's included. Linux only: reads /proc. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MS_PER_TICK, proportionalBytes, watchFamily } from './family.ts';

export interface Usage {
  readonly wallMs: number;
  /**
   * The larger of two sums, neither of which can be too high: what was seen of every process while it ran, and what the
   * kernel had added up of those that were waited for.
   */
  readonly cpuMs: number;
  /** Largest sum of proportional set sizes seen at one moment. */
  readonly peakBytes: number;
  readonly stdout: string;
}

export interface Run extends Usage {
  /** Null where it was ended before its time: by `signal`, or because this process was interrupted. */
  readonly code: number | null;
  readonly interrupted: boolean;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  /** Whether to add up memory too, which costs the machine some time. */
  readonly memory?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Ends the command and all that it started. */
  readonly signal?: AbortSignal;
}

const SAMPLE_MS = 100;
const STOPS = ['SIGINT', 'SIGTERM'] as const;
/** Runs its arguments and writes what the kernel says of the shell and its children to file 3. */
const SHELL = '"$@"; code=$?; read -r line < /proc/$$/stat; echo "$line" >&3; exit $code';

/** As `runMeasured`. @throws if the command ends with another code than 0 */
export async function measure(
  command: readonly [string, ...string[]],
  options: Pick<RunOptions, 'input' | 'memory' | 'env'> = {},
): Promise<Usage> {
  const run = await runMeasured(command, options);
  if (run.code !== 0) throw new Error(`${command.join(' ')} ended with ${run.code}:\n${run.stdout}${run.stderr}`);
  return run;
}

/** Whatever the command leaves running is ended with it. A command that cannot be started has code 127 or 126. */
export async function runMeasured(command: readonly [string, ...string[]], options: RunOptions = {}): Promise<Run> {
  const { signal } = options;
  const startedAt = performance.now();
  const child = spawn('sh', ['-c', SHELL, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true, // leads a session, by which its family is known; a terminal's Ctrl-C comes to this process alone
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  child.stdin.on('error', () => {}); // it ended before it had read everything: its code says so
  child.stdin.end(options.input ?? '');
  const [stdout, stderr, accounts] = [
    collect(child.stdout),
    collect(child.stderr),
    collect(child.stdio[3] as Readable),
  ];
  let wallMs = 0;
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      wallMs = performance.now() - startedAt;
      resolve(code);
    });
  });
  const closed = new Promise((resolve) => child.on('close', resolve));
  const family = watchFamily(child.pid ?? 0);
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  for (const name of STOPS) process.once(name, stop);
  let ended = false;
  const mark = () => {
    ended = true;
  };
  exited.then(mark, mark);
  let peakBytes = 0;
  while (!ended && signal?.aborted !== true && !interrupted.signal.aborted) {
    const alive = family.look();
    if (options.memory === true)
      peakBytes = Math.max(
        peakBytes,
        alive.reduce((sum, pid) => sum + proportionalBytes(pid), 0),
      );
    await Promise.race([sleep(SAMPLE_MS), exited]);
  }
  const inTime = ended;
  await family.end(); // after this nobody holds the pipes, on which `close` waits
  const code = await exited;
  await closed;
  for (const name of STOPS) process.off(name, stop);
  // Fields 16 and 17: the time of children that were waited for, and of theirs.
  const fields = accounts()
    .replace(/^.*\) /s, '')
    .split(' ');
  const waitedFor = accounts() === '' ? 0 : (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK;
  const cpuMs = Math.max(family.ticks() * MS_PER_TICK, waitedFor);
  return {
    wallMs,
    cpuMs,
    peakBytes,
    stdout: stdout(),
    stderr: stderr(),
    code: inTime ? code : null,
    interrupted: interrupted.signal.aborted,
  };
}

function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  return () => text;
}
