import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../src/clock.ts';
import { ArchiveError } from '../src/errors.ts';
import { createRobots, type RobotsFile } from '../src/fetch/robots.ts';

const never = new AbortController().signal;

function robots(text: string, status = 200) {
  let now = Date.now();
  const kept = new Map<string, RobotsFile>();
  const delays: [string, number][] = [];
  let loads = 0;
  const made = createRobots({
    load: async () => {
      loads += 1;
      if (status === 0) throw new ArchiveError('NETWORK', 'no way');
      return { text, status };
    },
    remembered: {
      robots: (origin) => kept.get(origin) ?? null,
      setRobots: (origin, file) => void kept.set(origin, file),
    },
    onCrawlDelay: (host, ms) => void delays.push([host, ms]),
    clock: { ...systemClock, now: () => now },
    log: () => {},
  });
  return {
    require: (path: string) => made.require(`https://www.guancha.cn${path}`, never),
    delays,
    loads: () => loads,
    later: (timeMs: number) => {
      now += timeMs;
    },
    kept,
  };
}

describe('robots.txt', () => {
  it('is obeyed, and read once', async () => {
    const { require, loads } = robots('User-agent: *\nDisallow: /Search/\nDisallow: /df888/\n');
    await require('/politics/2022_01_28_623950.shtml');
    await assert.rejects(require('/Search/?q=1'), { code: 'ROBOTS_DISALLOWED' });
    await assert.rejects(require('/df888/x'), { code: 'ROBOTS_DISALLOWED' });
    assert.equal(loads(), 1);
  });

  it('is read again after a day, in a program that goes on', async () => {
    const { require, loads, later } = robots('');
    await require('/politics/2022_01_28_623950.shtml');
    later(86_399_999);
    await require('/politics/2022_01_28_623950.shtml');
    assert.equal(loads(), 1);
    later(1);
    await require('/politics/2022_01_28_623950.shtml');
    assert.equal(loads(), 2);
  });
  it('may speak to this program by name', async () => {
    const { require } = robots('User-agent: *\nAllow: /\n\nUser-agent: guancha-archive\nDisallow: /\n');
    await assert.rejects(require('/a'), { code: 'ROBOTS_DISALLOWED' });
  });

  it('may ask for a delay', async () => {
    const { require, delays } = robots('User-agent: *\nCrawl-delay: 7\n');
    await require('/a');
    assert.deepEqual(delays, [['www.guancha.cn', 7000]]);
  });

  it('sets no rules where it is not there', async () => await robots('Disallow: /', 404).require('/a'));

  for (const status of [0, 500, 503]) {
    it(`forbids everything where it cannot be read (${status || 'no answer'}), and is asked again`, async () => {
      const { require, loads, kept } = robots('', status);
      await assert.rejects(require('/a'), { code: 'ROBOTS_UNREACHABLE' });
      await assert.rejects(require('/a'), { code: 'ROBOTS_UNREACHABLE' });
      assert.equal(loads(), 2);
      assert.equal(kept.size, 0);
    });
  }

  it('is read again after a day', async () => {
    const { require, loads, kept } = robots('User-agent: *\nDisallow: /new\n');
    kept.set('https://www.guancha.cn', {
      text: 'User-agent: *\nDisallow: /old\n',
      status: 200,
      at: Date.now() - 90_000_000,
    });
    await require('/old');
    assert.equal(loads(), 1);
  });
});
