/** `audit [PATH|ARTICLE]…`: checks every file of an archive. Uses no network, changes nothing of what it checks. */

import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, relative, resolve } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import { ARTICLES, RECORDS } from '../archive/keys.ts';
import { filesFolder, openStorage, requireFilesFolder } from '../archive/open-storage.ts';
import { openTrash } from '../archive/trash.ts';
import { type AuditOptions, audit as auditArchive, groupsAsked } from '../audit/audit.ts';
import {
  type AuditSummary,
  CHECKS,
  type CheckCode,
  type Finding,
  isCheckCode,
  type Reporter,
  type Severity,
} from '../audit/promises.ts';
import { hasArticle, isArchive, type Selection } from '../audit/shards.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { destinationOf } from '../frontier/frontier.ts';
import { openOperations } from '../frontier/operations.ts';
import type { ArticleId } from '../model.ts';
import { orNearest } from '../nearest.ts';
import { packageInfo } from '../package.ts';
import { expandPath } from '../paths.ts';
import { htmlReport } from '../report/audit-html.ts';
import { jsonReport, terminalReport } from '../report/audit-text.ts';
import { type AuditRun, RANK } from '../report/findings.ts';
import { openReportFile } from '../report/report-file.ts';
import { storedReport } from '../report/stored-audits.ts';
import type { Terminal } from '../report/terminal.ts';
import { inShell, line, link } from '../report/text.ts';
import { parseArticleUrl } from '../site/address.ts';
import { requireDay } from './coverage.ts';
import { requireArchive } from './existing-archive.ts';
import { articleNamed, notArchived, requireNamed } from './named-article.ts';
import { progressOf, requireRedis } from './partitioning.ts';
import { verifyContext } from './sealing.ts';
import type { Interrupts } from './session.ts';

export interface AuditFlags {
  readonly config?: string;
  readonly archive?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly only: readonly string[];
  readonly since?: string;
  readonly failOn: Severity;
  readonly jobs?: number;
  readonly cluster?: boolean;
}

/**
 * Audits what is named, one after the other.
 * @param what archives, folders of documents, single documents, or names of articles; empty for the configured archive
 * @returns `findings` where one is of the level `failOn` or worse, `interrupted` after Ctrl-C. Throws USAGE,
 * REPORT_NOT_WRITABLE, NOT_ARCHIVED
 */
export async function audit(
  what: readonly string[],
  flags: AuditFlags,
  context: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  const codes = [...new Set(codesOf(flags.only))];
  const jobs = Math.min(flags.jobs ?? availableParallelism(), MOST_JOBS);
  const targets = targetsOf(what, flags.since ?? null, config);
  const redis = flags.cluster === true ? requireRedis('audit', flags, config) : null;
  if (redis !== null && targets.some(({ root }) => root !== filesFolder(config)))
    throw new ArchiveError('USAGE', 'audit --cluster: the hands of a cluster see the configured archive alone');
  const run: AuditRun = {
    roots: [...new Set(targets.map(({ root }) => root))],
    command: commandOf(what, flags),
    codes,
    groups: new Set(targets.flatMap(groupsAsked)),
    startedAt: new Date(),
    tool: packageInfo(),
  };
  const html = flags.html === undefined ? null : expandPath(flags.html, { code: 'USAGE', where: '--html' });
  await using page = html === null ? null : await openReportFile(html, run);
  const reporters: readonly Reporter[] = [
    terminal.json ? jsonReport(terminal) : terminalReport(terminal, { repair: repairOf(flags, run, config) }),
    ...(page === null ? [] : [htmlReport(page, run)]),
    ...(isWhole(what, flags) && isArchive(filesFolder(config) ?? '') ? [kept(run, context)] : []),
  ];
  const sum = { articles: 0, assets: 0, bytes: 0, errors: 0, warnings: 0, elapsedMs: 0 };
  let exit: ExitCode = EXIT.ok;
  try {
    for (const { root, selection } of targets) {
      const seals = verifyContext(root, config);
      const signal = interrupts.stopSignal;
      const elsewhere = redis === null ? undefined : await sharedAudit(redis, { config, terminal, signal });
      const postgres = root === filesFolder(config) ? config.cluster.postgres : null;
      const options: AuditOptions = { root, selection, codes, jobs, elsewhere, signal, seals, postgres };
      const summary = await each(auditArchive(options), async (found) => {
        if (RANK[found.severity] >= RANK[flags.failOn]) exit = EXIT.findings;
        for (const reporter of reporters) await reporter.add(found, root);
      });
      for (const key of Object.keys(sum) as (keyof AuditSummary)[]) sum[key] += summary[key];
    }
  } catch (error) {
    if (error !== interrupts.stopSignal.reason) throw error;
    return EXIT.interrupted; // at once, and no report: a part would be taken for the whole
  } finally {
    terminal.end();
  }
  for (const reporter of reporters) await reporter.end(sum);
  if (html !== null) terminal.say(line`wrote ${link(html, resolve(html))}`);
  return exit;
}

/** The pieces by the hands of the cluster. */
async function sharedAudit(
  redis: string,
  { config, terminal, signal }: { readonly config: Config; readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<AuditOptions['elsewhere']> {
  const [storage, { openPartitions }, { auditWork }] = await Promise.all([
    openStorage(config),
    import('../partitions/partitions.ts'),
    import('../partitions/works.ts'),
  ]);
  return (task) => openPartitions(auditWork, task, { redis, storage, signal, ...progressOf(terminal) });
}

/** True for all checks of all of the configured archive: such a report is worth keeping. */
function isWhole(what: readonly string[], { only, since }: AuditFlags): boolean {
  return what.length === 0 && only.length === 0 && since === undefined;
}

function kept(run: AuditRun, { config, terminal }: { readonly config: Config; readonly terminal: Terminal }): Reporter {
  const storage = openDisk(requireFilesFolder(config, 'audit'));
  return storedReport(run, { storage, trash: openTrash(storage, { now: run.startedAt }), log: terminal.log });
}

/** How what was audited is repaired, as it is typed; null for a folder without records, and for anything beside the archive. */
function repairOf({ config: file, archive }: AuditFlags, { roots }: AuditRun, config: Config): string | null {
  const folder = filesFolder(config);
  if (folder === null || roots.length !== 1 || roots[0] !== folder || !isArchive(folder)) return null;
  const flags = Object.entries({ config: file, archive }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${inShell(value)}`],
  );
  return ['guancha-archive repair', ...flags].join(' ');
}

/** What was asked, as it is typed. */
function commandOf(what: readonly string[], { only, since }: AuditFlags): string {
  const flags = [...only.map((name) => `--only ${name}`), ...(since === undefined ? [] : [`--since ${since}`])];
  return ['audit', ...what, ...flags].join(' ');
}

/** Walks an audit to its end and gives what it returns; it ends where `take` fails, too. */
async function each(
  findings: AsyncGenerator<Finding, AuditSummary>,
  take: (found: Finding) => Promise<void>,
): Promise<AuditSummary> {
  await using walked = findings;
  for (;;) {
    const next = await walked.next();
    if (next.done === true) return next.value;
    await take(next.value);
  }
}

interface AuditTarget {
  readonly root: string;
  readonly selection: Selection;
}

function targetsOf(what: readonly string[], since: string | null, config: Config): readonly AuditTarget[] {
  if (since !== null) requireDay(since, '--since');
  const ids = what.filter((text) => isName(text, config));
  const paths = what.filter((text) => !isName(text, config));
  if (what.length === 0 || ids.length > 0) requireArchive(config);
  const targets = paths.map((path) => targetOf(resolve(path), since));
  if (what.length > 0 && ids.length === 0) return targets;
  const root = requireFilesFolder(config, 'audit');
  if (what.length === 0) return [{ root, selection: { stems: null, since } }];
  return [{ root, selection: { stems: withMoves(ids, root, config), since } }, ...targets];
}

/** An article of the configured archive by any of its names; a file or folder that is there is audited as such. */
function isName(text: string, config: Config): boolean {
  return !existsSync(text) && articleNamed(text, config) !== null;
}

/** The stems of articles, and of the posts that such became. Throws NOT_ARCHIVED where the archive has nothing of one. */
function withMoves(names: readonly string[], root: string, config: Config): readonly string[] {
  const { site } = config;
  using operations = openOperations(config, { readOnly: true });
  return names.flatMap((name) => {
    for (const id of requireNamed(name, config).ids) {
      const post = parseArticleUrl(destinationOf(operations.frontier.find(id)) ?? '', site);
      const stems = (post === null ? [id] : [id, post.id]).map(stemOf);
      if (stems.some((stem) => hasArticle(root, stem))) return stems;
    }
    throw notArchived(name, config);
  });
}

/** `_623950` ends the stem of an article, `fengwen:399176` stands for a community post. */
function stemOf(id: ArticleId): string {
  return id.startsWith('fengwen:') ? id : `_${id.slice(id.indexOf(':') + 1)}`;
}

/** A folder is audited whole; of a document, what belongs to it. */
function targetOf(path: string, since: string | null): AuditTarget {
  if (!existsSync(path)) throw new ArchiveError('USAGE', `${path}: no such file or folder`);
  const all = { stems: null, since };
  if (statSync(path).isDirectory()) return { root: path, selection: all };
  const root = archiveOf(path);
  if (root === null) return { root: dirname(path), selection: { ...all, stems: [relative(dirname(path), path)] } };
  const key = relative(root, path).split('/').at(-1) ?? '';
  return { root, selection: { ...all, stems: [key.replace(/\.\w+$/, '')] } };
}

/** The archive that a file lies in; null if it lies in none. */
function archiveOf(path: string): string | null {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder))
    if ([ARTICLES, RECORDS].includes(relative(folder, path).split('/')[0] ?? '') && isArchive(folder)) return folder;
  return null;
}

// What `audit` and `repair` take alike: checks by name, and an archive that is there.

/** Threads of an audit. */
export const MOST_JOBS = 8;

/** The checks by code or by group; all where none is named. */
export function codesOf(only: readonly string[]): readonly CheckCode[] {
  const all = Object.keys(CHECKS) as CheckCode[];
  if (only.length === 0) return all;
  return only.flatMap((name) => {
    const group = all.filter((code) => CHECKS[code].group === name);
    if (group.length > 0) return group;
    if (isCheckCode(name)) return [name];
    const groups = [...new Set(all.map((code) => CHECKS[code].group))];
    throw new ArchiveError(
      'USAGE',
      `--only ${name}: no such check or group of checks${orNearest(name, [...groups, ...all]) || `; the groups are ${groups.join(', ')}`}`,
    );
  });
}
