/** What a check of `doctor` gets, and what it finds. */
import type { Config } from '../config.ts';
import type { ConfigSource } from '../config-file.ts';
import { ArchiveError, ERRORS } from '../errors.ts';
import { knownError } from '../system-errors.ts';

export interface CheckContext {
  readonly config: Config;
  /** Where the disk of the archive is tried. */
  readonly folder: string;
  /** Where the configuration was read from. */
  readonly source: ConfigSource;
  /** Says something before the answer. */
  readonly say: (check: string, found: Found) => void;
  /** Name and version of this program with its home page, as its requests name it. */
  readonly product: string;
  readonly signal: AbortSignal;
}

/** One question about this machine. Throws nothing but what aborts. */
export type Check = (context: CheckContext) => Promise<Found> | Found;

/** `warn` is worth knowing and hinders nothing; `bad` hinders a crawl. */
export interface Found {
  readonly state: 'ok' | 'warn' | 'bad';
  readonly says: string;
  /** What to do about it; null if there is nothing to do. */
  readonly fix: string | null;
}

export function ok(says: string): Found {
  return { state: 'ok', says, fix: null };
}

export function warn(says: string, fix: string): Found {
  return { state: 'warn', says, fix };
}

export function bad(says: string, fix: string): Found {
  return { state: 'bad', says, fix };
}

/** A known failure is an answer; anything else is a fault of this program. */
export async function unlessRefused(work: () => Promise<Found>): Promise<Found> {
  try {
    return await work();
  } catch (error) {
    return refusalOf(error);
  }
}

export function refusalOf(error: unknown): Found {
  const known = knownError(error, { place: 'elsewhere' });
  if (known instanceof ArchiveError) return bad(`${known.code}: ${known.message}`, ERRORS[known.code].fix);
  throw error;
}
