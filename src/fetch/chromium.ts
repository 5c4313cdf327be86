/** Starts Chromium so that it can reach nothing but the proxy, and says why it does not start. The one door to playwright. */

import { access, constants, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Browser } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import { knownError, meaningOf } from '../system-errors.ts';
import { type CarriedBrowser, carriedBrowser } from './carried-browser.ts';

interface LaunchOptions {
  readonly executablePath: string | null;
  /** Its only way out, such as `socks5://127.0.0.1:PORT`. */
  readonly proxy: string;
  /** A key that it trusts beside the authorities that it knows, SHA-256 of the SPKI in base64. */
  readonly trustedKey?: string | null;
  readonly log: Log;
}

/** A browser that has not begun to speak by then never will. */
const START_MS = 60_000;

/** Throws NO_BROWSER, BROWSER_LIBRARY_MISSING, TEMPORARY_NOT_WRITABLE, MACHINE_SHORT. */
export async function launch(options: LaunchOptions): Promise<Browser> {
  const { chromium } = await loadPlaywright();
  const { executablePath, log } = options;
  const find = (thorough: boolean) =>
    browserAtPath({ executablePath, playwrightPath: chromium.executablePath(), log, thorough });
  const start = ({ env, ...which }: Startable, chromiumSandbox: boolean) =>
    chromium.launch({
      ...which,
      env: { ...process.env, ...env },
      chromiumSandbox,
      args: [...onlyThrough(options.proxy), ...trusting(options.trustedKey ?? null)],
      timeout: START_MS,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  const startOnce = async (which: Startable) => withProcess(await inSandbox(which));
  const inSandbox = async (which: Startable) =>
    // Chromium refuses its sandbox to root, and some containers refuse it to everybody.
    process.getuid?.() === 0
      ? start(which, false)
      : start(which, true).catch((error: Error) => {
          if (error.name === 'TimeoutError' || isAbsent(error)) throw error;
          return start(which, false);
        });
  const found = await find(false);
  if (found === null) return startInstalled(startOnce);
  try {
    return await startOnce(startable(found));
  } catch (error) {
    if (!found.isCarried) throw await reasonOf(error as Error, whereOf(found));
    // Bytes that went bad on the disk change no size and no time: now all of them are read.
    const whole = (await find(true)) ?? found;
    return await startOnce(startable(whole)).catch(async (again: Error) => {
      throw await reasonOf(again, whereOf(whole));
    });
  }
}

/** The process of each browser, for `kill`: Playwright keeps it to itself. */
const processes = new WeakMap<Browser, number>();

/** A browser that does not say which process it is is a browser all the same. */
async function withProcess(browser: Browser): Promise<Browser> {
  try {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const id = processInfo.find(({ type }) => type === 'browser')?.id;
    if (id !== undefined) processes.set(browser, id);
  } catch {
    // Where it died meanwhile, the first tab says so.
  }
  return browser;
}

/** Ends a browser that does not end by itself, and with it its whole group where it leads one, as Playwright starts it. */
export function kill(browser: Browser): void {
  const id = processes.get(browser);
  if (id === undefined || !browser.isConnected()) return; // its number may be another's by now
  for (const target of [-id, id]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It leads no group, or is gone.
    }
  }
}

/** What Playwright is told of the browser that it is to start. */
type Startable = { readonly env?: Readonly<Record<string, string>> } & (
  | { readonly executablePath: string }
  | { readonly channel: (typeof CHANNELS)[number] }
);

function startable({ executablePath, env }: FoundBrowser): Startable {
  return { executablePath, env };
}

/** Chrome and Edge where their installers put them: Playwright knows the places of each system. */
const CHANNELS = ['chrome', 'msedge'] as const;

/**
 * Starts the first of these that is installed, which on macOS and Windows is on no PATH.
 * @throws NO_BROWSER where none is; why the first that is there does not start
 */
export async function startInstalled<Started>(start: (which: Startable) => Promise<Started>): Promise<Started> {
  for (const channel of CHANNELS) {
    try {
      return await start({ channel });
    } catch (error) {
      if (!isAbsent(error as Error)) throw await reasonOf(error as Error, `Playwright's channel ${channel}`);
    }
  }
  const looked = ["Playwright's own", ...SYSTEM_BROWSERS, ...CHANNELS].join(', ');
  throw new ArchiveError(
    'NO_BROWSER',
    `looked for ${looked}; @sparticuz/chromium has none for ${process.platform}-${process.arch}`,
  );
}

/** As Playwright says that a channel is not installed. */
function isAbsent(error: Error): boolean {
  return /^(?:browserType\.launch: )?Chromium distribution '\w+' is not found/.test(error.message);
}

/** Takes this process's time once; what follows takes the browser's. */
export function loadPlaywright(): Promise<typeof import('playwright')> {
  nameHome();
  return import('playwright');
}

function trusting(key: string | null): string[] {
  return key === null ? [] : [`--ignore-certificate-errors-spki-list=${key}`];
}

/** Playwright asks for a home before it needs any, and a user whom nobody knows has none. */
function nameHome(): void {
  try {
    homedir();
  } catch {
    process.env.HOME = '/nonexistent'; // as passwd(5) says it of such users
  }
}

/** Everything goes through the proxy, loopback as well; names are resolved there, and WebRTC goes nowhere. */
function onlyThrough(proxy: string): string[] {
  return [
    `--proxy-server=${proxy}`,
    '--proxy-bypass-list=<-loopback>',
    `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${new URL(proxy).hostname}`,
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    // The same switch by the name that other builds know it by.
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  ];
}

// Why a browser does not start: it says so itself, or the machine is asked.

function whereOf({ source, executablePath }: FoundBrowser): string {
  return `${source}, ${executablePath}`;
}

async function reasonOf(error: Error, where: string): Promise<ArchiveError> {
  const text = stripVTControlCharacters(error.message);
  const missing = missingLibraries(text);
  if (missing.length > 0)
    return new ArchiveError('BROWSER_LIBRARY_MISSING', `${where}: ${missing.join(', ')}`, { cause: error });
  const room = await faultOfTemporary(text);
  if (room instanceof ArchiveError) return room;
  return new ArchiveError('NO_BROWSER', `${where}: ${saidIn(text)}`, { cause: error });
}

/** As the loaders of glibc, musl and macOS name them, and Playwright, which looks before it starts its own browser. */
const LIBRARIES = [
  /error while loading shared libraries: ([^\s:]+)/g,
  /Error loading shared library ([^\s:]+)/g,
  /Library not loaded: (\S+)/g,
  /([^\s:]+): version [`'][^']+' not found/g,
  /^[^\w/]*(lib[\w.+-]+\.so[\w.]*)[^\w/]*$/gm,
];

export function missingLibraries(text: string): string[] {
  return [...new Set(LIBRARIES.flatMap((form) => [...text.matchAll(form)].map(([, name = '']) => name)))];
}

const MOST_WORDS = 300;

/** The first line, and what the browser itself said before it ended. */
export function saidIn(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const heard = lines.flatMap((line) => /(?:<\w+>|\[pid=\d+\]) ?\[err\] (.+)/.exec(line)?.[1] ?? []);
  const ended = lines.find((line) => /<process did exit: /.test(line))?.replace(/^.*<process did exit: (.*)>.*$/, '$1');
  const said = [...new Set([lines[0] ?? '', ...heard.slice(0, 3), ...(ended === undefined ? [] : [ended])])].join('; ');
  return said.length > MOST_WORDS ? `${said.slice(0, MOST_WORDS - 1)}…` : said;
}

/** A browser writes a profile of some megabytes before it says a word. */
const PROFILE_BYTES = 4_000_000;

/** Why the temporary folder, or the shared memory that a browser complains of, takes nothing more; null where it does. */
export async function faultOfTemporary(complaint = ''): Promise<ArchiveError | null> {
  const places = [tmpdir(), ...(/\/dev\/shm|SIGBUS|signal=7\b/.test(complaint) ? ['/dev/shm'] : [])];
  for (const place of places) {
    let folder: string | null = null;
    try {
      folder = await mkdtemp(join(place, 'guancha-room-'));
      await writeFile(join(folder, 'room'), Buffer.alloc(PROFILE_BYTES), { flag: 'wx' });
    } catch (error) {
      if (meaningOf(error) === null) throw error;
      return knownError(error, { place: 'temporary', name: place }) as ArchiveError;
    } finally {
      if (folder !== null) await rm(folder, { recursive: true, force: true }).catch(() => {}); // what refuses was said above
    }
  }
  return null;
}

// Which browser to drive: configured, Playwright's own, the system's, the one that an npm package carries, and last what is
// installed elsewhere.

interface FoundBrowser extends Pick<CarriedBrowser, 'executablePath' | 'env'> {
  /** For people: where it comes from. */
  readonly source: string;
  readonly isCarried: boolean;
}

const SYSTEM_BROWSERS = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];

interface SearchOptions {
  readonly executablePath: string | null;
  readonly playwrightPath: string;
  readonly log: Log;
  /** Every byte of the carried one is looked at. */
  readonly thorough?: boolean;
}

/** For whoever needs its path. @throws NO_BROWSER where none lies at a path that is known here, and as `browserAtPath` */
export async function findBrowser(options: SearchOptions): Promise<FoundBrowser> {
  const found = await browserAtPath(options);
  if (found === null) throw new ArchiveError('NO_BROWSER', 'none lies at a path that is known');
  return found;
}

/**
 * The first in the order above. The carried one (linux x64 only) is unpacked into the user's cache only when nothing else is
 * there; `log` is told then, since that takes some seconds.
 * @returns null where none lies at a path that is known here
 * @throws NO_BROWSER where a configured path is wrong; what `carriedBrowser` throws
 */
async function browserAtPath(options: SearchOptions): Promise<FoundBrowser | null> {
  const { executablePath, playwrightPath, log, thorough = false } = options;
  const given = { env: {}, isCarried: false };
  if (executablePath !== null) {
    if (await isExecutable(executablePath)) return { source: 'browser.executablePath', executablePath, ...given };
    throw new ArchiveError(
      'NO_BROWSER',
      `browser.executablePath is ${executablePath}, which is not a program that can be run`,
    );
  }
  if (await isExecutable(playwrightPath))
    return { source: "Playwright's own", executablePath: playwrightPath, ...given };
  for (const name of SYSTEM_BROWSERS) {
    const path = await onPath(name);
    if (path !== null) return { source: `the system's ${name}`, executablePath: path, ...given };
  }
  const carried = await carriedBrowser({ log, thorough });
  if (carried === null) return null;
  return { source: `Chromium ${carried.version} of @sparticuz/chromium`, ...carried, isCarried: true };
}

async function onPath(name: string): Promise<string | null> {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    if (dir !== '' && (await isExecutable(join(dir, name)))) return join(dir, name);
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    async () => (await stat(path)).isFile(),
    () => false,
  );
}
