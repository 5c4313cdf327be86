/**
 * A real server that speaks S3: Ceph's gateway over a cluster of one monitor and one store in memory, on loopback, with
 * everything in a temporary folder. Swift's own S3 interface (2.30) answers 501 to every write with a condition.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './servers.ts';

export const GATEWAY_KEYS = { id: 'archive', secret: 'not-a-secret-of-the-gateway' };

export interface Gateway extends AsyncDisposable {
  readonly endpoint: string;
}

const READY_MS = 60_000;

export async function startGateway(): Promise<Gateway> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'guancha-ceph-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['mon', 'osd', 'rgw']) await mkdir(join(folder, name));
  const [monitor, port] = [await freePort(), await freePort()];
  const id = randomUUID();
  const conf = join(folder, 'ceph.conf');
  const keyring = join(folder, 'keyring');
  await writeFile(conf, configuration({ id, folder, monitor, port }));
  const call = (program: string, ...args: readonly string[]) => finished(program, ['-c', conf, ...args]);

  finished('ceph-authtool', [keyring, '--create-keyring', '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *']);
  for (const name of ['client.admin', 'client.rgw.a', 'osd.0'])
    finished('ceph-authtool', [keyring, '--gen-key', '-n', name, '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *']);
  const map = join(folder, 'monmap');
  finished('monmaptool', ['--create', '--clobber', '--fsid', id, '--addv', 'a', `[v2:127.0.0.1:${monitor}]`, map]);
  call('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring);
  const stay = (program: string, ...args: readonly string[]) => {
    const child = spawn(program, ['-f', '-c', conf, ...args], { stdio: 'ignore' });
    cleanup.defer(async () => {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    });
  };
  stay('ceph-mon', '-i', 'a');
  call('ceph', '--connect-timeout', '30', 'auth', 'import', '-i', keyring);
  const store = randomUUID();
  call('ceph', '--connect-timeout', '30', 'osd', 'new', store);
  call('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', store);
  stay('ceph-osd', '-i', '0');
  stay('radosgw', '-n', 'client.rgw.a', '-k', keyring);
  const endpoint = `http://127.0.0.1:${port}`;
  await ready(endpoint);
  const user = ['--uid=archive', '--display-name=archive'];
  call(
    'radosgw-admin',
    'user',
    'create',
    ...user,
    `--access-key=${GATEWAY_KEYS.id}`,
    `--secret-key=${GATEWAY_KEYS.secret}`,
  );
  const kept = cleanup.move();
  return { endpoint, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function finished(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: READY_MS });
  if (error !== undefined || status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

async function ready(endpoint: string): Promise<void> {
  const until = performance.now() + READY_MS;
  for (;;) {
    const answer = await fetch(endpoint).catch(() => null); // it does not listen yet
    if (answer?.ok === true) return;
    if (performance.now() > until) throw new Error(`${endpoint}: the gateway does not answer`);
    await sleep(200);
  }
}

function configuration(of: {
  readonly id: string;
  readonly folder: string;
  readonly monitor: number;
  readonly port: number;
}): string {
  return `[global]
fsid = ${of.id}
mon host = v2:127.0.0.1:${of.monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail crit = 1
osd objectstore = memstore
memstore device bytes = 1073741824
run dir = ${of.folder}
admin socket = ${of.folder}/$name.asok
log file = ${of.folder}/$name.log
pid file = ${of.folder}/$name.pid
mon data = ${of.folder}/mon
osd data = ${of.folder}/osd
rgw data = ${of.folder}/rgw
keyring = ${of.folder}/keyring
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:${of.port}
rgw run sync thread = false
`;
}
