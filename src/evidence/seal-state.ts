/** What the last seals came to, as this machine remembers it and the log says. Reads only. */
import { join } from 'node:path';
import { SEAL_MEMORY } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError } from '../errors.ts';
import { lastSealedAt } from './log.ts';
import { openSealMemory, type SealFailure, type SealResult } from './memory.ts';

export interface SealState {
  /** When something was last sealed, by the log, ISO 8601 in UTC; null where nothing was, or the log cannot be read. */
  readonly sealedAt: string | null;
  /** What the last seal came to that ended; null where this machine made none, or died before it could write that down. */
  readonly result: SealResult | null;
  /** How the last one went wrong; null where it did not. */
  readonly failure: SealFailure | null;
}

/** @param archive the folder of this machine, absolute @param storage where the files of the archive lie */
export async function readSealState(archive: string, storage: Storage): Promise<SealState> {
  using memory = openSealMemory(join(archive, SEAL_MEMORY), { readOnly: true });
  const failure = memory.failure();
  const result = memory.result();
  try {
    const sealedAt = await lastSealedAt(storage);
    const isOfLast = result !== null && (sealedAt === null || result.at >= sealedAt);
    return { sealedAt, result: isOfLast ? result : null, failure };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return { sealedAt: null, result, failure: failure ?? { at: '', detail: error.message } };
  }
}
