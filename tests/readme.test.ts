/** The README names what there is: every command, flag, key, outcome, exit code and error code. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CHECKS } from '../src/audit/promises.ts';
import { defaultConfig } from '../src/config.ts';
import { ERRORS, EXIT } from '../src/errors.ts';
import { FLAGS } from '../src/flags.ts';
import type { Outcome } from '../src/model.ts';
import { run } from './support/command.ts';

const ROOT = join(import.meta.dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Record<string, string>;
};

const OUTCOMES: Readonly<Record<Outcome['kind'], true>> = {
  archived: true,
  unchanged: true,
  gone: true,
  moved: true,
  'link-out': true,
  blocked: true,
  refused: true,
  failed: true,
};

describe('the README', () => {
  it('explains every command and every flag of each', async () => {
    const help = (await run(['--help'])).stdout;
    const commands = [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)\b/gm)].map(
      ([, name]) => name ?? '',
    );
    for (const command of commands.filter((name) => name !== 'help')) {
      assert.ok(readme.includes(`### \`${command}`), command);
      const flags = (await run([command, '--help'])).stdout.matchAll(/^ {2}(--[a-z-]+)/gm);
      for (const [, flag] of flags) assert.ok(readme.includes(flag ?? ''), `${command} ${flag}`);
    }
  });

  it('has a row for every exit code', () => {
    for (const [name, code] of Object.entries(EXIT))
      assert.match(readme, new RegExp(`^\\| ${code} \\| \`${name}\` \\|`, 'm'));
  });

  it('has a row for every error code, with what happens next, and none for others', () => {
    for (const [code, { next }] of Object.entries(ERRORS))
      assert.match(readme, new RegExp(`^\\| \`${code}\` \\|.*\\| ${next} \\|$`, 'm'), code);
    for (const [, code] of readme.matchAll(/^\| `([A-Z_]+)` \|/gm))
      assert.ok(code !== undefined && code in ERRORS, code);
  });

  it('has a row for every flag', () => {
    for (const code of Object.keys(FLAGS)) assert.match(readme, new RegExp(`^\\| \`${code}\` \\|`, 'm'), code);
  });

  it('has a row for every check of the audit, and none for others', () => {
    const rows = [...readme.matchAll(/^\| `([a-z0-9-]+)` \| (\w+) \| (error|warning|note) \| (.+) \| (.+) \|$/gm)];
    const listed = rows.map(([, code, group, severity, means, fix]) => [code, { group, severity, means, fix }]);
    const meant = Object.entries(CHECKS).map(([code, { repair: _repair, ...row }]) => [code, row]);
    assert.deepEqual(listed, meant);
  });

  it('has a row for every outcome', () => {
    for (const outcome of Object.keys(OUTCOMES)) assert.match(readme, new RegExp(`^\\| \`${outcome}\` \\|`, 'm'));
  });

  it('names every key of the configuration', () => {
    for (const [section, keys] of Object.entries(defaultConfig())) {
      const nested =
        typeof keys === 'object' && !Array.isArray(keys)
          ? Object.keys(keys).map((key) => `${section}.${key}`)
          : [section];
      for (const key of nested) assert.ok(readme.includes(`\`${key}\``), key);
    }
  });

  it('names only scripts and files that exist', () => {
    for (const [, script] of readme.matchAll(/npm run ([a-z:-]+)/g))
      assert.ok(script !== undefined && script in scripts, script);
    for (const [, path] of readme.matchAll(/\]\(([^)#:]+)\)/g)) assert.ok(existsSync(join(ROOT, path ?? '')), path);
  });

  it('links only to headings that it has', () => {
    const text = readme.replace(/```.*?```/gs, '');
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    );
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    assert.ok(links.length > 10);
    for (const link of links) assert.ok(anchors.includes(link), link);
  });
});
