/** The schema of any line of `--json`, for tests, and as JSON Schema for whoever reads the lines (docs/json/lines.schema.json). */
import { z } from 'zod';
import { ERRORS, EXIT } from '../errors.ts';
import { JSON_VERSION } from './envelope.ts';
import { LINES } from './lines.ts';
import { SUMMARIES } from './summaries.ts';

const version = z.literal(JSON_VERSION);
const exit = z.literal(Object.values(EXIT));
const commands = Object.keys(SUMMARIES) as [string, ...string[]];

const ERROR = z.object({
  schema: version,
  type: z.literal('error'),
  command: z.enum(commands).nullable(),
  exit,
  code: z.enum(Object.keys(ERRORS) as [string, ...string[]]),
  title: z.string(),
  detail: z.string(),
  fix: z.string(),
});

function summaryOf(command: string, shape: z.ZodObject): z.ZodObject {
  return z.object({
    schema: version,
    type: z.literal('summary'),
    command: z.literal(command),
    exit,
    /** How many lines of each type stand before this one. */
    lines: z.record(z.string(), z.int().min(1)),
    ...shape.shape,
  });
}

function lineOf(type: string, shape: z.ZodObject): z.ZodObject {
  return z.object({ schema: version, type: z.literal(type), ...shape.shape });
}

/** By the `type` of a line, and for a summary its `command`; one that fits nothing where there is none such. */
export function lineSchema({ type, command }: { readonly type?: unknown; readonly command?: unknown }): z.ZodType {
  if (type === 'error') return ERROR;
  const [table, name, make] =
    type === 'summary' ? ([SUMMARIES, command, summaryOf] as const) : ([LINES, type, lineOf] as const);
  const shape = (table as Readonly<Record<string, z.ZodObject>>)[String(name)];
  return shape === undefined ? z.never() : make(String(name), shape);
}

/** JSON Schema 2020-12 of one line, whichever it is. */
export function jsonSchema(): object {
  const lines = Object.entries(LINES).map(([type, shape]) => lineOf(type, shape).meta({ title: type }));
  const summaries = Object.entries(SUMMARIES).map(([command, shape]) =>
    summaryOf(command, shape).meta({ title: `summary of ${command}` }),
  );
  const all = [...lines, ...summaries, ERROR.meta({ title: 'error' })] as unknown as [z.ZodObject, ...z.ZodObject[]];
  const described = z.union(all).meta({
    title: 'A line of guancha-archive --json',
    description: 'Keys may be added; where one goes or changes its meaning, `schema` is raised.',
  });
  // As input: further keys are no fault, for a later version may have some.
  return z.toJSONSchema(described, { io: 'input' });
}
