/** Is the process that wrote down its number still the same one? Numbers are given out again, births are not. */
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * What tells a process from a later one with its number: boot, number space (a container has its own), and tick of birth.
 * @returns null where the system does not say (no /proc), or where there is no such process
 */
export function birthOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; starttime is the 22nd field, the 20th after it (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isDead = fields[0] === 'Z' || fields[0] === 'X'; // its parent has not heard of it yet
    return isDead ? null : `${numberSpace()} ${fields[19]}`;
  } catch {
    return null; // not Linux, or gone: the caller asks the system for the number
  }
}

/** True where the process lives, as far as this one can see; what lies in another number space cannot be seen, and may. */
export function lives(pid: number, birth: string | null): boolean {
  const here = birthOf(process.pid);
  if (birth === null || here === null) return hasNumber(pid);
  const [boot, space] = birth.split(' ');
  const [ownBoot, ownSpace] = here.split(' ');
  if (boot !== ownBoot) return false; // the machine was started anew
  return space !== ownSpace || birthOf(pid) === birth;
}

function numberSpace(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
}

function hasNumber(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}
