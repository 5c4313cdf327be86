/** Work that is handed over to the run that holds the archive: printed alike, done once, and lost by nobody's death. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOperations } from '../src/frontier/operations.ts';
import type { Order } from '../src/journal/orders.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Running, run, start, temporaryFolder } from './support/command.ts';

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let config: string;
let holder: Running | null = null;
before(async () => {
  newspaper = await openNewspaper({ articles: 12, imagesPerArticle: 0, specials: false, pageBytes: 4000 });
  folder = await temporaryFolder();
  config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  // No list is read before the next 29th of February: the schedule has nothing of its own to do.
  const text = newspaper
    .config({ archive: './archive', politeness })
    .replace(/^ {2}- \{ name: (?!财经).*\n/gm, '')
    .replace('pages: 1 }', 'pages: 1, cron: "0 0 29 2 *" }');
  await writeFile(config, text);
});
after(async () => {
  holder?.child.kill('SIGKILL');
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const archive = () => join(folder.path, 'archive');
/** Of www, whose addresses end with their numbers. */
const articleAt = (index: number) => newspaper.articles.filter(({ url }) => numberIn(url) !== '')[index];
const urlOf = (index: number) => articleAt(index)?.url ?? '';

async function schedule(): Promise<Running> {
  const running = start(['schedule', '--json', '--config', config]);
  while (
    (await readFile(join(archive(), 'lock.json'), 'utf8').catch(() => '')).includes(`"pid":${running.child.pid},`) ===
    false
  )
    await sleep(20);
  return running;
}

function numberIn(url: string): string {
  return /_(\d+)\.shtml/.exec(url)?.[1] ?? '';
}

function pathsOf(number: string): readonly string[] {
  return newspaper.requests.map(({ path }) => path).filter((path) => path.includes(number));
}

function orders(): readonly Order[] {
  using operations = openOperations(archive(), { readOnly: true });
  const { find } = operations.journal.orders;
  return Array.from({ length: 20 }, (_, i) => find(i + 1)).filter((order) => order !== null);
}

describe('archive beside a schedule', () => {
  it('prints the same as alone, with the same exit code', async () => {
    const nowhere = `${newspaper.www}/politics/2026_10_01_999001.shtml`;
    const argv = ['archive', '--config', config, urlOf(0), urlOf(1), nowhere];
    const alone = await run(argv);
    assert.equal(alone.code, 3, alone.stderr);
    assert.match(alone.stdout, /2 archived, 1 gone|1 gone/);

    holder = await schedule();
    const beside = await run([...argv, '--refresh']);
    assert.equal(beside.code, 3, beside.stderr);
    assert.match(beside.stderr, /handed over to schedule on \S+, process \d+, since \S+, as order 1/);
    const sorted = ({ stdout }: { readonly stdout: string }) =>
      stdout
        .replaceAll('archived ', 'unchanged')
        .replaceAll('✓', '=')
        .replaceAll('archived', 'unchanged')
        .split('\n')
        .sort();
    assert.deepEqual(sorted(beside), sorted(alone));
  });

  it('visits once what two have ordered at a time', async () => {
    const argv = ['archive', '--json', '--config', config, urlOf(2)];
    const both = await Promise.all([run(argv), run(argv)]);
    for (const { code, stderr, lines } of both) {
      assert.equal(code, 0, stderr);
      assert.deepEqual(
        lines().map(({ title }) => title),
        [articleAt(2)?.title],
      );
    }
    const paths = pathsOf(numberIn(urlOf(2)));
    assert.equal(new Set(paths).size, paths.length, 'nothing was asked for twice');
  });

  it('hands over what is of the site, and ends at once with --no-wait', async () => {
    const hostile = ['https://evil.example/politics/2026_10_01_1.shtml', 'javascript:alert(1)', '../../etc/passwd'];
    const { code, lines } = await run(['archive', '--no-wait', '--json', '--config', config, urlOf(3), ...hostile]);
    assert.equal(code, 3);
    const [last, ...refused] = lines().reverse();
    assert.deepEqual([last?.order, last?.state], [orders().length, 'waiting']);
    assert.deepEqual(
      refused.map((line) => line.code),
      hostile.map(() => 'URL_INVALID'),
    );
    while (orders().at(-1)?.state !== 'done') await sleep(50);
  });

  it('seals beside it, as alone', async () => {
    const { code, stdout, stderr } = await run(['seal', '--config', config]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /handed over to schedule/);
    assert.match(stdout, /^\d+ of \d+ files? newly sealed; guancha-archive\/[0-9a-f]+, \d+ entries\n$/);
  });

  it('goes on where its run was killed, and prints each article once', async () => {
    // The one with the larger id is first.
    const [inHand = '', before = ''] = [4, 5].map(urlOf).map(numberIn).sort();
    let isSlow = true;
    newspaper.handle(({ path }) => (isSlow && path.includes(inHand) ? { delayMs: 30_000 } : undefined));
    const waiting = start(['archive', '--json', '--config', config, urlOf(4), urlOf(5)]);
    while (pathsOf(inHand).length === 0) await sleep(20);
    const requests = pathsOf(before);
    assert.ok(requests.length > 0);
    isSlow = false;
    holder?.child.kill('SIGKILL');
    const ended = await waiting.ended;
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.match(ended.stderr, /the other run has ended; order \d+ is done here/);
    const titles = ended.lines().map(({ outcome, title }) => [outcome, title]);
    assert.deepEqual(titles.sort(), [4, 5].map((index) => ['archived', articleAt(index)?.title]).sort());
    assert.deepEqual(pathsOf(before), requests, 'the one that was done is not asked for again');
    assert.deepEqual(new Set(orders().map(({ state }) => state)), new Set(['done']));
  });
});
