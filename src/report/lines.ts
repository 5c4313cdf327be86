/** Every line that `--json` prints but the last, by its `type`. docs/json/lines.schema.json is written from here. */
import { z } from 'zod';

// ISO 8601, with Z or the difference to UTC.
const instant = z.iso.datetime({ offset: true });
const day = z.iso.date();
const whole = z.int().min(0);
const text = z.string();
const texts = z.array(z.string());
const address = z.string().nullable();
/** As the record of an article has it: docs/format.md. */
const ofRecord = z.unknown();

const sizes = z.object({ added: whole, removed: whole });
const changes = z
  .object({
    title: sizes,
    date: z.object({ before: text, after: text }).nullable(),
    body: sizes,
    images: sizes,
  })
  .nullable();
const pieces = z.array(z.object({ kind: z.enum(['same', 'added', 'removed']), text }));
const documentDiff = {
  title: pieces,
  date: z.object({ before: text, after: text }).nullable(),
  body: pieces,
  isCoarse: z.boolean(),
  images: z.object({ added: texts, removed: texts }),
};
const flag = z.object({ code: text, detail: text });
const severity = z.enum(['error', 'warning', 'note']);
const finding = { severity, code: text, article: text.nullable(), path: text, detail: text, repair: text };
const pictures = z.object({ stored: whole, missing: whole });
const person = z.unknown();
const article = {
  key: text,
  id: text,
  url: text,
  title: text,
  originalTitle: text.nullable(),
  publishedAt: instant,
  precision: text,
  updatedAt: instant.nullable(),
  source: text.nullable(),
  list: text.nullable(),
  columnists: z.array(person),
  staff: texts,
  byline: text.nullable(),
  editors: texts,
  keywords: texts,
  topic: z.object({ name: text, url: text }).nullable(),
  summary: text.nullable(),
  flags: texts,
  versions: whole,
  withdrawnSince: instant.nullable(),
  movedTo: address,
  pictures: whole,
  lead: z.unknown(),
  bytes: whole,
  characters: whole,
  firstCapturedAt: instant,
  changedAt: instant,
};
const stretch = { from: whole, to: whole, fromDay: day, toDay: day, count: whole };
const usual = z.object({ kind: text, entries: z.number(), untitled: z.number(), untimed: z.number() }).nullable();
const sourceAlarm = z.object({ source: text, what: text, detail: text, since: instant });
const pause = { host: text, until: instant, reason: text };
const order = { order: whole, kind: text, askedBy: text, askedAt: instant, state: text, done: whole, total: whole };
const item = {
  name: text,
  url: text,
  finalUrl: text,
  status: z.int(),
  headers: z.record(z.string(), text),
  fetchedAt: instant,
  fetchedBy: text,
  verdict: z.object({ kind: text, evidence: texts }),
  sha256: text,
  bytes: whole,
  storedBytes: whole,
};

export const LINES = {
  // Of commands that ask the site.
  visit: z.object({
    url: text,
    id: text.nullable(),
    outcome: z.enum(['archived', 'unchanged', 'gone', 'moved', 'link-out', 'blocked', 'refused', 'failed']),
    code: text.optional(),
    detail: text.optional(),
    to: address.optional(),
    document: text.nullable(),
    record: text.nullable(),
    title: text.nullable(),
    publishedAt: instant.nullable(),
    images: pictures,
    flags: texts,
  }),
  /** What a dry run would visit: new on a list, waiting already, or archived and due to be visited again. */
  target: z.object({
    state: z.enum(['new', 'waiting', 'due']),
    id: text,
    url: text,
    source: text.nullable(),
    dueAt: instant.nullable(),
  }),
  number: z.object({ number: whole, outcome: text, url: address }),
  run: z.object({
    source: text,
    slot: instant,
    startedAt: instant,
    endedAt: instant,
    entries: whole,
    fresh: whole,
    code: text.nullable(),
    detail: text.nullable(),
    next: instant,
  }),
  alarm: z.object({ about: text, what: text, detail: text, since: instant }),
  order: z.object({
    ...order,
    kind: text.optional(),
    askedBy: text.optional(),
    askedAt: instant.optional(),
    done: whole.optional(),
    total: whole.optional(),
    holder: text.optional(),
  }),
  requeued: z.object({ id: text.nullable(), url: text, code: text.nullable() }),
  host: z.object({ host: text, known: z.boolean() }),
  notice: z.object({ hook: text, on: text, delivery: text, ok: z.boolean(), detail: text }),
  config: z.object({ config: text, archive: text, sources: whole }),
  // Of articles.
  article: z.object({ ...article, snippet: z.array(z.object({ text, hit: z.boolean() })).optional() }),
  history: z.object({
    id: text,
    url: text,
    title: text,
    versions: z.array(ofRecord),
    absences: z.array(ofRecord),
    movedFrom: texts,
    movedTo: z.object({ url: text, since: instant }).nullable(),
    visits: z.array(z.object({ outcome: text, at: instant })),
  }),
  diff: z.object({ id: text, ...documentDiff, from: whole, to: whole, changes }),
  change: z.object({
    at: instant,
    id: text,
    url: text,
    title: text,
    what: z.enum(['edited', 'withdrawn', 'returned']),
    version: whole.optional(),
    kinds: texts.optional(),
    changes: changes.optional(),
    evidence: texts.optional(),
  }),
  extraction: z.object({
    url: text,
    verdict: z.unknown(),
    article: ofRecord,
    flags: z.array(flag),
    textAccount: z.unknown(),
  }),
  /** An article whose document or record today's rules make otherwise, or do not make. */
  again: z.object({
    result: text,
    id: text,
    key: text.optional(),
    title: text.optional(),
    document: z.object(documentDiff).nullable().optional(),
    fields: z.array(z.object({ field: text, before: z.unknown(), after: z.unknown() })).optional(),
    flags: z.object({ added: z.array(flag), removed: z.array(flag) }).optional(),
    isNew: z.boolean().optional(),
    capturedAt: text.optional(),
    code: text.optional(),
    detail: text.optional(),
  }),
  reproduction: z.object({
    key: text,
    id: text,
    version: whole,
    document: text,
    rules: whole.nullable(),
    result: text,
    code: text.nullable(),
    detail: text.nullable(),
    changes,
  }),
  form: z.object({
    form: text,
    accepted: day.nullable(),
    articles: whole.optional(),
    firstSeen: instant.optional(),
    lastSeen: instant.optional(),
    examples: z.array(z.object({ id: text, text })).optional(),
  }),
  'quarantined-page': z.object({ ...item, body: text.optional() }),
  released: z.object({ name: text, url: text, id: text.nullable() }),
  // Of checks and repairs.
  finding: z.object(finding),
  repair: z.object({ ...finding, state: z.enum(['repaired', 'unrepaired', 'planned']), how: text.nullable() }),
  'seal-finding': z.object({ code: text, path: text, detail: text, means: text, fix: text, evidence: texts }),
  sighting: z.object({
    id: text,
    kind: text,
    since: text.optional(),
    here: text.optional(),
    there: text.optional(),
  }),
  check: z.object({
    check: text,
    state: z.enum(['ok', 'warn', 'bad']),
    says: text,
    fix: text.nullable(),
  }),
  // Of what is taken in and out.
  'import-file': z.object({
    file: text,
    kind: text,
    records: whole,
    pages: whole,
    pictures: whole,
    otherPages: whole,
    otherSites: whole,
  }),
  import: z.object({
    file: text,
    url: address,
    id: text.nullable(),
    outcome: z.enum(['imported', 'present', 'kept', 'not-an-article', 'failed', 'refused']),
    capturedAt: instant.nullable(),
    provenance: ofRecord.optional(),
    code: text.optional(),
    detail: text.optional(),
    document: text.optional(),
    title: text.optional(),
    images: pictures.optional(),
  }),
  'left-out': z.object({ kind: text, key: text.nullable(), url: address, detail: text }),
  'exported-file': z.object({ file: text, bytes: whole, sha256: text, wrote: z.boolean() }),
  'copied-file': z.object({ key: text, how: text }),
  table: z.object({ table: text, rows: whole }),
  // Of the coverage.
  day: z.object({
    day,
    states: z.record(z.string(), whole),
    neverSeen: whole,
    usual: z.number().nullable(),
    few: z.boolean(),
  }),
  gap: z.object(stretch),
  unwatched: z.object(stretch),
  failure: z.object({ from: whole, to: whole, state: text, code: text }),
  share: z.object({
    source: text,
    shown: z.number(),
    usualShare: z.number().nullable(),
    short: z.array(z.object({ day, shown: whole, known: whole })),
  }),
  // Of the state of things.
  status: z.object({
    archive: text,
    holdings: z
      .object({
        articles: whole,
        posts: whole,
        versions: whole,
        pictures: whole,
        documentBytes: whole,
        pictureFiles: whole,
        pictureBytes: whole,
        captureBytes: whole.nullable(),
        behind: whole.nullable(),
        firstDay: day.nullable(),
        lastDay: day.nullable(),
        today: whole,
        asOf: instant,
      })
      .nullable(),
    stateBytes: whole,
    outcomes: z.record(z.string(), whole),
    sources: z.array(z.object({ source: text.nullable(), outcome: text, count: whole })),
    lastRun: z
      .object({ command: text, host: text, pid: whole, startedAt: instant, endedAt: instant.nullable() })
      .nullable(),
    revisits: z.object({ planned: whole, due: whole }),
    pauses: z.array(z.object(pause)),
    doubts: z.array(
      z.object({
        id: text,
        shown: text,
        detail: text,
        seen: z.array(instant),
        looks: whole,
        againAt: instant.nullable(),
      }),
    ),
    latencies: z.array(z.object({ source: text, articles: whole, medianMs: z.number(), p95Ms: z.number() })),
    drift: z.array(z.object({ layout: text, what: text, before: z.number(), now: z.number() })),
    alarms: z.array(sourceAlarm),
    failures: z.array(
      z.object({
        id: text,
        url: text,
        outcome: text,
        code: text.nullable(),
        detail: text.nullable(),
        at: instant,
      }),
    ),
    notices: z.object({
      waiting: whole,
      failed: z.array(z.object({ id: text, on: text, to: text, attempts: whole, error: text, at: instant })),
    }),
    seals: z.object({
      sealedAt: instant.nullable(),
      result: z.object({ at: instant, files: whole, findings: whole }).nullable(),
      failure: z.object({ at: text, detail: text }).nullable(),
    }),
    slots: z.array(z.object({ source: text, dueAt: instant })),
    lastAudit: z.object({ at: instant, errors: whole, warnings: whole }).nullable(),
    orders: z.array(z.object(order)),
  }),
  source: z.object({
    name: text,
    url: text,
    kind: text.nullable(),
    pages: whole,
    cron: text.nullable(),
    timeZone: text.nullable(),
    part: text.nullable(),
    follow: whole,
    last: z
      .object({
        source: text,
        url: text,
        at: instant,
        kind: text.nullable(),
        code: text.nullable(),
        entries: whole,
        fresh: whole,
        untitled: whole,
        untimed: whole,
        elapsedMs: z.number(),
      })
      .nullable(),
    usual,
    alarms: z.array(sourceAlarm),
  }),
  'source-test': z.object({
    source: text,
    url: text,
    kind: text,
    when: text.nullable(),
    evidence: text.nullable(),
    pages: whole,
    total: whole.nullable(),
    next: address,
    entries: z.array(z.object({ id: text, url: text, title: text, time: text.nullable(), picture: address })),
    lists: z.array(z.object({ name: text, url: text })),
    dropped: z.array(z.unknown()),
    problems: texts,
    fresh: whole.nullable(),
    usual,
    alarms: z.array(sourceAlarm),
    error: z.object({ code: text, detail: text }).nullable(),
  }),
  version: z.object({
    version: text,
    commit: text.nullable(),
    node: text,
    browser: text.nullable(),
    sqlite: text,
  }),
  server: z.object({ origin: text }),
  password: z.object({ hash: text }),
  hand: z.object({
    hand: text,
    command: text,
    leads: z.boolean(),
    since: instant,
    seenAt: instant,
    isSilent: z.boolean(),
    inHand: texts,
  }),
  queue: z.object({ queue: text, offered: whole.nullable(), inHand: whole.nullable() }),
  claim: z.object({ host: text, hand: text, until: instant.nullable() }),
  pause: z.object(pause),
} as const satisfies Readonly<Record<string, z.ZodObject>>;
