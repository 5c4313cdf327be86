/** Runs a command and adds up what its whole family of processes used, the browser's included. Linux only: reads /proc. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Largest sum of proportional set sizes seen at one moment. */
  readonly peakBytes: number;
  readonly stdout: string;
}

const SAMPLE_MS = 100;
/** Clock ticks of /proc/PID/stat are hundredths of a second on every Linux that Node.js runs on. */
const MS_PER_TICK = 10;

/** @param memory whether to add up memory too, which costs the machine some time */
export async function measure(
  command: readonly [string, ...string[]],
  options: { readonly input?: string; readonly memory?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Usage> {
  const [program, ...args] = command;
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], env: options.env ?? process.env });
  child.stdin.end(options.input ?? '');
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  let wallMs = 0;
  let ended = false;
  const code = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => {
      wallMs = performance.now() - startedAt;
      ended = true;
      resolve(exit);
    });
  });
  const ticks = new Map<number, number>();
  let peakBytes = 0;
  while (!ended) {
    const family = familyOf(child.pid ?? 0);
    for (const [pid, used] of family) ticks.set(pid, used);
    if (options.memory === true)
      peakBytes = Math.max(
        peakBytes,
        [...family.keys()].reduce((sum, pid) => sum + proportionalBytes(pid), 0),
      );
    await Promise.race([sleep(SAMPLE_MS), code]);
  }
  if ((await code) !== 0) throw new Error(`${command.join(' ')} ended with ${await code}:\n${stdout}`);
  const cpuMs = [...ticks.values()].reduce((sum, used) => sum + used, 0) * MS_PER_TICK;
  return { wallMs, cpuMs, peakBytes, stdout };
}

/** Process ids of `root` and all that descend from it, with the ticks that each has used so far. */
export function familyOf(root: number): Map<number, number> {
  const processes = new Map<number, { readonly parent: number; readonly ticks: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      processes.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // It ended while the list was read.
    }
  }
  const family = new Map<number, number>();
  const belongs = (pid: number): boolean =>
    pid === root || (processes.has(pid) && belongs(processes.get(pid)?.parent ?? 0));
  for (const [pid, { ticks }] of processes) if (belongs(pid)) family.set(pid, ticks);
  return family;
}

export function proportionalBytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it ended, or is somebody else's
  }
}
