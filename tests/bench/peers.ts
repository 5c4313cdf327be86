/**
 * What archiving costs beside what others take for the same pages, on this machine, in this run: `npm run bench -- --peers`.
 * Peers of npm are installed into a temporary folder; those of Debian are asked for, and any that is absent is skipped by name.
 * Ratios are to a bare Playwright loop of the same run. Linux only: reads /proc.
 */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser } from '../../src/fetch/chromium.ts';
import { measure, type Usage } from './measure.ts';
import { openNewspaperProcess } from './newspaper-process.ts';

/** Of npm: exact, so that figures of two days are of the same programs. */
const NPM = ['crawlee@3.18.1', 'website-scraper@6.0.0', 'playwright@1.65.1'];
const SCRIPTS = join(import.meta.dirname, 'peers');
const COMMAND = join(import.meta.dirname, '../../bin/guancha-archive');

interface Peer {
  readonly name: string;
  readonly version: string;
  /** What it is run as; null where it is not on this machine. */
  readonly command: readonly [string, ...string[]] | null;
  /** Why it is not, and what brings it. */
  readonly absent?: string;
  /** What it leaves out that an archive of articles needs: for the reader of the table. */
  readonly lacks: string;
}

/** Programs that pause between requests of their own accord are ended after so long, and their figures are of that part. */
const LIMIT_S = 45;

interface Result extends Usage {
  readonly bytes: number;
  readonly pages: number;
}

/** @param options `articles` and `rounds` of the newspaper; medians of the rounds are printed */
export async function benchPeers(options: { readonly articles: number; readonly rounds: number }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'guancha-peers-'));
  try {
    await using newspaper = await openNewspaperProcess(['--articles', String(options.articles), '--images', '4']);
    const { www, community, images, articles } = newspaper;
    const config = join(folder, 'config.yaml');
    const politeness = { intervalMs: 0, assetIntervalMs: 0, concurrency: 2 };
    const site = { www, community, images: [images] };
    await writeFile(
      config,
      JSON.stringify({
        site,
        network: { allowAddresses: ['127.0.0.1'] },
        sources: [],
        politeness,
        checks: { render: 'never' },
      }),
    );
    const environment = { ...process.env, ...(await browserEnvironment()) };
    const peers = await findPeers(folder, config);
    const results = new Map<string, Result[]>();
    const urls = join(folder, 'urls.txt');
    for (let round = 0; round <= options.rounds; round++) {
      const given = round === 0 ? articles.slice(0, 2) : articles; // the first fills caches
      await writeFile(urls, given.join('\n'));
      for (const peer of peers) {
        if (peer.command === null) continue;
        const out = join(folder, 'out');
        await mkdir(out);
        const result = await runPeer(peer, given, { ...environment, PEER_OUT: out, PEER_URLS: urls }, out);
        if (round > 0) results.set(peer.name, [...(results.get(peer.name) ?? []), result]);
        await rm(out, { recursive: true });
      }
    }
    report(peers, results, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function browserEnvironment(): Promise<NodeJS.ProcessEnv> {
  const found = await findBrowser({ executablePath: null, playwrightPath: chromium.executablePath(), log: () => {} });
  return { ...found.env, PEER_BROWSER: found.executablePath };
}

async function findPeers(folder: string, config: string): Promise<readonly Peer[]> {
  const modules = join(folder, 'npm');
  await mkdir(modules);
  process.stdout.write(`npm install ${NPM.join(' ')}, into a temporary folder\n`);
  await writeFile(join(modules, 'package.json'), '{ "private": true, "type": "module" }\n');
  const install = ['install', '--no-audit', '--no-fund', '--silent', ...NPM];
  const env = { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
  const installed = spawnSync('npm', install, { cwd: modules, env, timeout: 600_000, encoding: 'utf8' }).status === 0;
  for (const name of await readdir(SCRIPTS)) await copyFile(join(SCRIPTS, name), join(modules, name));
  const ofNpm = async (name: string, lacks: string): Promise<Peer> => {
    const script = name === 'playwright' ? 'bare-playwright' : name;
    const manifest = join(modules, 'node_modules', name, 'package.json');
    const version = installed ? (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version : '';
    const command = [process.execPath, join(modules, `${script}.mjs`)] as const;
    return {
      name: script,
      version,
      lacks,
      ...(installed ? { command } : { command: null, absent: 'npm install failed' }),
    };
  };
  const ofDebian = (name: string, pack: string, command: readonly string[], lacks: string): Peer => {
    const asked = spawnSync(name, name === 'scrapy' ? ['version'] : ['--version'], { encoding: 'utf8' });
    const version = /\d+\.[\d.-]*\d/.exec(asked.stdout ?? '')?.[0] ?? '';
    if (asked.error !== undefined) return { name, version, command: null, absent: `apt install ${pack}`, lacks };
    return { name, version, command: [command[0] ?? name, ...command.slice(1)], lacks };
  };
  const spider = join(modules, 'scrapy_spider.py');
  // Both say by their exit code that some page had an address that does not answer; that `timeout` ended one is said by 124.
  const shell = (line: string) => ['sh', '-c', `${line} || true`];
  return [
    await ofNpm(
      'playwright',
      'pictures, exchanges, articles, retries, anything after a crash: it is what a browser alone costs',
    ),
    {
      name: 'guancha-archive',
      version: '',
      command: [
        process.execPath,
        COMMAND,
        'archive',
        '--json',
        '--config',
        config,
        '--archive',
        join(folder, 'out/archive'),
        '-',
      ],
      lacks: 'nothing of this table: it keeps pictures, exchanges (WARC), records and documents',
    },
    await ofNpm('crawlee', 'pictures, exchanges, articles: what is done with a page is up to its user'),
    await ofNpm('website-scraper', 'scripts of a page, exchanges, articles, going on after a crash'),
    ofDebian(
      'wget',
      'wget',
      shell('wget -q -i "$PEER_URLS" -p -H -D 127.0.0.1 -e robots=off -E -P "$PEER_OUT/site"'),
      'scripts of a page, articles, versions; one request at a time (WARC with --warc-file, not asked for here)',
    ),
    ofDebian(
      'httrack',
      'httrack',
      shell(
        `timeout -k 5 ${LIMIT_S} httrack -%L "$PEER_URLS" -O "$PEER_OUT/site" '-*' '+127.0.0.1:*' -r1 -n -s0 -c2 -%c1000 -A1000000000 --disable-security-limits -q -%v0 >/dev/null`,
      ),
      'scripts of a page, exchanges, articles, versions',
    ),
    ofDebian(
      'scrapy',
      'python3-scrapy',
      ['scrapy', 'runspider', spider],
      'scripts of a page, pictures, exchanges, articles: what is done with a page is up to its user',
    ),
  ];
}

async function runPeer(peer: Peer, urls: readonly string[], env: NodeJS.ProcessEnv, out: string): Promise<Result> {
  const { command } = peer;
  if (command === null) throw new TypeError(`${peer.name} is not there`);
  const usage = await measure(command, { input: urls.join('\n'), memory: true, env });
  const files = await readdir(out, { recursive: true, withFileTypes: true });
  let [bytes, pages] = [0, 0];
  for (const file of files.filter((each) => each.isFile())) {
    const path = join(file.parentPath, file.name);
    bytes += (await stat(path)).size;
    if (path.includes('/archive/') ? path.includes('/archive/articles/') : /\.s?html?$/.test(path)) pages += 1;
  }
  return { ...usage, bytes, pages };
}

function report(
  peers: readonly Peer[],
  results: ReadonlyMap<string, readonly Result[]>,
  { articles, rounds }: { readonly articles: number; readonly rounds: number },
): void {
  const of = (name: string, value: (result: Result) => number) => median((results.get(name) ?? []).map(value));
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const [base] = peers;
  const ratio = (name: string, value: (result: Result) => number) =>
    (of(name, value) / of(base?.name ?? '', value)).toFixed(2);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.version}`;
  say(
    `\n${articles} articles with 4 pictures each, medians of ${rounds}; ${machine}; ${new Date().toISOString().slice(0, 10)}\n`,
  );
  say(`one that pauses of its own accord is ended after ${LIMIT_S} s\n`);
  say('| | CPU s | ratio | peak MB | ratio | MB written | ratio | wall s | pages |');
  say('|---|---|---|---|---|---|---|---|---|');
  for (const { name, version, command } of peers) {
    if (command === null) continue;
    const cells = [
      `${name} ${version}`.trim(),
      (of(name, ({ cpuMs }) => cpuMs) / 1000).toFixed(1),
      ratio(name, ({ cpuMs }) => cpuMs),
      (of(name, ({ peakBytes }) => peakBytes) / 1e6).toFixed(0),
      ratio(name, ({ peakBytes }) => peakBytes),
      (of(name, ({ bytes }) => bytes) / 1e6).toFixed(1),
      ratio(name, ({ bytes }) => bytes),
      (of(name, ({ wallMs }) => wallMs) / 1000).toFixed(1),
      `${of(name, ({ pages }) => pages)}${of(name, ({ wallMs }) => wallMs) < LIMIT_S * 1000 ? '' : ', unfinished'}`,
    ];
    say(`| ${cells.join(' | ')} |`);
  }
  say('\n| | does not do |\n|---|---|');
  for (const { name, lacks } of peers) say(`| ${name} | ${lacks} |`);
  for (const { name, absent } of peers) if (absent !== undefined) say(`\nskipped: ${name} is not there (${absent})`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
