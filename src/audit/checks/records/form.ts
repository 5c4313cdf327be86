/** Has a record everything that the program wrote into it? `readRecord` asks for less: it must read older ones as well. */
import { z } from 'zod';

const nullableText = z.string().nullable();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();

/** What the checks look at, and what a visit always writes. */
const schema = z.looseObject({
  id: z.string().regex(/^(?:guancha|fengwen):[1-9]\d*$/),
  url: z.url(),
  source: nullableText,
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
      }),
      z.strictObject({ src: z.string(), missing: z.string().min(1) }),
    ]),
  ),
  verdict: z.looseObject({ kind: z.literal('article'), evidence: z.array(z.string()).min(1) }),
  capture: z.looseObject({
    requests: z.array(z.looseObject({ url: z.string(), status: z.int(), fetchedAt: instant })).min(1),
  }),
  versions: z.array(z.looseObject({ document: z.string(), sha256, contentHash: sha256, capturedAt: instant })).min(1),
  absences: z.array(z.looseObject({ since: instant, until: instant.nullable() })),
});

/** The first thing that is not as it must be: `assets.0.sha256: Invalid …`; null where all is. */
export function formFault(value: unknown): string | null {
  const { error } = schema.safeParse(value);
  const issue = error?.issues[0];
  return issue === undefined ? null : `${issue.path.join('.')}: ${issue.message}`;
}
