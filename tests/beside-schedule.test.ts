/** Every command beside a schedule that goes on: it works, or says who holds the archive; and what becomes of both when one dies. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOperations } from '../src/frontier/operations.ts';
import type { Order } from '../src/journal/orders.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { type Ended, type Running, run, start, temporaryFolder } from './support/command.ts';
import { commandOf, descendantsOf } from './support/processes.ts';
import { runHere } from './support/run-here.ts';

let newspaper: Newspaper;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let config: string;
let holder: Running | null = null;
before(async () => {
  newspaper = await openNewspaper({ articles: 6, imagesPerArticle: 0, specials: false, pageBytes: 4000 });
  folder = await temporaryFolder();
  config = at('config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  await writeFile(config, `${newspaper.config({ archive: './archive', politeness })}browser: { timeoutMs: 3000 }\n`);
  holder = await schedule();
  await holder.says('"type":"run"');
  while (waiting() > 0 || newspaper.requests.length < newspaper.articles.length) await sleep(50);
});
after(async () => {
  if (holder !== null) killAll(holder);
  await newspaper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const at = (name: string) => join(folder.path, name);
const archive = () => at('archive');
const command = (line: string) =>
  line
    .replace(/ARTICLE/, article().url)
    .replace(/NUMBER/, numberIn(article().url))
    .replace(/SOURCE/, '要闻')
    .replace(/DAYS/, '--from 2026-10-14 --to 2026-10-14')
    .replaceAll(/AT\b/g, folder.path)
    .split(' ');
const argv = (line: string) => [...command(line), ...(line.startsWith('copy ') ? [] : ['--config', config])];
const beside = (line: string) => run(argv(line));
/** What needs no process of its own is beside the schedule's all the same. */
async function here(line: string): Promise<Pick<Ended, 'code' | 'stdout' | 'stderr'>> {
  const { exit, ...said } = await runHere(argv(line));
  return { code: exit, ...said };
}

/** Of www, whose addresses end with their numbers. */
function article() {
  return newspaper.articles.find(({ url }) => numberIn(url) !== '') ?? assert.fail('no article of www');
}

function numberIn(url: string): string {
  return /_(\d+)\.shtml/.exec(url)?.[1] ?? '';
}

async function schedule(): Promise<Running> {
  const running = start(['schedule', '--json', '--config', config]);
  // Its lists may not be due yet: it holds the archive, and takes orders.
  while (
    !(await readFile(join(archive(), 'lock.json'), 'utf8').catch(() => '')).includes(`"pid":${running.child.pid},`)
  )
    await sleep(20);
  return running;
}

function waiting(): number {
  using operations = openOperations(archive(), { readOnly: true });
  return operations.frontier.waiting();
}

function openOrders(): readonly Order[] {
  using operations = openOperations(archive(), { readOnly: true });
  return operations.journal.orders.open();
}

async function untilDone(): Promise<void> {
  while (openOrders().length > 0) await sleep(50);
}

function killAll({ child }: Running): void {
  for (const pid of [...descendantsOf(child.pid ?? 0), child.pid ?? 0]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended
    }
  }
}

/** What is handed over, and the exit code that it has alone. */
const HANDED_OVER: Readonly<Record<string, number>> = {
  'archive ARTICLE --refresh': 0,
  'archive NUMBER': 0,
  crawl: 0,
  'crawl --source SOURCE': 0,
  'crawl --dry-run': 0,
  'backfill DAYS': 0,
  repair: 0,
  seal: 0,
};

const WORKS: Readonly<Record<string, number>> = {
  'archive guancha:1': 3,
  'crawl --source nobody': 2,
  'backfill --from 2026-13-01 --to 2026-10-14': 2,
  'repair --only nonsense': 2,
  'repair --dry-run': 0,
  retry: 0,
  orders: 0,
  'manifest write': 0,
  'manifest verify': 0,
  'export markdown AT/vault': 0,
  'export csv AT/a.csv': 0,
  'export wacz AT/a.wacz': 0,
  verify: 0,
  'prove NUMBER AT/proof': 0,
  audit: 0,
  reindex: 0,
  'copy AT/archive AT/copied': 0,
  'sources test SOURCE': 0,
  doctor: 0,
  status: 0,
  coverage: 0,
  letter: 0,
};

/** Those that need the archive for themselves. */
const REFUSED: readonly string[] = [
  'schedule',
  'extract --all',
  'import AT/a.wacz',
  'copy AT/copied AT/archive',
  'manifest write --bag AT/bag',
];

/** They start a browser, or keep what they have seen in the folder of the user, which tests have in their processes alone. */
const OF_ITS_OWN = /^(?:sources|doctor|verify|prove|copy)\b/;

async function walk(
  lines: readonly string[],
  check: (line: string, ended: Pick<Ended, 'code' | 'stdout' | 'stderr'>) => void,
): Promise<void> {
  for (const line of lines) {
    check(line, await (OF_ITS_OWN.test(line) ? beside : here)(line));
    assert.equal(holder?.child.exitCode ?? holder?.child.signalCode, null, `the schedule goes on beside ${line}`);
  }
}

describe('beside a schedule', () => {
  it('what only a run can do is handed over to it', async () => {
    await walk(Object.keys(HANDED_OVER), (line, { code, stdout, stderr }) => {
      assert.equal(code, HANDED_OVER[line], `${line}: ${stdout}${stderr}`);
      assert.match(stderr, /handed over to schedule on \S+, process \d+, since \S+, as order \d+/, line);
    });
    assert.deepEqual(openOrders(), []);
  });

  it('the same with --no-wait ends at once, and is done', async () => {
    await walk(
      Object.keys(HANDED_OVER).map((line) => `${line} --no-wait`),
      (line, { code, stdout, stderr }) => {
        assert.equal(code, 0, `${line}: ${stderr}`);
        assert.match(stdout, /^order \d+ is handed over to schedule on \S+, process \d+, since \S+\n$/, line);
      },
    );
    await untilDone();
  });

  it('what reads, and what is of the queue alone, works', async () => {
    await walk(Object.keys(WORKS), (line, { code, stdout, stderr }) =>
      assert.equal(code, WORKS[line], `${line}: ${stdout}${stderr}`),
    );
  });

  it('what needs the archive for itself says who holds it', async () => {
    await walk(REFUSED, (line, { code, stderr }) => {
      assert.equal(code, 6, `${line}: ${stderr}`);
      assert.match(stderr, /error ARCHIVE_IN_USE: another run is using this archive\n {2}schedule on \S+, process \d+/);
    });
  });

  it('the form of the reader, filled in by the bookmark, hands over as well', async () => {
    const server = start(['serve', '--port', '0', '--json', '--config', config]);
    try {
      let said = '';
      server.child.stdout?.on('data', (text: string) => {
        said += text;
      });
      await server.says('"origin"');
      const origin = /"origin":"([^"]+)"/.exec(said)?.[1] ?? assert.fail(said);
      const asked = newspaper.requests.length;
      const page = await (await fetch(`${origin}/run?lang=en&url=${encodeURIComponent(article().url)}`)).text();
      assert.ok(page.includes(`value="${article().url}"`), page);
      assert.deepEqual([openOrders(), newspaper.requests.length], [[], asked], 'filling in orders nothing');
      const body = new URLSearchParams({
        url: article().url,
        token: /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '',
      });
      const headers = { origin, 'sec-fetch-site': 'same-origin' };
      const sent = await fetch(`${origin}/run/order`, { method: 'POST', body, headers, redirect: 'manual' });
      assert.equal(sent.status, 303, await sent.text());
      const told = await (await fetch(new URL(sent.headers.get('location') ?? '', origin), { headers })).text();
      assert.match(told, /schedule/);
      await untilDone();
    } finally {
      server.child.kill('SIGTERM');
    }
    assert.equal((await server.ended).code, 0);
  });
});

describe('a schedule that dies', () => {
  it('leaves the crawl that was handed over to the command that waits; the next one starts cleanly', async () => {
    const { promise: never } = Promise.withResolvers<void>();
    let isSlow = true;
    let isAsked = false;
    newspaper.handle(({ path }) => {
      if (!isSlow || !path.includes('mainnews-yw')) return undefined;
      isAsked = true;
      return { after: never };
    });
    const crawl = start(['crawl', '--source', '要闻', '--config', config]);
    while (!isAsked) await sleep(20);
    isSlow = false;
    if (holder !== null) killAll(holder);
    const { code, stdout, stderr } = await crawl.ended;
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /the other run has ended; order \d+ is done here/);
    assert.deepEqual(openOrders(), []);
    holder = await schedule();
    assert.equal((await beside('archive NUMBER')).code, 0);
  });

  it('ends when it is told to though its browser hangs with an article in hand, and leaves no process', {
    skip: process.platform !== 'linux' && 'finds the browser among the processes by /proc',
  }, async () => {
    const { promise: never } = Promise.withResolvers<void>();
    const number = numberIn(article().url);
    let isAsked = false;
    newspaper.handle(({ path }) => {
      if (!path.includes(number)) return undefined;
      isAsked = true;
      return { after: never };
    });
    assert.equal((await beside('archive ARTICLE --refresh --no-wait')).code, 0);
    while (!isAsked) await sleep(20);
    const browser = descendantsOf(holder?.child.pid ?? 0);
    assert.ok(browser.length > 0);
    for (const pid of browser) process.kill(pid, 'SIGSTOP');
    holder?.child.kill('SIGTERM');
    const ended = await holder?.ended; // what hangs would hang this test
    assert.equal(ended?.code, 0, ended?.stderr);
    assert.deepEqual(
      browser.filter((pid) => commandOf(pid) !== ''),
      [],
    );
  });
});
