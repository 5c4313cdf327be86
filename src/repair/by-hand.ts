/** What no program can mend: it stays listed, with what a person can do. */
import { CHECKS } from '../audit/checks-table.ts';
import type { Mend } from './bench.ts';

export const byHand: Mend = async (findings, bench) => {
  for (const found of findings) {
    const { mend, repair } = CHECKS[found.code];
    const isLost = repair === 'restore-backup';
    bench.leave(
      found,
      isLost ? `the bytes are nowhere in this archive, and the site does not have them: ${mend}` : mend,
    );
  }
};
