/** The one door out: each kind of request meets scope, address guard, robots.txt, its host's turn and its caps. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '../src/clock.ts';
import { ArchiveError, type ErrorCode } from '../src/errors.ts';
import { createAddressGuard } from '../src/fetch/address-guard.ts';
import { openDeadline } from '../src/fetch/budget.ts';
import { openCookies } from '../src/fetch/cookies.ts';
import { createDoor, followRedirects, type RequestKind } from '../src/fetch/door.ts';
import { createHttp } from '../src/fetch/http.ts';
import type { Politeness } from '../src/fetch/politeness.ts';
import type { Robots } from '../src/fetch/robots.ts';
import { temporaryFolder } from './support/command.ts';
import { straight } from './support/straight.ts';

const { signal } = new AbortController();
const SITE = {
  www: 'https://www.guancha.cn',
  community: 'https://user.guancha.cn',
  images: ['https://i.guancha.cn', 'http://127.0.0.1'],
  lists: ['https://app.guancha.cn'],
};
const KINDS: readonly Exclude<RequestKind, 'wayback'>[] = [
  'page',
  'list',
  'picture',
  'script',
  'style sheet',
  'robots.txt',
];

/** A door that writes down what was asked of whom. */
function door({ wayback = null }: { readonly wayback?: string | null } = {}) {
  const asked: string[] = [];
  const turn =
    (name: string): Politeness['page'] =>
    (url, _signal, request) => {
      asked.push(`turn ${name} ${new URL(url).host}`);
      return request();
    };
  const politeness: Politeness = {
    page: turn('page'),
    asset: turn('asset'),
    rules: turn('rules'),
    backOff: () => {},
    leaveAlone: () => {},
    leftMs: () => 0,
    setCrawlDelay: () => {},
  };
  const robots: Robots = {
    require: async (url) => {
      asked.push('robots');
      if (url.includes('forbidden')) throw new ArchiveError('ROBOTS_DISALLOWED', url);
    },
  };
  const caps = { timeoutMs: 7, pageBytes: 100, imageBytes: 200 };
  const made = createDoor({
    site: SITE,
    guard: createAddressGuard([]),
    robots: () => robots,
    politeness,
    wayback,
    ...caps,
  });
  const pass = (url: string, kind: RequestKind) =>
    made.pass({ url, kind, signal }, async ({ maxBytes, timeoutMs }) => {
      asked.push(`asked ${maxBytes} ${timeoutMs}`);
      return { status: 200, headers: {} };
    });
  return { asked, pass };
}

describe('the door', () => {
  it('lets through what is of the site, in its turn and within its caps', async () => {
    const expected: Readonly<Record<Exclude<RequestKind, 'wayback'>, readonly string[]>> = {
      page: ['robots', 'turn page www.guancha.cn', 'asked 100 7'],
      list: ['robots', 'turn page www.guancha.cn', 'asked 100 7'],
      picture: ['robots', 'turn asset www.guancha.cn', 'asked 200 7'],
      script: ['robots', 'turn asset www.guancha.cn', 'asked 100 7'],
      'style sheet': ['robots', 'turn page www.guancha.cn', 'asked 100 7'],
      'robots.txt': ['turn rules www.guancha.cn', 'asked 512000 7'],
    };
    for (const kind of KINDS) {
      const { asked, pass } = door();
      await pass(`${SITE.www}/a`, kind);
      assert.deepEqual(asked, expected[kind], kind);
    }
  });

  it('keeps out what is not, before anybody is asked', async () => {
    const refused: readonly [url: string, kinds: readonly RequestKind[], code: ErrorCode][] = [
      ['https://www.example.com/a', KINDS, 'OUT_OF_SCOPE'],
      ['http://www.guancha.cn/a', KINDS, 'OUT_OF_SCOPE'],
      ['file:///etc/passwd', KINDS, 'OUT_OF_SCOPE'],
      ['http://127.0.0.1/a', KINDS, 'ADDRESS_REFUSED'],
      ['https://app.guancha.cn/a', ['page', 'picture', 'script', 'style sheet', 'robots.txt'], 'OUT_OF_SCOPE'],
    ];
    for (const [url, kinds, code] of refused) {
      for (const kind of kinds) {
        const { asked, pass } = door();
        await assert.rejects(pass(url, kind), { code }, `${kind} ${url}`);
        assert.deepEqual(asked, [], `${kind} ${url}`);
      }
    }
    for (const [path, kind] of [
      ['a', 'list'],
      ['robots.txt', 'robots.txt'],
    ] as const)
      await door().pass(`https://app.guancha.cn/${path}`, kind);
  });

  it('lets through the index and raw captures of the site’s own addresses at the Wayback Machine, where it is asked', async () => {
    const origin = 'https://web.archive.org';
    const allowed = [
      `${origin}/cdx/search/cdx?url=${encodeURIComponent(`${SITE.www}/a`)}&output=json`,
      `${origin}/web/20220128103043id_/${SITE.www}/a?b`,
      `${origin}/web/20120128103043id_/http://www.guancha.cn/a`,
    ];
    const refused = [
      `${origin}/cdx/search/cdx?url=https%3A%2F%2Fexample.com%2Fa`,
      `${origin}/cdx/search/cdx`,
      `${origin}/web/20220128103043id_/https://example.com/a`,
      `${origin}/web/20220128103043/${SITE.www}/a`,
      `${origin}/save/${SITE.www}/a`,
      `https://example.org/web/20220128103043id_/${SITE.www}/a`,
      `${SITE.www}/a`,
    ];
    for (const url of allowed) {
      const { asked, pass } = door({ wayback: origin });
      await pass(url, 'wayback');
      assert.deepEqual(asked, ['robots', 'turn page web.archive.org', 'asked 200 7']);
      await assert.rejects(door().pass(url, 'wayback'), { code: 'OUT_OF_SCOPE' });
      await assert.rejects(pass(url, 'page'), { code: 'OUT_OF_SCOPE' });
    }
    for (const url of refused)
      await assert.rejects(door({ wayback: origin }).pass(url, 'wayback'), { code: 'OUT_OF_SCOPE' }, url);
    await door({ wayback: origin }).pass(`${origin}/robots.txt`, 'robots.txt');
    await assert.rejects(door().pass(`${origin}/robots.txt`, 'robots.txt'), { code: 'OUT_OF_SCOPE' });
  });

  it('keeps out what robots.txt forbids, but for robots.txt itself', async () => {
    for (const kind of KINDS) {
      const { asked, pass } = door();
      const passed = pass(`${SITE.www}/forbidden`, kind);
      if (kind === 'robots.txt') await passed;
      else await assert.rejects(passed, { code: 'ROBOTS_DISALLOWED' });
      assert.equal(asked.includes('robots'), kind !== 'robots.txt');
    }
  });
});

describe('redirects', () => {
  it('are followed five times', async () => {
    const chain = (length: number) => async (url: string) => {
      const left = Number(url.slice(1));
      return { answer: left, location: left < length ? `/${left + 1}` : null };
    };
    assert.deepEqual(await followRedirects('/0', chain(5)), { redirects: [0, 1, 2, 3, 4], last: 5 });
    await assert.rejects(followRedirects('/0', chain(6)), { code: 'TOO_MANY_REDIRECTS' });
  });

  it('of a picture meet robots.txt like the first address, and their bodies are not taken', async () => {
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      const to = { '/first': '/second', '/sly': '/forbidden' }[request.url ?? ''];
      if (to === undefined) response.end('picture');
      else response.writeHead(302, { location: to }).end('moved');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const guard = createAddressGuard(['127.0.0.1']);
    const robots: Robots = {
      require: async (url) => {
        if (url.includes('forbidden')) throw new ArchiveError('ROBOTS_DISALLOWED', url);
      },
    };
    const open = createDoor({
      site: { www: origin, community: origin, images: [] },
      guard,
      robots: () => robots,
      politeness: null,
      timeoutMs: 10_000,
      pageBytes: 100,
      imageBytes: 100,
    });
    const browser = { userAgent: async () => 'test', get: () => Promise.reject(new Error('not asked')) };
    const http = createHttp({ browser, door: open, cookies: openCookies(), connections: straight(guard) });
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'picture');
    const { status, bytes } = await http.download(`${origin}/first`, () => createWriteStream(file), signal);
    assert.deepEqual([status, bytes, await readFile(file, 'utf8')], [200, 7, 'picture']);
    await assert.rejects(
      http.download(`${origin}/sly`, () => createWriteStream(file), signal),
      { code: 'ROBOTS_DISALLOWED' },
    );
    assert.deepEqual(paths, ['/first', '/second', '/sly']);

    const charged = async (limits: { readonly visitRequests: number; readonly visitBytes: number }) => {
      using budget = openDeadline({ visitMs: 60_000, ...limits }, { clock: systemClock, signal });
      try {
        await http.download(`${origin}/first`, () => createWriteStream(file), budget.signal, budget);
      } catch (error) {
        assert.ok(budget.ended(error), String(error));
      }
      return budget.spent()?.split(':')[0] ?? null;
    };
    assert.equal(await charged({ visitRequests: 1, visitBytes: 100 }), 'limits.visitRequests');
    assert.equal(await charged({ visitRequests: 2, visitBytes: 6 }), 'limits.visitBytes');
    assert.equal(await charged({ visitRequests: 2, visitBytes: 7 }), null);
    assert.equal(paths.length, 8, 'no request beyond what is given');
    server.closeAllConnections();
    server.close();
  });
});

describe('the Wayback Machine over the network', () => {
  it('is followed to another capture, and neither beyond its caps nor to what is not asked of it', async () => {
    const inner = `${SITE.www}/a`;
    const server = createServer(({ url = '' }, response) => {
      if (url === `/web/20220101000000id_/${inner}`)
        response.writeHead(302, { location: `/web/20210101000000id_/${inner}` }).end();
      else if (url === `/web/20210101000000id_/${inner}`)
        response.writeHead(200, { 'x-archive-orig-date': 'x' }).end('page');
      else if (url === `/web/20200101000000id_/${inner}`)
        response.writeHead(302, { location: 'https://example.org/' }).end();
      else if (url.startsWith('/cdx/')) response.writeHead(429, { 'retry-after': '60' }).end('slow down');
      else response.end(Buffer.alloc(1001));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const guard = createAddressGuard(['127.0.0.0/8']);
    const open = createDoor({
      site: SITE,
      guard,
      robots: () => null,
      politeness: null,
      timeoutMs: 5000,
      pageBytes: 500,
      imageBytes: 1000,
      wayback: origin,
    });
    const browser = { userAgent: async () => 'test', get: () => Promise.reject(new TypeError('no browser here')) };
    const http = createHttp({ browser, door: open, cookies: openCookies(), connections: straight(guard) });
    try {
      const led = await http.wayback(`${origin}/web/20220101000000id_/${inner}`, signal);
      assert.deepEqual(
        [led.status, led.url, led.body.toString()],
        [200, `${origin}/web/20210101000000id_/${inner}`, 'page'],
      );
      assert.equal(led.headers['x-archive-orig-date'], 'x');
      const index = await http.wayback(`${origin}/cdx/search/cdx?url=${encodeURIComponent(inner)}`, signal);
      assert.equal(index.status, 429);
      const away = http.wayback(`${origin}/web/20200101000000id_/${inner}`, signal);
      await assert.rejects(away, { code: 'OUT_OF_SCOPE' });
      const large = http.wayback(`${origin}/web/20190101000000id_/${inner}`, signal);
      await assert.rejects(large, { code: 'TOO_LARGE' });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
