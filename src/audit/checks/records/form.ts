/** Has a record everything that the program wrote into it? Asks for all that `readRecord` asks for, and for more. */
import { z } from 'zod';
import type { ArchiveRecord } from '../../../store/record.ts';

const nullableText = z.string().nullable();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();

const count = z.object({ added: z.number(), removed: z.number() });
const changes = z.looseObject({ title: count, body: count, images: count }).nullable();

/** What the checks look at, and what a visit always writes. */
const schema = z.looseObject({
  format: z.literal(1),
  id: z.string().regex(/^(?:guancha|fengwen):[1-9]\d*$/),
  url: z.url(),
  aliases: z.array(z.string()),
  source: nullableText,
  flags: z.array(z.object({ code: z.string(), detail: z.string() })),
  article: z.looseObject({
    title: z.string(),
    publishedAt: z.iso.datetime({ offset: true }),
    summary: nullableText,
    byline: z.looseObject({ text: z.string(), credits: z.array(z.unknown()) }).nullable(),
    images: z.array(z.looseObject({ src: z.string() })),
    pages: z.int().min(1),
  }),
  contentHash: sha256,
  document: z.looseObject({ path: z.string(), bytes: z.int().min(1), sha256 }),
  assets: z.array(
    z.union([
      z.strictObject({
        src: z.string(),
        url: z.string(),
        sha256,
        bytes: z.int().min(1),
        type: z.string().regex(/^[a-z0-9]{1,8}$/),
        width: z.int().min(0),
        height: z.int().min(0),
        replaces: sha256.optional(),
      }),
      z.strictObject({ src: z.string(), missing: z.string().min(1) }),
    ]),
  ),
  verdict: z.looseObject({ kind: z.literal('article'), evidence: z.array(z.string()).min(1) }),
  capture: z.looseObject({
    requests: z.array(z.looseObject({ url: z.string(), status: z.int(), fetchedAt: instant })).min(1),
  }),
  versions: z
    .array(z.looseObject({ document: z.string(), sha256, contentHash: sha256, capturedAt: instant, changes }))
    .min(1),
  absences: z.array(z.looseObject({ since: instant, until: instant.nullable(), evidence: z.array(z.string()) })),
  movedFrom: z.array(z.url()).optional(),
  movedTo: z.object({ url: z.url(), since: instant }).optional(),
});

/** The value as a record, or the first thing that is not as it must be: `assets.0.sha256: Invalid …`. */
export function readForm(value: unknown): { readonly record: ArchiveRecord } | { readonly fault: string } {
  const { error } = schema.safeParse(value);
  const issue = error?.issues[0];
  if (issue === undefined) return { record: value as ArchiveRecord };
  return { fault: `${issue.path.join('.')}: ${issue.message}` };
}

/** The fields of a value that are as they must be, whatever the others are. */
export function validFields(value: Readonly<Record<string, unknown>>): Partial<ArchiveRecord> {
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
  const valid = Object.entries(value).filter(([name, field]) => shape[name]?.safeParse(field).success !== false);
  return Object.fromEntries(valid) as Partial<ArchiveRecord>;
}
