/** Composition root: the only file that names adapters. */
import { openArchive } from './archive/archive.ts';
import { openGivenPictures } from './archive/given-pictures.ts';
import { openStorage } from './archive/open-storage.ts';
import { type Assets, createAssets } from './archive/pictures.ts';
import { openQuarantine } from './archive/quarantine.ts';
import { PATIENCE } from './archive/s3-failures.ts';
import type { Storage } from './archive/storage.ts';
import { openTrash, type Trash } from './archive/trash.ts';
import { followAccepted } from './archive/vocabulary.ts';
import { type Captures, openCaptures } from './capture/captures.ts';
import { recoverSegments } from './capture/recover.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { counted } from './counted.ts';
import { createControl } from './crawl/control.ts';
import type { PageTrial } from './crawl/page-trial.ts';
import type { CrawlContext } from './crawl/work.ts';
import { createEye } from './eye/eye.ts';
import { createAddressGuard } from './fetch/address-guard.ts';
import { openBrowser } from './fetch/browser.ts';
import { createBrowserFetcher } from './fetch/browser-fetcher.ts';
import { openBudget } from './fetch/budget.ts';
import { openConnections } from './fetch/connections.ts';
import { openCookies } from './fetch/cookies.ts';
import { createDoor, type KeepExchange } from './fetch/door.ts';
import { createHttp } from './fetch/http.ts';
import { createPoliteness } from './fetch/politeness.ts';
import { createRobots, type Robots } from './fetch/robots.ts';
import { createShowPage } from './fetch/show-page.ts';
import { openTurns } from './fetch/turns.ts';
import { MOST_DEATHS } from './frontier/frontier.ts';
import { type ArchiveLock, lockArchive, waitForLock } from './frontier/lock.ts';
import { type Operations, openOperations } from './frontier/operations.ts';
import type { Log } from './log.ts';
import { packageInfo } from './package.ts';
import { inScope, listOriginsOf } from './site/address.ts';

export interface App extends CrawlContext, AsyncDisposable {
  readonly shared: Operations['shared'];
  readonly storage: Storage;
  /** Of this run. */
  readonly trash: Trash;
  /** Null where the configuration keeps none. */
  readonly captures: Captures | null;
  readonly services: CrawlContext['services'] & { readonly assets: Assets };
}

export interface AppOptions {
  /** The name that other runs see as the holder of the archive. */
  readonly command: string;
  readonly log: Log;
  /** Ends a wait for another run; null if ARCHIVE_IN_USE is thrown at once. */
  readonly wait: AbortSignal | null;
  /** Aborts where the run is to end after what is in hand; long waits for a host then end. */
  readonly stopSignal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Is called for each request to the site before it is made. */
  readonly onRequest?: ((kind: 'page' | 'picture') => void) | undefined;
  /** False if nothing is swept and no browser started before it is needed: a whole repair finds what is left half done. */
  readonly prepared?: boolean;
  /** False if no browser is started before it is needed, for it may never be. */
  readonly asksSite?: boolean;
  /**
   * The archive's lock, where the caller holds it and keeps it; it is taken and given back where absent. Null for a process
   * that works beside others: leases keep them apart.
   */
  readonly lock?: ArchiveLock | null | undefined;
  /** Runs under the lock, before the frontier is opened. */
  readonly beforeFrontier?: ((files: Pick<App, 'storage' | 'trash'>) => Promise<void>) | undefined;
}

/**
 * Opens an archive for work and locks it until disposed. What was opened is closed again where this throws.
 * @throws INTERRUPTED, ARCHIVE_IN_USE, ARCHIVE_NOT_WRITABLE, ARCHIVE_FULL; the browser is on its way when this returns, and
 *   what is wrong with it is said by the first request
 */
export async function openApp(
  config: Config,
  {
    command,
    log,
    wait,
    lock,
    prepared = true,
    asksSite = true,
    clock: machine = systemClock,
    onRequest,
    stopSignal,
    beforeFrontier,
  }: AppOptions,
): Promise<App> {
  const { site, politeness: pace } = config;
  const warn = (message: string) => log({ level: 'warn', stage: 'run', message });
  const isShared = config.cluster.storage !== null;
  const storage = await openStorage(config, {
    onWeakness: warn,
    report: warn,
    stopSignal,
    ...(isShared && { patience: RUN_PATIENCE }),
  });
  const trash = openTrash(storage, { now: new Date(machine.now()) });
  const quarantine = openQuarantine(storage, config.limits, { trash, log });
  await using opened = new AsyncDisposableStack();
  const held = lock === null ? NO_LOCK : (lock ?? opened.use(await lockFor(config.archive, { command, log, wait })));
  await beforeFrontier?.({ storage, trash });
  const { restMs } = config.schedule;
  const operations = opened.use(
    openOperations(config, {
      command,
      ...pace,
      restMs,
      now: machine.now,
      onDamage: (message) => log({ level: 'warn', stage: 'run', message }),
    }),
  );
  const { frontier, journal, shared, transaction } = operations;
  const clock = shared === null ? machine : { ...machine, now: shared.now };
  for (const { url } of operations.setAside)
    log({
      level: 'warn',
      stage: 'run',
      message: `${url}: RUN_DIED, in hand when ${MOST_DEATHS} runs died; the others have their turn`,
    });
  const archive = openArchive(storage, { ...config.limits, places: journal.places, trash });
  const { unfinishedSince } = journal.runs;
  const isAlone = shared === null; // what lies there unfinished may be another's, who is at work on it
  if (prepared && isAlone && unfinishedSince !== null) {
    const swept = await archive.sweep({ since: unfinishedSince, trash });
    log({
      level: 'info',
      stage: 'run',
      message: `the last run was cut off: cleaned up ${counted(swept, 'unfinished file')}, its articles wait again`,
    });
  }

  if (prepared && isAlone)
    for (const { segment, aside } of await recoverSegments(storage, trash))
      log({
        level: aside === null ? 'info' : 'warn',
        stage: 'run',
        message: `the last run left ${segment} open; ${aside === null ? 'it is whole' : `what is not whole lies in trash: ${aside}`}`,
      });

  const allows = (url: string) => inScope(url, site);
  const { name, version, homepage } = packageInfo();
  const tool = `${name}/${version}`;
  const { what, exact } = config.capture;
  const captures =
    what === 'off'
      ? null
      : opened.use(
          openCaptures(storage, {
            wholePictures: what === 'all',
            ...(isShared && SHORT_SEGMENTS),
            hand: shared === null ? null : shared.hands.name.slice(-8),
            payloads: journal.payloads,
            software: `${tool} (+${homepage})`,
            now: clock.now,
          }),
        );
  const keep: KeepExchange | undefined =
    captures === null
      ? undefined
      : async (exchange, kind) => ({ ...exchange, capture: await captures.write(exchange, kind) });
  const guard = createAddressGuard(config.network.allowAddresses);
  const { timeoutMs } = config.browser;
  const turns = isAlone ? undefined : openTurns({ youngMs: timeoutMs });
  const connections = openConnections({ ...config.network, environment: process.env, guard, timeoutMs, turns, log });
  const politeness = createPoliteness({
    ...pace,
    hosts: journal.hosts,
    claims: shared?.claims,
    leaseMs: 2 * timeoutMs,
    turns,
    clock,
    log,
    onRequest,
    stopSignal,
  });
  const door = createDoor({
    site,
    guard,
    politeness,
    robots: (): Robots | null => robots,
    timeoutMs,
    ...config.limits,
    wayback: config.fallback.wayback ? config.fallback.origin : null,
  });
  const browser = openBrowser({
    ...config.browser,
    product: `${tool} (+${homepage})`,
    origins: listOriginsOf(site),
    connections,
    exact,
    now: clock.now,
    log,
  });
  const cookies = openCookies();
  const fetcher = opened.use(createBrowserFetcher({ browser, door, cookies, site, keep }));
  const { userAgent } = browser;
  const http = createHttp({ browser, door, cookies, connections, exact, now: clock.now, keep });
  const robots = pace.robots
    ? createRobots({
        load: http.text,
        remembered: journal.hosts,
        politeness,
        longestPauseMs: pace.longestPauseMs,
        clock,
        log,
      })
    : null;
  const assets = createAssets({
    http,
    storage,
    trash,
    allows,
    maxPerArticle: config.limits.imagesPerArticle,
    limits: config.limits,
    attempts: pace.attempts,
    backoffMs: pace.backoffMs,
    keep: captures?.writePicture,
    clock,
    log,
  });

  const eye = createEye({
    policy: config.checks.render,
    show: createShowPage({ browser, door, cookies, site, now: clock.now, keep }),
    archive,
    site,
    now: clock.now,
    stopSignal,
    log,
  });
  opened.defer(() => eye.drained());

  if (prepared && asksSite) await browser.warmUp();
  const trial: PageTrial = async (page, address) =>
    (await import('./crawl/page-trial.ts')).openPageTrial(site)(page, address); // parsers and layouts are loaded by then
  // All pages of a visit lie in memory: as many as one of the largest size needs that is not believed at once in either form.
  const visitBytes = Math.min(config.limits.visitBytes, 4 * config.limits.pageBytes);
  const pageBudget = () => openBudget({ ...config.limits, visitBytes }, { clock });
  const asking = { site, fetcher, politeness, trial, pageBudget };
  const recording = {
    site,
    archive: {
      ...archive,
      requireRoom: async () => {
        await held.requireHeld();
        await archive.requireRoom();
      },
    },
    accepted: followAccepted(storage, {
      onDamage: (message) => log({ level: 'warn', stage: 'run', message: `${message}; no form is accepted by it` }),
    }),
    document: config.document,
  };
  const fallback = config.fallback.wayback
    ? (await import('./crawl/wayback.ts')).createWayback({
        origin: config.fallback.origin,
        http,
        lookups: journal.lookups,
        services: { ...recording, captures, trial, pageBudget, capturedBy: async () => ({ tool, userAgent: '' }) },
        assets,
        store: openGivenPictures({ storage, trash, allows, limits: config.limits, clock, log }),
        site,
        clock,
        log,
      })
    : undefined;
  const kept = opened.move();
  return {
    storage,
    trash,
    captures,
    frontier,
    journal,
    shared,
    transaction,
    services: {
      ...asking,
      ...recording,
      assets: fallback?.assets ?? assets,
      fallback,
      quarantine,
      control: createControl({ ...asking, archive, frontier, journal, clock }),
      doubts: journal.doubts,
      eye,
      capturedBy: async () => ({ tool, userAgent: await userAgent() }),
      clock,
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A run waits for its store: nothing else is to be done meanwhile. */
const RUN_PATIENCE = { ...PATIENCE, longestMs: 600_000 };
/** Of captures that are safe only once they have ended. */
const SHORT_SEGMENTS = { segmentMs: 300_000, segmentBytes: 64_000_000 };

/** Of a process that works beside others. */
const NO_LOCK: ArchiveLock = { requireHeld: async () => {}, [Symbol.asyncDispose]: async () => {} };

/** Locks an archive until disposed. @throws INTERRUPTED, and what `lockArchive` throws */
export async function lockFor(
  archive: string,
  { command, log, wait }: Pick<AppOptions, 'command' | 'log' | 'wait'>,
): Promise<ArchiveLock> {
  if (wait === null) return lockArchive(archive, command);
  const report = (holder: string) => log({ level: 'info', stage: 'run', message: `waiting for ${holder}` });
  return waitForLock(archive, command, { stopSignal: wait, report });
}
