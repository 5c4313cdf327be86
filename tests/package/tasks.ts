/**
 * Five tasks of a stranger, by the commands that README and the pages it leads to print: each is looked for in their code
 * blocks, so that no page can drift from what is tried. In a fresh clone, and in a bare Debian with the package installed, by
 * the English README and by the Chinese one: `npm run tasks -- --box DIR [--readme README.zh-CN.md]`, as root on Linux. DIR is a
 * chroot of `npm run test:package -- --keep`, with systemd, openssl and tar; its `/etc/guancha-archive` and
 * `/var/lib/guancha-archive` are made anew. The made-up newspaper stands for the site, and so each task has one step more than
 * with a network, which is not counted: the configuration names its addresses.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Newspaper, openNewspaper } from '../newspaper/newspaper.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = /https:\/\/www\.guancha\.cn\/politics\/2022_01_28_623950\.shtml/;
const SERVICE = '/etc/guancha-archive/config.yaml';
const POLITENESS = { intervalMs: 50, assetIntervalMs: 10, backoffMs: 500 };

const { values } = parseArgs({
  options: { box: { type: 'string' }, readme: { type: 'string', default: 'README.md' } },
});
const say = (text: string) => process.stdout.write(`${text}\n`);

/** The commands of a page's code blocks: of shells' whole lines, of examples what stands behind `$`. */
function commandsOf(page: string): readonly string[] {
  const blocks = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)];
  return blocks.flatMap(([, language, text = '']) =>
    text.split('\n').flatMap((line) => {
      const command = language === 'sh' ? line : line.startsWith('$ ') ? line.slice(2) : '';
      return command.trim() === '' ? [] : [command.replace(/\s+#.*$/, '')];
    }),
  );
}

/** The pages that a README leads to. */
function pagesOf(readme: string): readonly string[] {
  const found = readFileSync(join(ROOT, readme), 'utf8').matchAll(/\]\((docs\/[^)#]+\.md)/g);
  return [readme, ...new Set([...found].map(([, page = '']) => posix.normalize(page)))];
}

/** What a stranger does: the pages that he opens and the commands that he types. */
interface Stranger {
  /** Types the command that a page prints. @param but what is put in the place of the example's words */
  type(line: RegExp, but?: (command: string) => string, status?: number): Promise<string>;
  /** Begins one that goes on. */
  begin(line: RegExp, ready: RegExp): Promise<{ readonly said: string; readonly end: () => void }>;
}

/** Where he is: a clone, or a machine with the package. */
interface Place {
  readonly name: string;
  readonly archive: string;
  spawn(command: string): ChildProcess;
  /** Writes the configuration that names the newspaper's addresses. */
  configure(text: string): void;
}

const counts: { readonly task: string; readonly place: string; pages: number; commands: number; seconds: number }[] =
  [];

async function task(name: string, place: Place, body: (stranger: Stranger) => Promise<void>): Promise<void> {
  const opened = new Set([values.readme]);
  let commands = 0;
  const find = (line: RegExp): string => {
    for (const page of pagesOf(values.readme)) {
      const found = commandsOf(page).find((command) => line.test(command));
      if (found === undefined) continue;
      opened.add(page);
      commands += 1;
      return found.replace(/^node bin\/guancha-archive/, 'guancha-archive');
    }
    throw new Error(`no page that ${values.readme} leads to prints a command like ${line}`);
  };
  const from = performance.now();
  await body({
    type: async (line, but = (command) => command, status = 0) => {
      const command = but(find(line));
      const child = place.spawn(command);
      const { code, said } = await ended(child);
      assert.equal(code, status, `${place.name}: ${command}\n${said}`);
      return said;
    },
    begin: async (line, ready) => {
      const child = place.spawn(find(line));
      const heard = Promise.withResolvers<string>();
      const end = ended(child, (said) => ready.test(said) && heard.resolve(said));
      const said = await Promise.race([heard.promise, end.then(({ said: all }) => all)]);
      assert.match(said, ready);
      return { said, end: () => endGroup(child) };
    },
  });
  const seconds = (performance.now() - from) / 1000;
  counts.push({ task: name, place: place.name, pages: opened.size, commands, seconds });
  say(`${place.name}: ${name}: ${opened.size} pages, ${commands} commands, ${(seconds / 60).toFixed(1)} min`);
}

async function ended(child: ChildProcess, heard: (said: string) => unknown = () => {}) {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      heard(said);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

/** With all that it began. */
function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
}

/** The four tasks that need no service, as anybody does them. */
async function walk(place: Place, newspaper: Newspaper): Promise<void> {
  place.configure(newspaper.config({ archive: './archive', politeness: POLITENESS }).replace(/^seal:.*\n/m, ''));
  const [first, second] = newspaper.articles.filter(
    ({ era, wholeForm, lists, outcome }) =>
      era === 'cms-2026' && wholeForm && lists.length > 0 && outcome === 'archived',
  );
  assert.ok(first !== undefined && second !== undefined);
  const example = (command: string) =>
    command.replace(EXAMPLE, first.url).replace('guancha:623950', first.id).replace('guancha:904308', second.id);

  await task('archive one URL and read it', place, async ({ type, begin }) => {
    assert.match(await type(/ archive https:/, example), /✓ archived/);
    const { said, end } = await begin(/ serve --open/, /http:\/\/127\.0\.0\.1:\d+/);
    const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    const page = await (await fetch(`${origin}/articles/${first.id.replace(':', '/')}`)).text();
    end();
    assert.ok(page.includes(first.title));
  });

  await ended(place.spawn('guancha-archive crawl'));
  const whole = new URL(second.url).pathname.replace('.shtml', '_s.shtml');
  newspaper.put(whole, {
    body: newspaper.read(whole).replace(/(all-txt">[\s\S]*?<\/p>)/, '$1<p>更正：此前的数字有误。</p>'),
  });
  await ended(place.spawn(`guancha-archive archive --refresh ${second.url}`));
  await task('find what changed last week', place, async ({ type }) => {
    const changes = await type(/ changes --since 7d/);
    assert.match(changes, /1 edit,/);
    const [id = ''] = /guancha:\d+/.exec(changes) ?? [];
    assert.match(await type(/ diff |^guancha-archive history /, () => `guancha-archive diff ${id}`), /更正/);
  });

  await task('prove an article to somebody', place, async ({ type }) => {
    await type(/ prove .* proof\//, example);
    assert.match(await type(/^sh proof\/check\.sh/), /^OK/m);
  });

  const pictures = readdirSync(join(place.archive, 'assets'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jpg$/.test(name))
    .map((name) => join(place.archive, 'assets', name));
  const [document = '', halfWritten = ''] = readdirSync(join(place.archive, 'articles'), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((name) => /\.html$/.test(name))
    .sort();
  const bytes = readFileSync(join(place.archive, 'articles', document));
  bytes.fill('X', 900, 904);
  writeFileSync(join(place.archive, 'articles', document), bytes);
  truncateSync(join(place.archive, 'records', halfWritten.replace(/html$/, 'json')), 300);
  rmSync(pictures[0] ?? '');
  truncateSync(pictures[1] ?? '', 500);
  for (const name of readdirSync(place.archive))
    if (/^(?:frontier|catalog)\.sqlite/.test(name)) rmSync(join(place.archive, name));
  await task('build from a broken archive a whole one', place, async ({ type }) => {
    const found = await type(/ audit$/, undefined, 1);
    for (const code of ['document-changed', 'record-unreadable', 'picture-gone', 'picture-changed', 'frontier-missing'])
      assert.match(found, new RegExp(code));
    await type(/ repair$/, (command) => `${command} || [ $? = 3 ]`);
    assert.match(await type(/ audit$/), /✓ nothing is wrong/);
  });
}

/** The service, from the unit's own lines: systemd cannot run in a chroot, and so its sandbox is made of mounts and rights. */
async function serveAsService(box: string, newspaper: Newspaper): Promise<void> {
  for (const path of ['etc/guancha-archive', 'var/lib/guancha-archive', 'etc/cron.d/guancha-archive'])
    rmSync(join(box, path), { recursive: true, force: true });
  const root = inBox(box, 'root');
  const reader = inBox(box, 'member');
  spawnSync('chroot', [box, 'useradd', '-m', 'member']);
  const here = (command: string) =>
    command
      .replace(/\bsudo (?:-H -u \S+ )?/, '')
      .replace('"$(npm root -g)', '"/usr/local/lib/node_modules')
      .replace('"$USER"', 'member');
  await task('a schedule as a service', root, async ({ type }) => {
    await typeAll(type, here, [
      /^cd "\$\(npm/,
      /sysusers\.conf/,
      /systemd-sysusers$/,
      /deploy\/config\.yaml/,
      /guancha-archive\.service/,
    ]);
    await type(/systemctl enable/, () => 'systemd-analyze verify /etc/systemd/system/guancha-archive.service');
    const config = join(box, SERVICE);
    const stand = newspaper.config({ archive: '/var/lib/guancha-archive/archive', politeness: POLITENESS });
    writeFileSync(
      config,
      `${stand.replace(/^seal:.*\n/m, '')}${readFileSync(config, 'utf8').replace(/^archive:.*\n/m, '')}`,
    );
    const unit = readFileSync(join(box, 'etc/systemd/system/guancha-archive.service'), 'utf8');
    const child = spawn('sh', ['-c', SANDBOX, 'sh', box, /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? ''], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const heard = Promise.withResolvers<string>();
    const end = ended(child, (said) => /"outcome":"archived"/.test(said) && heard.resolve(said));
    try {
      await Promise.race([heard.promise, end.then(({ said }) => assert.fail(said))]);
      while (!existsSync(join(box, 'var/lib/guancha-archive/archive/catalog.sqlite'))) await sleep(500);
      await type(/usermod -aG/, here);
      for (const [line, told] of [
        [/ status$/, /\d+ archived/],
        [/ search 铁路/, /article/],
      ] as const) {
        const { code, said } = await ended(reader.spawn(`cd && ${await type(line, (command) => `echo ${command}`)}`));
        assert.equal(code, 0, said);
        assert.match(said, told);
        assert.doesNotMatch(said, /a catalog is made for this command alone/);
      }
    } finally {
      endGroup(child);
      await end;
    }
  });
}

/** One shell for all: the first changes the folder. */
async function typeAll(
  type: Stranger['type'],
  here: (command: string) => string,
  lines: readonly RegExp[],
): Promise<void> {
  let all = 'true';
  for (const line of lines) {
    let typed = '';
    await type(line, (command) => {
      typed = here(command);
      return `${all} && ${typed}`;
    });
    all = `${all} && ${typed}`;
  }
}

const SANDBOX = `exec unshare --mount --pid --ipc --fork sh -c '
C=$1
for d in var/lib/guancha-archive var/cache/guancha-archive run/guancha-archive; do
  mkdir -p $C/$d && chroot $C chown guancha-archive:guancha-archive /$d; done
mount --bind $C $C
for d in var/lib/guancha-archive var/cache/guancha-archive run/guancha-archive; do mount --bind $C/$d $C/$d; done
mount -o remount,bind,ro $C
mount -t proc -o hidepid=invisible proc $C/proc; mount --rbind /dev $C/dev
for d in tmp home root; do mount -t tmpfs tmpfs $C/$d; done
exec chroot $C /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/var/lib/guancha-archive XDG_CACHE_HOME=/var/cache \\
  setpriv --reuid=guancha-archive --regid=guancha-archive --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  sh -c "cd /var/lib/guancha-archive && umask 027 && exec $2"
' sh "$1" "$2"`;

function inBox(box: string, user: string): Place {
  const home = user === 'root' ? '/root' : `/home/${user}`;
  const inside = `mount -t proc proc ${box}/proc && mount --rbind /dev ${box}/dev && exec chroot ${box} /usr/bin/env -i HOME=${home} USER=${user} PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin setpriv --reuid=${user} --regid=${user} --init-groups sh -c 'cd && eval "$0"' "$1"`;
  return {
    name: 'a bare Debian',
    archive: join(box, home, 'archive'),
    spawn: (command) =>
      spawn('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', inside, 'sh', command], {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    configure: (text) => writeFileSync(join(box, home, 'crawl.config.yaml'), text),
  };
}

function inClone(folder: string): Place {
  const clone = join(folder, 'clone');
  assert.equal(spawnSync('git', ['clone', '-q', ROOT, clone]).status, 0);
  cpSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  return {
    name: 'a fresh clone',
    archive: join(clone, 'archive'),
    spawn: (command) =>
      spawn('sh', ['-c', command.replace(/\bguancha-archive (?=[a-z])/g, 'node bin/guancha-archive ')], {
        cwd: clone,
        detached: true,
        env: { ...process.env, XDG_DATA_HOME: join(folder, 'data') },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    configure: (text) => writeFileSync(join(clone, 'crawl.config.yaml'), text),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'guancha-tasks-'));
try {
  {
    await using newspaper = await openNewspaper({ articles: 10, specials: false });
    await walk(inClone(folder), newspaper);
  }
  if (values.box !== undefined) {
    const { box } = values;
    mkdirSync(dirname(join(box, SERVICE)), { recursive: true });
    await using newspaper = await openNewspaper({ articles: 10, specials: false });
    if (values.readme === 'README.md' || commandsOf('docs/schedule.md').length > 0)
      await serveAsService(box, newspaper);
    rmSync(join(box, SERVICE), { force: true });
    rmSync(join(box, 'home/member'), { recursive: true, force: true });
    spawnSync('chroot', [box, 'install', '-d', '-o', 'member', '-g', 'member', '/home/member']);
    await walk(inBox(box, 'member'), newspaper);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
say('\n| task | where | pages | commands | minutes |\n|---|---|---|---|---|');
for (const { task: name, place, pages, commands, seconds } of counts)
  say(`| ${name} | ${place} | ${pages} | ${commands} | ${(seconds / 60).toFixed(1)} |`);
