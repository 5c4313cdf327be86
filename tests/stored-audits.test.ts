/** The reports of audits that are kept in the archive: who writes them, how many stay, and what the reader shows of them. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AUDITS, auditReportKey } from '../src/archive/keys.ts';
import { openMemory } from '../src/archive/memory.ts';
import type { Storage } from '../src/archive/storage.ts';
import { openTrash } from '../src/archive/trash.ts';
import { type AuditSummary, type Finding, finding } from '../src/audit/promises.ts';
import { ArchiveError } from '../src/errors.ts';
import type { LogEvent } from '../src/log.ts';
import { readStoredAudit, storedAudits, storedReport } from '../src/report/stored-audits.ts';
import { run, temporaryFolder } from './support/command.ts';
import { openReadingRoom } from './support/reading-room.ts';
import { digests } from './support/tree.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/archive-1');
const ID = 'guancha:903180';
const RECORD = 'records/2026/10/2026_10_04_903180.json';
/** An article of the fixture. */
const RECORD_OF_ONE = 'records/2026/10/2026_10_14_904293.json';
const TITLE_OF_ONE = '2月14日起，云台区慢车六零七次恢复慢车';
const SUMMARY: AuditSummary = { articles: 3, assets: 2, bytes: 9, errors: 1, warnings: 0, elapsedMs: 1500 };

async function keep(storage: Storage, found: readonly Finding[], log: (event: LogEvent) => void = () => {}) {
  const startedAt = new Date('2026-11-27T00:00:00.000Z');
  const report = storedReport(
    {
      roots: ['/a'],
      command: 'audit',
      codes: [],
      groups: new Set(),
      startedAt,
      tool: { name: 'guancha-archive', version: '1.2.3', homepage: '' },
    },
    { storage, trash: openTrash(storage, { now: startedAt }), log },
  );
  for (const each of found) await report.add(each, '/a');
  await report.end(SUMMARY);
}

describe('the reports of audits', () => {
  it('stay by their number, the newest ten; older ones lie in the trash', async () => {
    const storage = openMemory();
    await storage.write(`${AUDITS}/notes.txt`, 'of somebody');
    for (let i = 0; i < 12; i++) await keep(storage, [finding('picture-gone', { path: RECORD, article: ID }, `${i}`)]);
    assert.deepEqual(await storedAudits(storage), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    assert.equal((await readStoredAudit(storage, 12))?.groups[0]?.shown[0]?.detail, '11');
    const trashed = await Array.fromAsync(storage.list('trash'), ({ key }) => key.split('/').slice(2).join('/'));
    assert.deepEqual(trashed.sort(), [auditReportKey(1), auditReportKey(2), 'list.jsonl']);
  });

  it('count more findings of a check than they name', async () => {
    const storage = openMemory();
    await keep(
      storage,
      Array.from({ length: 700 }, (_, i) => finding('picture-gone', { path: `${i}`, article: null }, 'x')),
    );
    const report = await readStoredAudit(storage, 1);
    assert.equal(report?.groups[0]?.count, 700);
    assert.equal(report.groups[0].shown.length, 50);
  });

  it('are not kept where the place refuses: in silence where it is read only, with a warning otherwise', async () => {
    for (const [code, warnings] of [
      ['ARCHIVE_NOT_WRITABLE', 0],
      ['ARCHIVE_FULL', 1],
    ] as const) {
      const said: LogEvent[] = [];
      const write = async () => {
        throw new ArchiveError(code, 'x');
      };
      await keep({ ...openMemory(), write }, [], (event) => void said.push(event));
      assert.equal(said.length, warnings, code);
    }
  });

  it('leave a number alone that no other can follow, and what cannot be read', async () => {
    const storage = openMemory();
    await storage.write(auditReportKey(999_999_999_999), '{}');
    await keep(storage, []);
    assert.deepEqual(await storedAudits(storage), [999_999_999_999]);
    assert.equal(await readStoredAudit(storage, 999_999_999_999), null);
    assert.equal(await readStoredAudit(storage, 7), null);
  });
});

describe('the command audit', () => {
  it('keeps a report of the whole configured archive alone, and finds nothing stray in it afterwards', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'an archive');
    cpSync(FIXTURE, archive, { recursive: true });
    const before = await digests(archive);
    for (const args of [[archive], ['--only', 'files', '--archive', archive], ['guancha:904293', '--archive', archive]])
      await run(['audit', ...args]);
    assert.deepEqual(await digests(archive), before);

    writeFileSync(join(archive, RECORD_OF_ONE), '{');
    const first = await run(['audit', '--archive', archive]);
    assert.match(first.stdout, /record-unreadable/, first.stdout + first.stderr);
    assert.ok(first.stdout.endsWith(`\n→ guancha-archive repair --archive '${archive}'\n`), first.stdout);
    assert.ok(first.stdout.includes(`\n    ${TITLE_OF_ONE}\n`), first.stdout);
    assert.deepEqual(readdirSync(join(archive, AUDITS)), ['000000000001.json']);

    writeFileSync(join(archive, AUDITS, 'else.json'), '{}');
    const second = await run(['audit', '--json', '--archive', archive]);
    assert.deepEqual(
      second.lines().flatMap(({ path }) => (String(path).startsWith(AUDITS) ? [path] : [])),
      [`${AUDITS}/else.json`],
    );
    assert.equal((await run(['manifest', 'write', '--archive', archive])).code, 0);
    assert.doesNotMatch(readFileSync(join(archive, 'manifest-sha256.txt'), 'utf8'), /audits\/0/);
  });

  it('audits what it may only read as well, and keeps nothing', {
    skip: process.getuid?.() === 0 ? false : 'needs root',
  }, async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    cpSync(FIXTURE, archive, { recursive: true });
    await chmod(folder.path, 0o755);
    const ended = await run(['audit', '--archive', archive], { uid: 65_534 });
    assert.match(ended.stdout, /articles\/s/, ended.stderr);
    assert.doesNotMatch(ended.stderr, /warn|error/);
    assert.ok(!readdirSync(archive).includes(AUDITS));
  });
});

describe('the page of the audit', () => {
  it('shows the newest report with titles, links and the command that repairs, and leads to the older ones', async () => {
    const room = await openReadingRoom();
    assert.match(await room.text('/audit?lang=en'), /There is no report of an audit yet/);
    await room.put({});
    await keep(room.storage, []);
    await keep(room.storage, [
      finding('picture-gone', { path: RECORD, article: ID }, 'a<b>.jpg'),
      finding('picture-gone', { path: RECORD, article: 'guancha:1' }, 'of an article that is not there'),
    ]);
    const page = await room.text('/audit?lang=en');
    assert.match(page, /<a href="\/articles\/guancha\/903180"><bdi>茶山的雨<\/bdi><\/a>/);
    assert.match(page, /a&lt;b&gt;\.jpg/);
    assert.match(page, /Repair what can be repaired: <code>guancha-archive repair<\/code>/);
    assert.match(page, /2026-11-27 08:00/);
    assert.match(page, /href="\/audit\?report=1">.*Nothing is wrong/s);
    assert.match(await room.text('/audit?lang=en&report=1'), /<b>Nothing is wrong<\/b>/);
    assert.match(await room.text('/audit?report=77'), /picture-gone/);
    await room.storage.write(auditReportKey(3), '{"startedAt":"x"}');
    assert.match(await room.text('/audit?lang=en'), /This report cannot be read/);
    assert.deepEqual(room.faults, []);
  });
});
