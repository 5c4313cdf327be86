/**
 * Abuse of the web reader over loopback, and the figures of it: slow clients, guessed passwords, forged forms, rebound
 * names, paths that lead out of the archive, and many requests. Fails where anything comes of it.
 * `npm run reader-abuse [-- --requests 10000 --paths 1000]`
 */
import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openArchive } from '../../src/archive/archive.ts';
import { openDisk } from '../../src/archive/disk.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { systemClock } from '../../src/clock.ts';
import { defaultConfig } from '../../src/config.ts';
import { openGate } from '../../src/reader/gate.ts';
import { openLibrary } from '../../src/reader/library.ts';
import { createReader } from '../../src/reader/reader.ts';
import { serveReader } from '../../src/reader/serve.ts';
import { random } from '../bench/generated-news.ts';
import { SITE } from '../support/article-page.ts';
import { temporaryFolder } from '../support/command.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '10000' }, paths: { type: 'string', default: '1000' } },
});
const say = (text: string) => process.stdout.write(`${text}\n`);
const PASSWORD = '山中的图书馆 42';
const SECRET = 'nobody is to read this';
const ARTICLE = '/articles/guancha/904308';

await using folder = await temporaryFolder();
const archivePath = join(folder.path, 'archive');
await cp(join(import.meta.dirname, '../fixtures/archive-1'), archivePath, { recursive: true });
for (const path of ['secret.txt', 'archive/secret.txt', 'archive/assets/secret.jpg'])
  await writeFile(join(folder.path, path), SECRET);
const ended = new AbortController();
const faults: string[] = [];
const log = ({ message }: { readonly message: string }) => void faults.push(message);
const storage = openDisk(archivePath);
const config = { ...defaultConfig(), site: SITE };
using catalog = await openCatalog(storage, { path: null, log });
await catalog.refresh();
const library = openLibrary(
  { archive: openArchive(storage, config.limits), catalog, storage, folder: archivePath, config },
  { clock: systemClock, log, signal: ended.signal },
);
const serve = (gate: ReturnType<typeof openGate> | null) =>
  serveReader(createReader(library, { names: [], gate, log }), { host: '127.0.0.1', port: 0 });
await using server = await serve(null);
await using gated = await serve(openGate(PASSWORD, { clock: systemClock }));

await slowClients();
await guesses();
await forgedForms();
await reboundNames();
await straying();
await manyRequests();
assert.deepEqual(faults, [], 'faults of the program');
ended.abort();

/** As many connections as the server takes, each of which sends a header a second; others are answered meanwhile. */
async function slowClients(): Promise<void> {
  const { port } = new URL(server.origin);
  let open = 0;
  const slow = Array.from({ length: 200 }, () => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      open += 1;
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    });
    const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 1000);
    socket.on('error', () => {}).resume();
    socket.on('close', () => {
      clearInterval(timer);
      open -= 1;
    });
    return socket;
  });
  for (let i = 0; open < slow.length && i < 100; i++) await sleep(50);
  const held = open;
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const from = performance.now();
    assert.equal((await ask(server.origin, '/')).status, 200);
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  await sleep(13_000);
  say(`slow clients: ${held} of 200 held; others answered in ${at(times, 0.5)} ms, p95 ${at(times, 0.95)} ms`);
  say(`  ${open} are left 13 s later`);
  assert.equal(open, 0, 'slow clients stay');
  for (const socket of slow) socket.destroy();
}

/** One address guesses; then the right password is tried from this machine while others are shut out. */
async function guesses(): Promise<void> {
  const counts = new Map<number, number>();
  for (let i = 0; i < 200; i++) {
    const { status } = await post(gated.origin, '/login', { password: `guess ${i}` });
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  assert.equal(counts.get(403), 5, 'attempts that were looked at');
  const gate = openGate(PASSWORD, { clock: systemClock });
  for (let i = 0; i < 60; i++) await gate.enter('guess', `203.0.113.${Math.floor(i / 5)}`);
  assert.equal(await gate.enter(PASSWORD, '203.0.113.99'), 'later');
  assert.equal(typeof (await gate.enter(PASSWORD, '127.0.0.1')), 'object', 'the owner is shut out');
  const timed = async (guess: string) => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const each = openGate(PASSWORD, { clock: systemClock });
      await each.enter('warm', 'a');
      const from = performance.now();
      await each.enter(guess, 'b');
      times.push(performance.now() - from);
    }
    return at(
      times.sort((a, b) => a - b),
      0.5,
    );
  };
  say(`guesses: of 200 ${counts.get(403)} looked at, ${counts.get(429)} refused; the owner gets in from loopback`);
  say(
    `  ms a guess: ${await timed('x')} of another length, ${await timed(PASSWORD.slice(0, -1))} of all but one letter`,
  );
}

async function forgedForms(): Promise<void> {
  const signed = await post(server.origin, '/login', { password: PASSWORD });
  const statuses = await Promise.all(
    [
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
      { origin: `${gated.origin}.evil.example` },
    ].map(async (headers) => (await post(gated.origin, '/logout', {}, headers)).status),
  );
  say(`forged forms: ${statuses.join(' ')}; without a gate ${signed.status}`);
  assert.ok([...statuses].every((status) => status === 403) && signed.status === 405);
}

async function reboundNames(): Promise<void> {
  const { port } = new URL(server.origin);
  const names = [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.localhost',
    'a b',
  ];
  const statuses: number[] = [];
  for (const host of names) statuses.push((await ask(server.origin, '/', { host })).status);
  say(`rebound names: ${statuses.join(' ')}`);
  assert.ok(statuses.every((status) => status === 421 || status === 400));
}

/** Paths of pieces that have led other servers out of their folder. */
async function straying(): Promise<void> {
  const next = random(15);
  const any = <T>(from: readonly T[]) => from[Math.floor(next() * from.length)] as T;
  const UP = [
    '../',
    '..%2f',
    '%2e%2e/',
    '%2e%2e%2f',
    '%252e%252e%252f',
    '..%255c',
    '..\\',
    '..%5c',
    '%c0%ae%c0%ae/',
  ].concat(['%e0%80%ae%e0%80%ae%c0%af', '....//', '..;/', '.%00./', '%uff0e%uff0e/', '/', './', '%ff../', '..%c1%9c']);
  const BEFORE = [
    '/',
    '/pictures/',
    '/articles/',
    '/articles/guancha/',
    '/static/',
    '/days/',
    '/api/v1/articles/',
    '/feeds/',
  ];
  const TARGETS = [
    'secret.txt',
    'secret.jpg',
    'archive/secret.txt',
    'etc/passwd',
    'frontier.sqlite',
    'records/',
  ].concat(['secret.txt%00.jpg', 'secret.txt%20', 'secret.txt::$DATA', 'assets/secret.jpg', 'c:%5cwindows%5cwin.ini']);
  const counts = new Map<number, number>();
  for (let i = 0; i < Number(values.paths); i++) {
    const ups = Array.from({ length: 1 + Math.floor(next() * 6) }, () => any(UP)).join('');
    const path = `${any(BEFORE)}${ups}${any(TARGETS)}`;
    const { status, body } = await ask(server.origin, path);
    assert.ok(!body.includes(SECRET) && !body.includes('root:') && !body.includes('SQLite format'), path);
    assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  say(`paths: ${[...counts].map(([status, count]) => `${count} × ${status}`).join(', ')}; nothing was read`);
}

async function manyRequests(): Promise<void> {
  const paths = ['/', ARTICLE, `${ARTICLE}/history`, '/search?q=%E5%9B%BE%E4%B9%A6', '/nothing', '/pictures/x.jpg'];
  const heaps: number[] = [];
  const requests = Number(values.requests);
  for (let i = 0; i < requests; i++) {
    await ask(server.origin, paths[i % paths.length] ?? '/');
    if ((i + 1) % Math.ceil(requests / 5) !== 0) continue;
    globalThis.gc?.();
    heaps.push(process.memoryUsage().heapUsed / 1e6);
  }
  say(`${requests} requests: heap ${heaps.map((mb) => mb.toFixed(1)).join(', ')} MB`);
  assert.ok((heaps.at(-1) ?? 0) < (heaps[0] ?? 0) + 10, 'the heap grows');
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** @param path as it goes over the wire; status 400 where the server ends the connection */
function ask(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  form: string | null = null,
): Promise<Answer> {
  const { port } = new URL(origin);
  return new Promise((resolve) => {
    const method = form === null ? 'GET' : 'POST';
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (answer: IncomingMessage) => {
        const pieces: string[] = [];
        answer.setEncoding('latin1').on('data', (piece: string) => pieces.push(piece));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: pieces.join('') }));
      },
    );
    asked.on('error', () => resolve({ status: 400, body: '' }));
    asked.end(form ?? undefined);
  });
}

function post(
  origin: string,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = new URLSearchParams(fields).toString();
  const own = 'origin' in headers || 'sec-fetch-site' in headers ? headers : { origin };
  const type = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(form.length) };
  return ask(origin, path, { ...type, ...own }, form);
}

function at(sorted: readonly number[], part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(0);
}
