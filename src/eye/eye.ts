/**
 * The reader's eye: pages that give reason for doubt are laid out as their readers see them, behind the line, and what is
 * seen is compared with what was extracted. Nothing waits for it, and what fails here fails no article: a page that was
 * not looked at is recorded as such.
 */
import type { Archive } from '../archive/archive.ts';
import { type ArchiveRecord, type Look, noteLook } from '../archive/record.ts';
import { ArchiveError } from '../errors.ts';
import type { KnownPicture } from '../fetch/appearance.ts';
import type { ShowPage } from '../fetch/show-page.ts';
import { FLAGS, type Flag, type FlagCode, isReaderFlag } from '../flags.ts';
import type { Log } from '../log.ts';
import type { Page } from '../model.ts';
import type { Site } from '../site/address.ts';
import { compareSeen, type Extracted } from './compare.ts';
import { joinSeen, type Seen, seenOf } from './seen.ts';

/**
 * Which pages are looked at: none; those of which a flag says that something may be wrong, which every new form of markup
 * and of values does; or those, and every Nth by the article's number.
 */
export type EyePolicy = 'never' | 'new' | { readonly every: number };

/** An article that was archived, with the pages that it was extracted from. */
export interface Archived {
  readonly key: string;
  readonly record: ArchiveRecord;
  /** True where the visit wrote anything. */
  readonly wrote: boolean;
  readonly article: Extracted;
  /** All parts in order. */
  readonly pages: readonly Page[];
  /** Ends the look at once, and nothing is recorded. */
  readonly signal: AbortSignal;
}

export interface Eye {
  /** Takes note of an article, and returns at once. */
  look(archived: Archived): void;
  /** Resolves once nothing waits any more. Throws nothing. */
  drained(): Promise<void>;
}

/** So many pages wait at most, and so many bytes of them. */
const MOST_WAITING = 50;
const MOST_BYTES = 64_000_000;

/** @param parts `stopSignal` aborts where the run is to end after what is in hand: what waits is then left */
export function createEye(parts: {
  readonly policy: EyePolicy;
  readonly show: ShowPage;
  readonly archive: Pick<Archive, 'update'>;
  readonly site: Site;
  readonly now: () => number;
  readonly stopSignal?: AbortSignal | undefined;
  readonly log: Log;
}): Eye {
  const { policy, show, archive, site, now, stopSignal, log } = parts;
  const waiting: Archived[] = [];
  const told = new Set<string>();
  let waitingBytes = 0;
  let working: Promise<void> | null = null;

  return {
    look: (archived) => {
      if (!isWanted(archived, policy)) return;
      const bytes = bytesOf(archived);
      if (waiting.length >= MOST_WAITING || waitingBytes + bytes > MOST_BYTES) {
        tellOnce('more pages are to be looked at than there is time for; those are recorded as not looked at');
        waiting.push({ ...archived, pages: [] }); // without its bytes it only waits to be recorded
      } else {
        waitingBytes += bytes;
        waiting.push(archived);
      }
      working ??= work().finally(() => {
        working = null;
      });
    },
    drained: async () => {
      if (waiting.length > 0 && stopSignal?.aborted !== true)
        log({
          level: 'info',
          stage: 'extract',
          message: `${waiting.length} more pages are looked at as readers see them`,
        });
      await working;
    },
  };

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      waitingBytes -= bytesOf(next);
      if (stopSignal?.aborted === true || next.signal.aborted) continue;
      await lookAt(next).catch((error: unknown) => tellOnce(`what a reader sees is not recorded: ${inWords(error)}`));
    }
  }

  async function lookAt(archived: Archived): Promise<void> {
    const { key, record, signal } = archived;
    const { flags, ...look } = await comparison(archived);
    if (signal.aborted) return;
    for (const { code, detail } of flags)
      log({ level: 'warn', stage: 'extract', message: `${record.url}: ${code}, ${detail}` });
    if (look.why !== null) tellOnce(`${record.url}: not looked at as a reader sees it: ${look.why}`, look.why);
    const at = new Date(now()).toISOString();
    await archive.update(key, (old) =>
      old === null ? null : { record: noteLook(old, { ...look, at, flags, contentHash: record.contentHash }) },
    );
  }

  async function comparison(archived: Archived): Promise<Omit<Look, 'at'> & { readonly flags: readonly Flag[] }> {
    try {
      const seen = await see(archived);
      const flags = compareSeen(seen, archived.article);
      return { result: flags.length === 0 ? 'as extracted' : 'otherwise', why: null, flags };
    } catch (error) {
      return { result: 'not looked at', why: inWords(error), flags: [] };
    }
  }

  async function see({ record, pages, signal }: Archived): Promise<Seen> {
    if (pages.length === 0) throw new ArchiveError('BUDGET_SPENT', 'more pages waited to be looked at');
    const pictures = record.assets.flatMap((asset): KnownPicture[] =>
      'sha256' in asset ? [{ url: asset.src, width: asset.width || 300, height: asset.height || 150 }] : [],
    );
    const sizes = new Map(pictures.map((picture) => [picture.url, picture]));
    const parts: Seen[] = [];
    for (const page of pages) {
      const source = page.exchanges.at(-1);
      if (source === undefined) throw new TypeError(`${page.url}: a page needs an exchange`);
      const appearance = await show(source, { pictures, signal });
      const seen = seenOf(appearance, { page, address: record.url, site, sizes });
      if (seen === null) throw new ArchiveError('EXTRACTION', `no article in ${page.finalUrl} as a browser builds it`);
      parts.push(seen);
    }
    return joinSeen(parts);
  }

  function tellOnce(message: string, about = message): void {
    if (told.has(about)) return;
    told.add(about);
    log({ level: 'warn', stage: 'extract', message });
  }
}

/** A page that was looked at before is looked at again where it changed, or did not look as it was extracted. */
function isWanted({ record, wrote }: Archived, policy: EyePolicy): boolean {
  if (policy === 'never') return false;
  const number = Number(record.id.replace(/^\w+:/, ''));
  const isDoubted = record.flags.some((each) => !isReaderFlag(each) && FLAGS[each.code as FlagCode]?.level === 'doubt');
  const isNth = typeof policy === 'object' && number % policy.every === 0;
  const before = record.render?.result;
  const isOpen = before !== undefined && before !== 'as extracted';
  return isOpen || ((isDoubted || isNth) && (wrote || before === undefined));
}

function bytesOf({ pages }: Archived): number {
  return pages.reduce((sum, { body }) => sum + body.length, 0);
}

const LONGEST_WHY = 300;

/** One line; a fault of the program is named like any other reason, for the article is archived all the same. */
function inWords(error: unknown): string {
  const text = error instanceof ArchiveError ? `${error.code}: ${error.message}` : String(error);
  return text.replace(/\s+/g, ' ').slice(0, LONGEST_WHY);
}
