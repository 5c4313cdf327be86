/** `init [DIR] [--yes]`: a configuration by a few questions, and an archive with nothing in it. */
import { lstatSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { archiveFolder, type Config, loadConfig } from '../config.ts';
import { CONFIG_FILE } from '../config-file.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import { openOperations } from '../frontier/operations.ts';
import { orNearest } from '../nearest.ts';
import { packageFile } from '../package.ts';
import type { Io } from '../report/output.ts';
import { printPlain } from '../report/plain.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, link } from '../report/text.ts';
import { RECOMMENDED_LISTS } from '../site/recommended-lists.ts';
import { knownError } from '../system-errors.ts';
import { isArchive } from './existing-archive.ts';

interface Answers {
  /** As it is written, relative to the file. */
  readonly archive: string;
  /** False for the list of headlines alone. */
  readonly allLists: boolean;
  readonly capture: 'pages' | 'all' | 'off';
}

/** A configuration in the folder of an archive is that archive's. */
function recommendedFor(folder: string): Answers {
  return { archive: isArchive(folder) ? '.' : './archive', allLists: true, capture: 'pages' };
}

/**
 * @param dir where the file is put; made where it is not there
 * @throws CONFIG_EXISTS, USAGE where nobody can be asked or not all is answered; what the disk refuses with. Nothing is written then
 */
export async function init(
  dir: string,
  { yes }: { readonly yes: boolean },
  { terminal, io }: { readonly terminal: Terminal; readonly io: Io },
): Promise<ExitCode> {
  const folder = resolve(archiveFolder(dir, { code: 'USAGE', where: 'DIR' }));
  const file = join(folder, CONFIG_FILE);
  if (!yes && (terminal.json || io.stdout.isTTY !== true))
    throw new ArchiveError('USAGE', `init: there is no terminal to ask on; ${WITHOUT_QUESTIONS}`);
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw new ArchiveError('CONFIG_EXISTS', file);
  const recommended = recommendedFor(folder);
  const answers = yes ? recommended : await ask(io, recommended);
  try {
    makeFolder(folder);
    writeFileSync(file, configText(answers), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new ArchiveError('CONFIG_EXISTS', file);
    throw knownError(error, { place: 'elsewhere', name: file });
  }
  const config = withEmptyArchive(file);
  terminal.result(
    [
      line`wrote ${link(file, file)}, for the archive ${config.archive}`,
      'next: guancha-archive doctor, then crawl, or schedule for months',
    ],
    { type: 'config', config: file, archive: config.archive, sources: config.sources.length },
  );
  return EXIT.ok;
}

const WITHOUT_QUESTIONS = '--yes takes what is recommended';

/** An archive with nothing in it is one all the same. Where it cannot be made, the file goes again: the next `init` asks anew. */
function withEmptyArchive(file: string): Config {
  try {
    const config = loadConfig(file);
    openOperations(config)[Symbol.dispose]();
    return config;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** @throws USAGE where the answers end before the questions */
async function ask(io: Io, recommended: Answers): Promise<Answers> {
  const lines = linesOf(io.stdin);
  const archive = await answer('Where is the archive to lie?', recommended.archive, (text) => {
    archiveFolder(text, { code: 'USAGE', where: 'the archive' });
    return text;
  });
  const lists = await answer(
    `Read the ${RECOMMENDED_LISTS.length} lists that miss little, or the headlines alone? all, headlines`,
    'all',
    oneOf(['all', 'headlines']),
  );
  const capture = await answer(
    'Keep what the site sent? pages, all (with pictures), off',
    recommended.capture,
    oneOf<Answers['capture']>(['pages', 'all', 'off']),
  );
  return { archive, allLists: lists === 'all', capture };

  /** Asks until the answer is one. @param read throws USAGE for what is none */
  async function answer<T>(question: string, usual: string, read: (text: string) => T): Promise<T> {
    for (;;) {
      printPlain(io.stdout, `${question} [${usual}] `);
      const { value, done } = await lines.next();
      if (done === true) {
        printPlain(io.stdout, '\n');
        throw new ArchiveError(
          'USAGE',
          `init: the answers ended before the questions, and nothing was written; ${WITHOUT_QUESTIONS}`,
        );
      }
      try {
        return read(value.trim() || usual);
      } catch (error) {
        if (!(error instanceof ArchiveError)) throw error;
        printPlain(io.stdout, `  ${error.detail}\n`);
      }
    }
  }
}

function oneOf<T extends string>(answers: readonly T[]): (text: string) => T {
  return (text) => {
    const found = answers.find((each) => each === text);
    if (found === undefined)
      throw new ArchiveError(
        'USAGE',
        `${text} is none of the answers: ${answers.join(', ')}${orNearest(text, answers)}`,
      );
    return found;
  };
}

async function* linesOf(stdin: Io['stdin']): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = '';
  for await (const chunk of stdin) {
    held += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = held.split(/\r?\n/);
    held = lines.pop() ?? '';
    yield* lines;
  }
  if (held !== '') yield held;
}

/** The text of a configuration that says what it changes, and what else there is. */
export function configText({ archive, allLists, capture }: Answers): string {
  const schema = pathToFileURL(packageFile('docs/crawl.config.schema.json')).href;
  const lists = allLists ? RECOMMENDED_LISTS : RECOMMENDED_LISTS.slice(0, 1);
  const place = isAbsolute(archive) || /^[.~$]/.test(archive) ? archive : `./${archive}`;
  return [
    `# yaml-language-server: $schema=${schema}`,
    '# Configuration of guancha-archive: what it does not name has its default. docs/configuration.md has every key.',
    '',
    '# Relative to this file.',
    `archive: ${JSON.stringify(place)}`,
    '',
    '# What the site sent, as WARC files: pages, all (with the bytes of pictures), off.',
    `capture: ${capture}`,
    '',
    '# The lists that crawl and schedule read: they overlap, so that what one leaves out another shows.',
    'sources:',
    ...lists.map(
      ({ name, url, pages }) =>
        `  - { name: ${name}, url: ${JSON.stringify(url)}${pages === undefined ? '' : `, pages: ${pages}`} }`,
    ),
    '',
  ].join('\n');
}
