/** A crawl without disk, browser and network: the line's own code over adapters in memory, on a clock that the test turns. */
import { openArchive } from '../../src/archive/archive.ts';
import { openMemory } from '../../src/archive/memory.ts';
import { openQuarantine } from '../../src/archive/quarantine.ts';
import type { Storage } from '../../src/archive/storage.ts';
import { openTrash } from '../../src/archive/trash.ts';
import { followAccepted } from '../../src/archive/vocabulary.ts';
import { createControl } from '../../src/crawl/control.ts';
import type { CrawlContext, WorkOptions } from '../../src/crawl/work.ts';
import type { Fetcher } from '../../src/fetch/fetcher.ts';
import { createReplay } from '../../src/fetch/replay.ts';
import { openMemoryFrontier } from '../../src/frontier/memory.ts';
import { MIGRATIONS } from '../../src/frontier/migrations.ts';
import { openJournal } from '../../src/journal/journal.ts';
import type { Exchange, Target } from '../../src/model.ts';
import { parseArticleUrl } from '../../src/site/address.ts';
import { openDatabase } from '../../src/sqlite.ts';
import { SITE } from './article-page.ts';
import { exchangeOf } from './fetched-page.ts';
import { openTurnedClock, type TurnedClock } from './turned-clock.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const NEVER = new AbortController().signal;

export const OPTIONS: Omit<WorkOptions, 'desk'> = {
  agesMs: [HOUR_MS, DAY_MS, 7 * DAY_MS],
  backoffMs: MINUTE_MS,
  abortSignal: NEVER,
};

export interface MemoryCrawl {
  readonly context: CrawlContext;
  readonly storage: Storage;
  readonly clock: TurnedClock;
  /** Hosts that were backed off for a challenge. */
  readonly backedOff: readonly string[];
  /** Keys of all files with their bytes as text. */
  readonly files: () => Promise<Readonly<Record<string, string>>>;
}

/**
 * @param kept what the site answers: several exchanges of one address come one after another, the last for good
 * @param options `storage` for a crawl that goes on where another ended; `fetcher` in place of what was kept
 */
export function openMemoryCrawl(
  kept: readonly Exchange[],
  {
    storage,
    startMs = Date.parse('2022-01-28T04:00:00Z'),
    fetcher = createReplay(kept, SITE),
  }: { readonly storage?: Storage; readonly startMs?: number; readonly fetcher?: Fetcher } = {},
): MemoryCrawl {
  const clock = openTurnedClock(startMs);
  const files = storage ?? openMemory({ now: clock.now });
  const database = openDatabase(':memory:', { migrations: MIGRATIONS });
  const journal = openJournal(database, { now: clock.now, command: null, longestPauseMs: 6 * 3_600_000 });
  const pace = { attempts: 3, backoffMs: MINUTE_MS, restMs: HOUR_MS };
  const backedOff: string[] = [];
  const frontier = openMemoryFrontier({ pace, now: clock.now });
  const archive = openArchive(files, {
    minFreeBytes: 0,
    places: journal.places,
    trash: openTrash(files, { now: new Date(startMs) }),
  });
  const asking = {
    site: SITE,
    fetcher,
    politeness: { backOff: (url: string) => void backedOff.push(new URL(url).host) },
  };
  return {
    context: {
      frontier,
      journal,
      transaction: (work) => database.transaction(work),
      services: {
        ...asking,
        clock,
        archive,
        control: createControl({ ...asking, archive, frontier, journal, clock }),
        doubts: journal.doubts,
        accepted: followAccepted(files, { onDamage: () => {} }),
        assets: {
          collect: async (sources) => [...new Set(sources)].map((src) => ({ src, missing: 'IMAGE_MISSING' })),
        },
        quarantine: openQuarantine(files, { quarantineItems: 20, quarantineBytes: 1_000_000 }),
        document: { categories: ['新媒体', '观察者网'], onDemand: '单篇', author: '观察者网', date: 'site-clock' },
        capturedBy: async () => ({ tool: 'guancha-archive/test', userAgent: 'test' }),
      },
    },
    storage: files,
    clock,
    backedOff,
    files: async () => {
      const found: Record<string, string> = {};
      for await (const { key } of files.list('')) found[key] = (await files.read(key))?.toString() ?? '';
      return found;
    },
  };
}

/** What the site answers at an address; a whole page of HTML unless said otherwise. */
export function answer(
  url: string,
  body: string,
  but: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Exchange {
  return exchangeOf({ url, body: new TextEncoder().encode(body), fetchedAt: '2022-01-28T04:00:01.000Z', ...but });
}

/** An article of the site, as a list would name it. */
export function targetOf(url: string, but: Partial<Target> = {}): Target {
  const address = parseArticleUrl(url, SITE);
  if (address === null) throw new TypeError(`${url}: no article of the site`);
  const { id } = address;
  return { id, url: address.url, source: '要闻', via: null, leadPicture: null, listed: null, priority: 1, ...but };
}
