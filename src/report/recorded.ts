/** What a command says, as values: recorded where its work is done, and said again where somebody waits for it. */
import { z } from 'zod';
import type { LogEvent } from '../log.ts';
import type { Line, SummaryName } from './envelope.ts';
import type { Terminal } from './terminal.ts';
import type { Text } from './text.ts';

export type Recorded =
  | { readonly what: 'result'; readonly text: Text | readonly Text[]; readonly value: Line }
  | {
      readonly what: 'summary';
      readonly command: SummaryName;
      readonly values: object;
      readonly text?: Text | readonly Text[] | undefined;
    }
  | { readonly what: 'say'; readonly lines: readonly Text[] }
  | { readonly what: 'log'; readonly event: LogEvent }
  /** A known failure, which ended the command. */
  | { readonly what: 'error'; readonly code: string; readonly detail: string };

/**
 * A terminal that keeps what is said. The width, the colours and whether lines are JSON are those of the terminal on which
 * it is said again; only what a command asks of its terminal beforehand, `json`, is given here.
 */
export function createRecorder(options: {
  readonly json: boolean;
  readonly keep: (recorded: Recorded) => void;
  readonly progress: (done: number, total: number) => void;
}): Terminal {
  const { json, keep, progress } = options;
  return {
    json,
    colours: false,
    columns: Number.POSITIVE_INFINITY,
    result: (text, value) => keep({ what: 'result', text, value }),
    summary: (command, values, text) => keep({ what: 'summary', command, values, text }),
    say: (...lines) => keep({ what: 'say', lines }),
    log: (event) => keep({ what: 'log', event }),
    progress,
    end: () => {},
  };
}

const TEXT = z.union([
  z.string(),
  z.object({
    pieces: z.array(
      z.object({
        text: z.string(),
        styles: z.array(z.enum(['green', 'red', 'yellow', 'dim', 'bold'])),
        path: z.string().nullable(),
      }),
    ),
  }),
]);

const RECORDED = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('result'),
    text: z.union([TEXT, z.array(TEXT)]),
    value: z.looseObject({ type: z.string() }),
  }),
  z.object({
    what: z.literal('summary'),
    command: z.string(),
    values: z.looseObject({}),
    text: z.union([TEXT, z.array(TEXT)]).optional(),
  }),
  z.object({ what: z.literal('say'), lines: z.array(TEXT) }),
  z.object({
    what: z.literal('log'),
    event: z.object({ level: z.enum(['info', 'warn', 'error']), stage: z.string(), message: z.string() }),
  }),
  z.object({ what: z.literal('error'), code: z.string(), detail: z.string() }),
]);

/** What was recorded, from its JSON; null for anything else. */
export function recordedIn(value: unknown): Recorded | null {
  return (RECORDED.safeParse(value).data as Recorded | undefined) ?? null;
}

/** Says on a terminal what was recorded; an `error` is for the caller to throw. */
export function sayAgain(recorded: Recorded, terminal: Terminal): void {
  if (recorded.what === 'result') terminal.result(recorded.text, recorded.value);
  else if (recorded.what === 'summary') terminal.summary(recorded.command, recorded.values as never, recorded.text);
  else if (recorded.what === 'say') terminal.say(...recorded.lines);
  else if (recorded.what === 'log') terminal.log(recorded.event);
}
