/** The reports of an audit as files: everything found is in each, and nothing but the report is written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { SaxesParser } from 'saxes';
import { CHECKS, type CheckCode } from '../src/audit/checks-table.ts';
import type { Finding } from '../src/audit/finding.ts';
import { main } from '../src/cli.ts';
import { type Ended, run, temporaryFolder } from './support/command.ts';
import { DAMAGES } from './support/damages.ts';
import { makeHealthyArchive } from './support/healthy-archive.ts';
import { HOSTILE_NAMES } from './support/hostile-names.ts';
import { openPlant } from './support/plant.ts';
import { digests } from './support/tree.ts';

const require = createRequire(import.meta.url);
const isSarif = new Ajv({ schemaId: 'id', meta: false, allErrors: true })
  .addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json') as object)
  .compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json') as object);

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly originalUriBaseIds: Readonly<Record<string, { readonly uri: string }>>;
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly locations: readonly {
        readonly physicalLocation: { readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string } };
      }[];
    }[];
  }[];
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** The elements of a document that a strict parser takes, in order of their start. */
function readXml(xml: string): Element[] {
  const [elements, open]: [Element[], Element[]] = [[], []];
  const parser = new SaxesParser();
  parser.on('error', (error) => assert.fail(error));
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, text: '' };
    elements.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    for (const element of open.slice(-1)) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return elements;
}

const findingsOf = (ended: Ended) => ended.lines().filter((line) => !('summary' in line)) as unknown as Finding[];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let healthy: string;
let damaged: string;
before(async () => {
  folder = await temporaryFolder();
  healthy = await makeHealthyArchive(folder.path, { articles: 16 });
  damaged = join(folder.path, 'damaged');
  cpSync(healthy, damaged, { recursive: true });
  const plant = openPlant(damaged);
  const codes: readonly CheckCode[] = ['picture-changed', 'bare-brace', 'title-suspect', 'temporary-file', 'date-far'];
  for (const code of codes) {
    const damage = DAMAGES.find((each) => each.code === code && each.alone === undefined);
    assert.ok(damage, code);
    damage.plant(plant);
  }
  for (const name of HOSTILE_NAMES) plant.write(`articles/2026/10/${name}`, 'x');
});
after(() => folder[Symbol.asyncDispose]());

/** Runs an audit with all reports into a new folder. */
async function report(...args: string[]) {
  const out = await mkdtemp(join(folder.path, 'out-'));
  const at = (name: string) => join(out, name);
  const flags = ['--html', at('a.html'), '--sarif', at('a.sarif'), '--junit', at('a.xml')];
  const ended = await run(['audit', '--json', ...args, ...flags]);
  assert.deepEqual((await readdir(out)).sort(), ['a.html', 'a.sarif', 'a.xml'], ended.stderr);
  const [html, sarif, junit] = await Promise.all(
    ['a.html', 'a.sarif', 'a.xml'].map((name) => readFile(at(name), 'utf8')),
  );
  return { ended, html: html ?? '', sarif: JSON.parse(sarif ?? '') as Sarif, junit: readXml(junit ?? '') };
}

/** What a build server counts, against what the file says of itself. */
function countsOf(junit: readonly Element[]) {
  const count = (name: string) => junit.filter((each) => each.name === name).length;
  const counted = { tests: count('testcase'), failures: count('failure'), skipped: count('skipped') };
  const [top, ...suites] = junit.filter(({ name }) => name.startsWith('testsuite'));
  for (const key of Object.keys(counted) as (keyof typeof counted)[]) {
    assert.equal(Number(top?.attributes[key]), counted[key], key);
    assert.equal(
      suites.reduce((sum, { attributes }) => sum + Number(attributes[key]), 0),
      counted[key],
      key,
    );
  }
  return counted;
}

describe('the reports of a damaged archive', () => {
  it('are written beside JSON lines, with the same exit code, and nothing else is written', async () => {
    const before = await digests(damaged);
    const { ended } = await report(damaged);
    assert.equal(ended.code, 1, ended.stderr);
    assert.equal(findingsOf(ended).length, 5 + HOSTILE_NAMES.length, ended.stdout);
    assert.deepEqual(await digests(damaged), before);
    const plain = await run(['audit', damaged, '--junit', join(folder.path, 'plain.xml')]);
    assert.ok(plain.stdout.endsWith(`\nwrote ${join(folder.path, 'plain.xml')}\n`), plain.stdout);
  });

  it('SARIF: valid, a rule for each check, and every finding at the address of its file', async () => {
    const { ended, sarif } = await report(damaged);
    assert.ok(isSarif(sarif), JSON.stringify(isSarif.errors, null, 1));
    assert.ok(!isSarif({ ...sarif, runs: [{}] }), 'the schema lets anything pass');
    const [only, ...others] = sarif.runs;
    assert.ok(only && others.length === 0);
    assert.deepEqual(
      only.tool.driver.rules.map(({ id }) => id),
      Object.keys(CHECKS),
    );
    const told = only.results.map(({ ruleId, ruleIndex, level, locations }) => {
      assert.equal(only.tool.driver.rules[ruleIndex]?.id, ruleId);
      const { uri, uriBaseId } = locations[0]?.physicalLocation.artifactLocation ?? { uri: '', uriBaseId: '' };
      assert.match(uri, /^[\w.~!*'()/%-]+$/, 'not encoded');
      const path = fileURLToPath(new URL(uri, only.originalUriBaseIds[uriBaseId]?.uri));
      return `${level} ${ruleId} ${path}`;
    });
    assert.deepEqual(
      told,
      findingsOf(ended).map(({ severity, code, path }) => `${severity} ${code} ${join(damaged, path)}`),
    );
  });

  it('JUnit: well-formed, and counted as build servers count', async () => {
    const { ended, junit } = await report(damaged);
    const found = findingsOf(ended);
    const failed = new Set(found.flatMap(({ code, severity }) => (severity === 'error' ? [code] : [])));
    const fixity = Object.values(CHECKS).filter(({ group }) => group === 'fixity').length;
    const tests = Object.keys(CHECKS).length;
    assert.deepEqual(countsOf(junit), { tests, failures: failed.size, skipped: fixity });
    const strict = (await report(damaged, '--fail-on', 'warning')).junit;
    assert.equal(countsOf(strict).failures, new Set(found.map(({ code }) => code)).size);
    const strays = strict.find(({ attributes }) => attributes.message?.includes('no place in an archive'))?.text ?? '';
    for (const piece of [
      '<img src=x onerror=alert(1)>',
      '&lt;b&gt; &amp;',
      ']]>--><!--',
      '\\u{1b}[2J\\u{7}',
      '报告 第一',
    ])
      assert.ok(strays.includes(piece), `${piece} is not in ${strays}`);
    assert.equal(strays.trim().split('\n').length, HOSTILE_NAMES.length + 1);
  });

  it('keep to the checks that were asked for', async () => {
    const { ended, sarif, junit, html } = await report(damaged, '--only', 'assets', '--only', 'picture-gone');
    assert.deepEqual([...new Set(findingsOf(ended).map(({ code }) => CHECKS[code].group))], ['assets']);
    const codes = Object.entries(CHECKS).flatMap(([code, { group }]) => (group === 'assets' ? [code] : []));
    assert.deepEqual(
      sarif.runs[0]?.tool.driver.rules.map(({ id }) => id),
      codes,
    );
    assert.equal(countsOf(junit).tests, codes.length);
    assert.ok(html.includes(`${codes.length} checks asked of`));
  });
});

describe('the reports where nothing is wrong', () => {
  it('say so of a healthy archive', async () => {
    const { ended, html, sarif, junit } = await report(healthy);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(html, /<h1><bdi>Nothing is wrong<\/bdi><\/h1>/);
    assert.ok(isSarif(sarif));
    assert.deepEqual(sarif.runs[0]?.results, []);
    assert.equal(countsOf(junit).failures, 0);
  });

  it('say of an empty folder that nothing was there, and pass no check that could not be asked', async () => {
    await using empty = await temporaryFolder();
    const { ended, html, sarif, junit } = await report(empty.path);
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(html.includes('0 articles: nothing was there to be read'));
    assert.ok(isSarif(sarif));
    const unasked = Object.values(CHECKS).filter(({ group }) => !['files', 'format', 'article'].includes(group));
    assert.equal(countsOf(junit).skipped, unasked.length);
  });

  it('tell two folders apart', async () => {
    await using two = await temporaryFolder();
    for (const name of ['one', 'two']) {
      await mkdir(join(two.path, name));
      await symlink('/', join(two.path, name, 'away'));
    }
    const { sarif, html, junit } = await report(join(two.path, 'one'), join(two.path, 'two'));
    assert.ok(isSarif(sarif));
    const [only] = sarif.runs;
    const paths = only?.results.map(({ locations }) => {
      const { uri, uriBaseId } = locations[0]?.physicalLocation.artifactLocation ?? { uri: '', uriBaseId: '' };
      return fileURLToPath(new URL(uri, only.originalUriBaseIds[uriBaseId]?.uri));
    });
    assert.deepEqual(paths, [join(two.path, 'one/away'), join(two.path, 'two/away')]);
    for (const path of paths ?? []) {
      assert.ok(html.includes(`<bdi>${path}</bdi>`), path);
      assert.ok(
        junit.some(({ text }) => text.includes(path)),
        path,
      );
    }
  });
});

describe('a report that cannot be written', () => {
  const refused = async (args: readonly string[], code: number, text: RegExp, uid?: number) => {
    const ended = await run(['audit', healthy, ...args], uid === undefined ? {} : { uid });
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, text);
    assert.equal(ended.stdout, '', 'audited all the same');
  };

  it('is refused before anything is read: no folder, a folder, a device', async () => {
    const says = /error REPORT_NOT_WRITABLE[\s\S]*→ name a file in a folder/;
    await refused(['--html', join(folder.path, 'nowhere', 'a.html')], 8, says);
    await refused(['--sarif', folder.path], 8, says);
    await refused(['--junit', '/dev/null'], 8, says);
    await refused(['--junit', join(folder.path, 'config.yaml', 'a.xml')], 8, says);
  });

  it('is refused in a folder that may not be written to', {
    skip: process.getuid?.() === 0 ? false : 'needs root',
  }, async () => {
    await using closed = await temporaryFolder();
    await chmod(closed.path, 0o755);
    await chmod(folder.path, 0o755);
    await refused(
      ['--html', join(closed.path, 'a.html')],
      8,
      /error REPORT_NOT_WRITABLE[\s\S]*permission denied/,
      65_534,
    );
    assert.deepEqual(await readdir(closed.path), []);
  });

  it('is refused inside of what is audited, by whatever way, and where two would be one file', async () => {
    const link = join(folder.path, 'link');
    await symlink(healthy, link);
    await refused(['--html', join(healthy, 'a.html')], 2, /error USAGE[\s\S]*lies inside/);
    await refused(['--html', join(link, 'articles', 'a.html')], 2, /error USAGE[\s\S]*lies inside/);
    const out = await mkdtemp(join(folder.path, 'out-'));
    await refused(
      ['--html', join(out, 'a'), '--sarif', join(out, '.', 'a')],
      2,
      /error USAGE[\s\S]*cannot be one file/,
    );
    assert.deepEqual(await readdir(out), []);
  });

  it('ends the audit where the disk is full, and leaves nothing', { timeout: 60_000 }, async (test) => {
    const [disk, strays] = [join(folder.path, 'disk'), join(folder.path, 'strays')];
    await Promise.all([mkdir(disk), mkdir(join(strays, 'articles', '2022', '01'), { recursive: true })]);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    if (mounted.status !== 0) return test.skip('nothing can be mounted here');
    try {
      for (let i = 0; i < 1000; i++) await writeFile(join(strays, 'articles', '2022', '01', `${i}.txt`), '');
      const ended = await run(['audit', strays, '--jobs', '2', '--sarif', join(disk, 'a.sarif')]);
      assert.equal(ended.code, 8, ended.stderr);
      assert.match(ended.stderr, /error REPORT_NOT_WRITABLE[\s\S]*no space left/);
      assert.deepEqual(await readdir(disk), []);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('is not there after Ctrl-C, for a part would be taken for the whole', async () => {
    const out = await mkdtemp(join(folder.path, 'out-'));
    const write = (text: string) => void assert.fail(`says ${text}`);
    const io = { stdout: { write }, stderr: { write }, stdin: (async function* () {})() };
    const interrupts = {
      stopping: AbortSignal.abort(),
      signal: new AbortController().signal,
      onHangup: () => () => {},
    };
    for (const jobs of ['1', '2']) {
      const args = ['audit', healthy, '--jobs', jobs, '--html', join(out, 'a.html'), '--sarif', join(out, 'a.sarif')];
      assert.equal(await main(args, io, interrupts), 130);
      assert.deepEqual(await readdir(out), []);
    }
  });

  it('leaves what was there as it was; one that comes to its end replaces it', async () => {
    const out = await mkdtemp(join(folder.path, 'out-'));
    const path = join(out, 'a.html');
    await writeFile(path, 'before');
    await refused(['--html', path, '--sarif', join(out, 'nowhere', 'a.sarif')], 8, /error REPORT_NOT_WRITABLE/);
    assert.deepEqual([await readdir(out), await readFile(path, 'utf8')], [['a.html'], 'before']);
    await run(['audit', healthy, '--html', path]);
    assert.match(await readFile(path, 'utf8'), /^<!doctype html>/);
  });
});
