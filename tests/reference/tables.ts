/** The tables of docs/ that mirror code, the JSON Schemas and the manual pages. `npm run docs` writes them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS } from '../../src/audit/promises.ts';
import { configSchema } from '../../src/config.ts';
import type { KeyMeaning } from '../../src/config-keys.ts';
import { ERRORS, EXIT, EXIT_MEANINGS } from '../../src/errors.ts';
import { FLAGS } from '../../src/flags.ts';
import { jsonSchema } from '../../src/report/json-schema.ts';
import { LINES } from '../../src/report/lines.ts';
import { SUMMARIES } from '../../src/report/summaries.ts';
import { configKeys } from './config-keys.ts';
import { CONFIG_KEYS_CHINESE } from './config-keys.zh-CN.ts';
import { manPages } from './man-pages.ts';

const ROOT = join(import.meta.dirname, '../..');

const TABLES: Readonly<Record<string, () => string>> = {
  exits: () =>
    table(
      ['code', 'name', 'when'],
      Object.entries(EXIT).map(([name, code]) => [code, quoted(name), EXIT_MEANINGS[name as keyof typeof EXIT]]),
    ),
  errors: () =>
    table(
      ['code', 'what happened', 'what to do', 'next', 'exit code'],
      Object.entries(ERRORS).map(([code, { title, fix, next, exit }]) => [quoted(code), title, fix, next, exit]),
    ),
  flags: () =>
    table(
      ['flag', 'level', 'what was seen', 'what it means for what is archived'],
      Object.entries(FLAGS).map(([code, { level, title, meaning }]) => [quoted(code), level, title, meaning]),
    ),
  checks: () =>
    table(
      ['check', 'group', 'level', 'what it means', 'how to fix it'],
      Object.entries(CHECKS).map(([code, { group, severity, means, fix }]) => [
        quoted(code),
        group,
        severity,
        means,
        fix,
      ]),
    ),
  keys: () => keyTable(['key', 'default', 'what it means'], 'more', ({ meaning }) => meaning),
  keysChinese: () => keyTable(['配置项', '默认值', '含义'], '详见', meaningInChinese, '../'),
  lines: () => table(['type', 'keys'], keysOfShapes(LINES)),
  summaries: () =>
    table(
      ['command', 'keys'],
      keysOfShapes(SUMMARIES, 'outcomes').filter(([, keys]) => keys !== ''),
    ),
};

/** Every generated file by its path in the repository: as it has to be. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const pages = readdirSync(join(ROOT, 'docs'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.md'))
    .map((name) => [`docs/${name}`, withTables(readFileSync(join(ROOT, 'docs', name), 'utf8'))] as const);
  const schemas = { 'docs/crawl.config.schema.json': configSchema(), 'docs/json/lines.schema.json': jsonSchema() };
  const texts = Object.entries(schemas).map(
    ([path, schema]) => [path, `${JSON.stringify(schema, null, 2)}\n`] as const,
  );
  return new Map([...pages, ...texts, ...manPages()]);
}

/** The names of all tables. */
export const TABLE_NAMES = Object.keys(TABLES);

/** The keys with their defaults and meanings. @param up from the page to docs/ */
function keyTable(
  head: readonly string[],
  more: string,
  meaningOf: (known: KeyMeaning, key: string) => string,
  up = '',
): string {
  const rows = configKeys().map(({ key, shown, known }) => {
    const link = known.more === undefined ? '' : ` ([${more}](${up}${known.more}))`;
    return [quoted(key), quoted(shown), `${meaningOf(known, key)}${link}`];
  });
  return table(head, rows);
}

function meaningInChinese(_known: KeyMeaning, key: string): string {
  const meaning = CONFIG_KEYS_CHINESE[key];
  if (meaning === undefined) throw new Error(`no meaning in tests/reference/config-keys.zh-CN.ts: ${key}`);
  return meaning;
}

function withTables(page: string): string {
  return page.replace(/(<!-- table: (\w+) -->\n).*?(<!-- end -->)/gs, (_, begin: string, name: string, end: string) => {
    const write = TABLES[name];
    if (write === undefined) throw new Error(`no table of this name: ${name}`);
    return `${begin}\n${write()}\n${end}`;
  });
}

type Cell = string | number;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line), ''].join('\n');
}

/** The names of shapes with their keys, but the one that is told of apart. */
function keysOfShapes(
  shapes: Readonly<Record<string, { readonly shape: object }>>,
  toldApart = '',
): readonly (readonly [string, string])[] {
  return Object.entries(shapes).map(([name, { shape }]) => {
    const keys = Object.keys(shape).filter((key) => key !== toldApart);
    return [quoted(name), keys.map(quoted).join(', ')];
  });
}

function quoted(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) for (const [path, text] of generatedFiles()) writeFileSync(join(ROOT, path), text);
