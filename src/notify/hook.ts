/** One hook of the configuration: its name, the notices that it wants, and how they are handed to it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { packageInfo } from '../package.ts';
import type { Notice } from './notice.ts';

export interface Hook {
  /** The same as long as address or command are; says nothing of them. */
  readonly key: string;
  /** `webhook https://example.org` or `command /usr/local/bin/tell-me`: for people, without secrets. */
  readonly name: string;
  wants(on: Notice['on']): boolean;
  /** @throws an AbortError once `signal` aborts; everything else is an answer */
  hand(delivery: Delivery, signal: AbortSignal): Promise<HookAnswer>;
}

/** For a webhook from the first byte to the last, for a command from start to end. */
const TIMEOUT_MS = 15_000;

/** @param options `timeoutMs` is shorter in tests */
export function createHook(
  { on, webhook, command }: Config['notify'][number],
  { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): Hook {
  const wants = (kind: Notice['on']) => on.includes(kind);
  const key = createHash('sha256')
    .update(JSON.stringify(webhook ?? command))
    .digest('hex')
    .slice(0, 16);
  if (webhook !== undefined) {
    const { name, version, homepage } = packageInfo();
    const userAgent = `${name}/${version} (+${homepage})`;
    return {
      key,
      name: `webhook ${new URL(webhook).origin}`,
      wants,
      hand: (delivery, signal) => callWebhook(webhook, delivery, { userAgent, timeoutMs, signal }),
    };
  }
  const argv = command ?? []; // the configuration has one of the two
  return {
    key,
    name: `command ${argv[0]}`,
    wants,
    hand: (delivery, signal) => runCommand(argv, delivery, { timeoutMs, signal }),
  };
}

// What a hook answered to one delivery.

export interface HookAnswer {
  readonly ok: boolean;
  /** `HTTP status 204`, `exit code 3: no such room`: one short line. */
  readonly detail: string;
}

/** One notice on its way. */
export interface Delivery {
  /** By this the receiver recognises a notice that it has already. */
  readonly id: string;
  readonly on: string;
  /** JSON. */
  readonly body: string;
}

const LONGEST_LINE = 300;

/** A receiver's words in one short line, without control characters: they end up in logs. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}

// Hands a notice to a webhook. The one door to `fetch`: it goes to whatever host the owner configured, without the guard that
// the crawler's own requests pass, so nothing but a hook of the configuration may come through here.

/** More of an answer is not read. */
const ANSWER_BYTES = 2048;

/**
 * POSTs the notice as JSON. Any 2xx is success; redirects are not followed.
 * @param url user and password in it become basic authentication
 * @param options `timeoutMs` from the first byte to the last
 * @throws an AbortError once `signal` aborts; everything else is an answer
 */
async function callWebhook(
  url: string,
  delivery: Delivery,
  options: { readonly userAgent: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HookAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const { address, authorization } = withoutCredentials(url);
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': options.userAgent,
        'accept-encoding': 'identity',
        'idempotency-key': delivery.id,
        'x-guancha-notice': delivery.on,
        ...(authorization === null ? {} : { authorization }),
      },
      body: delivery.body,
      signal: AbortSignal.any([options.signal, timeout]),
    });
    const { status, ok, headers } = response;
    const said = await firstBytes(response);
    const location = status >= 300 && status < 400 ? headers.get('location') : null;
    const more = location === null ? said : `redirects are not followed (to ${location})`;
    return { ok, detail: oneLine(`HTTP status ${status}${ok || more === '' ? '' : `: ${more}`}`) };
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) return { ok: false, detail: `no answer within ${options.timeoutMs} ms` };
    return { ok: false, detail: oneLine(messageOf(error)) };
  }
}

/** An address with credentials is none for `fetch`. */
function withoutCredentials(url: string): { readonly address: URL; readonly authorization: string | null } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '' && password === '') return { address, authorization: null };
  address.username = '';
  address.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { address, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** The beginning of the body as text; of a success nothing, its status says it all. */
async function firstBytes({ body, ok }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    while (!ok && length < ANSWER_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
    }
    await reader.cancel();
  } catch {
    // The status came, and that is the answer; what the body was going to say is of no weight.
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}

/** `fetch failed` says nothing; its cause does. */
function messageOf(error: unknown): string {
  const { message, cause } = error as Error;
  if (cause instanceof AggregateError) return cause.errors.map((each: Error) => each.message).join('; ');
  return cause instanceof Error ? cause.message : message;
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
