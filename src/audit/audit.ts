/** The audit: every file of an archive once, month by month, then what only shows when all files are compared. Reads only. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditIndex } from './audit-index.ts';
import { clocks, mergeAuditIndex, pictures, twice } from './cross-checks.ts';
import { auditFrontier } from './frontier.ts';
import { openPool } from './pool.ts';
import { type AuditSummary, CHECKS, type CheckCode, type CheckGroup, type Finding } from './promises.ts';
import { listFolder } from './read-file.ts';
import { documentFolders, isArchive, months, pictureFolders, type Selection, type Shard } from './shards.ts';

export interface AuditOptions {
  /** Absolute path of an archive, or of a folder of documents. */
  readonly root: string;
  readonly selection: Selection;
  /** The checks that are asked for. */
  readonly codes: readonly CheckCode[];
  /** Threads; a single one is this one. */
  readonly jobs: number;
  /** Ends the audit at once; what was reported so far stands. */
  readonly signal: AbortSignal;
}

/** Gives the findings in the order of the archive, those that concern several files last; returns the summary. */
export async function* audit(options: AuditOptions): AsyncGenerator<Finding, AuditSummary> {
  const { root, selection, codes, signal } = options;
  const startedAt = performance.now();
  const wanted: ReadonlySet<CheckCode> = new Set(codes);
  const total = { articles: 0, assets: 0, bytes: 0, errors: 0, warnings: 0 };
  const waiting: Finding[] = [];
  const isPartial = !isEverything(selection);

  const folder = await mkdtemp(join(tmpdir(), 'guancha-audit-'));
  try {
    const indexFiles = Array.from({ length: options.jobs }, (_, i) => join(folder, `${i}.sqlite`));
    await using pool = openPool(
      indexFiles.map((index) => ({ root, codes, since: selection.since, isPartial, index })),
      signal,
    );
    for await (const { findings, articles, assets, bytes } of pool.run(withoutFindings(plan(options)))) {
      total.articles += articles;
      total.assets += assets;
      total.bytes += bytes;
      yield* countWanted(waiting.splice(0));
      yield* countWanted(findings);
    }
    await pool.finish();
    yield* countWanted(waiting.splice(0));
    yield* crossChecks(join(folder, 'all.sqlite'), indexFiles);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { ...total, elapsedMs: Math.round(performance.now() - startedAt) };

  function* countWanted(findings: Iterable<Finding>): Generator<Finding> {
    for (const found of findings) {
      if (!wanted.has(found.code)) continue;
      if (found.severity === 'error') total.errors += 1;
      if (found.severity === 'warning') total.warnings += 1;
      yield found;
    }
  }

  function* withoutFindings(pieces: Iterable<Shard | Finding>): Generator<Shard> {
    for (const piece of pieces) {
      if ('kind' in piece) yield piece;
      else waiting.push(piece);
    }
  }

  function* crossChecks(path: string, indexFiles: readonly string[]): Generator<Finding> {
    const { database, index } = openAuditIndex(path);
    try {
      database.exec('COMMIT');
      mergeAuditIndex(database, indexFiles);
      database.exec('BEGIN');
      yield* countWanted(twice(database));
      yield* countWanted(clocks(database));
      if (asksFor(codes, 'assets')) yield* countWanted(pictures(database, !isPartial));
      if (asksFor(codes, 'frontier') && !isPartial) yield* countWanted(auditFrontier(root, database));
    } finally {
      index[Symbol.dispose]();
    }
  }
}

/**
 * Groups of checks that can be asked of what is selected: of a plain folder nothing about records, of some articles
 * nothing about the frontier. `fixity` is never among them: `manifest verify` asks for it.
 */
export function groupsAsked({ root, selection }: Pick<AuditOptions, 'root' | 'selection'>): readonly CheckGroup[] {
  if (!isArchive(root)) return ['files', 'format', 'article'];
  const ofArticles = ['files', 'format', 'article', 'assets', 'records'] as const;
  return isEverything(selection) ? [...ofArticles, 'frontier'] : ofArticles;
}

/** The pieces of the archive in order. */
function* plan({ root, selection, codes }: AuditOptions): Generator<Shard | Finding> {
  if (!isArchive(root)) {
    yield* documentFolders(root, selection);
    return;
  }
  yield* listFolder(root, '').findings;
  yield* months(root, selection);
  if (!isEverything(selection)) return;
  if (asksFor(codes, 'assets') || asksFor(codes, 'files')) yield* pictureFolders(root);
  if (asksFor(codes, 'files')) yield { kind: 'quarantine' };
}

function isEverything({ stems, since }: Selection): boolean {
  return stems === null && since === null;
}

function asksFor(codes: readonly CheckCode[], group: CheckGroup): boolean {
  return codes.some((code) => CHECKS[code].group === group);
}
