/** The state of an archive in figures, for `status` and for the reader's page of runs: what is there, and what is next. Reads only. */
import { join } from 'node:path';
import { CATALOG, databaseFiles, FRONTIER, SEAL_MEMORY } from '../archive/keys.ts';
import { filesFolder, inFolder, openStorage, type StoragePlace } from '../archive/open-storage.ts';
import type { Storage } from '../archive/storage.ts';
import { type Holdings, MOST_BEHIND, readHoldings } from '../catalog/holdings.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted, grouped } from '../counted.ts';
import { ruleOf, timingOf } from '../crawl/timing.ts';
import { ArchiveError } from '../errors.ts';
import { readSealState, type SealState } from '../evidence/seal-state.ts';
import type { Journal, Slots } from '../journal/journal.ts';
import { dayOf } from '../site/clock.ts';
import { lastAudit } from './stored-audits.ts';

export interface ArchiveState {
  /** As of the catalog's last change; null where there is no catalog on this machine. */
  readonly holdings: (Holdings & { readonly asOf: string }) | null;
  /** Of the databases of this machine: queue and journal, catalog, memory of seals. */
  readonly stateBytes: number;
  readonly seals: SealState;
  /** Of the whole archive; null where no report of one can be read. */
  readonly lastAudit: { readonly at: string; readonly errors: number; readonly warnings: number } | null;
  /** When the schedule reads each source next, the soonest first; those alone that it has planned by today's configuration. */
  readonly slots: readonly { readonly source: string; readonly dueAt: string }[];
}

/** @param options `now`: ms since 1970 @throws what the disk refuses with; a store that is away is said in what it would tell */
export async function readArchiveState(
  config: StoragePlace & Pick<Config, 'sources' | 'schedule'>,
  {
    storage,
    journal,
    now,
  }: { readonly storage: Storage; readonly journal: Pick<Journal, 'slots'>; readonly now: number },
): Promise<ArchiveState> {
  const { archive } = config;
  const here = await openStorage(inFolder(archive));
  const [catalog, state] = await Promise.all([weigh(here, [CATALOG]), weigh(here, [FRONTIER, CATALOG, SEAL_MEMORY])]);
  const folder = filesFolder(config) === null ? null : storage;
  const held = catalog.bytes === 0 ? null : await readHoldings(join(archive, CATALOG), { today: dayOf(now), folder });
  return {
    holdings: held === null ? null : { ...held, asOf: new Date(catalog.writtenAt).toISOString() },
    stateBytes: state.bytes,
    seals: await readSealState(archive, storage),
    lastAudit: await lastAudit(storage).catch(unlessRefused),
    slots: slotsOf(config, journal.slots),
  };
}

function unlessRefused(error: unknown): null {
  if (!(error instanceof ArchiveError)) throw error;
  return null;
}

/** With what SQLite lays beside them. */
async function weigh(
  here: Storage,
  databases: readonly string[],
): Promise<{ readonly bytes: number; readonly writtenAt: number }> {
  const entries = await Promise.all(databases.flatMap(databaseFiles).map((name) => here.stat(name)));
  const files = entries.flatMap((entry) => (entry?.kind === 'a file' ? [entry] : []));
  return {
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    writtenAt: Math.max(0, ...files.map(({ writtenAt }) => writtenAt)),
  };
}

function slotsOf({ sources, schedule }: Pick<Config, 'sources' | 'schedule'>, slots: Slots): ArchiveState['slots'] {
  return sources
    .flatMap((source) => {
      const known = slots.get(source.name, ruleOf(timingOf(source, schedule)));
      return known === null ? [] : [{ source: source.name, dueAt: new Date(known.dueAt).toISOString() }];
    })
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : Number(a.dueAt > b.dueAt)));
}

/** For people, in English. */
export function describeHoldings({ holdings, stateBytes }: ArchiveState): readonly string[] {
  if (holdings === null)
    return ['how much it holds is not counted yet: list or reindex does', `databases ${inBytes(stateBytes)}`];
  const { articles, posts, versions, pictures, firstDay, lastDay, today, behind, asOf } = holdings;
  const { documentBytes, pictureFiles, pictureBytes, captureBytes } = holdings;
  const days = firstDay === null ? '' : `, from ${firstDay} to ${lastDay}, ${today} of today`;
  const captures = captureBytes === null ? '' : `, captures ${inBytes(captureBytes)}`;
  const more = behind !== null && behind > MOST_BEHIND ? 'more than ' : '';
  return [
    `${counted(articles, 'article')}, ${grouped(posts)} of them posts${days}`,
    `${counted(versions, 'version')}, ${counted(pictures, 'picture')} in ${counted(pictureFiles, 'file')}`,
    `documents ${inBytes(documentBytes)}, pictures ${inBytes(pictureBytes)}${captures}, databases ${inBytes(stateBytes)}`,
    ...(behind === 0
      ? []
      : [
          behind === null
            ? `as of ${wallClock(asOf)}; list or reindex counts again`
            : `${more}${counted(Math.min(behind, MOST_BEHIND), 'article')} changed since, not counted yet: list or reindex counts again`,
        ]),
  ];
}

/** What the last seal came to, for people; null where there was none. */
export function describeSeals({ sealedAt, result }: SealState): string | null {
  if (result === null) return sealedAt === null ? null : `last sealed ${wallClock(sealedAt)}`;
  const { at, files, findings } = result;
  const older = files > 0 || sealedAt === null ? '' : `; the newest entry is of ${wallClock(sealedAt)}`;
  return `last seal ${wallClock(at)}: ${counted(files, 'file')} newly sealed, ${counted(findings, 'finding')}${older}`;
}

/** `1.2 GB`, by powers of ten. */
export function inBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${UNITS[power]}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
