/** Starts Chromium so that it can reach nothing but the gate. The one door to playwright. */
import type { Browser } from 'playwright';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import { findBrowser } from './find-browser.ts';

export interface LaunchOptions {
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
