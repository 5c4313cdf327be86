/** What a check of this machine is given, and what it says. */
import type { Config } from '../config.ts';

export interface CheckContext {
  readonly config: Config;
  /** Name and version of this program with its home page, as its requests name it. */
  readonly product: string;
  readonly signal: AbortSignal;
}

/** `warn` is worth knowing and hinders nothing; `bad` hinders a crawl. */
export interface Found {
  readonly state: 'ok' | 'warn' | 'bad';
  readonly says: string;
  /** What to do about it; null where there is nothing to do. */
  readonly fix: string | null;
}

/** One question about this machine. Throws nothing but what aborts. */
export type Check = (context: CheckContext) => Promise<Found> | Found;

export function ok(says: string): Found {
  return { state: 'ok', says, fix: null };
}

export function warn(says: string, fix: string): Found {
  return { state: 'warn', says, fix };
}

export function bad(says: string, fix: string): Found {
  return { state: 'bad', says, fix };
}
