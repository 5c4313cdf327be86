/** Reads what --json printed as the schemas say it has to be: a key that no schema knows is a fault, too. */
import assert from 'node:assert/strict';
import { z } from 'zod';
import { lineSchema } from '../../src/report/json-schema.ts';

export interface JsonOutput {
  /** All lines but the last. */
  readonly lines: readonly Record<string, unknown>[];
  /** The `summary` or the `error`; null where the process was killed before it. */
  readonly last: Record<string, unknown> | null;
}

/** @throws where a line is none of those that the schemas know, or a last line is not the last */
export function readJson(stdout: string): JsonOutput {
  const all = stdout
    .split('\n')
    .filter(Boolean)
    .map((text) => checked(text));
  const isLast = ({ type }: Record<string, unknown>) => type === 'summary' || type === 'error';
  const lines = all.filter((line) => !isLast(line));
  const last = all.find(isLast) ?? null;
  assert.equal(all.length, lines.length + (last === null ? 0 : 1), 'more than one last line');
  assert.ok(last === null || all.at(-1) === last, `a line behind the last: ${stdout.slice(-500)}`);
  return { lines, last };
}

function checked(text: string): Record<string, unknown> {
  const value = JSON.parse(text) as Record<string, unknown>;
  const read = lineSchema(value).safeParse(value);
  assert.ok(read.success, `${text.slice(0, 1000)}\n${read.error === undefined ? '' : z.prettifyError(read.error)}`);
  assert.deepEqual(read.data, value, `a key that no schema knows: ${text.slice(0, 1000)}`);
  return value;
}
