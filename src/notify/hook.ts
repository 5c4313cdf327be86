/** One hook of the configuration: its name, the notices that it wants, and how they are handed to it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { type Delivery, type HookAnswer, oneLine } from './answer.ts';
import { CHATS, type ChatKind } from './chats.ts';
import { mailOf, sendMail } from './mail.ts';
import { type Message, messageOf } from './message.ts';
import type { Notice } from './notice.ts';
import { post } from './post.ts';
import { readSecret } from './secret.ts';

export interface Hook {
  /** The same as long as address or command are; says nothing of them. */
  readonly key: string;
  /** `webhook https://example.org`, `command /usr/local/bin/tell-me`, `telegram @channel`: for people, without secrets. */
  readonly name: string;
  wants(on: Notice['on']): boolean;
  /** @throws an AbortError once `signal` aborts; everything else is an answer */
  hand(delivery: Delivery, signal: AbortSignal): Promise<HookAnswer>;
}

type HookConfig = Config['notify'][number];

/** For a webhook from the first byte to the last, for a command from start to end. */
const TIMEOUT_MS = 15_000;

/** @param options `timeoutMs` is shorter in tests */
export function createHook(config: HookConfig, { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Hook {
  const { on, webhook, command, kind } = config;
  const wants = (each: Notice['on']) => on.includes(each);
  const keyOf = (place: unknown) => createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 16);
  if (webhook !== undefined)
    return {
      key: keyOf(webhook),
      name: `webhook ${new URL(webhook).origin}`,
      wants,
      hand: ({ id, on, body }, signal) => {
        const headers = { 'idempotency-key': id, 'x-guancha-notice': on };
        return post(webhook, body, { headers, timeoutMs, signal });
      },
    };
  if (kind !== undefined) {
    const { on: _on, ...place } = config;
    const hand = kind === 'mail' ? handToMail : handToChat;
    return {
      key: keyOf(place), // of a secret only where it is kept: it may be exchanged
      name: `${kind} ${nameOf(config)}`,
      wants,
      hand: (delivery, signal) => hand(config, delivery, { timeoutMs, signal }),
    };
  }
  const argv = command ?? []; // the configuration has one of the three
  return {
    key: keyOf(command),
    name: `command ${argv[0]}`,
    wants,
    hand: (delivery, signal) => runCommand(argv, delivery, { timeoutMs, signal }),
  };
}

function nameOf({ kind, chat, to, secret }: HookConfig): string {
  return kind === 'mail' ? (to ?? []).join(', ') : (chat ?? secret ?? '');
}

// Hands a notice to one of the ready services, in its own form.

interface HandOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** @throws an AbortError once `signal` aborts; everything else is an answer */
async function handToChat(config: HookConfig, delivery: Delivery, options: HandOptions): Promise<HookAnswer> {
  const { server = 'https://api.telegram.org', chat = '' } = config;
  const service = CHATS[config.kind as ChatKind];
  const found = readSecret(config.secret ?? '');
  if ('missing' in found) return { ok: false, detail: found.missing };
  const { secret } = found;
  const key = config.signing === undefined ? null : readSecret(config.signing);
  if (key !== null && 'missing' in key) return { ok: false, detail: key.missing };
  const signing = key?.secret ?? null;
  const url = service.url({ secret, server });
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    return { ok: false, detail: `what ${config.secret} holds is not an address` };
  const { message } = readDelivery(delivery);
  const body = JSON.stringify(service.payload(message, { chat, at: Date.now(), signing }));
  const secrets = [secret, ...(signing === null ? [] : [signing])];
  const { read, pauseOf } = service;
  return await post(url, body, { headers: {}, ...options, secrets, read, pauseOf, isStrict: true });
}

/** @throws an AbortError once `signal` aborts; everything else is an answer */
async function handToMail(config: HookConfig, delivery: Delivery, options: HandOptions): Promise<HookAnswer> {
  const { smtp = '', from = '', to = [] } = config;
  const found = config.secret === undefined ? { secret: null } : readSecret(config.secret);
  if ('missing' in found) return { ok: false, detail: found.missing };
  const { message, at } = readDelivery(delivery);
  const mail = mailOf(message, { id: delivery.id, at, from, to });
  return await sendMail(mail, smtp, { password: found.secret, ...options });
}

/** What the notifier wrote; an outbox may hold it for days, and gives it as it was. */
function readDelivery({ body }: Delivery): { readonly message: Message; readonly at: number } {
  const { at, test = false, ...notice } = JSON.parse(body) as Notice & { readonly at: string; readonly test?: boolean };
  return { message: messageOf({ ...notice, at } as Notice, { isTest: test }), at: Date.parse(at) };
}

// Hands a notice to a command of the owner's: JSON on stdin, kind and id in the environment, exit code 0 is success.

/** More of what it says is thrown away. */
const OUTPUT_BYTES = 4096;
/** What the command left running may hold its output open; nobody waits longer for that. */
const OUTPUT_MS = 500;

/**
 * Starts the command without a shell, in a process group of its own, and waits for it.
 * @param argv the program and its arguments
 * @param options after `timeoutMs` the whole group is killed
 * @throws an AbortError once `signal` aborts, with the group killed; everything else is an answer
 */
async function runCommand(
  argv: readonly string[],
  { id, on, body }: Delivery,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HookAnswer> {
  const [program = '', ...args] = argv;
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const ending = AbortSignal.any([options.signal, timeout]);
  try {
    using cleanup = new DisposableStack();
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, GUANCHA_NOTICE_ON: on, GUANCHA_NOTICE_ID: id },
    });
    const output = collect(child);
    child.stdin.on('error', () => {}); // a command that does not read its stdin is free to do so
    child.stdin.end(body);
    const kill = () => killGroup(child);
    ending.addEventListener('abort', kill);
    cleanup.defer(() => {
      ending.removeEventListener('abort', kill);
      child.stdout.destroy();
      child.stderr.destroy();
    });
    const closed = once(child, 'close').catch(() => {}); // a start that failed rejects `exit` as well
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await Promise.race([closed, sleep(OUTPUT_MS, undefined, { ref: false })]);
    options.signal.throwIfAborted();
    if (code !== 0 && timeout.aborted) return { ok: false, detail: `no end within ${options.timeoutMs} ms` };
    const said = oneLine(output());
    const end = code === null ? `killed by ${signal}` : `exit code ${code}`;
    return { ok: code === 0, detail: said === '' ? end : `${end}: ${said}` };
  } catch (error) {
    options.signal.throwIfAborted();
    return { ok: false, detail: oneLine((error as Error).message) };
  }
}

/** Both outputs as they come, the first bytes of them. */
function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (length < OUTPUT_BYTES) chunks.push(chunk);
      length += chunk.length;
    });
    stream?.on('error', () => {}); // what was heard so far will do
  }
  return () => Buffer.concat(chunks).subarray(0, OUTPUT_BYTES).toString('utf8');
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended a moment ago.
  }
}
