/** What the pages are read from: the catalog for what there is, the archive for what it says. Nothing of it is changed here. */
import { join } from 'node:path';
import type { Archive } from '../archive/archive.ts';
import { documentKey, isPost, monthOf, recordKey, SEAL_MEMORY, stemOf } from '../archive/keys.ts';
import type { Storage } from '../archive/storage.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Window } from '../coverage/id-coverage.ts';
import { type ReadIdCoverage, readIdCoverage } from '../coverage/read-id-coverage.ts';
import { ArchiveError } from '../errors.ts';
import { lastSealOver } from '../evidence/covering.ts';
import { openSealMemory } from '../evidence/memory.ts';
import { openOperations } from '../frontier/operations.ts';
import { placeOrder } from '../frontier/place-order.ts';
import type { Letter, Month } from '../letter/letter.ts';
import { readLetter } from '../letter/read-letter.ts';
import type { Log } from '../log.ts';
import type { ArticleAddress, ArticleId } from '../model.ts';
import type { Site } from '../site/address.ts';
import type { Shelf } from './article.ts';
import { openRunReader, type RunState } from './run.ts';

type Placed = Awaited<ReturnType<typeof placeOrder>>;

export interface Library {
  readonly shelf: Shelf;
  readonly storage: Pick<Storage, 'stat' | 'chunks' | 'read' | 'names'>;
  readonly catalog: Pick<Catalog, 'search' | 'snippet' | 'article' | 'labels' | 'days' | 'changes' | 'state'>;
  /** Lets the catalog take in what was archived since; waits for it no longer than a reader would. */
  current(): Promise<void>;
  /** What the runs do now. @throws what the database refuses */
  run(): Promise<RunState>;
  /** Orders an article to be archived. @throws ARCHIVE_IN_USE */
  order(address: ArticleAddress): Promise<Placed>;
  /** Reads the records of the window's months. */
  coverage(window: Window): Promise<ReadIdCoverage>;
  /** Reads all records. */
  letter(month: Month): Promise<Letter>;
  readonly clock: Clock;
  /** Aborts when the server ends. */
  readonly signal: AbortSignal;
}

/** What an archive lends to its readers. */
interface LibrarySources {
  readonly archive: Pick<Archive, 'find' | 'readVersion' | 'records'>;
  readonly catalog: Catalog;
  readonly storage: Storage;
  /** The folder of the archive, in which its queue and journal lie, if there are any. */
  readonly folder: string;
  readonly config: Pick<Config, 'sources' | 'schedule' | 'politeness' | 'cluster'> & { readonly site: Site };
}

/** A catalog that was looked over so lately is current. */
const CURRENT_MS = 2000;
/** A page comes after so long with what the catalog has. */
const PATIENCE_MS = 250;

/** @param options `signal` ends what is being done to the catalog */
export function openLibrary(
  { archive, catalog, storage, folder, config }: LibrarySources,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Library {
  let refreshing: Promise<void> | null = null;
  let currentAt = Number.NEGATIVE_INFINITY;
  const refresh = async () => {
    try {
      await catalog.refresh({ signal, now: clock.now });
    } catch (error) {
      if (!signal.aborted)
        log({ level: 'warn', stage: 'read', message: `the catalog is not up to date: ${String(error)}` });
    }
    currentAt = clock.now();
    refreshing = null;
  };
  const find: Shelf['find'] = async (id, date) => {
    const listed = await catalog.article(id);
    return archive.find(id, listed === null ? date : dateIn(listed.key));
  };

  const place = { archive: folder, cluster: config.cluster };
  const runs = openRunReader(place, {
    config: { ...place, ...config },
    storage,
    longestPauseMs: config.politeness.longestPauseMs,
    clock,
    log,
    signal,
  });

  return {
    storage,
    catalog,
    clock,
    signal,
    run: runs.read,
    order: ({ url }) => {
      const given = { urls: [url], refresh: false, accept: false, json: false };
      return placeOrder(place, { kind: 'archive', arguments: given, askedBy: 'serve' }, config.politeness);
    },
    coverage: async (window) => {
      using operations = openOperations(place, { readOnly: true });
      return await readIdCoverage({ archive, ...operations }, window);
    },
    letter: async (month) => {
      using operations = openOperations(folder, { readOnly: true });
      return await readLetter({ archive, ...operations }, month);
    },
    current: async () => {
      if (refreshing === null && Math.abs(clock.now() - currentAt) > CURRENT_MS) refreshing = refresh();
      if (refreshing !== null) await Promise.race([refreshing, clock.sleep(PATIENCE_MS)]);
    },
    shelf: {
      site: config.site,
      find,
      readVersion: archive.readVersion,
      sealed: async (key, version) => {
        const files = [{ path: version.document, sha256: version.sha256 }];
        const record = await storage.digest(recordKey(key));
        if (record !== null) files.push({ path: recordKey(key), sha256: record.sha256 });
        try {
          const seal = await lastSealOver(files, storage, () =>
            openSealMemory(join(folder, SEAL_MEMORY), { readOnly: true }),
          );
          if (seal === null || seal.covers[0] !== true) return null;
          const isNewest = version.document === documentKey(key);
          return { at: seal.at, size: seal.size, isProvable: isNewest && seal.covers[1] === true };
        } catch (error) {
          if (!(error instanceof ArchiveError)) throw error;
          return { fault: error.message };
        }
      },
      have: async (addresses) => {
        const there = new Set<ArticleId>();
        for (const { id } of addresses) if ((await catalog.article(id)) !== null) there.add(id);
        return there;
      },
    },
  };
}

/** A day with which the archive finds the key again. */
function dateIn(key: string): string {
  return isPost(key) ? `${monthOf(key)}-01` : stemOf(key).slice(0, 10).replaceAll('_', '-');
}
