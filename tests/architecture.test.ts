/** Keeps the drawing true: who may import whom, one door per library, what every file owes its reader. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, it } from 'node:test';

const SRC = join(import.meta.dirname, '../src');

/** Which files alone may import which library. A type-only import passes no door. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-s3': ['archive/s3-client.ts', 'archive/s3-write.ts'],
  hono: ['reader/reader.ts'],
  'hono/compress': ['reader/reader.ts'],
  'hono/cookie': ['reader/gate-routes.ts', 'reader/reader.ts', 'reader/visit.ts'],
  feed: ['reader/feeds.ts'],
  'hono/streaming': ['reader/state-routes.ts'],
  'hono/html': ['reader/markup.ts'],
  '@hono/node-server': ['reader/serve.ts'],
  'sanitize-html': ['reader/sanitise.ts'],
  'hyparquet-writer': ['export/parquet.ts'],
  turndown: ['export/markdown.ts'],
  playwright: ['fetch/chromium.ts'],
  '@sparticuz/chromium': ['fetch/carried-browser.ts'],
  got: ['fetch/http.ts'],
  socks: ['fetch/connections.ts'],
  'tough-cookie': ['fetch/cookies.ts'],
  'p-queue': ['fetch/politeness.ts'],
  'robots-parser': ['fetch/robots.ts'],
  cheerio: ['page/html.ts'],
  'css-select': ['page/html.ts'],
  domhandler: ['page/tree-adapter.ts'],
  'entities/decode': ['archive/shortest-html.ts'],
  parse5: ['page/tokenizer.ts', 'page/tree-adapter.ts'],
  'parse5-htmlparser2-tree-adapter': ['page/tree-adapter.ts'],
  'fs-extra': ['archive/disk.ts'],
  yauzl: ['import/wacz.ts'],
  yaml: [
    'archive/document.ts',
    'archive/vocabulary.ts',
    'audit/check-format.ts',
    'commands/suggestions.ts',
    'config.ts',
  ],
  zod: [
    'archive/basis.ts',
    'archive/quarantine.ts',
    'archive/record.ts',
    'capture/records.ts',
    'commands/commissions.ts',
    'commands/serving.ts',
    'config.ts',
    'crawl/read-entries.ts',
    'export/article-folder.ts',
    'export/export-folder.ts',
    'export/site-files.ts',
    'frontier/sql.ts',
    'journal/figures.ts',
    'journal/hands.ts',
    'journal/sources.ts',
    'partitions/work.ts',
    'partitions/works.ts',
    'report/json-schema.ts',
    'report/lines.ts',
    'report/recorded.ts',
    'report/stored-audits.ts',
    'report/summaries.ts',
  ],
  croner: ['config.ts', 'crawl/timing.ts'],
  diff: ['archive/diff.ts'],
  '@noble/curves/nist.js': ['export/signing-key.ts'],
  yazl: ['export/zip.ts'],
  warcio: ['export/cdxj.ts', 'import/warc-file.ts'],
  leven: ['nearest.ts'],
  nodemailer: ['notify/mail.ts'],
  'prom-client': ['monitor/metrics.ts'],
  'image-size': ['archive/picture-file.ts'],
  commander: [
    'cli.ts',
    'commands/cluster-flags.ts',
    'commands/completion-flags.ts',
    'commands/crawling-flags.ts',
    'commands/flags.ts',
    'commands/keeping-flags.ts',
    'commands/reading-flags.ts',
    'program.ts',
  ],
  pg: ['postgres-thread.ts'],
  bullmq: ['cluster/queue.ts', 'partitions/queue.ts'],
  ioredis: ['cluster/ask-redis.ts', 'cluster/queue.ts'],
  'string-width': ['report/width.ts'],
};

/** Which files alone reach the world by which means of Node.js: network, processes, threads, databases, disk. */
const WAYS_OUT: Readonly<Record<string, readonly string[]>> = {
  fetch: ['evidence/authority.ts', 'notify/post.ts'],
  // Files of the archive only by its storage, and by what the audit reads; the others have files of their own: a report,
  // a key, the configuration, the browser, a temporary folder, a database that SQLite opens.
  'node:fs': [
    'archive/disk.ts',
    'archive/regular-file.ts',
    'archive/text-file.ts',
    'audit/read-file.ts',
    'commands/audit.ts',
    'commands/cluster.ts',
    'commands/completion.ts',
    'commands/coverage.ts',
    'commands/demo.ts',
    'commands/doctor.ts',
    'commands/existing-archive.ts',
    'commands/extract.ts',
    'commands/init.ts',
    'commands/quarantine.ts',
    'commands/suggestions.ts',
    'commands/verify.ts',
    'config-file.ts',
    'config.ts',
    'evidence/key.ts',
    'export/signing-key.ts',
    'fetch/carried-browser.ts',
    'fetch/certificates.ts',
    'folders.ts',
    'frontier/lock.ts',
    'import/files.ts',
    'notify/secret.ts',
    'package.ts',
    'partitions/identity.ts',
    'report/report-file.ts',
    'secrets.ts',
    'sqlite.ts',
    'versions.ts',
  ],
  'node:fs/promises': [
    'commands/demo.ts',
    'commands/prove.ts',
    'export/sqlite-file.ts',
    'export/target.ts',
    'fetch/carried-browser.ts',
    'fetch/chromium.ts',
    'monitor/monitor.ts',
    'temporary.ts',
  ],
  'node:net': ['fetch/address-guard.ts', 'fetch/connections.ts', 'fetch/proxies.ts', 'fetch/socks-proxy.ts'],
  'node:dns': ['fetch/address-guard.ts'],
  'node:http': ['fetch/connections.ts', 'monitor/monitor.ts'],
  'node:https': ['fetch/connections.ts'],
  'node:tls': ['fetch/certificates.ts', 'fetch/connections.ts', 'fetch/socks-proxy.ts'],
  'node:worker_threads': ['crawl/page-trial.ts', 'pool.ts', 'postgres-thread.ts', 'postgres.ts'],
  'node:child_process': ['commands/serve.ts', 'notify/hook.ts'],
  'node:sqlite': ['sqlite.ts'],
};

/** The floors of the house: each may use itself and those below it. Rooms of one floor use each other only as ROOMS says. */
const FLOORS: readonly (readonly string[])[] = [
  [
    'model.ts',
    'errors.ts',
    'system-errors.ts',
    'flags.ts',
    'log.ts',
    'clock.ts',
    'listen.ts',
    'counted.ts',
    'package.ts',
    'versions.ts',
    'paths.ts',
    'folders.ts',
    'nearest.ts',
    'temporary.ts',
    'pool.ts',
    'config-file.ts',
    'config-keys.ts',
    'database.ts',
    'sqlite.ts',
    'postgres.ts',
    'postgres-thread.ts',
    'secrets.ts',
    'service-address.ts',
  ],
  ['site', 'alarms'],
  ['config.ts', 'page', 'fetch', 'archive', 'journal', 'frontier', 'monitor'],
  ['audit', 'capture', 'catalog', 'coverage', 'evidence', 'eye'],
  ['crawl', 'letter'],
  ['cluster', 'repair', 'reextract', 'report', 'notify', 'import'],
  ['reader'],
  ['export'],
  ['partitions'],
  ['app.ts'],
  ['commands'],
  ['program.ts'],
  ['cli.ts'],
];

/** A room that uses another room of its floor, and why. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  archive: ['fetch', 'page'], // pictures are downloaded in their turn; a body is rendered and compared as a page's tree
  audit: ['capture', 'evidence'], // files of captures are read by the rules that they were written by, seals as `verify` does
  'config.ts': ['archive', 'fetch'], // what the address of a store and an address block look like
  frontier: ['archive', 'journal'], // the lock names its holder in a file; one database holds queue and journal
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const text = new Map(files.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));
const imports = files.flatMap((file) => importsOf(file));

function importsOf(from: string): Import[] {
  const source = text.get(from) ?? '';
  const fixed = [...source.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gm)].map(
    ([, type, specifier]) => ({ from, specifier: specifier ?? '', typeOnly: type !== undefined }),
  );
  const late = [...source.matchAll(/(?:import|createRequire\(import\.meta\.url\))\('([^']+)'\)/g)].map(
    ([, specifier]) => ({
      from,
      specifier: specifier ?? '',
      typeOnly: false,
    }),
  );
  return [...fixed, ...late];
}

function withoutComments(file: string): string {
  return (text.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function targetOf({ from, specifier }: Import): string | null {
  return specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : null;
}

const roomOf = (file: string) => file.split('/')[0] ?? file;
const floorOf = (file: string) => FLOORS.findIndex((names) => names.includes(roomOf(file)));

describe('the architecture', () => {
  it('has a floor for every file', () => {
    assert.deepEqual(
      files.filter((file) => floorOf(file) < 0),
      [],
    );
    const rooms = new Set(files.map(roomOf));
    assert.deepEqual(
      FLOORS.flat().filter((name) => !rooms.has(name)),
      [],
      'drawn, but not there',
    );
  });

  it('lets dependencies point one way: no floor imports a higher one, types included', () => {
    const wrong = imports.filter((each) => {
      const target = targetOf(each);
      return target !== null && !target.startsWith('..') && floorOf(target) > floorOf(each.from);
    });
    assert.deepEqual(wrong, []);
  });

  it('makes folders by folders.ts, for what Node.js does by itself may never end', () => {
    assert.deepEqual(
      files.filter((file) =>
        /\b(?:mkdir|mkdirSync|ensureDir)\([^;]*recursive: true|\bensureDir/.test(withoutComments(file)),
      ),
      [],
    );
  });

  it('keeps the rooms of a floor apart, types included', () => {
    const used = new Set<string>();
    const wrong = imports.filter((each) => {
      const target = targetOf(each);
      if (target === null || target.startsWith('..') || floorOf(each.from) === 0) return false;
      if (floorOf(each.from) !== floorOf(target) || roomOf(target) === roomOf(each.from)) return false;
      used.add(`${roomOf(each.from)} ${roomOf(target)}`);
      return !ROOMS[roomOf(each.from)]?.includes(roomOf(target));
    });
    assert.deepEqual(wrong, []);
    for (const [room, others] of Object.entries(ROOMS))
      for (const other of others) assert.ok(used.has(`${room} ${other}`), `${room} does not use ${other} any more`);
  });

  it('keeps the audit away from network, browser and writing', () => {
    const reached = new Set<string>();
    const walk = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const each of imports.filter(({ from, typeOnly }) => from === file && !typeOnly)) {
        const target = targetOf(each);
        if (target !== null) walk(target);
        else reached.add(each.specifier);
      }
    };
    for (const file of files.filter((name) => name.startsWith('audit/'))) walk(file);
    const shunned = /^(?:fetch\/|archive\/disk|playwright|got|fs-extra|node:(?:http|https|net|tls|dgram))/;
    assert.deepEqual(
      [...reached].filter((name) => shunned.test(name)),
      [],
    );
  });

  it('has few ways out, each with its door', () => {
    const goesBy: Readonly<Record<string, (file: string) => boolean>> = {
      fetch: (file) => /(?:await|return|[=(,])\s*fetch\(|globalThis\.fetch/.test(withoutComments(file)),
    };
    for (const [way, doors] of Object.entries(WAYS_OUT)) {
      const uses =
        goesBy[way] ??
        ((file) => imports.some(({ from, specifier, typeOnly }) => from === file && specifier === way && !typeOnly));
      assert.deepEqual(files.filter(uses).sort(), doors, way);
    }
  });

  it('spells the keys of an archive in one file', () => {
    const spelt = /['"`^](?:articles|records|versions|assets|quarantine|captures|seals|trash|fengwen)\\?\//;
    const wrong = files.filter((file) => spelt.test(withoutComments(file)));
    assert.deepEqual(wrong, ['archive/keys.ts']);
  });

  it('lets nothing but hooks and the authority of the configuration out without a guard', () => {
    const importersOf = (...unguarded: readonly string[]) =>
      imports.filter((each) => unguarded.includes(targetOf(each) ?? '') && !each.typeOnly).map(({ from }) => from);
    assert.deepEqual(
      importersOf('evidence/authority.ts', 'notify/hook.ts').filter((file) => !file.startsWith('commands/')),
      [],
      'made of the configuration by a command, and handed in',
    );
    assert.deepEqual([...new Set(importersOf('notify/post.ts', 'notify/mail.ts'))], ['notify/hook.ts']);
  });

  it('has no circle of imports, types included', () => {
    const edges = new Map(files.map((file) => [file, imports.filter((each) => each.from === file).map(targetOf)]));
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), `circle: ${[...path, file].join(' → ')}`);
      if (done.has(file)) return;
      for (const target of edges.get(file) ?? [])
        if (target !== null && edges.has(target)) walk(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
  });

  it('has one door per library', () => {
    const foreign = imports.filter(
      ({ specifier, typeOnly }) => !typeOnly && !specifier.startsWith('.') && !specifier.startsWith('node:'),
    );
    for (const { from, specifier } of foreign)
      assert.ok(DOORS[specifier]?.includes(from), `${from} imports ${specifier}`);
    const used = new Set(foreign.map(({ from, specifier }) => `${specifier} ${from}`));
    for (const [library, doors] of Object.entries(DOORS))
      for (const door of doors)
        assert.ok(used.has(`${library} ${door}`), `${door} does not import ${library} any more`);
  });

  it('uses every dependency that the package declares', () => {
    const { dependencies } = JSON.parse(readFileSync(join(SRC, '../package.json'), 'utf8')) as {
      readonly dependencies: Record<string, string>;
    };
    const used = Object.keys(DOORS).map((name) => name.replace(/^((?:@[^/]+\/)?[^/]+).*$/, '$1'));
    assert.deepEqual(Object.keys(dependencies).sort(), [...new Set(used)].sort());
  });

  it('has one door to the terminal', () => {
    const writes = /process\.(?:stdout|stderr)|\bconsole\.|\b(?:stdout|stderr|process\.std\w+)\.write\(/;
    const wrong = files.filter((file) => writes.test(withoutComments(file)));
    assert.deepEqual(wrong.sort(), ['cli.ts', 'report/terminal.ts']);
    const given = withoutComments('cli.ts').match(/.*process\.(?:stdout|stderr).*/g) ?? [];
    assert.ok(
      given.every((each) => each.includes('safeOutput(process.')),
      'the streams are only handed over',
    );
    assert.doesNotMatch(withoutComments('cli.ts'), /\.write\(/);
  });

  it('leaves ending the process to the command line', () => {
    const wrong = files.filter(
      (file) => file !== 'cli.ts' && /process\.exit\b|process\.exitCode/.test(text.get(file) ?? ''),
    );
    assert.deepEqual(wrong, []);
  });

  for (const file of files) {
    it(`${file} opens with what it is for, holds one idea, and keeps the conventions`, () => {
      const source = text.get(file) ?? '';
      assert.ok(/^\/\*\*(?: |\n \* )\S/.test(source), 'no opening sentence');
      assert.ok(source.split('\n').length <= 600, 'over 600 lines: look for two ideas in it');
      assert.match(file, /^[a-z0-9-/]+\.ts$/, 'not kebab-case');
      const shunned =
        /export default|^\s*(?:export )?(?:const )?enum \w|: any[;,)\s]*$|\bas any\b|catch \{\s*\}|@ts-/m.exec(source);
      assert.equal(shunned?.[0], undefined, 'a thing the house does not do');
    });
  }

  it('is what docs/architecture.md describes: each room, and each port with its contract', () => {
    const page = readFileSync(join(SRC, '../docs/architecture.md'), 'utf8');
    const rooms = new Set(files.filter((file) => file.includes('/')).map(roomOf));
    const described = [...page.matchAll(/\[`[\w-]+`\]\(\.\.\/src\/([\w-]+)\)/g)].map(([, room]) => room);
    assert.deepEqual(described.sort(), [...rooms].sort());
    const contracts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.contract.ts'));
    assert.deepEqual(
      contracts.filter((name) => !page.includes(`../tests/${name}`)),
      [],
    );
  });

  it('names no file outside the sources but the newspaper, and that only for the demo', () => {
    const outside = imports.filter((each) => targetOf(each)?.startsWith('..'));
    assert.deepEqual(
      outside
        .map(({ from, specifier }) => `${from} ${relative('.', specifier)}`)
        .filter((each) => !each.startsWith('commands/demo.ts')),
      [],
    );
  });
});
