/** A receiver of notices on loopback: a real HTTP server that remembers what it heard. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Heard {
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly heard: readonly Heard[];
}

/** `answer` is called with the number of the request, from 1. */
export async function openReceiver(
  answer: (response: ServerResponse, number: number) => void = (response) => void response.writeHead(204).end(),
): Promise<Receiver> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    response.on('error', () => {});
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      heard.push({ method: request.method, headers: request.headers, body: JSON.parse(text) as Heard['body'] });
      answer(response, heard.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=secret`,
    heard,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
