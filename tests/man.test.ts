/** The manual pages: whole, without a fault that groff or mandoc know, and readable on a narrow terminal. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createProgram } from '../src/program.ts';
import { manPages } from './reference/man-pages.ts';

const ROOT = join(import.meta.dirname, '..');
const pages = manPages();
const page = (pages.get('man/guancha-archive.1') ?? '').replaceAll(/\\f[BIR]/g, '');

const told = (command: string, args: readonly string[], input = '') =>
  spawnSync(command, args, { input, encoding: 'utf8' });
const skippedWithout = (command: string) => told(command, []).error !== undefined && `${command} is not installed here`;

describe('the manual pages', () => {
  it('are those that the package names', () => {
    const { man, files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly man: readonly string[];
      readonly files: readonly string[];
    };
    assert.deepEqual(
      man,
      [...pages.keys()].map((path) => `./${path}`),
    );
    assert.ok(files.includes('man'));
  });

  it('name every variable of the environment that the program reads', () => {
    // Of every program, of Windows, and what a child is given.
    const others = ['APPDATA', 'HOME', 'LD_LIBRARY_PATH', 'PATH'];
    const text = globSync('src/**/*.ts', { cwd: ROOT })
      .map((file) => readFileSync(join(ROOT, file), 'utf8'))
      .join('\n');
    const read = [
      ...[...text.matchAll(/process\.env\.([A-Z][A-Z_]+)/g)].map(([, name = '']) => name),
      ...[...text.matchAll(/\{([^{}]*)\} = process\.env/g)].flatMap(
        ([, names = '']) => names.match(/\b[A-Z][A-Z_]+\b/g) ?? [],
      ),
    ].filter((name) => !others.includes(name) && name !== 'VARIABLE');
    assert.ok(read.length > 5);
    assert.deepEqual(
      read.filter((name) => !new RegExp(`\\b${name}\\b`).test(page)),
      [],
    );
  });

  it('show no example of a command that is not there', () => {
    const names = createProgram({} as Parameters<typeof createProgram>[0]).commands.map((command) => command.name());
    const examples = [...page.matchAll(/^\.nf\n([\s\S]*?)\n\.fi$/gm)].flatMap(([, lines = '']) => lines.split('\n'));
    const shown = examples.flatMap((line) => /^guancha\\-archive (\S+)/.exec(line)?.[1]?.replaceAll('\\-', '-') ?? []);
    assert.ok(shown.length > names.length);
    assert.deepEqual(
      shown.filter((name) => !names.includes(name)),
      [],
    );
  });

  it('are well by mandoc', { skip: skippedWithout('mandoc') }, () => {
    for (const [path, text] of pages) {
      const found = told('mandoc', ['-T', 'lint', '-W', 'warning'], text).stdout.split('\n');
      // A date would be another at each build.
      assert.deepEqual(
        found.filter((line) => line !== '' && !/missing date/.test(line)),
        [],
        path,
      );
    }
  });

  it('are well by groff, at 80 and at 40 columns', { skip: skippedWithout('groff') }, () => {
    for (const [path, text] of pages)
      for (const columns of [80, 40]) {
        const flags = ['-man', '-K', 'utf8', '-T', 'utf8', '-w', 'w', '-P', '-c', `-rLL=${columns}n`];
        const { stdout, stderr } = told('groff', flags, text);
        assert.match(stdout, /archives|configuration/);
        // An example is one line, however long.
        const complaints = stderr.split('\n').filter((line) => line !== '' && !line.endsWith("can't break line"));
        assert.deepEqual(complaints, [], path);
      }
  });
});
