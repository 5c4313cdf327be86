/** What tests of several machines look at: the rows of their database, and what the newspaper saw of them. */
import assert from 'node:assert/strict';
import type { Client } from 'pg';
import type { SeenRequest } from '../newspaper/newspaper.ts';

export async function rows(
  client: Client,
  sql: string,
  ...values: readonly unknown[]
): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(sql, [...values])).rows;
}

/** As the server saw it: one request after the other, each so long after the answer to the one before. */
export function requirePolite(
  requests: readonly SeenRequest[],
  origin: string,
  intervalMs: number,
): { readonly smallest: number; readonly count: number } {
  const seen = requests.filter((each) => each.origin === origin).toSorted((a, b) => a.at - b.at);
  assert.ok(seen.length > 1, origin);
  const gaps = seen.slice(1).map(({ at }, i) => at - (seen[i]?.until ?? 0));
  const smallest = gaps.reduce((a, b) => Math.min(a, b));
  assert.ok(smallest >= 0.95 * intervalMs, `${origin}: ${smallest} ms of ${intervalMs} at ${gaps.indexOf(smallest)}`);
  return { smallest, count: seen.length };
}
