/** What an audit says to a person: links on a terminal and nowhere else, lines that fit, names that command nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import { CHECKS, type CheckCode, finding } from '../src/audit/promises.ts';
import { terminalReport } from '../src/report/audit-text.ts';
import type { Output } from '../src/report/output.ts';
import { createTerminal } from '../src/report/terminal.ts';
import { HOSTILE_NAMES } from './support/hostile-names.ts';

process.env.TERM = 'xterm';
process.env.CI = ''; // a terminal in a build has no links

const ROOT = '/home/me/an archive';
const SUMMARY = { articles: 1, assets: 1, bytes: 1, errors: 1, warnings: 1, elapsedMs: 10 };

/** The report of a finding of each check, and of one for each hostile name. */
function printed(stdout: Omit<Output, 'write'>): string {
  let text = '';
  const write = (piece: string) => {
    text += piece;
  };
  const io = { stdout: { ...stdout, write }, stderr: { write: () => {} }, stdin: (async function* () {})() };
  const { add, end } = terminalReport(createTerminal(io, { json: false }), { repair: 'guancha-archive repair' });
  for (const code of Object.keys(CHECKS) as CheckCode[])
    void add(
      finding(
        code,
        { path: `records/2022/01/${code}.json`, article: null },
        `字${'长'.repeat(70)} sha256 ${'f'.repeat(64)}`,
      ),
      ROOT,
    );
  for (const name of HOSTILE_NAMES.slice(0, 9))
    void add(finding('stray-file', { path: name, article: null }, 'x'), ROOT);
  void end(SUMMARY);
  return text;
}

/** The links of a text, and the text without them and without colours. */
function withoutLinks(text: string) {
  const links: { readonly url: string; readonly label: string }[] = [];
  const rest = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
    .replace(/\u001b\]8;;([^\u001b]+)\u001b\\([^\u001b]*)\u001b\]8;;\u001b\\/g, (_, url: string, label: string) => {
      links.push({ url, label });
      return label;
    })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
    .replace(/\u001b\[\d+m/g, '');
  return { links, rest };
}

describe('the report on a terminal', () => {
  for (const columns of [60, 140]) {
    it(`links every path to its file and fits ${columns} columns, but for what is whole`, () => {
      const { links, rest } = withoutLinks(printed({ isTTY: true, columns }));
      const paths = links.map(({ url }) => fileURLToPath(url.replace(/^file:\/\/[^/]+/, 'file://')));
      for (const code of Object.keys(CHECKS)) assert.ok(paths.includes(`${ROOT}/records/2022/01/${code}.json`), code);
      for (const name of HOSTILE_NAMES.slice(0, 9)) assert.ok(paths.includes(`${ROOT}/${name}`), name);
      assert.doesNotMatch(rest, /[^\P{Cc}\n]/u, 'a name commands the terminal');
      const labels = new Set(links.map(({ label }) => `  ${label}`));
      for (const line of rest.split('\n'))
        assert.ok(
          labels.has(line) || stringWidth(line) <= columns || /^ {4}f{64}$/.test(line),
          `${stringWidth(line)} columns: ${line}`,
        );
      assert.doesNotMatch(rest, /^ {3}\S/m, 'a line begins with the space at which it was broken');
    });
  }

  it('says the worst first', () => {
    const heads = [...printed({}).matchAll(/^(error|warning|note) [a-z0-9-]+ {2}\d+$/gm)].map(
      ([, level]) => level ?? '',
    );
    assert.equal(heads.length, Object.keys(CHECKS).length);
    assert.deepEqual(
      heads,
      heads.toSorted((a, b) => 'ewn'.indexOf(a.charAt(0)) - 'ewn'.indexOf(b.charAt(0))),
    );
  });

  it('is plain text elsewhere', () => {
    assert.doesNotMatch(printed({}), /[^\P{Cc}\n]/u);
  });
});
