/** The seals, as `verify` checks them: the log itself, and whether the files are as they were sealed. */
import type { DatabaseSync } from 'node:sqlite';
import { CHECKPOINT, idOf, parseKey } from '../archive/keys.ts';
import { textOf } from '../database.ts';
import { ArchiveError } from '../errors.ts';
import type { SealFinding } from '../evidence/findings.ts';
import { type VerifyContext, verify } from '../evidence/verify.ts';
import { type Finding, finding, isCheckCode } from './promises.ts';

interface SealAudit extends VerifyContext {
  /** Files of which an error was found: that such a file is not as it was sealed has the same cause. */
  readonly broken: ReadonlySet<string>;
  /** True if the caller holds the archive. */
  readonly isAlone: boolean;
  readonly signal: AbortSignal;
}

/** Hashes nothing that the audit has read. Finds nothing where nothing was sealed yet. */
export async function auditSeals(
  database: DatabaseSync,
  { broken, ...context }: SealAudit,
): Promise<readonly Finding[]> {
  database.exec('CREATE INDEX by_path ON files (path)');
  const known = database.prepare('SELECT sha256 FROM files WHERE path = ?');
  try {
    const hashOf = (path: string) => textOf(known.get(path)?.sha256);
    const { findings } = await verify({ ...context, hasFiles: true, hashOf });
    const isTold = ({ code, path }: SealFinding) => OF_FILES.includes(code) && broken.has(path);
    return findings.filter((each) => !isTold(each)).flatMap(asFinding);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return error.code === 'NOT_SEALED' ? [] : [finding('seal-log-damaged', NOWHERE, error.detail)];
  }
}

const OF_FILES: readonly string[] = ['seal-file-changed', 'seal-file-removed'];
const NOWHERE = { path: CHECKPOINT, article: null };

function asFinding({ code, path, detail, evidence = [] }: SealFinding): readonly Finding[] {
  const parsed = parseKey(path);
  const article = parsed !== null && 'article' in parsed ? idOf(parsed.article) : null;
  const more = evidence.length > 1 ? '; verify shows both checkpoints' : '';
  return isCheckCode(code) ? [finding(code, { path, article }, `${detail}${more}`)] : [];
}
