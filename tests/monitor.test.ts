/** Health and metrics over loopback and as a file: when all is well, when not, and when the engine hangs. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadConfig } from '../src/config.ts';
import { ArchiveError } from '../src/errors.ts';
import { parseListenAddress } from '../src/listen.ts';
import type { LogEvent } from '../src/log.ts';
import { type Monitor, openMonitor } from '../src/monitor/monitor.ts';
import { createMonitorState, type Health, type MonitorState } from '../src/monitor/state.ts';
import { temporaryFolder } from './support/command.ts';

const START = Date.parse('2026-10-14T08:00:00Z');
const STALE_MS = 900_000;
const ALARM = { source: '要闻', what: 'gave no article', since: '2026-10-14T07:00:00.000Z' };
const LOOPBACK = { host: '127.0.0.1', port: 0 };

interface Bench extends AsyncDisposable {
  readonly state: MonitorState;
  readonly monitor: Monitor;
  readonly turn: (timeMs: number) => void;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  readonly health: () => Promise<{ readonly status: number; readonly body: Health }>;
}

async function openBench(): Promise<Bench> {
  let now = START;
  const state = createMonitorState({ staleMs: STALE_MS, now: () => now });
  const monitor = await openMonitor({ listen: LOOPBACK, file: null, state, log: () => {} });
  const get = (path: string, init?: RequestInit) => fetch(`${monitor.origin}${path}`, init);
  return {
    state,
    monitor,
    turn: (timeMs) => {
      now += timeMs;
    },
    get,
    health: async () => {
      const response = await get('/healthz');
      return { status: response.status, body: (await response.json()) as Health };
    },
    [Symbol.asyncDispose]: () => monitor[Symbol.asyncDispose](),
  };
}

/** The samples of the text format: `name{labels}` to value. */
async function samples(bench: Bench): Promise<Map<string, number>> {
  const text = await (await bench.get('/metrics')).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('GET /healthz', () => {
  it('answers 200 when all is well', async () => {
    await using bench = await openBench();
    const { status, body } = await bench.health();
    assert.equal(status, 200);
    const at = new Date(START).toISOString();
    const queue = { waiting: 0, revisitsDue: 0, lagMs: 0 };
    const pauses: Health['pauses'] = [];
    assert.deepEqual(body, {
      ...{ status: 'ok', reasons: [], lastProgressAt: at, startedAt: at, at },
      ...{ queue, pauses, alarms: [] },
    });
  });

  it('shows the hosts that are left alone, until they may be asked again', async () => {
    await using bench = await openBench();
    const until = new Date(START + 120_000).toISOString();
    const pause = { host: 'www.guancha.cn', until, reason: 'status 503, as it asks' };
    bench.state.setPauses([pause]);
    const { status, body } = await bench.health();
    assert.deepEqual([status, body.status, body.pauses], [200, 'ok', [pause]]);
    const name =
      'guancha_archive_host_pause_end_timestamp_seconds{host="www.guancha.cn",reason="status 503, as it asks"}';
    assert.equal((await samples(bench)).get(name), (START + 120_000) / 1000);
    bench.turn(120_000);
    assert.deepEqual((await bench.health()).body.pauses, []);
  });

  it('answers 200 and says why when a source is broken, and forgets it when it is not', async () => {
    await using bench = await openBench();
    bench.state.setAlarms([ALARM]);
    const { status, body } = await bench.health();
    assert.deepEqual([status, body.status], [200, 'degraded']);
    assert.deepEqual(body.reasons, ['要闻: gave no article since 2026-10-14T07:00:00.000Z']);
    bench.state.setAlarms([]);
    assert.equal((await bench.health()).body.status, 'ok');
  });

  it('answers 503 when the engine hangs, to the millisecond, and 200 when it goes on', async () => {
    await using bench = await openBench();
    bench.turn(STALE_MS - 1);
    assert.equal((await bench.health()).status, 200);
    bench.turn(1);
    const { status, body } = await bench.health();
    assert.deepEqual([status, body.status, body.reasons], [503, 'failing', ['no progress for 900 s']]);
    assert.equal(body.lastProgressAt, new Date(START).toISOString());
    bench.state.beat();
    assert.equal((await bench.health()).status, 200);
  });

  it('says nothing but by the age of the last beat and the alarms', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('turn' as const), timeMs: fc.nat(STALE_MS) }),
      fc.record({ kind: fc.constant('beat' as const) }),
      fc.record({ kind: fc.constant('alarms' as const), count: fc.nat(2) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let now = START;
        let beatAt = START;
        let alarms = 0;
        const state = createMonitorState({ staleMs: STALE_MS, now: () => now });
        for (const each of steps) {
          if (each.kind === 'turn') now += each.timeMs;
          if (each.kind === 'beat') {
            state.beat();
            beatAt = now;
          }
          if (each.kind === 'alarms') {
            alarms = each.count;
            state.setAlarms(Array.from({ length: alarms }, () => ALARM));
          }
          const stale = now - beatAt >= STALE_MS;
          const { status, reasons } = state.health();
          assert.equal(status, stale ? 'failing' : alarms > 0 ? 'degraded' : 'ok');
          assert.equal(reasons.length, alarms + (stale ? 1 : 0));
        }
      }),
    );
  });
});

describe('GET /metrics', () => {
  it('counts what the engine reports to it', async () => {
    await using bench = await openBench();
    const { state } = bench;
    for (let i = 0; i < 3; i++) state.visited('archived');
    state.visited('link-out');
    state.requested('page');
    state.read('要闻', 'news');
    state.read('要闻', 'news');
    state.read('a"b\\c\nd', 'unread');
    state.setAlarms([ALARM]);
    state.setQueue({ waiting: 7, revisitsDue: 5, lagMs: 1500 });
    for (let minute = 1; minute <= 100; minute++) state.latency('要闻', minute * 60_000);
    const found = await samples(bench);
    const expected: Readonly<Record<string, number>> = {
      'guancha_archive_visits_total{outcome="archived"}': 3,
      'guancha_archive_visits_total{outcome="link-out"}': 1,
      'guancha_archive_requests_total{kind="page"}': 1,
      'guancha_archive_runs_total{source="要闻",result="news"}': 2,
      'guancha_archive_runs_total{source="a\\"b\\\\c\\nd",result="unread"}': 1,
      'guancha_archive_source_alarm{source="要闻",what="gave no article"}': 1,
      guancha_archive_urls_waiting: 7,
      guancha_archive_revisits_due: 5,
      guancha_archive_revisits_lag_seconds: 1.5,
      guancha_archive_healthy: 1,
      guancha_archive_last_progress_timestamp_seconds: START / 1000,
      'guancha_archive_discovery_latency_seconds_count{source="要闻"}': 100,
      'guancha_archive_discovery_latency_seconds_sum{source="要闻"}': 5050 * 60,
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(found.get(name), value, name);
    const quantile = (q: number) =>
      found.get(`guancha_archive_discovery_latency_seconds{quantile="${q}",source="要闻"}`) ?? Number.NaN;
    assert.ok(Math.abs(quantile(0.5) - 50.5 * 60) <= 60, String(quantile(0.5)));
    assert.ok(Math.abs(quantile(0.95) - 95.5 * 60) <= 60, String(quantile(0.95)));
    assert.ok((found.get('process_resident_memory_bytes') ?? 0) > 1e7);
    state.setAlarms([]);
    assert.equal(
      (await samples(bench)).has('guancha_archive_source_alarm{source="要闻",what="gave no article"}'),
      false,
    );
    assert.equal(
      (await samples(bench)).get('guancha_archive_visits_total{outcome="archived"}'),
      3,
      'asking counts nothing',
    );
  });

  it('names every metric by the conventions, with help and type', async () => {
    await using bench = await openBench();
    const response = await bench.get('/metrics');
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const types = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type]) => ({ name, type }));
    assert.ok(types.length >= 12);
    for (const { name, type } of types) {
      assert.match(name, /^(guancha_archive|process|nodejs)_[a-z_]+$/);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.match(text, new RegExp(`^# HELP ${name} \\S`, 'm'));
    }
  });

  it('belongs to its own monitor alone', async () => {
    await using one = await openBench();
    await using other = await openBench();
    one.state.visited('archived');
    assert.equal((await samples(other)).has('guancha_archive_visits_total{outcome="archived"}'), false);
  });
});

describe('the server', () => {
  it('knows two paths, GET and HEAD', async () => {
    await using bench = await openBench();
    const statusOf = async (path: string, method = 'GET') => (await bench.get(path, { method })).status;
    assert.equal(await statusOf('/healthz?x=1'), 200);
    for (const path of ['/', '/healthz/', '/metrics/x', '/../etc/passwd', '//healthz'])
      assert.equal(await statusOf(path), 404, path);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      assert.equal(await statusOf('/healthz', method), 405, method);
    }
    const head = await bench.get('/healthz', { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  });

  it('takes no large headers', async () => {
    await using bench = await openBench();
    const asked = request(`${bench.monitor.origin}/healthz`, { headers: { 'x-long': 'x'.repeat(8000) } }).end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume: () => void }];
    response.resume();
    assert.equal(response.statusCode, 431);
  });

  it('answers at once beside connections that say nothing, or little, however many', async () => {
    await using bench = await openBench();
    const port = Number(new URL(bench.monitor.origin ?? '').port);
    const slow: Socket[] = [];
    for (let i = 0; i < 120; i++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      if (i % 2 === 0) socket.write('GET /healthz HTTP/1.1\r\nx: ');
      slow.push(socket);
      if (i % 30 === 29) assert.equal((await bench.get('/healthz')).status, 200);
    }
    for (const socket of slow) socket.destroy();
  });

  it('ends with connections open', async () => {
    const bench = await openBench();
    const socket = connect(Number(new URL(bench.monitor.origin ?? '').port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('GET /healthz HT');
    const { promise: closed, resolve } = Promise.withResolvers<unknown>();
    socket.on('close', resolve);
    await bench[Symbol.asyncDispose]();
    await closed;
    await assert.rejects(bench.get('/healthz'));
  });

  it('says so where the address is taken', async () => {
    await using bench = await openBench();
    const { hostname: host, port } = new URL(bench.monitor.origin ?? '');
    const again = openMonitor({ listen: { host, port: Number(port) }, file: null, state: bench.state, log: () => {} });
    await assert.rejects(again, (error) => error instanceof ArchiveError && error.code === 'LISTEN_FAILED');
  });
});

describe('the health file', () => {
  it('is there at once, whole, and once more at the end', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'health.json');
    let now = START;
    const state = createMonitorState({ staleMs: STALE_MS, now: () => now });
    const read = async () => JSON.parse(await readFile(file, 'utf8')) as Health;
    {
      await using _monitor = await openMonitor({ listen: null, file, state, log: () => {} });
      assert.deepEqual(await read(), state.health());
      now += STALE_MS;
    }
    assert.equal((await read()).status, 'failing');
    assert.deepEqual(await readdir(folder.path), ['health.json']);
  });

  it('is written by a name that nobody can foresee, and takes away what a killed process left', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'health.json');
    const other = join(folder.path, 'other');
    await writeFile(other, 'another file');
    await symlink(other, `${file}.tmp`);
    await symlink(other, file);
    await writeFile(join(folder.path, '.health.json.0123456789ab.tmp'), '{');
    await writeFile(join(folder.path, '.health.json.of-mine.tmp'), '');
    const state = createMonitorState({ staleMs: STALE_MS, now: () => START });
    {
      await using _monitor = await openMonitor({ listen: null, file, state, log: () => {} });
    }
    assert.equal(await readFile(other, 'utf8'), 'another file');
    assert.equal((await lstat(file)).isFile(), true);
    const left = (await readdir(folder.path)).sort();
    assert.deepEqual(left, ['.health.json.of-mine.tmp', 'health.json', 'health.json.tmp', 'other']);
  });

  it('is written every 15 seconds, and a disk that refuses is reported once', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    await using folder = await temporaryFolder();
    const place = join(folder.path, 'run');
    await mkdir(place);
    const log: LogEvent[] = [];
    const asked: number[] = [];
    const state = createMonitorState({ staleMs: STALE_MS, now: () => START });
    const health = () => {
      asked.push(1);
      return state.health();
    };
    const file = join(place, 'health.json');
    {
      await using _monitor = await openMonitor({
        listen: null,
        file,
        state: { ...state, health },
        log: (event) => void log.push(event),
      });
      await rm(place, { recursive: true });
      t.mock.timers.tick(45_000);
    }
    assert.equal(asked.length, 5, 'at once, three times, and at the end');
    assert.deepEqual(
      log.map(({ level, stage }) => [level, stage]),
      [['warn', 'monitor']],
    );
  });

  it('lies beside its configuration, never in the archive', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'c.yaml');
    await writeFile(config, 'archive: a\nmonitor: { file: run/health.json }');
    assert.equal(loadConfig(config).monitor.file, join(folder.path, 'run/health.json'));
    await writeFile(config, 'archive: a\nmonitor: { file: a/health.json }');
    assert.throws(() => loadConfig(config), /monitor\.file: .*\/a\/health\.json lies in the archive/);
  });
});

describe('an address to listen on', () => {
  const cases: readonly [text: string, host: string | null, port: number][] = [
    ['127.0.0.1:9464', '127.0.0.1', 9464],
    ['[::1]:80', '::1', 80],
    ['localhost:0', 'localhost', 0],
    ['127.0.0.1', null, 0],
    [':9464', null, 0],
    ['::1:80', null, 0],
    ['a:65536', null, 0],
    ['http://a:80', null, 0],
    ['a b:80', null, 0],
  ];
  for (const [text, host, port] of cases) {
    it(`${text} is ${host === null ? 'none' : `${host}, ${port}`}`, () =>
      assert.deepEqual(parseListenAddress(text), host === null ? null : { host, port }));
  }
});
