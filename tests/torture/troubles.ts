/** What goes wrong in a bad month: on the site, on the way to it, and on the machine. Each begins and ends. */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { Asked, Reply } from '../newspaper/newspaper.ts';
import { type FaultPoints, installFaults } from '../support/fault-points.ts';

/** What a trouble may lay its hands on. */
export interface World {
  /** Where the archive lies. */
  readonly archive: string;
  /** The browser that the configuration names. */
  readonly browser: string;
  /** Answers in the newspaper's place while it is set. */
  spoil: ((asked: Asked) => Reply | undefined) | null;
  /** How far the machine's clock is off, in ms. */
  skewMs: number;
  /** The owner's hook answers 500 to everything. */
  hookFails: boolean;
}

export interface Trouble {
  readonly name: string;
  readonly hours: number;
  /** The program is started anew as it begins: the machine was. */
  readonly restarts?: true;
  begin(world: World): Promise<void> | void;
  end(world: World): Promise<void> | void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const dropped = { misbehave: (response: ServerResponse) => response.socket?.destroy() };
const page = (words: string) =>
  `<!DOCTYPE html><html><head><meta charset="utf-8"><title>提示</title></head><body><p>${words}</p></body></html>`;
const isRobots = ({ path }: Asked) => path === '/robots.txt';
const isPage = ({ origin, path }: Asked) => origin !== 'images' && path !== '/robots.txt';

/** A trouble of the site: what it answers, to which requests. */
function site(name: string, hours: number, when: (asked: Asked) => boolean, reply: (asked: Asked) => Reply): Trouble {
  return {
    name,
    hours,
    begin: (world) => {
      world.spoil = (asked) => (when(asked) ? reply(asked) : undefined);
    },
    end: (world) => {
      world.spoil = null;
    },
  };
}

const gate = (name: string, reply: Reply) => site(`a gate: ${name}`, 3, isPage, () => reply);
const robots = (name: string, reply: Reply) => site(`robots.txt: ${name}`, 3, isRobots, () => reply);

function clock(name: string, hours: number, skewMs: number): Trouble {
  return {
    name,
    hours,
    restarts: true,
    begin: (world) => {
      world.skewMs = skewMs;
    },
    end: (world) => {
      world.skewMs = 0;
    },
  };
}

function disk(name: string, kind: 'ENOSPC' | 'EIO'): Trouble {
  let faults: FaultPoints | null = null;
  return {
    name,
    hours: 3,
    begin: ({ archive }) => {
      faults = installFaults({ kind, at: 1 }, (path) => path.startsWith(archive));
    },
    end: () => faults?.[Symbol.dispose](),
  };
}

const setCookie = '<script>document.cookie="pass=1";location.reload()</script>';

export const TROUBLES: readonly Trouble[] = [
  robots('status 503', { status: 503 }),
  robots('status 429', { status: 429, headers: { 'retry-after': '86400000' } }),
  robots('everything is forbidden', {
    headers: { 'content-type': 'text/plain' },
    body: 'User-agent: *\nDisallow: /\n',
  }),
  robots('a page of HTML', { body: page('系统维护中') }),
  robots('it leads elsewhere', { status: 302, headers: { location: 'https://maintenance.example/' } }),
  robots('no answer', dropped),
  gate('status 403', { status: 403, body: page('禁止访问') }),
  gate('status 405', { status: 405, body: page('您的请求已被阻断') }),
  gate('status 412', { status: 412, body: page('请稍候') }),
  gate('status 429 for ten years', { status: 429, headers: { 'retry-after': '315360000' } }),
  gate('status 451', { status: 451, body: page('依法不予显示') }),
  gate('status 456', { status: 456 }),
  gate('status 493', { status: 493, body: page('请求异常') }),
  gate('status 503 and a challenge', { status: 503, body: page(`Checking your browser${setCookie}`) }),
  gate('status 521 and a script', { status: 521, body: setCookie }),
  gate('status 202 and a script', { status: 202, body: `<html><body>${setCookie}</body></html>` }),
  gate('words under status 200', { body: page('您的访问行为异常，请完成验证后继续。') }),
  gate('an empty page and a script', {
    body: '<html><head><script src="/gate/a.js"></script></head><body></body></html>',
  }),
  site(
    'everything is sent home',
    3,
    (asked) => isPage(asked) && asked.path !== '/',
    () => ({ status: 302, headers: { location: '/' } }),
  ),
  site(
    'everything is 404',
    3,
    (asked) => isPage(asked) && /\d{6}/.test(asked.path),
    () => ({ status: 404, body: page('404 Not Found') }),
  ),
  site(
    'no answer at all',
    4,
    () => true,
    () => dropped,
  ),
  site('status 500 for everything', 4, isPage, () => ({ status: 500, body: page('Internal Server Error') })),
  site(
    'pictures: the host is dead',
    8,
    ({ origin }) => origin === 'images',
    () => dropped,
  ),
  site(
    'pictures: status 503',
    5,
    ({ origin }) => origin === 'images',
    () => ({ status: 503 }),
  ),
  clock('the clock is ten years ahead', 2, 3650 * DAY_MS),
  clock('the clock is a day ahead', 3, DAY_MS),
  clock('the clock is twenty years behind', 2, -20 * 365 * DAY_MS),
  disk('the disk is full', 'ENOSPC'),
  disk('the disk reports errors', 'EIO'),
  {
    name: 'the disk is away',
    hours: 3,
    begin: async ({ archive }) => {
      await rename(archive, `${archive}.away`);
      await writeFile(archive, '');
    },
    end: async ({ archive }) => {
      await rm(archive);
      await rename(`${archive}.away`, archive);
    },
  },
  {
    name: 'the browser is missing',
    hours: 3,
    restarts: true,
    begin: ({ browser }) => rename(browser, `${browser}.away`),
    end: ({ browser }) => rename(`${browser}.away`, browser),
  },
  {
    name: 'the hook fails',
    hours: 6,
    begin: (world) => {
      world.hookFails = true;
    },
    end: (world) => {
      world.hookFails = false;
    },
  },
];
