/** ReplayWeb.page as a reader has it: served on loopback beside packages, opened in a headless Chromium that reaches nothing else. */
import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { findBrowser } from '../../src/fetch/chromium.ts';

export interface ReplayPlayer extends AsyncDisposable {
  /** Opens a package, or a list of packages, by its name in the folder; shows its pages. */
  open(name: string): Promise<Page>;
  /** Every address that was asked for and does not lie on this machine. */
  readonly strays: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  wacz: 'application/wacz',
};

/** @param folder holds the packages */
export async function openReplayPlayer(folder: string): Promise<ReplayPlayer> {
  await using opened = new AsyncDisposableStack();
  const player = join(import.meta.dirname, '../../node_modules/replaywebpage');
  const server = createServer((request, response) => serve({ folder, player }, request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  opened.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const strays: string[] = [];
  const browser = opened.use(await launch());
  const running = opened.move();
  return {
    open: async (name) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
      const isOurs = (url: string) => url.startsWith(`${origin}/`) || /^(?:data|blob|about|chrome):/.test(url);
      context.on('request', (request) => {
        // What the service worker answers is asked for under its own scope; the rest would leave the machine.
        if (!isOurs(request.url())) strays.push(request.url());
      });
      const page = await context.newPage();
      await page.goto(`${origin}/index.html?source=${encodeURIComponent(`/packages/${name}`)}#view=pages`);
      return page;
    },
    strays,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function launch(): Promise<Browser> {
  const playwrightPath = chromium.executablePath();
  const { executablePath, env } = await findBrowser({ executablePath: null, playwrightPath, log: () => {} });
  return await chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-background-networking'],
  });
}

/** Files of the player, and packages with ranges (WACZ 1.1.1, 6). */
function serve(
  { folder, player }: { readonly folder: string; readonly player: string },
  { url = '/', method, headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const { pathname } = new URL(url, 'http://127.0.0.1');
  const [, name] = /^\/packages\/([\w.-]+)$/.exec(pathname) ?? [];
  const path = name === undefined ? join(player, pathname) : join(folder, name);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) {
    response.writeHead(404).end();
    return;
  }
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const shared = { 'content-type': type, 'accept-ranges': 'bytes' };
  if (from === undefined || to === undefined) {
    response.writeHead(200, { ...shared, 'content-length': stats.size });
    if (method === 'HEAD') response.end();
    else createReadStream(path).pipe(response);
    return;
  }
  const start = from === '' ? Math.max(0, stats.size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? stats.size - 1 : Math.min(Number(to), stats.size - 1);
  response.writeHead(206, {
    ...shared,
    'content-length': end - start + 1,
    'content-range': `bytes ${start}-${end}/${stats.size}`,
  });
  createReadStream(path, { start, end }).pipe(response);
}
