/**
 * What a person sees of every command on terminals of three widths, on one without colours, on a plain one and on none: it
 * fits, nothing that is copied is broken, the words are the same, and nothing commands the terminal.
 */
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import headless from '@xterm/headless';
import { openArchive } from '../src/archive/archive.ts';
import { openDisk } from '../src/archive/disk.ts';
import { articleKey } from '../src/archive/keys.ts';
import { openOperations } from '../src/frontier/operations.ts';
import { createProgram } from '../src/program.ts';
import { temporaryFolder } from './support/command.ts';
import { article, documentOf, draft, save } from './support/drafts.ts';
import { runHere } from './support/run-here.ts';

const ID = 'guancha:903180';
const TITLE = '“慢一点，没关系”：从雾岭县到三汊口，云栈书院的修复台走了十七年（下），为什么要修八次？';

/**
 * Each command as it is called, of an archive in which there is one of everything. `AT` is a folder of its own for each call.
 * What runs until it is stopped is called so that it ends by itself.
 */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  version: ['version'],
  start: ['start nonsense', 'start'],
  init: ['init AT/made --yes', 'init AT --yes'],
  archive: ['archive nonsense', `archive ${ID}`, 'archive https://www.guancha.cn/politics/2026_10_05_903199.shtml'],
  crawl: ['crawl', 'crawl --dry-run', 'crawl --source nosuch'],
  schedule: ['schedule --config AT/nosuch.yaml', 'schedule --source nosuch'],
  backfill: ['backfill --from 2026-10-01 --to 2026-10-02 --dry-run', 'backfill --from 2026-10-02 --to 2026-10-01'],
  import: ['import AT/page.html', 'import AT/nosuch', 'import --dry-run AT/page.html'],
  orders: ['orders', 'orders cancel 1', 'orders cancel 99'],
  retry: ['retry', 'retry --host www.guancha.cn', 'retry --code NOSUCH'],
  worker: ['worker'],
  demo: ['demo --archive AT/full'],
  serve: ['serve --host nosuch.invalid'],
  search: ['search 一', 'search nothing-of-this', 'search'],
  list: ['list', 'list source:nosuch', 'list word'],
  history: [`history ${ID}`, 'history guancha:1'],
  diff: [`diff ${ID}`, `diff ${ID} 7`],
  changes: ['changes', 'changes --since nonsense'],
  letter: ['letter 2026-10'],
  export: ['export jsonl AT/out.jsonl', 'export site AT/site', 'export wacz AT/out.wacz', 'export csv AT/full/x.csv'],
  audit: ['audit --jobs 1', 'audit AT/nosuch', 'audit --only nosuch'],
  seal: ['seal'],
  verify: ['verify'],
  copy: ['copy AT/full AT/copied', 'copy AT/nosuch AT/copied'],
  prove: [`prove ${ID} AT/proof`],
  corroborate: ['corroborate AT/full'],
  manifest: ['manifest write', 'manifest verify'],
  reproduce: ['reproduce --jobs 1'],
  extract: [
    'extract --all --diff --jobs 1',
    'extract AT/page.html --url https://www.guancha.cn/politics/2026_10_04_903180.shtml',
  ],
  status: ['status', 'status --archive AT/nosuch', 'status --config AT/nosuch.yaml', 'status --nosuch'],
  sources: ['sources list', 'sources test AT/page.html', 'sources test'],
  coverage: ['coverage --since 2026-10-01'],
  repair: ['repair --dry-run'],
  reindex: ['reindex'],
  quarantine: ['quarantine list', 'quarantine show nosuch'],
  vocabulary: ['vocabulary', 'vocabulary accept nosuch'],
  notify: ['notify test'],
  doctor: ['doctor'],
  cluster: ['cluster status', 'cluster nosuch'],
  completion: ['completion nosuch'], // its scripts are for shells, and broken nowhere
  complete: [],
};

const NO_TERMINAL = { write: () => {} };
const program = createProgram({
  io: { stdout: NO_TERMINAL, stderr: NO_TERMINAL },
} as unknown as Parameters<typeof createProgram>[0]);

/** What a build or a user's shell may set changes what a terminal is taken for. */
const SETTINGS = ['CI', 'FORCE_COLOR', 'NO_COLOR', 'TERM'] as const;

interface Kind {
  /** None where nothing is a terminal. */
  readonly columns?: number;
  readonly environment?: Readonly<Partial<Record<(typeof SETTINGS)[number], string>>>;
}

const KINDS = {
  wide: { columns: 160 },
  usual: { columns: 80 },
  narrow: { columns: 40 },
  'without colours': { columns: 80, environment: { NO_COLOR: '1' } },
  plain: { columns: 80, environment: { TERM: 'dumb' } },
  none: {},
} as const satisfies Readonly<Record<string, Kind>>;

/** What starts threads is slow to start: on two kinds that is enough. */
const THREADED: readonly string[] = [
  'repair --dry-run',
  'audit --jobs 1',
  'reproduce --jobs 1',
  'extract --all --diff --jobs 1',
];

/** On these there is as much of a text, or as many columns of a table, as there is room for. */
const DROPS: readonly string[] = ['search 一', 'coverage'];

describe('every command on a terminal', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let calls = 0;
  before(async () => {
    folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    const store = openArchive(openDisk(archive), { minFreeBytes: 0 });
    const document = documentOf(`<p>一${'这是很长的一段话，'.repeat(20)}</p>`, TITLE);
    await save(store, articleKey(ID, '2026-10-04'), document, draft({ id: ID, article: { ...article, title: TITLE } }));
    const now = Date.now();
    using operations = openOperations(archive, { command: 'crawl' });
    const { frontier, journal } = operations;
    journal.hosts.setPause('user.guancha.cn', { nextAt: now + 3_600_000, reason: 'it refuses', failures: 1 });
    journal.orders.add({ kind: 'crawl', arguments: {}, askedBy: 'a test' });
    const common = { source: '头条', via: null, leadPicture: null, listed: null, priority: 1 };
    const url = (number: number) => `https://www.guancha.cn/politics/2026_10_05_${number}.shtml`;
    const failed = { kind: 'failed', code: 'NETWORK', detail: 'connect ECONNREFUSED 127.0.0.1:1' } as const;
    frontier.add([{ ...common, id: 'guancha:903190', url: url(903190) }]);
    frontier.settle({ ...common, id: 'guancha:903191', url: url(903191) }, failed);
    journal.revisits.plan({ id: ID, url: url(903180) }, { dueAt: now - 1000, lastAt: now + 1000 });
    for (let i = 12; i >= 0; i -= 1) {
      const sample = { kind: 'front', url: 'https://www.guancha.cn/', fresh: 0, untitled: 0, untimed: 0, code: null };
      const at = now - i * 60_000;
      journal.sourceSamples.add({ ...sample, source: '头条', at, entries: i === 0 ? 0 : 60, elapsedMs: 5 });
    }
    journal.runs.endRun();
  });
  after(() => folder[Symbol.asyncDispose]());

  /** In this process, of a copy of the archive. */
  async function shown(call: string, { columns, environment = {} }: Kind) {
    calls += 1;
    const at = join(folder.path, `call-${String(calls).padStart(4, '0')}`);
    cpSync(join(folder.path, 'archive'), join(at, 'full'), { recursive: true });
    writeFileSync(join(at, 'page.html'), '<html><title>x</title></html>');
    writeFileSync(
      join(at, 'config.yaml'),
      'archive: ./full\nsources: [{ name: 头条, url: "https://www.guancha.cn/" }]\nnetwork: { proxy: "http://127.0.0.1:9" }\nbrowser: { executablePath: /nosuch }\nseal: { key: ./key.pem }\npoliteness: { attempts: 1, intervalMs: 0, backoffMs: 0 }\n',
    );
    const words = call.split(' ').map((word) => word.replaceAll('AT', at));
    const command = program.commands.find((each) => each.name() === words[0]);
    const takesConfig = command?.options.some(({ long }) => long === '--config') === true;
    const config = takesConfig && !words.includes('--config') ? ['--config', join(at, 'config.yaml')] : [];
    const kept = { ...process.env };
    for (const name of SETTINGS) delete process.env[name];
    Object.assign(process.env, { TERM: 'xterm', ...environment });
    try {
      const terminal = columns === undefined ? {} : ({ isTTY: true, columns } as const);
      const told = await runHere([...words, ...config], { terminal });
      return { ...told, at };
    } finally {
      process.env = kept;
    }
  }

  it('is called here', () => {
    assert.deepEqual(Object.keys(CALLS).sort(), program.commands.map((command) => command.name()).sort());
  });

  for (const name of Object.keys(CALLS))
    it(`${name} fits, says the same everywhere, and commands nothing`, async () => {
      for (const call of [...(CALLS[name] ?? []), ...(name === 'complete' ? [] : [`${name} --help`])]) {
        const texts = new Map<string, string>();
        for (const [kind, settings] of Object.entries(KINDS) as [keyof typeof KINDS, Kind][]) {
          if (THREADED.includes(call) && !['narrow', 'none'].includes(kind)) continue;
          const { stdout, stderr, at, exit } = await shown(call, settings);
          const where = `${call}, ${kind}`;
          if (!call.includes('AT/nosuch.yaml')) assert.doesNotMatch(stderr, /CONFIG_(?:INVALID|UNREADABLE)/, where);
          assert.notEqual(exit, 70, `${where}: ${stderr}`);
          for (const text of [stdout, stderr]) {
            const isSilent = kind === 'plain' || kind === 'none';
            if (isSilent) assert.doesNotMatch(text, OBEYED, where);
            if (kind === 'without colours') assert.doesNotMatch(text, COLOUR, where);
            assert.doesNotMatch(text.replace(OWN, ''), OBEYED, where);
            assert.doesNotMatch(text.replaceAll(at, 'AT'), ONE_OF_MANY, where);
            if (settings.columns !== undefined)
              for (const line of await overlong(text, settings.columns))
                assert.ok(isWhole(line), `${where}, wider than ${settings.columns}: ${line}`);
          }
          texts.set(kind, wordsIn(stdout, at));
        }
        if (DROPS.some((each) => call.startsWith(each))) continue;
        for (const [kind, words] of texts) assert.equal(words, texts.get('none'), `${call}, ${kind}`);
      }
    });
});

/** What the program itself sends to a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
const OWN = /\u001b\]8;;(?:[a-z]+:\/\/[\x21-\x7e]+)?\u001b\\|\u001b\[\d+m|\r\u001b\[2K/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
const COLOUR = /\u001b\[\d+m/;
const OBEYED = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
/** `1 articles`. */
const ONE_OF_MANY = /(?<![\d.,:/–-])\b1 (?!is\b|was\b|has\b|does\b|as\b|less\b)[a-z]+s\b/;

/** Lines that a terminal of this width had to break by itself. */
async function overlong(text: string, columns: number): Promise<readonly string[]> {
  const terminal = new headless.Terminal({
    cols: columns,
    rows: 24,
    scrollback: 100_000,
    allowProposedApi: true,
    convertEol: true,
  });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const lines: { text: string; rows: number }[] = [];
  for (let row = 0; row < active.length; row += 1) {
    const line = active.getLine(row);
    const last = lines.at(-1);
    if (line?.isWrapped === true && last !== undefined) {
      last.text += line.translateToString(true);
      last.rows += 1;
    } else lines.push({ text: line?.translateToString(true) ?? '', rows: 1 });
  }
  terminal.dispose();
  return lines.filter(({ rows }) => rows > 1).map((each) => each.text);
}

/** One that may be wider than the terminal: a word, or a command to be copied, behind no more than a mark. */
function isWhole(line: string): boolean {
  const text = line.trim().replace(/^[→✓✗] /, '');
  return (
    !/\s/.test(text) ||
    /^(?:Usage: )?(?:node \S+|npx )?guancha-archive /.test(text) ||
    /^node \S*guancha-archive /.test(text)
  );
}

/** Without what differs from one run to the next, and without white space: a line may be broken anywhere. */
function wordsIn(text: string, at: string): string {
  return text
    .replace(OWN, '')
    .replaceAll(at, 'AT')
    .replaceAll(at.split('/').at(-1) ?? at, 'AT')
    .replace(/\s+/g, '')
    .replace(/\d{4}-\d\d-\d\d(?:\d\d:\d\d:\d\d)?(?:[+-]\d\d:\d\d)?/g, 'TIME')
    .replace(
      /[\d.]+(?:ms|s)\b|[\d.]+MB|[\d,.]+articles\/s|[\d,]+bytes|guancha-archive\/[0-9a-f]{16}|[0-9a-f]{64}/g,
      'N',
    );
}
