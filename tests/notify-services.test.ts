/** The ready services get notices in the form that their makers document, and a title that means harm is a title there. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SMTPServer } from 'smtp-server';
import type { Clock } from '../src/clock.ts';
import { CHAT_KINDS, type Config, NOTICE_KINDS, parseConfig } from '../src/config.ts';
import { openOperations } from '../src/frontier/operations.ts';
import type { HookAnswer } from '../src/notify/answer.ts';
import { CHATS, type ChatKind } from '../src/notify/chats.ts';
import { createHook } from '../src/notify/hook.ts';
import { mailOf } from '../src/notify/mail.ts';
import { type Message, messageOf } from '../src/notify/message.ts';
import { type Notice, sampleNotices } from '../src/notify/notice.ts';
import { createNotifier } from '../src/notify/notifier.ts';
import { run, temporaryFolder } from './support/command.ts';

const START = Date.parse('2026-10-14T08:00:00Z');
const never = new AbortController().signal;
const everything = [...NOTICE_KINDS];
const SECRET = 'T0KEN-that-nobody-sees-4711';
const SIGNING = 'key-of-the-signature-0815';
const BREAK = '\u200b';

type HookConfig = Config['notify'][number];

interface Asked {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Service extends AsyncDisposable {
  readonly origin: string;
  readonly asked: Asked[];
}

async function openService(answer: (response: ServerResponse, asked: Asked) => void): Promise<Service> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const one = { path: request.url ?? '', body: JSON.parse(text) as Asked['body'] };
      assert.equal(request.method, 'POST');
      assert.match(request.headers['content-type'] ?? '', /^application\/json/);
      asked.push(one);
      answer(response, one);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const json = (response: ServerResponse, value: unknown, status = 200, headers: Record<string, string> = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));

/** What each service answers to a message that it took. */
const TAKEN: Readonly<Record<ChatKind, (response: ServerResponse) => void>> = {
  telegram: (response) => json(response, { ok: true, result: { message_id: 1 } }),
  slack: (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('ok'),
  discord: (response) => void response.writeHead(204).end(),
  feishu: (response) => json(response, { code: 0, msg: 'success', data: {} }),
  wecom: (response) => json(response, { errcode: 0, errmsg: 'ok' }),
};

/** The hook of a service at an origin; what it needs of secrets is put into the environment until disposed. */
function hookFor(kind: ChatKind, origin: string): Disposable & { readonly config: HookConfig } {
  const secret = kind === 'telegram' ? `4711:${SECRET}` : `${origin}/hooks/${SECRET}`;
  process.env.GUANCHA_TEST_SECRET = secret;
  process.env.GUANCHA_TEST_SIGNING = SIGNING;
  const config: HookConfig = {
    on: everything,
    kind,
    secret: 'env:GUANCHA_TEST_SECRET',
    ...(kind === 'telegram' ? { chat: '-100123', server: origin } : {}),
    ...(kind === 'feishu' ? { signing: 'env:GUANCHA_TEST_SIGNING' } : {}),
  };
  return {
    config,
    [Symbol.dispose]: () => {
      delete process.env.GUANCHA_TEST_SECRET;
      delete process.env.GUANCHA_TEST_SIGNING;
    },
  };
}

const deliveryOf = (notice: Notice, more: object = {}) => ({
  id: 'abc123',
  on: notice.on,
  body: JSON.stringify({ delivery: 'abc123', at: new Date(START).toISOString(), ...more, ...notice }),
});

/** What the makers document of the JSON that their service takes; each throws where something else was sent. */
const FORMS: Readonly<Record<ChatKind, (asked: Asked, message: Message) => void>> = {
  telegram: ({ path, body }, { url }) => {
    assert.equal(path, `/bot4711:${SECRET}/sendMessage`);
    assert.deepEqual(Object.keys(body).sort(), ['chat_id', 'link_preview_options', 'parse_mode', 'text']);
    assert.deepEqual([body.chat_id, body.parse_mode], ['-100123', 'HTML']);
    checkTelegram(String(body.text), url);
  },
  slack: ({ path, body }, { url }) => {
    assert.equal(path, `/hooks/${SECRET}`);
    checkSlack(body, url);
  },
  discord: ({ path, body }, { url }) => {
    assert.equal(path, `/hooks/${SECRET}`);
    checkDiscord(body, url);
  },
  feishu: ({ path, body }, { url }) => {
    assert.equal(path, `/hooks/${SECRET}`);
    const { timestamp, sign } = body;
    assert.match(String(timestamp), /^\d{10}$/);
    assert.equal(sign, createHmac('sha256', `${String(timestamp)}\n${SIGNING}`).digest('base64'));
    checkFeishu(body, url);
  },
  wecom: ({ path, body }, { url }) => {
    assert.equal(path, `/hooks/${SECRET}`);
    checkWecom(body, url);
  },
};

/** Nothing that any of the services would take for a mention, a tag, a command or an address. */
function checkInert(text: string): void {
  assert.doesNotMatch(text, /[@#$/.:](?![\s\u200b]|$)/);
}

function checkTelegram(text: string, url: string | null): void {
  const tail = url === null ? '' : `\n${url}`;
  assert.ok(text.endsWith(tail));
  const own = text.slice(0, text.length - tail.length);
  assert.deepEqual(own.match(/<[^>]*>/g), ['<b>', '</b>'], 'the only markup');
  assert.doesNotMatch(own, /&(?!amp;|lt;|gt;)/);
  const plain = own
    .replaceAll(/<\/?b>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  checkInert(plain);
  assert.ok(plain.length + tail.length <= 4096 && plain.length > 0);
}

function checkSlack(body: Asked['body'], url: string | null): void {
  const { text, blocks, mrkdwn, ...rest } = body;
  assert.deepEqual([mrkdwn, rest], [false, { unfurl_links: false }]);
  assert.match(String(text), /^[^<>]+$/, 'no <!channel>, no <@U1>, no link');
  assert.doesNotMatch(String(text), /&(?!amp;|lt;|gt;)/);
  const [block, ...others] = blocks as { type: string; elements: { type: string; elements: object[] }[] }[];
  assert.deepEqual([block?.type, others], ['rich_text', []]);
  assert.deepEqual(
    block?.elements.map(({ type }) => type),
    ['rich_text_section'],
  );
  const parts = (block?.elements[0]?.elements ?? []) as { type: string; text?: string; url?: string }[];
  assert.deepEqual(
    parts.filter(({ type }) => type !== 'text'),
    url === null ? [] : [{ type: 'link', url }],
  );
  for (const part of parts.filter(({ type }) => type === 'text')) assert.ok((part.text ?? '').length > 0);
  assert.ok(JSON.stringify(parts.map((part) => part.text ?? '')).length < 40_000);
}

function checkDiscord({ content, allowed_mentions, flags, ...rest }: Asked['body'], url: string | null): void {
  assert.deepEqual([allowed_mentions, flags, rest], [{ parse: [] }, 4, {}]);
  const text = String(content);
  assert.ok(text.length > 0 && text.length <= 2000, `${text.length} characters`);
  const tail = url === null ? '' : `\n<${url}>`;
  assert.ok(text.endsWith(tail));
  const own = text.slice(0, text.length - tail.length).replace(/^\*\*(.*?)\*\*/, '$1');
  assert.doesNotMatch(own.replace(/\\[!-/:-@[-`{-~]/g, ''), /[!-/:-@[-`{-~]/, 'punctuation without a backslash');
}

function checkFeishu(body: Asked['body'], url: string | null): void {
  const { msg_type, content, timestamp: _timestamp, sign: _sign, ...rest } = body;
  assert.deepEqual([msg_type, rest], ['post', {}]);
  const { post } = content as { post: { zh_cn: { title: string; content: Record<string, string>[][] } } };
  const pieces = post.zh_cn.content.flat();
  assert.deepEqual(
    pieces.filter(({ tag }) => tag !== 'text'),
    url === null ? [] : [{ tag: 'a', text: url, href: url }],
  );
  for (const { tag, text = '' } of pieces) if (tag === 'text') checkInert(text);
  assert.doesNotMatch(JSON.stringify(body), /</);
  assert.ok(Buffer.byteLength(JSON.stringify(body)) <= 20_000);
}

function checkWecom({ msgtype, text, ...rest }: Asked['body'], url: string | null): void {
  assert.deepEqual([msgtype, rest, Object.keys(text as object)], ['text', {}, ['content']]);
  const { content } = text as { readonly content: string };
  assert.ok(Buffer.byteLength(content) <= 2048);
  const tail = url === null ? '' : `\n${url}`;
  assert.ok(content.endsWith(tail));
  const own = content.slice(0, content.length - tail.length);
  assert.doesNotMatch(own, /</);
  checkInert(own.slice(own.indexOf(': ') + 2));
}

const CHECKS: Readonly<Record<ChatKind, (body: Asked['body'], url: string | null) => void>> = {
  telegram: ({ text }, url) => checkTelegram(String(text), url),
  slack: checkSlack,
  discord: checkDiscord,
  feishu: checkFeishu,
  wecom: checkWecom,
};

describe('a ready service', () => {
  for (const kind of CHAT_KINDS) {
    it(`${kind} gets each notice in its documented form`, async () => {
      await using service = await openService(TAKEN[kind]);
      using made = hookFor(kind, service.origin);
      const hook = createHook(made.config);
      for (const notice of sampleNotices(START)) {
        const answer = await hook.hand(deliveryOf(notice, { test: true }), never);
        assert.equal(answer.ok, true, answer.detail);
        const asked = service.asked.at(-1);
        assert.ok(asked);
        FORMS[kind](asked, messageOf(notice, { isTest: true }));
        assert.match(JSON.stringify(asked.body), /Trial/);
      }
    });

    it(`${kind} gets a hostile title as a title, cut between characters`, () => {
      fc.assert(
        fc.property(hostile, hostile, fc.constantFrom(...everything), (title, detail, on) => {
          const message = messageOf(hostileNotice(on, title, detail), { isTest: false });
          const payload = CHATS[kind].payload(message, { chat: '1', at: START, signing: null }) as Asked['body'];
          const broken = (text: string) => text.split('\ufffd').length;
          assert.ok(JSON.stringify(payload).isWellFormed());
          assert.ok(broken(JSON.stringify(payload)) <= 2 * broken(JSON.stringify(message)));
          CHECKS[kind](JSON.parse(JSON.stringify(payload)) as Asked['body'], message.url);
        }),
        { numRuns: 300 },
      );
    });

    it(`${kind} is said by no secret, whatever it answers`, async () => {
      await using service = await openService((response, { path }) =>
        json(response, { ok: false, code: 1, errcode: 1, msg: path, errmsg: path, description: path }, 403),
      );
      using made = hookFor(kind, service.origin);
      const hook = createHook(made.config);
      const [notice] = sampleNotices(START) as [Notice];
      const answers = [await hook.hand(deliveryOf(notice), never)];
      await service[Symbol.asyncDispose](); // nobody is there
      answers.push(await hook.hand(deliveryOf(notice), never));
      for (const { ok, detail } of answers) {
        assert.equal(ok, false);
        assert.ok(!detail.includes(SECRET) && !detail.includes(SIGNING), detail);
      }
      assert.ok(!hook.name.includes(SECRET) && !hook.key.includes(SECRET));
    });
  }

  it('is the same hook after its secret was exchanged, and another one where the secret is kept elsewhere', () => {
    const hook = (secret: string) => createHook({ on: everything, kind: 'slack', secret });
    process.env.GUANCHA_TEST_SECRET = 'https://example.org/one';
    const { key } = hook('env:GUANCHA_TEST_SECRET');
    process.env.GUANCHA_TEST_SECRET = 'https://example.org/two';
    assert.equal(hook('env:GUANCHA_TEST_SECRET').key, key);
    assert.notEqual(hook('env:OTHER').key, key);
    delete process.env.GUANCHA_TEST_SECRET;
  });

  it('without its secret says so, and the notice waits', async () => {
    await using folder = await temporaryFolder();
    const empty = join(folder.path, 'empty');
    await writeFile(empty, '\n');
    const odd = join(folder.path, 'odd');
    await writeFile(odd, 'no address at all');
    const [notice] = sampleNotices(START) as [Notice];
    for (const [secret, says] of [
      ['env:GUANCHA_NOT_THERE', /^the environment has no GUANCHA_NOT_THERE$/],
      [`file:${join(folder.path, 'none')}`, /ENOENT/],
      [`file:${empty}`, /holds no secret$/],
      [`file:${odd}`, /is not an address$/],
    ] as const) {
      const answer = await createHook({ on: everything, kind: 'slack', secret }).hand(deliveryOf(notice), never);
      assert.equal(answer.ok, false);
      assert.match(answer.detail, says);
      assert.equal(answer.isRefused, undefined);
      assert.ok(!answer.detail.includes('no address at all'));
    }
  });

  const ANSWERS: readonly [ChatKind, string, (response: ServerResponse) => void, Partial<HookAnswer>][] = [
    [
      'telegram',
      'asks for a pause in its body',
      (r) =>
        json(r, { ok: false, error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 7 } }, 429),
      { ok: false, afterMs: 7000 },
    ],
    [
      'telegram',
      'does not know the chat',
      (r) => json(r, { ok: false, description: 'Bad Request: chat not found' }, 400),
      { ok: false, isRefused: true },
    ],
    ['telegram', 'has another token', (r) => json(r, { ok: false, description: 'Unauthorized' }, 401), { ok: false }],
    [
      'discord',
      'asks for a pause in its body',
      (r) => json(r, { message: 'You are being rate limited.', retry_after: 0.65, global: false }, 429),
      { ok: false, afterMs: 650 },
    ],
    [
      'slack',
      'asks for a pause in its header',
      (r) => json(r, {}, 429, { 'retry-after': '30' }),
      { ok: false, afterMs: 30_000 },
    ],
    [
      'slack',
      'finds the payload invalid',
      (r) => void r.writeHead(400).end('invalid_payload'),
      { ok: false, isRefused: true },
    ],
    ['slack', 'has no such channel', (r) => void r.writeHead(404).end('channel_not_found'), { ok: false }],
    ['slack', 'asks for a year', (r) => json(r, {}, 503, { 'retry-after': '31536000' }), { ok: false }],
    [
      'feishu',
      'refuses with 200',
      (r) => json(r, { code: 19_021, msg: 'sign match fail' }),
      { ok: false, isRefused: false },
    ],
    [
      'feishu',
      'is asked too often',
      (r) => json(r, { code: 11_232, msg: 'frequency limited' }),
      { ok: false, afterMs: 60_000 },
    ],
    [
      'feishu',
      'finds the body invalid',
      (r) => json(r, { code: 9499, msg: 'Bad Request' }),
      { ok: false, isRefused: true },
    ],
    [
      'feishu',
      'says nothing that it should',
      (r) => void r.writeHead(200).end('<html>'),
      { ok: false, isRefused: false },
    ],
    [
      'wecom',
      'is asked too often',
      (r) => json(r, { errcode: 45_009, errmsg: 'api freq out of limit' }),
      { ok: false, afterMs: 60_000 },
    ],
    ['wecom', 'finds the text too long', (r) => json(r, { errcode: 45_002 }), { ok: false, isRefused: true }],
    [
      'wecom',
      'has no such robot',
      (r) => json(r, { errcode: 93_000, errmsg: 'invalid webhook url' }),
      { ok: false, isRefused: false },
    ],
  ];
  for (const [kind, what, answer, expected] of ANSWERS)
    it(`${kind} ${what}`, async () => {
      await using service = await openService(answer);
      using made = hookFor(kind, service.origin);
      const [notice] = sampleNotices(START) as [Notice];
      const { detail: _detail, ...answered } = await createHook(made.config).hand(deliveryOf(notice), never);
      assert.deepEqual(answered, expected);
    });

  it('that asks for a pause is left alone until it is over, and one that refuses a notice gets the next', async () => {
    await using folder = await temporaryFolder();
    let now = START;
    const clock: Clock = { now: () => now, sleep: async () => {} };
    const plan = [429, 400, 204];
    await using service = await openService((response) => {
      const status = plan.shift() ?? 204;
      response.writeHead(status, status === 429 ? { 'retry-after': '90' } : {}).end();
    });
    using made = hookFor('discord', service.origin);
    using operations = openOperations(folder.path, { now: clock.now });
    const { outbox } = operations.journal;
    const notifier = createNotifier({
      hooks: [createHook(made.config)],
      outbox,
      clock,
      log: () => {},
      random: () => 0,
    });
    const [first, second] = sampleNotices(START) as [Notice, Notice];
    notifier.notify(first);
    notifier.notify(second);
    await notifier.deliver({ signal: never });
    now += 89_999;
    assert.deepEqual(await notifier.deliver({ signal: never }), { delivered: 0, waiting: 2 });
    assert.equal(service.asked.length, 1, 'the second notice waits too');
    now += 1;
    assert.deepEqual(await notifier.deliver({ signal: never }), { delivered: 1, waiting: 0 });
    assert.equal(service.asked.length, 3);
    const [given] = outbox.givenUp(10);
    assert.match(given?.error ?? '', /^HTTP status 400/);
  });
});

describe('a mail', () => {
  it('comes with its text, its subject in one line, and once for each notice', async () => {
    await using server = await openMailServer({});
    for (const notice of sampleNotices(START)) {
      const answer = await server.hook.hand(deliveryOf(notice), never);
      assert.equal(answer.ok, true, answer.detail);
    }
    assert.equal(server.mails.length, NOTICE_KINDS.length);
    const [mail] = server.mails;
    assert.deepEqual(
      [mail?.from, mail?.to, mail?.user],
      ['archive@example.org', ['one@example.org', 'two@example.org'], 'me'],
    );
    assert.match(mail?.text ?? '', /^Message-ID: <abc123@example\.org>\r$/m);
    assert.match(mail?.text ?? '', /^Auto-Submitted: auto-generated\r$/m);
    assert.match(mail?.text ?? '', /^Date: Wed, 14 Oct 2026 08:00:00 \+0000\r$/m);
    assert.match(mail?.text ?? '', /^Subject: =\?UTF-8\?/m);
  });

  it('that the server refuses is given up, what it puts off and a wrong password is not', async () => {
    const [notice] = sampleNotices(START) as [Notice];
    for (const [options, expected] of [
      [{ rcpt: 550 }, { ok: false, isRefused: true }],
      [{ rcpt: 451 }, { ok: false }],
      [{ password: 'another' }, { ok: false }],
    ] as const) {
      await using server = await openMailServer(options);
      const { detail, ...answer } = await server.hook.hand(deliveryOf(notice), never);
      assert.deepEqual(answer, expected, detail);
      assert.ok(!detail.includes(SECRET) && !detail.includes('\n'), detail);
    }
  });

  it('fails where nobody answers, and ends with the run', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const smtp = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const config: HookConfig = { on: everything, kind: 'mail', smtp, from: 'a@example.org', to: ['b@example.org'] };
    const [notice] = sampleNotices(START) as [Notice];
    const answer = await createHook(config, { timeoutMs: 60 }).hand(deliveryOf(notice), never);
    assert.equal(answer.ok, false);
    const ending = new AbortController();
    const hand = createHook(config).hand(deliveryOf(notice), ending.signal);
    setImmediate(() => ending.abort());
    await assert.rejects(hand, { name: 'AbortError' });
    silent.close();
    silent.closeAllConnections();
    await once(silent, 'close');
  });

  it('sends no password without TLS to another machine', async () => {
    process.env.GUANCHA_TEST_SECRET = SECRET;
    await using server = await openMailServer({});
    const smtp = server.smtp.replace('127.0.0.1', '0.0.0.0'); // this machine, by an address that is not loopback’s
    const config: HookConfig = { ...server.config, smtp };
    const [notice] = sampleNotices(START) as [Notice];
    const answer = await createHook(config).hand(deliveryOf(notice), never);
    assert.equal(answer.ok, false);
    assert.equal(server.mails.length, 0);
    assert.equal(server.logins(), 0);
  });

  it('has a hostile title in its subject as a title', () => {
    fc.assert(
      fc.property(hostile, hostile, fc.constantFrom(...everything), (title, detail, on) => {
        const message = messageOf(hostileNotice(on, title, detail), { isTest: false });
        const mail = mailOf(message, { id: 'abc', at: START, from: 'a@example.org', to: ['b@example.org'] });
        assert.doesNotMatch(mail.subject, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
        assert.ok(mail.subject.length <= 200 && mail.subject.isWellFormed());
        assert.deepEqual([mail.from, mail.to], ['a@example.org', ['b@example.org']]);
      }),
    );
  });
});

interface MailServer extends AsyncDisposable {
  readonly smtp: string;
  readonly config: HookConfig;
  readonly hook: ReturnType<typeof createHook>;
  readonly mails: { from: string; to: string[]; user: string; text: string }[];
  readonly logins: () => number;
}

async function openMailServer({ rcpt = 0, password = SECRET }): Promise<MailServer> {
  const mails: MailServer['mails'] = [];
  let logins = 0;
  const refusal = (responseCode: number) => Object.assign(new Error('not here'), { responseCode });
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (auth, _session, callback) => {
      logins += 1;
      if (auth.password === password) callback(null, { user: auth.username ?? '' });
      else callback(refusal(535));
    },
    onRcptTo: (_address, _session, callback) => callback(rcpt === 0 ? null : refusal(rcpt)),
    onData: (stream, session, callback) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: String(session.user),
          text,
        });
        callback();
      });
    },
  });
  server.on('error', () => {}); // a client that hangs up
  server.listen(0);
  await once(server.server, 'listening');
  const smtp = `smtp://me@127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  process.env.GUANCHA_TEST_SECRET = SECRET;
  const to = ['one@example.org', 'two@example.org'];
  const config: HookConfig = {
    on: everything,
    kind: 'mail',
    smtp,
    from: 'archive@example.org',
    to,
    secret: 'env:GUANCHA_TEST_SECRET',
  };
  return {
    smtp,
    config,
    hook: createHook(config),
    mails,
    logins: () => logins,
    [Symbol.asyncDispose]: async () => {
      delete process.env.GUANCHA_TEST_SECRET;
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

describe('the configuration of a hook', () => {
  const problem = (text: string) => {
    try {
      parseConfig(`notify:\n  - ${text}\n`, 'c.yaml');
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  it('takes each service, and says what is missing or means nothing', () => {
    const good = [
      '{ on: [alarm], kind: telegram, chat: "@news", secret: env:TOKEN }',
      '{ on: [alarm], kind: slack, secret: file:/run/secrets/slack }',
      '{ on: [alarm], kind: discord, secret: env:TOKEN }',
      '{ on: [alarm], kind: feishu, secret: env:TOKEN, signing: env:KEY }',
      '{ on: [alarm], kind: wecom, secret: env:TOKEN }',
      '{ on: [alarm], kind: mail, smtp: "smtp://me@example.org:587", from: a@example.org, to: [b@example.org] }',
    ];
    for (const text of good) assert.equal(problem(text), '');
    const wrong: readonly [string, RegExp][] = [
      ['{ on: [alarm], kind: telegram, secret: env:TOKEN }', /chat: is needed where the hook is for telegram/],
      ['{ on: [alarm], kind: slack, secret: env:T, chat: "1" }', /chat: means nothing where the hook is for slack/],
      ['{ on: [alarm], kind: slack }', /secret: is needed/],
      [`{ on: [alarm], kind: slack, secret: "https://hooks.example.org/${SECRET}" }`, /must be env:NAME or file:PATH/],
      ['{ on: [alarm], kind: slack, webhook: "https://example.org/" }', /one of webhook, command and kind/],
      ['{ on: [alarm] }', /one of webhook, command and kind/],
      ['{ on: [alarm], kind: sms }', /kind/],
      [
        '{ on: [alarm], kind: mail, smtp: "smtp://me:pass@example.org", from: a@b.c, to: [d@e.f] }',
        /without a password/,
      ],
      ['{ on: [alarm], kind: mail, smtp: "smtp://example.org", from: "a@b.c>\\r\\nBcc: x", to: [d@e.f] }', /from/],
    ];
    for (const [text, says] of wrong) {
      assert.match(problem(text), says, text);
      assert.ok(!problem(text).includes(SECRET), 'a secret in the wrong place is not repeated');
    }
  });

  it('is tried by notify test, which says no secret', async () => {
    await using folder = await temporaryFolder();
    await using service = await openService(TAKEN.wecom);
    const secret = join(folder.path, 'secret');
    await writeFile(secret, `${service.origin}/hooks/${SECRET}\n`);
    const config = join(folder.path, 'crawl.config.yaml');
    await writeFile(config, 'notify:\n  - { on: [published, alarm], kind: wecom, secret: file:secret }\n');
    const { code, stdout, stderr } = await run(['notify', 'test', '--config', config]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /✓ published {3}wecom file:.*secret {2}HTTP status 200/);
    assert.equal(service.asked.length, 2);
    assert.ok(!`${stdout}${stderr}`.includes(SECRET));
  });
});

/** Titles that were written to do something: markup and mentions of all services, ends of lines, directions of writing. */
const FRAGMENTS = [
  '@all',
  '@everyone',
  '@here',
  '<!channel>',
  '<!here>',
  '<@U024BE7LH>',
  '<@123456789>',
  '<at user_id="all">所有人</at>',
  '<@all>',
  '[click](https://evil.example/)',
  '<https://evil.example|click>',
  'https://evil.example/?a=b',
  'evil.example',
  '**bold**',
  '__x__',
  '~~s~~',
  '`code`',
  '```',
  '||spoiler||',
  '> quote',
  '# head',
  '#tag',
  '$AAPL',
  '/start',
  '&lt;b&gt;',
  '<b>',
  '</b>',
  '<a href="tg://user?id=1">',
  '&',
  '\\',
  '\r\nBcc: all@example.org\r\n',
  '\n\n.\n',
  '\u202e',
  '\u2028',
  '\u0000',
  '<font color="warning">',
  '观察者网',
  '😀',
  '\ud83d',
  BREAK,
  '1. ',
  '- ',
  '<t:1>',
  '<:e:1>',
  '*',
  '_',
  '+1 −0',
  '12.5%',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'grapheme' }), fc.constant('字'.repeat(900))), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

function hostileNotice(on: Notice['on'], title: string, detail: string): Notice {
  const found = sampleNotices(START).find((notice) => notice.on === on);
  assert.ok(found);
  const changed: Record<string, unknown> = { ...found };
  for (const key of ['title', 'source', 'what', 'command', 'code'])
    if (typeof changed[key] === 'string') changed[key] = title;
  for (const key of ['detail']) if (typeof changed[key] === 'string') changed[key] = detail;
  if (Array.isArray(changed.evidence)) changed.evidence = [detail, title];
  return changed as unknown as Notice;
}
