/** Findings by check: every one counted, the first few of each kept, so that memory does not grow with their number. */
import { CHECKS, type CheckCode } from '../audit/checks-table.ts';
import type { Finding } from '../audit/finding.ts';
import { RANK } from './audit-run.ts';

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

export interface Groups {
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
