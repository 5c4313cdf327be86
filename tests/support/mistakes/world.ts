/** The folder in which mistakes are made, what lies in it before and after, and what every answer to a mistake owes. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { openArchive } from '../../../src/archive/archive.ts';
import { openDisk } from '../../../src/archive/disk.ts';
import { articleKey } from '../../../src/archive/keys.ts';
import { ERRORS, isErrorCode } from '../../../src/errors.ts';
import { openOperations } from '../../../src/frontier/operations.ts';
import { documentOf, draft, save } from '../drafts.ts';
import { readJson } from '../json-lines.ts';
import type { Told } from '../run-here.ts';
import { ARCHIVED, DAY } from './cases.ts';

const URL_OF_IT = 'https://www.guancha.cn/politics/2026_10_04_903180.shtml';

/** What no run of the tests may ask: there is no browser, no source and no network in it. */
export const HARMLESS =
  'archive: ./full\nsources: []\nbrowser: { executablePath: /nosuch }\nnetwork: { proxy: "http://127.0.0.1:1" }\nseal: { key: ./key.pem }\n';

/** Makes `full`, an archive of one article; `empty`, one of none; `plain`, a folder of another kind; and `config.yaml`. */
export async function makeWorld(at: string): Promise<void> {
  const store = openArchive(openDisk(join(at, 'full')), { minFreeBytes: 0 });
  await save(store, articleKey(ARCHIVED, DAY), documentOf('<p>一</p>'), draft({ id: ARCHIVED, url: URL_OF_IT }));
  for (const name of ['full', 'empty']) {
    using operations = openOperations(join(at, name), { command: 'crawl' });
    operations.journal.runs.endRun();
  }
  mkdirSync(join(at, 'plain'));
  const files = {
    'plain/file.txt': 'text',
    'page.html': '<html><title>x</title></html>',
    'binary.yaml': Buffer.from([0, 159, 146, 150, 255, 0, 7]),
    'config.yaml': HARMLESS,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(at, name), content);
}

/** Every path below a folder with what is there: kind, and digest or target. */
export function treeOf(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (folder: string) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const stats = lstatSync(path);
      const key = relative(root, path);
      if (stats.isDirectory()) {
        found.set(key, 'folder');
        walk(path);
      } else if (stats.isSymbolicLink()) found.set(key, `link ${readlinkSync(path)}`);
      else if (stats.isFile()) found.set(key, createHash('sha256').update(readFileSync(path)).digest('hex'));
      else found.set(key, 'special');
    }
  };
  walk(root);
  return found;
}

/** What differs between two of them, as lines. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [
    ...[...after]
      .filter(([path, what]) => before.get(path) !== what)
      .map(([path]) => `${before.has(path) ? 'changed' : 'made'} ${path}`),
    ...[...before.keys()].filter((path) => !after.has(path)).map((path) => `took away ${path}`),
  ];
}

/** The commands and their flags, by which a remedy is judged. */
export type Known = ReadonlyMap<string, ReadonlySet<string>>;

export function flagsOf(program: Command): Known {
  return new Map(
    program.commands.map((command) => [
      command.name(),
      new Set(['--help', ...command.options.flatMap(({ long }) => long ?? [])]),
    ]),
  );
}

/** What is wrong with an answer, whatever was asked; nothing where all is well. @param json true where `--json` was given */
export function faultsOf(
  { exit, stdout, stderr }: Told,
  { json, known }: { readonly json: boolean; readonly known: Known },
): readonly string[] {
  const faults: string[] = [];
  const text = stdout + stderr;
  if (exit === 70 || /INTERNAL|^\s+at .+:\d+:\d+\)?$/m.test(text)) faults.push('a fault of the program');
  if (/\[object |undefined|\bNaN\b(?!')/.test(text)) faults.push('a value that is none');
  const told = /^error ([A-Z_]+): (.+)\n((?: {2}.*\n)+) {2}→ (.+)$/m.exec(stderr);
  if (told !== null) {
    const [, code = '', title = '', detail = '', fix = ''] = told;
    if (!isErrorCode(code)) faults.push(`no such code ${code}`);
    else {
      if (ERRORS[code].exit !== exit) faults.push(`${code} has another exit code`);
      if (ERRORS[code].title !== title) faults.push('another title');
    }
    if (detail.trim() === '') faults.push('no detail');
    faults.push(...faultsOfRemedy(fix, known));
  }
  if (json) {
    try {
      const { last } = readJson(stdout);
      if (last === null) faults.push('no last line');
      else if (last.exit !== exit) faults.push(`the last line says ${String(last.exit)}`);
      else if (last.type === 'error' && told === null) faults.push('no error of three lines on stderr');
    } catch (error) {
      faults.push(`not the lines of the schema: ${(error as Error).message.slice(0, 300)}`);
    }
  } else if (exit !== 0 && told === null && stdout.trim() === '') faults.push('no error of three lines');
  if (exit === 0 && text.trim() === '') faults.push('nothing is said');
  return faults;
}

/** A remedy names commands and flags that exist. */
export function faultsOfRemedy(fix: string, known: Known): readonly string[] {
  const faults: string[] = [];
  for (const [, name = '', rest = ''] of fix.matchAll(/guancha-archive ([a-z]+)((?: [^,;:.()]*)?)/g)) {
    const flags = known.get(name);
    if (flags === undefined) faults.push(`the remedy names ${name}, which is no command`);
    else
      for (const [flag] of rest.matchAll(/--[a-z-]+/g))
        if (!flags.has(flag)) faults.push(`the remedy names ${name} ${flag}, which is none of its flags`);
  }
  return faults;
}
