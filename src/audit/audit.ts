/** The audit: every file of an archive once, month by month, then what only shows when all files are compared. Reads only. */
import { extname, join } from 'node:path';
import type { VerifyContext } from '../evidence/verify.ts';
import { openPool, type Pool } from '../pool.ts';
import { openTemporary } from '../temporary.ts';
import { openAuditIndex } from './audit-index.ts';
import { isBusy, lasting } from './beside-runs.ts';
import { captures, clocks, mergeAuditIndex, pictures, twice } from './cross-checks.ts';
import { auditFrontier } from './frontier.ts';
import { type AuditSummary, CHECKS, type CheckCode, type CheckGroup, type Finding } from './promises.ts';
import { listFolder } from './read-file.ts';
import { auditSeals } from './seals.ts';
import {
  captureFiles,
  documentFolders,
  isArchive,
  months,
  pictureFolders,
  reportFiles,
  type Selection,
  type Shard,
  sealFiles,
} from './shards.ts';
import { openShards, type ShardResult, type ShardTask } from './worker.ts';

export interface AuditOptions {
  /** Absolute path of an archive, or of a folder of documents. */
  readonly root: string;
  readonly selection: Selection;
  /** The checks that are asked for. */
  readonly codes: readonly CheckCode[];
  /** Threads; a single one is this one. */
  readonly jobs: number;
  /** Does the pieces elsewhere than in threads of this machine; where absent, they are done in those. */
  readonly elsewhere?: ((task: AuditTask) => Promise<AuditPool>) | undefined;
  /** Ends the audit at once; what was reported so far stands. */
  readonly signal: AbortSignal;
  /** True if the caller holds the archive: then nobody else changes it. */
  readonly isAlone?: boolean;
  /** What the seals of this archive are checked with; null where they are not. */
  readonly seals: VerifyContext | null;
  /** Address of the database of a cluster that holds its queue; null where the queue lies in the archive. */
  readonly postgres?: string | null;
}

/** What is asked of each piece. */
export type AuditTask = Omit<ShardTask, 'root' | 'index'>;

export interface AuditPool extends Pool<Shard, ShardResult> {
  /** The index databases of the pieces that were done, in a folder of this machine. @returns their paths in order */
  files(folder: string): Promise<readonly string[]>;
}

const BUSY_FOR_MS = 1000;

/**
 * Gives the findings in the order of the archive, those that concern several files last; returns the summary. What is found
 * beside a run comes at the end, if it lasts.
 */
export async function* audit(options: AuditOptions): AsyncGenerator<Finding, AuditSummary> {
  const { root, signal, isAlone = false, postgres = null } = options;
  const [from, startedAt] = [performance.now(), Date.now()];
  const sum = { errors: 0, warnings: 0 };
  const held: Finding[] = [];
  let busy = { is: false, until: 0 };
  const isBusyNow = () => {
    if (performance.now() >= busy.until) busy = { is: isBusy(root, postgres), until: performance.now() + BUSY_FOR_MS };
    return busy.is;
  };
  const looking = look(options);
  let read: Read | null = null;
  while (read === null) {
    const next = await looking.next();
    if (next.done === true) read = next.value;
    else if (!isAlone && isBusyNow()) held.push(next.value);
    else yield count(next.value);
  }
  const again = async (stems: readonly string[], about: readonly Finding[]) => {
    const asksFor = (group: CheckGroup) => about.some(({ code }) => CHECKS[code].group === group);
    const selection = { stems, since: null };
    const only = { quarantine: asksFor('files'), frontier: asksFor('frontier') };
    return Array.fromAsync(look({ ...options, jobs: 1, elsewhere: undefined, selection }, only));
  };
  for (const found of await lasting(held, { root, startedAt, signal, look: again })) yield count(found);
  return { ...read, ...sum, elapsedMs: Math.round(performance.now() - from) };

  function count(found: Finding): Finding {
    if (found.severity === 'error') sum.errors += 1;
    if (found.severity === 'warning') sum.warnings += 1;
    return found;
  }
}

type Read = Pick<AuditSummary, 'articles' | 'assets' | 'bytes'>;

/** @param besides what is looked at besides the selected articles; where absent, what `groupsAsked` says */
async function* look(
  options: AuditOptions,
  besides: { readonly quarantine: boolean; readonly frontier: boolean } | null = null,
): AsyncGenerator<Finding, Read> {
  const { root, selection, codes, signal, isAlone = false, postgres = null } = options;
  const wanted: ReadonlySet<CheckCode> = new Set(codes);
  const total = { articles: 0, assets: 0, bytes: 0 };
  const isPartial = !isEverything(selection);
  const seals = isPartial || !asksFor(codes, 'seals') ? null : options.seals;
  /** Files of which an error was found: that they are not as they were sealed has the same cause. */
  const broken = new Set<string>();

  await using temporary = await openTemporary('audit');
  const { path: folder } = temporary;
  const task = { codes, since: selection.since, isPartial, notesHashes: seals !== null };
  await using pool = await (options.elsewhere ?? ((asked) => openThreads(asked, { ...options, folder })))(task);
  const before: Finding[][] = [[]]; // what was found on the way to each piece that is not done yet, and behind the last one
  for await (const { findings, articles, assets, bytes } of pool.run(
    withoutFindings(plan(options, besides?.quarantine), before),
  )) {
    total.articles += articles;
    total.assets += assets;
    total.bytes += bytes;
    yield* onlyWanted(before.shift() ?? []);
    yield* onlyWanted(findings);
  }
  await pool.finish();
  yield* onlyWanted(before.flat());
  const indexFiles = await pool.files(folder);
  yield* crossChecks(join(folder, 'all.sqlite'), indexFiles);
  return total;

  function* onlyWanted(findings: Iterable<Finding>): Generator<Finding> {
    for (const found of findings) {
      if (!wanted.has(found.code)) continue;
      if (found.severity === 'error') broken.add(found.path);
      yield found;
    }
  }

  async function* crossChecks(path: string, indexFiles: readonly string[]): AsyncGenerator<Finding> {
    const { database, index } = openAuditIndex(path);
    try {
      database.exec('COMMIT');
      mergeAuditIndex(database, indexFiles);
      database.exec('BEGIN');
      yield* onlyWanted(twice(database));
      yield* onlyWanted(clocks(database));
      if (asksFor(codes, 'assets')) yield* onlyWanted(pictures(database, !isPartial));
      if (asksFor(codes, 'captures') && !isPartial) yield* onlyWanted(captures(database, root));
      if (seals !== null) yield* onlyWanted(await auditSeals(database, { ...seals, broken, isAlone, signal }));
      if (asksFor(codes, 'frontier') && (besides?.frontier ?? !isPartial))
        yield* onlyWanted(auditFrontier(root, database, postgres));
    } finally {
      index[Symbol.dispose]();
    }
  }
}

/** @param before gets a list for each piece, and one more */
function* withoutFindings(pieces: Iterable<Shard | Finding>, before: Finding[][]): Generator<Shard> {
  for (const piece of pieces) {
    if ('kind' in piece) {
      before.push([]);
      yield piece;
    } else before.at(-1)?.push(piece);
  }
}

async function openThreads(
  task: AuditTask,
  { root, jobs, signal, folder }: Pick<AuditOptions, 'root' | 'jobs' | 'signal'> & { readonly folder: string },
): Promise<AuditPool> {
  const tasks = Array.from({ length: jobs }, (_, i) => ({ ...task, root, index: join(folder, `${i}.sqlite`) }));
  const thread = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url);
  return {
    ...openPool(tasks, { open: openShards, thread, signal }),
    files: async () => tasks.map(({ index }) => index),
  };
}

/**
 * Groups of checks that can be asked of what is selected: of a plain folder nothing about records, of some articles
 * nothing about captures, seals and frontier. `fixity` is never among them: `manifest verify` asks for it.
 */
export function groupsAsked({ root, selection }: Pick<AuditOptions, 'root' | 'selection'>): readonly CheckGroup[] {
  if (!isArchive(root)) return ['files', 'format', 'article'];
  const ofArticles = ['files', 'format', 'article', 'assets', 'records'] as const;
  return isEverything(selection) ? [...ofArticles, 'captures', 'seals', 'frontier'] : ofArticles;
}

/** The pieces of the archive in order. */
function* plan({ root, selection, codes }: AuditOptions, quarantine = false): Generator<Shard | Finding> {
  if (!isArchive(root)) {
    yield* documentFolders(root, selection);
    return;
  }
  yield* listFolder(root, '').findings;
  yield* months(root, selection);
  if (quarantine) yield { kind: 'quarantine' };
  if (!isEverything(selection)) return;
  if (asksFor(codes, 'assets') || asksFor(codes, 'files')) yield* pictureFolders(root);
  if (asksFor(codes, 'captures') || asksFor(codes, 'files')) yield* captureFiles(root);
  if (asksFor(codes, 'files')) yield* sealFiles(root);
  if (asksFor(codes, 'files')) yield* reportFiles(root);
  if (asksFor(codes, 'files')) yield { kind: 'quarantine' };
}

function isEverything({ stems, since }: Selection): boolean {
  return stems === null && since === null;
}

function asksFor(codes: readonly CheckCode[], group: CheckGroup): boolean {
  return codes.some((code) => CHECKS[code].group === group);
}
