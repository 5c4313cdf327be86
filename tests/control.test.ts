/** A site in trouble is not believed: that an article is gone counts only while another one is still there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGone } from '../src/archive/record.ts';
import { archiveWaiting, revisitDue } from '../src/crawl/crawl.ts';
import { readSource } from '../src/crawl/read-source.ts';
import type { Worked } from '../src/crawl/work.ts';
import { type Fetcher, followExchanges } from '../src/fetch/fetcher.ts';
import type { Exchange } from '../src/model.ts';
import { noticeOf } from '../src/notify/notice.ts';
import { requireScope } from '../src/site/address.ts';
import { classicPage, SITE } from './support/article-page.ts';
import { answer, DAY_MS, HOUR_MS, MINUTE_MS, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';

const never = new AbortController().signal;
const urlOf = (number: number) => `${SITE.www}/ZaoCha/2022_01_28_${number}.shtml`;
const numberIn = (url: string) => Number(/_28_(\d+)/.exec(url)?.[1]);
const WELL = (url: string) => answer(url, classicPage({ title: `第${numberIn(url)}号` }));

const sentTo = (location: string) => (url: string) => answer(url, '', { status: 302, headers: { location } });
const LOGIN = `${SITE.www}/login?next=1`;
const SECTIONS = ['politics', 'economy', 'culture', 'world', 'military', 'history'].map(
  (name) => `<a href="/${name}">.</a>`,
);
const LOGIN_PAGE = `<!DOCTYPE html><html><body>${SECTIONS.join('')}<form>请登录</form></body></html>`;
const STUB_TIME = '<div class="time fix"><span>1/28/2022 10:30:43 AM</span></div>';

/** What a site answers that does not give its articles for an hour, each in its own way. */
const TROUBLES: Readonly<Record<string, (url: string) => Exchange>> = {
  'everything sent home': (url) => answer(url, '', { status: 302, headers: { location: `${SITE.www}/` } }),
  'everything 404': (url) => answer(url, '<html><body>404</body></html>', { status: 404 }),
  'everything 410': (url) => answer(url, '', { status: 410 }),
  'everything sent to a foreign host': (url) => sentTo('https://gate.example/verify')(url),
  'everything sent to an address of a machine near by': (url) => sentTo('http://10.1.1.1/portal')(url),
  'everything sent to a login': (url) => (url === LOGIN ? answer(url, LOGIN_PAGE) : sentTo(LOGIN)(url)),
  'everything sent to one article': (url) => (numberIn(url) === 99 ? WELL(url) : sentTo(urlOf(99))(url)),
  'everything a stub that leads elsewhere': (url) => answer(url, classicPage({ body: '', times: STUB_TIME })),
};

/** A site that can be changed while it is asked. */
function openSite() {
  const asked: string[] = [];
  let reply: (url: string) => Exchange = WELL;
  const fetcher: Fetcher = {
    fetch: (url) =>
      followExchanges(url, SITE, async (address) => {
        requireScope(address, SITE);
        asked.push(address);
        return reply(address);
      }),
    render: async (exchanges) => exchanges,
    [Symbol.asyncDispose]: async () => {},
  };
  const crawl = openMemoryCrawl([], { fetcher });
  const settled: Worked[] = [];
  const waiting = {
    ...OPTIONS,
    concurrency: 1,
    refresh: false,
    blockedPauseMs: 15 * MINUTE_MS,
    blockedPauses: 2,
    stopSignal: never,
    log: () => {},
    onSettled: (each: Worked) => void settled.push(each),
  };
  return {
    ...crawl,
    asked,
    settled,
    becomes: (next: (url: string) => Exchange) => {
      reply = next;
      asked.length = 0;
      settled.length = 0;
    },
    archive: async (...numbers: readonly number[]) => {
      crawl.context.frontier.add(numbers.map((number) => targetOf(urlOf(number))));
      await archiveWaiting(crawl.context, waiting);
    },
    revisit: async () => {
      for await (const each of revisitDue(crawl.context, { ...OPTIONS, stopSignal: never })) settled.push(each);
    },
    goneIn: async () => {
      const records = [];
      for await (const stored of crawl.context.services.archive.records())
        if ('record' in stored && isGone(stored.record) !== null) records.push(stored.record.id);
      return records;
    },
  };
}

const kinds = (settled: readonly Worked[]) => settled.map(({ visit }) => visit.outcome.kind);
const notices = (settled: readonly Worked[]) =>
  settled.flatMap((each) => noticeOf(each, { unfinishedSince: null })?.on ?? []);

for (const [name, trouble] of Object.entries(TROUBLES)) {
  describe(`${name} for an hour`, () => {
    it('withdraws nothing of what is archived, tells nobody, and is forgotten after it', async () => {
      const site = openSite();
      await site.archive(1, 2, 3, 4, 5, 6, 7);
      site.clock.advance(DAY_MS);
      site.becomes(trouble);
      await assert.rejects(site.revisit(), { code: 'BLOCKED' });
      assert.deepEqual(
        kinds(site.settled),
        Array.from({ length: 5 }, () => 'blocked'),
      );
      assert.deepEqual([notices(site.settled), await site.goneIn()], [[], []]);
      assert.equal(site.backedOff.length, 5);
      const most = name.endsWith('login') ? 3 * (5 + 3) : 2 * (5 + 3);
      assert.ok(site.asked.filter((url) => url !== LOGIN).length <= most, 'the control is asked for once');

      site.clock.advance(HOUR_MS);
      site.becomes(WELL);
      await site.revisit();
      assert.deepEqual(
        kinds(site.settled),
        Array.from({ length: 7 }, () => 'unchanged'),
      );
    });

    it('settles nothing of what was never archived, and pauses the crawl', async () => {
      const site = openSite();
      await site.archive(1, 2);
      site.clock.advance(DAY_MS);
      site.becomes(trouble);
      await assert.rejects(site.archive(11, 12, 13, 14, 15, 16), { code: 'BLOCKED' });
      assert.deepEqual([...new Set(kinds(site.settled))], ['blocked']);
      site.becomes(WELL);
      await site.archive(11, 12, 13, 14, 15, 16);
      site.clock.advance(HOUR_MS);
      site.context.frontier.requeue({ dueAt: site.clock.now() });
      await site.archive();
      assert.equal(kinds(site.settled).filter((kind) => kind === 'archived').length, 6);
    });
  });
}

describe('an article that is gone', () => {
  const goneAre =
    (...numbers: readonly number[]) =>
    (url: string) =>
      numbers.includes(numberIn(url)) ? answer(url, '', { status: 404 }) : WELL(url);

  it('is withdrawn where another one is still there, after one request for that', async () => {
    const site = openSite();
    await site.archive(1, 2, 3);
    site.clock.advance(DAY_MS);
    site.becomes(goneAre(2));
    await site.revisit();
    assert.deepEqual(await site.goneIn(), ['guancha:2']);
    assert.deepEqual(notices(site.settled), ['withdrawn']);
    assert.equal(site.asked.length, 1 + 2 + 1 + 1, 'three visits, one of them in both forms, and the control');
  });

  it('is withdrawn though the first control is gone as well', async () => {
    const site = openSite();
    await site.archive(1, 2, 3, 4);
    site.clock.advance(DAY_MS);
    site.becomes(goneAre(3, 4));
    await site.revisit();
    assert.deepEqual(await site.goneIn(), ['guancha:3', 'guancha:4']);
  });

  it('costs nothing where it was never archived and another one came lately', async () => {
    const site = openSite();
    site.becomes(goneAre(2, 3));
    await site.archive(1);
    site.asked.length = 0;
    await site.archive(2, 3);
    assert.deepEqual(kinds(site.settled), ['archived', 'gone', 'gone']);
    assert.equal(site.asked.length, 2 * 2);
  });

  it('is believed where the archive holds no other, and asked for again', async () => {
    const site = openSite();
    site.becomes(TROUBLES['everything sent home'] ?? WELL);
    await site.archive(1);
    assert.deepEqual(kinds(site.settled), ['gone']);
    const again = site.context.frontier.find('guancha:1')?.againAt ?? 0;
    assert.equal(again - site.clock.now(), 10 * MINUTE_MS);
  });
});

it('a control that refuses or fails is trouble too, and no other is asked for', async () => {
  for (const status of [403, 503, 521]) {
    const site = openSite();
    await site.archive(1, 2, 3);
    site.clock.advance(DAY_MS);
    site.becomes((url) => answer(url, '', { status: numberIn(url) === 1 ? 404 : status }));
    await site.revisit();
    const [first] = site.settled.filter(({ target }) => target.id === 'guancha:1');
    assert.equal(first?.visit.outcome.kind, 'blocked', String(status));
    assert.deepEqual(await site.goneIn(), []);
  }
});

describe('one that is led to a foreign host', () => {
  const gate = sentTo('https://gate.example/verify');

  it('is refused for itself where the site is well, and five of them do not pause the crawl', async () => {
    const site = openSite();
    await site.archive(1, 2, 3);
    site.becomes((url) => (numberIn(url) > 10 ? gate(url) : WELL(url)));
    await site.archive(11, 12, 13, 14, 15, 16, 4);
    assert.deepEqual(kinds(site.settled).sort(), ['archived', ...Array.from({ length: 6 }, () => 'refused')]);
    assert.deepEqual(site.backedOff, []);
  });

  it('counts for a refusal where no other article was ever archived', async () => {
    const site = openSite();
    site.becomes(gate);
    await assert.rejects(site.archive(11, 12, 13, 14, 15, 16, 17, 18, 19), { code: 'BLOCKED' });
    assert.ok(site.asked.length < 9 && site.backedOff.length === site.asked.length);
    site.clock.advance(DAY_MS);
    site.becomes(WELL);
    site.context.frontier.requeue({ dueAt: site.clock.now() });
    await site.archive();
    assert.deepEqual(
      kinds(site.settled),
      Array.from({ length: 9 }, () => 'archived'),
    );
  });

  it('is a refusal where it is a list', async () => {
    const site = openSite();
    site.becomes(gate);
    const source = { name: '要闻', url: `${SITE.www}/politics`, pages: 1, part: null, follow: 0 };
    const turns = { next: () => [], note: () => {} };
    const { error } = await readSource(source, site.context.services, { attempts: 3, signal: never, turns });
    assert.deepEqual([error?.code, site.asked.length, site.backedOff.length], ['BLOCKED', 1, 1]);
  });
});
