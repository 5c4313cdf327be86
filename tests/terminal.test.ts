/** What reaches a terminal: whatever a text holds, only the program's own colours and links; and whoever reads may leave. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Output, safeOutput } from '../src/report/output.ts';
import { jsonLine, printPlain } from '../src/report/plain.ts';
import { createTerminal } from '../src/report/terminal.ts';
import { joined, line, link, style } from '../src/report/text.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';

// What a build or a user's shell may set changes what a terminal is taken for.
for (const name of ['CI', 'FORCE_COLOR', 'NO_COLOR']) delete process.env[name];
process.env.TERM = 'xterm';

function screen(how: Omit<Output, 'write'> & { readonly json?: boolean } = {}) {
  let [out, err] = ['', ''];
  const io = {
    stdout: { ...how, write: (text: string) => (out += text) },
    stderr: { ...how, write: (text: string) => (err += text) },
    stdin: (async function* () {})(),
  };
  const terminal = createTerminal(io, { json: how.json === true });
  return { terminal, io, out: () => out, err: () => err };
}

/** What the program itself sends to a terminal; the rest must be visible characters and ends of lines. */
function withoutOwn(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
      .replace(/\u001b\]8;;(?:file:\/\/[\x21-\x7e]+)?\u001b\\|\u001b\[\d+m|\r\u001b\[2K/g, '')
  );
}
const OBEYED = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

const HOSTILE = [
  '\u001b]0;title\u0007',
  '\u001b[2J',
  '\u001b[31mred',
  '\u009b2J',
  '\u0090q\u009c',
  '\r✓ archived',
  '\u202etxt.exe',
  '\u2066x\u2069',
  'a\nerror INTERNAL: b',
  '\u0000\b\u007f',
  '\u2028',
  '\u001b]8;;http://evil.example/\u001b\\click\u001b]8;;\u001b\\',
];

const LINE = { type: 'password', hash: '' } as const;

describe('the door to the terminal', () => {
  it('escapes whatever it is given, wherever it stands, and keeps what can be read', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, fc.boolean(), fc.constantFrom(0, 1, 7, 80, undefined), (foreign, isTTY, columns) => {
        const { terminal, io, out, err } = screen({ isTTY, columns });
        terminal.say(foreign, line`  ${style('red', foreign)} ${[foreign, style('dim', line`${foreign}`)]}`);
        terminal.say(link(foreign, `/archive/${foreign.replaceAll('\0', '')}`));
        terminal.result(joined([foreign, style('bold', foreign)], '  '), LINE);
        terminal.progress(1, 3);
        terminal.log({ level: 'warn', stage: 'fetch', message: foreign });
        terminal.log({ level: 'error', stage: 'run', message: `one\n${foreign}` });
        terminal.end();
        printPlain(io.stderr, `${foreign}\n`);
        for (const written of [out(), err()]) assert.doesNotMatch(withoutOwn(written), OBEYED);
      }),
      { numRuns: 300 },
    );
    const { terminal, out, err } = screen({ isTTY: true, columns: 200 });
    for (const foreign of HOSTILE) terminal.say(foreign);
    assert.equal(out().split('\n').length, HOSTILE.length + 1, 'a text made a line of its own');
    assert.ok(out().includes('\\u{1b}[2J') && out().includes('a\\nerror INTERNAL: b'));
    terminal.log({ level: 'info', stage: 'fetch', message: 'x\nerror INTERNAL: b' });
    assert.match(err(), /\n {2}error INTERNAL/);
  });

  it('gives programs JSON that a terminal does not obey either, and that reads back the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), (title) => {
        assert.deepEqual(JSON.parse(jsonLine({ title })), { title });
        assert.doesNotMatch(jsonLine({ title }), OBEYED);
      }),
    );
    const { terminal, out } = screen({ json: true });
    terminal.result('x', { ...LINE, hash: '\u202e' });
    terminal.say('y');
    assert.equal(out(), '{"schema":1,"type":"password","hash":"\\u202e"}\n');
  });

  it('has colours, links and broken lines only where there is a terminal, and a width where that says none', () => {
    const lines = (how: Parameters<typeof screen>[0]) => {
      const { terminal, out } = screen(how);
      terminal.result(line`${style('green', '✓')} ${'长'.repeat(100)}`, LINE);
      return out();
    };
    assert.equal(lines({}), `✓ ${'长'.repeat(100)}\n`);
    for (const columns of [undefined, 0, 1, 80]) assert.ok(lines({ isTTY: true, columns }).includes('长'.repeat(38)));
    assert.match(lines({ isTTY: true, columns: 20 }), /^\S+ 长{9}\n(?: {2}长{9}\n){10} {2}长\n$/);
  });
});

describe('an output', () => {
  const broken = (code: string, how: 'throws' | 'emits', isTTY = false) => {
    const stream = Object.assign(new EventEmitter(), {
      isTTY,
      written: 0,
      write: () => {
        stream.written += 1;
        const error = Object.assign(new Error(code), { code });
        if (how === 'throws') throw error;
        stream.emit('error', error);
      },
    });
    return stream;
  };

  it('is written to no more once its reader left or it failed, and says which', () => {
    for (const how of ['throws', 'emits'] as const)
      for (const [code, isTTY, isLost] of [
        ['EPIPE', false, false],
        ['ECONNRESET', false, false],
        ['EIO', true, false],
        ['EIO', false, true],
        ['ENOSPC', false, true],
      ] as const) {
        const told: unknown[] = [];
        const stream = broken(code, how, isTTY);
        const output = safeOutput(stream, (error) => told.push(error.code));
        for (let i = 0; i < 3; i++) output.write('x');
        assert.deepEqual([stream.written, told], [1, isLost ? [code] : []], code);
        assert.equal(output.lost()?.code, isLost ? code : undefined);
      }
  });
});

describe('a reader that leaves', () => {
  let newspaper: Newspaper;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    newspaper = await openNewspaper({ specials: false, articles: 8 });
    folder = await temporaryFolder();
  });
  after(async () => {
    await newspaper[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  function configured(name: string): string {
    const file = join(folder.path, `${name}.yaml`);
    writeFileSync(file, newspaper.config({ archive: `./${name}`, politeness: { intervalMs: 0, assetIntervalMs: 0 } }));
    return file;
  }
  const documents = (name: string) =>
    readdirSync(join(folder.path, name, 'articles'), { recursive: true, encoding: 'utf8' })
      .filter((each) => each.endsWith('.html'))
      .sort();

  /** The real command with ends of one's own. */
  function crawl(name: string, stdio: ('ignore' | 'pipe' | number)[]) {
    const args = ['src/cli.ts', 'crawl', '--config', configured(name)];
    return spawn(process.execPath, args, { cwd: join(import.meta.dirname, '..'), stdio });
  }

  it('or a disk that is full does not end a crawl', async () => {
    const whole = await run(['crawl', '--config', configured('whole')]);
    assert.equal(whole.code, 0, whole.stderr);
    const all = documents('whole');
    assert.ok(all.length > 3);

    const deaf = crawl('deaf', ['ignore', 'pipe', 'ignore']);
    deaf.stdout?.once('data', () => deaf.stdout?.destroy());
    const mute = crawl('mute', ['ignore', 'ignore', 'pipe']);
    mute.stderr?.destroy();
    const [deafEnded, muteEnded] = await Promise.all([once(deaf, 'exit'), once(mute, 'exit')]);
    assert.deepEqual([deafEnded[0], documents('deaf')], [0, all]);
    assert.deepEqual([muteEnded[0], documents('mute')], [0, all]);

    const full = crawl('full', ['ignore', openSync('/dev/full', 'w'), 'pipe']);
    let said = '';
    full.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const [code] = await once(full, 'close');
    assert.deepEqual([code, documents('full')], [9, all], said);
    assert.equal(said.match(/stdout cannot be written: .*ENOSPC/g)?.length, 1, said);
  });
});

describe('what a terminal is taken for', () => {
  const shown = (how: Parameters<typeof screen>[0], environment: Readonly<Record<string, string>>) => {
    const before = { ...process.env };
    Object.assign(process.env, environment);
    try {
      const { terminal, out, err } = screen(how);
      terminal.say(style('red', 'x'));
      terminal.progress(2, 10);
      return { hasColour: out().includes('\u001b['), bar: err().split('\u001b[2K').at(-1) ?? '', err: err() };
    } finally {
      process.env = before;
    }
  };

  it('has colours and a bar, unless it cannot or somebody says no', () => {
    const cases: readonly [Readonly<Record<string, string>>, boolean, boolean, boolean][] = [
      [{}, true, true, true],
      [{}, false, false, false],
      [{ NO_COLOR: '1' }, true, false, true],
      [{ TERM: 'dumb' }, true, false, false],
      [{ CI: '1' }, true, false, false],
      [{ FORCE_COLOR: '1' }, false, true, false],
      [{ FORCE_COLOR: '1', CI: 'true' }, true, true, false],
      [{ FORCE_COLOR: '0' }, false, false, false],
      [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, false, true],
    ];
    for (const [environment, isTTY, hasColour, hasBar] of cases) {
      const found = shown({ isTTY, columns: 80 }, environment);
      assert.deepEqual([found.hasColour, found.err.includes('█')], [hasColour, hasBar], JSON.stringify(environment));
    }
  });

  it('shrinks the bar before its numbers, at any width', () => {
    for (let columns = 0; columns <= 120; columns += 1) {
      const { bar } = shown({ isTTY: true, columns }, {});
      const width = columns > 1 ? columns : 80;
      assert.ok(bar.length <= width, `${columns}: ${bar}`);
      if (width >= 40) assert.match(bar, /2 of 10 articles, \S+\/s, \S+ left$/, String(columns));
    }
  });

  it('dates a line of the log where it is none, and is quiet on request', () => {
    const said = (quiet: boolean, isTTY: boolean) => {
      let text = '';
      const output = { isTTY, columns: 80, write: (more: string) => (text += more) };
      const terminal = createTerminal(
        { stdout: output, stderr: output, stdin: (async function* () {})() },
        { json: false, quiet },
      );
      for (const level of ['info', 'warn', 'error'] as const) terminal.log({ level, stage: 'run', message: 'm' });
      terminal.progress(1, 2);
      terminal.end();
      return text;
    };
    const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
    assert.match(said(false, false), new RegExp(`^${time} info run: m\n${time} run warn: m\n${time} run error: m\n$`));
    assert.match(said(true, false), new RegExp(`^${time} run warn: m\n${time} run error: m\n$`));
    assert.doesNotMatch(said(true, true), /1 of 2|run: m/);
    assert.match(said(false, true), /run.*: m/);
  });
});
