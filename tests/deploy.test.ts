/** What lies in deploy/ fits the program: every command, flag, path, port and exit code that it names is there. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { loadConfig } from '../src/config.ts';
import { EXIT } from '../src/errors.ts';
import { parseListenAddress } from '../src/listen.ts';
import { openMonitor } from '../src/monitor/monitor.ts';
import { createMonitorState } from '../src/monitor/state.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { commandNames, run, temporaryFolder } from './support/command.ts';

const ROOT = join(import.meta.dirname, '..');
const DEPLOY = join(ROOT, 'deploy');
const INSTALLED = '/usr/local/bin/guancha-archive';
const CONFIG = '/etc/guancha-archive/config.yaml';

const file = (name: string) => readFileSync(join(DEPLOY, name), 'utf8');
const service = unit('systemd/guancha-archive.service');
const crawlService = unit('systemd/guancha-archive-crawl.service');
const timer = unit('systemd/guancha-archive-crawl.timer');
const dockerfile = instructions();
const compose = parse(file('compose.yaml')) as Compose;
const cron = file('cron')
  .split('\n')
  .filter((line) => /^\S+ \S+ \S+ \S+ \S+ /.test(line) && !line.startsWith('#'));

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly build: { readonly context: string; readonly dockerfile: string };
        readonly volumes: readonly string[];
        readonly ports: readonly string[];
        readonly healthcheck: { readonly test: readonly string[] };
        readonly [key: string]: unknown;
      }
    >
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** Every `Key=value` of a unit file; a key that stands there twice has two values. */
function unit(name: string): (key: string) => readonly string[] {
  const lines = file(name).split('\n');
  return (key) => lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
}

/** The Dockerfile's instructions, continued lines joined. */
function instructions(): readonly { readonly name: string; readonly rest: string }[] {
  const text = file('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ');
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
}

function all(name: string): string[] {
  return dockerfile.filter((each) => each.name === name).map(({ rest }) => rest);
}

function last(name: string): string {
  return all(name).at(-1) ?? assert.fail(`no ${name}`);
}

/** Every command line of the program that deploy/ runs or advises. */
const commandLines: readonly (readonly [where: string, words: readonly string[]])[] = [
  ['guancha-archive.service', service('ExecStart').join(' ').split(' ').slice(1)],
  ['guancha-archive-crawl.service', crawlService('ExecStart').join(' ').split(' ').slice(1)],
  ['Dockerfile', JSON.parse(last('CMD')) as string[]],
  ['compose.yaml', /exec archive guancha-archive (.+)$/m.exec(file('compose.yaml'))?.[1]?.split(' ') ?? []],
  ...cron.map(
    (line) => ['cron', line.slice(line.indexOf(INSTALLED)).split(' >>')[0]?.split(' ').slice(1) ?? []] as const,
  ),
];

describe('deploy/', () => {
  let commands: readonly string[];
  before(async () => {
    commands = await commandNames();
  });

  it('holds what is tried here, and nothing else', () => {
    assert.deepEqual(readdirSync(DEPLOY, { recursive: true }).sort(), [
      '.gitignore',
      'Dockerfile',
      'Dockerfile.dockerignore',
      'cluster.config.yaml',
      'completions',
      'completions/_guancha-archive',
      'completions/guancha-archive.bash',
      'completions/guancha-archive.fish',
      'completions/guancha-archive.ps1',
      'compose.cluster.yaml',
      'compose.config.yaml',
      'compose.yaml',
      'config.yaml',
      'cron',
      'healthcheck.mjs',
      'kubernetes',
      'kubernetes/config.yaml',
      'kubernetes/init.yaml',
      'kubernetes/reader.yaml',
      'kubernetes/schedule.yaml',
      'kubernetes/seal.yaml',
      'kubernetes/worker.yaml',
      'systemd',
      'systemd/guancha-archive-crawl.service',
      'systemd/guancha-archive-crawl.timer',
      'systemd/guancha-archive.service',
      'systemd/guancha-archive.sysusers.conf',
    ]);
    assert.equal(cron.length, 1);
  });

  for (const [where, [command = '', ...words]] of commandLines) {
    it(`names a command and flags that there are: ${where}, ${command}`, async () => {
      assert.ok(commands.includes(command), command);
      const help = (await run([command, '--help'])).stdout;
      for (const word of words.filter((each) => each.startsWith('--'))) assert.ok(help.includes(`  ${word}`), word);
      if (words.includes('--config')) assert.equal(words[words.indexOf('--config') + 1], CONFIG);
    });
  }
});

describe('the configurations', () => {
  const hosts = [
    { name: 'config.yaml', archive: '/var/lib/guancha-archive/', host: '127.0.0.1' },
    { name: 'compose.config.yaml', archive: '/archive', host: '0.0.0.0' },
  ];
  for (const { name, archive, host } of hosts) {
    it(`${name} is valid, and its places are those of the services`, () => {
      const config = loadConfig(join(DEPLOY, name));
      assert.ok(config.archive.startsWith(archive), config.archive);
      assert.deepEqual(parseListenAddress(config.monitor.listen ?? ''), { host, port: 9464 });
      assert.ok(config.monitor.file === null || config.monitor.file.startsWith('/run/guancha-archive/'));
    });
  }
});

describe('the configurations, which may hold passwords', () => {
  it('are nobody’s to read but the program’s', () => {
    assert.match(file('systemd/guancha-archive.service'), /install -D -m 640 -g guancha-archive deploy\/config\.yaml/);
    assert.match(all('COPY').join('\n'), /--chown=root:guancha-archive --chmod=640 deploy\/compose\.config\.yaml/);
    assert.match(file('compose.config.yaml'), /chmod 640/);
    assert.match(cron[0] ?? '', / umask 027; /);
    assert.deepEqual([service('UMask'), crawlService('UMask')], [['0027'], ['0027']]);
  });
});

describe('the systemd units', () => {
  const MUST = {
    NoNewPrivileges: 'yes',
    ProtectSystem: 'strict',
    ReadWritePaths: '/var/lib/guancha-archive /var/cache/guancha-archive',
    StateDirectory: 'guancha-archive',
    CacheDirectory: 'guancha-archive',
    ProtectHome: 'yes',
    PrivateTmp: 'yes',
    CapabilityBoundingSet: '',
    MemoryMax: '2G',
    User: 'guancha-archive',
    KillMode: 'mixed', // the browser lives until the article in hand is done
    KillSignal: 'SIGTERM',
    TimeoutStopSec: '5min',
  };
  for (const [name, read] of Object.entries({ schedule: service, crawl: crawlService })) {
    it(`${name}: locked in, and ended gently`, () => {
      for (const [key, value] of Object.entries(MUST)) assert.deepEqual(read(key), [value], key);
      assert.equal(read('WatchdogSec').length, 0, 'the program does not speak sd_notify');
      assert.equal(read('ExecStart')[0]?.split(' ')[0], INSTALLED);
    });
  }

  it('name exit codes for what they mean', () => {
    const codes = (read: typeof service, key: string) => read(key).flatMap((value) => value.split(' ').map(Number));
    assert.deepEqual(codes(service, 'RestartPreventExitStatus'), [EXIT.usage, EXIT.noBrowser]);
    assert.deepEqual(codes(service, 'SuccessExitStatus'), [EXIT.interrupted]);
    assert.deepEqual(codes(crawlService, 'SuccessExitStatus'), [EXIT.incomplete, EXIT.archiveInUse, EXIT.interrupted]);
    assert.deepEqual(service('Restart'), ['on-failure']);
  });

  it('reload by SIGHUP', () => assert.deepEqual(service('ExecReload'), [`/bin/sh -c 'kill -HUP "$MAINPID"'`]));

  it('have a timer for the crawl that catches up once', () => {
    assert.deepEqual(timer('Persistent'), ['yes']);
    assert.match(timer('OnCalendar')[0] ?? '', / Asia\/Shanghai$/);
  });

  const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  const isHere = analyze('--version').status === 0;
  it('pass systemd-analyze verify', { skip: isHere ? false : 'systemd-analyze is not here' }, async () => {
    await using folder = await temporaryFolder();
    const names = readdirSync(join(DEPLOY, 'systemd')).filter((name) => /\.(service|timer)$/.test(name));
    const paths = names.map((name) => join(folder.path, name));
    for (const [index, path] of paths.entries()) {
      // The program need not be installed where this is tried.
      await writeFile(path, file(`systemd/${names[index]}`).replaceAll(INSTALLED, process.execPath));
      await chmod(path, 0o644);
    }
    const { status, stderr, stdout } = analyze('verify', ...paths);
    assert.deepEqual([status, stdout + stderr], [0, '']);
  });
});

describe('the image', () => {
  it('copies what there is, and what the context lets through', () => {
    const ignore = file('Dockerfile.dockerignore').split('\n').filter(Boolean);
    assert.equal(ignore.shift(), '*');
    const sources = all('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1))
      .filter((word) => !word.startsWith('--'));
    for (const source of sources) assert.ok(existsSync(join(ROOT, source)), source);
    assert.deepEqual([...new Set(sources)].sort(), ignore.map((line) => line.slice(1)).sort());
  });

  it('has the Node.js that the package pins, in both stages', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly optionalDependencies: Readonly<Record<string, string>>;
    };
    const [pinned] = new Set(Object.values(optionalDependencies));
    const images = all('FROM').map((rest) => rest.split(' ')[0]);
    assert.deepEqual(images, [`node:${pinned}-bookworm-slim`, `node:${pinned}-bookworm-slim`]);
  });

  it('is nobody’s root, has an init, a health check and a place for the archive', () => {
    assert.equal(last('USER'), 'guancha-archive');
    assert.deepEqual((JSON.parse(last('ENTRYPOINT')) as string[]).slice(0, 3), ['tini', '-s', '--']);
    const [archive, data] = last('VOLUME').split(' ');
    assert.equal(archive, loadConfig(join(DEPLOY, 'compose.config.yaml')).archive);
    assert.match(last('ENV'), new RegExp(` XDG_DATA_HOME=${data}$`));
    assert.equal(last('EXPOSE'), '9464 8427');
    assert.match(last('HEALTHCHECK'), /CMD \["node", "\/app\/healthcheck\.mjs"\]$/);
    assert.match(last('RUN'), /chromium-headless-shell .*tini/);
  });

  it('is started by compose in the same way, locked in', () => {
    const archive = compose.services.archive ?? assert.fail('no service');
    assert.equal(join(DEPLOY, archive.build.context, archive.build.dockerfile), join(DEPLOY, 'Dockerfile'));
    assert.deepEqual(archive.healthcheck.test, ['CMD', 'node', '/app/healthcheck.mjs']);
    assert.deepEqual(archive.ports, ['127.0.0.1:9464:9464']);
    const [files = '', data = '', config = ''] = archive.volumes;
    for (const each of [files, data]) assert.ok((each.split(':')[0] ?? '') in compose.volumes, each);
    assert.deepEqual(
      [files, data].map((each) => each.split(':')[1]),
      last('VOLUME').split(' '),
    );
    assert.ok(existsSync(resolve(DEPLOY, config.split(':')[0] ?? '')));
    assert.equal(config.split(':')[1], CONFIG);
    const must = { read_only: true, cap_drop: ['ALL'], stop_grace_period: '5m', mem_limit: '2g', init: false };
    for (const [key, value] of Object.entries(must)) assert.deepEqual(archive[key], value, key);
  });

  it('is found well where /healthz says so, and unwell where it does not or nobody answers', async () => {
    let now = 0;
    const state = createMonitorState({ staleMs: 1000, now: () => now });
    const monitor = await openMonitor({ listen: { host: '127.0.0.1', port: 0 }, file: null, state, log: () => {} });
    const check = async () => {
      const child = spawn(process.execPath, [join(DEPLOY, 'healthcheck.mjs'), `${monitor.origin}/healthz`]);
      const [code] = (await once(child, 'exit')) as [number];
      return code;
    };
    assert.equal(await check(), 0);
    now = 1000;
    assert.equal(await check(), 1);
    await monitor[Symbol.asyncDispose]();
    assert.equal(await check(), 1);
  });
});

describe('the line for cron', () => {
  it('crawls in the environment that cron gives', async () => {
    await using newspaper = await openNewspaper({ articles: 8, specials: false });
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.yaml');
    const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0 };
    await writeFile(config, newspaper.config({ archive: './archive', politeness }));
    await mkdir(join(folder.path, 'log'));
    const [line = ''] = cron;
    const command = line
      .slice(line.indexOf('HOME='))
      .replace('HOME=/var/lib/guancha-archive', `HOME=${homedir()}`) // where this machine's browser is unpacked
      .replaceAll(INSTALLED, join(ROOT, 'bin/guancha-archive'))
      .replaceAll(CONFIG, config)
      .replaceAll('/var/lib/guancha-archive/', `${folder.path}/log/`);
    const path = /^PATH=(.+)$/m.exec(file('cron'))?.[1];
    const env = { SHELL: '/bin/sh', PATH: `${dirname(process.execPath)}:${path}`, LOGNAME: 'guancha-archive' };
    const child = spawn('/bin/sh', ['-c', command], { env, cwd: '/', stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number];
    const log = await readFile(join(folder.path, 'log/crawl.log'), 'utf8');
    assert.equal(code, 0, log);
    assert.match(log, /"outcome":"archived"/);
  });
});
