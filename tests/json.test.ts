/** --json: every command prints lines that the schemas know, and one last line; an unknown id is the same error everywhere. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { articleKey } from '../src/archive/keys.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { createProgram } from '../src/program.ts';
import { type Running, start, temporaryFolder } from './support/command.ts';
import { documentOf, draft, save } from './support/drafts.ts';
import { type JsonOutput, readJson } from './support/json-lines.ts';
import { runHere } from './support/run-here.ts';

const ID = 'guancha:903180';

/** Each command as it may be called beside `AT/full`; `AT` is the folder of the test. `until`: it runs until it is stopped. */
const CALLS: Readonly<
  Record<string, readonly { readonly argv: string; readonly exit: number; readonly until?: string }[]>
> = {
  version: [{ argv: 'version', exit: 0 }],
  start: [{ argv: 'start nonsense', exit: 2 }],
  init: [
    { argv: 'init AT/made --yes', exit: 0 },
    { argv: 'init AT/made --yes', exit: 2 },
  ],
  archive: [{ argv: 'archive nonsense', exit: 2 }],
  crawl: [
    { argv: 'crawl --archive AT/new', exit: 2 },
    { argv: 'crawl --dry-run', exit: 0 },
  ],
  schedule: [
    { argv: 'schedule --config AT/slots.yaml', exit: 0, until: 'locked' },
    { argv: 'schedule', exit: 2 },
  ],
  backfill: [
    { argv: 'backfill --from 2026-10-01 --to 2026-10-02 --dry-run', exit: 0 },
    { argv: 'backfill --archive AT/new --from 2026-10-01 --to 2026-10-02', exit: 2 },
  ],
  import: [
    { argv: 'import AT/page.html', exit: 3 },
    { argv: 'import AT/nosuch', exit: 8 },
  ],
  orders: [
    { argv: 'orders', exit: 0 },
    { argv: 'orders cancel 1', exit: 0 },
    { argv: 'orders cancel 99', exit: 3 },
  ],
  retry: [
    { argv: 'retry', exit: 0 },
    { argv: 'retry --host www.guancha.cn', exit: 0 },
  ],
  worker: [{ argv: 'worker', exit: 2 }],
  demo: [{ argv: 'demo --archive AT/demo --articles 4', exit: 0 }],
  serve: [{ argv: 'serve --port 0', exit: 0, until: '"type":"server"' }],
  search: [
    { argv: 'search 一', exit: 0 },
    { argv: 'search nothing-of-this', exit: 0 },
  ],
  list: [{ argv: 'list', exit: 0 }],
  history: [{ argv: `history ${ID}`, exit: 0 }],
  diff: [{ argv: `diff ${ID}`, exit: 0 }],
  changes: [{ argv: 'changes', exit: 0 }],
  letter: [{ argv: 'letter 2026-10', exit: 0 }],
  export: [{ argv: 'export jsonl AT/out.jsonl', exit: 0 }],
  audit: [
    { argv: 'audit --fail-on error', exit: 0 },
    { argv: 'audit AT/nosuch', exit: 2 },
  ],
  seal: [{ argv: 'seal', exit: 0 }],
  verify: [{ argv: 'verify', exit: 0 }],
  copy: [{ argv: 'copy AT/full AT/copied', exit: 0 }],
  prove: [{ argv: `prove ${ID} AT/proof`, exit: 0 }],
  corroborate: [{ argv: 'corroborate AT/copied', exit: 0 }],
  manifest: [
    { argv: 'manifest write', exit: 0 },
    { argv: 'manifest verify', exit: 0 },
  ],
  reproduce: [{ argv: 'reproduce', exit: 0 }],
  extract: [
    { argv: 'extract --all --diff', exit: 0 },
    { argv: 'extract AT/page.html --url https://www.guancha.cn/politics/2026_10_04_903180.shtml', exit: 3 },
  ],
  status: [{ argv: 'status', exit: 0 }],
  sources: [
    { argv: 'sources list', exit: 0 },
    { argv: 'sources test AT/page.html', exit: 5 },
  ],
  coverage: [{ argv: 'coverage --since 2026-10-01', exit: 0 }],
  repair: [{ argv: 'repair --dry-run', exit: 0 }],
  reindex: [{ argv: 'reindex', exit: 0 }],
  quarantine: [
    { argv: 'quarantine list', exit: 0 },
    { argv: 'quarantine show nosuch', exit: 3 },
  ],
  vocabulary: [{ argv: 'vocabulary', exit: 0 }],
  notify: [{ argv: 'notify test', exit: 3 }],
  doctor: [{ argv: 'doctor', exit: 3 }],
  cluster: [{ argv: 'cluster status', exit: 2 }],
};

const NO_TERMINAL = { write: () => {} };
const program = createProgram({
  io: { stdout: NO_TERMINAL, stderr: NO_TERMINAL },
} as unknown as Parameters<typeof createProgram>[0]);

describe('--json', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let config: string;
  before(async () => {
    folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    const store = openArchive(openDisk(at('full')), { minFreeBytes: 0 });
    await save(store, articleKey(ID, '2026-10-04'), documentOf('<p>一</p>'), draft({ id: ID }));
    const now = Date.now();
    using operations = openOperations(at('full'), { command: 'crawl' });
    const { frontier, journal } = operations;
    journal.hosts.setPause('www.guancha.cn', { nextAt: now + 3_600_000, reason: 'it refuses', failures: 1 });
    journal.orders.add({ kind: 'crawl', arguments: {}, askedBy: 'a test' });
    const common = { source: '头条', via: null, leadPicture: null, listed: null, priority: 1 };
    const url = (number: number) => `https://www.guancha.cn/politics/2026_10_05_${number}.shtml`;
    const [waiting, failed] = ['guancha:903190', 'guancha:903191'] as const;
    frontier.add([{ ...common, id: waiting, url: url(903190) }]);
    frontier.settle({ ...common, id: failed, url: url(903191) }, { kind: 'failed', code: 'NETWORK', detail: 'x' });
    journal.revisits.plan({ id: ID, url: url(903180) }, { dueAt: now - 1000, lastAt: now + 1000 });
    journal.runs.endRun();
    await writeFile(at('page.html'), '<html><title>x</title></html>');
    config = at('config.yaml');
    await writeFile(
      config,
      'archive: ./full\nsources: []\nbrowser: { executablePath: /nosuch }\nseal: { key: ./key.pem }\n',
    );
    // Its list is read on 29 February.
    await writeFile(
      at('slots.yaml'),
      'archive: ./slots\nsources: [{ name: 头条, url: "https://www.guancha.cn/toutiao", cron: "0 0 29 2 *" }]\n',
    );
  });
  after(() => folder[Symbol.asyncDispose]());

  /** Of `AT/full`, in this process, or in one of its own that is stopped when it has said `until`. */
  async function told(
    argv: string,
    until?: string,
  ): Promise<JsonOutput & { readonly exit: number; readonly all: string }> {
    const words = argv.split(' ').map((word) => word.replaceAll('AT/', `${folder.path}/`));
    const takesConfig = program.commands
      .find((command) => command.name() === words[0])
      ?.options.some(({ long }) => long === '--config');
    const isGiven = words.includes('--config') || takesConfig !== true;
    const all = [...words, '--json', ...(isGiven ? [] : ['--config', config])];
    if (until === undefined) {
      const { exit, stdout, stderr } = await runHere(all);
      return { exit, all: stdout + stderr, ...readJson(stdout) };
    }
    const running = start(all);
    if (until === 'locked') await locked(running);
    else await running.says(until);
    running.child.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    return { exit: code ?? -1, all: stdout + stderr, ...readJson(stdout) };
  }

  /** What says nothing while there is nothing to do. */
  async function locked({ child }: Running): Promise<void> {
    while (!existsSync(join(folder.path, 'slots/lock.json'))) {
      assert.equal(child.exitCode, null, 'it ended');
      await sleep(20);
    }
  }

  it('knows every command', () => {
    // What a shell reads is no JSON.
    const commands = program.commands.filter((command) => !['completion', 'complete'].includes(command.name()));
    assert.deepEqual(Object.keys(CALLS).sort(), commands.map((command) => command.name()).sort());
    for (const command of commands)
      assert.ok(
        command.options.some(({ long }) => long === '--json'),
        `${command.name()} has no --json`,
      );
  });

  for (const [name, calls] of Object.entries(CALLS))
    for (const { argv, exit, until } of calls)
      it(`of ${argv}`, async () => {
        const { lines, last, all, exit: ended } = await told(argv, until);
        assert.equal(ended, exit, all);
        assert.ok(last !== null, all);
        assert.equal(last.command, name);
        assert.equal(last.exit, exit);
        if (last.type === 'summary') {
          const counts = Object.entries(Object.groupBy(lines, ({ type }) => String(type)));
          assert.deepEqual(last.lines, Object.fromEntries(counts.map(([type, of]) => [type, of?.length])));
        }
        for (const line of [...lines, last]) requireInstants(line, argv);
      });

  it('ends with the same error for an unknown id, whichever command is asked', async () => {
    const takes = program.commands.filter(({ registeredArguments }) =>
      registeredArguments.some(({ description }) => /\bids?\b/.test(description)),
    );
    const more: Readonly<Record<string, readonly [before: string, after: string]>> = {
      export: ['csv AT/one.csv', ''],
      prove: ['', 'AT/one'],
    };
    const names = takes.map((command) => command.name());
    assert.deepEqual(names.sort(), ['archive', 'audit', 'diff', 'export', 'extract', 'history', 'prove', 'reproduce']);
    for (const name of names)
      for (const id of ['guancha:1', '1', 'fengwen:7']) {
        const [first, behind] = more[name] ?? ['', ''];
        const { last, exit } = await told([name, first, id, behind].filter(Boolean).join(' '));
        assert.deepEqual([name, exit, last?.type, last?.code], [name, 3, 'error', 'NOT_ARCHIVED']);
        const nonsense = await told([name, first, 'guancha:x', behind].filter(Boolean).join(' '));
        assert.equal(nonsense.exit, 2, `${name} guancha:x: ${nonsense.all}`);
      }
  });

  it('says errors of the command line and of the configuration as a last line, too', async () => {
    const of = async (argv: readonly string[]) => {
      const { exit, stdout } = await runHere(argv);
      const { lines, last } = readJson(stdout);
      return [exit, lines.length, last?.type, last?.command, last?.code];
    };
    assert.deepEqual(await of(['status', '--json', '--nosuch']), [2, 0, 'error', 'status', 'USAGE']);
    assert.deepEqual(await of(['--json', 'nosuch']), [2, 0, 'error', null, 'USAGE']);
    assert.deepEqual(await of(['status', '--json', '--config', '/nosuch.yaml']), [
      2,
      0,
      'error',
      'status',
      'CONFIG_UNREADABLE',
    ]);
    assert.deepEqual(await of(['status', '--json', '--archive', '/nosuch']), [2, 0, 'error', 'status', 'NO_ARCHIVE']);
  });
});

/** No number that is an instant, and every time with its zone. */
function requireInstants(line: unknown, name: string): void {
  JSON.parse(JSON.stringify(line), (key, value: unknown) => {
    const isInstant = typeof value === 'number' && value >= 1e9;
    assert.ok(!isInstant, `${name}: ${key} is ${String(value)}`);
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
      assert.match(value, /(?:Z|[+-]\d\d:\d\d)$/, `${name}: ${key}`);
    return value;
  });
}
