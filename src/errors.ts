/** Every known failure: code, title, fix, and what happens next. `renderError` is the one way they are printed. */

/**
 * What a failure means for the work at hand: `retry` soon in this run, `later` in the next run, `never` by another attempt
 * alone, `stop` the run with the failure's exit code. `frontier/again.ts` says when a URL is asked for again.
 */
type Next = 'retry' | 'later' | 'never' | 'stop';

/** Exit codes of the command; the table of docs/codes.md is checked against this one. */
export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  incomplete: 3,
  sourcesUnread: 4,
  siteBlocks: 5,
  archiveInUse: 6,
  noBrowser: 7,
  archiveNotWritable: 8,
  outputLost: 9,
  internal: 70,
  interrupted: 130,
} as const;

/** When a command ends with each of them. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'all went well',
  findings:
    '`audit` found something of the level that `--fail-on` names, or worse; `reproduce` a document that is not the same; `verify`, `seal` or `corroborate` found something',
  usage: 'the command line, the configuration or every given URL is not valid, or there is no archive',
  incomplete:
    'some URLs did not end well: `blocked`, `refused`, `failed`; for `archive` also `gone`; `repair` could not repair something; what was named is not there',
  sourcesUnread: 'a list could not be read, or gave no article; the others were',
  siteBlocks: 'the site refused a list, or several articles in a row, and went on after every pause',
  archiveInUse: 'another run, or another program, is using this archive',
  noBrowser: 'no browser can be started, or it lacks a library',
  archiveNotWritable:
    'the archive, a report or temporary files cannot be written: the disk is full, fails or refuses, or the machine is short of something',
  outputLost:
    'all went well, but stdout could not be written (a full disk): what was printed is lost, what was archived is not',
  internal: 'a fault of this program',
  interrupted: 'Ctrl-C',
};

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

interface ErrorKind {
  readonly title: string;
  readonly fix: string;
  readonly next: Next;
  /** Exit code where the failure ends the command. */
  readonly exit: ExitCode;
}

const kind = (title: string, next: Next, exit: ExitCode, fix: string): ErrorKind => ({ title, fix, next, exit });

export const ERRORS = {
  CONFIG_UNREADABLE: kind(
    'the configuration cannot be read',
    'stop',
    EXIT.usage,
    'give an existing YAML file with --config FILE',
  ),
  CONFIG_INVALID: kind(
    'the configuration is not valid',
    'stop',
    EXIT.usage,
    'correct the line named above; every key is explained in crawl.config.yaml',
  ),
  USAGE: kind(
    'the command line is not valid',
    'stop',
    EXIT.usage,
    'see guancha-archive --help, and --help behind a command',
  ),
  CONFIG_EXISTS: kind(
    'there is a configuration already',
    'stop',
    EXIT.usage,
    'change it by hand, or name another folder: init never writes over one',
  ),
  NO_ARCHIVE: kind(
    'there is no archive',
    'stop',
    EXIT.usage,
    'name it with --archive DIR, or its configuration with --config FILE; init, archive and crawl make a new one',
  ),
  NOT_THERE: kind(
    'what was named is not there',
    'stop',
    EXIT.incomplete,
    'look at what is there: quarantine list, orders list, vocabulary list, history ARTICLE; manifest write makes a manifest',
  ),
  QUERY_INVALID: kind(
    'the query cannot be understood',
    'stop',
    EXIT.usage,
    'put a text with signs in quotation marks; docs/read.md has the grammar under search',
  ),
  URL_INVALID: kind(
    'not an article of the configured site',
    'never',
    EXIT.usage,
    'give an address such as https://www.guancha.cn/politics/2022_01_28_623950.shtml',
  ),
  OUT_OF_SCOPE: kind(
    'outside the configured origins',
    'later',
    EXIT.incomplete,
    'if the origin belongs to the site, add it to `site` in the configuration',
  ),
  ADDRESS_REFUSED: kind(
    'not an address of the public internet',
    'later',
    EXIT.incomplete,
    'if the site really is at this address, add it to `network.allowAddresses` in the configuration',
  ),
  ROBOTS_DISALLOWED: kind(
    'robots.txt does not allow it',
    'later',
    EXIT.incomplete,
    'leave it out, or ask the site for permission; robots.txt is read anew, at the latest after a day',
  ),
  ROBOTS_UNREACHABLE: kind(
    'robots.txt could not be read',
    'later',
    EXIT.incomplete,
    'wait until the site answers; nothing is fetched without its robots.txt',
  ),
  HOST_PAUSED: kind(
    'the host is left alone for now',
    'later',
    EXIT.incomplete,
    'wait until then; status shows every pause, and retry --host HOST forgets it',
  ),
  NETWORK: kind(
    'the site could not be reached',
    'retry',
    EXIT.incomplete,
    'check the network and run the command again',
  ),
  NO_NETWORK: kind(
    'there is no network here, or no way to the site',
    'stop',
    EXIT.incomplete,
    'check the network (guancha-archive doctor does). Without one, npm run demo (guancha-archive demo) shows the whole program with a made-up newspaper that this machine serves',
  ),
  TIMEOUT: kind(
    'the site did not answer in time',
    'retry',
    EXIT.incomplete,
    'run the command again, or raise browser.timeoutMs',
  ),
  PROXY_UNREACHABLE: kind(
    'the proxy gives no way to the site',
    'retry',
    EXIT.incomplete,
    'check that it runs, and network.proxy in the configuration or HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment',
  ),
  CERTIFICATE_REFUSED: kind(
    'the certificate of the site is not to be trusted',
    'later',
    EXIT.incomplete,
    'check the clock of this machine; where the network signs with an authority of its own, name its file under network.certificates',
  ),
  HTTP_STATUS: kind('the site answered with an error status', 'retry', EXIT.incomplete, 'run the command again later'),
  TOO_LARGE: kind(
    'the answer is larger than any page of the site',
    'later',
    EXIT.incomplete,
    'look at the address in a browser',
  ),
  TOO_MANY_REDIRECTS: kind('the redirects do not end', 'later', EXIT.incomplete, 'look at the address in a browser'),
  TRUNCATED: kind('the page broke off', 'retry', EXIT.incomplete, 'run the command again'),
  PAGE_DAMAGED: kind(
    'the page has bytes that are not text',
    'retry',
    EXIT.incomplete,
    'run the command again; if it fails again, look at the address in a browser',
  ),
  NOT_AN_ARTICLE: kind(
    'the page is no article',
    'later',
    EXIT.incomplete,
    'look at the address in a browser; the layout may have changed',
  ),
  IMPLAUSIBLE: kind(
    'what the site shows cannot be what became of the archived article',
    'later',
    EXIT.incomplete,
    'nothing: what is archived stays, and what stands at three further looks is taken. quarantine list has the page; archive --accept-changed URL takes it at once',
  ),
  PAGE_TOO_HEAVY: kind(
    'the page takes more time or memory than any page of the site',
    'later',
    EXIT.incomplete,
    'look at the address in a browser, with care: the page may be made to stop programs that read it',
  ),
  BUDGET_SPENT: kind(
    'the article takes more time, bytes or requests than one visit may',
    'later',
    EXIT.incomplete,
    'pictures come by a later visit; where it is the pages, look at the address in a browser. The limits are limits.visitMs, limits.visitBytes and limits.visitRequests',
  ),
  RUN_DIED: kind(
    'runs died with this article in hand',
    'later',
    EXIT.incomplete,
    'look at the address in a browser, and at what ended the runs (dmesg, free memory); archive URL tries it at once',
  ),
  PAGE_FAULT: kind(
    'a fault in guancha-archive itself: one page could not be read',
    'later',
    EXIT.internal,
    'please report it with the page, which is kept in quarantine. The other articles are archived',
  ),
  LEASE_LOST: kind(
    'another worker has the article by now',
    'later',
    EXIT.incomplete,
    'nothing: it is visited by that one. Where it happens often, this machine is stopped for minutes, or its database is',
  ),
  EXTRACTION: kind(
    'the article could not be read from the page',
    'later',
    EXIT.incomplete,
    'the layout may have changed: compare the page with src/site/layouts.ts',
  ),
  DOCUMENT_REFUSED: kind(
    'the document would not be read as it was meant',
    'later',
    EXIT.incomplete,
    'look at the address in a browser; if nothing is odd there, please report it',
  ),
  BLOCKED: kind(
    'the site refuses this visitor',
    'later',
    EXIT.siteBlocks,
    'wait some hours; raise politeness.intervalMs. Challenges are never solved or evaded',
  ),
  BROWSER_CRASHED: kind(
    'the browser died',
    'retry',
    EXIT.incomplete,
    'run the command again; if it keeps dying, check free memory',
  ),
  SOURCE_EMPTY: kind(
    'a list gave no article',
    'later',
    EXIT.sourcesUnread,
    'look at the list in a browser; its address or markup may have changed',
  ),
  SOURCE_UNREAD: kind(
    'a list could not be read',
    'later',
    EXIT.sourcesUnread,
    'check the network and the address under `sources`',
  ),
  SOURCE_UNKNOWN: kind(
    'no such source',
    'stop',
    EXIT.usage,
    'use one of the names under `sources` in the configuration',
  ),
  NUMBERS_UNANSWERED: kind(
    'the site does not find articles by their number alone',
    'later',
    EXIT.incomplete,
    'wait some hours; if it fails again, run backfill without --ids',
  ),
  ARCHIVE_IN_USE: kind(
    'another run is using this archive',
    'stop',
    EXIT.archiveInUse,
    'wait until it ends (--wait where the command has it), or stop it; a killed run leaves no lock behind',
  ),
  ARCHIVE_BUSY: kind(
    'another program holds a file of the archive',
    'stop',
    EXIT.archiveInUse,
    'end what has the file open (a backup, a database tool, a virus scanner), and run the command again',
  ),
  NO_BROWSER: kind(
    'no browser can be started',
    'stop',
    EXIT.noBrowser,
    'install Chrome or Chromium — or run: npx playwright@1.65.1 install --with-deps chromium-headless-shell — or set browser.executablePath to one that lies elsewhere',
  ),
  BROWSER_LIBRARY_MISSING: kind(
    'the browser lacks a shared library',
    'stop',
    EXIT.noBrowser,
    'install the library named above (npx playwright@1.65.1 install-deps chromium-headless-shell does), or set browser.executablePath to a browser that has all of them',
  ),
  TEMPORARY_NOT_WRITABLE: kind(
    'temporary files cannot be written',
    'stop',
    EXIT.archiveNotWritable,
    'free some space in the folder named above, or set TMPDIR to a folder that may be written; in a container give it more room',
  ),
  MACHINE_SHORT: kind(
    'the machine has too little memory, or too many open files or processes',
    'stop',
    EXIT.archiveNotWritable,
    'end other programs, or raise the limit (ulimit -n, ulimit -u, MemoryMax) and run the command again. What is archived is safe',
  ),
  FILE_REFUSED: kind(
    'a file or folder cannot be used',
    'stop',
    EXIT.archiveNotWritable,
    'check that it is there, that this user may use it, and that its disk has room',
  ),
  ARCHIVE_NOT_WRITABLE: kind(
    'the archive cannot be written',
    'stop',
    EXIT.archiveNotWritable,
    'check the permissions, or name another folder with --archive DIR. What is archived is safe',
  ),
  ARCHIVE_FULL: kind(
    'the disk is full',
    'stop',
    EXIT.archiveNotWritable,
    'free some space and run the command again. What is archived is safe',
  ),
  ARCHIVE_IO: kind(
    'the disk reports an error',
    'stop',
    EXIT.archiveNotWritable,
    'check the disk (dmesg, smartctl) and run the command again. What is archived is safe',
  ),
  ARCHIVE_UNFIT: kind(
    'the disk, or the object store, cannot do what an archive needs',
    'stop',
    EXIT.archiveNotWritable,
    'put the archive on another disk: one with file locks, long names and large files; or in a store that keeps the conditions of writes. What is archived is safe',
  ),
  ARCHIVE_AWAY: kind(
    'the object store does not answer',
    'stop',
    EXIT.archiveNotWritable,
    'wait until it answers, and run the command again: it goes on where it stopped. What waits to be stored lies in the folder of the archive on this machine',
  ),
  ARCHIVE_OVERTAKEN: kind(
    'another run has written the file meanwhile',
    'later',
    EXIT.archiveInUse,
    'nothing: what the other run wrote stays, and the article is looked at again',
  ),
  ARCHIVE_ELSEWHERE: kind(
    'the archive does not lie in a folder of this machine',
    'stop',
    EXIT.usage,
    'copy it to one (guancha-archive copy s3://BUCKET/PREFIX DIR), or mount it, and name it with --archive DIR',
  ),
  STORE_REFUSED: kind(
    'the object store refuses this program',
    'stop',
    EXIT.archiveNotWritable,
    'correct what is named above: the keys in the environment, or cluster.storage in the configuration. What is archived is safe',
  ),
  DATABASE_DAMAGED: kind(
    'a database of the archive is damaged',
    'stop',
    EXIT.archiveNotWritable,
    'run: guancha-archive repair — what it replaces lies in trash/ then, and the documents are not touched. The database of a cluster: restore it from a backup',
  ),
  DATABASE_AWAY: kind(
    'the database of the cluster does not answer',
    'stop',
    EXIT.archiveNotWritable,
    'start it, or wait until it is back, and run the command again. What was under way is as if it had not begun',
  ),
  DATABASE_REFUSED: kind(
    'the database of the cluster refuses this user',
    'stop',
    EXIT.usage,
    'check cluster.postgres in the configuration: user, password, database and the parameters behind the ?',
  ),
  DATABASE_NOT_READY: kind(
    'the database of the cluster does not have the tables of this version',
    'stop',
    EXIT.usage,
    'run: guancha-archive cluster init',
  ),
  QUEUE_AWAY: kind(
    'the queue of the cluster does not answer',
    'stop',
    EXIT.archiveNotWritable,
    'start it, or wait until it is back, and run the command again; or run it without --cluster: this machine does all of it then',
  ),
  NO_HANDS: kind(
    'no hand of the cluster takes partitions',
    'stop',
    EXIT.incomplete,
    'start one: guancha-archive worker, of the same version as this program, with --partitions from 1; or run the command without --cluster: this machine does all of it then',
  ),
  PARTITION_FAILED: kind(
    'a partition could not be done by any hand',
    'stop',
    EXIT.incomplete,
    'look at what the hands say and at what ended them (dmesg, free memory), and run the command again; or run it without --cluster: this machine does all of it then',
  ),
  PARTITION_REFUSED: kind(
    'a hand of the cluster does not see the files of this archive',
    'stop',
    EXIT.usage,
    'give every machine the same archive, or the same cluster.storage: a shared folder or an object store. cluster.redis is of one archive alone',
  ),
  LEADERSHIP_LOST: kind(
    'another schedule leads this cluster by now',
    'stop',
    EXIT.archiveInUse,
    'nothing: this one waits until it may lead again. Where it happens often, its machine is stopped for seconds, or its way to the database is',
  ),
  DATABASE_NOT_EMPTY: kind(
    'the database holds other rows already',
    'stop',
    EXIT.usage,
    'take an empty database: nothing in this one was changed',
  ),
  LOCK_DAMAGED: kind(
    'the lock of the archive is no database',
    'stop',
    EXIT.archiveNotWritable,
    'see to it that no run goes on, and delete lock.sqlite: nothing is kept in it',
  ),
  ARCHIVE_DAMAGED: kind(
    'a file of the archive is damaged',
    'later',
    EXIT.archiveNotWritable,
    'run guancha-archive repair; what it cannot repair, restore from a backup',
  ),
  CAPTURE_DAMAGED: kind(
    'an exchange with the site cannot be read as it was kept',
    'later',
    EXIT.archiveNotWritable,
    'restore the file under captures/ from a backup. The documents are not touched, and archive --refresh URL keeps what the site shows now',
  ),
  CAPTURE_MISSING: kind(
    'a file of captures is not there',
    'later',
    EXIT.archiveNotWritable,
    'put it back under captures/ from a backup, or from trash/. The documents are not touched',
  ),
  ARCHIVE_NEWER: kind(
    'the archive was made by a newer version of this program',
    'stop',
    EXIT.archiveNotWritable,
    'use that version, or a later one. Only frontier.sqlite has another form; the documents are the same',
  ),
  REPORT_NOT_WRITABLE: kind(
    'the report cannot be written',
    'stop',
    EXIT.archiveNotWritable,
    'name a file in an existing folder that may be written to. The archive is unchanged',
  ),
  SEAL_DAMAGED: kind(
    'the log of seals is damaged',
    'stop',
    EXIT.archiveNotWritable,
    'run guancha-archive verify, which names what is wrong; take seals/ from another copy of the archive',
  ),
  SEAL_CONTRADICTED: kind(
    'the log of seals contradicts what was sealed before',
    'stop',
    EXIT.findings,
    'keep both checkpoints named above: they are the evidence. Take the archive from another copy; nothing is sealed until then',
  ),
  SEAL_KEY: kind(
    'the key for seals cannot be used',
    'stop',
    EXIT.usage,
    'let seal.key name an Ed25519 key (PKCS #8, PEM) outside the archive that only its owner may read (chmod 600), or a file that is not there yet',
  ),
  NOT_SEALED: kind(
    'not sealed as it is now',
    'never',
    EXIT.incomplete,
    'seal it first: guancha-archive seal; verify says what is wrong where that seals nothing',
  ),
  NOT_ARCHIVED: kind(
    'the archive has no such article',
    'never',
    EXIT.incomplete,
    'archive it first: guancha-archive archive URL',
  ),
  IMPORT_DAMAGED: kind(
    'what is to be imported is damaged',
    'never',
    EXIT.incomplete,
    'get the file again from where it came; what of it is whole was imported',
  ),
  IMPORT_UNKNOWN: kind(
    'it has no form that can be imported',
    'never',
    EXIT.incomplete,
    'import takes WARC and WACZ files, documents of the format and saved pages; --url names the address of a page that does not',
  ),
  NOT_IMPORTED: kind(
    'the imported files do not hold it',
    'later',
    EXIT.incomplete,
    'import the file that holds it together with the others, or visit the article with archive --refresh',
  ),
  IMAGE_MISSING: kind(
    'the site does not give the picture',
    'later',
    EXIT.incomplete,
    'look at the address in a browser',
  ),
  NOT_FETCHED: kind(
    'a picture that was found without a visit has not been asked for',
    'later',
    EXIT.incomplete,
    'run guancha-archive repair, which asks for it; so does the next visit of the article',
  ),
  IMAGE_TYPE: kind('the bytes are not a picture', 'later', EXIT.incomplete, 'look at the address in a browser'),
  IMAGE_TRUNCATED: kind(
    'the picture is not complete',
    'retry',
    EXIT.incomplete,
    'look at the address in a browser; visit the article again with archive --refresh',
  ),
  TOO_MANY_IMAGES: kind(
    'the article shows more pictures than are kept',
    'never',
    EXIT.incomplete,
    'raise limits.imagesPerArticle and visit the article again with archive --refresh',
  ),
  LISTEN_FAILED: kind(
    'the address to listen on cannot be used',
    'stop',
    EXIT.usage,
    'set another one (monitor.listen, or serve.host and serve.port), or end the program that listens there',
  ),
  SERVE_UNPROTECTED: kind(
    'other machines would reach the archive without a password',
    'stop',
    EXIT.usage,
    'leave out --host, or set serve.password in the configuration',
  ),
  INTERRUPTED: kind(
    'interrupted',
    'stop',
    EXIT.interrupted,
    'run the same command again: it continues where it stopped',
  ),
  INTERNAL: kind(
    'a fault in guancha-archive itself',
    'stop',
    EXIT.internal,
    'please report it with the lines above. What is archived is safe',
  ),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}

/** A known failure. `detail` says what happened and where; title and fix come from the table. */
export class ArchiveError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail: string, options?: { readonly cause?: unknown }) {
    super(`${ERRORS[code].title}: ${detail}`, options);
    this.name = 'ArchiveError';
    this.code = code;
    this.detail = detail;
  }
}

/** What happens next after any thrown value; what is not in the table is a fault of the program and stops the run. */
export function nextAfter(error: unknown): Next {
  return error instanceof ArchiveError ? ERRORS[error.code].next : 'stop';
}

/** Exit code for a thrown value that ended the command. */
export function exitCodeFor(error: unknown): ExitCode {
  return error instanceof ArchiveError ? ERRORS[error.code].exit : EXIT.internal;
}

/** What a person reads: what happened, where, and what to do. A fault of the program comes with its stack. */
export function renderError(error: unknown): string {
  if (error instanceof ArchiveError) {
    const { title, fix } = ERRORS[error.code];
    return `error ${error.code}: ${title}\n  ${error.detail.replaceAll('\n', '\n  ')}\n  → ${fix}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${stack}\nerror INTERNAL: ${ERRORS.INTERNAL.title}\n  → ${ERRORS.INTERNAL.fix}`;
}
