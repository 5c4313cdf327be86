/** What a crawl reports to its hooks: each new article, version and withdrawal, a failed run; killed in between, nothing is lost. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openApp } from '../src/app.ts';
import type { ArchiveRecord } from '../src/archive/record.ts';
import { loadConfig } from '../src/config.ts';
import { archiveWaiting } from '../src/crawl/crawl.ts';
import { ArchiveError } from '../src/errors.ts';
import { openOperations } from '../src/frontier/operations.ts';
import type { ArticleId } from '../src/model.ts';
import { createHook } from '../src/notify/hook.ts';
import { failureNotice, type Notice, noticeOf } from '../src/notify/notice.ts';
import { reportFailure } from '../src/notify/notifier.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { run, start, temporaryFolder } from './support/command.ts';
import { openReceiver } from './support/receiver.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const KINDS = ['published', 'edited', 'withdrawn', 'alarm', 'run-failed'] as const;
const never = new AbortController().signal;

/** A record with so many versions, captured on the days 1, 2, …, and the absences given. */
function recordOf(versions: number, absences: ArchiveRecord['absences'] = []): ArchiveRecord {
  const record: Partial<ArchiveRecord> = {
    id: 'guancha:904308',
    url: 'https://www.guancha.cn/a/2026_10_14_904308.shtml',
    source: '要闻',
    article: { title: '柳溪小站铺轨到站', publishedAt: '2026-10-14T21:22:57+08:00' } as ArchiveRecord['article'],
    document: { path: 'articles/2026/10/2026_10_14_904308.html', bytes: 1, sha256: '' },
    versions: Array.from({ length: versions }, (_, index) => ({
      document: '',
      sha256: '',
      contentHash: '',
      capturedAt: dayOf(index + 1),
      changes: null,
    })),
    absences,
  };
  return record as ArchiveRecord;
}

const dayOf = (day: number) => new Date(Date.UTC(2026, 10, day)).toISOString();
const goneSince = (day: number, until: string | null = null) => ({
  since: dayOf(day),
  until,
  evidence: ['HTTP status 404'],
});

describe('the notice of a visit', () => {
  const one = recordOf(1);
  const two = recordOf(2);
  const gone = recordOf(2, [goneSince(3)]);
  const back = recordOf(2, [goneSince(3, dayOf(4))]);
  const cases: readonly [
    name: string,
    before: ArchiveRecord | null,
    record: ArchiveRecord | null,
    unfinishedSince: string | null,
    on: Notice['on'] | null,
  ][] = [
    ['nothing in the archive', null, null, null, null],
    ['a new article', null, one, null, 'published'],
    ['a new version', one, two, null, 'edited'],
    ['the same as before', two, two, null, null],
    ['gone now', two, gone, null, 'withdrawn'],
    ['gone as before', gone, gone, null, null],
    ['there again, unchanged', gone, back, null, null],
    ['gone again', back, recordOf(2, [goneSince(3, dayOf(4)), goneSince(5)]), null, 'withdrawn'],
    ['written by a run that was cut off', one, one, dayOf(1), 'published'],
    ['a version of a run that was cut off', two, two, dayOf(2), 'edited'],
    ['written before the run that was cut off', two, two, dayOf(3), null],
    ['found gone by a run that was cut off', gone, gone, dayOf(3), 'withdrawn'],
    ['found gone before the run that was cut off', gone, gone, dayOf(4), null],
  ];
  for (const [name, before, record, since, on] of cases) {
    it(`${name}: ${on ?? 'none'}`, () => {
      const visit = { outcome: { kind: 'unchanged', key: '' }, before, record, found: [], asked: true } as const;
      const notice = noticeOf({ visit }, { unfinishedSince: since === null ? null : Date.parse(since) });
      assert.equal(notice?.on ?? null, on);
    });
  }

  it('says what a reader needs', () => {
    const visit = { outcome: { kind: 'archived', key: '' }, before: one, record: two, found: [], asked: true } as const;
    assert.deepEqual(noticeOf({ visit }, { unfinishedSince: null }), {
      on: 'edited',
      id: 'guancha:904308',
      url: 'https://www.guancha.cn/a/2026_10_14_904308.shtml',
      title: '柳溪小站铺轨到站',
      source: '要闻',
      publishedAt: '2026-10-14T21:22:57+08:00',
      capturedAt: dayOf(2),
      document: 'articles/2026/10/2026_10_14_904308.html',
      version: 2,
      changes: null,
    });
  });
});

describe('a failed run', () => {
  const hookTo = (url: string) => createHook({ on: [...KINDS], webhook: url }, { timeoutMs: 2000 });
  const options = { command: 'crawl', log: () => {}, signal: never };
  const blocked = new ArchiveError('BLOCKED', 'everywhere');

  it('is reported, and kept until somebody receives it', async () => {
    await using folder = await temporaryFolder();
    await reportFailure(blocked, { ...options, place: folder.path, hooks: [hookTo('http://127.0.0.1:9/')] });
    const [status] = (await run(['status', '--json', '--archive', folder.path])).lines();
    assert.deepEqual(status?.notices, { waiting: 1, failed: [] });
  });

  it('is reported once for one lasting trouble, however often a run is begun anew', async () => {
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver();
    const clock = openTurnedClock(Date.parse('2026-10-14T23:00:00Z'));
    const given = { ...options, command: 'schedule', place: folder.path, hooks: [hookTo(receiver.url)], clock };
    const visit = () => {
      using operations = openOperations(folder.path, { now: clock.now });
      operations.journal.visits.note('guancha:1', 'unchanged');
    };
    visit();
    const heard = async (error: ArchiveError) => {
      const before = receiver.heard.length;
      for (let start = 0; start < 4; start++) {
        clock.advance(3_600_000);
        await reportFailure(error, given);
      }
      return receiver.heard.slice(before).map(({ body }) => body.code);
    };
    const missing = new ArchiveError('NO_BROWSER', 'the library libnss3.so is missing');
    assert.deepEqual(await heard(missing), ['NO_BROWSER'], 'over midnight too');
    assert.deepEqual(await heard(blocked), ['BLOCKED'], 'another trouble');
    assert.deepEqual(await heard(missing), []);
    visit();
    assert.deepEqual(await heard(missing), ['NO_BROWSER'], 'once it was over');
  });

  it('is reported at once where the archive takes nothing', async () => {
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver();
    const archive = join(folder.path, 'file');
    await writeFile(archive, 'no folder');
    await reportFailure(blocked, { ...options, place: archive, hooks: [hookTo(receiver.url)] });
    const [heard] = receiver.heard;
    assert.deepEqual([heard?.body.on, heard?.body.code, heard?.body.detail], ['run-failed', 'BLOCKED', 'everywhere']);
  });

  it('is none where somebody wished it, or another run has its turn', async () => {
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver();
    for (const code of ['INTERRUPTED', 'ARCHIVE_IN_USE'] as const)
      await reportFailure(new ArchiveError(code, 'x'), {
        ...options,
        place: folder.path,
        hooks: [hookTo(receiver.url)],
      });
    assert.deepEqual(receiver.heard, []);
  });

  it('of a fault of the program says so', () => {
    const notice = failureNotice(new TypeError('x is not y'), { command: 'crawl', at: 0, since: 0 });
    assert.deepEqual(notice, {
      on: 'run-failed',
      command: 'crawl',
      code: 'INTERNAL',
      detail: 'TypeError: x is not y',
      since: '1970-01-01T00:00:00.000Z',
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});

async function configured(folder: string, newspaper: Newspaper, notify: readonly object[]): Promise<string> {
  const path = join(folder, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  const text = newspaper.config({ archive: './archive', politeness });
  await writeFile(path, `${text}\nnotify: ${JSON.stringify(notify)}\n`);
  return path;
}

describe('a crawl with hooks', () => {
  it('reports each article once; killed while it reports, the next one reports the rest', async () => {
    await using newspaper = await openNewspaper({ articles: 8, specials: false });
    await using folder = await temporaryFolder();
    const third = Promise.withResolvers<void>();
    let dead = false;
    await using receiver = await openReceiver((response, number) => {
      if (dead || number < 3) response.writeHead(204).end();
      else third.resolve(); // the third gets no answer: its sender is killed
    });
    const config = await configured(folder.path, newspaper, [{ on: KINDS, webhook: receiver.url }]);
    const first = start(['crawl', '--json', '--config', config]);
    await third.promise;
    first.child.kill('SIGKILL');
    await first.ended;
    dead = true;
    const second = await run(['crawl', '--json', '--config', config]);
    assert.equal(second.code, 0, second.stderr);
    const archived = newspaper.articles.filter(({ outcome, lists }) => outcome === 'archived' && lists.length > 0);
    const sent = receiver.heard.filter(({ body }) => body.on === 'published');
    assert.deepEqual([...new Set(sent.map(({ body }) => body.id))].sort(), archived.map(({ id }) => id).sort());
    assert.equal(new Set(sent.map(({ body }) => body.delivery)).size, archived.length);
    assert.equal(sent.length, archived.length + 1, 'the one in hand came twice, under one id');
    const [status] = (await run(['status', '--json', '--config', config])).lines();
    assert.deepEqual(status?.notices, { waiting: 0, failed: [] });
    const count = receiver.heard.length;
    await run(['crawl', '--json', '--config', config]);
    assert.equal(receiver.heard.length, count, 'a crawl that finds nothing new reports nothing');
  });

  it('reports a run that failed', async () => {
    await using newspaper = await openNewspaper({ articles: 8, specials: false });
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver();
    const config = await configured(folder.path, newspaper, [{ on: ['run-failed'], webhook: receiver.url }]);
    await writeFile(join(folder.path, 'archive'), 'no folder');
    const ended = await run(['crawl', '--config', config]);
    assert.equal(ended.code, 8, ended.stderr);
    assert.deepEqual(
      receiver.heard.map(({ body }) => [body.on, body.command, body.code]),
      [['run-failed', 'crawl', 'ARCHIVE_NOT_WRITABLE']],
    );
  });
});

describe('visits to one article', () => {
  it('are reported as published, edited, withdrawn, each once, and as nothing in between', async () => {
    await using newspaper = await openNewspaper({ articles: 8, specials: false });
    await using folder = await temporaryFolder();
    const config = loadConfig(await configured(folder.path, newspaper, []));
    await using app = await openApp(config, { command: 'test', log: () => {}, wait: null });
    const article = newspaper.articles.find(
      ({ era, wholeForm, outcome, id }) =>
        era === 'cms-2026' && !wholeForm && outcome === 'archived' && id.startsWith('guancha:'),
    );
    assert.ok(article);
    const { id, url } = article;
    const path = new URL(url).pathname;
    const none = { source: null, via: null, leadPicture: null, listed: null };
    app.frontier.add([{ id: id as ArticleId, url, priority: 1, ...none }]);
    const visit = async () => {
      const notices: (Notice | null)[] = [];
      app.frontier.requeue({ ids: [id as ArticleId] });
      await archiveWaiting(app, {
        ...config.politeness,
        ...config.revisits,
        refresh: true,
        stopSignal: never,
        abortSignal: never,
        log: () => {},
        onSettled: (settled) => void notices.push(noticeOf(settled, app.journal.runs)),
      });
      assert.equal(notices.length, 1);
      return notices[0] ?? null;
    };
    const on = async () => (await visit())?.on ?? null;
    const html = newspaper.read(path);
    assert.deepEqual([await on(), await on()], ['published', null]);
    newspaper.put(path, { body: html.replace(/<p>(?=[^<]{20})/, '<p>更正：') });
    const edited = await visit();
    assert.ok(edited?.on === 'edited');
    assert.deepEqual([edited.version, edited.changes?.body], [2, { added: 3, removed: 0 }]);
    assert.equal(await on(), null);
    newspaper.put(path, { status: 404, body: '' });
    const withdrawn = await visit();
    assert.ok(withdrawn?.on === 'withdrawn');
    assert.deepEqual([withdrawn.title, withdrawn.evidence], [article.title, ['HTTP status 404']]);
    assert.equal(await on(), null);
    newspaper.put(path, { status: 503, body: '' });
    assert.equal(await on(), null);
  });
});

describe('notify test', () => {
  it('says what each hook answered, and ends with 3 where one failed or none was asked', async () => {
    await using newspaper = await openNewspaper({ articles: 8, specials: false });
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver();
    const fails = { on: ['alarm'], command: [process.execPath, '-e', 'console.error("no room");process.exit(3)'] };
    const hooks = [{ on: KINDS, webhook: receiver.url }, fails];
    const config = await configured(folder.path, newspaper, hooks);
    const all = await run(['notify', 'test', '--json', '--config', config]);
    assert.equal(all.code, 3);
    assert.deepEqual(
      all.lines().map(({ on, ok, detail }) => [on, ok, detail]),
      [...KINDS.map((on) => [on, true, 'HTTP status 204']), ['alarm', false, 'exit code 3: no room']],
    );
    assert.ok(receiver.heard.every(({ body }) => body.test === true));
    assert.doesNotMatch(all.stdout, /secret/);
    const one = await run(['notify', 'test', '--on', 'edited', '--config', config]);
    assert.equal(one.code, 0, one.stderr);
    assert.match(one.stdout, /^✓ edited {6}webhook http:\/\/127\.0\.0\.1:\d+ {2}HTTP status 204\n$/);
    assert.equal((await run(['notify', 'test', '--on', 'nonsense', '--config', config])).code, 2);
    const none = await run(['notify', 'test', '--config', await configured(folder.path, newspaper, [])]);
    assert.equal(none.code, 3);
    assert.match(none.stdout, /nothing was sent/);
  });
});
