/**
 * The form of `--json`: one JSON object a line, each with the version of the form and a `type`, and a last line that is a
 * `summary` or an `error`. The types are those of `lines.ts` and `summaries.ts`; zod itself is loaded by tests and docs alone.
 */
import type { z } from 'zod';
import { ArchiveError, ERRORS, type ExitCode, exitCodeFor } from '../errors.ts';
import type { LINES } from './lines.ts';
import type { SUMMARIES } from './summaries.ts';

/** Raised where a key goes or changes its meaning; keys may be added without. */
export const JSON_VERSION = 1;

/** As it may be given: nothing of it is changed. */
type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

export type LineType = keyof typeof LINES;
/** A line but the last. */
export type Line = { readonly [T in LineType]: { readonly type: T } & Frozen<z.infer<(typeof LINES)[T]>> }[LineType];

export type SummaryName = keyof typeof SUMMARIES;
/** What a command says in the last line; the outcomes of visits are counted here. */
export type Summary<C extends SummaryName> = Omit<Frozen<z.infer<(typeof SUMMARIES)[C]>>, 'outcomes'>;

/** Commands that count their visits by outcome. */
const COUNTING: ReadonlySet<string> = new Set([
  'archive',
  'backfill',
  'crawl',
  'demo',
  'import',
  'schedule',
  'start',
  'worker',
]);

export interface Envelope {
  /** A line in its form. */
  line(value: Line): object;
  /** Keeps what the last line will say; of several, the last one counts. */
  summary(values: object): void;
  /** The last line of a command that ended by itself. */
  end(command: string, exit: ExitCode): object;
  /** True where the command has said what it came to. */
  readonly isSummed: () => boolean;
}

export function createEnvelope(): Envelope {
  const lines: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  let summary: object | null = null;
  return {
    line: (value) => {
      lines[value.type] = (lines[value.type] ?? 0) + 1;
      if ('outcome' in value && value.type !== 'number') outcomes[value.outcome] = (outcomes[value.outcome] ?? 0) + 1;
      return { schema: JSON_VERSION, ...value };
    },
    summary: (values) => {
      summary = values;
    },
    isSummed: () => summary !== null,
    end: (command, exit) => ({
      schema: JSON_VERSION,
      type: 'summary',
      command,
      exit,
      lines,
      ...(COUNTING.has(command) && { outcomes }),
      ...summary,
    }),
  };
}

/**
 * The last line of a command that an error ended.
 * @param command null where the command line names none
 */
export function errorLine(command: string | null, error: unknown): object {
  const { code, detail } =
    error instanceof ArchiveError ? error : ({ code: 'INTERNAL', detail: String(error) } as const);
  const { title, fix } = ERRORS[code];
  return { schema: JSON_VERSION, type: 'error', command, exit: exitCodeFor(error), code, title, detail, fix };
}
