/** What no program can mend: it stays listed, with the reason. */
import type { RepairKind } from '../audit/finding.ts';
import type { Mend } from './bench.ts';

const REASONS: Partial<Record<RepairKind, string>> = {
  'restore-backup':
    'the bytes are nowhere in this archive, and the site does not have them: take them from another copy',
};

export const byHand =
  (kind: RepairKind): Mend =>
  async (findings, bench) => {
    for (const found of findings) bench.leave(found, REASONS[kind] ?? 'a person has to look');
  };
