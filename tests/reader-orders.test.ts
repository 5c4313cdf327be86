/** The form that orders an article: only from a page of this server, only an article of the site, and only by being sent. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockArchive } from '../src/frontier/lock.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { openGate } from '../src/reader/gate.ts';
import { temporaryFolder } from './support/command.ts';
import { openReadingRoom, type ReadingRoom } from './support/reading-room.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const URL_OF_ARTICLE = 'https://www.guancha.cn/politics/2022_01_28_623950.shtml';
const OWN = { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'same-origin' };

function post(
  { reader }: ReadingRoom,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = OWN,
) {
  const body = new URLSearchParams(form).toString();
  const type = 'application/x-www-form-urlencoded';
  return reader.request('http://localhost/run/order', {
    method: 'POST',
    body,
    headers: { 'content-type': type, 'content-length': String(body.length), ...headers },
  });
}

async function tokenIn(room: ReadingRoom): Promise<string> {
  return /name="token" value="([^"]+)"/.exec(await room.text('/run'))?.[1] ?? '';
}

function ordersIn(path: string) {
  using operations = openOperations(path, { readOnly: true });
  return operations.journal.orders.open();
}

describe('the form that orders an article', () => {
  it('writes one order, says which run does it, and shows it among the orders', async () => {
    await using folder = await temporaryFolder();
    const room = await openReadingRoom({ folder: folder.path });
    const sent = await post(room, { url: `${URL_OF_ARTICLE}?s=x`, token: await tokenIn(room) });
    assert.deepEqual([sent.status, sent.headers.get('location')], [303, '/run?order=1']);
    const [order, ...others] = ordersIn(folder.path);
    assert.deepEqual(others, []);
    assert.deepEqual(order?.arguments, { urls: [URL_OF_ARTICLE], refresh: false, accept: false, json: false });
    const page = await room.text('/run?order=1&lang=en');
    assert.match(
      page,
      /Order 1 is noted; no run goes on now: the next crawl, schedule, backfill or archive does it first/,
    );
    assert.match(page, /<h2>Orders<\/h2><ul><li>1 \(archive\): waits<\/li>/);
    assert.deepEqual(room.faults, []);
  });

  it('is only filled in by an address, and what is filled in is text', async () => {
    await using folder = await temporaryFolder();
    const room = await openReadingRoom({ folder: folder.path });
    const page = await room.text(`/run?url=${encodeURIComponent('"><script>alert(1)</script>')}`);
    assert.match(page, /value="&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;"/);
    assert.deepEqual(ordersIn(folder.path), []);
  });

  it('is refused from elsewhere, without its token, and for what is no article of the site', async () => {
    await using folder = await temporaryFolder();
    const room = await openReadingRoom({ folder: folder.path });
    const token = await tokenIn(room);
    const elsewhere = { ...OWN, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    assert.equal((await post(room, { url: URL_OF_ARTICLE, token }, elsewhere)).status, 403);
    for (const wrong of ['', 'x', `${token}x`])
      assert.equal((await post(room, { url: URL_OF_ARTICLE, token: wrong })).status, 403);
    const hostile = [
      '',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://evil.example/a/2022_01_28_1.shtml',
      '../../x',
    ];
    for (const url of hostile) assert.equal((await post(room, { url, token })).status, 400, url);
    assert.deepEqual(ordersIn(folder.path), []);
  });

  it('is for nobody who has not signed in, where there is a password', async () => {
    await using folder = await temporaryFolder();
    const gate = openGate('correct horse', { clock: openTurnedClock(0) });
    const room = await openReadingRoom({ folder: folder.path, gate });
    const sent = await post(room, { url: URL_OF_ARTICLE, token: '' });
    assert.deepEqual([sent.status, sent.headers.get('location')?.startsWith('/login')], [303, true]);
    assert.deepEqual(ordersIn(folder.path), []);
  });

  it('says so where the run that holds the archive takes no orders', async () => {
    await using folder = await temporaryFolder();
    await using _lock = await lockArchive(folder.path, 'crawl');
    const holder = join(folder.path, 'lock.json');
    await writeFile(holder, (await readFile(holder, 'utf8')).replace(',"takesOrders":true', ''));
    const room = await openReadingRoom({ folder: folder.path });
    const sent = await post(room, { url: URL_OF_ARTICLE, token: await tokenIn(room) });
    assert.equal(sent.status, 500);
    assert.match(await sent.text(), /its version of the program takes no orders/);
    assert.deepEqual(ordersIn(folder.path), []);
  });
});
