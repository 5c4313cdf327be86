/** A process and all that descend from it: who they are, what they used, and their end. Linux only: reads /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clock ticks of /proc/PID/stat are hundredths of a second on every Linux that Node.js runs on. */
export const MS_PER_TICK = 10;
const END_PAUSE_MS = 20;

export interface Family {
  /** Reads /proc, and gives the ids of those that run. */
  look(): readonly number[];
  /** What all that were ever seen had used when they were seen last. */
  ticks(): number;
  /** Kills all that were ever seen, and what they start meanwhile, until none is left. */
  end(): Promise<void>;
}

/**
 * @param root leads a session (`detached: true`) whose processes are the family's whoever their parent is; those that went
 *   into a session of their own are known if they were seen while their parent lived
 */
export function watchFamily(root: number): Family {
  /** By process id. An id that starts at another time is another process. */
  const known = new Map<number, Process>();
  const past: number[] = [];
  const look = (): readonly number[] => {
    const all = readProcesses();
    for (const [pid, { startedAt, ticks }] of known) {
      if (all.get(pid)?.startedAt === startedAt) continue;
      known.delete(pid);
      past.push(ticks);
    }
    const belongs = (pid: number): boolean => {
      const process = all.get(pid);
      return process !== undefined && (known.has(pid) || process.session === root || belongs(process.parent));
    };
    for (const [pid, process] of all) if (belongs(pid)) known.set(pid, process);
    return [...known].filter(([, { state }]) => state !== 'Z').map(([pid]) => pid);
  };
  return {
    look,
    ticks: () => [...past, ...[...known.values()].map(({ ticks }) => ticks)].reduce((sum, ticks) => sum + ticks, 0),
    end: async () => {
      for (let alive = look(); alive.length > 0; alive = look()) {
        for (const pid of alive) kill(pid);
        await sleep(END_PAUSE_MS);
      }
    },
  };
}

/** Process ids of `root` and all that descend from it, with the ticks that each has used so far. */
export function familyOf(root: number): Map<number, number> {
  const processes = readProcesses();
  const belongs = (pid: number): boolean =>
    pid === root || (processes.has(pid) && belongs(processes.get(pid)?.parent ?? 0));
  return new Map([...processes].filter(([pid]) => belongs(pid)).map(([pid, { ticks }]) => [pid, ticks]));
}

/** Memory that a process holds, where what it shares with others counts in parts. */
export function proportionalBytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it ended, or is somebody else's
  }
}

interface Process {
  readonly parent: number;
  readonly session: number;
  readonly ticks: number;
  readonly state: string;
  /** In ticks since the machine started. */
  readonly startedAt: string;
}

function readProcesses(): Map<number, Process> {
  const processes = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const [state = '', startedAt = ''] = [fields[0], fields[19]];
      const [parent, session, ticks] = [Number(fields[1]), Number(fields[3]), Number(fields[11]) + Number(fields[12])];
      processes.set(Number(name), { parent, session, ticks, state, startedAt });
    } catch {
      // It ended while the list was read.
    }
  }
  return processes;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
