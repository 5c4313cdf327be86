/** One hook of the configuration: what it is called, what it wants to hear, and how it is reached. */
import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import { packageInfo } from '../package-info.ts';
import type { Delivery, HookAnswer } from './answer.ts';
import { runCommand } from './command.ts';
import type { Notice } from './notice.ts';
import { callWebhook } from './webhook.ts';

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
