/**
 * The programs that `npm run bench -- --peers` compares: where each comes from, how it is run, and what it is made for.
 * Those of npm are installed into a folder of their own, without scripts of theirs and without a browser; those of Debian
 * are asked for.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageInfo } from '../../src/package.ts';

export interface Peer {
  readonly name: string;
  /** Empty where it is not known. */
  readonly version: string;
  /** Null where it is not on this machine. */
  readonly command: readonly [string, ...string[]] | null;
  /** Why it is not, and what brings it. */
  readonly absent?: string;
  /** Exit codes besides 0 of a run that did what it was asked for. */
  readonly succeeds?: readonly number[];
  /** Where in its folder an archive of this program comes to lie, whose fields can be read. */
  readonly archive?: string;
  /** What it keeps and leaves out, for the reader of the table. */
  readonly keeps: string;
}

/** Exact, so that figures of two days are of the same programs. */
const PLAYWRIGHT = 'playwright@1.65.1';
const CRAWLEE = 'crawlee@3.18.1';
const WEBSITE_SCRAPER = 'website-scraper@6.0.0';

const SCRIPTS = join(import.meta.dirname, 'peers');
const COMMAND = join(import.meta.dirname, '../../bin/guancha-archive');
const INSTALL_MS = 600_000;

/**
 * The reference first. Each is given the addresses on standard input and in the file PEER_URLS, and writes into the folder
 * PEER_OUT; PEER_BROWSER is the browser that all of them start.
 * @param folder where those of npm are installed
 * @param config the configuration of this program
 * @param out what PEER_OUT will be
 */
export async function findPeers(folder: string, { config, out }: { config: string; out: string }): Promise<Peer[]> {
  const ofNpm = async (script: string, packages: readonly [string, ...string[]], keeps: string): Promise<Peer> => {
    const [first] = packages;
    const home = join(folder, script);
    const fault = await install(home, packages);
    const peer = { name: script, version: first.slice(first.lastIndexOf('@') + 1), keeps };
    if (fault !== null) return { ...peer, command: null, absent: `npm install ${packages.join(' ')}: ${fault}` };
    await cp(join(SCRIPTS, `${script}.mjs`), join(home, `${script}.mjs`));
    return { ...peer, command: [process.execPath, join(home, `${script}.mjs`)] };
  };
  const ours = ['archive', '--json', '--config', config, '--archive', join(out, 'archive'), '-'];
  return [
    await ofNpm(
      'bare-playwright',
      [PLAYWRIGHT],
      'the page as the browser has it; no pictures, no scripts: the reference',
    ),
    {
      name: 'guancha-archive',
      version: packageInfo().version,
      command: [process.execPath, COMMAND, ...ours],
      archive: 'archive',
      keeps: 'fields, text, pictures, what the site sent (WARC); not the page as it looked',
    },
    await ofNpm('crawlee-playwright', [CRAWLEE, PLAYWRIGHT], `as bare-playwright; ${LIBRARY}`),
    await ofNpm('crawlee-cheerio', [CRAWLEE], `the page as sent, without a browser; ${LIBRARY}`),
    await ofNpm(
      'website-scraper',
      [WEBSITE_SCRAPER],
      'the page and what it shows, with links between the files; no browser',
    ),
    ofDebian('wget', {
      package: 'wget',
      command: ['sh', '-c', 'exec wget -q -i "$PEER_URLS" -p -H -D 127.0.0.1 -e robots=off -E -P "$PEER_OUT/site"'],
      succeeds: [8], // some address answered with an error: the newspaper has pictures that are missing
      keeps:
        'the page and what it shows; no browser, one request at a time (WARC with --warc-file, not asked for here)',
    }),
    ofDebian('httrack', {
      package: 'httrack',
      // 0 is no limit of connections and bytes a second; with large ones it asks once a second.
      command: [
        'sh',
        '-c',
        `exec httrack -%L "$PEER_URLS" -O "$PEER_OUT/site" '-*' '+127.0.0.1:*' -r1 -n -s0 -c2 -%c0 -A0 --disable-security-limits -q -%v0`,
      ],
      keeps: 'the page and what it shows, with links between the files; no browser',
    }),
    ofDebian('scrapy', {
      package: 'python3-scrapy',
      asks: 'version',
      command: ['scrapy', 'runspider', join(SCRIPTS, 'scrapy_spider.py')],
      keeps: `the page as sent, without a browser; ${LIBRARY}`,
    }),
  ];
}

const LIBRARY = 'a library: what is done with a page is up to its user';

/** Returns what went wrong, or null. */
async function install(home: string, packages: readonly string[]): Promise<string | null> {
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }\n');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...packages];
  const ended = spawnSync('npm', args, { cwd: home, timeout: INSTALL_MS, encoding: 'utf8' });
  if (ended.status === 0) return null;
  return ended.error?.message ?? /^npm (?:ERR!|error) (?!code)(.*)$/m.exec(ended.stderr)?.[1] ?? `code ${ended.status}`;
}

function ofDebian(
  name: string,
  {
    package: pack,
    asks = '--version',
    ...rest
  }: Pick<Peer, 'command' | 'succeeds' | 'keeps'> & {
    readonly package: string;
    readonly asks?: string;
  },
): Peer {
  const asked = spawnSync(name, [asks], { encoding: 'utf8' });
  const version = /\d+\.[\d.-]*\d/.exec(asked.stdout ?? '')?.[0] ?? '';
  if (asked.error === undefined) return { name, version, ...rest };
  return { name, version, ...rest, command: null, absent: `apt-get install ${pack}` };
}
