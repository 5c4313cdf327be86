/** What was fetched and is no article: kept whole, once, within its limits. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openDisk } from '../src/archive/disk.ts';
import { quarantineDescription } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import { openQuarantine } from '../src/archive/quarantine.ts';
import { ArchiveError } from '../src/errors.ts';
import type { Log } from '../src/log.ts';
import type { Page, Verdict } from '../src/model.ts';
import { temporaryFolder } from './support/command.ts';
import { sweepAfter } from './support/drafts.ts';
import { fetchedPage } from './support/fetched-page.ts';
import { files } from './support/tree.ts';

const LIMITS = { quarantineItems: 3, quarantineBytes: 10_000 };
const BLOCKED: Verdict = { kind: 'blocked', evidence: ['HTTP status 403'] };

function page(day: number, body: string | Uint8Array = `page ${day}`): Page {
  const url = `https://www.guancha.cn/a/2026_10_04_90${day}.shtml`;
  return fetchedPage({
    url,
    status: 403,
    headers: { 'content-type': 'text/html', 'set-cookie': 'secret' },
    body: Buffer.from(body),
    fetchedAt: `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  });
}

describe('the quarantine', () => {
  it('keeps a page with all it came with, and gives its bytes back', async () => {
    await using folder = await temporaryFolder();
    const quarantine = openQuarantine(openDisk(folder.path), LIMITS);
    await quarantine.keep(BLOCKED, page(1, '请输入验证码'));
    const [item, ...others] = await quarantine.list();
    assert.ok(item !== undefined && 'name' in item && 'url' in item);
    assert.equal(others.length, 0);
    assert.equal(item.name, '20261101T000000000Z_2026_10_04_901.shtml');
    assert.deepEqual([item.status, item.verdict, item.bytes], [403, BLOCKED, 18]);
    assert.deepEqual(item.headers, { 'content-type': 'text/html' });
    assert.equal(String(await quarantine.body(item)), '请输入验证码');
    assert.deepEqual(await files(folder.path), [`quarantine/${item.name}.gz`, `quarantine/${item.name}.json`]);
    await quarantine.remove(item.name);
    assert.deepEqual(await files(folder.path), []);
  });

  it('keeps the same bytes under the same verdict once', async () => {
    await using folder = await temporaryFolder();
    const quarantine = openQuarantine(openDisk(folder.path), LIMITS);
    await quarantine.keep(BLOCKED, page(1));
    await quarantine.keep(BLOCKED, { ...page(1), fetchedAt: '2026-11-09T00:00:00.000Z' });
    assert.equal((await quarantine.list()).length, 1);
    await quarantine.keep({ kind: 'truncated', evidence: [] }, { ...page(1), fetchedAt: '2026-11-10T00:00:00.000Z' });
    assert.equal((await quarantine.list()).length, 2);
  });

  it('lets the oldest go where there are too many, or too many bytes', async () => {
    await using folder = await temporaryFolder();
    const quarantine = openQuarantine(openDisk(folder.path), LIMITS);
    await Promise.all([1, 2, 3, 4, 5].map((day) => quarantine.keep(BLOCKED, page(day))));
    const days = async () =>
      (await quarantine.list()).map((item) => ('fetchedAt' in item ? Number(item.fetchedAt.slice(8, 10)) : 0));
    assert.deepEqual(await days(), [3, 4, 5]);
    const noise = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)); // gzip makes it no smaller
    await quarantine.keep(BLOCKED, page(6, noise(6000)));
    await quarantine.keep(BLOCKED, page(7, noise(6000)));
    assert.deepEqual(await days(), [7]);
    await quarantine.keep(BLOCKED, page(8, noise(11_000)));
    assert.deepEqual(await days(), [7], 'one that is too large alone is not kept at all');
    await openQuarantine(openDisk(folder.path), { ...LIMITS, quarantineItems: 0 }).keep(BLOCKED, page(9));
    assert.deepEqual(await days(), [7]);
  });

  it('says so where its bytes are not those that came', async () => {
    await using folder = await temporaryFolder();
    const quarantine = openQuarantine(openDisk(folder.path), LIMITS);
    await quarantine.keep(BLOCKED, page(1));
    const [item] = await quarantine.list();
    assert.ok(item !== undefined && 'name' in item && 'url' in item);
    await writeFile(join(folder.path, `quarantine/${item.name}.gz`), 'x');
    await assert.rejects(quarantine.body(item), { code: 'ARCHIVE_DAMAGED' });
    await writeFile(join(folder.path, `quarantine/${item.name}.json`), '{}');
    const [damaged] = await openQuarantine(openDisk(folder.path), LIMITS).list();
    assert.ok(damaged instanceof ArchiveError && damaged.code === 'ARCHIVE_DAMAGED');
  });

  for (const [name, damage] of [
    ['no JSON', '{"name": "2026'],
    ['empty', ''],
    ['of another form', '{"name": 1}'],
    ['another’s', null],
  ] as const)
    it(`goes on where a description is ${name}: it is told, moved away with its page, and the next page kept`, async () => {
      await using folder = await temporaryFolder();
      await openQuarantine(openDisk(folder.path), LIMITS).keep(BLOCKED, page(1));
      const told: string[] = [];
      const log: Log = ({ message }) => void told.push(message);
      const quarantine = openQuarantine(openDisk(folder.path), LIMITS, { log });
      const key = quarantineDescription('20261101T000000000Z_901.shtml'.replace('_901', '_2026_10_04_901'));
      const text = damage ?? (await readFile(join(folder.path, key), 'utf8')).replace('20261101', '20261102');
      await writeFile(join(folder.path, key), text);
      await quarantine.keep(BLOCKED, page(2));
      await quarantine.keep(BLOCKED, page(3));
      const days = (await quarantine.list()).map((item) => ('fetchedAt' in item ? item.fetchedAt.slice(8, 10) : ''));
      assert.deepEqual(days, ['02', '03']);
      assert.equal(told.length, 1);
      const moved = (await files(folder.path)).filter((path) => path.startsWith('trash/') && !path.endsWith('.jsonl'));
      assert.equal(moved.length, 2);
    });

  it('reads each description once, however many pages are kept', async () => {
    const memory = openMemory();
    let reads = 0;
    const counting = {
      ...memory,
      read: (key: string) => {
        reads += 1;
        return memory.read(key);
      },
    };
    const limits = { quarantineItems: 500, quarantineBytes: 10_000_000 };
    const first = openQuarantine(memory, limits);
    for (let n = 0; n < 100; n++) await first.keep(BLOCKED, page(10, `page ${n}`));
    assert.equal((await first.list()).length, 100, 'pages of one moment and one name are kept beside each other');
    const quarantine = openQuarantine(counting, limits);
    for (let n = 100; n < 120; n++) await quarantine.keep(BLOCKED, page(10, `page ${n}`));
    assert.ok(reads <= 120, `${reads} readings`);
  });

  it('is swept of bytes that a dead run left without their description', async () => {
    await using folder = await temporaryFolder();
    await openQuarantine(openDisk(folder.path), LIMITS).keep(BLOCKED, page(1));
    await writeFile(join(folder.path, 'quarantine/20261102T000000000Z_half.shtml.gz'), 'x');
    await writeFile(join(folder.path, 'quarantine/._of-another-system.gz'), 'x');
    assert.equal(await sweepAfter(openDisk(folder.path), 0), 1);
    const left = (await files(folder.path)).filter((path) => !path.startsWith('trash/'));
    assert.equal(left.length, 3);
  });
});
