/** An article's record and document as today's rules make them of the capture that they came from. Reads only. */
import { isDeepStrictEqual } from 'node:util';
import type { Capture } from '../archive/archive.ts';
import { type ArchiveRecord, mergeRecord, saysTheSame, sha256 } from '../archive/record.ts';
import { planVersion } from '../crawl/plan.ts';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import type { Flag } from '../flags.ts';
import type { ArticleId, Asset, Target } from '../model.ts';
import { extract } from '../page/extract.ts';
import { judge } from '../page/judge.ts';
import type { ParsedPage } from '../page/page.ts';
import { sameAddress } from '../page/picture-address.ts';
import {
  addressOf,
  documentOf,
  faultOf,
  isOfCapture,
  type KeptPages,
  readKept,
  recordAt,
  type Sources,
} from './kept.ts';

/** What today's rules make of an article. */
export type Renewed = {
  readonly key: string;
  /** Empty where the record cannot be read. */
  readonly id: string;
  readonly title: string;
  /** When the capture began that the record says most of; empty where the record cannot be read. */
  readonly capturedAt: string;
} & (
  | { readonly result: 'same' | 'uncaptured' }
  | { readonly result: 'changed'; readonly changes: Renewal; readonly capture: Capture }
  /** Today's rules would make it worse, or cannot read a page that is archived: what is archived stays. */
  | { readonly result: 'kept' | 'unreadable' | 'damaged'; readonly code: ErrorCode; readonly detail: string }
);

/** From what is archived to what would be. */
export interface Renewal {
  /** The texts, where they differ; `before` is null where the archived one cannot be read. */
  readonly document: { readonly before: string | null; readonly after: string } | null;
  readonly fields: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
  readonly flags: { readonly added: readonly Flag[]; readonly removed: readonly Flag[] };
}

export async function renew(key: string, sources: Sources): Promise<Renewed> {
  const nothing = { key, id: '', title: '', capturedAt: '' };
  let record: ArchiveRecord;
  try {
    record = await recordAt(key, sources);
  } catch (error) {
    return { ...nothing, result: 'damaged', ...faultOf(key, error) };
  }
  const { id, article, capture } = record;
  const known = { key, id, title: article.title, capturedAt: capture.requests[0]?.fetchedAt ?? '' };
  try {
    return { ...known, ...(await renewRecord(key, record, sources)) };
  } catch (error) {
    const { code, detail } = faultOf(record.url, error);
    return { ...known, result: isOfCapture(code) ? 'unreadable' : 'kept', code, detail };
  }
}

type Result =
  | { readonly result: 'same' | 'uncaptured' }
  | { readonly result: 'changed'; readonly changes: Renewal; readonly capture: Capture };

async function renewRecord(key: string, record: ArchiveRecord, sources: Sources): Promise<Result> {
  const last = record.versions.at(-1);
  const basis = record.basis ?? last?.basis;
  if (basis === undefined || last === undefined) return { result: 'uncaptured' };
  const address = addressOf(record, sources.site);
  const kept = await readKept(basis, address, sources);
  if (!isCaptureOf(record, kept)) return { result: 'uncaptured' };
  const evidence = requireArticle(kept.parts, sources);
  const { accepted, site, document: options } = sources;
  const others = { listed: basis.listed, single: kept.single, accepted: await accepted() };
  const article = extract(kept.parts, address, site, others);
  const { there, archived } = await documentOf(record, sources);
  const { pages, single } = basis;
  const { requests } = record.capture;
  const read = { article, address, aliases: [], evidence, requests, captured: { pages, single } };
  const target: Target = {
    id: record.id as ArticleId,
    url: record.url,
    source: record.source, // the document names this one, whatever list named the article later
    via: null,
    leadPicture: basis.leadPicture,
    listed: basis.listed,
    priority: 0,
  };
  const plan = planVersion(read, { key, record }, { target, site, document: options, archived });
  if (plan.implausible !== null) throw new ArchiveError('IMPLAUSIBLE', `${record.url}: ${plan.implausible.detail}`);
  const { tool, userAgent } = record.capture;
  const made = plan.record(assetsOf(plan.pictures, record.assets), { tool, userAgent });
  const { via, capture, provenance } = record;
  const draft = { ...made, via, capture, ...(provenance && { provenance }) };
  const changes = renewalOf(record, {
    next: mergeRecord(record, draft, {
      document: record.document,
      versions: record.versions.map((each) => (each === last ? { ...last, contentHash: plan.contentHash } : each)),
    }),
    document: { before: there, after: plan.document },
  });
  if (changes === null) return { result: 'same' };
  const { confirmed, capturedAt } = last;
  const why = 'made again by later rules';
  return {
    result: 'changed',
    changes,
    capture: { draft, document: plan.document, present: 'replaced', why, confirmed, capturedAt },
  };
}

/** False where the record says what a later visit saw, whose pages were not kept. */
function isCaptureOf({ capture }: ArchiveRecord, { parts }: KeptPages): boolean {
  return isDeepStrictEqual(
    capture.requests.map((request) => request.sha256),
    parts.map(({ page }) => sha256(page.body)),
  );
}

/** Why the pages are an article's. Throws NOT_AN_ARTICLE where one of them is none any more. */
function requireArticle(parts: readonly ParsedPage[], { site }: Sources): readonly string[] {
  const verdicts = parts.map((part) => judge(part, site));
  const other = verdicts.findIndex(({ kind }) => kind !== 'article');
  const [first] = verdicts;
  if (other < 0 && first !== undefined) return first.evidence;
  const { kind, evidence } = verdicts[other] ?? { kind: 'not-an-article', evidence: [] };
  throw new ArchiveError('NOT_AN_ARTICLE', `${parts[other]?.page.url}: ${kind} (${evidence.join('; ')})`);
}

/** What the archive has of the pictures; another spelling of an address is the same picture. */
export function assetsOf(sources: readonly string[], assets: readonly Asset[]): readonly Asset[] {
  const known = new Map(assets.map((asset) => [sameAddress(asset.src), asset]));
  return sources.map((src) => {
    const asset = known.get(sameAddress(src));
    return asset === undefined ? { src, missing: 'NOT_FETCHED' satisfies ErrorCode } : { ...asset, src };
  });
}

/** Null where nothing changes. Where and how it was captured, and the evidence of the verdict, do not count. */
function renewalOf(
  old: ArchiveRecord,
  { next, document }: { readonly next: ArchiveRecord; readonly document: NonNullable<Renewal['document']> },
): Renewal | null {
  const isOtherText = document.before !== document.after;
  if (!isOtherText && saysTheSame(old, next)) return null;
  const without = (flags: readonly Flag[], others: readonly Flag[]) =>
    flags.filter((flag) => !others.some((each) => isDeepStrictEqual(each, flag)));
  return {
    document: isOtherText ? document : null,
    fields: [...fieldsThatDiffer(old.article, next.article), ...fieldsThatDiffer(ownFields(old), ownFields(next))],
    flags: { added: without(next.flags, old.flags), removed: without(old.flags, next.flags) },
  };
}

function fieldsThatDiffer(old: object, next: object): Renewal['fields'] {
  const [before, after] = [old, next].map((each) => JSON.parse(JSON.stringify(each)) as Record<string, unknown>);
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .map((field) => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }))
    .filter((each) => !isDeepStrictEqual(each.before, each.after));
}

/** Fields of the record that its capture gives, but for the article's, the flags, and what only follows from these. */
function ownFields({ url, source, leadPicture, assets }: ArchiveRecord): object {
  return { url, source, leadPicture, assets };
}
