/** Notices reach the owner's hooks: at least once, after every kind of failure, and past receivers that mean harm. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../src/clock.ts';
import { NOTICE_KINDS } from '../src/config.ts';
import { openOperations } from '../src/frontier/operations.ts';
import type { LogEvent } from '../src/log.ts';
import type { Delivery } from '../src/notify/answer.ts';
import { createHook, type Hook } from '../src/notify/hook.ts';
import { deliveryId, identityOf, type Notice, sampleNotices } from '../src/notify/notice.ts';
import { createNotifier, MOST_ATTEMPTS, type Notifier } from '../src/notify/notifier.ts';
import { run, temporaryFolder } from './support/command.ts';
import { openReceiver } from './support/receiver.ts';

const START = Date.parse('2026-10-14T08:00:00Z');
const never = new AbortController().signal;
const everything = [...NOTICE_KINDS];
const [published, edited] = sampleNotices(START) as [Notice, Notice];

/** Stands still until it is turned. */
function handClock(): Clock & { turn(timeMs: number): void } {
  let now = START;
  return {
    now: () => now,
    sleep: async () => {},
    turn: (timeMs) => {
      now += timeMs;
    },
  };
}

interface Bench extends Disposable {
  readonly notifier: Notifier;
  readonly log: readonly LogEvent[];
  readonly waiting: () => number;
  readonly givenUp: () => readonly { readonly on: string; readonly error: string; readonly attempts: number }[];
}

function open(archive: string, hooks: readonly Hook[], clock: Clock): Bench {
  const operations = openOperations(archive, { now: clock.now });
  const log: LogEvent[] = [];
  const notifier = createNotifier({
    hooks,
    outbox: operations.journal.outbox,
    clock,
    log: (event) => void log.push(event),
    random: () => 0,
  });
  return {
    notifier,
    log,
    waiting: () => operations.journal.outbox.waiting(),
    givenUp: () => operations.journal.outbox.givenUp(1000),
    [Symbol.dispose]: () => operations[Symbol.dispose](),
  };
}

const webhook = (url: string, timeoutMs = 5000) => createHook({ on: everything, webhook: url }, { timeoutMs });
const command = (argv: readonly string[], timeoutMs = 20_000) =>
  createHook({ on: everything, command: [...argv] }, { timeoutMs });
const node = (source: string, ...rest: string[]) => [process.execPath, '-e', source, ...rest];
const delivery: Delivery = { id: 'abc', on: 'published', body: '{"a":1}' };

describe('a hook that throws', () => {
  it('ends nothing: its notice is tried again like any other that did not arrive', async () => {
    await using folder = await temporaryFolder();
    const clock = handClock();
    const hand = () => Promise.reject(new URIError('malformed'));
    using bench = open(folder.path, [{ key: 'k', name: 'webhook x', wants: () => true, hand }], clock);
    bench.notifier.notify(published);
    assert.deepEqual(await bench.notifier.deliver({ signal: never }), { delivered: 0, waiting: 1 });
    assert.match(bench.log.map(({ message }) => message).join(), /URIError: malformed; attempt 1 of/);
    const odd = await webhook('http://me:50%@127.0.0.1:9/').hand(delivery, never);
    assert.equal(odd.ok, false);
  });
});

describe('a webhook', () => {
  it('gets JSON by POST, with an id, a kind and who sends it', async () => {
    await using receiver = await openReceiver();
    const answer = await webhook(receiver.url).hand(delivery, never);
    assert.deepEqual(answer, { ok: true, detail: 'HTTP status 204' });
    const [heard] = receiver.heard;
    assert.equal(heard?.method, 'POST');
    assert.deepEqual(heard.body, { a: 1 });
    assert.equal(heard.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(heard.headers['idempotency-key'], 'abc');
    assert.equal(heard.headers['x-guancha-notice'], 'published');
    assert.match(heard.headers['user-agent'] ?? '', /^guancha-archive\/\d/);
  });

  it('gets user and password of its address as basic authentication', async () => {
    await using receiver = await openReceiver();
    await webhook(receiver.url.replace('//', '//me:p%40ss@')).hand(delivery, never);
    assert.equal(receiver.heard[0]?.headers.authorization, `Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  for (const status of [200, 201, 202, 204]) {
    it(`succeeds with ${status}`, async () => {
      await using receiver = await openReceiver((response) => void response.writeHead(status).end());
      assert.deepEqual(await webhook(receiver.url).hand(delivery, never), {
        ok: true,
        detail: `HTTP status ${status}`,
      });
    });
  }
  for (const status of [400, 404, 429, 500, 503]) {
    it(`fails with ${status}, and says what the receiver said in one short line`, async () => {
      const body = `no\r\n\u001b[31mroom ${'x'.repeat(9000)}`;
      await using receiver = await openReceiver((response) => void response.writeHead(status).end(body));
      const { ok, detail } = await webhook(receiver.url).hand(delivery, never);
      assert.equal(ok, false);
      assert.ok(detail.startsWith(`HTTP status ${status}: no [31mroom xxx`) && detail.length <= 300, detail);
    });
  }

  it('is not followed where it redirects, and asks nobody else', async () => {
    await using other = await openReceiver();
    for (const to of ['http://169.254.169.254/latest/meta-data/', other.url]) {
      await using receiver = await openReceiver((response) => void response.writeHead(307, { location: to }).end());
      const { ok, detail } = await webhook(receiver.url).hand(delivery, never);
      assert.equal(ok, false);
      assert.equal(detail, `HTTP status 307: redirects are not followed (to ${to})`);
    }
    assert.equal(other.heard.length, 0);
  });

  it('may answer without end: no more than the beginning is read', async () => {
    for (const status of [200, 500]) {
      const closed = Promise.withResolvers<void>();
      await using receiver = await openReceiver((response) => {
        response.on('close', closed.resolve).writeHead(status);
        const pour = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', pour);
        pour();
      });
      const { ok, detail } = await webhook(receiver.url).hand(delivery, never);
      await closed.promise; // it was hung up on
      assert.deepEqual([ok, detail.slice(0, 15)], [status === 200, `HTTP status ${status}`]);
    }
  });

  it('that says nothing fails when its time is over', async () => {
    await using receiver = await openReceiver(() => {});
    const answer = await webhook(receiver.url, 50).hand(delivery, never);
    assert.deepEqual(answer, { ok: false, detail: 'no answer within 50 ms' });
  });

  it('that is not there, hangs up or speaks no HTTP fails', async () => {
    const tcp = createTcpServer(
      (socket) =>
        void socket
          .on('error', () => {})
          .resume()
          .end('no http at all\r\n\r\n'),
    );
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    const wrong = await webhook(`http://127.0.0.1:${port}/`).hand(delivery, never);
    tcp.close();
    await once(tcp, 'close');
    const absent = await webhook(`http://127.0.0.1:${port}/`).hand(delivery, never);
    assert.equal(wrong.ok, false);
    assert.equal(absent.ok, false);
    assert.match(absent.detail, /ECONNREFUSED/);
  });

  it('is called by its origin alone: its address may be a secret', () => {
    assert.equal(webhook('https://me:pw@example.org/a?key=secret').name, 'webhook https://example.org');
  });
});

describe('a command', () => {
  const echo = `let s='';process.stdin.on('data',(c)=>s+=c).on('end',()=>console.log(process.env.GUANCHA_NOTICE_ON,process.env.GUANCHA_NOTICE_ID,s,process.argv[1]))`;

  it('gets the notice on stdin, kind and id in its environment, and its arguments without a shell', async () => {
    const answer = await command(node(echo, '$(id) `id` ; *')).hand(delivery, never);
    assert.deepEqual(answer, { ok: true, detail: 'exit code 0: published abc {"a":1} $(id) `id` ; *' });
  });

  it('fails with any other exit code, by a signal, and where it is not there', async () => {
    const answers = [
      await command(node('console.error("no room");process.exit(3)')).hand(delivery, never),
      await command(node('process.kill(process.pid,"SIGKILL")')).hand(delivery, never),
      await command(['/nowhere/at-all']).hand(delivery, never),
      await command(['a\0b']).hand(delivery, never),
    ];
    assert.deepEqual(
      answers.map(({ ok }) => ok),
      [false, false, false, false],
    );
    assert.equal(answers[0]?.detail, 'exit code 3: no room');
    assert.equal(answers[1]?.detail, 'killed by SIGKILL');
    assert.match(answers[2]?.detail ?? '', /ENOENT/);
  });

  it('that does not end is killed with all it started', async () => {
    await using folder = await temporaryFolder();
    const pidFile = join(folder.path, 'pid');
    const source = `const c=require('child_process').spawn(process.execPath,['-e','setInterval(()=>{},1e6)'],{stdio:'inherit'});require('fs').writeFileSync(process.argv[1],String(c.pid));setInterval(()=>{},1e6)`;
    const answer = await command(node(source, pidFile), 1500).hand(delivery, never);
    assert.deepEqual(answer, { ok: false, detail: 'no end within 1500 ms' });
    const grandchild = Number(await readFile(pidFile, 'utf8'));
    assert.ok(!runs(grandchild), 'it runs on');
  });

  it('may talk without end, and leave something running that holds its output', async () => {
    const loud = node(`process.stdout.write('y'.repeat(5e6),()=>process.exit(0))`);
    const { ok, detail } = await command(loud).hand(delivery, never);
    assert.deepEqual([ok, detail.length <= 320], [true, true]);
    const leaving = node(
      `const c=require('child_process').spawn(process.execPath,['-e','setTimeout(()=>{},3000)'],{stdio:'inherit',detached:true});c.unref();console.log('left');process.exit(0)`,
    );
    assert.deepEqual(await command(leaving).hand(delivery, never), { ok: true, detail: 'exit code 0: left' });
  });

  it('is killed where the run ends, and that is nobody’s failure', async () => {
    const ending = new AbortController();
    const hand = command(node('setInterval(()=>{},1e6)')).hand(delivery, ending.signal);
    setImmediate(() => ending.abort());
    await assert.rejects(hand, { name: 'AbortError' });
  });
});

describe('notices', () => {
  it('are kept for each hook that wants them, once', async () => {
    await using folder = await temporaryFolder();
    await using receiver = await openReceiver();
    const clock = handClock();
    const other = createHook({ on: ['withdrawn'], webhook: `${receiver.url}&other` });
    const twice = createHook({ on: ['withdrawn'], webhook: receiver.url });
    using bench = open(folder.path, [webhook(receiver.url), twice, other], clock);
    for (const notice of [...sampleNotices(START), ...sampleNotices(START)]) bench.notifier.notify(notice);
    assert.equal(bench.waiting(), NOTICE_KINDS.length + 1);
    assert.deepEqual(await bench.notifier.deliver({ signal: never }), {
      delivered: NOTICE_KINDS.length + 1,
      waiting: 0,
    });
    for (const notice of sampleNotices(START)) bench.notifier.notify(notice);
    assert.equal(bench.waiting(), 0, 'what was delivered is not sent again');
    assert.deepEqual(receiver.heard.map(({ body }) => body.on).sort(), [...everything, 'withdrawn'].sort());
    for (const { headers, body } of receiver.heard) assert.equal(headers['idempotency-key'], body.delivery);
    assert.equal(new Set(receiver.heard.map(({ body }) => body.delivery)).size, NOTICE_KINDS.length + 1);
  });

  it('come again after 500, silence and a closed door, later each time, in order', async () => {
    await using folder = await temporaryFolder();
    const clock = handClock();
    let healthy = false;
    await using receiver = await openReceiver((response, number) => {
      if (healthy) response.writeHead(200).end();
      else if (number === 1) response.writeHead(500).end('not now');
      else if (number === 3) response.destroy(); // number 2 gets no answer
    });
    using bench = open(folder.path, [webhook(receiver.url, 200)], clock);
    bench.notifier.notify(published);
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      assert.deepEqual(await bench.notifier.deliver({ signal: never }), { delivered: 0, waiting: 1 });
      const due = bench.notifier.nextDue() ?? 0;
      pauses.push(due - clock.now());
      clock.turn(due - clock.now() - 1);
      await bench.notifier.deliver({ signal: never }); // a moment too early: nothing is sent
      assert.equal(receiver.heard.length, attempt);
      clock.turn(1);
    }
    assert.deepEqual(pauses, [15_000, 30_000, 60_000]);
    healthy = true;
    bench.notifier.notify(edited);
    assert.deepEqual(await bench.notifier.deliver({ signal: never }), { delivered: 2, waiting: 0 });
    assert.deepEqual(
      receiver.heard.map(({ body }) => body.on),
      ['published', 'published', 'published', 'published', 'edited'],
    );
    assert.equal(
      new Set(receiver.heard.slice(0, 4).map(({ body }) => body.delivery)).size,
      1,
      'one id for all attempts',
    );
  });

  it('are given up after the last attempt, and status shows it', async () => {
    await using folder = await temporaryFolder();
    const archive = folder.path;
    const clock = handClock();
    const hook: Hook = {
      ...webhook('http://127.0.0.1:9/'),
      hand: async () => ({ ok: false, detail: 'HTTP status 500' }),
    };
    using bench = open(archive, [hook], clock);
    bench.notifier.notify(published);
    let calls = 0;
    for (let due = bench.notifier.nextDue(); due !== null; due = bench.notifier.nextDue()) {
      clock.turn(due - clock.now());
      await bench.notifier.deliver({ signal: never });
      calls += 1;
    }
    assert.equal(calls, MOST_ATTEMPTS);
    const [given] = bench.givenUp();
    assert.deepEqual([given?.on, given?.error, given?.attempts], ['published', 'HTTP status 500', MOST_ATTEMPTS]);
    const status = await run(['status', '--archive', archive]);
    assert.match(
      status.stdout,
      /notice published given up {2}webhook http:\/\/127\.0\.0\.1:9, 30 attempts\n {4}HTTP status 500/,
    );
    const [json] = (await run(['status', '--json', '--archive', archive])).lines();
    assert.deepEqual(json?.notices, { waiting: 0, failed: bench.givenUp() });
  });

  it('for a hook that is configured no more are given up, not kept for ever', async () => {
    await using folder = await temporaryFolder();
    const clock = handClock();
    using before = open(folder.path, [webhook('http://127.0.0.1:9/')], clock);
    before.notifier.notify(published);
    using after = open(folder.path, [], clock);
    assert.deepEqual(await after.notifier.deliver({ signal: never }), { delivered: 0, waiting: 0 });
    assert.equal(after.givenUp()[0]?.error, 'the hook is not configured any more');
  });

  it('wait where the run ends, without an attempt counted', async () => {
    await using folder = await temporaryFolder();
    const clock = handClock();
    const ending = new AbortController();
    await using receiver = await openReceiver((response, number) =>
      number === 1 ? ending.abort() : void response.writeHead(200).end(),
    );
    using bench = open(folder.path, [webhook(receiver.url)], clock);
    bench.notifier.notify(published);
    bench.notifier.notify(edited);
    assert.deepEqual(await bench.notifier.deliver({ signal: ending.signal }), { delivered: 0, waiting: 2 });
    assert.equal(bench.notifier.nextDue(), START);
    assert.deepEqual(await bench.notifier.deliver({ signal: never }), { delivered: 2, waiting: 0 });
  });

  it('are all delivered, whatever fails and how often: no one lost, none out of its hook’s wish', async () => {
    const notices = fc.array(fc.record({ kind: fc.constantFrom(...everything), number: fc.nat(20) }), {
      maxLength: 12,
    });
    const wishes = fc.array(fc.subarray(everything, { minLength: 1 }), { minLength: 1, maxLength: 3 });
    const results = fc.array(fc.constantFrom('ok', 'fails', 'killed'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(notices, wishes, results, async (made, wanted, result) => {
        await using folder = await temporaryFolder();
        const clock = handClock();
        const arrived = new Set<string>();
        let turn = 0;
        let killed = false;
        const hooks = wanted.map(
          (on, index): Hook => ({
            ...createHook({ on, webhook: `http://127.0.0.1:9/${index}` }),
            hand: async ({ id }) => {
              const next = killed ? 'ok' : result[turn++];
              if (next === 'fails') return { ok: false, detail: 'HTTP status 500' };
              arrived.add(id);
              if (next !== 'killed') return { ok: true, detail: 'HTTP status 200' };
              killed = true; // it arrived, and the process died before it could write so
              throw new TypeError('killed');
            },
          }),
        );
        const numbered = made.map(({ kind, number }) => noticeAt(kind, number));
        {
          using bench = open(folder.path, hooks, clock);
          for (const notice of numbered) bench.notifier.notify(notice);
          await bench.notifier
            .deliver({ signal: never })
            .catch((error: Error) => assert.equal(error.message, 'killed'));
        }
        using bench = open(folder.path, hooks, clock);
        for (let due = bench.notifier.nextDue(); due !== null; due = bench.notifier.nextDue()) {
          clock.turn(Math.max(0, due - clock.now()));
          await bench.notifier
            .deliver({ signal: never })
            .catch((error: Error) => assert.equal(error.message, 'killed'));
        }
        const expected = hooks.flatMap((hook) =>
          numbered.filter(({ on }) => hook.wants(on)).map((notice) => deliveryId(hook.key, notice)),
        );
        assert.deepEqual([...arrived].sort(), [...new Set(expected)].sort());
        assert.deepEqual(bench.givenUp(), []);
      }),
      { numRuns: 20 },
    );
  });

  it('have one identity each: the same for the same, another for any other', () => {
    const any = fc.record({ kind: fc.constantFrom(...everything), number: fc.nat(3) });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const same = a.kind === b.kind && a.number === b.number;
        assert.equal(identityOf(noticeAt(a.kind, a.number)) === identityOf(noticeAt(b.kind, b.number)), same);
      }),
    );
  });
});

/** A sample of its kind that differs from those of other numbers. */
function noticeAt(kind: Notice['on'], number: number): Notice {
  const found = sampleNotices(START + number).find(({ on }) => on === kind);
  assert.ok(found);
  return found.on === 'letter' ? { ...found, month: `2026-${number}` } : found;
}

/** False for a zombie too: it waits for its parent and runs no more. */
function runs(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false; // gone altogether
  }
}
