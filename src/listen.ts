/** A server of this program begins to listen: at one address, for so many connections at once, until it is disposed. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ArchiveError } from './errors.ts';

/** An address that a server listens on. */
export interface ListenAddress {
  /** Without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface Listening extends AsyncDisposable {
  /** `http://127.0.0.1:9464`, with the port that it was given. */
  readonly origin: string;
}

/**
 * @param options whoever comes when there are `mostConnections` takes the place of the one that has been there longest
 * @throws LISTEN_FAILED
 */
export async function listen(
  server: Server,
  { host, port }: ListenAddress,
  { mostConnections }: { readonly mostConnections: number },
): Promise<Listening> {
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    for (const oldest of connections) {
      if (connections.size < mostConnections) break;
      oldest.destroy();
      connections.delete(oldest);
    }
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening').catch((cause: Error) => {
    throw new ArchiveError('LISTEN_FAILED', cause.message, { cause });
  });
  const given = server.address() as AddressInfo;
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${given.port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

// The address that a server listens on, as a configuration spells it: `127.0.0.1:9464`, `[::1]:9464`, `localhost:9464`.

export const LISTEN_FORM = 'must be HOST:PORT such as 127.0.0.1:9464';

const FORM = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i;
const LAST_PORT = 65_535;

/** Null if the text is none. */
export function parseListenAddress(text: string): ListenAddress | null {
  const [, six, plain, digits] = FORM.exec(text) ?? [];
  const host = six ?? plain;
  const port = Number(digits);
  return host === undefined || port > LAST_PORT ? null : { host, port };
}

export function isListenAddress(text: string): boolean {
  return parseListenAddress(text) !== null;
}
