/** What a page's own scripts may do where it is shown: nothing that leaves their box, and nothing that stays of them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import type { Exchange } from '../src/model.ts';
import { type CappedBrowser, openCappedBrowser } from './support/capped-browser.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { straight } from './support/straight.ts';

const never = new AbortController().signal;
const MAX_BYTES = 100_000;

/** All ways out that a page has, each tried; what fails, fails. */
const WAYS = `
  const tries = [
    () => { for (let i = 0; i < 5; i++) window.open('/popup?' + i); },
    () => { new Worker('/worker.js').postMessage(1); },
    () => { new Worker(URL.createObjectURL(new Blob(["fetch('ORIGIN/from-worker')"]))); },
    () => { new SharedWorker('/shared.js'); },
    () => { new SharedWorker(URL.createObjectURL(new Blob(["setInterval(() => fetch('ORIGIN/from-shared'), 20)"]))); },
    () => navigator.serviceWorker.register('/service.js'),
    () => { new WebSocket('ws' + 'ORIGIN'.slice(4) + '/socket'); },
    () => { new EventSource('/events'); },
    () => { navigator.sendBeacon('/beacon', 'x'); },
    () => { const a = document.createElement('a'); a.href = '/file.zip'; a.download = 'x'; document.body.append(a); a.click(); },
    () => { document.body.insertAdjacentHTML('beforeend', '<iframe src="/frame"></iframe><iframe srcdoc="<img src=/inner>"></iframe><img src="/picture">'); },
    () => { document.head.insertAdjacentHTML('beforeend', '<link rel="prefetch" href="/prefetch"><link rel="dns-prefetch" href="//x.example">'); },
    () => fetch('/post', { method: 'POST', body: 'x' }),
    () => { const f = document.createElement('form'); f.method = 'post'; f.action = '/form'; f.target = '_blank'; document.body.append(f); f.submit(); },
    () => { new RTCPeerConnection({ iceServers: [{ urls: 'stun:HOST' }] }).createDataChannel('x'); },
  ];
  // What one attempt throws must not keep the page from the next.
  for (const attempt of tries) { try { Promise.resolve(attempt()).catch(() => {}); } catch {} }
  document.body.append('tried');
`;

describe('a page that its own scripts fill', () => {
  let origin = '';
  let browser: CappedBrowser;
  const reached: string[] = [];
  const server = createServer(({ url, method }, response) => {
    reached.push(`${method} ${url}`);
    response.end();
  });

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = openCappedBrowser({
      executablePath: null,
      userAgent: null,
      product: 'guancha-archive/test',
      timeoutMs: 10_000,
      maxBytes: MAX_BYTES,
      origins: [origin],
      connections: straight(createAddressGuard(['127.0.0.1'])),
      now: Date.now,
      log: () => {},
    });
  });
  after(async () => {
    await browser[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });

  const page = (script: string): Exchange =>
    exchangeOf({
      url: `${origin}/page`,
      body: Buffer.from(`<html><head></head><body><script>${script}</script></body></html>`),
    });
  const script = (url: string, text: string) =>
    exchangeOf({ url, headers: { 'content-type': 'text/javascript' }, body: Buffer.from(text) });
  const shown = async (source: Exchange, load?: (url: string) => Promise<Exchange>) =>
    Buffer.from((await browser.render(source, never, load)).response.body).toString();

  it('reaches nothing by itself, whatever it tries, and gets scripts and data alone handed in', async () => {
    reached.length = 0;
    const asked: string[] = [];
    const html = await shown(
      page(WAYS.replaceAll('ORIGIN', origin).replaceAll('HOST', new URL(origin).host)),
      async (url) => {
        asked.push(new URL(url).pathname);
        return script(url, '');
      },
    );
    assert.match(html, /tried/);
    await sleep(500); // whatever lived on would ask now
    assert.deepEqual(reached, []);
    const documents = ['/popup', '/frame', '/picture', '/elsewhere', '/post', '/form', '/beacon', '/file.zip'];
    assert.deepEqual(
      asked.filter((path) => documents.includes(path)),
      [],
    );
  });

  it('is handed what it asks for, each by the door, and goes without what is refused', async () => {
    const asked: string[] = [];
    const html = await shown(
      page(`fetch('/no').catch(() => document.body.append('refused '));
        fetch('/yes').then((answer) => answer.text()).then((text) => document.body.append(text));`),
      async (url) => {
        asked.push(new URL(url).pathname);
        if (url.endsWith('/no')) throw new Error('not allowed');
        return script(url, 'handed in');
      },
    );
    assert.match(html, /refused/);
    assert.match(html, /handed in/);
    assert.deepEqual(asked.sort(), ['/no', '/yes']);
  });

  it('shows nothing where it leads elsewhere', async () => {
    reached.length = 0;
    for (const lead of ["location.href = '/elsewhere'", 'location.reload()', "location.replace('about:blank')"])
      assert.match(
        await shown(page(`document.cookie = 'pass=1'; ${lead};`)),
        /^<html><head><\/head><body><\/body>/,
        lead,
      );
    assert.deepEqual(reached, []);
  });

  it('leaves no cookie and no storage behind, and finds none', async () => {
    const say = "document.body.append('[' + document.cookie + (localStorage.pass ?? '') + ']');";
    const first = await shown(page(`${say} document.cookie = 'pass=42; path=/'; localStorage.pass = '42';`));
    assert.match(first, /\[\]<\/body>/);
    assert.match(await shown(page(say)), /\[\]<\/body>/);
    const answer = await browser.get(`${origin}/after`, never);
    assert.ok(!answer.request.headers.some(([name]) => name.toLowerCase() === 'cookie'));
  });

  it('may not grow beyond the limit of a page, and cannot lie about its size', async () => {
    const grow = `document.body.append('x'.repeat(${MAX_BYTES}));`;
    await assert.rejects(shown(page(grow)), { code: 'TOO_LARGE' });
    const lie = "Object.defineProperty(Element.prototype, 'outerHTML', { get: () => 'small' });";
    await assert.rejects(shown(page(grow + lie)), { code: 'TOO_LARGE' });
    await assert.rejects(shown(page(`document.body.append('水'.repeat(${MAX_BYTES / 2}));`)), { code: 'TOO_LARGE' });
  });

  it('asks for no more than a page needs', async () => {
    let asked = 0;
    await shown(page("for (let i = 0; i < 300; i++) fetch('/more?' + i).catch(() => {});"), async (url) => {
      asked += 1;
      return script(url, '');
    });
    assert.ok(asked > 0 && asked <= 50, String(asked));
  });
});
