/** Keeps the drawing true: who may import whom, one door per library, what every file owes its reader. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, it } from 'node:test';

const SRC = join(import.meta.dirname, '../src');

/** Which file alone may import which library. A type-only import passes no door. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  playwright: ['fetch/launch.ts'],
  '@sparticuz/chromium': ['fetch/find-browser.ts'],
  got: ['fetch/http.ts'],
  'p-queue': ['fetch/politeness.ts'],
  'robots-parser': ['fetch/robots.ts'],
  cheerio: ['html/html.ts'],
  'css-select': ['html/selectors.ts'],
  domhandler: ['html/tree-adapter.ts'],
  'parse5-htmlparser2-tree-adapter': ['html/tree-adapter.ts'],
  'fs-extra': ['store/disk.ts'],
  yaml: ['audit/checks/format/yaml.ts', 'config.ts', 'document/document.ts'],
  zod: ['audit/checks/records/form.ts', 'config.ts', 'discover/read-rows.ts', 'store/quarantine.ts', 'store/record.ts'],
  croner: ['config.ts', 'schedule/timing.ts'],
  diff: ['diff/words.ts'],
  'prom-client': ['monitor/metrics.ts'],
  'image-size': ['assets/whole-picture.ts'],
  commander: ['argv/crawling.ts', 'argv/invocation.ts', 'argv/keeping.ts', 'argv/reading.ts', 'cli.ts'],
  'string-width': ['commands/audit-report.ts', 'commands/coverage-report.ts', 'commands/terminal.ts'],
};

/** Which file alone may go out by which means of Node.js: how the network is reached, and who starts processes. */
const WAYS_OUT: Readonly<Record<string, readonly string[]>> = {
  fetch: ['notify/webhook.ts'],
  'node:net': ['fetch/address-guard.ts', 'fetch/gate.ts', 'url/special-addresses.ts'],
  'node:dns': ['fetch/address-guard.ts'],
  'node:http': ['monitor/server.ts'],
  'node:https': [],
  'node:tls': [],
  'node:child_process': ['notify/command.ts'],
};

/** Each layer may import itself and what stands before it. Files of one layer's rooms import other rooms only as ROOMS says. */
const LAYERS: readonly (readonly string[])[] = [
  [
    'model.ts',
    'errors.ts',
    'flags.ts',
    'log.ts',
    'clock.ts',
    'drift.ts',
    'source-alarm.ts',
    'retry-pause.ts',
    'revisit-plan.ts',
    'package-info.ts',
    'printable.ts',
    'url',
    'html',
    'page',
  ],
  ['config.ts', 'discover', 'frontier', 'fetch', 'judge', 'extract', 'assets', 'store', 'diff', 'document'],
  [
    'read-article.ts',
    'pipeline.ts',
    'bookkeeping.ts',
    'visit.ts',
    'crawl.ts',
    'revisit.ts',
    'schedule',
    'audit',
    'coverage',
    'backfill',
    'report',
    'fixity',
    'notify',
    'monitor',
  ],
  ['repair'],
  ['app.ts', 'doctor'],
  ['commands'],
  ['argv'],
  ['cli.ts'],
];

/** A room that uses another room, and why. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  assets: ['fetch', 'store'], // downloads in their turn, bytes into the store
  'config.ts': ['discover'], // a source may keep to a part of a list
  diff: ['document'], // documents are compared by title, date and body
  discover: ['extract', 'fetch'], // lists are pages, and print their times as articles do
  judge: ['extract'], // a layout's body is the first evidence of an article
  frontier: ['store'], // the lock's holder is written as every file of the archive is
  store: ['diff'], // a record says what changed
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
  const late = [...source.matchAll(/import\('([^']+)'\)/g)].map(([, specifier]) => ({
    from,
    specifier: specifier ?? '',
    typeOnly: false,
  }));
  return [...fixed, ...late];
}

function withoutComments(file: string): string {
  return (text.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

function targetOf({ from, specifier }: Import): string | null {
  return specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : null;
}

const roomOf = (file: string) => file.split('/')[0] ?? file;
const layerOf = (file: string) => LAYERS.findIndex((names) => names.includes(roomOf(file)));

describe('the architecture', () => {
  it('has a layer for every file', () => {
    assert.deepEqual(
      files.filter((file) => layerOf(file) < 0),
      [],
    );
    const rooms = new Set(files.map(roomOf));
    assert.deepEqual(
      LAYERS.flat().filter((name) => !rooms.has(name)),
      [],
      'drawn, but not there',
    );
  });

  it('lets values flow one way: no layer imports a later one', () => {
    const wrong = imports.filter((each) => {
      const target = targetOf(each);
      return target !== null && !target.startsWith('..') && layerOf(target) > layerOf(each.from);
    });
    assert.deepEqual(wrong, []);
  });

  it('keeps the rooms apart', () => {
    const wrong = imports.filter((each) => {
      const target = targetOf(each);
      if (target === null || target.startsWith('..') || layerOf(each.from) !== 1 || layerOf(target) !== 1) return false;
      return roomOf(target) !== roomOf(each.from) && !ROOMS[roomOf(each.from)]?.includes(roomOf(target));
    });
    assert.deepEqual(wrong, []);
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
    const shunned = /^(?:fetch\/|store\/disk|playwright|got|cheerio|fs-extra|node:(?:http|https|net|tls|dgram))/;
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

  it('lets nothing but a hook of the configuration through the door without a guard', () => {
    const importersOf = (target: string) =>
      imports.filter((each) => targetOf(each) === target && !each.typeOnly).map(({ from }) => from);
    assert.deepEqual(importersOf('notify/webhook.ts'), ['notify/hook.ts']);
    assert.deepEqual(
      importersOf('notify/hook.ts').filter((file) => !file.startsWith('commands/')),
      [],
      'made of the configuration by a command, and handed in',
    );
  });

  it('has no circle of imports', () => {
    const edges = new Map(
      files.map((file) => [file, imports.filter((each) => each.from === file && !each.typeOnly).map(targetOf)]),
    );
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

  it('leaves ending the process to the command line', () => {
    const wrong = files.filter(
      (file) => file !== 'cli.ts' && /process\.exit\b|process\.exitCode/.test(text.get(file) ?? ''),
    );
    assert.deepEqual(wrong, []);
  });

  for (const file of files) {
    it(`${file} opens with what it is for, stays small, and keeps the conventions`, () => {
      const source = text.get(file) ?? '';
      assert.ok(/^\/\*\*(?: |\n \* )\S/.test(source), 'no opening sentence');
      assert.ok(source.split('\n').length <= 400, 'over 400 lines: look for two questions in it');
      assert.match(file, /^[a-z0-9-/]+\.ts$/, 'not kebab-case');
      const shunned =
        /export default|^\s*(?:export )?(?:const )?enum \w|: any[;,)\s]*$|\bas any\b|catch \{\s*\}|@ts-/m.exec(source);
      assert.equal(shunned?.[0], undefined, 'a thing the house does not do');
    });
  }

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
