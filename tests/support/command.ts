/** Runs the real command as a person would, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readJson } from './json-lines.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Where keys of seals are made, and nobody's own are found. */
const DATA_HOME = join(tmpdir(), `guancha-test-data-${process.pid}`);
process.once('exit', () => rmSync(DATA_HOME, { recursive: true, force: true }));
const GUARD = pathToFileURL(join(import.meta.dirname, 'loopback-only.ts')).href;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON lines, checked by their schemas: all but the last. */
  readonly lines: () => Record<string, unknown>[];
  /** The last of them: what the command came to; empty where it was killed before. */
  readonly last: () => Record<string, unknown>;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout and stderr together hold the text. */
  readonly says: (text: string) => Promise<void>;
}

export interface RunSettings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** Nobody ends stdin. */
  readonly stdinStays?: boolean;
  readonly uid?: number;
  /** Another Node.js than the one that runs the tests. */
  readonly node?: string;
  /** Another checkout whose program is run; by default this one's. */
  readonly checkout?: string;
  /** Modules that are loaded before the program. */
  readonly preload?: readonly string[];
}

/** Starts `guancha-archive ARGS…`; every process refuses to leave loopback. */
export function start(args: readonly string[], settings: RunSettings = {}): Running {
  const preloads = [GUARD, ...(settings.preload ?? []).map((path) => pathToFileURL(path).href)];
  const checkout = settings.checkout ?? ROOT;
  const child = spawn(settings.node ?? process.execPath, [join(checkout, 'src/cli.ts'), ...args], {
    cwd: settings.cwd ?? checkout,
    env: {
      ...process.env,
      NODE_OPTIONS: preloads.map((url) => `--import ${url}`).join(' '),
      NO_COLOR: '1',
      XDG_DATA_HOME: DATA_HOME,
      XDG_CONFIG_HOME: DATA_HOME,
      ...settings.env,
    },
    stdio: 'pipe',
    ...(settings.uid === undefined ? {} : { uid: settings.uid, gid: settings.uid }),
  });
  if (settings.stdinStays !== true) child.stdin.end(settings.input ?? '');
  let stdout = '';
  let stderr = '';
  let heard = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      heard();
      const lines = () => [...readJson(stdout).lines];
      const last = () => readJson(stdout).last ?? {};
      resolve({ code, signal, stdout, stderr, lines, last });
    });
  });
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      heard = () => {
        if ((stdout + stderr).includes(text)) resolve();
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`ended without saying ${text}:\n${stdout}${stderr}`));
      };
      heard();
    });
  return { child, ended, says };
}

/** Runs `guancha-archive ARGS…` to its end. */
export function run(args: readonly string[], settings?: RunSettings): Promise<Ended> {
  return start(args, settings).ended;
}

/**
 * A folder that goes when the test ends. It lies in memory where the machine has room there, for an archive syncs each of its
 * writes, and what a disk makes of a sync no test here can see; GUANCHA_TEST_FOLDER names another place.
 */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(process.env.GUANCHA_TEST_FOLDER ?? placeInMemory() ?? tmpdir(), 'guancha-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const TMPFS = 0x01021994; // statfs(2)
const ROOM_BYTES = 2 ** 31;

function placeInMemory(): string | null {
  try {
    const { type, bavail, bsize } = statfsSync('/dev/shm');
    return type === TMPFS && bavail * bsize >= ROOM_BYTES ? '/dev/shm' : null;
  } catch {
    return null; // no such place: another system than Linux
  }
}

/** The names of all commands, as `--help` lists them. */
export async function commandNames(): Promise<readonly string[]> {
  const { stdout } = await run(['--help']);
  const names = [...stdout.matchAll(/^ {2}([a-z]+)(?: [[<].*?[\]>])* {2,}\S/gm)].map(([, name]) => name ?? '');
  if (!names.includes('archive') || names.length < 20) throw new Error(`no list of commands: ${stdout}`);
  return names;
}
