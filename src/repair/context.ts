/** What every kind of repair works with, and how it reports what it could not repair. */

import type { DateConvention } from '../archive/document.ts';
import { parseKey } from '../archive/keys.ts';
import type { Assets } from '../archive/pictures.ts';
import type { Storage } from '../archive/storage.ts';
import type { Trash } from '../archive/trash.ts';
import type { Finding } from '../audit/promises.ts';
import type { Captures } from '../capture/captures.ts';
import type { CrawlContext } from '../crawl/work.ts';
import { ERRORS, type ErrorCode } from '../errors.ts';

export interface RepairContext extends CrawlContext {
  /** Absolute path of the archive. */
  readonly root: string;
  /** Address of the database of a cluster that holds its queue; null where that lies in the archive. */
  readonly postgres: string | null;
  readonly storage: Storage;
  readonly trash: Trash;
  /** Keys that the log of seals may be signed by, as verifier keys, beside those that lie in it. */
  readonly sealKeys: readonly string[];
  /** Of this run; null where none are kept. */
  readonly captures: Pick<Captures, 'end'> | null;
  readonly services: CrawlContext['services'] & { readonly assets: Assets };
  readonly convention: DateConvention;
  /** How often a visit is tried that may soon succeed; `backoffMs` is the first pause, which doubles. */
  readonly attempts: number;
  readonly backoffMs: number;
  readonly concurrency: number;
  /** Ages at which articles are visited again, rising. */
  readonly agesMs: readonly number[];
  /** No further work is begun once this aborts. */
  readonly stopSignal: AbortSignal;
  /** Everything ends at once when this aborts. */
  readonly abortSignal: AbortSignal;
  readonly site: SiteState;
  /** Notes why a finding could not be repaired. */
  leave(found: Finding, why: string): void;
}

/** One kind of repair. It calls `leave` for what it cannot repair; the next audit shows whether the rest is repaired. */
export type RepairWork = (findings: readonly Finding[], context: RepairContext) => Promise<void>;

/** Whether the site answers. After several refusals in a row it is not asked any more. */
interface SiteState {
  /** Null while it is worth asking; else why it is not. */
  silent(): string | null;
  /** Is called with how a request ended: a code of the table, or null for any answer. */
  note(code: string | null): void;
}

const MOST_IN_A_ROW = 5;
const SILENCE: readonly ErrorCode[] = ['NETWORK', 'TIMEOUT', 'BLOCKED', 'ROBOTS_UNREACHABLE', 'NO_BROWSER'];

export function watchSite(): SiteState {
  let inRow = 0;
  let last = '';
  return {
    silent: () => (inRow < MOST_IN_A_ROW ? null : `not asked for: the site did not answer before (${last})`),
    note: (code) => {
      const isSilence = code !== null && (SILENCE as readonly string[]).includes(code);
      inRow = isSilence ? inRow + 1 : 0;
      if (isSilence) last = inWords(code);
    },
  };
}

/** `NETWORK: the site could not be reached`. */
export function inWords(code: string): string {
  return Object.hasOwn(ERRORS, code) ? `${code}: ${ERRORS[code as ErrorCode].title}` : code;
}

/** Where an article lies, by the path of its document, record or version: `2022/01/2022_01_28_623950`. Null for other files. */
export function keyOf(path: string): string | null {
  const parsed = parseKey(path);
  return parsed !== null && 'article' in parsed ? parsed.article : null;
}

/** Does the work for each, so many at once. The first failure ends it, once what is in hand is done. */
export async function eachOf<T>(
  items: readonly T[],
  { concurrency, stopSignal }: Pick<RepairContext, 'concurrency' | 'stopSignal'>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const item of rest) {
      if (stopSignal.aborted || failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (failures.length > 0) throw failures[0];
}
