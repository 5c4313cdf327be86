/**
 * Every command in bad surroundings: no permission, no room, no stdout, no folder, no home, another language, a signal.
 * Real processes of a user without privileges; where the tests are root, they run as `nobody`.
 * As a program: `surroundings.ts [--only NAME,NAME…] [--commands NAME,NAME…] [--seconds N]`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, closeSync, cpSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgram } from '../../src/program.ts';
import { temporaryFolder } from '../support/command.ts';
import { CALLS } from '../support/mistakes/cases.ts';
import { differences, flagsOf, type Known, makeWorld, treeOf } from '../support/mistakes/world.ts';
import { allowedExits, mayChange, SURROUNDINGS, type Surrounding } from './surroundings/cases.ts';
import { faultsInBad, type Tried } from './surroundings/faults.ts';

const ROOT = join(import.meta.dirname, '../..');
const NOBODY = 65534;
const AS = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
/** These end only when they are told to. */
const ENDLESS: ReadonlySet<string> = new Set(['schedule', 'worker', 'serve', 'demo']);
const ASKED_TO_END_MS = 4000;

interface Options {
  readonly only: readonly string[];
  readonly commands: readonly string[];
  /** In which each process has to end, after it was asked to. */
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** @returns what is wrong, a paragraph each; throws where a command has no call */
export async function tryAllSurroundings(options: Options): Promise<{ count: number; wrong: readonly string[] }> {
  await using folder = await temporaryFolder();
  chmodSync(folder.path, 0o755);
  const plain = join(folder.path, 'plain-world');
  mkdirSync(plain);
  await makeWorld(plain);
  mkdirSync(join(folder.path, 'cache'), { mode: 0o777 });
  chmodSync(join(folder.path, 'cache'), 0o777);
  const program = createProgram({ io: { stdout: SILENT, stderr: SILENT } } as unknown as Parameters<
    typeof createProgram
  >[0]);
  const known = flagsOf(program);
  const names = [...known.keys()].filter((name) => name !== 'complete');
  for (const name of names) callOf(name); // one without a call is none that is tried
  const chosen = names.filter((name) => options.commands.length === 0 || options.commands.includes(name));
  const wrong: string[] = [];
  let count = 0;
  const usual = new Map<string, number | null>();
  const surroundings = SURROUNDINGS.filter(
    ({ name }) => name === 'usual' || options.only.length === 0 || options.only.some((word) => name.includes(word)),
  );
  for (const surrounding of surroundings)
    for (const name of chosen) {
      const calls = surrounding.calls?.[name] ?? (surrounding.calls === undefined ? [callOf(name)] : []);
      for (const call of calls) {
        count += 1;
        const faults = await tryOne({ name, call, surrounding, plain, folder: folder.path, known, usual, ...options });
        for (const fault of faults) {
          wrong.push(fault);
          options.say(fault);
        }
      }
    }
  return { count, wrong };
}

const SILENT = { write: () => {} };

function callOf(name: string): string {
  const call = CALLS[name];
  if (call === undefined) throw new TypeError(`${name}: no call of it in tests/support/mistakes/cases.ts`);
  return name === 'serve' ? `${call} --port 0` : call;
}

async function tryOne({
  name,
  call,
  surrounding,
  plain,
  folder,
  known,
  usual,
  seconds,
  say,
}: Pick<Options, 'seconds' | 'say'> & {
  readonly name: string;
  readonly call: string;
  readonly surrounding: Surrounding;
  readonly plain: string;
  readonly folder: string;
  readonly known: Known;
  readonly usual: Map<string, number | null>;
}): Promise<readonly string[]> {
  const at = join(folder, 'world');
  cpSync(plain, at, { recursive: true });
  for (const path of ['home', 'tmp']) mkdirSync(join(at, path));
  own(at);
  const undo = await surrounding.prepare?.(at);
  try {
    if (undo === null) {
      say(`skipped, ${surrounding.name}: this user may not mount`);
      return [];
    }
    const [, ...rest] = call.split(' ').map((word) => word.replaceAll('AT/', `${at}/`));
    const flags = known.get(name);
    const json = surrounding.json !== false && flags?.has('--json') === true;
    const hasConfig = flags?.has('--config') === true && !rest.includes('--config');
    const argv = [name, ...(hasConfig ? ['--config', `${at}/config.yaml`] : []), ...(json ? ['--json'] : []), ...rest];
    const before = treeOf(at);
    const tried = await runIn(argv, {
      at,
      surrounding,
      seconds,
      isEndless: ENDLESS.has(name) && surrounding.endsAll !== true,
    });
    if (surrounding.name === 'usual') usual.set(name, tried.exit);
    const after = treeOf(at);
    const allowed = allowedExits({ name, surrounding, usual: usual.get(name) ?? null });
    const changed = differences(before, after).filter((line) => !/ (home|tmp)\b/.test(line));
    const faults = faultsInBad(tried, {
      surrounding,
      json,
      known,
      allowed,
      changed,
      mayChange: (path) => mayChange(path, { name, hadArchive: before.has('full/frontier.sqlite') }),
    });
    return faults.length === 0
      ? []
      : [
          `${surrounding.name}: ${argv.join(' ').replaceAll(at, 'AT')}\n  ${faults.join('\n  ')}\n  exit ${tried.exit ?? tried.signal}, ${tried.tookMs} ms\n${(tried.stdout + tried.stderr).slice(0, 1500).replaceAll(at, 'AT').replace(/^/gm, '    | ')}`,
        ];
  } finally {
    undo?.();
    rmSync(at, { recursive: true, force: true });
  }
}

/** Gives the world to the user that the commands run as. */
function own(at: string): void {
  if (AS.uid === undefined) return;
  const chown = (path: string) => chownSync(path, NOBODY, NOBODY);
  chown(at);
  for (const path of treeOf(at).keys()) chown(join(at, path));
}

/** Runs one command line to its end. */
function runIn(
  argv: readonly string[],
  {
    at,
    surrounding,
    seconds,
    isEndless,
  }: { readonly at: string; readonly surrounding: Surrounding; readonly seconds: number; readonly isEndless: boolean },
): Promise<Tried> {
  const { stdout: out = null, stderr: err = null, shell, env, signal } = surrounding;
  const opened: number[] = [];
  const stream = (path: string | null) => {
    if (path === null) return 'pipe' as const;
    const fd = openSync(path, 'w');
    opened.push(fd);
    return fd;
  };
  const program = [process.execPath, join(ROOT, 'bin/guancha-archive'), ...argv];
  const [command = '', ...args] = shell === undefined ? program : ['bash', '-c', shell, 'bash', ...program];
  const variables: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: join(at, 'home'),
    TMPDIR: join(at, 'tmp'),
    XDG_CACHE_HOME: join(at, '../cache'), // Node.js keeps what it has compiled, and the demo its browser
    NO_COLOR: '1',
    NODE_OPTIONS: `--import ${join(ROOT, 'tests/support/loopback-only.ts')}`,
    ...env?.(at),
  };
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child: ChildProcess = spawn(command, args, {
      cwd: at,
      env: Object.fromEntries(
        Object.entries(variables).filter(([, value]) => value !== undefined),
      ) as NodeJS.ProcessEnv,
      stdio: ['ignore', stream(out), stream(err)],
      ...AS,
      detached: true,
    });
    for (const fd of opened) closeSync(fd);
    const said = { stdout: '', stderr: '' };
    let isKilled = false;
    let wasAsked = signal !== undefined;
    const askToEnd = () => {
      wasAsked = true;
      child.kill('SIGTERM');
    };
    const timers = [
      setTimeout(
        () => {
          isKilled = true;
          process.kill(-(child.pid ?? 0), 'SIGKILL');
        },
        seconds * 1000 + (isEndless ? ASKED_TO_END_MS : 0),
      ),
      ...(isEndless && signal === undefined ? [setTimeout(askToEnd, ASKED_TO_END_MS)] : []),
      ...(signal === undefined ? [] : [setTimeout(() => child.kill(signal.name), signal.afterMs(argv))]),
      ...(isEndless && signal?.name === 'SIGHUP' ? [setTimeout(askToEnd, ASKED_TO_END_MS)] : []),
    ];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
      if (surrounding.readsNoFurther === true) child.stdout?.destroy();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exit, by) => {
      for (const timer of timers) clearTimeout(timer);
      resolve({ exit, signal: by, ...said, tookMs: Math.round(performance.now() - began), isKilled, wasAsked });
    });
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, commands: { type: 'string' }, seconds: { type: 'string', default: '10' } },
  });
  const list = (text: string | undefined) => text?.split(',') ?? [];
  const { count, wrong } = await tryAllSurroundings({
    only: list(values.only),
    commands: list(values.commands),
    seconds: Number(values.seconds),
    say: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`${count} runs, ${wrong.length} wrong\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
