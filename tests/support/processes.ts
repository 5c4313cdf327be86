/** What Linux reports of running processes (/proc). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Process ids of the children of a process; zombies are none. */
export function childrenOf(parent: number): number[] {
  return all().filter((pid) => {
    const [state, parentOf] = statOf(pid);
    return Number(parentOf) === parent && state !== 'Z';
  });
}

/** Its children, their children, and so on. */
export function descendantsOf(parent: number): number[] {
  return childrenOf(parent).flatMap((pid) => [pid, ...descendantsOf(pid)]);
}

/** The program that a started command comes to run: a shell script that waits for it is passed over. */
export function programOf(pid: number): number {
  const isShell = /\/(?:sh|dash|bash|busybox)$/.test(programFileOf(pid));
  const [child, ...more] = isShell ? childrenOf(pid) : [];
  return child === undefined || more.length > 0 ? pid : programOf(child);
}

/** Empty where it ended, or is somebody else's. */
function programFileOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

/** Its program with all arguments, as one text. */
export function commandOf(pid: number): string {
  return readOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** The Internet sockets that a process holds: `tcp`, `tcp6`, `udp`, `udp6` with the port at the other end, 0 for none. */
export function socketsOf(pid: number): { readonly kind: string; readonly remotePort: number }[] {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  } catch {
    // It ended, or closed the descriptor, while the list was read: what was seen so far counts.
  }
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) => {
    const rows = readOf(`/proc/net/${kind}`).trim().split('\n').slice(1);
    const fields = rows.map((row) => row.trim().split(/\s+/));
    return fields
      .filter((field) => inodes.has(field[9] ?? ''))
      .map((field) => ({ kind, remotePort: Number.parseInt(field[2]?.split(':')[1] ?? '', 16) }));
  });
}

function all(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** State and parent. */
function statOf(pid: number): string[] {
  return readOf(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
}

/** Empty where the process ended while the list was read. */
function readOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
