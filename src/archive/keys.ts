/**
 * Where the files of an archive lie: the only place that spells their keys and reads them back. What `parseKey` does not
 * know is nobody's: files of other systems (`._x`, `.DS_Store`, conflict copies) are passed over by whoever reads an
 * archive, and the audit names them.
 */
import { randomBytes } from 'node:crypto';
import type { ArticleId } from '../model.ts';

/** What lies at the top of an archive. */
export const ARTICLES = 'articles';
export const RECORDS = 'records';
export const VERSIONS = 'versions';
export const ASSETS = 'assets';
export const QUARANTINE = 'quarantine';
/** Exchanges with the site as WARC files. */
export const CAPTURES = 'captures';
/** The signed log of every file. */
export const SEALS = 'seals';
export const TRASH = 'trash';
export const FRONTIER = 'frontier.sqlite';
export const LOCK = 'lock.sqlite';
/** Names the holder of the lock for people. */
export const LOCK_HOLDER = 'lock.json';
export const MANIFEST = 'manifest-sha256.txt';
/** The index of all articles, made from the files. */
export const CATALOG = 'catalog.sqlite';
/** A catalog that is being built, before it takes the place of the other. */
export const NEW_CATALOG = 'catalog.sqlite.new';
/** Forms of markup that the archive's owner accepts. */
export const VOCABULARY = 'vocabulary.yaml';
/** The last reports of whole audits. */
export const AUDITS = 'audits';
/** What machines hand each other while they share a work on the archive; nothing of it outlives that. */
export const WORK = 'work';
/** Which bytes of which file were sealed last, so that a seal need not hash them again: derived from `seals/`. */
export const SEAL_MEMORY = 'seals.sqlite';

/** Where the months of community posts lie, below the folders by month; those of articles lie there at once. */
const POSTS = 'fengwen/';
/** The prefixes of months: of articles, then of posts. */
export const SPACES = ['', POSTS] as const;

/** Folders whose files lie by month. */
export const BY_MONTH = [ARTICLES, RECORDS, VERSIONS] as const;

/** SQLite's own files beside a database. */
const BESIDE_DATABASE = ['', '-wal', '-shm', '-journal'] as const;

// An article's place: below `articles/`, `records/` and `versions/`.

/**
 * Where an article lies below `articles/` and `records/`: `2022/01/2022_01_28_623950`, or `fengwen/2020/10/399176`.
 * @param date Beijing day `2022-01-28`: of the URL, or of publication for a community post
 */
export function articleKey(id: ArticleId, date: string): string {
  const [year, month] = date.split('-');
  const number = numberOf(id);
  return id.startsWith('fengwen:')
    ? `${POSTS}${year}/${month}/${number}`
    : `${year}/${month}/${date.replaceAll('-', '_')}_${number}`;
}

export function numberOf(id: ArticleId): string {
  return id.slice(id.indexOf(':') + 1);
}

/** True for the place of a community post, and for a month of such. */
export function isPost(key: string): boolean {
  return key.startsWith(POSTS);
}

/** The prefix of the months in which an article lies. */
export function spaceOf(id: ArticleId): (typeof SPACES)[number] {
  return id.startsWith('fengwen:') ? POSTS : '';
}

/** The id that a place stands for. */
export function idOf(key: string): ArticleId {
  const number = Number(/(\d+)$/.exec(key)?.[1]);
  return isPost(key) ? `fengwen:${number}` : `guancha:${number}`;
}

/** `2022-01` of a place, or of a month `fengwen/2022/01`. */
export function monthOf(key: string): string {
  return (isPost(key) ? key.slice(POSTS.length) : key).slice(0, 7).replace('/', '-');
}

/** The last part of a place, which the file names have: `2022_01_28_623950`. */
export function stemOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

export function documentKey(key: string): string {
  return `${ARTICLES}/${key}.html`;
}

export function recordKey(key: string): string {
  return `${RECORDS}/${key}.json`;
}

/** The folder of an article's superseded documents. */
export function versionsOf(key: string): string {
  return `${VERSIONS}/${key}`;
}

/** @param number of the version that it was, counted from 1 */
export function versionKey(key: string, number: number): string {
  return `${versionsOf(key)}/${number}.html`;
}

export function isYear(name: string): boolean {
  return /^\d{4}$/.test(name);
}

export function isMonth(name: string): boolean {
  return /^(?:0[1-9]|1[0-2])$/.test(name);
}

/** @param month `2022/01`, or `fengwen/2020/10` for community posts */
export function isStem(name: string, month: string): boolean {
  return isPost(month) ? /^[1-9]\d*$/.test(name) : /^\d{4}_\d{2}_\d{2}_[1-9]\d*$/.test(name);
}

// Pictures, by the hash of their bytes.

/** Where a picture's bytes stay: named by their SHA-256, so that the same bytes are kept once. */
export function assetKey(digest: string, type: string): string {
  return `${assetFolder(digest)}/${digest}.${type}`;
}

/** The folder of a picture. */
export function assetFolder(digest: string): string {
  return `${ASSETS}/${digest.slice(0, 2)}`;
}

/** True for the name of a folder of pictures: how their hashes begin. */
export function isAssetFolder(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name);
}

// Quarantine: a page's bytes, and their description, which is written last.

export function quarantinePage(name: string): string {
  return `${QUARANTINE}/${name}.gz`;
}

export function quarantineDescription(name: string): string {
  return `${QUARANTINE}/${name}.json`;
}

// Captures: one file of WARC records a run and day, and more where one grows too long.

/**
 * Where a run keeps its exchanges: `captures/2026/11/20261127T031003123Z.warc.gz`.
 * @param begun when its first record was written
 * @param hand eight digits of `0-9a-f` that no other process of a cluster has; its name is then `20261127T031003123Z-0f3a91cc.warc.gz`
 */
export function segmentKey(begun: Date, hand: string | null = null): string {
  const stamp = begun.toISOString().replace(/[-:.]/g, '');
  const name = hand === null ? stamp : `${stamp}-${hand}`;
  return `${CAPTURES}/${stamp.slice(0, 4)}/${stamp.slice(4, 6)}/${name}.warc.gz`;
}

/** Where a segment lies, by the name of its file; null for a name that no segment has. */
export function segmentNamed(name: string): string | null {
  const key = `${CAPTURES}/${name.slice(0, 4)}/${name.slice(4, 6)}/${name}`;
  const parsed = parseKey(key);
  return parsed?.kind === 'segment' && !parsed.isOpen ? key : null;
}

/** Of the process of a cluster that wrote it, as `segmentKey` takes it; null for one of a machine alone. */
export function handOfSegment(segment: string): string | null {
  return /-([0-9a-f]{8})\.warc\.gz$/.exec(segment)?.[1] ?? null;
}

/** The name of a segment while it is written to; it gets its own when it ends. */
export function openSegmentKey(segment: string): string {
  return `${segment}.open`;
}

// Seals: a log of static files (c2sp.org/tlog-tiles), and beside its tiles the same entries as lists for people.

/** The newest checkpoint, which makes everything else of the log hold; written last. */
export const CHECKPOINT = `${SEALS}/checkpoint`;
/** The public key of the log: in PEM for openssl, and as a verifier key for clients of such logs. */
export const SEAL_KEY_PEM = `${SEALS}/key.pem`;
export const SEAL_KEY = `${SEALS}/key.vkey`;
/** The folders of what each seal left, file by file named by a number of entries. */
export const SEAL_CHECKPOINTS = `${SEALS}/checkpoints`;
export const SEAL_LISTS = `${SEALS}/lists`;
export const SEAL_CONTENTS = `${SEALS}/contents`;

/** A checkpoint as the log alone signed it. @param size of the log, in entries */
export function checkpointKey(size: number): string {
  return `${SEAL_CHECKPOINTS}/${digits(size)}`;
}

/** What an authority for time stamps answered to that checkpoint (RFC 3161). */
export function timestampKey(size: number): string {
  return `${checkpointKey(size)}.tsr`;
}

/** The entries of a seal as `sha256sum --check` reads them. @param from index of the first one */
export function sealListKey(from: number): string {
  return `${SEAL_LISTS}/${digits(from)}.sha256`;
}

/** When the seal was made, and the hashes of what its documents say. @param from index of the seal's first entry */
export function sealContentsKey(from: number): string {
  return `${SEAL_CONTENTS}/${digits(from)}.txt`;
}

/** The number in the name of a file of `seals/checkpoints`, `seals/lists` or `seals/contents`. */
export function sealNumber(key: string): number {
  return Number(/(\d{12})(?:\.\w+)?$/.exec(key)?.[1]);
}

/**
 * A tile of the log (c2sp.org/tlog-tiles): `seals/tile/0/x001/x234/067`, with `.p/12` behind it while it holds 12 of 256.
 * @param level of hashes, or the entries themselves
 */
export function tileKey(level: number | 'entries', index: number, width: number): string {
  const parts = String(index)
    .padStart(Math.ceil(String(index).length / 3) * 3, '0')
    .match(/.{3}/g) as readonly string[];
  const name = parts.map((part, i) => (i === parts.length - 1 ? part : `x${part}`)).join('/');
  return `${TILES}/${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Where all tiles lie. */
export const TILES = `${SEALS}/tile`;

/** The tile that a key stands for; null for anything else. */
export function parseTile(
  key: string,
): { readonly level: number | 'entries'; readonly index: number; readonly width: number } | null {
  const [, level, name, width] =
    /^seals\/tile\/(\d+|entries)\/([x\d/]+)(?:\.p\/(\d+))?$/.exec(SEAL.test(key) ? key : '') ?? [];
  if (level === undefined || name === undefined) return null;
  const index = Number(name.replace(/[x/]/g, ''));
  return {
    level: level === 'entries' ? level : Number(level),
    index,
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
}

/** How many hashes, or entries, a full tile holds. */
export const TILE_WIDTH = 256;

function digits(count: number): string {
  return String(count).padStart(12, '0');
}

// Reports of audits, counted on: an order by time would be that of a clock which may have been wrong.

export function auditReportKey(number: number): string {
  return `${AUDITS}/${digits(number)}.json`;
}

// Work that several machines share: what is asked for, and what is too large for the queue.

/** What a run of a command asks of other machines. @param run twenty digits of `0-9a-f` that no other has */
export function workOrderKey(run: string): string {
  return `${WORK}/${run}.json`;
}

/** What a machine made for it, by the hash of its bytes. @param number of the part that was asked for */
export function workResultKey(run: string, number: number, file: { sha256: string; type: 'jsonl' | 'sqlite' }): string {
  return `${WORK}/${run}-${number}-${file.sha256}.${file.type}`;
}

/** What files of an archive have in common that are worked on together: a month, or the first digit of the hashes of pictures. */
export function partitionOfFile(key: string): string {
  const [top = '', ...folders] = key.split('/').slice(0, -1);
  if (top === ASSETS) return `${ASSETS} ${folders[0]?.slice(0, 1)}`;
  return [top, ...folders.slice(0, folders[0] === POSTS.slice(0, -1) ? 3 : 2)].join('/');
}

// Trash: a folder for each run that moved something there, and its list.

/** @param now when the run began */
export function trashFolder(now: Date): string {
  return `${TRASH}/${now.toISOString().replaceAll(':', '-')}`;
}

export function trashList(folder: string): string {
  return `${folder}/list.jsonl`;
}

// Keys read back.

export type ParsedKey =
  | { readonly kind: 'document' | 'record'; readonly article: string }
  | { readonly kind: 'version'; readonly article: string; readonly number: number }
  | { readonly kind: 'picture'; readonly sha256: string; readonly type: string }
  | { readonly kind: 'page' | 'description'; readonly name: string }
  | { readonly kind: 'segment'; readonly segment: string; readonly isOpen: boolean }
  | { readonly kind: 'audit-report'; readonly number: number }
  | { readonly kind: 'work'; readonly run: string }
  | { readonly kind: 'frontier' | 'catalog' | 'lock' | 'manifest' | 'seal' | 'seal-memory' | 'vocabulary' };

const PLACE = String.raw`(?:\d{4}\/(?:0[1-9]|1[0-2])\/\d{4}_\d{2}_\d{2}_|fengwen\/\d{4}\/(?:0[1-9]|1[0-2])\/)[1-9]\d*`;
const DOCUMENT = new RegExp(String.raw`^${ARTICLES}\/(${PLACE})\.html$`);
const RECORD = new RegExp(String.raw`^${RECORDS}\/(${PLACE})\.json$`);
const VERSION = new RegExp(String.raw`^${VERSIONS}\/(${PLACE})\/([1-9]\d*)\.html$`);
const PICTURE = new RegExp(String.raw`^${ASSETS}\/([0-9a-f]{2})\/(\1[0-9a-f]{62})\.([a-z0-9]{1,8})$`);
const QUARANTINED = new RegExp(String.raw`^${QUARANTINE}\/(\d{8}T\d{9}Z_[\w.-]*)\.(gz|json)$`);
const SEGMENT = new RegExp(
  String.raw`^(${CAPTURES}\/(\d{4})\/(0[1-9]|1[0-2])\/\2\3\d{2}T\d{9}Z(?:-[0-9a-f]{8})?\.warc\.gz)(\.open)?$`,
);
const WORKED = new RegExp(String.raw`^${WORK}\/([0-9a-f]{20})(?:\.json|-\d+-[0-9a-f]{64}\.(?:jsonl|sqlite))$`);
const AUDIT_REPORT = new RegExp(String.raw`^${AUDITS}\/(\d{12})\.json$`);

const SEAL = new RegExp(
  String.raw`^${SEALS}\/(?:checkpoint|key\.pem|key\.vkey|checkpoints\/\d{12}(?:\.tsr)?|lists\/\d{12}\.sha256|contents\/\d{12}\.txt|tile\/(?:\d|[1-5]\d|6[0-3]|entries)(?:\/x\d{3})*\/\d{3}(?:\.p\/(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?)$`,
);

/** What a key of an archive stands for; null for what belongs to no archive. What lies in `trash/` has left it. */
export function parseKey(key: string): ParsedKey | null {
  const [, document] = DOCUMENT.exec(key) ?? [];
  if (document !== undefined) return { kind: 'document', article: document };
  const [, record] = RECORD.exec(key) ?? [];
  if (record !== undefined) return { kind: 'record', article: record };
  const [, article, number] = VERSION.exec(key) ?? [];
  if (article !== undefined) return { kind: 'version', article, number: Number(number) };
  const [, , sha256, type] = PICTURE.exec(key) ?? [];
  if (sha256 !== undefined && type !== undefined) return { kind: 'picture', sha256, type };
  const [, name, ending] = QUARANTINED.exec(key) ?? [];
  if (name !== undefined && !isConflictCopy(name)) return { kind: ending === 'gz' ? 'page' : 'description', name };
  const [, segment, , , open] = SEGMENT.exec(key) ?? [];
  if (segment !== undefined) return { kind: 'segment', segment, isOpen: open !== undefined };
  if (SEAL.test(key)) return { kind: 'seal' };
  const [, report] = AUDIT_REPORT.exec(key) ?? [];
  if (report !== undefined) return { kind: 'audit-report', number: Number(report) };
  const [, run] = WORKED.exec(key) ?? [];
  if (run !== undefined) return { kind: 'work', run };
  if (key === MANIFEST) return { kind: 'manifest' };
  if (key === VOCABULARY) return { kind: 'vocabulary' };
  if (isDatabase(key, FRONTIER)) return { kind: 'frontier' };
  if (isDatabase(key, CATALOG) || isDatabase(key, NEW_CATALOG)) return { kind: 'catalog' };
  if (isDatabase(key, SEAL_MEMORY)) return { kind: 'seal-memory' };
  return isDatabase(key, LOCK) || key === LOCK_HOLDER ? { kind: 'lock' } : null;
}

/**
 * True for what may be a link to its bytes, as git-annex and the like lay them down: it is read through the link, and written
 * in its place.
 */
export function mayBeLink(key: string): boolean {
  const parsed = parseKey(key);
  const others = ['audit-report', 'frontier', 'catalog', 'lock', 'manifest', 'seal-memory', 'vocabulary', 'work'];
  return parsed !== null && !others.includes(parsed.kind);
}

/**
 * What commands write for themselves: the databases, the reports of audits, what machines hand each other, and the lock with the name of its holder, which is
 * never opened, for that would end the lock (see frontier/lock.ts).
 */
export function isOperational(key: string): boolean {
  const own = ['audit-report', 'frontier', 'catalog', 'lock', 'seal-memory', 'work'];
  return own.includes(parseKey(key)?.kind ?? '');
}

/** A file of captures that a run still writes to, or that a dead run left. */
export function isOpenSegment(key: string): boolean {
  const parsed = parseKey(key);
  return parsed?.kind === 'segment' && parsed.isOpen;
}

/** A database and what SQLite lays beside it. */
export function databaseFiles(name: string): readonly string[] {
  return BESIDE_DATABASE.map((ending) => `${name}${ending}`);
}

function isDatabase(key: string, name: string): boolean {
  return databaseFiles(name).includes(key);
}

/** Syncthing's copy of a file that two machines changed: the only name of another system that looks like one of ours. */
function isConflictCopy(name: string): boolean {
  return /\.sync-conflict-\d{8}-\d{6}\b/.test(name);
}

// Files that are not finished.

/** A name in a folder that no other writer has, and that a sweep knows for unfinished. */
export function temporaryName(name: string): string {
  return `.${name}.${randomBytes(6).toString('hex')}.tmp`;
}

/** True for a name that `temporaryName` gave; other programs have temporary files too. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp$/.test(name);
}

/** False for what would leave the archive, and for names that no disk takes. */
export function isKey(key: string): boolean {
  if (FOREIGN.test(key) || /(?:^|\/)\.{0,2}(?:\/|$)/.test(key)) return false;
  const isShort = key.length * 3 <= NAME_BYTES; // no character of a text has more bytes in UTF-8
  return isShort || key.split('/').every((part) => Buffer.byteLength(part) <= NAME_BYTES);
}

const FOREIGN = process.platform === 'win32' ? /[\0\\:]/ : /\0/;
/** Of one name, on every disk. */
const NAME_BYTES = 255;

/** @throws TypeError where a text is no key: a fault of the program */
export function requireKey(key: string): string {
  if (!isKey(key)) throw new TypeError(`not a key of an archive: ${JSON.stringify(key)}`);
  return key;
}

/** The order of keys: part by part, as folders are walked. */
export function compareKeys(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}
