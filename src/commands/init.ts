/** `init [DIR] [--yes]`: a configuration by a few questions, and an archive with nothing in it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { loadConfig } from '../config.ts';
import { CONFIG_FILE } from '../config-file.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { openOperations } from '../frontier/operations.ts';
import { packageFile } from '../package.ts';
import { expandPath } from '../paths.ts';
import type { Io } from '../report/output.ts';
import { printPlain } from '../report/plain.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, link } from '../report/text.ts';
import { RECOMMENDED_LISTS } from '../site/recommended-lists.ts';
import { knownError } from '../system-errors.ts';

interface Answers {
  /** As it is written, relative to the file. */
  readonly archive: string;
  /** False for the list of headlines alone. */
  readonly allLists: boolean;
  readonly capture: 'pages' | 'all' | 'off';
}

const RECOMMENDED: Answers = { archive: './archive', allLists: true, capture: 'pages' };

/**
 * @param dir where the file is put; made where it is not there
 * @throws CONFIG_EXISTS, USAGE where nobody can be asked; what the disk refuses with
 */
export async function init(
  dir: string,
  { yes }: { readonly yes: boolean },
  { terminal, io }: { readonly terminal: Terminal; readonly io: Io },
): Promise<ExitCode> {
  const folder = resolve(expandPath(dir, { code: 'USAGE', where: 'DIR' }));
  const file = join(folder, CONFIG_FILE);
  if (!yes && io.stdout.isTTY !== true)
    throw new ArchiveError('USAGE', 'init: there is no terminal to ask on; --yes takes what is recommended');
  const answers = yes ? RECOMMENDED : await ask(io);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, configText(answers), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new ArchiveError('CONFIG_EXISTS', file);
    throw knownError(error, { place: 'elsewhere', name: file });
  }
  const config = loadConfig(file);
  using _queue = openOperations(config); // an archive with nothing in it is one all the same
  terminal.result(
    [
      line`wrote ${link(file, file)}, for the archive ${config.archive}`,
      'next: guancha-archive doctor, then crawl, or schedule for months',
    ],
    { type: 'config', config: file, archive: config.archive, sources: config.sources.length },
  );
  return EXIT.ok;
}

async function ask(io: Io): Promise<Answers> {
  const lines = createInterface({ input: Readable.from(io.stdin) })[Symbol.asyncIterator]();
  const answer = async (question: string, usual: string) => {
    printPlain(io.stdout, `${question} [${usual}] `);
    const { value = '' } = await lines.next();
    const text = String(value ?? '').trim();
    return text === '' ? usual : text;
  };
  const archive = await answer('Where is the archive to lie?', RECOMMENDED.archive);
  const lists = await answer(
    `Read the ${RECOMMENDED_LISTS.length} lists that miss little, or the headlines alone? all, headlines`,
    'all',
  );
  const capture = await answer('Keep what the site sent? pages, all (with pictures), off', RECOMMENDED.capture);
  const isCapture = (text: string): text is Answers['capture'] => ['pages', 'all', 'off'].includes(text);
  if (!['all', 'headlines'].includes(lists) || !isCapture(capture))
    throw new ArchiveError('USAGE', `init: ${isCapture(capture) ? lists : capture} is none of the answers`);
  return { archive, allLists: lists === 'all', capture };
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
