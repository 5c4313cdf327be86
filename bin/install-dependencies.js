// `npm ci` for a checkout, safe beside another one and against a kill at any moment: it fills a folder of its own, which then
// takes the place of node_modules as a whole. The lock only saves work: who does not see it does it twice, and nothing breaks.
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants, hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of the checkout; git does not see it. */
const FOLDER = '.install';
const POLL_MS = 200;
const BEAT_MS = 1000;
/** A holder of the lock that was not heard of for so long is dead, or stopped. */
const SILENT_MS = 15_000;

/**
 * Sees to it that node_modules is there, and as new as the lock file of npm.
 * @param root the checkout
 * @param say prints a line for people
 * @returns null, or why it failed: a message with an exit code
 */
export async function installDependencies(root, say) {
  if (isInstalled(root)) return null;
  const folder = join(root, FOLDER);
  try {
    mkdirSync(folder, { recursive: true });
    const lock = await takeLock(root, join(folder, 'lock'), say);
    if (lock === null) return null; // another one has done it
    try {
      return await install(root, folder, say);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error.code === undefined) throw error;
    return { message: `the dependencies cannot be installed in ${root}: ${error.message}`, code: 1 };
  }
}

/** By the file that npm writes last. */
function isInstalled(root) {
  const done = statSync(join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return done !== undefined && done.mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** @returns null once another process has installed them */
async function takeLock(root, path, say) {
  const name = `${hostname()} ${process.pid} ${performance.timeOrigin}`;
  let heard = { at: performance.now(), beat: null };
  for (let waits = 0; !isInstalled(root); waits += 1) {
    if (isMade(path, name)) return heldLock(path, name);
    const { beat, isDead } = holderOf(path);
    if (beat !== heard.beat) heard = { at: performance.now(), beat };
    if (isDead || performance.now() - heard.at > SILENT_MS) {
      if (beat !== null) say('the other command has ended without the dependencies; this one installs them');
      rmSync(path, { force: true });
      continue;
    }
    if (waits === 0) say('another command is installing the dependencies; waiting for it …');
    await sleep(POLL_MS);
  }
  return null;
}

function isMade(path, text) {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path) {
  try {
    const beat = statSync(path).mtimeMs;
    const [host, pid] = readFileSync(path, 'utf8').split(' ');
    return { beat, isDead: host === hostname() && pid !== undefined && !isAlive(Number(pid)) };
  } catch (error) {
    if (error.code === 'ENOENT') return { beat: null, isDead: false }; // given back a moment ago
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // somebody else's
  }
}

function heldLock(path, name) {
  const isOwn = () => existsSync(path) && readFileSync(path, 'utf8') === name;
  const beat = setInterval(() => {
    if (isOwn()) utimesSync(path, new Date(), new Date());
  }, BEAT_MS);
  return {
    release: () => {
      clearInterval(beat);
      if (isOwn()) rmSync(path, { force: true });
    },
  };
}

async function install(root, folder, say) {
  sweep(folder);
  const stage = join(folder, `${hostname()}-${process.pid}-${Date.now()}`);
  mkdirSync(stage);
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      if (existsSync(join(root, file))) copyFileSync(join(root, file), join(stage, file));
    const changed = new Date(Math.ceil(statSync(join(root, 'package-lock.json')).mtimeMs));
    say('installing the dependencies with npm ci (once, about 460 MB) …');
    const code = await npmCi(stage);
    if (code !== 0)
      return isInstalled(root) ? null : { message: `npm ci failed for ${root}; its message is above`, code };
    // As old as the file that was installed from: one that came meanwhile is newer.
    utimesSync(join(stage, 'node_modules', '.package-lock.json'), changed, changed);
    takePlace(root, stage);
    return null;
  } finally {
    remove(stage);
  }
}

/** What is left of processes that were killed; one whose npm lives on may still write there, and is for the next time. */
function sweep(folder) {
  for (const name of readdirSync(folder)) if (name !== 'lock') remove(join(folder, name));
}

function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // the next installation sweeps
  }
}

/** @returns its exit code; ends this process where a signal has ended it */
async function npmCi(stage) {
  // What an `npm start` round this process says of the checkout is not true of the folder.
  const outside = Object.entries(process.env).filter(([name]) => !/^npm_(?:package_|config_local_prefix$)/.test(name));
  const npm = spawn('npm', ['ci', '--no-fund', '--no-audit'], {
    cwd: stage,
    env: Object.fromEntries(outside),
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  let interrupted = null;
  const interrupt = (signal) => {
    interrupted = signal;
    npm.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupt);
  const code = await new Promise((resolve, reject) => {
    npm.on('error', reject);
    npm.on('close', (status) => resolve(status ?? 1));
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupt);
  return interrupted === null ? code : 128 + constants.signals[interrupted];
}

function takePlace(root, stage) {
  const modules = join(root, 'node_modules');
  for (let tries = 0; ; tries += 1) {
    try {
      if (existsSync(modules)) renameSync(modules, join(stage, `old-${tries}`));
      renameSync(join(stage, 'node_modules'), modules);
      return;
    } catch (error) {
      // Another process was first, in the moment between.
      if (!['EEXIST', 'ENOTEMPTY', 'ENOENT'].includes(error.code) || tries === 9) throw error;
    }
  }
}
