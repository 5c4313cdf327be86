/**
 * What the operating system, SQLite and Node.js refuse with, as known failures: one table from their codes to a meaning, one
 * from a meaning and the place where it was met to a code of `errors.ts`. Neither has a way to INTERNAL.
 */
import { ArchiveError, type ErrorCode } from './errors.ts';

/**
 * `full` no room. `broken` the disk fails. `refused` it may not be done, or there is something else at the place. `busy` another
 * program holds it. `unfit` this kind of disk cannot do it. `damaged` no database, or not whole. `short` the machine has too
 * little memory, or too many files or processes. `network` whoever was asked over the network.
 */
type Meaning = 'full' | 'broken' | 'refused' | 'busy' | 'unfit' | 'damaged' | 'short' | 'network';

/** What was used: the archive, a temporary folder, or anything else, such as a file that the command line names. */
export type Place = 'archive' | 'temporary' | 'elsewhere';

const CODES: Readonly<Record<Place, Readonly<Record<Meaning, ErrorCode>>>> = {
  archive: {
    full: 'ARCHIVE_FULL',
    broken: 'ARCHIVE_IO',
    refused: 'ARCHIVE_NOT_WRITABLE',
    busy: 'ARCHIVE_BUSY',
    unfit: 'ARCHIVE_UNFIT',
    damaged: 'DATABASE_DAMAGED',
    short: 'MACHINE_SHORT',
    network: 'ARCHIVE_IO', // of a disk that is reached over it
  },
  temporary: {
    full: 'TEMPORARY_NOT_WRITABLE',
    broken: 'TEMPORARY_NOT_WRITABLE',
    refused: 'TEMPORARY_NOT_WRITABLE',
    busy: 'TEMPORARY_NOT_WRITABLE',
    unfit: 'TEMPORARY_NOT_WRITABLE',
    damaged: 'TEMPORARY_NOT_WRITABLE',
    short: 'MACHINE_SHORT',
    network: 'TEMPORARY_NOT_WRITABLE',
  },
  elsewhere: {
    full: 'FILE_REFUSED',
    broken: 'FILE_REFUSED',
    refused: 'FILE_REFUSED',
    busy: 'FILE_REFUSED',
    unfit: 'FILE_REFUSED',
    damaged: 'FILE_REFUSED',
    short: 'MACHINE_SHORT',
    network: 'NETWORK',
  },
};

/** errno(3), and the names that c-ares and Node.js give to what a name server says. What is missing here is `broken`. */
const ERRNO: Readonly<Record<Meaning, string>> = {
  full: 'ENOSPC EDQUOT',
  broken: 'EIO ENXIO ENODEV EFAULT EBADF ESTALE EREMOTEIO EUCLEAN EBADMSG ENOMEDIUM EMEDIUMTYPE EHWPOISON ENODATA',
  refused: 'EACCES EPERM EROFS ENOENT ENOTDIR EISDIR EEXIST ENOTEMPTY ELOOP EXDEV EMLINK ESPIPE ENOEXEC ECHILD ESRCH',
  busy: 'EBUSY ETXTBSY EDEADLK',
  unfit:
    'EINVAL ENOTSUP EOPNOTSUPP ENOSYS ENOLCK ENAMETOOLONG EFBIG EOVERFLOW ERANGE EILSEQ ENOTTY EFTYPE ECHARSET E2BIG EDOM',
  damaged: '',
  short: 'ENOMEM EMFILE ENFILE EAGAIN EWOULDBLOCK ENOBUFS EUSERS',
  network:
    'ETIMEDOUT ECONNREFUSED ECONNRESET ECONNABORTED EPIPE EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN ENETRESET ENONET ENOTCONN ' +
    'EISCONN EADDRINUSE EADDRNOTAVAIL EALREADY EINPROGRESS EINTR ECANCELED ESHUTDOWN EPROTO EPROTOTYPE EPROTONOSUPPORT ' +
    'EAFNOSUPPORT ESOCKTNOSUPPORT ENOTSOCK EDESTADDRREQ EMSGSIZE ENOPROTOOPT EOF ENOTFOUND ESERVFAIL EREFUSED EBADRESP EUNATCH ' +
    'EAI_AGAIN EAI_ADDRFAMILY EAI_BADFLAGS EAI_BADHINTS EAI_CANCELED EAI_FAIL EAI_FAMILY EAI_MEMORY EAI_NODATA EAI_NONAME ' +
    'EAI_OVERFLOW EAI_PROTOCOL EAI_SERVICE EAI_SOCKTYPE',
};

/** SQLite's primary result codes (sqlite.org/rescode.html); an extended one has its primary in the lowest eight bits. */
const SQLITE: Readonly<Record<number, Meaning>> = {
  1: 'damaged', // ERROR: the tables are not those that the statement is for
  2: 'damaged', // INTERNAL
  3: 'refused', // PERM
  4: 'busy', // ABORT
  5: 'busy', // BUSY
  6: 'busy', // LOCKED
  7: 'short', // NOMEM
  8: 'refused', // READONLY
  9: 'busy', // INTERRUPT
  10: 'broken', // IOERR
  11: 'damaged', // CORRUPT
  12: 'damaged', // NOTFOUND
  13: 'full', // FULL
  14: 'refused', // CANTOPEN
  15: 'unfit', // PROTOCOL: the locks of the disk do not keep their promise
  16: 'damaged', // EMPTY
  17: 'damaged', // SCHEMA
  18: 'unfit', // TOOBIG
  19: 'damaged', // CONSTRAINT
  20: 'damaged', // MISMATCH
  21: 'damaged', // MISUSE
  22: 'unfit', // NOLFS
  23: 'refused', // AUTH
  24: 'damaged', // FORMAT
  25: 'damaged', // RANGE
  26: 'damaged', // NOTADB
  27: 'damaged', // NOTICE
  28: 'damaged', // WARNING
};

/** Extended codes that mean something else than their primary one. */
const SQLITE_EXTENDED: Readonly<Record<number, Meaning>> = {
  3082: 'short', // IOERR_NOMEM
  3850: 'unfit', // IOERR_LOCK: no locks on this disk
  2314: 'unfit', // IOERR_UNLOCK
  2570: 'refused', // IOERR_DELETE
  3594: 'unfit', // IOERR_CHECKRESERVEDLOCK
  4618: 'unfit', // IOERR_SHMOPEN
  5386: 'unfit', // IOERR_SHMMAP
  5130: 'unfit', // IOERR_SHMLOCK
  6922: 'unfit', // IOERR_MMAP
  8458: 'damaged', // IOERR_CORRUPTFS
  8202: 'damaged', // IOERR_DATA
  522: 'damaged', // IOERR_SHORT_READ
};

/** Errors of Node.js that stand for the machine or for what was read, not for a fault of the program. */
const NODE: Readonly<Record<string, Meaning>> = {
  ERR_FS_FILE_TOO_LARGE: 'unfit',
  ERR_STRING_TOO_LONG: 'unfit',
  ERR_BUFFER_TOO_LARGE: 'unfit',
  ERR_FS_EISDIR: 'refused',
  ERR_FS_CP_EINVAL: 'refused',
  ERR_FS_CP_EEXIST: 'refused',
  ERR_FS_CP_DIR_TO_NON_DIR: 'refused',
  ERR_FS_CP_NON_DIR_TO_DIR: 'refused',
  ERR_MEMORY_ALLOCATION_FAILED: 'short',
  ERR_WORKER_OUT_OF_MEMORY: 'short',
  ERR_WORKER_INIT_FAILED: 'short',
  ERR_SYSTEM_ERROR: 'broken',
  UNKNOWN: 'broken', // libuv's name for an errno that it does not know
  ERR_STREAM_PREMATURE_CLOSE: 'network',
  ERR_SOCKET_CLOSED: 'network',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'network',
  ERR_TLS_CERT_ALTNAME_INVALID: 'network',
};

const meanings = new Map(
  Object.entries(ERRNO).flatMap(([meaning, names]) => names.split(' ').map((name) => [name, meaning as Meaning])),
);

/** What a thrown value says that no program is at fault for; null for a known failure and for anything else. */
export function meaningOf(error: unknown): Meaning | null {
  if (error instanceof ArchiveError || !(error instanceof Error)) return null;
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  if (typeof code !== 'string') return null;
  if (code === 'ERR_SQLITE_ERROR') {
    const extended = typeof errcode === 'number' ? errcode : 1;
    return SQLITE_EXTENDED[extended] ?? SQLITE[extended & 0xff] ?? 'broken';
  }
  // A number in the database that JavaScript cannot hold: none that this program wrote.
  if (code === 'ERR_OUT_OF_RANGE' && /too large to be represented/.test(error.message)) return 'damaged';
  return NODE[code] ?? meanings.get(code) ?? (/^E[A-Z0-9]+$/.test(code) ? 'broken' : null);
}

/**
 * A refusal of the system as a known failure; anything else, a known failure too, as it is.
 * @param where the place, and what people call it: a path, or an address
 */
export function knownError(error: unknown, where: { readonly place: Place; readonly name?: string }): unknown {
  const meaning = meaningOf(error);
  if (meaning === null) return error;
  const message = syscallOf(error) === 'uv_cwd' ? NO_FOLDER : (error as Error).message;
  const detail = where.name === undefined ? message : `${where.name}: ${message}`;
  return new ArchiveError(CODES[where.place][meaning], detail, { cause: error });
}

/** Threads need the folder that the process is in, and so does every path that is not absolute. */
const NO_FOLDER = 'the folder in which the command was started is not there any more; start it in another one';

function syscallOf(error: unknown): unknown {
  return (error as { readonly syscall?: unknown }).syscall;
}
