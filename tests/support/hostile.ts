/** A newspaper whose answers can be spoiled, and archives of it that can be compared. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveRecord } from '../../src/archive/record.ts';
import { type Asked, type Newspaper, type NewspaperOptions, openNewspaper } from '../newspaper/newspaper.ts';
import { type Ended, run, temporaryFolder } from './command.ts';
import { CAP_BYTES, type Fault } from './faults.ts';
import { digests, isKept } from './tree.ts';

/** The fault for a request; `times` counts the requests for its address, from 1. Null where the right answer comes. */
export type FaultFor = (asked: Asked, times: number) => Fault | null;

export interface HostileNewspaper extends AsyncDisposable {
  readonly newspaper: Newspaper;
  /** Where archives lie. */
  readonly folder: string;
  /** From now on; addresses are counted anew. */
  spoil(next: FaultFor): void;
  /** Runs a command that fetches, on an archive of this name. */
  run(archive: string, args: readonly string[], settings: HostileSettings): Promise<Ended>;
  /** Path → digest of an archive, without what says when and by which requests it was fetched. */
  state(archive: string): Promise<Record<string, string>>;
  record(archive: string, path: unknown): Promise<ArchiveRecord>;
}

export interface HostileSettings {
  readonly attempts: number;
  readonly urls?: readonly string[];
  readonly sources?: readonly { readonly name: string; readonly url: string; readonly pages?: number }[];
  readonly timeoutMs?: number;
}

export async function openHostile(options: NewspaperOptions): Promise<HostileNewspaper> {
  await using opened = new AsyncDisposableStack();
  const newspaper = opened.use(await openNewspaper({ pageBytes: 20_000, specials: false, ...options }));
  const folder = opened.use(await temporaryFolder()).path;
  const times = new Map<string, number>();
  let faultFor: FaultFor = () => null;
  newspaper.handle((asked, standing) => {
    const key = `${asked.origin} ${asked.path}`;
    const count = (times.get(key) ?? 0) + 1;
    times.set(key, count);
    return faultFor(asked, count)?.spoil(standing(), asked);
  });
  const running = opened.move();

  return {
    newspaper,
    folder,
    spoil: (next) => {
      faultFor = next;
      times.clear();
    },
    run: async (archive, args, { attempts, urls = [], sources = [], timeoutMs = 1000 }) => {
      const file = join(folder, `${archive}.yaml`);
      const { www, community, images } = newspaper;
      const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 4, blockedPauseMs: 10 };
      const config = {
        archive: `./${archive}`,
        site: { www, community, images: [images] },
        network: { allowAddresses: ['127.0.0.1'] },
        sources,
        politeness: { ...politeness, attempts },
        browser: { timeoutMs },
        limits: { pageBytes: CAP_BYTES, imageBytes: CAP_BYTES },
      };
      await writeFile(file, JSON.stringify(config));
      return run([...args, '--json', '--config', file], { input: urls.join('\n') });
    },
    state: (archive) =>
      digests(join(folder, archive), (path) => isKept(path) && !path.startsWith('quarantine/'), withoutCapture),
    record: async (archive, path) =>
      JSON.parse(await readFile(join(folder, archive, String(path)), 'utf8')) as ArchiveRecord,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function withoutCapture(path: string, bytes: Buffer): Buffer | string {
  if (!path.startsWith('records/')) return bytes;
  const record = JSON.parse(bytes.toString()) as ArchiveRecord;
  const { capture: _capture, verdict: _verdict, aliases: _aliases, basis: _basis, versions, ...rest } = record;
  const said = versions.map(({ basis: _of, ...version }) => ({ ...version, capturedAt: '' }));
  return JSON.stringify({ ...rest, versions: said });
}
