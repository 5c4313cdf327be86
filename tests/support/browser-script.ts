/** Shell scripts in front of the browser of this machine, as distributions put them there. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser } from '../../src/fetch/chromium.ts';

/** Starts the browser and waits for it, as Debian's `chromium-headless-shell` does. */
export function waitingScript(folder: string): Promise<string> {
  return script(folder, (browser) => `${browser} "$@"\nexit $?`);
}

/** Becomes the browser, with further arguments. */
export function scriptWith(argument: string, folder: string): Promise<string> {
  return script(folder, (browser) => `exec ${browser} ${argument} "$@"`);
}

async function script(folder: string, command: (browser: string) => string): Promise<string> {
  const playwrightPath = chromium.executablePath();
  const { executablePath, env } = await findBrowser({ executablePath: null, playwrightPath, log: () => {} });
  const variables = Object.entries(env).map(([name, value]) => `export ${name}='${value}'\n`);
  const file = join(folder, 'browser');
  writeFileSync(file, `#!/bin/sh\n${variables.join('')}${command(`'${executablePath}'`)}\n`);
  chmodSync(file, 0o755);
  return file;
}
