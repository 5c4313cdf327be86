/** What the last line of each command's `--json` says beside `command`, `exit` and the count of its lines. */
import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });
const day = z.iso.date();
const whole = z.int().min(0);
const text = z.string();
const texts = z.array(z.string());
const range = z.object({ low: z.number(), median: z.number(), high: z.number() });
const nothing = z.object({});

/** How many URLs ended how. */
const outcomes = z.record(z.string(), whole);
/** Of a dry run. */
const dry = { new: whole.optional(), waiting: whole.optional(), due: whole.optional() };
/** Of a backfill with --ids: what was asked for, and what became of it. */
const asked = z.object({ article: whole, nothing: whole, failed: whole }).optional();

const seal = {
  origin: text.nullable(),
  size: whole.nullable(),
  findings: whole,
};

/** A part of what was looked at, with its 95 % interval. */
const share = z.object({
  count: whole,
  of: whole,
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
});
const rates = z.object({
  articles: whole,
  revisited: whole,
  notRevisited: whole,
  notYet: whole,
  notComparable: whole,
  title: share,
  text: share,
  edited: share,
  withdrawn: share,
  moved: share,
});

export const SUMMARIES = {
  version: nothing,
  start: z.object({ outcomes }),
  init: nothing,
  archive: z.object({ outcomes }),
  crawl: z.object({ outcomes, ...dry }),
  schedule: z.object({ outcomes }),
  backfill: z.object({ outcomes, ...dry, asked }),
  import: z.object({ outcomes }),
  orders: nothing,
  retry: nothing,
  worker: z.object({ outcomes }),
  demo: z.object({ outcomes, archive: text, config: text, differences: texts, corrected: text.nullable() }),
  serve: nothing,
  search: z.object({ total: whole, isMore: z.boolean(), isPartlyRanked: z.boolean() }),
  list: z.object({ isMore: z.boolean() }),
  history: nothing,
  diff: nothing,
  changes: z.object({ edited: whole, withdrawn: whole, returned: whole, unreadable: whole }),
  letter: z.object({
    month: text,
    since: day,
    until: day,
    isUnderWay: z.boolean(),
    asOf: instant,
    published: z.object({
      articles: whole,
      posts: whole,
      sources: z.array(z.object({ source: text.nullable(), count: whole })),
    }),
    edits: whole,
    edited: whole,
    kinds: z.record(z.string(), whole),
    withdrawn: whole,
    returned: whole,
    missed: z.record(z.string(), whole),
    known: whole,
    archived: whole,
    numbers: z.object({ published: range, archivedShare: range.nullable(), confidence: z.number() }),
    rates: z.object({ day: rates, week: rates }),
    unreadable: whole,
  }),
  export: z.object({
    articles: whole,
    files: whole,
    bytes: whole,
    wrote: whole.optional(),
    leftOut: z.record(z.string(), whole),
  }),
  copy: z.object({ to: text, files: whole, bytes: whole, present: whole, replaced: whole, left: texts }),
  audit: z.object({
    articles: whole,
    assets: whole,
    bytes: whole,
    errors: whole,
    warnings: whole,
    elapsedMs: z.number(),
  }),
  seal: z.object({
    ...seal,
    files: whole,
    seen: whole,
    root: text.nullable(),
    stamped: z.union([z.object({ at: instant }), z.object({ fault: text })]).nullable(),
  }),
  verify: z.object({
    ...seal,
    key: text.nullable(),
    fingerprint: text.nullable(),
    isKnown: z.boolean(),
    sealedAt: instant.nullable(),
    stamped: z.object({ at: instant, size: whole }).nullable(),
    witnesses: texts,
    unchanged: whole,
    ownWork: whole,
    notSealed: whole,
  }),
  prove: z.object({
    dir: text,
    id: text,
    origin: text,
    size: whole,
    stampedAt: instant.nullable(),
    captures: whole,
    unprovedCaptures: whole,
    missing: texts,
    bytesBeside: whole,
    files: texts,
  }),
  corroborate: z.object({ alike: whole, different: whole, onlyHere: whole, onlyThere: whole }),
  manifest: z.object({
    manifest: text.optional(),
    bag: text.optional(),
    files: whole.optional(),
    bytes: whole.optional(),
    differences: whole.optional(),
  }),
  reproduce: z.object({ results: outcomes }),
  extract: z.object({ results: outcomes.optional(), diff: z.boolean().optional() }),
  status: nothing,
  sources: nothing,
  coverage: z.object({
    since: day,
    until: day,
    neverSeen: whole,
    probed: z.object({ articles: whole, unpublished: whole }),
    known: whole,
    archived: whole,
    elsewhere: whole,
    rate: z.number(),
    published: range,
    archivedShare: range.nullable(),
    confidence: z.number(),
    sentence: text,
    unreadable: whole,
  }),
  repair: z.object({
    planned: whole.optional(),
    repaired: whole.optional(),
    unrepaired: whole.optional(),
    trash: text.nullable().optional(),
  }),
  reindex: z.object({ articles: whole, tookMs: z.number() }),
  quarantine: nothing,
  vocabulary: z.object({ accepted: whole }),
  notify: nothing,
  doctor: z.object({ ok: whole, warn: whole, bad: whole }),
  cluster: z.object({
    database: text.optional(),
    from: whole.optional(),
    to: whole.optional(),
    rows: whole.optional(),
    waiting: whole.optional(),
    leases: z.object({ held: whole, ranOut: whole }).optional(),
  }),
} as const satisfies Readonly<Record<string, z.ZodObject>>;
