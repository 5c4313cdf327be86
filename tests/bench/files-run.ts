/**
 * How many files of `src` a command needs: those that run a function of their own, measured by V8's coverage of every thread.
 * `npm run bench:files [-- --checkout PATH] [-- --list COMMAND]`. Loading a module does not count, nor does what its
 * loading calls: the same modules are loaded once more alone, and only calls beyond that are the command's.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { run } from '../support/command.ts';
import { files } from '../support/tree.ts';

/** File of `src` → function (its name and place) → how often it was called. */
type Calls = ReadonlyMap<string, ReadonlyMap<string, number>>;

interface Measured {
  readonly command: string;
  /** In how many threads `src` was loaded. */
  readonly threads: number;
  readonly loaded: ReadonlySet<string>;
  /** File of `src` → its functions that ran. */
  readonly ran: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What `NODE_V8_COVERAGE` writes of one thread. */
interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
    }[];
  }[];
}

/** A module that does something by itself when a thread begins with it: its functions are never called by loading alone. */
const ENTRY = /import\.meta\.main|\bparentPort\b/;

/** Compiled code from a cache would count too little. */
const PRECISE = { NODE_DISABLE_COMPILE_CACHE: '1' };

const { values } = parseArgs({ options: { checkout: { type: 'string' }, list: { type: 'string' } } });
const checkout = await realpath(values.checkout ?? join(import.meta.dirname, '../..'));
const SRC = join(checkout, 'src');
const say = (line: string) => void process.stdout.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'guancha-files-'));
try {
  const measured = await measureAll();
  if (values.list === undefined) await report(measured);
  else list(measured, values.list);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The commands one after the other on one archive, which is damaged before it is repaired. */
async function measureAll(): Promise<readonly Measured[]> {
  await using newspaper = await openNewspaper({ articles: 16, imagesPerArticle: 2, pageBytes: 30_000, slowMs: 50 });
  const config = join(folder, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, attempts: 1 };
  await writeFile(config, newspaper.config({ archive: './archive', politeness }));
  const article = newspaper.articles.find(({ special, era, images }) => !special && era === 'classic' && images.length);
  const measured = [
    await measure('archive', ['archive', '--config', config, article?.url ?? ''], [0]),
    await measure('crawl', ['crawl', '--config', config], [0, 3]),
    await measure('audit', ['audit', '--config', config, '--jobs', '2'], [0, 1]),
    await measure('status', ['status', '--config', config], [0]),
  ];
  await damage(join(folder, 'archive'));
  return [...measured, await measure('repair', ['repair', '--config', config], [0, 3])];
}

/** A picture and a record are lost, a document is changed, and something lies where nothing belongs. */
async function damage(archive: string): Promise<void> {
  const all = await files(archive);
  const [document, other] = all.filter((path) => path.startsWith('articles/'));
  const picture = all.find((path) => path.startsWith('assets/'));
  if (document === undefined || other === undefined || picture === undefined) throw new Error('nothing to be damaged');
  await rm(join(archive, picture));
  await rm(join(archive, document.replace('articles/', 'records/').replace('.html', '.json')));
  await writeFile(join(archive, other), '\n---\n');
  await writeFile(join(archive, 'stray.txt'), 'stray');
}

async function measure(command: string, args: readonly string[], codes: readonly number[]): Promise<Measured> {
  const where = join(folder, `coverage-${command}`);
  const { code, stderr } = await run(args, { checkout, env: { NODE_V8_COVERAGE: where, ...PRECISE } });
  if (!codes.includes(code ?? -1)) throw new Error(`${command} ended with exit code ${code}:\n${stderr}`);
  const threads = (await callsOfThreads(where)).filter((calls) => calls.size > 0);
  const loaded = new Set<string>();
  const ran = new Map<string, Set<string>>();
  for (const [number, calls] of threads.entries()) {
    const whileLoading = await callsOfLoading([...calls.keys()], `${command}-${number}`);
    for (const [file, counts] of calls) {
      loaded.add(file);
      for (const [name, count] of counts) {
        if (count <= (whileLoading.get(file)?.get(name) ?? 0)) continue;
        ran.set(file, (ran.get(file) ?? new Set()).add(name));
      }
    }
  }
  return { command, threads: threads.length, loaded, ran };
}

/** What the modules call when they are loaded and nothing else happens; entries are left out. */
async function callsOfLoading(paths: readonly string[], name: string): Promise<Calls> {
  const where = join(folder, `loading-${name}`);
  await mkdir(where);
  const imports = [];
  for (const path of paths) {
    const file = join(SRC, path);
    if (!ENTRY.test(await readFile(file, 'utf8')))
      imports.push(`import ${JSON.stringify(pathToFileURL(file).href)};\n`);
  }
  const script = join(where, 'load.mjs');
  await writeFile(script, imports.join(''));
  await promisify(execFile)(process.execPath, [script], {
    env: { ...process.env, NODE_V8_COVERAGE: where, ...PRECISE },
  });
  await rm(script);
  const [calls] = await callsOfThreads(where);
  if (calls === undefined) throw new Error(`no coverage of loading ${name}`);
  return calls;
}

async function callsOfThreads(where: string): Promise<readonly Calls[]> {
  const names = (await readdir(where)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => callsOf(JSON.parse(await readFile(join(where, name), 'utf8')) as Coverage)),
  );
}

/** The module's own top level is no function of it. */
function callsOf({ result }: Coverage): Calls {
  const calls = new Map<string, Map<string, number>>();
  for (const { url, functions } of result) {
    const file = url.startsWith('file:') ? relative(SRC, fileURLToPath(url)) : '..';
    if (file.startsWith('..') || !file.endsWith('.ts')) continue;
    const counts = new Map<string, number>();
    for (const { functionName, ranges } of functions) {
      const [range] = ranges;
      if (range === undefined || (functionName === '' && range.startOffset === 0)) continue;
      counts.set(`${functionName}@${range.startOffset}-${range.endOffset}`, range.count);
    }
    calls.set(file, counts);
  }
  return calls;
}

async function report(measured: readonly Measured[]): Promise<void> {
  const all = (await files(SRC)).filter((path) => path.endsWith('.ts'));
  const row = (name: string, ran: Measured['ran'], loaded: number, threads: string) => {
    const functions = [...ran.values()].reduce((sum, names) => sum + names.size, 0);
    say(`| ${name} | ${ran.size} | ${loaded} | ${functions} | ${threads} |`);
  };
  say(`${all.length} files in src\n\n| command | files that run | files loaded | functions run | threads |`);
  say('|---|---|---|---|---|');
  for (const { command, ran, loaded, threads } of measured) row(command, ran, loaded.size, String(threads));
  const together = new Map<string, Set<string>>();
  for (const { ran } of measured)
    for (const [file, names] of ran) together.set(file, new Set([...(together.get(file) ?? []), ...names]));
  row('all of them', together, new Set(measured.flatMap(({ loaded }) => [...loaded])).size, '');
}

function list(measured: readonly Measured[], command: string): void {
  const found = measured.find((each) => each.command === command);
  if (found === undefined) throw new Error(`${command} is none of ${measured.map((each) => each.command).join(', ')}`);
  for (const [file, names] of [...found.ran].sort(([a], [b]) => (a < b ? -1 : 1))) say(`${file}  ${names.size}`);
}
