/**
 * What one file alone does not show, in a temporary database: which address, id, hash and picture stands where. It lies
 * in the machine's temporary folder, so that memory does not grow with the archive.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { DateConvention } from '../archive/document.ts';
import type { ArticleId, CapturePlace } from '../model.ts';
import { connect } from '../sqlite.ts';

const TABLES = `
  CREATE TABLE articles (id TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, lost INTEGER NOT NULL) STRICT;
  CREATE TABLE names (kind TEXT NOT NULL, value TEXT NOT NULL, path TEXT NOT NULL, article TEXT NOT NULL) STRICT;
  CREATE TABLE clocks (path TEXT NOT NULL, article TEXT, convention TEXT NOT NULL, date TEXT NOT NULL) STRICT;
  CREATE TABLE shown (sha256 TEXT NOT NULL, type TEXT NOT NULL, bytes INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    src TEXT NOT NULL, path TEXT NOT NULL, article TEXT NOT NULL, imperfect INTEGER NOT NULL) STRICT;
  CREATE TABLE pictures (sha256 TEXT NOT NULL, path TEXT NOT NULL, bytes INTEGER NOT NULL, type TEXT NOT NULL, width INTEGER, height INTEGER,
    code TEXT, detail TEXT) STRICT;
  CREATE TABLE segments (file TEXT NOT NULL, bytes INTEGER NOT NULL, damaged INTEGER NOT NULL) STRICT;
  CREATE TABLE captures (file TEXT NOT NULL, at INTEGER NOT NULL, length INTEGER NOT NULL, url TEXT NOT NULL, digest TEXT,
    sha256 TEXT, body_file TEXT, body_at INTEGER) STRICT;
  CREATE TABLE evidence (path TEXT NOT NULL, article TEXT NOT NULL, file TEXT NOT NULL, at INTEGER NOT NULL, length INTEGER NOT NULL,
    digest TEXT, sha256 TEXT) STRICT;
  CREATE TABLE files (path TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT;
`;

export const INDEX_TABLES = [
  'articles',
  'names',
  'clocks',
  'shown',
  'pictures',
  'segments',
  'captures',
  'evidence',
  'files',
] as const;

/** What may stand in one place only; and hashes of pictures that others took the place of. */
type NameKind = 'id' | 'address' | 'content' | 'document' | 'replaced';

interface PictureRow {
  /** By its name. */
  readonly sha256: string;
  readonly path: string;
  readonly bytes: number;
  /** File ending. */
  readonly type: string;
  /** Null if the bytes do not say it. */
  readonly width: number | null;
  readonly height: number | null;
  /** What is wrong with the file by itself; null if nothing is. */
  readonly code: string | null;
  readonly detail: string | null;
}

/** An exchange that was read in a file of captures. */
interface CaptureRow {
  readonly place: CapturePlace;
  readonly url: string;
  /** Of its payload, as its records write it; null where it has none. */
  readonly digest: string | null;
}

/** What a record says of where an exchange is kept. */
interface EvidenceRow {
  readonly place: CapturePlace;
  /** Of its payload, as captures write it; null where the record does not say it. */
  readonly digest: string | null;
}

export interface AuditIndex extends Disposable {
  /** `lost` where document or record cannot be read. */
  article(row: { readonly id: ArticleId; readonly key: string; readonly path: string; readonly lost: boolean }): void;
  name(kind: NameKind, value: string, where: { readonly path: string; readonly article: ArticleId }): void;
  clock(row: {
    readonly path: string;
    readonly article: ArticleId | null;
    readonly convention: DateConvention;
    readonly date: string;
  }): void;
  shown(
    picture: Pick<PictureRow, 'sha256' | 'type' | 'bytes'> & {
      readonly src: string;
      readonly width: number;
      readonly height: number;
      readonly flaw?: { readonly kind: string };
    },
    where: { readonly path: string; readonly article: ArticleId },
  ): void;
  picture(row: PictureRow): void;
  /** @param row `bytes` is as much of it as is known: of one that is written to, as far as it was read; `damaged` if it is not whole */
  segment(row: { readonly file: string; readonly bytes: number; readonly damaged: boolean }): void;
  capture(row: CaptureRow): void;
  evidence(row: EvidenceRow, where: { readonly path: string; readonly article: ArticleId }): void;
  /** The hash of a file that was read, in lower-case hex: for whoever compares it with its seal. */
  file(path: string, sha256: string): void;
}

/**
 * Nothing in it outlives the audit: no journal, no sync.
 * @param options `notesHashes` is false where nobody asks for the hashes of files
 */
export function openAuditIndex(
  path: string,
  { notesHashes = false }: { readonly notesHashes?: boolean } = {},
): { readonly database: DatabaseSync; readonly index: AuditIndex } {
  const database = connect(path);
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = NORMAL;');
  database.exec('PRAGMA cache_size = -16000; PRAGMA temp_store = FILE;');
  database.exec(TABLES);
  database.exec('BEGIN');
  const insert = (table: string, columns: number) => {
    const statement = database.prepare(`INSERT INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`);
    return (...values: SQLInputValue[]) => void statement.run(...values);
  };
  const [article, name, clock] = [insert('articles', 4), insert('names', 4), insert('clocks', 4)];
  const [shown, picture] = [insert('shown', 9), insert('pictures', 8)];
  const [segment, capture, evidence] = [insert('segments', 3), insert('captures', 8), insert('evidence', 7)];
  const file = insert('files', 2);
  return {
    database,
    index: {
      article: (row) => article(row.id, row.key, row.path, Number(row.lost)),
      name: (kind, value, where) => name(kind, value, where.path, where.article),
      clock: (row) => clock(row.path, row.article, row.convention, row.date),
      shown: (row, where) =>
        shown(
          row.sha256,
          row.type,
          row.bytes,
          row.width,
          row.height,
          row.src,
          where.path,
          where.article,
          Number(row.flaw?.kind === 'cut' || row.flaw?.kind === 'damaged'),
        ),
      picture: (row) => picture(row.sha256, row.path, row.bytes, row.type, row.width, row.height, row.code, row.detail),
      segment: ({ file, bytes, damaged }) => segment(file, bytes, Number(damaged)),
      capture: ({ place: { file, offset, length, sha256 = null, body = null }, url, digest }) =>
        capture(file, offset, length, url, digest, sha256, body?.file ?? null, body?.offset ?? null),
      evidence: ({ place: { file, offset, length, sha256 = null }, digest }, { path, article }) =>
        evidence(path, article, file, offset, length, digest, sha256),
      file: (path, sha256) => {
        if (notesHashes) file(path, sha256);
      },
      [Symbol.dispose]: () => {
        database.exec('COMMIT');
        database.close();
      },
    },
  };
}
