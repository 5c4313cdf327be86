/** Notices that are not kept first: sent at once, each once, for a trial and where the archive takes nothing any more. */
import type { HookAnswer } from './answer.ts';
import type { Hook } from './hook.ts';
import { deliveryId, type Notice } from './notice.ts';

/** One notice at one hook. */
export interface Told extends HookAnswer {
  readonly hook: Hook;
  readonly on: Notice['on'];
  readonly delivery: string;
}

/**
 * Sends one notice after the other to every hook that wants it.
 * @param options `at` in ms since 1970; `isTest` marks them `"test": true`
 * @throws an AbortError once `signal` aborts
 */
export async function* tellNow(
  hooks: readonly Hook[],
  notices: readonly Notice[],
  options: { readonly at: number; readonly isTest: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Told> {
  const at = new Date(options.at).toISOString();
  for (const hook of hooks) {
    for (const notice of notices.filter(({ on }) => hook.wants(on))) {
      const id = deliveryId(hook.key, notice);
      const body = JSON.stringify({ delivery: id, at, ...(options.isTest ? { test: true } : {}), ...notice });
      const answer = await hook.hand({ id, on: notice.on, body }, options.signal);
      yield { hook, on: notice.on, delivery: id, ...answer };
    }
  }
}
