/** The password before the pages: what is shown without it, who guesses, who forges, and where it is demanded. */
import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { hashPassword, openGate, SESSION_MS } from '../src/reader/gate.ts';
import { run, start, temporaryFolder } from './support/command.ts';
import { openReadingRoom } from './support/reading-room.ts';
import { openTurnedClock } from './support/turned-clock.ts';

const PASSWORD = '山中的图书馆 42';

/** The same as a hash that costs less than our own. */
const SALT = 'c2FsdCBvZiBhIHRlc3Q';
const CHEAP = `scrypt:10:8:1:${SALT}:${scryptSync(PASSWORD, SALT, 32, { N: 1024, r: 8, p: 1 }).toString('base64url')}`;

async function openGated(secret = PASSWORD) {
  const clock = openTurnedClock(Date.parse('2026-10-04T09:00:00Z'));
  const room = await openReadingRoom({ gate: openGate(secret, { clock }) });
  await room.put({});
  const post = (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
    peer?: string,
  ) => {
    const body = new URLSearchParams(fields).toString();
    const init = {
      method: 'POST',
      headers: {
        host: 'localhost',
        origin: 'http://localhost',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(body.length),
        ...headers,
      },
      body,
    };
    const env = peer === undefined ? {} : { incoming: { socket: { remoteAddress: peer } } };
    return room.reader.request(`http://localhost${path}`, init, env);
  };
  const signIn = async () => {
    const answer = await post('/login', { password: PASSWORD, to: '/articles/guancha/903180' });
    const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
    return { answer, cookie };
  };
  return { clock, room, post, signIn };
}

describe('a password', () => {
  it('is asked for before anything is shown, and leads on to what was asked for', async () => {
    const { room, signIn } = await openGated();
    for (const path of ['/', '/articles/guancha/903180', '/search?q=a', '/run', '/nothing']) {
      const answer = await room.get(path);
      assert.equal(answer.status, 303, path);
      assert.equal(answer.headers.get('location'), `/login?to=${encodeURIComponent(path)}`);
      assert.doesNotMatch(await answer.text(), /茶山/);
    }
    const health = await room.get('/healthz');
    assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }]);
    for (const path of ['/pictures/a.jpg', '/run/events', '/api/v1/articles', '/feeds/atom.xml'])
      assert.equal((await room.get(path)).status, 401, path);
    const { answer, cookie } = await signIn();
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), '/articles/guancha/903180');
    assert.match(answer.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Lax/);
    assert.match(await room.text('/articles/guancha/903180', { cookie }), /茶山的雨/);
  });

  it('is guessed a few times and no more, and by nobody else for him', async () => {
    const { clock, post, signIn } = await openGated();
    for (let i = 0; i < 5; i++) assert.equal((await post('/login', { password: `guess ${i}` })).status, 403);
    assert.equal((await post('/login', { password: 'guess' })).status, 429);
    assert.equal((await signIn()).answer.status, 429, 'not even the right one');
    clock.advance(16 * 60_000);
    assert.equal((await signIn()).answer.status, 303);
  });

  it('lets its owner in from this machine while many addresses guess', async () => {
    const gate = openGate(CHEAP, { clock: openTurnedClock(0) });
    for (let i = 0; i < 60; i++) assert.equal(await gate.enter('guess', `203.0.113.${Math.floor(i / 5)}`), 'wrong');
    for (const other of ['203.0.113.99', '2001:db8::1', '::ffff:203.0.113.7', '128.0.0.1', '127.0.0.1.evil.example'])
      assert.equal(await gate.enter(PASSWORD, other), 'later', other);
    for (const own of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      assert.equal(typeof (await gate.enter(PASSWORD, own)), 'object', own);
    for (let i = 0; i < 5; i++) assert.equal(await gate.enter('guess', '::1'), 'wrong');
    assert.equal(await gate.enter(PASSWORD, '::1'), 'later', 'its own wrong ones count');
  });

  it('counts behind a proxy on this machine by what the proxy named last, and believes nobody else', async () => {
    const guess = { password: 'guess' };
    for (const [name, guesser, owner] of [
      ['x-forwarded-for', '203.0.113.7', '198.51.100.2'],
      ['x-forwarded-for', '127.0.0.1, 203.0.113.7:51', '203.0.113.7:52, 198.51.100.2'],
      ['forwarded', 'for=198.51.100.2, for="[2001:db8::1]:4711";proto=https', 'for=198.51.100.2;by=203.0.113.43'],
      ['x-real-ip', '127.0.0.1', '::1'],
    ] as const) {
      const { post } = await openGated(CHEAP);
      for (const [i, peer] of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.0.0.1', '::1'].entries())
        assert.equal(
          (await post('/login', guess, { [name]: guesser.replace(':51', `:5${i}`) }, peer)).status,
          403,
          name,
        );
      assert.equal((await post('/login', guess, { [name]: guesser }, '127.0.0.1')).status, 429, name);
      const right = { password: PASSWORD };
      assert.equal(
        (await post('/login', right, { [name]: owner }, '127.0.0.1')).status,
        303,
        `${name}, from elsewhere`,
      );
      assert.equal((await post('/login', right, {}, '127.0.0.1')).status, 303, `${name}, at this machine`);
    }
    const { post } = await openGated(CHEAP);
    for (let i = 0; i < 5; i++) await post('/login', guess, { 'x-forwarded-for': `203.0.113.${i}` }, '192.0.2.8');
    assert.equal((await post('/login', guess, { 'x-forwarded-for': '203.0.113.9' }, '192.0.2.8')).status, 429);
  });

  it('is not looked at for a crowd at once', async () => {
    const { post } = await openGated();
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => post('/login', { password: `guess ${i}` })),
    );
    assert.ok(answers.filter(({ status }) => status === 429).length >= 15);
  });

  it('opens a session that ends: when it was not used, and when its reader says so by his own form', async () => {
    const { clock, room, post, signIn } = await openGated();
    const { cookie } = await signIn();
    const status = async () => (await room.get('/', { cookie })).status;
    assert.equal(await status(), 200);
    assert.equal((await post('/logout', { token: 'forged' }, { cookie })).status, 403);
    assert.equal(await status(), 200);
    const token = /name="token" value="([^"]+)"/.exec(await room.text('/', { cookie }))?.[1] ?? '';
    assert.equal((await post('/logout', { token }, { cookie, 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await post('/logout', { token }, { cookie, origin: 'http://evil.example' })).status, 403);
    assert.equal((await post('/logout', { token }, { cookie })).status, 303);
    assert.equal(await status(), 303);
    const again = await signIn();
    clock.advance(SESSION_MS + 1);
    assert.equal((await room.get('/', { cookie: again.cookie })).status, 303);
  });

  it('sends nobody elsewhere, and takes no large form', async () => {
    const { post } = await openGated();
    for (const to of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/\\/evil.example',
      '\t//evil.example',
      'javascript:x',
      '/..//evil.example',
    ])
      assert.equal((await post('/login', { password: PASSWORD, to })).headers.get('location'), '/', to);
    assert.equal((await post('/login', { password: 'x'.repeat(20_000) })).status, 413);
  });

  it('may stand in the configuration as its hash', async () => {
    const hash = await hashPassword(PASSWORD);
    assert.doesNotMatch(hash, /42/);
    assert.notEqual(hash, await hashPassword(PASSWORD), 'salted');
    const gate = openGate(hash, { clock: openTurnedClock(0) });
    assert.equal(await gate.enter('山中', 'a'), 'wrong');
    assert.equal(typeof (await gate.enter(PASSWORD, 'a')), 'object');
  });

  it('is demanded where other machines would be served', async () => {
    await using folder = await temporaryFolder();
    const archive = await emptyArchive(folder.path);
    for (const host of ['0.0.0.0', '::', '192.168.1.1', 'archive.example']) {
      const { code, stderr } = await run(['serve', '--archive', archive, '--host', host, '--port', '0']);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /SERVE_UNPROTECTED/);
    }
    const config = join(folder.path, 'crawl.config.yaml');
    await writeFile(config, 'serve: { password: short }\n');
    assert.match((await run(['serve', '--config', config])).stderr, /serve\.password: must have at least 8 characters/);
  });
});

describe('serve', () => {
  it('ends with Ctrl-C, and says of itself that it does', async () => {
    await using folder = await temporaryFolder();
    const running = start(['serve', '--archive', await emptyArchive(folder.path), '--port', '0']);
    await running.says('Ctrl-C ends it');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /the server ends/);
    assert.doesNotMatch(stderr, /article in hand/);
  });
});

async function emptyArchive(folder: string): Promise<string> {
  const { code, stderr } = await run(['init', folder, '--yes']);
  assert.equal(code, 0, stderr);
  return join(folder, 'archive');
}
