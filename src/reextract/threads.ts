/** The threads in which articles are made again: each reads the archive by itself, and writes nothing. */
import { extname } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import type { Storage } from '../archive/storage.ts';
import { followAccepted } from '../archive/vocabulary.ts';
import { openCaptureReader } from '../capture/read-captures.ts';
import { openPageTrial } from '../crawl/page-trial.ts';
import type { DocumentOptions } from '../crawl/plan.ts';
import { openPool, type Pool, serve, type Work } from '../pool.ts';
import type { Site } from '../site/address.ts';
import type { Sources } from './kept.ts';
import { type Missed, type Recovered, recover } from './missed.ts';
import { type Renewed, renew } from './renew.ts';
import { type Reproduced, reproduce } from './reproduce.ts';

export type Piece =
  | { readonly what: 'reproduce' | 'renew'; readonly key: string }
  | { readonly what: 'recover'; readonly missed: Missed };

export type Answer =
  | { readonly what: 'reproduce'; readonly versions: readonly Reproduced[] }
  | { readonly what: 'renew'; readonly renewed: Renewed }
  | { readonly what: 'recover'; readonly recovered: Recovered };

/** What is asked of each piece. */
export interface ThreadTask {
  readonly archive: string;
  readonly site: Site;
  readonly document: DocumentOptions;
  /** What captures, for the records of articles that no record had. */
  readonly tool: string;
}

/** @param signal ends all work at once */
export function openThreads(
  { archive, site, document }: Omit<ThreadTask, 'tool'>,
  { jobs, tool, signal }: { readonly jobs: number; readonly tool: string; readonly signal: AbortSignal },
): Pool<Piece, Answer> {
  const task: ThreadTask = { archive, site, document, tool };
  const thread = new URL(`./threads${extname(import.meta.filename)}`, import.meta.url);
  return openPool(Array<ThreadTask>(jobs).fill(task), { open: openThread, thread, signal });
}

function openThread({ archive, ...task }: ThreadTask): Work<Piece, Answer> {
  const sources = sourcesOf(openDisk(archive), task);
  return { do: (piece) => makeAgain(piece, sources), close: () => {} };
}

/** What making again takes, of a storage and a configuration. */
export function sourcesOf(
  storage: Storage,
  { site, document, tool }: Omit<ThreadTask, 'archive'>,
): Sources & { readonly tool: string } {
  return {
    storage,
    reader: openCaptureReader(storage),
    site,
    trial: openPageTrial(site),
    document,
    // Who asks for all of it is told of a damaged vocabulary once, before the threads begin.
    accepted: followAccepted(storage, { onDamage: () => {} }),
    tool,
  };
}

export async function makeAgain(piece: Piece, sources: ReturnType<typeof sourcesOf>): Promise<Answer> {
  switch (piece.what) {
    case 'reproduce':
      return { what: piece.what, versions: await reproduce(piece.key, sources) };
    case 'renew':
      return { what: piece.what, renewed: await renew(piece.key, sources) };
    case 'recover':
      return { what: piece.what, recovered: await recover(piece.missed, sources) };
    default:
      throw new TypeError(`no piece: ${JSON.stringify(piece satisfies never)}`);
  }
}

serve(import.meta.url, openThread);
