/** Where the tasks are tried: a fresh clone, and a bare Debian that has the package. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Newspaper } from '../newspaper/newspaper.ts';
import type { Place } from './stranger.ts';

const ROOT = join(import.meta.dirname, '../..');
const LOGIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The configuration that names the newspaper's addresses; seals are made as by default. */
export function configurationOf(newspaper: Newspaper, archive: string): string {
  const politeness = { intervalMs: 50, assetIntervalMs: 10, backoffMs: 500 };
  return newspaper.config({ archive, politeness }).replace(/^seal:.*\n/m, '');
}

export function inClone(folder: string): Place {
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

/** @param words environment variables in the place of those of a login @param network whether it has one */
export function inBox(box: string, user: string, words = [`PATH=${LOGIN_PATH}`], network = true): Place {
  const home = user === 'root' ? '/root' : user === 'member' ? '/home/member' : '/var/lib/guancha-archive';
  const inside = `mount -t proc proc ${box}/proc && mount --rbind /dev ${box}/dev && exec chroot ${box} /usr/bin/env -i HOME=${home} USER=${user} LOGNAME=${user} ${words.join(' ')} setpriv --reuid=${user} --regid=${user} --init-groups sh -c 'cd && eval "$0"' "$1"`;
  return {
    name: 'a bare Debian',
    archive: join(box, home, 'archive'),
    spawn: (command) =>
      spawn(
        'unshare',
        ['--mount', '--pid', '--fork', ...(network ? [] : ['--net']), 'sh', '-c', inside, 'sh', command],
        {
          detached: true,
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      ),
    configure: (text) => writeFileSync(join(box, home, 'crawl.config.yaml'), text),
  };
}
