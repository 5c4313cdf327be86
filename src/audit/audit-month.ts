/** A month of an archive: each document with its record and its versions. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { ArticleId } from '../model.ts';
import { assetKey } from '../store/keys.ts';
import type { ArchiveRecord } from '../store/record.ts';
import { ask, auditDocument, type Breach, type DocumentAudit } from './audit-document.ts';
import { auditPictures } from './audit-pictures.ts';
import { conventionOf, isEightHoursAhead } from './checks/article/dates.ts';
import type { AuditedRecord } from './checks/check.ts';
import { PAIR_CHECKS, RECORD_CHECKS } from './checks/checks.ts';
import { readForm } from './checks/records/form.ts';
import type { CheckCode } from './checks-table.ts';
import { type Finding, finding } from './finding.ts';
import { listFolder, strays, under } from './folder.ts';
import { readWhole } from './read-file.ts';
import type { Scratch } from './scratch.ts';

/** What the audit of a piece of the archive is given. */
export interface ShardContext {
  readonly root: string;
  readonly scratch: Scratch;
  /** False for a check that was not asked for: it neither tells nor silences. */
  readonly wanted: (code: CheckCode) => boolean;
  /** True where only some articles are asked for: their pictures are then read with them. */
  readonly isPartial: boolean;
  /** The day from which on, `2022-01-28`; null for all. */
  readonly since: string | null;
  readonly tell: (found: Finding) => void;
  readonly count: (read: { readonly articles?: number; readonly assets?: number; readonly bytes: number }) => void;
}

/** A page of the site has at most 16 MB (`limits.pageBytes`); a record quotes less than its page. */
const LONGEST_BYTES = 64_000_000;

export function auditMonth(month: string, stems: readonly string[] | null, context: ShardContext): void {
  const { root, tell } = context;
  const isPost = month.startsWith('fengwen/');
  const name = isPost ? /^[1-9]\d*$/ : /^\d{4}_\d{2}_\d{2}_[1-9]\d*$/;
  const stemsIn = (kind: string, ending: string) => {
    const folder = `${kind}/${month}`;
    const { files, folders, findings } = listFolder(root, folder);
    for (const found of findings) tell(found);
    const known = (file: string) => file.endsWith(ending) && name.test(file.slice(0, file.length - ending.length));
    const entries = ending === '' ? folders : files;
    for (const found of strays(
      folder,
      entries.filter((each) => !known(each)),
      'not the name of an article',
    ))
      tell(found);
    for (const found of strays(folder, ending === '' ? files : folders, 'not the name of an article')) tell(found);
    return entries.filter(known).map((each) => each.slice(0, each.length - ending.length));
  };
  const documents = new Set(stemsIn('articles', '.html'));
  const records = new Set(stemsIn('records', '.json'));
  const versions = new Set(stemsIn('versions', ''));
  for (const stem of [...new Set([...documents, ...records, ...versions])].sort()) {
    if (!isAsked(stem, { stems, since: isPost ? null : context.since })) continue;
    auditArticle(`${month}/${stem}`, { hasVersions: versions.has(stem) }, context);
  }
}

function isAsked(
  stem: string,
  { stems, since }: { readonly stems: readonly string[] | null; readonly since: string | null },
): boolean {
  if (since !== null && stem.slice(0, 10).replaceAll('_', '-') < since) return false;
  return stems === null || stems.some((asked) => stem === asked || asked === `fengwen:${stem}` || endsIn(stem, asked));
}

function endsIn(stem: string, asked: string): boolean {
  return asked.startsWith('_') && stem.endsWith(asked);
}

function auditArticle(key: string, { hasVersions }: { readonly hasVersions: boolean }, context: ShardContext): void {
  const { root, scratch, wanted, tell, count } = context;
  const paths = { document: `articles/${key}.html`, record: `records/${key}.json` };
  const id = idOf(key);
  const breach = (path: string, [code, detail]: Breach) => {
    if (wanted(code)) tell(finding(code, { path, article: id }, detail));
  };

  /** What is no file was told when its folder was listed. */
  const breachOf = (path: string, fault: { readonly code: CheckCode; readonly detail: string }) => {
    if (fault.code !== 'link-in-archive' && fault.code !== 'special-file') breach(path, [fault.code, fault.detail]);
  };

  const stored = readStored(paths.record);
  const record = stored === 'absent' || stored === 'fault' ? null : stored;
  const document = readWhole(join(root, paths.document), LONGEST_BYTES);
  if (document.kind === 'fault') breachOf(paths.document, document);
  if (document.kind === 'absent' && stored !== 'absent')
    breach(paths.document, ['document-missing', `named by ${paths.record}`]);
  if (document.kind !== 'absent' && stored === 'absent')
    breach(paths.document, ['record-missing', `no ${paths.record}`]);

  const audited = record === null ? null : { path: paths.record, key, id: record.id as ArticleId, record };
  const inRecord = audited === null ? [] : ask(RECORD_CHECKS, (check) => check(audited));
  const misplaced = inRecord.find(([code]) => code === 'record-place');
  for (const each of misplaced === undefined ? inRecord : [misplaced]) breach(paths.record, each);
  const isPlaced = audited !== null && misplaced === undefined;
  const isWhole = document.kind === 'bytes' && auditStored(document.bytes, isPlaced ? audited : null);
  if (isPlaced) noteNames(audited, isWhole);
  if (audited !== null) notePictures(audited);
  if (record !== null || document.kind !== 'absent')
    scratch.article({ id, key, path: paths.document, lost: record === null });
  if (stored !== 'fault') auditVersions();

  function readStored(path: string): ArchiveRecord | 'absent' | 'fault' {
    const read = readWhole(join(root, path), LONGEST_BYTES);
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

  /** Tells what is wrong with the document; true where it is the one that its record describes. */
  function auditStored(bytes: Buffer, own: AuditedRecord | null): boolean {
    count({ articles: 1, bytes: bytes.length });
    const audit = auditDocument(bytes, { path: paths.document, record: own?.record ?? null });
    const pairs = pairBreaches(audit, own);
    const breaches = [...audit.breaches, ...pairs];
    const change = own === null ? null : changeOf(bytes, own.record);
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
      scratch.clock({ path: read.path, article: id, convention, date: read.front.date });
  }

  /** What only all records together can tell. */
  function noteNames(own: AuditedRecord, whole: boolean): void {
    const where = { path: own.path, article: own.id };
    const { url, aliases, movedFrom = [], contentHash, document: described } = own.record;
    scratch.name('id', own.id, where);
    // An article that moved, and what it became, are two that rightly have one address.
    for (const address of new Set([url, ...aliases]))
      if (!movedFrom.includes(address)) scratch.name('address', address, where);
    if (whole) {
      scratch.name('content', contentHash, where);
      scratch.name('document', described.sha256, where);
    }
  }

  function notePictures(own: AuditedRecord): void {
    const where = { path: own.path, article: own.id };
    for (const asset of own.record.assets) {
      if ('sha256' in asset) {
        scratch.shown(asset, where);
        if (context.isPartial) auditPictures([assetKey(asset.sha256, asset.type)], context);
      } else breach(own.path, ['picture-missing', `${asset.missing}: ${asset.src}`]);
    }
  }

  function auditVersions(): void {
    const folder = `versions/${key}`;
    const { files, folders, findings } = hasVersions
      ? listFolder(root, folder)
      : { files: [], folders: [], findings: [] };
    for (const found of findings) if (wanted(found.code)) tell({ ...found, article: id });
    for (const found of strays(folder, folders, 'not a version'))
      if (wanted(found.code)) tell({ ...found, article: id });
    const listed = new Map((record?.versions ?? []).slice(0, -1).map((version) => [version.document, version]));
    for (const path of files.map((name) => under(folder, name)).filter((each) => !listed.has(each)))
      breach(path, ['version-orphan', record === null ? `no ${paths.record}` : `not listed by ${paths.record}`]);
    for (const [path, { sha256 }] of listed) {
      if (!/^\d+\.html$/.test(path.slice(folder.length + 1)) || !path.startsWith(folder)) continue; // told as version-order
      const read = readWhole(join(root, path), LONGEST_BYTES);
      if (read.kind === 'absent') breach(path, ['version-missing', `named by ${paths.record}`]);
      else if (read.kind === 'fault') breachOf(path, read);
      else {
        count({ bytes: read.bytes.length });
        const is = digest(read.bytes);
        if (is !== sha256) breach(path, ['version-changed', `sha256 ${is}, record ${sha256}`]);
      }
    }
  }
}

function changeOf(bytes: Buffer, { document }: ArchiveRecord): string | null {
  const sha256 = digest(bytes);
  if (sha256 === document.sha256 && bytes.length === document.bytes) return null;
  return `${bytes.length} bytes, sha256 ${sha256}; record ${document.bytes} bytes, ${document.sha256}`;
}

/** The id that a place stands for. */
export function idOf(key: string): ArticleId {
  const number = Number(/(\d+)$/.exec(key)?.[1]);
  return key.startsWith('fengwen/') ? `fengwen:${number}` : `guancha:${number}`;
}

function digest(bytes: Buffer): string {
  return hash('sha256', bytes);
}
