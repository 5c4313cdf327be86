/** A month of an archive: each document with its record and its versions. */

import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { FRAME } from '../archive/document.ts';
import {
  ARTICLES,
  assetKey,
  documentKey,
  idOf,
  isPost,
  isStem,
  parseKey,
  RECORDS,
  recordKey,
  VERSIONS,
  versionsOf,
} from '../archive/keys.ts';
import { type ArchiveRecord, readForm } from '../archive/record.ts';
import type { ArticleId, CapturePlace } from '../model.ts';
import { type AuditedDocument, type AuditedRecord, wasFlagged } from './check.ts';
import { conventionOf, isEightHoursAhead } from './check-article.ts';
import { explainFrame, readDate, readTitle, withoutStrangers } from './check-format.ts';
import { ARTICLE_CHECKS, FORMAT_CHECKS, PAIR_CHECKS, PLACE_CHECKS, RECORD_CHECKS, TEXT_CHECKS } from './checks.ts';
import { auditPictures } from './pictures.ts';
import { type CheckCode, finding } from './promises.ts';
import { isLink, LONGEST_BYTES, listFolder, readWhole, type ShardContext, unclaimed, under } from './read-file.ts';
import { scanBody } from './scan-body.ts';
import { isNamed } from './shards.ts';

export function auditMonth(month: string, stems: readonly string[] | null, context: ShardContext): void {
  const { root, report } = context;
  const stemsIn = (kind: string, ending: string) => {
    const folder = `${kind}/${month}`;
    const { files, folders, findings } = listFolder(root, folder);
    for (const found of findings) report(found);
    const known = (file: string) => file.endsWith(ending) && isStem(file.slice(0, file.length - ending.length), month);
    const entries = ending === '' ? folders : files;
    for (const found of unclaimed(
      folder,
      entries.filter((each) => !known(each)),
      'not the name of an article',
    ))
      report(found);
    for (const found of unclaimed(folder, ending === '' ? files : folders, 'not the name of an article')) report(found);
    return entries.filter(known).map((each) => each.slice(0, each.length - ending.length));
  };
  const documents = new Set(stemsIn(ARTICLES, '.html'));
  const records = new Set(stemsIn(RECORDS, '.json'));
  const versions = new Set(stemsIn(VERSIONS, ''));
  for (const stem of [...new Set([...documents, ...records, ...versions])].sort()) {
    if (!isAsked(stem, { stems, since: isPost(month) ? null : context.since })) continue;
    auditArticle(`${month}/${stem}`, { hasVersions: versions.has(stem) }, context);
  }
}

function isAsked(
  stem: string,
  { stems, since }: { readonly stems: readonly string[] | null; readonly since: string | null },
): boolean {
  if (since !== null && stem.slice(0, 10).replaceAll('_', '-') < since) return false;
  return stems === null || stems.some((asked) => isNamed(stem, asked));
}

function auditArticle(key: string, { hasVersions }: { readonly hasVersions: boolean }, context: ShardContext): void {
  const { root, index, wanted, report, count } = context;
  const paths = { document: documentKey(key), record: recordKey(key) };
  const id = idOf(key);
  const breach = (path: string, [code, detail]: Breach) => {
    if (wanted(code)) report(finding(code, { path, article: id }, detail));
  };

  /** What is no file and no link was reported when its folder was listed. */
  const breachOf = (path: string, fault: { readonly code: CheckCode; readonly detail: string }) => {
    if (fault.code !== 'special-file') breach(path, [fault.code, fault.detail]);
  };

  /** A file with its hash; or what a link leads to, if that proves to be right. */
  const readOwn = (path: string, isRight: (read: HashedBytes) => boolean) => {
    const own = readWhole(join(root, path), LONGEST_BYTES);
    if (own.kind === 'bytes') return hashed(path, own.bytes);
    if (own.kind !== 'fault' || own.code !== 'link-in-archive') return own;
    const linked = readWhole(join(root, path), LONGEST_BYTES, { follows: true });
    const read = linked.kind === 'bytes' ? hashed(path, linked.bytes) : null;
    if (read === null || !isRight(read)) return own;
    breach(path, ['linked-file', 'its bytes lie elsewhere']);
    return read;
  };

  const hashed = (path: string, bytes: Buffer): HashedBytes => {
    const sha256 = hash('sha256', bytes);
    index.file(path, sha256);
    return { kind: 'bytes', bytes, sha256 };
  };

  const stored = readStored(paths.record);
  const record = stored === 'absent' || stored === 'fault' ? null : stored;
  const found = readOwn(paths.document, ({ sha256 }) => sha256 === record?.document.sha256);
  if (found.kind === 'fault') breachOf(paths.document, found);
  // A link that leads nowhere, or anywhere, is nobody's document.
  const isStray = found.kind === 'fault' && found.code === 'link-in-archive' && stored === 'absent';
  const document = isStray ? ({ kind: 'absent' } as const) : found;
  if (document.kind === 'absent' && stored !== 'absent')
    breach(paths.document, ['document-missing', `named by ${paths.record}`]);
  if (document.kind !== 'absent' && stored === 'absent')
    breach(paths.document, ['record-missing', `no ${paths.record}`]);

  const audited = record === null ? null : { path: paths.record, key, id: record.id as ArticleId, record };
  const inRecord = audited === null ? [] : ask(RECORD_CHECKS, (check) => check(audited));
  const misplaced = inRecord.find(([code]) => code === 'record-place');
  for (const each of misplaced === undefined ? inRecord : [misplaced]) breach(paths.record, each);
  const isPlaced = audited !== null && misplaced === undefined;
  const isWhole = document.kind === 'bytes' && auditStored(document, isPlaced ? audited : null);
  if (isPlaced) noteNames(audited, isWhole);
  if (audited !== null) notePictures(audited);
  if (audited !== null) noteCaptures(audited);
  if (record !== null || document.kind !== 'absent')
    index.article({ id, key, path: paths.document, lost: record === null });
  if (stored !== 'fault') auditVersions();

  function readStored(path: string): ArchiveRecord | 'absent' | 'fault' {
    const read = readOwn(path, ({ bytes }) => isRecord(bytes));
    if (read.kind === 'absent') return 'absent';
    if (read.kind === 'fault') {
      breachOf(path, read);
      return 'fault';
    }
    count({ bytes: read.bytes.length });
    const text = read.bytes.toString();
    try {
      const form = readForm(JSON.parse(text));
      if ('record' in form) return form.record;
      breach(path, ['record-schema', form.fault]);
    } catch (error) {
      breach(path, ['record-unreadable', (error as Error).message]); // no JSON, or nested deeper than any
    }
    return 'fault';
  }

  /** Reports what is wrong with the document; true if it is the one that its record describes. */
  function auditStored(stored: HashedBytes, own: AuditedRecord | null): boolean {
    const { bytes } = stored;
    count({ articles: 1, bytes: bytes.length });
    const audit = auditDocument(bytes, { path: paths.document, record: own?.record ?? null });
    const pairs = pairBreaches(audit, own);
    const breaches = [...audit.breaches, ...pairs];
    const change = own === null ? null : changeOf(stored, own.record);
    if (change !== null && wanted('document-changed')) {
      // One cause, one finding: what the change broke is evidence of it.
      const also = [...new Set(breaches.map(([code]) => code))].join(', ');
      breach(paths.document, ['document-changed', also === '' ? change : `${change}; it also breaks: ${also}`]);
      return false;
    }
    for (const each of breaches) breach(paths.document, each);
    noteClock(audit);
    return change === null;
  }

  function pairBreaches({ document: read }: DocumentAudit, own: AuditedRecord | null): Breach[] {
    if (read === null || own === null) return [];
    const ahead: Breach[] = isEightHoursAhead(read)
      ? [['clock-convention', `date ${read.front.date} is 8 hours after the site’s clock`]]
      : [];
    return [...ask(PAIR_CHECKS, (check) => check(read, own)), ...ahead];
  }

  function noteClock({ document: read }: DocumentAudit): void {
    const convention = read === null ? null : conventionOf(read);
    if (read !== null && convention !== null)
      index.clock({ path: read.path, article: id, convention, date: read.front.date });
  }

  /** Notes what only shows when all records are compared. */
  function noteNames(own: AuditedRecord, whole: boolean): void {
    const where = { path: own.path, article: own.id };
    const { url, aliases, movedFrom = [], contentHash, document: described } = own.record;
    index.name('id', own.id, where);
    // An article that moved, and what it became, are two that rightly have one address.
    for (const address of new Set([url, ...aliases]))
      if (!movedFrom.includes(address)) index.name('address', address, where);
    if (whole) {
      index.name('content', contentHash, where);
      index.name('document', described.sha256, where);
    }
  }

  function notePictures(own: AuditedRecord): void {
    const where = { path: own.path, article: own.id };
    for (const asset of own.record.assets) {
      if ('sha256' in asset) {
        index.shown(asset, where);
        if (asset.replaces !== undefined) index.name('replaced', asset.replaces, where);
        if (asset.flaw !== undefined) breach(own.path, ['picture-imperfect', `${asset.flaw.detail}: ${asset.src}`]);
        if (context.isPartial) auditPictures([assetKey(asset.sha256, asset.type)], context);
      } else breach(own.path, ['picture-missing', `${asset.missing}: ${asset.src}`]);
    }
  }

  /** Where the record says that its exchanges are kept; a place that is named several times is noted with most. */
  function noteCaptures(own: AuditedRecord): void {
    for (const each of namedPlaces(own.record)) index.evidence(each, { path: own.path, article: own.id });
  }

  function auditVersions(): void {
    const folder = versionsOf(key);
    const { files, folders, findings } = hasVersions
      ? listFolder(root, folder)
      : { files: [], folders: [], findings: [] };
    for (const found of findings) if (wanted(found.code)) report({ ...found, article: id });
    const isVersion = (name: string) => parseKey(under(folder, name))?.kind === 'version';
    for (const found of unclaimed(folder, [...folders, ...files.filter((name) => !isVersion(name))], 'not a version'))
      if (wanted(found.code)) report({ ...found, article: id });
    const listed = new Map((record?.versions ?? []).slice(0, -1).map((version) => [version.document, version]));
    const there = files.filter(isVersion).map((name) => under(folder, name));
    for (const path of there.filter((each) => !listed.has(each))) {
      if (isLink(join(root, path))) breach(path, ['link-in-archive', 'a symbolic link']);
      else breach(path, ['version-orphan', record === null ? `no ${paths.record}` : `not listed by ${paths.record}`]);
    }
    for (const [path, { sha256 }] of listed) {
      const parsed = parseKey(path);
      if (parsed?.kind !== 'version' || parsed.article !== key) continue; // reported as version-order
      const read = readOwn(path, (each) => each.sha256 === sha256);
      if (read.kind === 'absent') breach(path, ['version-missing', `named by ${paths.record}`]);
      else if (read.kind === 'fault') breachOf(path, read);
      else {
        count({ bytes: read.bytes.length });
        if (read.sha256 !== sha256) breach(path, ['version-changed', `sha256 ${read.sha256}, record ${sha256}`]);
      }
    }
  }
}

/** The whole of a file, and its hash in lower-case hex. */
interface HashedBytes {
  readonly kind: 'bytes';
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** The places of exchanges that a record names, each once, with what it says of them. */
function namedPlaces(record: ArchiveRecord): Iterable<Parameters<ShardContext['index']['evidence']>[0]> {
  const named = new Map<string, Parameters<ShardContext['index']['evidence']>[0]>();
  const key = ({ file, offset, length, sha256 }: CapturePlace) => `${file} ${offset} ${length} ${sha256}`;
  for (const request of record.capture.requests) {
    const last = request.exchanges?.at(-1);
    if (last !== undefined) named.set(key(last), { place: last, digest: `sha256:${request.sha256}` });
  }
  const bases = [record.basis, ...record.versions.map(({ basis }) => basis)].filter((basis) => basis !== undefined);
  const exchanges = [
    ...record.capture.requests.flatMap((request) => request.exchanges ?? []),
    ...bases.flatMap(({ pages, single }) => [...pages.flat(), ...(single ?? [])]),
  ];
  const others = exchanges.flatMap((each) => (each.body === undefined ? [each] : [each, each.body]));
  for (const place of others) if (!named.has(key(place))) named.set(key(place), { place, digest: null });
  return named.values();
}

function isRecord(bytes: Buffer): boolean {
  try {
    return 'record' in readForm(JSON.parse(bytes.toString()));
  } catch {
    return false; // no JSON
  }
}

function changeOf({ bytes, sha256 }: HashedBytes, { document }: ArchiveRecord): string | null {
  if (sha256 === document.sha256 && bytes.length === document.bytes) return null;
  return `${bytes.length} bytes, sha256 ${sha256}; record ${document.bytes} bytes, ${document.sha256}`;
}

// Documents in a plain folder, as other programs write them: no records, names of any kind.

/** How a document begins, even a damaged one: other texts may lie beside documents. */
const BEGINS = /^\ufeff?\s{0,8}---\s{0,8}\n[\s\S]{0,2000}?title:/;

export function auditDocuments(folder: string, files: readonly string[], context: ShardContext): void {
  const { root, index, wanted, report, count } = context;
  for (const name of files) {
    const where = { path: under(folder, name), article: null };
    const read = readWhole(join(root, where.path), LONGEST_BYTES);
    if (read.kind === 'absent') report(finding('unreadable-file', where, 'the name is not valid UTF-8'));
    if (read.kind === 'fault') report(finding(read.code, where, read.detail));
    if (read.kind !== 'bytes') continue;
    const isDocument = /\.html?$/i.test(name) || BEGINS.test(read.bytes.subarray(0, 4000).toString());
    if (!isDocument) continue;
    count({ articles: 1, bytes: read.bytes.length });
    const { breaches, document } = auditDocument(read.bytes, { path: where.path, record: null });
    for (const [code, detail] of breaches) if (wanted(code)) report(finding(code, where, detail));
    const convention = document === null ? null : conventionOf(document);
    if (document !== null && convention !== null) index.clock({ ...where, convention, date: document.front.date });
  }
}

// One document through all checks that it can be put to.

/** A breach: which promise, and what was seen. */
type Breach = readonly [code: CheckCode, detail: string];

interface DocumentAudit {
  readonly breaches: readonly Breach[];
  /** Null if the text has not the frame of a document. */
  readonly document: AuditedDocument | null;
}

/**
 * Asks a document's bytes everything that needs no other file.
 * @param given `record` is the document's own, null if there is none
 */
export function auditDocument(
  bytes: Buffer,
  given: { readonly path: string; readonly record: ArchiveRecord | null },
): DocumentAudit {
  if (!isUtf8(bytes)) return { breaches: [['not-utf8', `${bytes.length} bytes`]], document: null };
  const text = bytes.toString();
  const found: Breach[] = ask(TEXT_CHECKS, (check) => check(text)).filter(
    ([code]) => code !== 'mojibake' || !wasFlagged(given, 'damaged-text'),
  );
  const plain = found.length === 0 ? text : withoutStrangers(text);
  const document = readFrame(plain, given);
  if (document === null) return { breaches: [...found, ...explainFrame(plain)], document: null };
  found.push(...ask(FORMAT_CHECKS, (check) => check(document)));
  const [inPlace] = ask(PLACE_CHECKS, (check) => check(document));
  found.push(...(inPlace === undefined ? ask(ARTICLE_CHECKS, (check) => check(document)) : [inPlace]));
  return { breaches: found, document };
}

/** Asks every check of a table. */
export function ask<Check>(
  checks: Readonly<Partial<Record<CheckCode, Check>>>,
  answer: (check: Check) => string | null,
): Breach[] {
  const breaches: Breach[] = [];
  for (const code in checks) {
    const detail = answer(checks[code as CheckCode] as Check);
    if (detail !== null) breaches.push([code as CheckCode, detail]);
  }
  return breaches;
}

function readFrame(
  text: string,
  given: { readonly path: string; readonly record: ArchiveRecord | null },
): AuditedDocument | null {
  const [, title, section, site, feed, headimg, author, date, thumbnail, body] = FRAME.exec(text) ?? [];
  if (title === undefined || section === undefined || site === undefined || feed === undefined) return null;
  if (headimg === undefined || author === undefined || date === undefined) return null;
  if (thumbnail === undefined || body === undefined || /^\s/.test(body)) return null;
  return {
    ...given,
    text,
    front: { title, categories: [section, site, feed], headimg, author, date, thumbnail },
    at: readDate(date),
    title: readTitle(title),
    body,
    scan: scanBody(body),
  };
}
