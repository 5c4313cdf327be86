/** The bad surroundings: what is done to the world, the environment and the streams of a command, and what it may end with. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { EXIT } from '../../../src/errors.ts';
import { ARCHIVED } from '../../support/mistakes/cases.ts';
import { HARMLESS, treeOf } from '../../support/mistakes/world.ts';

type Undo = () => void;

export interface Surrounding {
  readonly name: string;
  /**
   * Changes the world at a path, before a command runs in it.
   * @returns what takes it back; null where this user may not do it
   */
  readonly prepare?: (at: string) => Undo | null | Promise<Undo>;
  readonly env?: (at: string) => Readonly<Record<string, string | undefined>>;
  /** Where the stream goes; a pipe that is read where absent. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** False where one of the two is lost, so that what was said cannot be judged. */
  readonly hasStreams?: false;
  /** stdout is closed behind the first piece that comes. */
  readonly readsNoFurther?: true;
  /** A line of bash that starts the program by `exec "$@"`. */
  readonly shell?: string;
  readonly signal?: { readonly name: NodeJS.Signals; readonly afterMs: (argv: readonly string[]) => number };
  /** True where also what serves or waits for months ends by itself. */
  readonly endsAll?: true;
  /** False where `--json` is not given. */
  readonly json?: false;
  /** By command: other calls than the usual one, and no others. */
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  /** What a command may end with besides what it usually does, and where it does not matter what that is. */
  readonly exits: 'as usual' | 'as usual, or 9' | readonly number[];
  /** What commands that only read end with, where it is more narrow. */
  readonly readers?: 'as usual' | readonly number[];
}

/** Commands that need to write nothing in the archive: they end as usual where they cannot. */
export const READERS: ReadonlySet<string> = new Set([
  'serve',
  'search',
  'list',
  'history',
  'diff',
  'changes',
  'letter',
  'export',
  'copy',
  'audit',
  'verify',
  'corroborate',
  'manifest',
  'reproduce',
  'extract',
  'status',
  'sources',
  'coverage',
  'repair', // with --dry-run
  'quarantine',
  'vocabulary',
  'orders',
  'doctor',
  'completion',
  'version',
  'init',
  'cluster',
]);

/** What a command that ends well leaves behind, besides what it writes into the archive. */
const MAKES: Readonly<Record<string, RegExp>> = {
  audit: /^full\/audits(?:\/|$)/,
  export: /^out\.csv$/,
  copy: /^copied(?:\/|$)/,
  prove: /^(?:proof(?:\/|$)|key\.pem|seen)/,
  init: /^(?:made|taken)(?:\/|$)/,
  demo: /^demo(?:\/|$)/,
  seal: /^(?:key\.pem|seen)/,
  start: /^(?:key\.pem|seen)/,
  crawl: /^(?:key\.pem|seen)/,
  schedule: /^(?:key\.pem|seen)/,
};
/** The catalogue that a search brings up to date, and what SQLite keeps beside a database. */
const OF_SQLITE = /^full\/(?:catalog\.sqlite|[\w.]+\.sqlite-(?:shm|wal))$/;

/** Whether a command may make or change a path of the world. */
export function mayChange(
  path: string,
  { name, hadArchive }: { readonly name: string; readonly hadArchive: boolean },
): boolean {
  if (MAKES[name]?.test(path) === true) return true;
  if (!/^full(?:\/|$)/.test(path)) return false;
  if (OF_SQLITE.test(path)) return hadArchive;
  return hadArchive && !READERS.has(name);
}

/** @param usual what the same call ends with where all is well */
export function allowedExits({
  name,
  surrounding: { exits, readers },
  usual,
}: {
  readonly name: string;
  readonly surrounding: Surrounding;
  readonly usual: number | null;
}): readonly number[] | null {
  if (usual === null) return null;
  const which = READERS.has(name) && readers !== undefined ? readers : exits;
  if (which === 'as usual') return [usual];
  if (which === 'as usual, or 9') return [usual === EXIT.ok ? EXIT.outputLost : usual];
  return [usual, ...which];
}

const REFUSED = [EXIT.archiveNotWritable, EXIT.usage, EXIT.incomplete];

function modes(at: string, { files, folders }: { readonly files: number; readonly folders: number }): () => void {
  const root = join(at, 'full');
  const paths = [...treeOf(root)].map(([path, what]) => [join(root, path), what] as const).reverse();
  for (const [path, what] of paths) chmodSync(path, what === 'folder' ? folders : files);
  chmodSync(root, folders);
  return () => {};
}

/** A small disk that is full, over a folder. */
function full(at: string, folder: string): (() => void) | null {
  const path = join(at, folder);
  const kept = join(at, 'kept');
  cpSync(path, kept, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0777', 'none', path]);
  if (mounted.status !== 0) {
    rmSync(kept, { recursive: true });
    return null;
  }
  for (const name of readdirSync(kept)) cpSync(join(kept, name), join(path, name), { recursive: true });
  rmSync(kept, { recursive: true });
  try {
    writeFileSync(join(path, 'ballast'), Buffer.alloc(1 << 21));
  } catch {
    // full, as it has to be
  }
  spawnSync('chown', ['-R', '65534:65534', path]);
  return () => {
    spawnSync('umount', [path]);
  };
}

const nothing = () => {};

function signalled(name: NodeJS.Signals): Surrounding {
  return {
    name: `signal ${name}`,
    signal: { name, afterMs: (argv) => 30 + ((argv.join(' ').length * 37 + name.length * 91) % 270) },
    exits: [EXIT.interrupted],
    json: false,
  };
}

const OUT = ['export csv AT/full/out.csv', 'export csv AT/plain', 'export json AT/plain/file.txt/x'];

export const SURROUNDINGS: readonly Surrounding[] = [
  { name: 'usual', exits: 'as usual' },
  {
    name: 'archive read-only',
    prepare: (at) => modes(at, { files: 0o444, folders: 0o555 }),
    exits: REFUSED,
    readers: 'as usual',
  },
  { name: 'archive unreadable', prepare: (at) => modes(at, { files: 0, folders: 0 }), exits: REFUSED },
  {
    name: 'files of the archive unreadable',
    prepare: (at) => modes(at, { files: 0, folders: 0o755 }),
    exits: [...REFUSED, EXIT.findings],
  },
  {
    name: 'folder of the archive not writable',
    prepare: (at) => {
      chmodSync(join(at, 'full'), 0o555);
      chmodSync(at, 0o555);
      return nothing;
    },
    exits: REFUSED,
  },
  {
    name: 'no archive, and none can be made',
    prepare: (at) => {
      rmSync(join(at, 'full'), { recursive: true });
      chmodSync(at, 0o555);
      return nothing;
    },
    exits: REFUSED,
  },
  {
    name: 'no archive',
    prepare: (at) => {
      rmSync(join(at, 'full'), { recursive: true });
      return nothing;
    },
    exits: REFUSED,
  },
  { name: 'stdout full', hasStreams: false, stdout: '/dev/full', exits: 'as usual, or 9' },
  { name: 'stderr full', hasStreams: false, stderr: '/dev/full', exits: 'as usual' },
  { name: 'stdout closed early', hasStreams: false, readsNoFurther: true, exits: 'as usual', json: false },
  { name: 'stdin closed', shell: 'exec "$@" <&-', exits: 'as usual' },
  // Node.js opens /dev/null in its place.
  { name: 'stdout closed', hasStreams: false, shell: 'exec "$@" >&-', exits: 'as usual' },
  { name: 'stderr closed', hasStreams: false, shell: 'exec "$@" 2>&-', exits: 'as usual' },
  {
    name: 'folder gone',
    shell: 'mkdir tmp/gone && cd tmp/gone && rmdir ../gone && exec "$@"',
    exits: [EXIT.archiveNotWritable],
  },
  { name: 'no HOME', env: () => ({ HOME: undefined }), exits: [EXIT.archiveNotWritable], readers: 'as usual' },
  {
    name: 'HOME not writable',
    prepare: (at) => {
      chmodSync(join(at, 'home'), 0o555);
      return nothing;
    },
    exits: [EXIT.archiveNotWritable],
    readers: 'as usual',
  },
  {
    name: 'HOME missing',
    env: () => ({ HOME: '/nosuch/home' }),
    exits: [EXIT.archiveNotWritable],
    readers: 'as usual',
  },
  { name: 'TMPDIR missing', env: () => ({ TMPDIR: '/nosuch/tmp' }), exits: [EXIT.archiveNotWritable] },
  { name: 'language and time zone', env: () => ({ LANG: 'C', LC_ALL: 'C', TZ: 'Nonsense/Zone' }), exits: 'as usual' },
  { name: 'archive on a full disk', prepare: (at) => full(at, 'full'), exits: REFUSED, readers: 'as usual' },
  { name: 'TMPDIR on a full disk', prepare: (at) => full(at, 'tmp'), exits: [EXIT.archiveNotWritable] },
  {
    name: 'proxy wrong',
    env: () => ({ HTTPS_PROXY: 'nonsense://[', HTTP_PROXY: 'nonsense://[', ALL_PROXY: '%' }),
    exits: [EXIT.usage, EXIT.incomplete],
  },
  {
    name: 'target taken',
    prepare: (at) => {
      mkdirSync(join(at, 'taken'));
      writeFileSync(join(at, 'taken/file.txt'), 'text');
      return nothing;
    },
    calls: {
      export: OUT,
      copy: ['copy AT/full AT/taken', 'copy AT/full AT/full/in', 'copy AT/full AT/page.html', 'copy AT/full AT/full'],
      prove: [`prove ${ARCHIVED} AT/taken`, `prove ${ARCHIVED} AT/full/in`, `prove ${ARCHIVED} AT/page.html`],
      init: ['init AT/taken --yes', 'init AT/page.html --yes'],
      letter: [
        'letter 2026-10 --html AT/plain',
        'letter 2026-10 --html AT/full/letter.html',
        'letter 2026-10 --html AT/page.html/x',
      ],
      audit: ['audit --html AT/plain', 'audit --html AT/full/audit.html', 'audit --html AT/nosuch/audit.html'],
    },
    exits: [EXIT.usage, EXIT.archiveNotWritable, EXIT.incomplete],
  },
  {
    name: 'port taken',
    endsAll: true,
    prepare: async (at) => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const source = 'sources: [{ name: a, url: "https://www.guancha.cn/" }]';
      const taken = `monitor: { listen: "127.0.0.1:${port}" }\nserve: { port: ${port} }\n`;
      writeFileSync(join(at, 'config.yaml'), HARMLESS.replace('sources: []', source) + taken);
      return () => server.close();
    },
    calls: { serve: ['serve'], schedule: ['schedule'] },
    exits: [EXIT.usage, EXIT.archiveNotWritable, EXIT.incomplete],
  },
  signalled('SIGINT'),
  signalled('SIGTERM'),
  signalled('SIGHUP'),
];
