/** Starts Chromium so that it can reach nothing but the proxy. The one door to playwright. */

import { access, chmod, constants, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Browser } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';

interface LaunchOptions {
  readonly executablePath: string | null;
  /** Its only way out, such as `socks5://127.0.0.1:PORT`. */
  readonly proxy: string;
  readonly log: Log;
}

/** Throws NO_BROWSER. */
export async function launch(options: LaunchOptions): Promise<Browser> {
  const { chromium } = await loadPlaywright();
  const say = (message: string) => options.log({ level: 'info', stage: 'fetch', message });
  const found = await findBrowser({
    executablePath: options.executablePath,
    playwrightPath: chromium.executablePath(),
    say,
  });
  const start = (chromiumSandbox: boolean) =>
    chromium.launch({
      executablePath: found.executablePath,
      env: { ...process.env, ...found.env },
      chromiumSandbox,
      args: onlyThrough(options.proxy),
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  try {
    // Chromium refuses its sandbox to root, and some containers refuse it to everybody.
    return process.getuid?.() === 0 ? await start(false) : await start(true).catch(() => start(false));
  } catch (error) {
    throw new ArchiveError(
      'NO_BROWSER',
      `${found.source}, ${found.executablePath}: ${(error as Error).message.split('\n')[0]}`,
      { cause: error },
    );
  }
}

/** Takes this process's time once; what follows takes the browser's. */
export function loadPlaywright(): Promise<typeof import('playwright')> {
  return import('playwright');
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

// Which browser to drive: configured, Playwright's own, the system's, and last the one that an npm package carries.

interface FoundBrowser {
  /** For people: where it comes from. */
  readonly source: string;
  readonly executablePath: string;
  /** Environment that it needs beyond the process's own. */
  readonly env: Readonly<Record<string, string>>;
}

const SYSTEM_BROWSERS = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
];

/**
 * Finds a browser in the order above. The carried one (linux x64 only) is unpacked into the user's cache only when
 * nothing else is there; `say` is called then, since that takes some seconds.
 * Throws NO_BROWSER where a configured path is wrong or none can be had on this platform.
 */
export async function findBrowser(options: {
  readonly executablePath: string | null;
  readonly playwrightPath: string;
  readonly say: (message: string) => void;
}): Promise<FoundBrowser> {
  const { executablePath, playwrightPath, say } = options;
  if (executablePath !== null) {
    if (await isExecutable(executablePath)) return { source: 'browser.executablePath', executablePath, env: {} };
    throw new ArchiveError(
      'NO_BROWSER',
      `browser.executablePath is ${executablePath}, which is not a program that can be run`,
    );
  }
  if (await isExecutable(playwrightPath))
    return { source: "Playwright's own", executablePath: playwrightPath, env: {} };
  for (const name of SYSTEM_BROWSERS) {
    const path = await onPath(name);
    if (path !== null) return { source: `the system's ${name}`, executablePath: path, env: {} };
  }
  const carried = await carriedBrowser(say);
  if (carried !== null) return carried;
  const looked = ["Playwright's own", ...SYSTEM_BROWSERS].join(', ');
  throw new ArchiveError(
    'NO_BROWSER',
    `looked for ${looked}; @sparticuz/chromium has none for ${process.platform}-${process.arch}`,
  );
}

/** The Chromium inside `@sparticuz/chromium`, unpacked once; null where the package has none for this platform. */
async function carriedBrowser(say: (message: string) => void): Promise<FoundBrowser | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const require = createRequire(import.meta.url);
  const folder = dirname(dirname(require.resolve('@sparticuz/chromium')));
  const { version } = require(join(folder, 'package.json')) as { readonly version: string };
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'guancha-archive');
  const home = join(cache, `chromium-${version}`);
  if (!(await isExecutable(join(home, 'chromium')))) {
    say(`no browser on this machine: unpacking Chromium ${version} to ${home} (once, about 210 MB)`);
    await unpackCarried(join(folder, 'bin'), home, cache).catch((error: Error) => {
      throw new ArchiveError('NO_BROWSER', `unpacking Chromium to ${home}: ${error.message}`, { cause: error });
    });
  }
  const libraries = [process.env.LD_LIBRARY_PATH, join(home, 'al2023', 'lib')].filter(Boolean).join(':');
  return {
    source: `Chromium ${version} of @sparticuz/chromium`,
    executablePath: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: join(home, FONTS) },
  };
}

/** Unpacks into a staging folder and renames, so that no second process ever sees half a browser. */
async function unpackCarried(archives: string, home: string, cache: string): Promise<void> {
  const { inflate } = await import('@sparticuz/chromium');
  await mkdir(cache, { recursive: true });
  const stage = await mkdtemp(join(cache, '.unpack-'));
  const outside = process.env.TMPDIR;
  process.env.TMPDIR = stage; // where inflate() unpacks to
  try {
    const files = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];
    await Promise.all(files.map((file) => inflate(join(archives, file))));
    await chmod(join(stage, 'chromium'), 0o755);
    await writeFile(join(stage, FONTS), fontsConfig(home));
  } finally {
    if (outside === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outside;
  }
  try {
    await rename(stage, home);
  } catch (error) {
    await rm(stage, { recursive: true, force: true });
    if (!(await isExecutable(join(home, 'chromium')))) throw error; // else another process was first
  }
}

const FONTS = 'fonts.conf';

/** Without any font Chromium dies when it first shows text; the package's own configuration looks for them elsewhere. */
function fontsConfig(home: string): string {
  const dirs = [join(home, 'fonts', 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts'];
  const lines = [...dirs.map((dir) => `<dir>${dir}</dir>`), `<cachedir>${join(home, 'fonts-cache')}</cachedir>`];
  return `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n  ${lines.join('\n  ')}\n</fontconfig>\n`;
}

async function onPath(name: string): Promise<string | null> {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    if (dir !== '' && (await isExecutable(join(dir, name)))) return join(dir, name);
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
