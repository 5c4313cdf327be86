/** The browser as a client: real Chromium against a real server that misbehaves in every way a server can. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ArchiveError, type ErrorCode } from '../src/errors.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { pageOf } from '../src/fetch/exchange.ts';
import { waitingScript } from './support/browser-script.ts';
import { type CappedBrowser, openCappedBrowser } from './support/capped-browser.ts';
import { temporaryFolder } from './support/command.ts';
import { childrenOf, descendantsOf, programOf } from './support/processes.ts';
import { straight } from './support/straight.ts';

const TEXT = `<!DOCTYPE html><html><body>${'<p>山中的图书馆</p>'.repeat(4000)}</body></html>`;
const never = new AbortController().signal;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const ANSWERS: Readonly<Record<string, Handler>> = {
  '/plain': (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(TEXT),
  '/gzip': (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/html' }).end(gzipSync(TEXT)),
  '/redirect': (_, response) => response.writeHead(302, { location: '/plain' }).end(),
  '/missing': (_, response) => response.writeHead(404).end('nothing'),
  '/empty': (_, response) => response.writeHead(200).end(),
  '/no-content': (_, response) => response.writeHead(204).end(),
  '/download': (_, response) =>
    response.writeHead(200, { 'content-disposition': 'attachment', 'content-type': 'application/zip' }).end('zip'),
  '/twice': (_, response) => response.writeHead(200, { 'x-name': ['a', 'b'] }).end('x'),
  '/agent': (request, response) => response.end(request.headers['user-agent']),
  '/cut': (_, response) => {
    response.writeHead(200, { 'content-length': 5000 }).write('x'.repeat(1000));
    setTimeout(() => response.destroy(), 50);
  },
  '/reset': (_, response) => response.destroy(),
  '/silent': () => {},
  '/hold': () => {},
  '/drip': (_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 50);
    response.on('close', () => clearInterval(timer));
  },
  '/endless': (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.writeHead(200).on('drain', more);
    more();
  },
  '/bomb': (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000))),
  '/script': (_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<body><script>document.body.append("made by script")</script><img src="/picture"></body>'),
  '/marks': ({ headers }, response) =>
    response.end(JSON.stringify([headers['if-none-match'] ?? null, headers['if-modified-since'] ?? null])),
  '/script-asks': (_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(
        '<body><script>fetch("/marks").then((answer) => answer.text()).then((text) => document.body.append("asked with " + text))</script>',
      ),
  '/loop': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<script>for (;;);</script>'),
};

describe('the browser', () => {
  const asked: string[] = [];
  let server: Server;
  let origin: string;
  let browser: CappedBrowser;

  const open = (options: {
    readonly timeoutMs: number;
    readonly userAgent?: string;
    readonly executablePath?: string | null;
  }): CappedBrowser =>
    openCappedBrowser({
      executablePath: options.executablePath ?? null,
      userAgent: options.userAgent ?? null,
      product: 'guancha-archive/test (+https://example.org)',
      timeoutMs: options.timeoutMs,
      maxBytes: 4_000_000,
      origins: [origin],
      connections: straight(createAddressGuard(['127.0.0.1'])),
      now: Date.now,
      log: () => {},
    });

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      (ANSWERS[request.url ?? ''] ?? ((_, other) => other.writeHead(404).end()))(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = open({ timeoutMs: 10_000 });
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });

  const get = async (path: string) => pageOf(origin + path, [await browser.get(origin + path, never)]);
  const text = (body: Uint8Array) => Buffer.from(body).toString();

  it('gives the bytes, the status and the headers, and asks for nothing else', async () => {
    const answer = await get('/plain');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(text(answer.body), TEXT);
    assert.equal(answer.cut, null);
    assert.ok(Math.abs(Date.parse(answer.fetchedAt) - Date.now()) < 60_000);
    assert.deepEqual(
      asked.filter((path) => path !== '/plain'),
      [],
    );
  });

  it('decodes gzip', async () => assert.equal(text((await get('/gzip')).body), TEXT));

  it('does not follow a redirect by itself', async () => {
    const answer = await get('/redirect');
    assert.deepEqual([answer.status, answer.headers.location, answer.body.length], [302, '/plain', 0]);
  });

  it('gives error pages, empty answers and downloads like any other', async () => {
    assert.deepEqual([(await get('/missing')).status, text((await get('/missing')).body)], [404, 'nothing']);
    assert.equal((await get('/empty')).body.length, 0);
    assert.equal((await get('/no-content')).status, 204);
    assert.equal(text((await get('/download')).body), 'zip');
    assert.equal((await get('/twice')).headers['x-name'], 'a, b');
  });

  it('says honestly who it is', async () => {
    const agent = text((await get('/agent')).body);
    assert.match(agent, /^Mozilla\/5\.0 .*Chrome\/\S+ .* guancha-archive\/test \(\+https:\/\/example\.org\)$/);
    assert.equal(agent, await browser.userAgent());
    await using named = open({ timeoutMs: 10_000, userAgent: 'named by the configuration' });
    assert.equal(text((await named.get(`${origin}/agent`, never)).response.body), 'named by the configuration');
  });

  it('notices a body shorter than promised', async () => {
    const answer = await get('/cut');
    assert.equal(answer.cut, `${answer.body.length} of 5000 bytes`);
  });

  const failures: readonly [path: string, code: ErrorCode][] = [
    ['/reset', 'NETWORK'],
    ['/endless', 'TOO_LARGE'],
    ['/bomb', 'TOO_LARGE'],
    ['/silent', 'TIMEOUT'],
    ['/drip', 'TIMEOUT'],
  ];
  for (const [path, code] of failures) {
    it(`ends ${path} with ${code}, and goes on`, async () => {
      await using impatient = open({ timeoutMs: code === 'TIMEOUT' ? 800 : 10_000 });
      await assert.rejects(
        impatient.get(origin + path, never),
        (error) => error instanceof ArchiveError && error.code === code,
      );
      assert.equal((await impatient.get(`${origin}/plain`, never)).response.status, 200);
    });
  }

  it('runs scripts only when asked, and loads no picture even then', async () => {
    const source = await browser.get(`${origin}/script`, never);
    assert.ok(!text(source.response.body).includes('</script>made by script'));
    asked.length = 0;
    const rendered = await browser.render(source, never);
    assert.ok(text(rendered.response.body).includes('</script>made by script'));
    assert.deepEqual(asked, [], 'neither the page again nor its picture');
  });

  it('sends the headers of a request with that request alone, not with what a page’s scripts ask for later', async () => {
    const marks = { 'If-None-Match': '"mark"', 'If-Modified-Since': 'Sat, 03 Oct 2026 08:00:00 GMT' };
    await using one = open({ timeoutMs: 10_000 }); // its one tab serves all
    const marked = await one.get(`${origin}/marks`, never, marks);
    assert.deepEqual(JSON.parse(text(marked.response.body)), Object.values(marks));
    const page = await one.get(`${origin}/script-asks`, never, marks);
    const shown = text((await one.render(page, never)).response.body);
    assert.match(shown, /asked with \[null,null\]/);
    assert.equal(text((await one.get(`${origin}/marks`, never)).response.body), '[null,null]');
  });

  it('takes its slot back from a page that never ends', async () => {
    await using impatient = open({ timeoutMs: 1500 });
    await assert.rejects(
      impatient.render(await browser.get(`${origin}/loop`, never), never),
      (error) => error instanceof ArchiveError && error.code === 'TIMEOUT',
    );
    assert.equal((await impatient.get(`${origin}/plain`, never)).response.status, 200);
  });

  for (const [how, executablePath] of [
    ['', async () => null],
    [', started by a shell script that waits for it', waitingScript],
  ] as const) {
    it(`survives the death of Chromium${how} at the cost of the request in hand`, async (context) => {
      if (process.platform !== 'linux') return context.skip('finds the browser among the processes by /proc');
      await using folder = await temporaryFolder();
      const others = childrenOf(process.pid);
      asked.length = 0;
      await using mortal = open({ timeoutMs: 10_000, executablePath: await executablePath(folder.path) });
      const waiting = assert.rejects(mortal.get(`${origin}/hold`, never), { code: 'BROWSER_CRASHED' });
      while (!asked.includes('/hold')) await sleep(20);
      const [pid, ...more] = childrenOf(process.pid).filter((each) => !others.includes(each));
      assert.ok(pid !== undefined && more.length === 0);
      const browserPid = programOf(pid);
      if (how !== '') assert.notEqual(browserPid, pid);
      process.kill(browserPid, 'SIGKILL');
      await waiting;
      assert.equal((await mortal.get(`${origin}/plain`, never)).response.status, 200);
    });
  }

  it('leaves a Chromium that hangs and does not die: what asked for a tab ends when it is told to, and so does the browser', async (context) => {
    if (process.platform !== 'linux') return context.skip('finds the browser among the processes by /proc');
    const others = descendantsOf(process.pid);
    const hanging = open({ timeoutMs: 10_000 });
    assert.equal((await hanging.get(`${origin}/plain`, never)).response.status, 200);
    const started = descendantsOf(process.pid).filter((pid) => !others.includes(pid));
    assert.ok(started.length > 0);
    for (const pid of started) process.kill(pid, 'SIGSTOP');
    try {
      const stop = new AbortController();
      // The first has the tab that is there, the others wait for new ones.
      const waiting = Array.from({ length: 3 }, () => hanging.get(`${origin}/plain`, stop.signal));
      const ended = Promise.all(waiting.map((each) => assert.rejects(each, { name: 'AbortError' })));
      setTimeout(() => stop.abort(), 100);
      await ended;
      await hanging[Symbol.asyncDispose]();
      while (descendantsOf(process.pid).some((pid) => started.includes(pid))) await sleep(20);
    } finally {
      for (const pid of descendantsOf(process.pid)) if (started.includes(pid)) process.kill(pid, 'SIGKILL');
    }
  });

  it('ends at once when its signal aborts', async () => {
    const stop = new AbortController();
    const waiting = browser.get(`${origin}/silent`, stop.signal);
    setTimeout(() => stop.abort(), 100);
    await assert.rejects(waiting, { name: 'AbortError' });
  });
});
