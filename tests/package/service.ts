/** The schedule for months, by the lines that docs/schedule.md prints for systemd and for cron, in a bare Debian. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Newspaper } from '../newspaper/newspaper.ts';
import { configurationOf, inBox } from './places.ts';
import { ended, endGroup, exampleOf, type Stranger, type Tasks, typeAll } from './stranger.ts';

const SERVICE = '/etc/guancha-archive/config.yaml';
const UNIT = 'etc/systemd/system/guancha-archive.service';
const CRON = 'etc/cron.d/guancha-archive';

/** The service, from the unit's own lines: systemd cannot run in a chroot, and so its sandbox is made of mounts and rights. */
export async function serveAsService({ task }: Tasks, box: string, newspaper: Newspaper): Promise<void> {
  makeAnew(box);
  const admin = inBox(box, 'member');
  const run = () =>
    spawn('sh', ['-c', SANDBOX, 'sh', box, wordsOf(box, UNIT, /^ExecStart=(.*)$/m)], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  await task('a schedule as a service', admin, async ({ type, begin }) => {
    await typeAll(type, [
      /^cd "\$\(npm/,
      /sysusers\.conf/,
      /systemd-sysusers$/,
      /deploy\/config\.yaml/,
      /archive\.service/,
    ]);
    await type(/systemctl enable/, () => `systemd-analyze verify /${UNIT}`);
    configureService(box, newspaper);
    const child = run();
    const heard = Promise.withResolvers<string>();
    const end = ended(child, (said) => /"outcome":"archived"/.test(said) && heard.resolve(said));
    try {
      await Promise.race([heard.promise, end.then(({ said }) => assert.fail(said))]);
      while (!existsSync(join(box, 'var/lib/guancha-archive/archive/catalog.sqlite'))) await sleep(500);
      await type(/usermod -aG/);
      await readAsMember(type, begin);
      const [article] = newspaper.articles;
      assert.ok(article !== undefined);
      assert.match(await type(/^sudo -H -u guancha-archive/, exampleOf(article)), /^(?:✓ archived|= unchanged) /m);
    } finally {
      endGroup(child);
      await end;
    }
  });
}

/** The same by cron: its line is run by the shell, as the user and in the surroundings that cron(8) would give it. */
export async function crawlByCron({ task }: Tasks, box: string, newspaper: Newspaper): Promise<void> {
  makeAnew(box);
  const admin = inBox(box, 'member');
  await task('a schedule by cron', admin, async ({ type, begin }) => {
    await typeAll(type, [
      /^cd "\$\(npm/,
      /useradd --system/,
      /install -d -m 750/,
      /deploy\/config\.yaml/,
      /deploy\/cron/,
    ]);
    configureService(box, newspaper);
    const [, user = '', line = ''] =
      /^[\d*/]+(?: [\d*/]+){4} (\S+) (.*)$/m.exec(readFileSync(join(box, CRON), 'utf8')) ?? [];
    const words = ['SHELL', 'PATH'].map((name) => `${name}=${wordsOf(box, CRON, new RegExp(`^${name}=(.*)$`, 'm'))}`);
    const { code, said } = await ended(inBox(box, user, words).spawn(line));
    const log = readFileSync(join(box, 'var/lib/guancha-archive/crawl.log'), 'utf8');
    assert.equal(code, 0, `${said}${log}`);
    assert.match(log, /"outcome":"archived"/);
    await type(/usermod -aG/);
    await readAsMember(type, begin);
  });
}

/** What somebody of the group does. */
async function readAsMember(type: Stranger['type'], begin: Stranger['begin']): Promise<void> {
  for (const [line, told] of [
    [/^guancha-archive status$/, /\d+ archived/],
    [/^guancha-archive search 铁路/, /article/],
  ] as const) {
    const said = await type(line);
    assert.match(said, told);
    assert.doesNotMatch(said, /a catalog is made for this command alone/);
  }
  const { said, end } = await begin(/^guancha-archive serve --open/, /http:\/\/127\.0\.0\.1:\d+/);
  const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
  assert.equal((await fetch(origin)).status, 200);
  end();
}

/** A machine that never had the service, and somebody who may become root. */
export function makeAnew(box: string): void {
  for (const path of [
    'etc/guancha-archive',
    'var/lib/guancha-archive',
    'var/cache/guancha-archive',
    'home/member',
    UNIT,
    CRON,
  ])
    rmSync(join(box, path), { recursive: true, force: true });
  for (const name of ['guancha-archive', 'member']) spawnSync('chroot', [box, 'userdel', name]);
  spawnSync('chroot', [box, 'groupdel', 'guancha-archive']);
  assert.equal(spawnSync('chroot', [box, 'useradd', '-m', 'member']).status, 0);
  writeFileSync(join(box, 'etc/sudoers.d/member'), 'member ALL=(ALL) NOPASSWD: ALL\n');
}

function configureService(box: string, newspaper: Newspaper): void {
  const config = join(box, SERVICE);
  const own = readFileSync(config, 'utf8').replace(/^archive:.*\n/m, '');
  writeFileSync(config, `${configurationOf(newspaper, '/var/lib/guancha-archive/archive')}${own}`);
}

function wordsOf(box: string, path: string, pattern: RegExp): string {
  const [, words = ''] = pattern.exec(readFileSync(join(box, path), 'utf8')) ?? [];
  return words;
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
