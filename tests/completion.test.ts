/** Completion: what is suggested comes from the definitions of the commands, and real shells take it, quietly and unharmed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import { array as anyArray, asyncProperty, assert as check, string } from 'fast-check';
import { CHECKS } from '../src/audit/promises.ts';
import { COMPLETIONS, completionScript } from '../src/commands/completion.ts';
import { placeholderOf, suggestionsFor, VALUES } from '../src/commands/suggestions.ts';
import { NOTICE_KINDS } from '../src/config.ts';
import { ERRORS } from '../src/errors.ts';
import { EXPORT_FORMATS } from '../src/export/exported.ts';
import { createProgram } from '../src/program.ts';
import { run, temporaryFolder } from './support/command.ts';

const ROOT = join(import.meta.dirname, '..');
const program = createProgram({ io: { stdout: {}, stderr: {} } } as unknown as Parameters<typeof createProgram>[0]);
const visible = (command: Command) => command.createHelp().visibleCommands(command);

/** What may follow, of a line without quotes; the last word is the current one. */
async function after(line: string): Promise<readonly string[]> {
  const words = line.split(' ');
  const { paths, words: found } = await suggestionsFor(program, words.slice(0, -1), words.at(-1) ?? '');
  return [...(paths === 'none' ? [] : [`(${paths})`]), ...found.map(({ text }) => text)];
}

describe('what may follow', () => {
  it('is every command that help shows, and none that it hides', async () => {
    const names = visible(program).map((command) => command.name());
    assert.ok(names.length > 30 && names.includes('help') && !names.includes('complete'));
    assert.deepEqual((await after('')).toSorted(), names.toSorted());
    assert.deepEqual(await after('au'), ['audit']);
    assert.deepEqual(await after('help audi'), ['audit']);
    assert.deepEqual(await after('nosuch '), []);
  });

  it('is every flag of every command, and after each what can stand for its value', async () => {
    for (const command of program.commands) {
      const flags = await after(`${command.name()} --`);
      assert.deepEqual(
        flags.toSorted(),
        [...command.options.map(({ long }) => long), '--help'].toSorted(),
        command.name(),
      );
      for (const option of command.options.filter(({ required }) => required)) {
        const apart = await after(`${command.name()} ${option.long} `);
        assert.deepEqual(await after(`${command.name()} ${option.long}=`), apart);
        if (option.argChoices !== undefined) assert.deepEqual(apart, option.argChoices);
      }
    }
  });

  it('is known for every placeholder of help', () => {
    const commands = visible(program).filter((command) => command.name() !== 'help');
    const slots = commands.flatMap((command) => [
      ...command.registeredArguments.filter(({ argChoices }) => argChoices === undefined),
      ...command.options.filter(({ required, argChoices }) => required && argChoices === undefined),
    ]);
    const names = new Set(slots.map(placeholderOf));
    assert.deepEqual(
      [...names].filter((name) => !Object.hasOwn(VALUES, name)),
      [],
    );
    assert.deepEqual(
      Object.keys(VALUES).filter((name) => !names.has(name)),
      [],
      'not there any more',
    );
  });

  it('is what the table of the values says', async () => {
    assert.deepEqual(await after('export '), EXPORT_FORMATS);
    assert.deepEqual(await after('export csv '), ['(files)']);
    assert.deepEqual(await after('export csv out.csv '), ['(files)']);
    assert.deepEqual(await after('export csv out.csv guancha:1 guancha:'), ['(files)']);
    assert.deepEqual(await after('audit --fail-on w'), ['warning']);
    assert.deepEqual(await after('audit --fail-on=w'), ['warning']);
    assert.deepEqual(
      await after('retry --code TOO_'),
      Object.keys(ERRORS).filter((code) => code.startsWith('TOO_')),
    );
    const groups = Object.values(CHECKS).map(({ group }) => group);
    assert.deepEqual(await after('audit --only '), [...new Set(groups), ...Object.keys(CHECKS)]);
    assert.deepEqual(await after('notify test --on '), NOTICE_KINDS);
    assert.deepEqual(await after('audit --archive '), ['(folders)']);
    assert.deepEqual(await after('--config x '), [], 'no flag of the program itself');
    assert.deepEqual(await after('diff guancha:1 '), [], 'a number');
    assert.deepEqual(await after('archive '), [], 'an address');
    assert.deepEqual(await after('archive -- -'), []);
    assert.ok((await after('status ')).includes('--json'), 'nothing else can follow');
    assert.deepEqual(await after('completion '), Object.keys(COMPLETIONS));
  });

  it('are the sources of the configuration that the line names, or of the one that is found', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'c.yaml');
    await writeFile(
      config,
      'sources:\n  - { name: 要闻, url: https://example.org/ }\n  - { name: "a b" }\n  - 7\nnosuch: 1\n',
    );
    for (const flag of [`--config ${config}`, `--config=${config}`])
      assert.deepEqual(await after(`crawl ${flag} --source `), ['要闻', 'a b']);
    assert.deepEqual(await after(`sources test --config ${config} 要`), ['要闻']);
  });

  it('begins with what is typed, whatever that is', async () => {
    const words = anyArray(string({ unit: 'binary', maxLength: 12 }), { maxLength: 4 });
    const known = program.commands.map((command) => command.name());
    await check(
      asyncProperty(words, string({ unit: 'binary', maxLength: 4 }), async (before, current) => {
        for (const name of known.slice(0, 3).concat(before[0] ?? '')) {
          const { words: found } = await suggestionsFor(program, [name, ...before], current);
          for (const { text } of found) assert.ok(text.startsWith(current.replace(/^--[^=]+=/s, '')));
        }
      }),
    );
  });
});

describe('the command that a key calls', () => {
  it('says nothing of errors and makes nothing', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'crawl.config.yaml'), 'sources: [\n');
    const home = join(folder.path, 'home');
    await mkdir(home);
    const env = { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
    for (const before of [['crawl', '--source'], ['crawl', '--config', '/nosuch', '--source'], ['nosuch'], []]) {
      const launcher = [join(ROOT, 'bin/guancha-archive'), 'complete', '--current=', '--', ...before];
      const { NODE_COMPILE_CACHE: _cache, ...outside } = process.env;
      const ended = spawnSync(process.execPath, launcher, {
        cwd: folder.path,
        env: { ...outside, ...env },
        encoding: 'utf8',
      });
      assert.deepEqual([ended.status, ended.stderr, ended.stdout.split('\n')[0]], [0, '', 'none']);
    }
    assert.deepEqual(readdirSync(folder.path, { recursive: true }).sort(), ['crawl.config.yaml', 'home']);
  });

  it('prints the script of each shell as it lies in deploy/', async () => {
    assert.deepEqual(readdirSync(join(ROOT, 'deploy/completions')).sort(), Object.values(COMPLETIONS).toSorted());
    for (const [shell, file] of Object.entries(COMPLETIONS)) {
      const { code, stdout } = await run(['completion', shell]);
      assert.equal(code, 0);
      assert.equal(stdout, readFileSync(join(ROOT, 'deploy/completions', file), 'utf8'));
    }
  });
});

/** One line as it is typed, and the line as a shell completes it; several words where it shows them all. */
const LINES = [
  ['guancha-archive audi', 'guancha-archive audit '],
  ['guancha-archive crawl --dry', 'guancha-archive crawl --dry-run '],
  ['guancha-archive audit --fail-on wa', 'guancha-archive audit --fail-on warning '],
  ['guancha-archive crawl --source 要', 'guancha-archive crawl --source 要闻 '],
  ['guancha-archive crawl --source=要', 'guancha-archive crawl --source=要闻 '],
  ['guancha-archive audit --html repo', 'guancha-archive audit --html report.html '],
  ['guancha-archive audit --html=repo', 'guancha-archive audit --html=report.html '],
  ['guancha-archive init fold', 'guancha-archive init folder/'],
  ['guancha-archive search repo', 'guancha-archive search repo'],
  // What is typed before is never run.
  [
    "guancha-archive search $(touch ran) '`touch ran`' --so",
    "guancha-archive search $(touch ran) '`touch ran`' --sort ",
  ],
] as const;

/** A folder with files of some names, where the program is on PATH under its own. */
async function room() {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, 'bin'));
  await symlink(join(ROOT, 'bin/guancha-archive'), join(folder.path, 'bin/guancha-archive'));
  await writeFile(join(folder.path, 'report.html'), '');
  await mkdir(join(folder.path, 'folder'));
  await writeFile(join(folder.path, 'folding.txt'), '');
  await writeFile(join(folder.path, 'crawl.config.yaml'), 'sources: [{ name: 要闻, url: https://example.org/ }]\n');
  const shellIn = (shell: string, args: readonly string[], input: string) => {
    const { status, stdout, stderr } = spawnSync(shell, args, {
      cwd: folder.path,
      input,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: [join(folder.path, 'bin'), process.env.PATH].join(delimiter),
        HOME: folder.path,
        ZDOTDIR: folder.path,
        XDG_CONFIG_HOME: folder.path,
        XDG_DATA_HOME: folder.path,
        LC_ALL: 'C.UTF-8',
        TERM: 'xterm',
      },
    });
    assert.deepEqual([status, stderr], [0, ''], stdout);
    assert.ok(!readdirSync(folder.path).includes('ran'), 'a word of the line was run');
    return stdout;
  };
  return { path: folder.path, shellIn, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

function absent(shell: string): string | false {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isThere = folders.some((folder) => {
    try {
      accessSync(join(folder, shell), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
  return isThere ? false : `${shell} is not installed here`;
}

describe('a shell', () => {
  it('bash completes by the script, read twice', { skip: absent('bash') }, async () => {
    await using inRoom = await room();
    const { shellIn } = inRoom;
    // As readline cuts a line into words, and lays aside what is to be quoted.
    const words = (line: string) => line.match(/\$\([^)]*\)|'[^']*'|=|[^\s=]+/g) ?? [];
    const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    const asked = LINES.map(([line]) => {
      const all = words(line);
      return `COMP_LINE=${quoted(line)} COMP_POINT=\${#COMP_LINE} COMP_CWORD=${all.length - 1}
COMP_WORDS=(${all.map(quoted).join(' ')}); offered=; _guancha_archive; printf '%s|%s\\n' "$offered" "\${COMPREPLY[*]}"`;
    });
    // Outside of a completion bash has no options of one: what the script asks for is written down.
    const script = [
      completionScript('bash'),
      completionScript('bash'),
      'compopt() { offered="$*"; }',
      ...asked,
      'complete -p guancha-archive',
    ].join('\n');
    const lines = shellIn('bash', ['--norc', '--noprofile', '-u', '-s'], script).trimEnd().split('\n');
    assert.equal(lines.pop(), 'complete -o default -F _guancha_archive guancha-archive');
    const NONE = '+o default';
    assert.deepEqual(lines, [
      `${NONE}|audit`,
      `${NONE}|--dry-run`,
      `${NONE}|warning`,
      `${NONE}|要闻`,
      `${NONE}|要闻`,
      '|',
      '|',
      '+o default -o dirnames|',
      `${NONE}|`,
      `${NONE}|--sort`,
    ]);
  });

  it('zsh completes by the script', { skip: absent('zsh') }, async () => {
    await using inRoom = await room();
    const { path, shellIn } = inRoom;
    await writeFile(join(path, '_guancha-archive'), completionScript('zsh'));
    const typed = LINES.map(([line]) => `$'${line.replaceAll("'", "\\'")}'`);
    // A terminal of its own: each line is typed, completed, and shown by a key of the test.
    const script = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=(. \\$fpath); autoload -Uz compinit; compinit -u -D; source ./_guancha-archive
shown() { print -rn -- \\"<\\$BUFFER>\\"; BUFFER=; }; zle -N shown; bindkey '^G' shown; print -r re''ady"
zpty -r z out '*ready*'
for line in ${typed.join(' ')}; do
  zpty -w -n z "$line"$'\\t\\007'
  zpty -r z out '*<*>*'
  print -r -- "\${out##*<}"
done
zpty -d z
`;
    const lines = shellIn('zsh', ['-f', '-s'], script).trimEnd().split('\n');
    assert.deepEqual(
      lines,
      LINES.map(([, completed]) => `${completed}>`),
    );
  });

  it('fish completes by the script', { skip: absent('fish') }, async () => {
    await using inRoom = await room();
    const { path, shellIn } = inRoom;
    const file = join(path, 'guancha-archive.fish');
    await writeFile(file, completionScript('fish'));
    const asked = LINES.map(([line]) => `complete -C '${line.replaceAll("'", "\\'")}'; echo '|'`);
    const script = [`source ${file}`, `source ${file}`, ...asked].join('\n');
    const answers = shellIn('fish', ['--no-config', '-c', script], '').split('|\n');
    for (const [index, [line, completed]] of LINES.entries()) {
      const last = completed.trimEnd().split(' ').at(-1) ?? '';
      const found = (answers[index] ?? '').split('\n').filter((each) => each !== '');
      const expected = completed === line ? [] : [last];
      assert.deepEqual(
        found.map((each) => each.split('\t')[0]),
        expected,
        line,
      );
    }
  });

  it('PowerShell reads the script', { skip: absent('pwsh') }, async () => {
    await using inRoom = await room();
    const { path, shellIn } = inRoom;
    const file = join(path, 'guancha-archive.ps1');
    await writeFile(file, completionScript('powershell'));
    const line = 'guancha-archive audi';
    const ask = `. ${file}; (TabExpansion2 '${line}' ${line.length}).CompletionMatches.CompletionText`;
    assert.equal(shellIn('pwsh', ['-NoProfile', '-Command', ask], '').trim(), 'audit');
  });
});
