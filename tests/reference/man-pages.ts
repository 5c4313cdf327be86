/** The manual pages guancha-archive(1) and crawl.config.yaml(5), from the definitions of commands, errors and keys. */
import type { Command, Option } from 'commander';
import * as keys from '../../src/archive/keys.ts';
import { ERRORS, EXIT, EXIT_MEANINGS } from '../../src/errors.ts';
import { packageInfo } from '../../src/package.ts';
import { createProgram } from '../../src/program.ts';
import { SECRETS } from '../../src/secrets.ts';
import { configKeys } from './config-keys.ts';
import { bold, head, inner, item, literal, paragraph, plain, section, subsection, usage } from './roff.ts';

/** The pages by their path in the repository, where package.json names them. */
export function manPages(): ReadonlyMap<string, string> {
  return new Map([
    ['man/guancha-archive.1', programPage()],
    ['man/crawl.config.yaml.5', configPage()],
  ]);
}

/** The flags that nearly every command has: they stand in a section of their own. */
const COMMON = ['--config', '--archive', '--json', '--quiet'];

function programPage(): string {
  let written = '';
  const io = { stdout: { write: (text: string) => (written += text) }, stderr: { write: () => {} } };
  const program = createProgram({ io } as unknown as Parameters<typeof createProgram>[0]);
  const examplesOf = (command: Command): readonly string[] => {
    written = '';
    command.outputHelp();
    const [, listed = ''] = written.split('\nExamples:\n');
    return listed.split('\n').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
  };
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  const groups = Map.groupBy(commands, (command) => command.helpGroup().replace(/:$/, ''));
  return [
    head('guancha-archive', 1, 'archives articles of the Chinese news site Guancha'),
    section('synopsis', ['[command] [flag...] [argument...]', '[command] --help'].map(synopsis).join('.br\n')),
    section('description', [program.description(), ...DESCRIPTION].map(paragraph).join('')),
    section('commands', `${paragraph('What each does is said at length in `docs/` of the package.')}`),
    ...[...groups].map(([group, members]) =>
      subsection(group, members.map((command) => commandText(command, examplesOf(command))).join('')),
    ),
    section(
      'flags of nearly every command',
      commonFlags(commands.find((command) => command.name() === 'crawl'))
        .map((option) => item(usage(option.flags), option.description))
        .join(''),
    ),
    section('exit status', exits()),
    section('environment', ENVIRONMENT.map(([name, meaning]) => item(bold(name), meaning)).join('')),
    section('files', FILES.map(([name, meaning]) => item(bold(name), meaning)).join('')),
    section('errors', errors()),
    section('see also', paragraph(`\`crawl.config.yaml\`(5), ${packageInfo().homepage}`)),
  ].join('');
}

const synopsis = (rest: string) => `${bold('guancha-archive')} ${usage(rest)}\n`;

const DESCRIPTION = [
  'Articles, posts, their pictures and the exchanges with the site become files of an archive: documents that are readable for ever, each with a record of what the document has no room for. What the site edits or withdraws is kept as a version of its own. Nothing is deleted: what makes way goes to `trash/`.',
  'Results go to stdout, logs and progress to stderr. Ctrl-C finishes what is in hand, a second one ends at once; the same command goes on where it stopped.',
];

function commandText(command: Command, examples: readonly string[]): string {
  const help = command.createHelp();
  const own = help.visibleOptions(command).filter(({ long }) => long !== '--help' && !COMMON.includes(long ?? ''));
  const slots = help.visibleArguments(command);
  const hasCommon = command.options.some(({ long }) => long === '--config');
  const line = [command.name(), ...slots.map((argument) => help.argumentTerm(argument))];
  const terms = [
    ...command.registeredArguments
      .filter((argument) => help.argumentDescription(argument) !== '')
      .map((argument) => item(usage(bracketed(argument)), help.argumentDescription(argument))),
    ...own.map((option) => item(usage(option.flags), help.optionDescription(option))),
    ...(hasCommon ? [] : commonFlags(command).map((option) => item(usage(option.flags), option.description))),
  ];
  return [
    item(usage(`${line[0]} ${command.registeredArguments.map(bracketed).join(' ')}`.trim()), command.description()),
    inner(`${terms.join('')}${examples.length === 0 ? '' : literal(examples)}`),
  ].join('');
}

function bracketed(argument: { name: () => string; required: boolean; variadic: boolean }): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function commonFlags(command: Command | undefined): readonly Option[] {
  return command?.options.filter(({ long }) => COMMON.includes(long ?? '')) ?? [];
}

function exits(): string {
  return Object.entries(EXIT)
    .map(([name, code]) => item(`${bold(String(code))} ${name}`, EXIT_MEANINGS[name as keyof typeof EXIT]))
    .join('');
}

function errors(): string {
  const intro = paragraph('Each is printed with its code; behind it stands the exit status where it ends the command.');
  const rows = Object.entries(ERRORS).map(([code, { title, fix, exit }]) =>
    item(`${bold(code)} (${exit})`, `${title}. ${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`),
  );
  return `${intro}${rows.join('')}`;
}

/** What is read of the environment, beside what every program reads. */
const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ['GUANCHA_ARCHIVE_CONFIG', 'the configuration, where `--config` names none'],
  ...Object.entries(SECRETS).map(
    ([name, key]) =>
      [name, `completes \`${key}\` of the configuration; ${name}_FILE names a file that holds it`] as const,
  ),
  ['HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY', 'the way to the site, where `network.proxy` names none'],
  ['NODE_EXTRA_CA_CERTS', 'authorities that are trusted beside the known ones, as in `network.certificates`'],
  ['NO_COLOR, FORCE_COLOR, TERM, CI', 'without colours; with colours in a pipe; `dumb` and CI without a bar'],
  ['XDG_CONFIG_HOME', 'a configuration is looked for in its `guancha-archive/`; else in `~/.config`'],
  ['XDG_DATA_HOME', 'the key of the seals lies in its `guancha-archive/`; else in `~/.local/share`'],
  ['XDG_CACHE_HOME', 'the carried browser is unpacked into its `guancha-archive/`; else into `~/.cache`'],
  ['NODE_COMPILE_CACHE', 'where compiled code is kept, in the place of that cache'],
  ['TMPDIR', 'profiles of the browser, and what is not finished yet'],
];

const FILES: readonly (readonly [name: string, meaning: string])[] = [
  [
    'crawl.config.yaml',
    'the configuration: of this folder, of one above it, or of the user; see `crawl.config.yaml`(5)',
  ],
  [`${keys.ARTICLES}/`, 'of an archive: the newest good version of each document'],
  [`${keys.RECORDS}/`, 'under the same path, what the document has no room for, as JSON'],
  [`${keys.VERSIONS}/`, 'documents that were superseded'],
  [`${keys.ASSETS}/`, 'pictures, each named by its SHA-256'],
  [`${keys.CAPTURES}/`, 'the exchanges with the site, as WARC'],
  [`${keys.SEALS}/`, 'the signed log of all files'],
  [`${keys.QUARANTINE}/, ${keys.TRASH}/`, 'what was judged no article; what made way'],
  [`${keys.FRONTIER}`, 'queue and memory of the crawler, built anew from the files where it is lost'],
  [`${keys.CATALOG}`, 'the index for search, built anew by `reindex`'],
  [`${keys.LOCK_HOLDER}`, 'who holds the archive'],
];

function configPage(): string {
  return [
    head('crawl.config.yaml', 5, 'configuration of guancha-archive'),
    section(
      'description',
      [
        'A file in YAML 1.2; what it does not name keeps its default, which stands here behind each key. It is the file that `--config` names, else `GUANCHA_ARCHIVE_CONFIG`, else `crawl.config.yaml` of this folder, of the nearest folder above it, or of the user (`$XDG_CONFIG_HOME/guancha-archive/`). A key that is not known is an error with its line. `guancha-archive init` writes one, and the package has one with all keys and comments.',
        'Times and durations are in milliseconds, sizes in bytes, where the key says so.',
      ]
        .map(paragraph)
        .join(''),
    ),
    section(
      'keys',
      configKeys()
        .map(({ key, shown, known }) => item(`${bold(key)}: ${plain(shown)}`, known.meaning))
        .join(''),
    ),
    section('see also', paragraph('`guancha-archive`(1)')),
  ].join('');
}
