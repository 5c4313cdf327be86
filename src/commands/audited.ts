/** What `audit` and `repair` take alike: checks by name, and an archive that is there. */
import { existsSync, statSync } from 'node:fs';
import { CHECKS, type CheckCode, isCheckCode } from '../audit/checks-table.ts';
import { ArchiveError } from '../errors.ts';

/** Threads of an audit. */
export const MOST_JOBS = 8;

/** The checks by code or by group; all where none is named. */
export function codesOf(only: readonly string[]): readonly CheckCode[] {
  const all = Object.keys(CHECKS) as CheckCode[];
  if (only.length === 0) return all;
  return only.flatMap((name) => {
    const group = all.filter((code) => CHECKS[code].group === name);
    if (group.length > 0) return group;
    if (!isCheckCode(name)) throw new ArchiveError('USAGE', `--only ${name}: no such check or group of checks`);
    return [name];
  });
}

/** Throws USAGE where there is no folder. */
export function requireFolder(archive: string): void {
  if (!existsSync(archive) || !statSync(archive).isDirectory())
    throw new ArchiveError('USAGE', `${archive}: there is no archive; name one with --archive DIR`);
}
