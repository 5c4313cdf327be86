/** Findings by check: every one counted, the first few of each kept, so that memory does not grow with their number. */
import { CHECKS, type CheckCode, type CheckGroup, type Finding, type Severity } from '../audit/promises.ts';
import type { PackageInfo } from '../package.ts';

/** A finding, and the folder that its path is relative to. */
export interface Located {
  readonly found: Finding;
  readonly root: string;
}

export interface Group {
  readonly code: CheckCode;
  readonly count: number;
  /** In the order of the archive. */
  readonly shown: readonly Located[];
}

interface Groups {
  add(found: Finding, root: string): void;
  /** The errors first, of each level the largest group first. */
  worstFirst(): readonly Group[];
}

/** @param mostShown how many of each check are kept */
export function openGroups(mostShown: number): Groups {
  const groups = new Map<CheckCode, { readonly code: CheckCode; count: number; readonly shown: Located[] }>();
  return {
    add: (found, root) => {
      const group = groups.get(found.code) ?? { code: found.code, count: 0, shown: [] };
      groups.set(found.code, group);
      group.count += 1;
      if (group.shown.length < mostShown) group.shown.push({ found, root });
    },
    worstFirst: () =>
      [...groups.values()].sort(
        (a, b) => RANK[CHECKS[b.code].severity] - RANK[CHECKS[a.code].severity] || b.count - a.count,
      ),
  };
}

/** True where `repair` does something about what a check finds. */
export function isRepairable(code: CheckCode): boolean {
  const { group, repair } = CHECKS[code];
  return group !== 'fixity' && repair !== 'none' && repair !== 'restore-backup';
}

// Texts of the table of checks as sentences.

/** `the body breaks off` → `The body breaks off.` */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

// What the report of an audit says about the audit itself.

export interface AuditRun {
  /** Absolute paths of the audited folders. */
  readonly roots: readonly string[];
  /** As it was typed, for people: `audit --only assets`. */
  readonly command: string;
  /** The checks that were asked for. */
  readonly codes: readonly CheckCode[];
  /** Groups of checks that can be asked of what is audited; the others say nothing, which is no good news. */
  readonly groups: ReadonlySet<CheckGroup>;
  readonly startedAt: Date;
  readonly tool: PackageInfo;
}

/** From the mildest. */
export const RANK: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };
