/** What a site may ask to wait: nothing that a header or a robots.txt holds may stop an archive. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { crawlDelayMs, retryAfterMs } from '../src/fetch/wishes.ts';

const NOW = Date.parse('2026-10-14T08:00:00Z');
const HOUR_MS = 3_600_000;
const LONGEST_MS = 6 * HOUR_MS;
const asked = (value: string | undefined) => retryAfterMs(value, { now: NOW, longestMs: LONGEST_MS });
const delay = (value: number | string | null | undefined) => crawlDelayMs(value, { longestMs: LONGEST_MS });

describe('Retry-After', () => {
  const read: readonly [value: string, ms: number][] = [
    ['2', 2000],
    [' 120 ', 120_000],
    ['0007', 7000],
    ['Wed, 14 Oct 2026 08:01:00 GMT', 60_000],
    ['Wednesday, 14-Oct-26 08:01:00 GMT', 60_000],
    ['Wed Oct 14 08:01:00 2026', 60_000],
    ['21601', LONGEST_MS],
    [String(24 * 3600), LONGEST_MS],
    ['Fri, 16 Oct 2026 08:00:00 GMT', LONGEST_MS],
  ];
  for (const [value, ms] of read) it(`is ${ms} ms where it is ${value}`, () => assert.equal(asked(value), ms));

  const unread = [
    '',
    '0',
    '0.5',
    '-1',
    '+5',
    '1e3',
    '0x10',
    '１２',
    '5, 5',
    '5s',
    'soon',
    '1790000000',
    '1790000000000',
    '99999999999999999999',
    '2026-10-14T09:00:00Z',
    'Wed, 14 Oct 2026 09:00:00 +0100',
    'Wed, 14 Oct 2026 09:00:00',
    'Tue, 31 Feb 2027 09:00:00 GMT',
    'Wed, 14 Oct 2026 29:00:00 GMT',
    'Wed, 14 Oct 2026 07:59:59 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Tue, 01 Jan 2199 00:00:00 GMT',
  ];
  for (const value of unread) it(`asks for nothing where it is "${value}"`, () => assert.equal(asked(value), null));

  it('asks for nothing where it is absent', () => assert.equal(asked(undefined), null));

  it('is a time within bounds or nothing, whatever it holds', () => {
    const text = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.bigInt().map(String),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(text, (value) => {
        const ms = asked(value);
        assert.ok(ms === null || (Number.isSafeInteger(ms) && ms > 0 && ms <= LONGEST_MS), `${value}: ${ms}`);
      }),
    );
  });
});

describe('crawl-delay', () => {
  for (const [value, ms] of [
    [7, 7000],
    ['1.5', 1500],
    ['90000', LONGEST_MS],
  ] as const)
    it(`is ${ms} ms where it is ${value}`, () => assert.equal(delay(value), ms));

  for (const value of [
    undefined,
    null,
    '',
    0,
    -3,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    '1e300',
    'ten',
    '1790000000',
  ])
    it(`asks for nothing where it is ${value}`, () => assert.equal(delay(value), null));
});
