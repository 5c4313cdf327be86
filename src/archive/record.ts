/** The record beside each document: what the format has no room for. */
import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ArchiveError } from '../errors.ts';
import { type Flag, isReaderFlag } from '../flags.ts';
import type { Article, Asset, CapturePlace, ListPicture } from '../model.ts';
import { type Basis, basisForm } from './basis.ts';
import type { Changes } from './diff.ts';

/** How one page request of the visit went. */
export interface CaptureRequest {
  readonly url: string;
  readonly finalUrl: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetchedAt: string;
  readonly fetchedBy: string;
  /** Of the body after content decoding. */
  readonly sha256: string;
  readonly bytes: number;
  /** Where its exchanges lie: redirects first, the one that holds last. Absent where they were not kept. */
  readonly exchanges?: readonly CapturePlace[] | undefined;
}

/** One state of the document, as it was when it was first captured. */
export interface Version {
  /** Relative to the archive: under `articles/` for the newest, under `versions/` for the superseded. */
  readonly document: string;
  readonly sha256: string;
  readonly contentHash: string;
  readonly capturedAt: string;
  /** Against the version before; null for the first, and where the one before can no longer be read. */
  readonly changes: Changes | null;
  /** Why it was taken though it is implausible beside the version before; absent where it is not. */
  readonly confirmed?: Confirmed | undefined;
  /** What it was made of; absent where its pages were not kept. */
  readonly basis?: Basis | undefined;
  /** Who captured it, where this program did not; absent where it did. */
  readonly provenance?: Provenance | undefined;
}

/** Where a state of the article comes from that this program did not ask the site for. */
export interface Provenance {
  readonly kind: ProvenanceKind;
  /** Name of the file that held it, or the address that gave it. */
  readonly from: string;
  /** When it was captured, as that source says, ISO 8601 in UTC; null where it does not say. */
  readonly capturedAt: string | null;
  /** `sha256:` and the hash, in lower-case hex, of the bytes there: of a WARC record's payload as it lies there, else of the file. */
  readonly digest: string;
}

export const PROVENANCES = ['warc', 'wacz', 'document', 'singlefile', 'saved-page', 'wayback'] as const;
export type ProvenanceKind = (typeof PROVENANCES)[number];

export interface Confirmed {
  /** What spoke against it. */
  readonly detail: string;
  /** When it was seen, ISO 8601 in UTC, oldest first. */
  readonly seen: readonly string[];
  /** It stood at every look, or somebody looked at it and said so. */
  readonly by: 'standing' | 'person';
}

/** A time in which the site did not have the article any more. */
export interface Absence {
  /** When a visit first found it gone, ISO 8601 in UTC. */
  readonly since: string;
  /** When a visit found it again; null while it is gone. */
  readonly until: string | null;
  /** What the judge saw. */
  readonly evidence: readonly string[];
}

export interface ArchiveRecord {
  readonly format: 1;
  readonly id: string;
  readonly url: string;
  /** Every other address that led here. */
  readonly aliases: readonly string[];
  /** The configured source that named it; null for one given on the command line. */
  readonly source: string | null;
  readonly via: string | null;
  /** The headline list's picture that heads the body. */
  readonly leadPicture: ListPicture | null;
  readonly article: Omit<Article, 'id' | 'url' | 'body' | 'flags'>;
  /** What a person should look at: `src/flags.ts` says what each means. */
  readonly flags: readonly Flag[];
  /** Changes only when the article does: time of capture, the source and what became of pictures do not count. */
  readonly contentHash: string;
  readonly document: { readonly path: string; readonly bytes: number; readonly sha256: string };
  /** What the document shows, in order, then what only superseded documents show. */
  readonly assets: readonly Asset[];
  readonly verdict: { readonly kind: 'article'; readonly evidence: readonly string[] };
  readonly capture: { readonly tool: string; readonly userAgent: string; readonly requests: readonly CaptureRequest[] };
  /** Every version, oldest first; the last is the document. */
  readonly versions: readonly Version[];
  /** What the fields were read from, where it is not what the document was made of: a later capture with the same content, or by later rules. */
  readonly basis?: Basis | undefined;
  /** Oldest first. */
  readonly absences: readonly Absence[];
  /** Addresses, among the aliases, of articles that moved and became this one: of www, where this is a community post. */
  readonly movedFrom?: readonly string[] | undefined;
  /** What the article became after it was archived. */
  readonly movedTo?: Move | undefined;
  /** Whether the page was looked at as a reader sees it, after this content was archived; absent where it was not. */
  readonly render?: Look | undefined;
  /** Where the newest capture comes from, if it was imported; absent where a visit of this program made it or found the same. */
  readonly provenance?: Provenance | undefined;
}

/** A look at the page as a reader sees it. */
export interface Look {
  /** When it first came out so, ISO 8601 in UTC. */
  readonly at: string;
  /** `otherwise` comes with flags (`reader-sees-…`). */
  readonly result: 'as extracted' | 'otherwise' | 'not looked at';
  /** Why it could not be looked at; null where it was. */
  readonly why: string | null;
}

export interface Move {
  readonly url: string;
  /** When a visit first found it moved, ISO 8601 in UTC. */
  readonly since: string;
}

/**
 * SHA-256 of what the article says, in lower-case hex. The URL's spelling, the layout that read it, flags, and what only
 * repeats the body's links do not count.
 */
export function contentHash(article: Article): string {
  const { url: _url, layout: _layout, pages: _pages, flags: _flags, media: _media, ...content } = article;
  return sha256(JSON.stringify(content));
}

export function sha256(bytes: string | Uint8Array): string {
  return hash('sha256', bytes); // at once: for few bytes a stream of them takes three times as long
}

/** The article of a record, whole: nothing in the form of records asks for these fields, and one of another program may lack them. */
export function articleOf({ article }: Pick<ArchiveRecord, 'article'>): ArchiveRecord['article'] {
  return { ...BARE, ...article };
}

const BARE = {
  originalTitle: null,
  updatedAt: null,
  precision: 'second',
  source: null,
  columnists: [],
  staff: [],
  editors: [],
  keywords: [],
  topic: null,
  media: [],
  layout: '',
} as const;

/** The absence that still lasts; null where the site has the article, as far as visits know. */
export function isGone({ absences }: ArchiveRecord): Absence | null {
  return absences.find(({ until }) => until === null) ?? null;
}

// What a visit makes of a record. Pure: the record stays what it was, a new one is returned, or the same where nothing changes.

/** A record but for what the archive itself knows. */
export type RecordDraft = Omit<ArchiveRecord, 'format' | 'document' | 'versions' | 'absences' | 'movedTo' | 'render'>;

/**
 * A new capture of an article, with all that was known of it and that no capture takes away: its other addresses, the
 * pictures that were stored, when it was gone, and what moved here. That it is gone or moved ends with the capture, unless
 * it was found so after the page was fetched. What a reader was seen to see stands as long as the content does.
 */
export function mergeRecord(
  old: ArchiveRecord | null,
  draft: RecordDraft,
  files: Pick<ArchiveRecord, 'document' | 'versions'>,
): ArchiveRecord {
  const { id, url, aliases, assets, movedFrom = [], basis, ...rest } = draft;
  const capturedAt = draft.capture.requests[0]?.fetchedAt ?? '';
  const looked = old !== null && old.contentHash === draft.contentHash ? old : null;
  return {
    format: 1,
    id,
    url,
    aliases: [...new Set([...(old?.aliases ?? []), ...aliases, ...movedFrom])].filter((alias) => alias !== url).sort(),
    ...rest,
    flags: [...draft.flags, ...(looked?.flags.filter(isReaderFlag) ?? [])],
    assets: withStored(assets, old?.assets ?? []),
    ...files,
    ...(basis === undefined || isDeepStrictEqual(basis, files.versions.at(-1)?.basis) ? {} : { basis }),
    absences: (old?.absences ?? []).map((absence) => ({ ...absence, until: endOf(absence, capturedAt) })),
    ...withMovedFrom(old, movedFrom),
    ...(old?.movedTo !== undefined && old.movedTo.since > capturedAt ? { movedTo: old.movedTo } : {}),
    ...(looked?.render === undefined ? {} : { render: looked.render }),
  };
}

/**
 * What came of a look at the page that gave this content; nothing where the record has another content by now. A look that
 * failed takes nothing back, and the same again changes nothing.
 */
export function noteLook(
  record: ArchiveRecord,
  { contentHash: seen, flags, ...look }: Look & { readonly contentHash: string; readonly flags: readonly Flag[] },
): ArchiveRecord {
  const { render } = record;
  if (record.contentHash !== seen) return record;
  if (look.result === 'not looked at' && render !== undefined && render.result !== look.result) return record;
  const others = record.flags.filter((each) => !isReaderFlag(each));
  const noted = { ...record, flags: [...others, ...flags] };
  const isSame = render?.result === look.result && render.why === look.why;
  return isSame && saysTheSame(record, noted) ? record : { ...noted, render: look };
}

/** The site has the article no more; a second time changes nothing. */
export function noteGone(
  record: ArchiveRecord,
  { at, evidence }: { readonly at: string; readonly evidence: readonly string[] },
): ArchiveRecord {
  if (isGone(record) !== null) return record;
  return { ...record, absences: [...record.absences, { since: at, until: null, evidence }] };
}

/** The article became another one; a second time changes nothing. */
export function noteMovedTo(record: ArchiveRecord, movedTo: Move): ArchiveRecord {
  return record.movedTo?.url === movedTo.url ? record : { ...record, movedTo };
}

/** The article is what another one became; a second time changes nothing. */
export function noteMovedFrom(record: ArchiveRecord, url: string): ArchiveRecord {
  if (record.movedFrom?.includes(url) === true) return record;
  const aliases = [...new Set([...record.aliases, url])].sort();
  return { ...record, aliases, ...withMovedFrom(record, [url]) };
}

/** True where two records say the same of the article; when and how it was fetched, and where that is kept, does not count. */
export function saysTheSame(a: ArchiveRecord, b: ArchiveRecord): boolean {
  const strip = ({ capture: _capture, verdict: _verdict, basis: _basis, versions, ...rest }: ArchiveRecord) =>
    JSON.stringify([rest, versions.map(({ basis: _of, ...version }) => version)]);
  return strip(a) === strip(b);
}

function endOf({ since, until }: Absence, capturedAt: string): string | null {
  if (until !== null) return until;
  return since > capturedAt ? null : capturedAt;
}

/** What was stored once is known for good, though a later capture misses it or shows it no more. */
function withStored(shown: readonly Asset[], old: readonly Asset[]): readonly Asset[] {
  const stored = new Map(old.filter((asset) => 'sha256' in asset).map((asset) => [asset.src, asset]));
  const kept = shown.map((asset) => ('missing' in asset ? (stored.get(asset.src) ?? asset) : asset));
  for (const { src } of shown) stored.delete(src);
  return [...kept, ...stored.values()];
}

/** Nothing where no article moved here. */
function withMovedFrom(old: ArchiveRecord | null, urls: readonly string[]): Pick<ArchiveRecord, 'movedFrom'> {
  const movedFrom = [...new Set([...(old?.movedFrom ?? []), ...urls])].sort();
  return movedFrom.length === 0 ? {} : { movedFrom };
}

/** JSON with a final newline; `readRecord` gives the value back. */
export function writeRecord(record: ArchiveRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

const nullableText = z.string().nullable();
const digestForm = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();
const place = z.looseObject({
  file: z.string(),
  offset: z.int().min(0),
  length: z.int().min(1),
  sha256: digestForm.optional(),
});
const count = z.object({ added: z.number(), removed: z.number() });
const provenance = z.looseObject({
  kind: z.enum(PROVENANCES),
  from: z.string().min(1),
  capturedAt: instant.nullable(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

/**
 * The form of a record: what the program relies on when it reads one, and what a visit always writes. Every record that
 * the program ever wrote has it; what else stands in a record is kept.
 */
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
  contentHash: digestForm,
  document: z.looseObject({ path: z.string(), bytes: z.int().min(1), sha256: digestForm }),
  assets: z.array(
    z.union([
      z.strictObject({
        src: z.string(),
        url: z.string(),
        sha256: digestForm,
        bytes: z.int().min(1),
        type: z.string().regex(/^[a-z0-9]{1,8}$/),
        width: z.int().min(0),
        height: z.int().min(0),
        replaces: digestForm.optional(),
        flaw: z.looseObject({ kind: z.string(), detail: z.string() }).optional(),
      }),
      z.strictObject({ src: z.string(), missing: z.string().min(1) }),
    ]),
  ),
  verdict: z.looseObject({ kind: z.literal('article'), evidence: z.array(z.string()).min(1) }),
  capture: z.looseObject({
    requests: z
      .array(
        z.looseObject({
          url: z.string(),
          status: z.int(),
          fetchedAt: instant,
          exchanges: z.array(place.extend({ body: place.optional() })).optional(),
        }),
      )
      .min(1),
  }),
  versions: z
    .array(
      z.looseObject({
        document: z.string(),
        sha256: digestForm,
        contentHash: digestForm,
        capturedAt: instant,
        changes: z.looseObject({ title: count, body: count, images: count }).nullable(),
        confirmed: z.looseObject({ detail: z.string(), seen: z.array(instant), by: z.string() }).optional(),
        basis: basisForm.optional(),
        provenance: provenance.optional(),
      }),
    )
    .min(1),
  basis: basisForm.optional(),
  absences: z.array(z.looseObject({ since: instant, until: instant.nullable(), evidence: z.array(z.string()) })),
  movedFrom: z.array(z.url()).optional(),
  movedTo: z.object({ url: z.url(), since: instant }).optional(),
  render: z.looseObject({ at: instant, result: z.string(), why: nullableText }).optional(),
  provenance: provenance.optional(),
});

/** @throws ARCHIVE_DAMAGED naming the file where the text is no record */
export function readRecord(text: string, path: string): ArchiveRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ArchiveError('ARCHIVE_DAMAGED', `${path}: ${(error as Error).message}`, { cause: error });
  }
  const form = readForm(value);
  if ('fault' in form) throw new ArchiveError('ARCHIVE_DAMAGED', `${path}: ${form.fault}`);
  return form.record;
}

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
  const isValid = (name: string, field: unknown) =>
    !Object.hasOwn(shape, name) || shape[name]?.safeParse(field).success === true;
  const valid = Object.entries(value).filter(([name, field]) => isValid(name, field));
  return Object.fromEntries(valid) as Partial<ArchiveRecord>;
}
