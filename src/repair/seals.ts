/** The log of seals, written again from whatever of it leads to the signed checkpoint. Nothing is signed, and no network asked. */
import { rebuildLog } from '../evidence/rebuild.ts';
import type { RepairWork } from './context.ts';

export const rebuildSeals: RepairWork = async (findings, { storage, trash, sealKeys, leave }) => {
  const why = await rebuildLog(storage, { trash, known: sealKeys });
  for (const found of findings) leave(found, why ?? SIGNED);
};

const SIGNED = 'what was signed cannot be made again: take seals/ from another copy of the archive';
