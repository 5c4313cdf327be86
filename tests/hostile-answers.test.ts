/** A table of hostile answers, each with what is archived, said, asked again and when; a crawl in memory walks it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { archiveWaiting } from '../src/crawl/crawl.ts';
import type { Worked } from '../src/crawl/work.ts';
import { type Fetcher, followExchanges } from '../src/fetch/fetcher.ts';
import { requireScope } from '../src/site/address.ts';
import { classicPage, NEWS_URL, SITE } from './support/article-page.ts';
import { answer, HOUR_MS, MINUTE_MS, OPTIONS, openMemoryCrawl, targetOf } from './support/memory-crawl.ts';

const never = new AbortController().signal;
const ARTICLE = classicPage({ title: '茶馆开门了' });

/** What a gate, a server or the site may send as a body. */
const BODIES = {
  article: ARTICLE,
  words: '<html><body>请求异常，请稍后再来</body></html>',
  challenge: '<html><body>请完成人机验证</body></html>',
  shell: '<html><head><script src="/gate.js"></script></head><body></body></html>',
  fragment: '<script>document.cookie="k=1";location.reload()</script>',
  json: '{"code":403}',
  nothing: '',
} as const;
type Body = keyof typeof BODIES;

/** `requests` for one visit at most; `againMs` until it is asked for again, by this run or a later one. */
interface Expected {
  readonly kind: Worked['visit']['outcome']['kind'];
  readonly code: string | null;
  readonly requests: number;
  readonly againMs: number | null;
}
const BLOCKED: Expected = { kind: 'blocked', code: 'BLOCKED', requests: 1, againMs: HOUR_MS };
const SERVER_ERROR: Expected = { kind: 'failed', code: 'HTTP_STATUS', requests: 3, againMs: HOUR_MS };
const GONE: Expected = { kind: 'gone', code: null, requests: 2, againMs: 10 * MINUTE_MS };
const TRUNCATED: Expected = { kind: 'failed', code: 'TRUNCATED', requests: 9, againMs: HOUR_MS };
const ARCHIVED: Expected = { kind: 'archived', code: null, requests: 1, againMs: null };

interface Row {
  readonly status: number;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const REFUSALS = [
  100, 201, 202, 203, 204, 206, 300, 304, 400, 401, 403, 405, 408, 412, 418, 429, 451, 456, 493, 509, 511, 521, 530,
  999,
];
const everyBody = Object.keys(BODIES) as Body[];

const TABLE: readonly Row[] = [
  ...REFUSALS.flatMap((status) => everyBody.map((body): Row => ({ status, body, headers: HTML, expected: BLOCKED }))),
  ...[500, 502, 503, 504, 508].flatMap((status) =>
    everyBody.map((body): Row => {
      const isGate = body === 'challenge' || body === 'shell' || body === 'fragment';
      return { status, body, headers: HTML, expected: isGate ? BLOCKED : SERVER_ERROR };
    }),
  ),
  ...[404, 410].flatMap((status) =>
    everyBody.map((body): Row => {
      const isGate = body === 'challenge' || body === 'fragment';
      return { status, body, headers: HTML, expected: isGate ? BLOCKED : GONE };
    }),
  ),
  ...everyBody.map((body): Row => {
    const expected = { article: ARCHIVED, nothing: TRUNCATED }[body as string] ?? BLOCKED;
    return { status: 200, body, headers: HTML, expected };
  }),
  { status: 200, body: 'nothing', headers: { ...HTML, 'content-length': '0' }, expected: { ...BLOCKED, requests: 2 } },
  { status: 200, body: 'article', headers: { 'content-type': 'application/pdf' }, expected: ARCHIVED },
  {
    status: 200,
    body: 'article',
    headers: { ...HTML, location: `${SITE.www}/`, refresh: '0; url=/' },
    expected: ARCHIVED,
  },
  ...[301, 302, 303, 307, 308].flatMap((status): Row[] => [
    { status, body: 'nothing', headers: { location: `${SITE.www}/` }, expected: GONE },
    { status, body: 'article', headers: HTML, expected: BLOCKED },
    {
      status,
      body: 'article',
      headers: { location: 'https://gate.example/' },
      expected: { kind: 'refused', code: 'OUT_OF_SCOPE', requests: 1, againMs: HOUR_MS },
    },
    {
      status,
      body: 'nothing',
      headers: { location: '?again' },
      expected: { kind: 'failed', code: 'TOO_MANY_REDIRECTS', requests: 7, againMs: HOUR_MS },
    },
  ]),
];

/** Visits one article until it stands, of a site that answers every request alike. */
async function crawl({ status, body, headers }: Row) {
  let requests = 0;
  const fetcher: Fetcher = {
    fetch: (url, { signal }) =>
      followExchanges(url, SITE, async (address) => {
        signal.throwIfAborted();
        requireScope(address, SITE);
        requests += 1;
        return answer(address, BODIES[body], { status, headers });
      }),
    render: async () => assert.fail('a script was run'),
    [Symbol.asyncDispose]: async () => {},
  };
  const opened = openMemoryCrawl([], { fetcher });
  const { context, clock } = opened;
  const settled: Worked[] = [];
  context.frontier.add([targetOf(NEWS_URL)]);
  await archiveWaiting(context, {
    ...OPTIONS,
    concurrency: 1,
    refresh: false,
    blockedPauseMs: 15 * MINUTE_MS,
    blockedPauses: 2,
    stopSignal: never,
    log: () => {},
    onSettled: (each) => void settled.push(each),
  });
  const { state, code, detail, againAt } = context.frontier.find('guancha:900') ?? {};
  const files = Object.keys(await opened.files()).filter((key) => !key.startsWith('quarantine/'));
  return {
    opened,
    requests,
    state,
    code,
    detail,
    files,
    againMs: againAt === null ? null : (againAt ?? 0) - clock.now(),
  };
}

describe(`${TABLE.length} hostile answers`, () => {
  for (const row of TABLE) {
    const { status, body, headers, expected } = row;
    it(`${status}, ${body}, ${JSON.stringify(headers)}: ${expected.kind} ${expected.code ?? ''}`, async () => {
      const got = await crawl(row);
      assert.deepEqual([got.state, got.code], [expected.kind, expected.code], got.detail ?? '');
      assert.equal(got.files.length > 0, expected.kind === 'archived', 'what is stored');
      assert.ok(got.requests <= expected.requests, `${got.requests} requests`);
      assert.equal(got.againMs, expected.againMs);
      if (expected.kind === 'blocked') assert.match(got.detail ?? '', /HTTP status|no page of the site|twice|mark/);
    });
  }

  it('are more than a hundred', () => assert.ok(TABLE.length >= 100));
});
