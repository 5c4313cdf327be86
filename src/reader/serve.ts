/** The reader over HTTP. The one door to @hono/node-server. */
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { type ListenAddress, type Listening, listen } from '../listen.ts';
import type { Reader } from './visit.ts';

/** Requests of a reader are small and come at once; whoever is slower, or sends more, is cut off. */
const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
/** A browser opens six. */
const MOST_CONNECTIONS = 200;

/** @throws LISTEN_FAILED */
export function serveReader(reader: Reader, address: ListenAddress): Promise<Listening> {
  const server = createAdaptorServer({ fetch: reader.fetch, serverOptions: LIMITS, overrideGlobalObjects: false });
  return listen(server as Server, address, { mostConnections: MOST_CONNECTIONS });
}
