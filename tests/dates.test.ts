/** Clock texts mean the same instant on every machine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { onSiteClock, readClock, startOfDay } from '../src/site/clock.ts';

/** Half past midnight in Beijing on New Year's Day, still the old year elsewhere. */
const FETCHED = '2021-12-31T16:30:00.000Z';

const CASES: readonly (readonly [text: string, at: string | null, precision?: string])[] = [
  ['2022-01-28 10:30:43', '2022-01-28T10:30:43+08:00', 'second'],
  ['2022-01-28T10:30:43', '2022-01-28T10:30:43+08:00', 'second'],
  [' 2022-01-28 10:30 ', '2022-01-28T10:30:00+08:00', 'minute'],
  ['2022-01-28 00:05:09', '2022-01-28T00:05:09+08:00', 'second'],
  ['2022-01-28', '2022-01-28T00:00:00+08:00', 'day'],
  ['01/02/2022 18:53:44', '2022-01-02T18:53:44+08:00', 'second'],
  ['刚刚', '2022-01-01T00:30:00+08:00', 'approximate'],
  ['5分钟前', '2022-01-01T00:25:00+08:00', 'approximate'],
  ['2小时前', '2021-12-31T22:30:00+08:00', 'approximate'],
  ['昨天 09:15', '2021-12-31T09:15:00+08:00', 'approximate'],
  ['昨天 ', '2021-12-31T00:30:00+08:00', 'approximate'],
  ['01-01 00:10', '2022-01-01T00:10:00+08:00', 'approximate'],
  ['12-30 23:59', '2021-12-30T23:59:00+08:00', 'approximate'],
  ['2022-02-30 10:00:00', null],
  ['2022-01-28 24:00:00', null],
  ['13/28/2022 10:00:00', null],
  ['最后更新: 2022-01-28 10:30:43', null],
  ['来源：晨报', null],
  ['', null],
];

describe('clock text', () => {
  it('takes a day without a year for the last one that there was', () => {
    for (const [text, fetchedAt, at] of [
      ['02-29 10:30', '2025-01-15T00:00:00.000Z', '2024-02-29T10:30:00+08:00'],
      ['02-29 10:30', '2024-03-01T00:00:00.000Z', '2024-02-29T10:30:00+08:00'],
      ['02-29 10:30', '2024-01-15T00:00:00.000Z', '2020-02-29T10:30:00+08:00'],
      ['02-29 10:30', '2103-01-15T00:00:00.000Z', '2096-02-29T10:30:00+08:00'],
      ['12-31 23:50', '2025-01-01T00:00:00.000Z', '2024-12-31T23:50:00+08:00'],
      ['02-30 10:30', '2025-01-15T00:00:00.000Z', null],
    ] as const)
      assert.equal(readClock(text, fetchedAt)?.at ?? null, at, `${text} in ${fetchedAt}`);
  });

  for (const [text, at, precision] of CASES) {
    it(text || '(empty)', () => {
      assert.deepEqual(readClock(text, FETCHED), at === null ? null : { at, precision });
    });
  }

  it('any printed second comes back as printed', () => {
    const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, (instant) => {
        const at = onSiteClock(instant.toISOString());
        const printed = at.slice(0, 19).replace('T', ' ');
        assert.deepEqual(readClock(printed, FETCHED), { at, precision: 'second' });
        assert.equal(Date.parse(at), Math.floor(instant.getTime() / 1000) * 1000);
        assert.equal(startOfDay(at.slice(0, 10))?.at, `${at.slice(0, 10)}T00:00:00+08:00`);
      }),
    );
  });

  it('any text gives an instant or null', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-/: T昨天分钟小时前刚') }), (text) => {
        const read = readClock(text, FETCHED);
        assert.ok(read === null || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/.test(read.at));
      }),
    );
    assert.equal(readClock('刚刚', 'no time'), null);
  });

  for (const zone of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
    it(`reads the same under TZ=${zone}`, () => {
      const module = new URL('../src/site/clock.ts', import.meta.url).href;
      const script = `import { readClock } from ${JSON.stringify(module)};
        const texts = ${JSON.stringify(CASES.map(([text]) => text))};
        console.log(JSON.stringify(texts.map((text) => readClock(text, ${JSON.stringify(FETCHED)})?.at ?? null)));`;
      const env = { ...process.env, TZ: zone };
      const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
      assert.deepEqual(
        JSON.parse(out),
        CASES.map(([, at]) => at),
      );
    });
  }
});
