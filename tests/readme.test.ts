/** README and docs name what there is: every command, flag, key, outcome, exit code, error code, check, script and file. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import type { Outcome } from '../src/model.ts';
import { generatedFiles, TABLE_NAMES } from './reference/tables.ts';
import { commandNames, run } from './support/command.ts';

const ROOT = join(import.meta.dirname, '..');
const pages: ReadonlyMap<string, string> = new Map(
  [
    'README.md',
    'README.zh-CN.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true })
      .map((name) => join('docs', String(name)))
      .filter((name) => name.endsWith('.md')),
  ].map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]),
);
const manual = [...pages.values()].join('\n');
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

describe('README and docs', () => {
  it('explain every command and every flag of each', async () => {
    for (const command of (await commandNames()).filter((name) => name !== 'help')) {
      assert.match(manual, new RegExp(`^#+ \`${command}\\b`, 'm'), command);
      const flags = (await run([command, '--help'])).stdout.matchAll(/^ {2}(--[a-z-]+)/gm);
      for (const [, flag] of flags) assert.ok(manual.includes(flag ?? ''), `${command} ${flag}`);
    }
  });

  it('hold every table that mirrors code, and the schema, as `npm run docs` writes them', () => {
    for (const [path, text] of generatedFiles()) assert.equal(readFileSync(join(ROOT, path), 'utf8'), text, path);
    for (const name of TABLE_NAMES) assert.ok(manual.includes(`<!-- table: ${name} -->`), name);
  });

  it('have a row for every outcome', () => {
    for (const outcome of Object.keys(OUTCOMES)) assert.match(manual, new RegExp(`^\\| \`${outcome}\` \\|`, 'm'));
  });

  it('name only scripts that exist', () => {
    for (const [, script] of manual.matchAll(/npm run ([a-z:-]+)/g))
      assert.ok(script !== undefined && script in scripts, script);
  });

  it('say what each bench measures', () => {
    for (const script of Object.keys(scripts).filter((name) => /^bench\b/.test(name)))
      assert.match(pages.get('docs/benchmarks.md') ?? '', new RegExp(`^\\| \`npm run ${script}\``, 'm'), script);
  });

  it('have a source for every cell of the comparison with others', () => {
    const comparison = tableAfter('README.md', '## Beside others');
    const sources = tableAfter('docs/peers.md', '# Where the comparison with others comes from');
    assert.deepEqual(
      sources.map(([label]) => label),
      comparison.map(([label]) => label),
    );
    const defined = new Set(
      [...(pages.get('docs/peers.md') ?? '').matchAll(/^\[([\w-]+)\]: https:/gm)].map(([, key]) => key),
    );
    for (const [row, [label, , ...others]] of comparison.entries())
      for (const [column, cell] of others.entries()) {
        const source = sources[row]?.[column + 1] ?? '';
        const keys = [...source.matchAll(/\]\[([\w-]+)\]/g)].map(([, key]) => key);
        if (cell === '?') assert.equal(source, '?', `${label}: ${column}`);
        else assert.ok(keys.length > 0 && keys.every((key) => defined.has(key)), `${label}: ${cell}: ${source}`);
      }
    assert.ok(comparison.length >= 10);
  });

  it('link only to files and headings that exist', () => {
    let count = 0;
    for (const [page, text] of pages)
      for (const [, target = '', anchor] of text
        .replace(/```.*?```/gs, '')
        .matchAll(/(?:\]\(|(?:src|srcset)=")([^)"#]*)(?:#([^)]+))?[)"]/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        count += 1;
        const path = target === '' ? page : relative(ROOT, join(ROOT, dirname(page), target));
        assert.ok(existsSync(join(ROOT, path)), `${page}: ${target}`);
        if (anchor !== undefined) assert.ok(anchorsOf(path).includes(anchor), `${page}: ${target}#${anchor}`);
      }
    assert.ok(count > 100, `${count}`);
  });
});

/** The cells of the first table below a heading, without the head. */
function tableAfter(page: string, heading: string): string[][] {
  const text = pages.get(page) ?? '';
  const from = text.indexOf(`${heading}\n`);
  assert.ok(from >= 0, `${page}: ${heading}`);
  const [table = ''] = /^\|.*?(?=\n\n)/ms.exec(text.slice(from)) ?? [];
  const rows = table.split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(path: string): readonly string[] {
  const text = (pages.get(path) ?? '').replace(/```.*?```/gs, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The pages that are there in Chinese too. */
const TRANSLATED: Readonly<Record<string, string>> = {
  'README.md': 'README.zh-CN.md',
  'docs/start.md': 'docs/zh-CN/start.md',
  'docs/read.md': 'docs/zh-CN/read.md',
  'docs/configuration.md': 'docs/zh-CN/configuration.md',
};

describe('a page in Chinese', () => {
  it('is there for every page in docs/zh-CN, and for README', () => {
    const chinese = [...pages.keys()].filter((page) => page.includes('zh-CN'));
    assert.deepEqual(chinese.sort(), Object.values(TRANSLATED).sort());
  });

  for (const [english, chinese] of Object.entries(TRANSLATED))
    it(`${chinese} says the same as ${english}: headings, commands, rows, figures, and what it leads to`, () => {
      const [from, to] = [shapeOf(english), shapeOf(chinese)];
      assert.deepEqual(to.shape, from.shape);
      const missing = [...from.figures].filter((figure) => !to.figures.has(figure));
      assert.deepEqual(missing, [], 'figures that stand in English alone');
    });
});

/** What a page and its translation have in common; a figure may be a word in one of them. */
function shapeOf(page: string): { readonly shape: object; readonly figures: ReadonlySet<string> } {
  const text = pages.get(page) ?? '';
  const blocks = text.match(/```.*?```/gs) ?? [];
  const prose = text.replace(/```.*?```/gs, '');
  const code = [...prose.matchAll(/`([^`]+)`/g)].map(([, inside = '']) => inside.replaceAll(/\s+/g, ' '));
  const links = [...prose.matchAll(/(?:\]\(|(?:src|srcset)=")([^)"#]*)/g)].map(([, target = '']) =>
    /^[a-z]+:/.test(target) ? target : placeOf(page, target),
  );
  const shape = {
    headings: (prose.match(/^#+ .*$/gm) ?? []).map((heading) => heading.replaceAll(/(^#+ )|(`[^`]+`)|./g, '$1$2')),
    bullets: prose.match(/^- /gm)?.length ?? 0,
    rows: (prose.match(/^\|.*\|$/gm) ?? []).map((row) => row.split(/(?<!\\)\|/).length),
    blocks: blocks.map((block) => block.replaceAll(/ *#.*$/gm, '')), // a comment is prose
    code: [...new Set(code)].sort(),
    links: links.filter((link) => !Object.hasOwn(TRANSLATED, link)).sort(),
  };
  return { shape, figures: new Set(prose.match(/\d+(?:[.,:]\d+)*/g)) };
}

/** Where a link leads, in the English of it. */
function placeOf(page: string, target: string): string {
  const place = target === '' ? page : relative(ROOT, join(ROOT, dirname(page), target));
  const [english = place] = Object.entries(TRANSLATED).find(([, chinese]) => chinese === place) ?? [];
  return english;
}
