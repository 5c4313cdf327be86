/** A record put right from what the archive itself knows: its own other fields, its document, its files. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { type DateConvention, readScalar, restoreFront, titleText } from '../archive/document.ts';
import { documentKey, idOf, parseKey, recordKey, stemOf } from '../archive/keys.ts';
import { type Absence, type ArchiveRecord, readForm, sha256, type Version, validFields } from '../archive/record.ts';
import { ask, auditDocument } from '../audit/articles.ts';
import type { AuditedDocument } from '../audit/check.ts';
import { dateAgainstRecord } from '../audit/check-article.ts';
import { absenceOrder, recordDisagrees } from '../audit/check-record.ts';
import { PAIR_CHECKS, RECORD_CHECKS } from '../audit/checks.ts';
import type { ArticleId, Asset } from '../model.ts';
import { parseArticleUrl, type Site } from '../site/address.ts';

export interface RepairedRecord {
  readonly record: ArchiveRecord;
  /** True if it keeps every promise of a record: it may be written as it is. */
  readonly isWhole: boolean;
  /** True if it is another than the one that was read. */
  readonly isChanged: boolean;
}

export interface Known {
  readonly key: string;
  /** The document's bytes; null if it cannot be read. */
  readonly document: Buffer | null;
  /** Addresses from elsewhere, such as the frontier's. */
  readonly urls: readonly string[];
  readonly site: Site;
  readonly convention: DateConvention;
  /** Paths of the superseded documents by their hashes. */
  readonly versions: ReadonlyMap<string, string>;
  /** What the file of a picture is; null if it is not measured again. */
  readonly measure: (sha256: string) => Omit<Extract<Asset, { sha256: string }>, 'src' | 'url' | 'sha256'> | null;
  /** Another article that has an address of this one. */
  readonly stranger: ArticleId | null;
}

/** Null if fields are lost that nothing else in the archive knows: what the article is, or which versions it has. */
export function repairRecord(value: unknown, known: Known): RepairedRecord | null {
  if (typeof value !== 'object' || value === null) return null;
  const valid = validFields(value as Readonly<Record<string, unknown>>);
  const last = valid.versions?.at(-1);
  if (valid.article === undefined || valid.versions === undefined || last === undefined) return null;
  const { key, document } = known;
  const path = documentKey(key);
  const hash = document === null ? null : sha256(document);
  const described = [valid.document?.sha256, last.sha256];
  const trusted =
    described.find((each) => each === hash) ?? described.find((each) => each !== undefined) ?? last.sha256;
  const bytes = trusted === hash ? (document?.length ?? 0) : (valid.document?.bytes ?? 0);
  const contentHash = valid.contentHash ?? last.contentHash;
  const record = {
    ...(value as ArchiveRecord),
    format: 1,
    id: idOf(key),
    url: urlOf(valid, known) ?? '',
    aliases: (valid.aliases ?? []).filter((alias) => !isStrange(alias, known)),
    flags: valid.flags ?? [],
    contentHash,
    document: { path, bytes, sha256: trusted },
    assets: (valid.assets ?? []).map((asset) =>
      'sha256' in asset ? { ...asset, ...known.measure(asset.sha256) } : asset,
    ),
    versions: versionsOf(valid.versions, { path, sha256: trusted, contentHash, known }),
    absences: valid.absences ?? [],
  } satisfies ArchiveRecord;
  const own = { path: recordKey(key), key, id: idOf(key), record };
  const ordered = absenceOrder(own) === null ? record : { ...record, absences: inOrder(record.absences) };
  const isProved = document !== null && hash === trusted && 'record' in readForm(record);
  const read = isProved ? auditDocument(document, { path, record }).document : null;
  const repaired = read === null ? ordered : asItsDocument(ordered, read, known);
  const isSalvaged = [valid.aliases, valid.flags, valid.assets, valid.absences].includes(undefined);
  return {
    record: repaired,
    isWhole: !isSalvaged && keepsPromises(repaired, key, read),
    isChanged: !isDeepStrictEqual(repaired, value),
  };
}

function keepsPromises(record: ArchiveRecord, key: string, read: AuditedDocument | null): boolean {
  const audited = { path: recordKey(key), key, id: record.id as ArticleId, record };
  if ('fault' in readForm(record) || ask(RECORD_CHECKS, (check) => check(audited)).length > 0) return false;
  return read === null || ask(PAIR_CHECKS, (check) => check({ ...read, record }, audited)).length === 0;
}

/** The address that names this article, of all that are known. */
function urlOf({ url, aliases = [], capture }: Partial<ArchiveRecord>, known: Known): string | undefined {
  const { key, site, urls } = known;
  const stem = stemOf(key);
  const asked = capture?.requests.flatMap((request) => [request.url, request.finalUrl]) ?? [];
  for (const text of [url ?? '', ...urls, ...aliases, ...asked]) {
    const address = parseArticleUrl(text, site);
    if (address?.id !== idOf(key)) continue;
    if (address.date === null || address.url.endsWith(`/${stem}.shtml`)) return text === url ? url : address.url;
  }
  return url;
}

function isStrange(alias: string, { stranger, site }: Known): boolean {
  return stranger !== null && parseArticleUrl(alias, site)?.id === stranger;
}

/** Superseded ones by the numbers of their files, which were given in order; the last is the document. What lies nowhere near is no version. */
function versionsOf(
  versions: readonly Version[],
  now: { readonly path: string; readonly sha256: string; readonly contentHash: string; readonly known: Known },
): readonly Version[] {
  const { known } = now;
  const number = ({ document }: Version) => {
    const parsed = parseKey(document);
    return parsed?.kind === 'version' && parsed.article === known.key ? parsed.number : 0;
  };
  const older = versions.slice(0, -1).flatMap((version): Version[] => {
    if (number(version) > 0) return [version];
    const document = known.versions.get(version.sha256);
    return document === undefined ? [] : [{ ...version, document }];
  });
  const { basis, ...newest } = versions.at(-1) as Version;
  const last = {
    ...newest,
    ...(basis && newest.sha256 === now.sha256 ? { basis } : {}), // of other bytes it says nothing
    document: now.path,
    sha256: now.sha256,
    contentHash: now.contentHash,
  };
  return [...older.sort((a, b) => number(a) - number(b)), last];
}

/** Gone and found again, as the visits saw it one after the other. */
function inOrder(absences: readonly Absence[]): readonly Absence[] {
  const seen = absences
    .flatMap(({ since, until, evidence }) => [
      { at: since, evidence },
      ...(until === null ? [] : [{ at: until, evidence: null }]),
    ])
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : Number(a.evidence !== null) - Number(b.evidence !== null)));
  const ordered: Absence[] = [];
  for (const { at, evidence } of seen) {
    const last = ordered.at(-1);
    const isGone = last !== undefined && last.until === null;
    if (evidence !== null && !isGone) ordered.push({ since: at, until: null, evidence });
    if (evidence !== null && isGone)
      ordered.splice(-1, 1, { ...last, evidence: [...new Set([...last.evidence, ...evidence])] });
    if (evidence === null && isGone) ordered.splice(-1, 1, { ...last, until: at });
  }
  return ordered;
}

/** Where both disagree, the document is right: its bytes are proved by their hash. */
function asItsDocument(record: ArchiveRecord, read: AuditedDocument, known: Known): ArchiveRecord {
  const own = { path: '', key: known.key, id: record.id as ArticleId, record };
  if (recordDisagrees(read, own) === null) return record;
  const list = restoreFront(readScalar(read.front.categories[2]));
  const isListed = record.source !== null && !record.id.startsWith('fengwen:');
  const { title } = record.article;
  const isTitle = titleText(title) === titleText(read.title);
  const publishedAt =
    dateAgainstRecord(read) === null || read.at === null
      ? record.article.publishedAt
      : onSiteClock(read.at, known.convention);
  return {
    ...record,
    source: isListed ? list : record.source,
    article: { ...record.article, title: isTitle ? title : read.title, publishedAt },
  };
}

const BEIJING_MS = 8 * 3_600_000;

function onSiteClock(at: number, convention: DateConvention): string {
  const clock = convention === 'utc' ? at + BEIJING_MS : at;
  return `${new Date(clock).toISOString().slice(0, 19)}+08:00`;
}
