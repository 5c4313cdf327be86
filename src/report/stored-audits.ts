/**
 * The last reports of whole audits, as files of the archive in `audits/`. They are written beside a run too: each has a
 * number of its own, and of two audits that end at once the second takes the next.
 */
import { z } from 'zod';
import { AUDITS, auditReportKey, parseKey } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import type { AuditSummary, Reporter } from '../audit/promises.ts';
import { ArchiveError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type AuditRun, openGroups } from './findings.ts';

const MOST_KEPT = 10;
/** More of one check are counted, not kept. */
const MOST_SHOWN = 50;
/** All checks with as many findings as are kept, each as long as it may be. */
const LARGEST_BYTES = 64_000_000;
/** Other audits that ended at the same moment. */
const ATTEMPTS = 10;

/**
 * Writes the report at the end of the audit; the newest ten stay, older ones go to the trash. A place that cannot be written
 * keeps none, which is no error of the audit.
 */
export function storedReport(
  run: AuditRun,
  { storage, trash, log }: { readonly storage: Storage; readonly trash: Pick<Trash, 'move'>; readonly log: Log },
): Reporter {
  const groups = openGroups(MOST_SHOWN);
  return {
    add: (found, root) => groups.add(found, root),
    end: async (summary) => {
      try {
        const number = await write(summary);
        if (number !== null) await clear(number);
      } catch (error) {
        if (!(error instanceof ArchiveError)) throw error;
        if (error.code !== 'ARCHIVE_NOT_WRITABLE')
          log({ level: 'warn', stage: 'run', message: `the report was not kept: ${error.message}` });
      }
    },
  };

  /** Null where something else than a folder has the name, or others took every number. */
  async function write({ articles, assets, bytes, errors, warnings, elapsedMs }: AuditSummary): Promise<number | null> {
    const place = await storage.stat(AUDITS);
    if (place !== null && place.kind !== 'a folder') return null;
    const report: StoredAudit = {
      startedAt: run.startedAt.toISOString(),
      tool: run.tool.version,
      summary: { articles, assets, bytes, errors, warnings, elapsedMs },
      groups: groups.worstFirst().map(({ code, count, shown }) => ({
        code,
        count,
        shown: shown.map(({ found: { article, path, detail } }) => ({ article, path, detail })),
      })),
    };
    const text = `${JSON.stringify(report, null, 1)}\n`;
    const [newest = 0] = await storedAudits(storage);
    for (let number = newest + 1; number <= newest + ATTEMPTS && isNumber(number); number++)
      if (await storage.write(auditReportKey(number), text, { ifAbsent: true })) return number;
    return null;
  }

  async function clear(written: number): Promise<void> {
    const older = (await storedAudits(storage)).filter((number) => number <= written).slice(MOST_KEPT);
    for (const number of older) await trash.move(auditReportKey(number), `audit: the newest ${MOST_KEPT} reports stay`);
  }
}

/** False behind the last number that a key has room for: a file of somebody else may have it. */
function isNumber(number: number): boolean {
  return parseKey(auditReportKey(number)) !== null;
}

/** The numbers of the reports that are there, the newest first. */
export async function storedAudits(storage: Pick<Storage, 'names'>): Promise<readonly number[]> {
  const { files } = await storage.names(AUDITS);
  return files
    .flatMap((name) => {
      const parsed = parseKey(`${AUDITS}/${name}`);
      return parsed?.kind === 'audit-report' ? [parsed.number] : [];
    })
    .sort((a, b) => b - a);
}

/** How the last audit of the whole archive ended; null where no report of one can be read. */
export async function lastAudit(
  storage: Pick<Storage, 'names' | 'stat' | 'read'>,
): Promise<{ readonly at: string; readonly errors: number; readonly warnings: number } | null> {
  const [newest] = await storedAudits(storage);
  const found = newest === undefined ? null : await readStoredAudit(storage, newest);
  return found && { at: found.startedAt, errors: found.summary.errors, warnings: found.summary.warnings };
}

/** What a report says. Of a check that a newer program has, nothing is known but its code. */
export type StoredAudit = z.infer<typeof FORM>;

const COUNT = z.number().int().nonnegative();
const FORM = z.object({
  /** ISO 8601, UTC. */
  startedAt: z.iso.datetime(),
  /** The version of the program. */
  tool: z.string(),
  summary: z.object({
    articles: COUNT,
    assets: COUNT,
    bytes: COUNT,
    errors: COUNT,
    warnings: COUNT,
    elapsedMs: COUNT,
  }),
  /** The worst first. */
  groups: z.array(
    z.object({
      code: z.string(),
      count: COUNT,
      /** The first of them, in the order of the archive. */
      shown: z.array(z.object({ article: z.string().nullable(), path: z.string(), detail: z.string() })),
    }),
  ),
});

/** Null where there is no report of this number, or none that can be read. */
export async function readStoredAudit(
  storage: Pick<Storage, 'stat' | 'read'>,
  number: number,
): Promise<StoredAudit | null> {
  const key = auditReportKey(number);
  const entry = await storage.stat(key);
  if (entry?.kind !== 'a file' || entry.bytes > LARGEST_BYTES) return null;
  const bytes = await storage.read(key);
  if (bytes === null) return null;
  try {
    return FORM.parse(JSON.parse(bytes.toString()));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}
