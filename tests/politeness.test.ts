/** What the server sees of the crawler's manners, with the real command and the real browser. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run, temporaryFolder } from './support/command.ts';

/** A page that is small and an article. */
const PAGE = `<!DOCTYPE html><html><head><title>x</title></head><body><ul class="two-coloum"><li class="left left-main"><h3>水闸</h3>
<div class="time fix"><span>2026-10-04 16:19:35</span></div><div class="content all-txt"><p>水闸在早晨打开，船在晚上回来，岸上的人都看见了。</p></div><ul class="article-other"></ul></li></ul></body></html>`;

interface Site extends AsyncDisposable {
  readonly origin: string;
  /** Arrival of each page request, ms; robots.txt aside. */
  readonly arrivals: number[];
  config(changes: object): Promise<string>;
}

async function site(
  answer: (path: string, count: number, response: ServerResponse) => boolean = () => false,
): Promise<Site> {
  const arrivals: number[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const path = request.url ?? '';
    if (path === '/robots.txt') {
      if (!answer(path, 0, response)) response.writeHead(404).end();
      return;
    }
    arrivals.push(performance.now());
    if (!answer(path, arrivals.length, response))
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await temporaryFolder();
  return {
    origin,
    arrivals,
    config: async (politeness) => {
      const file = join(folder.path, 'config.yaml');
      await writeFile(
        file,
        JSON.stringify({
          site: { www: origin, community: 'http://127.0.0.1:9', images: [] },
          network: { allowAddresses: ['127.0.0.1'] },
          sources: [],
          politeness,
        }),
      );
      return file;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const urls = (origin: string, count: number, from = 1) =>
  Array.from({ length: count }, (_, i) => `${origin}/a/2026_10_04_90300${from + i}.shtml`);
const gaps = (arrivals: readonly number[]) => arrivals.slice(1).map((at, i) => at - (arrivals[i] ?? 0));

describe('politeness', () => {
  it('leaves the interval between two page requests, over a restart and with several articles in hand', async () => {
    await using server = await site((path, _, response) => {
      if (!path.endsWith('_s.shtml')) return false;
      response.writeHead(302, { location: '/' }).end(); // each article takes two requests
      return true;
    });
    const config = await server.config({ intervalMs: 1000, concurrency: 3 });
    const first = await run(['archive', '--config', config, ...urls(server.origin, 2)]);
    const second = await run(['archive', '--config', config, ...urls(server.origin, 1, 3)]);
    assert.deepEqual([first.code, second.code], [0, 0], first.stderr + second.stderr);
    assert.equal(server.arrivals.length, 6);
    assert.ok(Math.min(...gaps(server.arrivals)) >= 1000, `gaps ${gaps(server.arrivals).map(Math.round)}`);
  });

  for (const [form, value] of [
    ['in seconds', () => '5'],
    ['as a date', () => new Date(Date.now() + 6000).toUTCString()],
  ] as const) {
    it(`obeys Retry-After ${form}, over a restart too`, async () => {
      await using server = await site((_path, count, response) => {
        if (count !== 1) return false;
        response.writeHead(429, { 'retry-after': value() }).end();
        return true;
      });
      const config = await server.config({ intervalMs: 0 });
      const first = await run(['archive', '--json', '--config', config, ...urls(server.origin, 1)]);
      assert.deepEqual([first.code, first.lines()[0]?.outcome], [3, 'blocked'], first.stderr);
      const second = await run(['archive', '--config', config, ...urls(server.origin, 1)]);
      assert.equal(second.code, 0, second.stderr);
      assert.ok((gaps(server.arrivals)[0] ?? 0) >= 5000 - 1, `gap ${gaps(server.arrivals)[0]}`);
    });
  }

  it('obeys the crawl-delay and the rules of robots.txt', async () => {
    await using server = await site((path, _, response) => {
      if (path !== '/robots.txt') return false;
      response.writeHead(200).end('User-agent: *\nCrawl-delay: 1.5\nDisallow: /a/2026_10_04_903002\n');
      return true;
    });
    const config = await server.config({ intervalMs: 0 });
    const ended = await run(['archive', '--json', '--config', config, ...urls(server.origin, 3)]);
    assert.equal(ended.code, 3, ended.stderr);
    const outcomes = ended.lines().map(({ url, outcome, code }) => [String(url).slice(-12), outcome, code]);
    assert.deepEqual(outcomes.sort(), [
      ['903001.shtml', 'archived', undefined],
      ['903002.shtml', 'refused', 'ROBOTS_DISALLOWED'],
      ['903003.shtml', 'archived', undefined],
    ]);
    assert.equal(server.arrivals.length, 2);
    assert.ok((gaps(server.arrivals)[0] ?? 0) >= 1500, `gap ${gaps(server.arrivals)[0]}`);
  });

  it('backs off longer and longer, and stops where the site refuses', async () => {
    await using server = await site((_path, _count, response) => {
      response.writeHead(403).end('no');
      return true;
    });
    const config = await server.config({ intervalMs: 0, backoffMs: 100, blockedPauses: 0 });
    const ended = await run(['archive', '--json', '--config', config, ...urls(server.origin, 8)]);
    assert.equal(ended.code, 5, ended.stderr);
    assert.equal(server.arrivals.length, 5);
    for (const [i, gap] of gaps(server.arrivals).entries())
      assert.ok(gap >= 100 * 2 ** i, `gaps ${gaps(server.arrivals).map(Math.round)}`);
    assert.match(ended.stderr, /error BLOCKED: the site refuses this visitor/);
  });

  it('pauses where the site refuses, then asks once; when it is let in again, nothing is lost', async () => {
    await using server = await site((_path, count, response) => {
      if (count > 6) return false;
      response.writeHead(403).end('no');
      return true;
    });
    const config = await server.config({ intervalMs: 0, backoffMs: 0, blockedPauseMs: 1500 });
    const ended = await run(['archive', '--json', '--config', config, ...urls(server.origin, 9)]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(
      ended.lines().map(({ outcome }) => outcome),
      Array.from({ length: 9 }, () => 'archived'),
    );
    assert.match(ended.stderr, /the crawl pauses for 2 s, then tries one article \(pause 1 of 4\)/);
    assert.match(ended.stderr, /the crawl pauses for 3 s, then tries one article \(pause 2 of 4\)/);
    assert.match(ended.stderr, /the site answers again/);
    const long = gaps(server.arrivals).filter((gap) => gap >= 1400);
    assert.ok(long.length === 2 && (long[1] ?? 0) >= 2900, `gaps ${gaps(server.arrivals).map(Math.round)}`);
  });

  it('gives back what was in hand beside the refusals, too', async () => {
    await using server = await site((_path, count, response) => {
      if (count > 7) return false;
      setTimeout(() => response.writeHead(403).end('no'), count * 50);
      return true;
    });
    const config = await server.config({ intervalMs: 0, backoffMs: 0, blockedPauseMs: 700, concurrency: 3 });
    const ended = await run(['archive', '--json', '--config', config, ...urls(server.origin, 9)]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(ended.lines().length, 9);
    assert.match(ended.stderr, /pause 1 of 4/);
  });

  it('gives up after the last pause with an exit code of its own, and what it was refused waits', async () => {
    await using server = await site((_path, _count, response) => {
      response.writeHead(403).end('no');
      return true;
    });
    const config = await server.config({ intervalMs: 0, backoffMs: 0, blockedPauseMs: 100, blockedPauses: 2 });
    const ended = await run(['archive', '--json', '--config', config, ...urls(server.origin, 9)]);
    assert.equal(ended.code, 5, ended.stderr);
    assert.equal(server.arrivals.length, 5 + 2);
    assert.match(ended.stderr, /error BLOCKED[\s\S]*2 pauses/);
    assert.deepEqual((await run(['status', '--json', '--config', config])).lines()[0]?.outcomes, {
      blocked: 1,
      waiting: 8,
    });
  });
});
