/**
 * The package as a stranger gets it: packed, installed under Node.js 20 in a bare Debian without a warning, and every command
 * of README run in there, with the newspaper in the place of the site. `npm run test:package` runs it, as root on Linux, for a
 * chroot is made by debootstrap. `-- --base DIR` takes a bare Debian that is there already, `-- --keep` leaves the folder, and
 * `-- --installed DIR` runs the commands alone, in a folder that was left.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openNewspaper } from '../newspaper/newspaper.ts';
import { type Chroot, makeChroot, openChroot } from './chroot.ts';
import { openRegistry } from './registry.ts';

const ROOT = join(import.meta.dirname, '../..');
const POLITENESS = { intervalMs: 50, assetIntervalMs: 10, backoffMs: 500 };
const CAUGHT = /EBADENGINE|deprecated|\bwarn\b/i;

const { values } = parseArgs({
  options: { base: { type: 'string' }, keep: { type: 'boolean', default: false }, installed: { type: 'string' } },
});
if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  say('not run: a chroot needs Linux, and root');
  process.exit(1);
}
if (values.installed !== undefined) {
  await walk(openChroot(values.installed));
  process.exit(0);
}
const folder = await mkdtemp(join(tmpdir(), 'guancha-package-'));
try {
  await run();
} finally {
  if (!values.keep) await rm(folder, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const packed = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' });
  assert.equal(packed.status, 0, packed.stderr);
  const [{ filename, size, entryCount }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as [
    { readonly filename: string; readonly size: number; readonly entryCount: number },
  ];
  say(`${filename}: ${entryCount} files, ${size} bytes`);
  const chroot = timed('a bare Debian with Node.js 20', () => makeChroot(join(folder, 'chroot'), values.base ?? null));
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { name: string; version: string };
  const real = spawnSync('npm', ['config', 'get', 'registry'], { cwd: folder, encoding: 'utf8' }).stdout.trim();
  await using registry = await openRegistry(join(folder, filename), manifest, real);
  const from = performance.now();
  const told = await chroot.install(manifest.name, registry.origin);
  assert.doesNotMatch(told, CAUGHT);
  say(`installed without a warning: ${((performance.now() - from) / 1000).toFixed(1)} s`);
  await walk(chroot);
  say('every command ended as it should');
}

/** The commands of README, in its order, with what must come of them. */
async function walk(chroot: Chroot): Promise<void> {
  await using newspaper = await openNewspaper({ articles: 6, specials: false });
  const config = join(chroot.path, chroot.home, 'crawl.config.yaml');
  const expect = async (line: string, phrase: RegExp, status = 0) => {
    const from = performance.now();
    const { code, said } = await ended(chroot.start(line).child);
    assert.equal(code, status, `${line}\n${said}`);
    assert.match(said, phrase, line);
    say(`${line}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
  };
  await expect('node --version', /^v20\./);
  await expect('guancha-archive --version', /^guancha-archive \d+\.\d+\.\d+/);
  await expect('guancha-archive --help', /Usage: guancha-archive/);
  await expect('guancha-archive start', /NO_NETWORK[\s\S]*guancha-archive demo/, 3);
  await expect(
    'guancha-archive demo --articles 4',
    /✓ every listed article is as printed[\s\S]*\n {2}guancha-archive serve/,
  );

  writeFileSync(config, newspaper.config({ archive: './archive', politeness: POLITENESS }));
  const [first, second] = newspaper.articles.filter(({ id, lists }) => id.startsWith('guancha:') && lists.length > 0);
  assert.ok(first !== undefined && second !== undefined);
  await expect(`guancha-archive archive ${first.url}`, /✓ archived/);
  await expect('guancha-archive doctor', /✓ browser/);
  await expect('guancha-archive crawl', /✓ archived/);
  await expect('guancha-archive start', /nothing to do|serve --open/);
  await expect(`guancha-archive search ${first.title.slice(-2)}`, new RegExp(first.id));
  await expect('guancha-archive audit', /nothing is wrong/);
  await expect('guancha-archive seal', /sealed|seal/);
  await expect(`guancha-archive prove ${first.id} proof/`, /proof/);
  for (const [name, ready] of [
    ['serve', /is served on (http:\S+?)[;\s]/],
    ['schedule', /·/],
  ] as const) {
    const server = chroot.start(`exec guancha-archive ${name}${name === 'serve' ? ' --port 0' : ''}`);
    const isReady = Promise.withResolvers<string>();
    const end = ended(server.child, (said) => {
      if (ready.test(said)) isReady.resolve(said);
    });
    try {
      const heard = await Promise.race([isReady.promise, end.then(({ said }) => said)]);
      assert.match(heard, ready, name);
      const [, origin] = ready.exec(heard) ?? [];
      if (origin !== undefined) {
        const page = await (await fetch(`${origin}/articles/${first.id.replace(':', '/')}`)).text();
        assert.ok(page.includes(first.title), 'the reader shows the article');
      }
    } finally {
      server.end();
      await end;
    }
    say(`${name}: ready`);
  }
  await expect('guancha-archive completion bash', /complete -o default -F _guancha_archive guancha-archive/);
  await expect('guancha-archive complete --current=aud --', /^none\naudit\n/);
  for (const file of ['deploy/systemd/guancha-archive.service', 'docs/start.md', 'npm-shrinkwrap.json'])
    readFileSync(join(chroot.path, 'usr/local/lib/node_modules/guancha-archive', file));
  // Where man(1) looks, by the folder of the program.
  for (const page of ['man1/guancha-archive.1', 'man5/crawl.config.yaml.5'])
    assert.match(readFileSync(join(chroot.path, 'usr/local/share/man', page), 'utf8'), /^\.TH /);
}

/** @param heard gets all that was said so far, each time more is */
async function ended(
  child: ChildProcess,
  heard: (said: string) => void = () => {},
): Promise<{ readonly code: number | null; readonly said: string }> {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      heard(said);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

function timed<T>(what: string, work: () => T): T {
  const from = performance.now();
  const result = work();
  say(`${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
  return result;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
