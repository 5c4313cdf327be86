/** robots.txt: what each answer means, for how long, and that nobody is hammered for it. Hours on a turned clock. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ArchiveError, type ErrorCode } from '../src/errors.ts';
import { createPoliteness, HostAway } from '../src/fetch/politeness.ts';
import { createRobots } from '../src/fetch/robots.ts';
import { MIGRATIONS } from '../src/frontier/migrations.ts';
import { openJournal } from '../src/journal/journal.ts';
import { openDatabase } from '../src/sqlite.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const ORIGIN = 'https://www.guancha.cn';
const HOST = 'www.guancha.cn';
const never = new AbortController().signal;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST_MS = 6 * HOUR;

interface Given {
  readonly status?: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly error?: ErrorCode;
}

/** A host whose robots.txt is as it was given last, asked in its turn, and remembered in a database. */
function open(first: Given = {}) {
  const clock = openTurnedClock(Date.parse('2026-10-14T08:00:00Z'));
  const database = openDatabase(':memory:', { migrations: MIGRATIONS });
  const { hosts } = openJournal(database, { now: clock.now, command: null, longestPauseMs: LONGEST_MS });
  let given = first;
  const asked: number[] = [];
  const logged: string[] = [];
  const log = ({ message }: { readonly message: string }) => void logged.push(message);
  const newRun = () => {
    const pace = { intervalMs: 4000, assetIntervalMs: 0, backoffMs: 30_000, longestPauseMs: LONGEST_MS };
    const politeness = createPoliteness({ ...pace, hosts, clock, log });
    const load = (url: string) =>
      politeness.rules(url, never, async () => {
        asked.push(clock.now());
        if (given.error !== undefined) throw new ArchiveError(given.error, url);
        return { status: given.status ?? 200, text: given.text ?? '', headers: given.headers ?? {} };
      });
    const robots = createRobots({ load, remembered: hosts, politeness, longestPauseMs: LONGEST_MS, clock, log });
    return { politeness, require: (path: string) => robots.require(`${ORIGIN}${path}`, never) };
  };
  let run = newRun();
  return {
    clock,
    hosts,
    asked,
    logged,
    answer: (next: Given) => {
      given = next;
    },
    restart: () => {
      run = newRun();
    },
    require: (path: string) => run.require(path),
    page: () => run.politeness.page(`${ORIGIN}/a`, never, async () => ({ status: 200, headers: {}, at: clock.now() })),
  };
}

describe('robots.txt', () => {
  it('is obeyed, and read once a day', async () => {
    const { require, asked, clock } = open({ text: 'User-agent: *\nDisallow: /Search/\nDisallow: /df888/\n' });
    await require('/politics/2022_01_28_623950.shtml');
    await assert.rejects(require('/Search/?q=1'), { code: 'ROBOTS_DISALLOWED' });
    clock.advance(DAY - 1);
    await assert.rejects(require('/df888/x'), { code: 'ROBOTS_DISALLOWED' });
    assert.equal(asked.length, 1);
    clock.advance(1);
    await require('/a');
    assert.equal(asked.length, 2);
  });

  it('may speak to this program by name', async () => {
    const { require } = open({ text: 'User-agent: *\nAllow: /\n\nUser-agent: guancha-archive\nDisallow: /b\n' });
    await assert.rejects(require('/b'), { code: 'ROBOTS_DISALLOWED' });
  });

  it('has its turn like any other request', async () => {
    const { require, page, asked } = open();
    await require('/a');
    const { at } = await page();
    assert.equal(at - (asked[0] ?? 0), 4000);
  });

  for (const [delay, ms] of [
    ['7', 7000],
    ['1.5', 4000],
    ['90000', LONGEST_MS],
    ['Infinity', 4000],
    ['1e300', 4000],
    ['-3', 4000],
    ['ten', 4000],
    ['', 4000],
  ] as const)
    it(`asks for ${ms} ms between two pages by Crawl-delay: ${delay || 'nothing'}`, async () => {
      const { require, page } = open({ text: `User-agent: *\nCrawl-delay: ${delay}\n` });
      await require('/a');
      const first = (await page()).at;
      assert.equal((await page()).at - first, ms);
    });

  it('sets no rules where it is not there', async () => {
    const { require, asked, clock } = open({ status: 404, text: 'User-agent: *\nDisallow: /' });
    await require('/a');
    clock.advance(DAY - 1);
    await require('/a');
    assert.equal(asked.length, 1);
  });
});

describe('a robots.txt that cannot be had', () => {
  const TROUBLES: readonly [name: string, given: Given][] = [
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['no answer', { error: 'NETWORK' }],
    ['no answer in time', { error: 'TIMEOUT' }],
    ['a foreign redirect', { error: 'OUT_OF_SCOPE' }],
    ['redirects without end', { error: 'TOO_MANY_REDIRECTS' }],
    ['a redirect to nowhere', { status: 302 }],
  ];
  for (const [name, given] of TROUBLES) {
    it(`is a matter of the host, and is asked for less and less, over restarts too: ${name}`, async () => {
      const { require, asked, restart, answer } = open(given);
      for (let i = 0; i < 12; i++) {
        await assert.rejects(require('/a'), (error) => {
          assert.ok(error instanceof HostAway && error.code === 'ROBOTS_UNREACHABLE' && error.host === HOST);
          return true;
        });
        restart();
      }
      const gaps = asked.slice(1).map((at, i) => at - (asked[i] ?? 0));
      assert.equal(gaps[0], 30_000);
      assert.ok(
        gaps.every((gap, i) => gap >= (gaps[i - 1] ?? 0) && gap <= HOUR),
        String(gaps),
      );
      assert.equal(gaps.at(-1), HOUR);
      answer({ text: 'User-agent: *\nDisallow: /b' });
      await require('/a');
      await assert.rejects(require('/b'), { code: 'ROBOTS_DISALLOWED' });
    });

    it(`leaves in force what was read last: ${name}`, async () => {
      const { require, asked, answer, clock } = open({ text: 'User-agent: *\nDisallow: /b\n' });
      await require('/a');
      clock.advance(DAY);
      answer(given);
      await require('/a');
      await assert.rejects(require('/b'), { code: 'ROBOTS_DISALLOWED' });
      assert.equal(asked.length, 2);
      answer({ text: '' });
      clock.advance(11 * MINUTE);
      await require('/b');
      assert.equal(asked.length, 3);
    });
  }

  it('is waited for as long as it asks, and for no longer than any host', async () => {
    for (const [value, ms] of [
      ['120', 120_000],
      ['200000', LONGEST_MS],
      ['1700000000', 30_000],
      ['99999999999999999999', 30_000],
    ] as const) {
      const { require, asked, answer, logged } = open({ status: 429, headers: { 'retry-after': value } });
      await assert.rejects(require('/a'), { code: 'ROBOTS_UNREACHABLE' });
      answer({});
      await require('/a');
      assert.equal((asked[1] ?? 0) - (asked[0] ?? 0), ms, value);
      if (ms > MINUTE) assert.equal(logged.filter((line) => line.includes(', at 2026-10-14 ')).length, 1, value);
    }
  });

  it('keeps no picture waiting', async () => {
    const { clock, hosts, logged } = open();
    const politeness = createPoliteness({
      ...{ intervalMs: 0, assetIntervalMs: 0, backoffMs: 120_000, longestPauseMs: LONGEST_MS },
      ...{ hosts, clock, log: ({ message }) => void logged.push(message) },
    });
    const load = (url: string) => politeness.rules(url, never, async () => ({ status: 503, text: '', headers: {} }));
    const robots = createRobots({
      ...{ load, remembered: hosts, politeness, longestPauseMs: LONGEST_MS, clock },
      log: () => {},
    });
    await assert.rejects(robots.require(`${ORIGIN}/a.jpg`, never, { isPatient: false }), {
      code: 'ROBOTS_UNREACHABLE',
    });
    const at = clock.now();
    await assert.rejects(robots.require(`${ORIGIN}/b.jpg`, never, { isPatient: false }), { code: 'HOST_PAUSED' });
    assert.equal(clock.now(), at);
  });
});

describe('a robots.txt that may be a moment’s', () => {
  it('forbids the whole site: the host is left alone, and it is read anew after 10 minutes, then later and later', async () => {
    const { require, asked, clock, hosts, logged } = open({ text: 'User-agent: *\nDisallow: /\n' });
    const away = (path: string) =>
      assert.rejects(require(path), (error) => error instanceof HostAway && error.code === 'ROBOTS_DISALLOWED');
    const waits: number[] = [];
    for (let i = 0; i < 10; i++) {
      await away('/a');
      await away('/b');
      const [pause] = hosts.pauses();
      assert.equal(pause?.reason, 'robots.txt forbids the whole site');
      waits.push(hosts.nextAt(HOST) - clock.now());
      clock.advance(hosts.nextAt(HOST) - clock.now());
    }
    assert.deepEqual([waits[0], waits[1], waits.at(-1)], [10 * MINUTE, 20 * MINUTE, LONGEST_MS]);
    assert.equal(asked.length, 10);
    assert.equal(logged.filter((line) => line.includes('forbids the whole site')).length, 10);
  });

  it('forbids all but a part: what is allowed goes on', async () => {
    const { require } = open({ text: 'User-agent: *\nDisallow: /\nAllow: /politics/\n' });
    await require('/politics/1');
    await assert.rejects(require('/a'), (error) => !(error instanceof HostAway));
    await require('/politics/2');
  });

  for (const given of [
    { text: '<!DOCTYPE html><title>观察者</title>' },
    { text: '\ufeff\n<html>' },
    { status: 403 },
    { status: 412 },
    { status: 202, text: '<script>' },
  ] satisfies Given[]) {
    it(`changes no rules for long: ${JSON.stringify(given)}`, async () => {
      const { require, asked, answer, clock } = open({ text: 'User-agent: *\nDisallow: /b\n' });
      await require('/a');
      clock.advance(DAY);
      answer(given);
      await assert.rejects(require('/b'), { code: 'ROBOTS_DISALLOWED' });
      clock.advance(10 * MINUTE);
      answer({ text: '' });
      await require('/b');
      assert.equal(asked.length, 3);
    });
  }

  it('was read while the clock was ahead, and is read anew once it is right', async () => {
    const { require, asked, hosts, clock } = open();
    const at = clock.now() + 3650 * DAY;
    hosts.setRobots(ORIGIN, { text: 'User-agent: *\nDisallow: /a', status: 200, at, nextAt: at + DAY, tries: 0 });
    await require('/a');
    assert.equal(asked.length, 1);
  });

  it('is forgotten for a host where somebody asks for it', async () => {
    const { require, hosts, clock, asked, answer } = open({ text: 'User-agent: *\nDisallow: /\n' });
    await assert.rejects(require('/a'));
    assert.ok(hosts.nextAt(HOST) > clock.now());
    answer({});
    assert.equal(hosts.forget(HOST), true);
    await require('/a');
    assert.equal(asked.length, 2);
    assert.equal(hosts.forget('nobody.example'), false);
  });
});

describe('a robots.txt of any bytes under any headers', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      'User-agent: *',
      'User-agent: guancha-archive/9',
      'User-agent: x',
      'Disallow: /',
      'Disallow:',
      'Allow: /a$',
    ),
    fc.constantFrom(
      'Disallow: /%',
      'Allow: /*%ff*a',
      'Crawl-delay: 1e9',
      'Crawl-delay: -1',
      'Sitemap: :',
      '\ufeff<html>',
      '#',
    ),
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('1', '1e9', '99999999999999999999'),
  );
  const givens = fc.record({
    status: fc.oneof(fc.constantFrom(200, 204, 301, 401, 404, 429, 503), fc.integer({ min: 100, max: 999 })),
    text: fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r', '\r\n'))
      .map(([lines, end]) => lines.join(end)),
    headers: fc.dictionary(fc.constantFrom('retry-after', 'content-type', 'location', 'date'), value),
  });

  it('allows, or forbids by a code of the table', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(givens, { minLength: 1, maxLength: 3 }), async (answers) => {
        const { require, answer, clock } = open();
        for (const given of answers) {
          answer(given);
          await require('/a%ff').catch((error: unknown) => {
            assert.ok(error instanceof ArchiveError && /^ROBOTS_/.test(error.code), String(error));
          });
          clock.advance(DAY);
        }
      }),
      { numRuns: 300 },
    );
  });

  const half = (first: string, then: string) =>
    first.repeat(250_000 / first.length) + then.repeat(250_000 / then.length);
  for (const [name, text] of [
    ['agents, then rules', half('User-agent: a\n', 'Disallow: /b\n')],
    ['agents apart from each other, then rules', half('User-agent: a\nx\n', 'Disallow: /b\n')],
    ['all forbidden, then empty lines', `User-agent: *\nDisallow: /\n${'\n'.repeat(500_000)}`],
    ['all forbidden, then spaces', `User-agent: *\nDisallow: /\n${' '.repeat(500_000)}`],
    ['rules of stars', `User-agent: *\n${'Disallow: /*a*a*a*a*b\n'.repeat(20_000)}`],
  ] as const)
    it(`is read in time in proportion to its length: ${name}`, async () => {
      const { require } = open({ text });
      await require('/aaaaaaaaaaaaaaaaaaaa').catch((error: unknown) => {
        assert.ok(error instanceof HostAway && error.code === 'ROBOTS_DISALLOWED', String(error));
      });
    });
});
