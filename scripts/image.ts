/**
 * `npm run image`: builds the image of deploy/Dockerfile with docker, podman or buildah, whichever can be used here, and tries it
 * as deploy/compose.yaml starts it: by its own user, without rights, on a root that cannot be written, and without a network.
 * Buildah starts nothing but a command in the image's root: that the root is writable then, the last line says.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const IMAGE = 'guancha-archive';
const CONTAINER = 'guancha-archive-trial';
/** As deploy/compose.yaml has it. */
const LOCKED_IN = [
  ...['--read-only', '--tmpfs', '/tmp:size=512m,mode=1777', '--shm-size', '256m'],
  ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none'],
];

/** Until the health check finds the schedule well; then it has to end in order. Its list is read on 29 February. */
const SCHEDULE = `
printf '%s\\n' 'archive: /archive' 'monitor: { listen: "127.0.0.1:9464" }' \\
  'sources: [{ name: 头条, url: "https://www.guancha.cn/toutiao", cron: "0 0 29 2 *" }]' > /tmp/config.yaml
tini -s -- guancha-archive schedule --json --config /tmp/config.yaml & schedule=$!
until node /app/healthcheck.mjs; do kill -0 $schedule || exit 1; sleep 1; done
kill -TERM $schedule && wait $schedule && echo healthy`;

/** Words of a shell in the container, and what they have to print. */
const TRIALS: readonly (readonly [script: string, phrase: RegExp])[] = [
  ['id -un', /^guancha-archive$/m],
  ['tini -s -- guancha-archive version', /^guancha-archive \d/m],
  ['tini -s -- guancha-archive sources list', /头条/],
  ['tini -s -- guancha-archive demo --articles 4 --archive /tmp/demo', /✓ every listed article is as printed/],
  [SCHEDULE, /^healthy$/m],
];

interface Engine {
  readonly name: string;
  readonly build: readonly string[];
  /** Before and after all trials. */
  readonly begin: readonly string[] | null;
  readonly end: readonly string[] | null;
  /** The command line that runs a shell's words in the image. */
  readonly run: (script: string) => readonly string[];
  readonly isLockedIn: boolean;
}

const FROM_HERE = ['-f', 'deploy/Dockerfile', '-t', IMAGE, '.'];
const ran = (name: string) => (script: string) => [
  ...[name, 'run', '--rm', ...LOCKED_IN],
  ...['--entrypoint', 'sh', IMAGE, '-c', script],
];
/** Buildah's own isolation by chroot leaves a command in the machine's network. */
const WITHOUT_NETWORK = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];

const ENGINES: readonly Engine[] = [
  { name: 'docker', build: ['build', ...FROM_HERE], begin: null, end: null, run: ran('docker'), isLockedIn: true },
  // Of the other forms of an image none has a place for a health check.
  {
    name: 'podman',
    build: ['build', '--format', 'docker', ...FROM_HERE],
    begin: null,
    end: null,
    run: ran('podman'),
    isLockedIn: true,
  },
  {
    name: 'buildah',
    build: ['build', '--isolation', 'chroot', '--format', 'docker', ...FROM_HERE],
    begin: ['from', '--pull-never', '--name', CONTAINER, `localhost/${IMAGE}`],
    end: ['rm', CONTAINER],
    run: (script) => [
      ...[...WITHOUT_NETWORK, 'buildah', 'run', '--isolation', 'chroot', CONTAINER, '--'],
      ...['sh', '-c', script],
    ],
    isLockedIn: false,
  },
];

/** @param extra arguments for the build, such as `--pull-never` */
function tryImage(extra: readonly string[]): void {
  const engine = ENGINES.find(({ name }) => spawnSync(name, ['info'], { stdio: 'ignore' }).status === 0);
  if (engine === undefined) {
    say(`not built: none of ${ENGINES.map(({ name }) => name).join(', ')} can be used here`);
    process.exitCode = 1;
    return;
  }
  const { name, build, begin, end, run, isLockedIn } = engine;
  say(`${name} builds ${IMAGE}`);
  must(name, [...build.slice(0, 1), ...extra, ...build.slice(1)], 'inherit');
  if (begin !== null) must(name, begin);
  try {
    for (const [script, phrase] of TRIALS) {
      const [command = '', ...args] = run(script);
      const said = must(command, args);
      if (!phrase.test(said)) throw new Error(`${script}\n${said}\ndoes not say ${phrase}`);
      say(`✓ ${script.trim().split('\n').at(-1)}`);
    }
  } finally {
    if (end !== null) must(name, end);
  }
  say(
    isLockedIn ? 'all well, locked in as Compose does it' : `all well; not tried: a root that is read-only (${name})`,
  );
}

/** @returns what it printed @throws where it fails */
function must(command: string, args: readonly string[], output: 'inherit' | 'pipe' = 'pipe'): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', output, output],
  });
  if (status !== 0)
    throw new Error(
      `${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}\n${stdout ?? ''}${stderr ?? ''}`,
    );
  return stdout ?? '';
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (import.meta.main)
  try {
    tryImage(process.argv.slice(2));
  } catch (error) {
    say(`✗ ${(error as Error).message}`);
    process.exitCode = 1;
  }
