/** The drift alarm: rings for a change of the markup, and not for the news. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeDrift, type FieldSample, findDrift } from '../src/alarms/drift.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { openRandom } from './newspaper/write/random.ts';
import { temporaryFolder } from './support/command.ts';

/** FieldSamples, newest first, in which a byline and a flag come as often as the shares say. */
function readings(
  count: number,
  shares: { readonly byline: number; readonly flag: number },
  seed: number,
): FieldSample[] {
  const random = openRandom('drift', seed);
  return Array.from({ length: count }, () => ({
    layout: '2026',
    filled: ['source', ...(random.chance(shares.byline) ? ['byline'] : [])],
    flags: random.chance(shares.flag) ? ['no-time'] : [],
  }));
}

describe('the drift alarm', () => {
  it('rings where a field is filled less than before, or a flag raised more', () => {
    const all = [...readings(200, { byline: 0.1, flag: 0.6 }, 1), ...readings(400, { byline: 0.8, flag: 0.01 }, 2)];
    assert.deepEqual(
      findDrift(all).map(({ what }) => what),
      ['field byline', 'flag no-time'],
    );
    assert.match(
      describeDrift(findDrift(all)[0] ?? assert.fail()),
      /^layout 2026: field byline in \d+ % of the newest articles, before in \d+ %/,
    );
  });

  it('keeps silent over a steady site, in 300 of 300 seeded archives', () => {
    for (let seed = 0; seed < 300; seed++)
      assert.deepEqual(findDrift(readings(600, { byline: 0.5, flag: 0.1 }, seed)), []);
  });

  it('keeps silent while there is little to compare, and looks at each layout by itself', () => {
    assert.deepEqual(
      findDrift([...readings(20, { byline: 0, flag: 1 }, 1), ...readings(20, { byline: 1, flag: 0 }, 2)]),
      [],
    );
    const other = readings(300, { byline: 0, flag: 1 }, 3).map((reading) => ({ ...reading, layout: 'classic' }));
    assert.deepEqual(findDrift([...other, ...readings(300, { byline: 1, flag: 0 }, 4)]), []);
  });

  it('remembers the last articles between runs', async () => {
    await using folder = await temporaryFolder();
    const [first, second] = readings(2, { byline: 0.5, flag: 0.5 }, 5);
    for (const reading of [first, second]) {
      using operations = openOperations(folder.path, { command: 'test' });
      operations.journal.fieldSamples.add(reading ?? assert.fail());
      operations.journal.runs.endRun();
    }
    using operations = openOperations(folder.path);
    assert.deepEqual(operations.journal.fieldSamples.newest(), [second, first]);
  });
});
