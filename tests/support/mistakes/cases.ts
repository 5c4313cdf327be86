/**
 * Mistakes by enumeration: every command, argument and flag that the program knows, by every way to get it wrong. A command,
 * an argument or a flag that is added and has no row here fails the test.
 */
import type { Argument, Command, Option } from 'commander';
import { COMPLETE } from '../../../src/commands/completion-flags.ts';

export interface Mistake {
  readonly argv: readonly string[];
  /** The exit codes that are right. */
  readonly exits: readonly number[];
  /** What has to be said, on stderr or stdout. */
  readonly says?: RegExp;
  /** True where what is right in it is done. */
  readonly writes?: true;
}

/** In the world of the mistakes: an article that is archived, and one that is not. */
export const ARCHIVED = 'guancha:903180';
const DAY = '2026-10-04';
const ABSENT = ['guancha:1', '1', 'fengwen:903180', 'https://www.guancha.cn/politics/2026_10_04_1.shtml'];

/** A call of each command that lacks nothing; `AT` stands for the folder of the world. What runs for long or asks the site is not made. */
const CALLS: Readonly<Record<string, string>> = {
  start: 'start',
  init: 'init AT/made --yes',
  archive: `archive ${ARCHIVED}`,
  crawl: 'crawl',
  schedule: 'schedule',
  backfill: 'backfill --from 2026-10-01 --to 2026-10-02',
  import: 'import AT/page.html',
  orders: 'orders list',
  retry: 'retry',
  worker: 'worker',
  demo: 'demo --archive AT/demo',
  serve: 'serve',
  search: 'search 一',
  list: 'list',
  history: `history ${ARCHIVED}`,
  diff: `diff ${ARCHIVED}`,
  changes: 'changes',
  letter: 'letter 2026-10',
  export: 'export csv AT/out.csv',
  copy: 'copy AT/full AT/copied',
  audit: 'audit',
  seal: 'seal',
  verify: 'verify',
  prove: `prove ${ARCHIVED} AT/proof`,
  corroborate: 'corroborate AT/full',
  manifest: 'manifest verify',
  reproduce: 'reproduce',
  extract: 'extract AT/page.html',
  status: 'status',
  sources: 'sources list',
  coverage: 'coverage',
  repair: 'repair --dry-run',
  reindex: 'reindex',
  quarantine: 'quarantine list',
  vocabulary: 'vocabulary list',
  notify: 'notify test',
  doctor: 'doctor',
  completion: 'completion bash',
  cluster: 'cluster status',
  version: 'version',
};

/** What is put for a value, by its kind: wrong spellings, all of which are a fault of the command line. */
const WRONG = {
  count: [
    '0',
    '-1',
    '1.5',
    'many',
    '',
    ' ',
    '1e3',
    '0x10',
    '１２',
    '+5',
    '9007199254740993',
    'NaN',
    'Infinity',
    '1,000',
  ],
  countOrNone: ['-1', '1.5', 'many', '', '1e3', '００'],
  port: ['-1', '65536', '99999', '80.5', 'http', '', '８０８０', ' 80'],
  day: [
    'yesterday',
    '2026-13-01',
    '2026-02-30',
    '2026-00-10',
    '2026-1-1',
    '2026/10/01',
    '２０２６-10-01',
    '01.10.2026',
    '20261001',
    '2026-10',
    '',
    ' ',
  ],
  time: ['yesterday', '2026-13-01', '2026-02-30', '2026-10-01T25:00', '', '７', '1', '2026'],
  month: ['2026', '2026-13', '2026-00', '2026-1', 'october', '2026-10-01', '', '２０２６-10'],
  source: ['头条x', '', 'toutiao', ' 头 条'],
  code: ['NOSUCH', '', 'network', '404'],
  check: ['nosuch', '', 'Assets', 'asets'],
  notice: ['nosuch', '', 'publish'],
  level: ['fatal', '', 'errors', 'ERROR'],
  order: ['sideways', '', 'Newest'],
  host: ['', 'ex ample', 'http://127.0.0.1', 'no such host', '127.0.0.1:80', '256.1.1.1'],
  siteHost: ['', 'ex ample', '..'],
  url: ['', 'nonsense', 'ftp://www.guancha.cn/x', 'https://example.org/a.shtml', 'https://', 'file:///etc/passwd'],
  baseUrl: ['', 'nonsense', 'ftp://example.org/', '/path', 'javascript:alert(1)'],
  configFile: [
    '',
    'AT/nosuch.yaml',
    'AT/plain',
    'AT/binary.yaml',
    '~nobody/x.yaml',
    '$NOSUCH_VARIABLE/x.yaml',
    'AT/plain/file.txt/x',
  ],
  key: ['', 'nonsense', 'AT/nosuch.pem', 'AT/plain', 'AT/binary.yaml'],
  version: ['0', '-1', 'first', '1.5', ''],
  article: [
    '',
    ' ',
    'guancha:x',
    'nonsense',
    'guancha:',
    ':903180',
    'guancha:0',
    'https://example.org/politics/2026_10_04_903180.shtml',
    'https://www.guancha.cn/',
    'articles/2026',
    '９０３１８０x',
  ],
} as const;

type Kind = keyof typeof WRONG;

/** What every flag with a value takes; by the command where the same flag takes another. Null: any text is a value. */
const FLAG_KINDS: Readonly<Record<string, Kind | null>> = {
  '--config': 'configFile',
  '--archive': null, // what is wrong about it is the archive's: see `places`
  '--limit': 'count',
  '--jobs': 'count',
  '--articles': 'count',
  '--partitions': 'countOrNone',
  '--port': 'port',
  '--host': 'host',
  'retry --host': 'siteHost',
  '--since': 'day',
  'changes --since': 'time',
  'extract --since': 'month',
  'reproduce --since': 'month',
  '--until': 'day',
  '--day': 'day',
  '--week': 'day',
  '--from': 'day',
  '--to': 'day',
  '--source': 'source',
  '--code': 'code',
  '--only': 'check',
  '--on': 'notice',
  '--fail-on': 'level',
  '--sort': 'order',
  '--url': 'url',
  'sources --url': 'url',
  '--base-url': 'baseUrl',
  '--html': null, // a path: see `targets`
  '--bag': null,
  '--log': null,
  '--key': 'key',
};

/** What every argument takes. Null: any text is one. */
const ARGUMENT_KINDS: Readonly<Record<string, Kind | null>> = {
  'start url': 'article',
  'init dir': null,
  'archive url': 'article',
  'import path': null,
  'orders number': null,
  'search query': null,
  'list filter': null,
  'history article': 'article',
  'diff article': 'article',
  'diff from': 'version',
  'diff to': 'version',
  'letter month': 'month',
  'export target': null,
  'export article': 'article',
  'copy from': null,
  'copy to': null,
  'audit what': null,
  'prove article': 'article',
  'prove dir': null,
  'corroborate other': null,
  'reproduce article': 'article',
  'extract page': 'article',
  'sources source': null,
  'quarantine item': null,
  'vocabulary form': null,
};

/** More words that a flag needs beside itself, to be looked at at all. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'extract --since': ['--all', '--diff'],
  'extract --jobs': ['--all', '--diff'],
  'sources --url': ['test', 'AT/page.html'],
  'export --base-url': [],
};

const words = (call: string) => call.split(' ').filter(Boolean);

/** @throws where a command, a flag or an argument is in none of the tables */
export function* mistakesOf(program: Command): Generator<Mistake> {
  // It is silent whatever happens: a shell calls it while a person types.
  const commands = program.commands.filter((command) => command.name() !== COMPLETE);
  yield* ofNames(commands.map((command) => command.name()));
  for (const command of commands) {
    const call = CALLS[command.name()];
    if (call === undefined) throw new TypeError(`${command.name()}: no call of it in tests/support/mistakes/cases.ts`);
    yield* ofFlags(command, words(call));
    yield* ofArguments(command, words(call));
  }
}

/** A word with two letters changed places, one left out, and one doubled. */
function misspelt(word: string): readonly string[] {
  const at = Math.max(1, Math.floor(word.length / 2) - 1);
  const swapped = word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2);
  return [swapped, word.slice(0, at) + word.slice(at + 1), word.slice(0, at + 1) + word.slice(at)].filter(
    (each) => each !== word,
  );
}

function* ofNames(names: readonly string[]): Generator<Mistake> {
  for (const name of names)
    for (const wrong of misspelt(name))
      if (!names.includes(wrong)) yield { argv: [wrong], exits: [2], says: /[Dd]id you mean/ };
  for (const wrong of ['nosuch', '', ' ', '-', '-x', '--nosuch', '@', '命令', 'CRAWL', 'help nosuch'])
    yield { argv: [wrong], exits: [2] };
}

function* ofFlags(command: Command, call: readonly string[]): Generator<Mistake> {
  const name = command.name();
  yield { argv: [...call, '--nosuchflag'], exits: [2], says: /--nosuchflag/ };
  if (!['search', 'list'].includes(name)) yield { argv: [...call, '-z'], exits: [2] }; // where it leaves a word out
  for (const option of command.options as Option[]) {
    const { long } = option;
    if (typeof long !== 'string') continue;
    for (const wrong of misspelt(long.slice(2)))
      yield { argv: [...call, `--${wrong}`], exits: [2], says: /[Dd]id you mean.*--/s };
    if (!option.required) {
      yield { argv: [...call, `${long}=yes`], exits: [2] };
      continue;
    }
    yield { argv: [...call, long], exits: [2], says: /argument missing/ };
    const kind = FLAG_KINDS[`${name} ${long}`] ?? FLAG_KINDS[long];
    if (kind === undefined) throw new TypeError(`${name} ${long}: no kind of it in tests/support/mistakes/cases.ts`);
    if (kind === null) continue;
    const beside = BESIDE[`${name} ${long}`] ?? [];
    const rest = call.filter((word, i) => word !== long && call[i - 1] !== long);
    for (const wrong of WRONG[kind]) {
      const base = name === 'sources' && beside.length > 0 ? [name] : rest;
      const all = name === 'extract' && beside.length > 0 ? [name] : base;
      // doctor says what it finds, whatever it is
      yield { argv: [...all, ...beside, `${long}=${wrong}`], exits: name === 'doctor' ? [3] : [2] };
    }
  }
}

function* ofArguments(command: Command, call: readonly string[]): Generator<Mistake> {
  const name = command.name();
  const taken = command.registeredArguments;
  const required = taken.filter((each) => each.required).length;
  const [, ...given] = call;
  const flagless = given.filter((word, i) => !word.startsWith('--') && !(given[i - 1] ?? '').startsWith('--'));
  if (required > 0) yield { argv: [name], exits: [2], says: /missing required argument/ };
  const [last] = taken.slice(-1);
  if (last === undefined || !last.variadic) {
    const full = [...call, ...Array.from({ length: taken.length + 2 }, () => '1')];
    yield { argv: full, exits: [2], says: /too many arguments|is not/ };
  }
  for (const [index, argument] of taken.entries()) {
    if (argument.argChoices !== undefined) {
      yield* ofChoices(argument, [name], name === 'export' ? ['AT/out'] : []);
      continue;
    }
    const kind = ARGUMENT_KINDS[`${name} ${argument.name()}`];
    if (kind === undefined)
      throw new TypeError(`${name} <${argument.name()}>: no kind of it in tests/support/mistakes/cases.ts`);
    if (kind === null) continue;
    const before = flagless.slice(0, index);
    const behind = flagless.slice(index + 1);
    for (const wrong of WRONG[kind]) yield { argv: [name, ...before, wrong, ...behind], exits: [2] };
    if (kind !== 'article') continue;
    for (const absent of ABSENT)
      if (!['start', 'archive', 'extract'].includes(name) || !absent.startsWith('http')) {
        yield { argv: [name, ...before, absent, ...behind], exits: [3], says: /NOT_ARCHIVED/ };
        if (argument.variadic && name !== 'extract')
          yield {
            argv: [name, ...before, ARCHIVED, absent, ...behind],
            exits: [3],
            says: /NOT_ARCHIVED/,
            writes: true,
          };
      }
  }
}

function* ofChoices(argument: Argument, before: readonly string[], behind: readonly string[]): Generator<Mistake> {
  for (const choice of argument.argChoices ?? [])
    for (const wrong of misspelt(choice))
      yield {
        argv: [...before, wrong, ...behind],
        exits: [2],
        says: new RegExp(`did you mean ${choice}|did you mean (?!${choice})`),
      };
  for (const wrong of ['nosuch', '', ' ', (argument.argChoices?.[0] ?? '').toUpperCase()])
    yield { argv: [...before, wrong, ...behind], exits: [2], says: /Allowed choices|did you mean/i };
}

export { CALLS, DAY };
