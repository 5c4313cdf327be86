/** What the frontier remembers of sources: how their lists were read, what they showed, which lists had their turn. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SourceSample } from '../src/alarms/sources.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { READINGS_KEPT } from '../src/journal/sources.ts';
import { temporaryFolder } from './support/command.ts';

const open = (archive: string) => openOperations(archive);
const reading = (source: string, at: number): SourceSample => ({
  source,
  at,
  kind: at % 2 === 0 ? 'headline' : null,
  url: 'https://www.guancha.cn/GuanChaZheTouTiao/list_1.shtml',
  entries: at,
  fresh: 1,
  untitled: 2,
  untimed: 3,
  code: at % 2 === 0 ? null : 'SOURCE_UNREAD',
  elapsedMs: 4,
});

describe('the readings of a source', () => {
  it('come back newest first, of that source, over a restart', async () => {
    await using folder = await temporaryFolder();
    {
      using operations = open(folder.path);
      for (const each of [reading('头条', 1), reading('要闻', 2), reading('头条', 4)])
        operations.journal.sourceSamples.add(each);
    }
    using operations = open(folder.path);
    assert.deepEqual(operations.journal.sourceSamples.of('头条'), [reading('头条', 4), reading('头条', 1)]);
    assert.deepEqual(operations.journal.sourceSamples.of('时评'), []);
  });

  it('are bounded for each source alone', async () => {
    await using folder = await temporaryFolder();
    using operations = open(folder.path);
    operations.journal.sourceSamples.add(reading('时评', 0));
    for (let at = 0; at < READINGS_KEPT + 30; at++) operations.journal.sourceSamples.add(reading('头条', at));
    const kept = operations.journal.sourceSamples.of('头条').map(({ at }) => at);
    assert.deepEqual(
      kept,
      Array.from({ length: READINGS_KEPT }, (_, i) => READINGS_KEPT + 29 - i),
    );
    assert.equal(operations.journal.sourceSamples.of('时评').length, 1);
  });
});

describe('sightings', () => {
  it('say which sources showed an article, first and last', async () => {
    await using folder = await temporaryFolder();
    using operations = open(folder.path);
    operations.journal.sightings.note('头条', ['guancha:2', 'guancha:1'], 100);
    operations.journal.sightings.note('要闻', ['guancha:2', 'fengwen:7'], 200);
    operations.journal.sightings.note('头条', ['guancha:2'], 300);
    operations.journal.sightings.note('头条', [], 400);
    assert.deepEqual(operations.journal.sightings.of('guancha:2'), [
      { source: '头条', firstAt: 100, lastAt: 300 },
      { source: '要闻', firstAt: 200, lastAt: 200 },
    ]);
    assert.deepEqual(operations.journal.sightings.of('guancha:3'), []);
    assert.deepEqual(
      [...operations.journal.sightings.since(200)],
      [
        { id: 'fengwen:7', sources: ['要闻'], firstAt: 200, lastAt: 200 },
        { id: 'guancha:2', sources: ['头条', '要闻'], firstAt: 100, lastAt: 300 },
      ],
    );
    assert.equal([...operations.journal.sightings.since(0)].length, 3);
  });
});

describe('the lists that an index names', () => {
  it('have their turn: never read, then read longest ago', async () => {
    await using folder = await temporaryFolder();
    using operations = open(folder.path);
    const { next, note } = operations.journal.followed;
    const lists = ['a', 'b', 'c', 'd', 'a'];
    assert.deepEqual(next('作者', lists, 2), ['a', 'b']);
    note('作者', 'a', 20);
    note('作者', 'b', 10);
    assert.deepEqual(next('作者', lists, 3), ['c', 'd', 'b']);
    note('作者', 'c', 30);
    note('作者', 'd', 30);
    assert.deepEqual(next('作者', lists, 9), ['b', 'a', 'c', 'd']);
    assert.deepEqual(next('别的', lists, 1), ['a']);
  });
});
