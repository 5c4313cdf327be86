/** `doctor`: checks what a crawl needs, and says what to do about each fault. */
import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import { ASSETS, temporaryName } from '../archive/keys.ts';
import { wallClock } from '../clock.ts';
import { type Config, defaultConfig, loadConfig } from '../config.ts';
import { type ConfigSource, configSource } from '../config-file.ts';
import { counted } from '../counted.ts';
import { ArchiveError, ERRORS, EXIT, type ExitCode } from '../errors.ts';
import { createAddressGuard } from '../fetch/address-guard.ts';
import { openBrowser } from '../fetch/browser.ts';
import { createBrowserFetcher } from '../fetch/browser-fetcher.ts';
import { type Connections, openConnections } from '../fetch/connections.ts';
import { openCookies } from '../fetch/cookies.ts';
import { createDoor } from '../fetch/door.ts';
import { fetchPage } from '../fetch/fetcher.ts';
import { createHttp } from '../fetch/http.ts';
import { destinationOf, type Environment } from '../fetch/proxies.ts';
import { describeHolder, requireLocks } from '../frontier/lock.ts';
import { openOperations } from '../frontier/operations.ts';
import type { Log } from '../log.ts';
import { packageInfo } from '../package.ts';
import { linesIn } from '../report/plain.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';
import { originsOf } from '../site/address.ts';
import { bad, type Check, type CheckContext, type Found, ok, refusalOf, unlessRefused, warn } from './found.ts';
import type { Interrupts } from './session.ts';
import { describePause } from './status.ts';

const MARKS = { ok: ['✓', 'green'], warn: ['!', 'yellow'], bad: ['✗', 'red'] } as const;

/** Returns `incomplete` if a check is bad; a configuration that is not valid is one, and then the only one. */
export async function doctor(
  flags: { readonly config?: string | undefined; readonly archive?: string | undefined },
  { terminal, interrupts }: { readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const counts = { ok: 0, warn: 0, bad: 0 };
  const say = (check: string, found: Found) => {
    counts[found.state] += 1;
    report(terminal, check, found);
  };
  const config = load(flags);
  if (config instanceof ArchiveError) {
    say('config', bad(config.message, ERRORS[config.code].fix));
    terminal.summary('doctor', counts);
    return EXIT.incomplete;
  }
  const { name, version, homepage } = packageInfo();
  const product = `${name}/${version} (+${homepage})`;
  const source = configSource(flags.config ?? null);
  let exit: ExitCode = EXIT.ok;
  using trial = openTrialFolder(config.archive);
  for (const [check, ask] of await checksOf(config)) {
    // The check of the browser says that a program of a foreign configuration is not started; no other check starts it.
    const asked = check === 'browser' || isTrusted(source) ? config : withoutProgram(config);
    const found = await ask({
      config: asked,
      folder: trial.folder,
      source,
      product,
      signal: interrupts.abortSignal,
      say,
    });
    say(check, found);
    if (found.state === 'bad') exit = EXIT.incomplete;
  }
  terminal.summary('doctor', counts);
  return exit;
}

/** Of a cluster also its services. */
async function checksOf({ cluster }: Config): Promise<readonly (readonly [string, Check])[]> {
  const own = Object.entries(CHECKS);
  if (Object.values(cluster).every((service) => service === null)) return own;
  const { clusterChecks } = await import('./doctor-cluster.ts');
  return [...own, ...Object.entries(clusterChecks(cluster))];
}

/** A run may have put something there meanwhile. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is not empty, or was never made: the check of the archive says why.
  }
}

/** The archive's folder; where it is not there yet, one beside it that goes again: to look makes no archive. */
function openTrialFolder(archive: string): Disposable & { readonly folder: string } {
  if (existsSync(archive)) {
    const assets = join(archive, ASSETS); // where it is tried to write
    return { folder: archive, [Symbol.dispose]: existsSync(assets) ? () => {} : () => removeEmpty(assets) };
  }
  let parent = dirname(archive);
  while (!existsSync(parent)) parent = dirname(parent);
  const folder = join(parent, temporaryName('doctor'));
  try {
    mkdirSync(folder);
  } catch {
    return { folder: archive, [Symbol.dispose]: () => {} }; // no archive can be made either, and the check of it says why
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** False for a configuration that happens to lie in this folder, and that another user could have written. */
function isTrusted({ isNamed, isOwn }: ConfigSource): boolean {
  return isNamed || isOwn;
}

function withoutProgram(config: Config): Config {
  return { ...config, browser: { ...config.browser, executablePath: null } };
}

function load(flags: {
  readonly config?: string | undefined;
  readonly archive?: string | undefined;
}): Config | ArchiveError {
  try {
    return loadConfig(flags.config ?? null, { archive: flags.archive });
  } catch (error) {
    if (error instanceof ArchiveError) return error;
    throw error;
  }
}

function report(terminal: Terminal, check: string, found: Found): void {
  const [mark, colour] = MARKS[found.state];
  const fix = found.fix === null ? [] : [`    → ${found.fix}`];
  if (terminal.json) terminal.result('', { type: 'check', check, ...found });
  else {
    const [says = '', ...more] = linesIn(found.says);
    terminal.say(line`${style(colour, mark)} ${check.padEnd(8)} ${says}`, ...more.map((each) => `    ${each}`), ...fix);
  }
}

// The checks: each is one thing that a crawl needs of the machine or the network.

/** In the order in which they are printed. */
export const CHECKS: Readonly<Record<string, Check>> = {
  node: checkNode,
  config: checkConfig,
  clock: checkClock,
  archive: checkArchive,
  room: checkRoom,
  lock: checkLock,
  hosts: checkHosts,
  browser: checkBrowser,
  network: checkNetwork,
};

const OLDEST_NODE = [24, 15] as const;

function checkNode(): Found {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  const says = `Node.js ${process.versions.node}, ${process.platform}-${process.arch}`;
  return isOld
    ? bad(says, `start by bin/guancha-archive, or install Node.js ${OLDEST_NODE.join('.')} or newer`)
    : ok(says);
}

/** A configuration that is not valid never comes this far: see `commands/doctor.ts`. */
function checkConfig({ config, source }: CheckContext): Found {
  const { sources, politeness } = config;
  const says = `${source.file ?? 'the built-in defaults'}; valid; ${counted(sources.length, 'source')}, a page request every ${politeness.intervalMs} ms`;
  if (source.isOpen && config.notify.some(holdsSecrets))
    return warn(`${says}; every user of this machine may read the passwords of its hooks`, 'chmod 640 the file');
  return politeness.robots ? ok(says) : warn(`${says}, robots.txt is not obeyed`, 'set politeness.robots to true');
}

function holdsSecrets({ webhook }: Config['notify'][number]): boolean {
  const url = webhook === undefined ? null : URL.parse(webhook);
  return url !== null && (url.password !== '' || url.search !== '');
}

/** The program was written in 2026; a clock before that, or far from it, dates every capture wrongly. */
const SANE_YEARS = [2026, 2100] as const;

function checkClock(): Found {
  const now = new Date();
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions() as { readonly timeZone?: string };
  const zone = timeZone ?? 'not a known one (TZ)'; // V8 has none where TZ names none
  const says = `${wallClock(now.getTime())}; this machine's time zone is ${zone}, which no file depends on`;
  const isSane = now.getUTCFullYear() >= SANE_YEARS[0] && now.getUTCFullYear() < SANE_YEARS[1];
  return isSane ? ok(says) : bad(says, 'set the clock: captures are dated by it');
}

/** Writes a small file as a run does, and takes it away again: what the disk cannot do shows itself. */
async function checkArchive({ config, folder }: CheckContext): Promise<Found> {
  const weaknesses: string[] = [];
  const disk = openDisk(folder, { onWeakness: (weakness) => void weaknesses.push(weakness) });
  return unlessRefused(async () => {
    const key = `${ASSETS}/${temporaryName('doctor')}`; // a run would sweep it
    try {
      for (const text of ['', 'doctor']) await disk.write(key, text);
    } finally {
      await disk.remove(key); // a full disk has room for the first of them
    }
    if (weaknesses.length > 0) return warn(weaknesses.join('; '), 'keep a copy of the archive on another disk');
    return ok(`${config.archive} can be written`);
  });
}

async function checkRoom({ config, folder }: CheckContext): Promise<Found> {
  const { limits } = config;
  return unlessRefused(async () => {
    const free = await openDisk(folder).freeBytes();
    const says = `${megabytes(free)} free, limits.minFreeBytes is ${megabytes(limits.minFreeBytes)}`;
    return free < limits.minFreeBytes ? bad(says, ERRORS.ARCHIVE_FULL.fix) : ok(says);
  });
}

async function checkLock({ config, folder }: CheckContext): Promise<Found> {
  return unlessRefused(async () => {
    requireLocks(folder);
    const holder = await describeHolder(config.archive);
    return holder === null
      ? ok('no run holds the archive')
      : warn(`the archive is held by ${holder}`, ERRORS.ARCHIVE_IN_USE.fix);
  });
}

async function checkHosts({ config }: CheckContext): Promise<Found> {
  return unlessRefused(async () => {
    const { longestPauseMs } = config.politeness;
    using operations = openOperations(config, { readOnly: true, longestPauseMs });
    const pauses = operations.journal.hosts.pauses();
    if (pauses.length === 0) return ok('no host is left alone');
    return warn(pauses.map(describePause).join('; '), ERRORS.HOST_PAUSED.fix);
  });
}

/** Starts the browser that a crawl would use. Nothing is downloaded; the carried one is unpacked where it is the only one. */
async function checkBrowser({ config, source, product, say }: CheckContext): Promise<Found> {
  const { executablePath } = config.browser;
  const { file, isNamed } = source;
  if (executablePath !== null && file !== null && !isNamed) {
    // A configuration that happens to lie in this folder may be anybody's, and what it names is run by whoever looks.
    const names = `${file} names ${executablePath} as the browser`;
    const fix = `name the configuration that you trust: guancha-archive doctor --config ${file}`;
    if (!isTrusted(source)) return warn(`${names}, but it is not yours: nothing was started`, fix);
    say('browser', warn(`${names}, which is started now`, fix));
  }
  const said: string[] = [];
  await using browser = openBrowser({
    ...config.browser,
    userAgent: null,
    product,
    origins: [],
    now: Date.now,
    connections: connectionsOf({ ...config, network: defaultConfig().network }, { environment: {} }),
    log: ({ message }) => void said.push(message),
  });
  return await unlessRefused(async () => ok([...said, await browser.userAgent()].join('; ')));
}

/** robots.txt of every origin, and of those that only lists of the configuration need, by both ways that a crawl asks. */
async function checkNetwork({ config, product, signal }: CheckContext): Promise<Found> {
  const { site, sources } = config;
  const origins = [...new Set([...originsOf(site), ...sources.map(({ url }) => new URL(url).origin)])];
  const said: string[] = [];
  let connections: Connections;
  try {
    connections = connectionsOf(config, { log: ({ message }) => void said.push(message) });
  } catch (error) {
    return refusalOf(error);
  }
  const guard = createAddressGuard(config.network.allowAddresses);
  const { timeoutMs } = config.browser;
  const door = createDoor({ site, guard, robots: () => null, politeness: null, timeoutMs, ...config.limits });
  const cookies = openCookies();
  const browser = openBrowser({
    ...config.browser,
    product,
    origins,
    now: Date.now,
    connections,
    log: () => {}, // what it does besides is not asked
  });
  await using fetcher = createBrowserFetcher({ browser, door, cookies, site });
  const http = createHttp({ browser, door, cookies, connections });
  const answers = await Promise.all(
    origins.map((origin) =>
      unlessRefused(async () => {
        const url = `${origin}/robots.txt`;
        const toDownloads = (await http.text(url, signal)).status;
        if (toDownloads >= 500) return bad(`${origin} answers ${toDownloads}`, ERRORS.ROBOTS_UNREACHABLE.fix);
        const toBrowser = (await fetchPage(fetcher, url, { signal, list: true })).status;
        const both = toBrowser === toDownloads ? '' : ` to downloads, ${toBrowser} to the browser`;
        const says = `${origin} answers ${toDownloads}${both}`;
        return toBrowser < 500 ? ok(says) : bad(says, ERRORS.ROBOTS_UNREACHABLE.fix);
      }),
    ),
  );
  const proxies = new Set(origins.map((origin) => connections.proxyOf(destinationOf(origin)) ?? 'no proxy'));
  const { authorities } = connections;
  const more = authorities === 0 ? '' : `, trusting ${counted(authorities, 'more authority', 'more authorities')}`;
  said.push(`asked by downloads and browser, by ${[...proxies].join(' and ')}${more}`);
  const unwell = answers.filter(({ state }) => state !== 'ok');
  const says = [...(unwell.length === 0 ? answers : unwell).map((each) => each.says), ...said].join('; ');
  return unwell.length === 0 ? ok(says) : bad(says, unwell[0]?.fix ?? ERRORS.NETWORK.fix);
}

function connectionsOf(
  { network, browser: { timeoutMs } }: Config,
  { log = () => {}, environment = process.env }: { readonly log?: Log; readonly environment?: Environment },
): Connections {
  const guard = createAddressGuard(network.allowAddresses);
  return openConnections({ ...network, environment, guard, timeoutMs, log });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
