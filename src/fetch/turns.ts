/**
 * Which hosts this process may write to just now, where several machines ask them. A claim of a host runs out; a process that
 * was stopped after it, for as long as anybody likes, would send its request when another machine has the host. So every
 * connection asks here before each write, that of a browser (which has no other way out than the proxy in this process) like
 * that of a download, and a write without a claim that is young enough ends the connection instead.
 *
 * What this cannot see: a stop in the microseconds between the look and the system call; bytes that the kernel has taken and
 * sends later; a machine that sleeps as a whole where its wall clock does not go on either; a proxy of the owner that sends
 * late what it took in time.
 */
import type { Socket } from 'node:net';
import { ArchiveError } from '../errors.ts';

export interface Turns {
  /**
   * Lets requests be written to a host, as long as its claim is young.
   * @param host as a URL spells it, with its port where that is not the usual one
   * @param since taken before the claim was asked for
   */
  begin(host: string, since: Moment): Turn;
  /** Has a connection ask before each write. @returns the same */
  gated<S extends Socket>(socket: S, host: string): S;
}

export interface Turn {
  /** The claim was given anew. @param since taken before it was asked for */
  renew(since: Moment): void;
  /** True where a write was refused: whoever made the request has to claim the host again. */
  isMissed(): boolean;
  /** @param isAnswered false where a request may still be on its way to the network: its connections are then cut */
  end(isAnswered: boolean): void;
}

/** By both clocks of the machine: one of them stands still where the machine sleeps, the other may be set. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function moment(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

function sinceMs({ monotonicMs, wallMs }: Moment): number {
  return Math.max(performance.now() - monotonicMs, Date.now() - wallMs);
}

interface HostTurns {
  readonly open: Set<{ since: Moment; isMissed: boolean }>;
  readonly sockets: Set<Socket>;
  /** The last turn came to its end: what is written now is no request, such as the farewell of TLS. */
  isQuiet: boolean;
}

/** @param options a claim that is older than `youngMs` does not count, which is well before others may have the host */
export function openTurns({ youngMs }: { readonly youngMs: number }): Turns {
  const hosts = new Map<string, HostTurns>();

  return {
    begin: (host, since) => {
      const { open } = turnsOf(host);
      const turn = { since, isMissed: false };
      open.add(turn);
      return {
        renew: (at) => {
          turn.since = at;
        },
        isMissed: () => turn.isMissed,
        end: (isAnswered) => {
          if (open.delete(turn)) settle(host, isAnswered);
        },
      };
    },
    gated: (socket, host) => {
      const { sockets } = turnsOf(host);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
      socket.write = (...args: unknown[]) => {
        if (mayWrite(host)) return write(...args);
        socket.destroy(new ArchiveError('NETWORK', `${host}: the time for this request had passed`));
        return false;
      };
      return socket;
    },
  };

  function turnsOf(host: string): HostTurns {
    const known = hosts.get(host);
    if (known !== undefined) return known;
    const fresh = { open: new Set<never>(), sockets: new Set<never>(), isQuiet: true };
    hosts.set(host, fresh);
    return fresh;
  }

  function mayWrite(host: string): boolean {
    const { open, isQuiet } = turnsOf(host);
    if (open.size === 0) return isQuiet;
    const isYoung = [...open].some(({ since }) => sinceMs(since) < youngMs);
    if (!isYoung) for (const turn of open) turn.isMissed = true;
    return isYoung;
  }

  function settle(host: string, isAnswered: boolean): void {
    const state = turnsOf(host);
    state.isQuiet = isAnswered;
    if (isAnswered) return;
    // A page and a picture of one host may be asked for at once: the other one is asked for again.
    for (const turn of state.open) turn.isMissed = true;
    for (const socket of state.sockets) socket.destroy();
  }
}
