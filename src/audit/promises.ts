/** The results of an audit (one finding for each fault, and a summary), and the table of all checks. */
import { SEAL_FINDINGS, type SealFindingCode } from '../evidence/findings.ts';
import type { ArticleId } from '../model.ts';

/** `error`: a promise of the archive is broken. `warning`: doubtful, or in the way. `note`: known, and worth repairing. */
export type Severity = 'error' | 'warning' | 'note';

/** What would repair a fault; the command `repair` does it, or says why it cannot. */
export type RepairKind =
  /** Fetch the picture again; the same bytes are proved by their hash. */
  | 'refetch-picture'
  /** Visit the article again; a worse page never replaces a document. */
  | 'revisit'
  /** Write the record again from the document, the archive's files and a visit. */
  | 'rebuild-record'
  /** Write the rows of the frontier again from the records. */
  | 'rebuild-frontier'
  /** End a file of captures at its last whole exchange; what is behind that goes to `trash/`. */
  | 'end-capture'
  /** Write lists, tiles and keys of the seals again, from whichever of them leads to the signed checkpoint. */
  | 'rebuild-log'
  /** Look for the exchange in all captures, and name its place in the record. */
  | 'find-capture'
  /** Move the file to `trash/` with a line in its list. */
  | 'to-trash'
  /** Move the copy of an article that the frontier does not name to `trash/`. */
  | 'remove-duplicate'
  /** Only another copy of the archive has it. */
  | 'restore-backup'
  /** A person has to look. */
  | 'none';

export interface Finding {
  readonly code: CheckCode;
  readonly severity: Severity;
  /** The article that the file belongs to, as far as it is known. */
  readonly article: ArticleId | null;
  /** Relative to the audited folder, with `/`. May hold any character that a file name may hold. */
  readonly path: string;
  /** What was seen, on one line. */
  readonly detail: string;
  readonly repair: RepairKind;
  /** The other file that it concerns; null if it concerns one alone. */
  readonly also: string | null;
}

export interface AuditSummary {
  /** Documents read. */
  readonly articles: number;
  /** Picture files read. */
  readonly assets: number;
  /** Of all files read. */
  readonly bytes: number;
  readonly errors: number;
  readonly warnings: number;
  readonly elapsedMs: number;
}

/** A finding of a check; severity and repair come from the table. The detail is put on one line and cut. */
export function finding(
  code: CheckCode,
  where: { readonly path: string; readonly article: ArticleId | null },
  detail: string,
  also: string | null = null,
): Finding {
  const { severity, repair } = CHECKS[code];
  const line = detail.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const cut = line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL - 1)}…` : line;
  return { code, severity, article: where.article, path: where.path, detail: cut, repair, also };
}

const LONGEST_DETAIL = 300;

/** One form of report. It is given the findings as they come, in the order of the archive, and holds as few as it can. */
export interface Reporter {
  /** @param root absolute path of the folder that `found.path` is relative to */
  add(found: Finding, root: string): void | Promise<void>;
  end(summary: AuditSummary): void | Promise<void>;
}

// Every promise that an audit checks: its code, how bad a breach is, what it means, and how to fix it.

export type CheckGroup =
  | 'files'
  | 'format'
  | 'article'
  | 'assets'
  | 'records'
  | 'captures'
  | 'seals'
  | 'frontier'
  | 'fixity';

interface CheckKind {
  readonly group: CheckGroup;
  readonly severity: Severity;
  readonly means: string;
  /** For people; `repair` is what the program does about it. */
  readonly fix: string;
  readonly repair: RepairKind;
}

type Row = readonly [severity: Severity, means: string, fix: string, repair: RepairKind];

const REVISIT = 'visit the article again';
const MOVE = 'move it out of the archive';
const BACKUP = 'take it from another copy of the archive';

/** What lies in the folders, whatever it is called. */
const FILES = {
  'link-in-archive': ['error', 'a symbolic link; it is not followed', MOVE, 'to-trash'],
  'linked-file': ['note', 'a link to the right bytes, as git-annex lays it; it is read', 'leave it as it is', 'none'],
  'special-file': ['error', 'no file and no folder: a FIFO, socket or device; it is not opened', MOVE, 'to-trash'],
  'unreadable-file': ['error', 'the disk does not give the file', 'check permissions and disk', 'none'],
  'file-too-large': ['error', 'a document or record larger than any; it is not read', REVISIT, 'revisit'],
  'stray-file': ['warning', 'a file or folder that has no place in an archive', MOVE, 'to-trash'],
  'temporary-file': ['warning', 'a temporary file of a write that never ended', MOVE, 'to-trash'],
  'quarantine-half': ['warning', 'a page in quarantine without its description, or the reverse', MOVE, 'to-trash'],
  'quarantine-damaged': ['warning', 'a page in quarantine that is not what its description says', MOVE, 'to-trash'],
} as const satisfies Record<string, Row>;

/** The document, byte by byte (document-format.md, 2 and 3). */
const FORMAT = {
  'not-utf8': ['error', 'the document is not valid UTF-8', REVISIT, 'revisit'],
  'byte-order-mark': ['error', 'the document begins with a byte order mark', REVISIT, 'revisit'],
  'line-ends': ['error', 'lines end in CR, or in CR and LF', REVISIT, 'revisit'],
  'control-character': ['error', 'a tab or another control character', REVISIT, 'revisit'],
  frame: ['error', 'the lines round fields and body are not the frame of a document', REVISIT, 'revisit'],
  'field-missing': ['error', 'a field of the front matter is not there', REVISIT, 'revisit'],
  'field-order': ['error', 'the fields are not in their order, or one stands there twice', REVISIT, 'revisit'],
  'field-form': ['error', 'a field is not of its form', REVISIT, 'revisit'],
  'date-form': ['error', 'the date is not of the form Fri, 28 Jan 2022 10:30:43 GMT', REVISIT, 'revisit'],
  'yaml-differs': ['error', 'YAML libraries refuse the front matter or read something else', REVISIT, 'revisit'],
  'thumbnail-differs': ['error', 'thumbnail and head picture differ', REVISIT, 'revisit'],
  'head-picture': ['error', 'the head picture is not the first picture of the body', REVISIT, 'revisit'],
  'placeholder-picture': ['note', 'a random placeholder stands in for the head picture', REVISIT, 'revisit'],
  'author-differs': ['error', 'author and second category differ', REVISIT, 'revisit'],
  mojibake: ['error', 'text that was damaged, or read in a wrong encoding', REVISIT, 'revisit'],
  'bare-brace': ['error', 'a brace that is not escaped: template engines would run it', REVISIT, 'revisit'],
  'active-content': [
    'error',
    'the body holds what could run, send or load something: a script, a handler, a form, an address that is none of the web',
    REVISIT,
    'revisit',
  ],
  'foreign-markup': ['note', 'the body holds harmless markup that newer documents leave out', REVISIT, 'none'],
} as const satisfies Record<string, Row>;

/** The article: that it is one, and whole. */
const ARTICLE = {
  'empty-body': ['error', 'the body shows nothing', REVISIT, 'revisit'],
  'home-page': ['error', 'the home page stands in the article’s place', REVISIT, 'revisit'],
  'challenge-page': ['error', 'a challenge or a refusal stands in the article’s place', REVISIT, 'revisit'],
  'cut-body': ['error', 'the body breaks off', REVISIT, 'revisit'],
  'parts-missing': ['error', 'the article has more parts than were read', REVISIT, 'revisit'],
  'frame-caught': [
    'warning',
    'comments, related links or other blocks of the page stand in the body',
    REVISIT,
    'revisit',
  ],
  'title-suspect': ['error', 'the title is the name of the site, or next to nothing', REVISIT, 'revisit'],
  'byline-unread': ['warning', 'the body has a byline that the record does not have', REVISIT, 'revisit'],
  'date-impossible': ['error', 'the date is before the site began or after the capture', REVISIT, 'revisit'],
  'date-far': ['warning', 'the date is days from the day in the address', REVISIT, 'revisit'],
  'date-stamps': ['warning', 'the pictures were uploaded days after the date', REVISIT, 'revisit'],
  'clock-convention': [
    'warning',
    'the date is 8 hours from those of the other documents: the clock under the label GMT is another',
    REVISIT,
    'revisit',
  ],
} as const satisfies Record<string, Row>;

/** The pictures. */
const ASSETS = {
  'picture-unrecorded': [
    'error',
    'the body names a picture that the record neither has nor misses',
    REVISIT,
    'revisit',
  ],
  'picture-missing': [
    'note',
    'the site did not give the picture; it is recorded as missing',
    'fetch it again',
    'refetch-picture',
  ],
  'picture-gone': ['error', 'the record has a picture whose file is not there', 'fetch it again', 'refetch-picture'],
  'picture-changed': ['error', 'the bytes are not those of the name', 'fetch it again', 'refetch-picture'],
  'picture-broken': [
    'error',
    'the picture was stored as it is, and does not decode to its end',
    'fetch it again',
    'refetch-picture',
  ],
  'picture-type': ['error', 'the type of the bytes is not that of name or record', 'fetch it again', 'refetch-picture'],
  'picture-facts': [
    'error',
    'the picture has not the size that the record says',
    'write the record again',
    'rebuild-record',
  ],
  'picture-imperfect': [
    'note',
    'the site’s own picture is imperfect; it is kept as it is',
    'nothing: it is as the site has it',
    'none',
  ],
  'picture-huge': ['warning', 'the picture claims more pixels than any', 'fetch it again', 'refetch-picture'],
  'asset-orphan': ['warning', 'no record names the picture', MOVE, 'to-trash'],
} as const satisfies Record<string, Row>;

/** Records, versions, and whether they and the documents agree. */
const RECORDS = {
  'record-unreadable': ['error', 'the record is no JSON', 'write the record again', 'rebuild-record'],
  'record-schema': [
    'error',
    'the record lacks something or has it in another form',
    'write the record again',
    'rebuild-record',
  ],
  'record-missing': ['error', 'a document without its record', 'write the record again', 'rebuild-record'],
  'record-place': [
    'error',
    'id, address and place of the record do not fit',
    'write the record again',
    'rebuild-record',
  ],
  'record-disagrees': [
    'error',
    'title, date or hashes of the record are not those of its document',
    'write the record again',
    'rebuild-record',
  ],
  'document-missing': ['error', 'a record without its document', REVISIT, 'revisit'],
  'document-changed': ['error', 'the document is not the bytes that its record describes', REVISIT, 'revisit'],
  'version-missing': ['error', 'a superseded version is not there', BACKUP, 'restore-backup'],
  'version-changed': [
    'error',
    'a superseded version is not the bytes that its record describes',
    BACKUP,
    'restore-backup',
  ],
  'version-order': [
    'error',
    'the versions are not complete or not in order',
    'write the record again',
    'rebuild-record',
  ],
  'version-orphan': ['warning', 'a superseded version that no record lists', MOVE, 'to-trash'],
  'absence-order': [
    'error',
    'the times in which the article was gone are not in order',
    'write the record again',
    'rebuild-record',
  ],
  'alias-shared': ['error', 'two articles have one address', 'write the record again', 'rebuild-record'],
  'id-shared': ['error', 'two records have one id', 'move the wrong one out of the archive', 'remove-duplicate'],
  'content-shared': ['error', 'two articles have one content hash, or one document', REVISIT, 'revisit'],
} as const satisfies Record<string, Row>;

/** What the site sent, as WARC, and whether records and captures agree. */
const CAPTURES = {
  'capture-damaged': [
    'error',
    'a file of captures holds something else than was written to it, or breaks off',
    BACKUP,
    'restore-backup',
  ],
  'capture-form': [
    'error',
    'a file of captures is whole, and not of the form that the program writes',
    'look at it: another program wrote or renamed it',
    'none',
  ],
  'capture-altered': [
    'error',
    'an exchange is whole, and not the bytes whose SHA-256 its record names',
    BACKUP,
    'restore-backup',
  ],
  'capture-missing': ['error', 'a file of captures that records name is not there', BACKUP, 'restore-backup'],
  'capture-place': [
    'error',
    'the exchange that a record names is not where the record says',
    'look for it in all captures',
    'find-capture',
  ],
  'capture-body-missing': [
    'error',
    'a capture leaves its body to an earlier one, which is not there',
    BACKUP,
    'restore-backup',
  ],
  'capture-open': [
    'warning',
    'a run that died left a file of captures open',
    'end it at its last whole exchange; the next run does it too',
    'end-capture',
  ],
} as const satisfies Record<string, Row>;

/** Whether the log of seals is the one that was signed and seen, and what was sealed is as it was; the words are those of `verify`. */
const SEALS = {
  'seal-file-changed': sealRow('seal-file-changed', 'restore-backup'),
  'seal-file-removed': sealRow('seal-file-removed', 'restore-backup'),
  'seal-file-added': sealRow('seal-file-added', 'none', 'warning'),
  'seal-entry-added': sealRow('seal-entry-added', 'rebuild-log'),
  'seal-entry-removed': sealRow('seal-entry-removed', 'rebuild-log'),
  'seal-entry-changed': sealRow('seal-entry-changed', 'rebuild-log'),
  'seal-reordered': sealRow('seal-reordered', 'rebuild-log'),
  'seal-log-damaged': sealRow('seal-log-damaged', 'rebuild-log'),
  'seal-tiles-damaged': sealRow('seal-tiles-damaged', 'rebuild-log'),
  'seal-key-damaged': sealRow('seal-key-damaged', 'rebuild-log'),
  'seal-log-removed': sealRow('seal-log-removed', 'none'),
  'seal-rolled-back': sealRow('seal-rolled-back', 'none'),
  'seal-forked': sealRow('seal-forked', 'none'),
  'seal-foreign-key': sealRow('seal-foreign-key', 'none'),
  'seal-signature-bad': sealRow('seal-signature-bad', 'none'),
  'seal-cosignature-bad': sealRow('seal-cosignature-bad', 'none'),
  'seal-timestamp-bad': sealRow('seal-timestamp-bad', 'to-trash'),
} as const satisfies Record<Exclude<SealFindingCode, 'picture-changed'>, Row>;

function sealRow(code: SealFindingCode, repair: RepairKind, severity: Severity = 'error'): Row {
  const { means, fix } = SEAL_FINDINGS[code];
  return [severity, means, fix, repair];
}

/** What waits and how visits ended. */
const FRONTIER = {
  'frontier-missing': [
    'note',
    'frontier.sqlite is not there: it was lost, with what waited and when to ask again, or the archive is a copy',
    'write it again from the records; what waited is found again by the lists',
    'rebuild-frontier',
  ],
  'frontier-unreadable': ['error', 'frontier.sqlite is damaged', 'write it again from the records', 'rebuild-frontier'],
  'frontier-absent': ['error', 'the frontier says archived, and the archive has no such article', REVISIT, 'revisit'],
  'frontier-unknown': [
    'warning',
    'the archive has an article that the frontier does not know',
    'write its row again',
    'rebuild-frontier',
  ],
  'frontier-key': [
    'warning',
    'the frontier names another place for an article',
    'write its row again',
    'rebuild-frontier',
  ],
  'frontier-row': [
    'warning',
    'what a list printed beside an article cannot be read any more; it is visited without',
    'forget what cannot be read',
    'rebuild-frontier',
  ],
  'frontier-outcome': [
    'warning',
    'an outcome that is none, or does not add up',
    'write its row again',
    'rebuild-frontier',
  ],
} as const satisfies Record<string, Row>;

/** What is not as the manifest says; reported by `manifest verify`. */
const FIXITY = {
  'file-added': ['note', 'a file that the manifest does not know', 'write the manifest again', 'none'],
  'file-changed': [
    'warning',
    'a file has other bytes than when the manifest was written',
    'run audit: it says whether the file is right',
    'none',
  ],
  'file-removed': ['error', 'a file of the manifest is not there any more', BACKUP, 'restore-backup'],
} as const satisfies Record<string, Row>;

function rows<Code extends string>(group: CheckGroup, table: Readonly<Record<Code, Row>>): Record<Code, CheckKind> {
  const kinds = Object.entries<Row>(table).map(([code, [severity, means, fix, repair]]) => [
    code,
    { group, severity, means, fix, repair },
  ]);
  return Object.fromEntries(kinds) as Record<Code, CheckKind>;
}

export const CHECKS = {
  ...rows('files', FILES),
  ...rows('format', FORMAT),
  ...rows('article', ARTICLE),
  ...rows('assets', ASSETS),
  ...rows('records', RECORDS),
  ...rows('captures', CAPTURES),
  ...rows('seals', SEALS),
  ...rows('frontier', FRONTIER),
  ...rows('fixity', FIXITY),
} as const;

export type CheckCode = keyof typeof CHECKS;

export function isCheckCode(text: string): text is CheckCode {
  return Object.hasOwn(CHECKS, text);
}
