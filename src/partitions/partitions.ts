/**
 * A large work shared by the hands of a cluster, as the command sees it that was typed: pieces go in, results come out in the
 * same order, as from the threads of one machine (`pool.ts`). Whatever a hand, the queue or its Redis does meanwhile, a piece
 * has one result.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDisk } from '../archive/disk.ts';
import { parseKey, WORK, workOrderKey } from '../archive/keys.ts';
import { sha256 } from '../archive/record.ts';
import type { Storage } from '../archive/storage.ts';
import { ArchiveError, isErrorCode } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Pool } from '../pool.ts';
import { withoutSecrets } from '../service-address.ts';
import { programIdentity } from './identity.ts';
import {
  openPartitionQueue,
  type PartitionEnd,
  type PartitionHands,
  type PartitionJob,
  type PartitionQueue,
} from './queue.ts';
import { type Answer, answer, type order, type PartitionedWork, type Stored } from './work.ts';

export interface PartitionOptions {
  readonly redis: string;
  readonly storage: Storage;
  /** Ends the work at once: what waits is taken back, and the hands stop. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Is told how many partitions of how many have ended; the total may grow. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Partitions<Piece, Result> extends Pool<Piece, Result> {
  /** Brings the files that belong to the results so far into a folder of this machine. @returns their paths, in order */
  files(folder: string): Promise<readonly string[]>;
}

/** So many partitions are offered before the one whose turn it is has ended. */
const AHEAD = 128;
const POLL_MS = 100;
/** Whether the queue is there at all is known after so long. */
const ANSWER_MS = 15_000;
/** So often is said that the run goes on, and looked whether the queue still holds what was offered. */
const LOOK_MS = 2000;
/** A partition that two looks miss in turn is offered again: between two lists it may be in neither. */
const MOST_MISSED = 2;
/** A result whose file is not there is asked for again so often. */
const MOST_LOST = 5;
/** Files of a run that nobody goes on with are removed when they are so old. */
const LEFT_MS = 24 * 3_600_000;

/**
 * @param parameters values for JSON
 * @throws QUEUE_AWAY, NO_HANDS; what the storage refuses with. A partition whose hand failed with an ArchiveError several times
 *   ends the work with it, any other with PARTITION_FAILED
 */
export async function openPartitions<Parameters, Piece, Result>(
  work: PartitionedWork<Parameters, Piece, Result>,
  parameters: Parameters,
  { redis, storage, signal, log, onProgress = () => {} }: PartitionOptions,
): Promise<Partitions<Piece, Result>> {
  const program = programIdentity();
  const run = randomBytes(10).toString('hex');
  const offered = new Map<number, Offered>();
  const files: Stored[] = [];
  let [count, done] = [0, 0];
  await using opened = new AsyncDisposableStack();
  const queue = opened.use(openPartitionQueue(redis, { program, log }));
  requireHands(await handsOf(queue), { redis, program });
  await removeLeft(storage);
  await placeOrder();
  opened.defer(async () => {
    const mine: string[] = [];
    for (const name of (await storage.names(WORK)).files) if (name.startsWith(run)) mine.push(`${WORK}/${name}`);
    for (const key of mine) await storage.remove(key);
  });
  opened.defer(async () => void (await queue.ended(run, [...offered.keys()])));
  const watching = new AbortController();
  const abort = () => failAll(signal.reason);
  signal.addEventListener('abort', abort);
  opened.defer(() => signal.removeEventListener('abort', abort));
  await queue.goesOn(run);
  const watched = watch().catch(failAll);
  opened.defer(async () => {
    watching.abort();
    await watched;
  });
  const kept = opened.move();

  return {
    run: async function* (pieces) {
      const waiting: Ahead[] = [];
      for await (const { name, pieces: held } of partitionsOf(pieces, work)) {
        signal.throwIfAborted();
        waiting.push(ahead({ run, number: count++, name: `${work.name} ${name}`, pieces: held }));
        if (waiting.length >= AHEAD) yield* await resultsOf(waiting.shift() as Ahead);
      }
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield* await resultsOf(next);
    },
    files: async (folder) => {
      const local = openDisk(folder, { place: 'temporary' });
      const paths: string[] = [];
      for (const { key } of files) {
        const file = await local.temporary('');
        try {
          await file.fill((open) => pipeline(storage.chunks(key), open()));
          await file.commit(`${paths.length}.sqlite`, { replaces: true });
        } finally {
          await file.discard();
        }
        await storage.remove(key);
        paths.push(join(folder, `${paths.length}.sqlite`));
      }
      return paths;
    },
    finish: async () => {},
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };

  function ahead(asked: PartitionJob): Ahead {
    const ended = offer(asked);
    ended.catch(() => {}); // said when its turn comes
    return { asked, ended };
  }

  async function offer(asked: PartitionJob): Promise<Answer> {
    const end = Promise.withResolvers<unknown>();
    end.promise.catch(() => {}); // it may fail before the queue has taken the job; thrown below
    offered.set(asked.number, { job: asked, end, missed: 0 });
    if (signal.aborted) failAll(signal.reason);
    await queue.offer([asked]); // where Redis is away, a later look finds that it is not there
    return answer.parse(await end.promise);
  }

  /** When its turn has come: what lies in the archive until then is in nobody's memory. */
  async function resultsOf({ asked, ended }: Ahead): Promise<readonly Result[]> {
    for (let [lost, end] = [0, await ended]; ; lost++) {
      const results = await readResults(end);
      if (results !== null && results.length === asked.pieces.length) {
        if (end.file !== null) files.push(end.file);
        return results as readonly Result[];
      }
      if (lost >= MOST_LOST)
        throw new ArchiveError('PARTITION_FAILED', `${asked.name}: its results are lost again and again`);
      await placeOrder(); // whoever removed the one has removed the other
      end = await offer(asked);
    }
  }

  /** Null where a file of it is not there, or not as it was written. */
  async function readResults({ results, file }: Answer): Promise<readonly unknown[] | null> {
    if (file !== null && (await storage.digest(file.key))?.sha256 !== file.sha256) return null;
    if ('lines' in results) return parsed(results.lines);
    const bytes = await storage.read(results.key);
    if (bytes === null || sha256(bytes) !== results.sha256) return null;
    await storage.remove(results.key);
    return parsed(bytes.toString());
  }

  async function watch(): Promise<void> {
    let [lookedAt, handless] = [performance.now(), 0];
    while (!watching.signal.aborted) {
      await sleep(POLL_MS, undefined, { signal: watching.signal }).catch(() => {}); // the loop looks
      for (const end of (await queue.collect(run, new Set(offered.keys()))) ?? []) take(end);
      if (performance.now() - lookedAt < LOOK_MS) continue;
      lookedAt = performance.now();
      await queue.goesOn(run);
      await offerLost();
      handless = offered.size > 0 && (await queue.hands())?.own === 0 ? handless + 1 : 0;
      if (handless === MOST_MISSED)
        log({
          level: 'warn',
          stage: 'run',
          message: 'no hand of the cluster takes partitions any more: start guancha-archive worker; it is waited for',
        });
    }
  }

  function take(end: PartitionEnd): void {
    const waiting = offered.get(end.number);
    if (waiting === undefined) return;
    offered.delete(end.number);
    onProgress(++done, count);
    if ('value' in end) waiting.end.resolve(end.value);
    else waiting.end.reject(failureOf(waiting.job.name, end.failed));
  }

  async function offerLost(): Promise<void> {
    const held = await queue.held(run);
    if (held === null) return;
    const lost: PartitionJob[] = [];
    for (const [number, waiting] of offered) {
      waiting.missed = held.has(number) ? 0 : waiting.missed + 1;
      if (waiting.missed >= MOST_MISSED) lost.push(waiting.job);
    }
    if (lost.length > 0) await queue.offer(lost);
  }

  function failAll(reason: unknown): void {
    for (const { end } of offered.values()) end.reject(reason);
  }

  async function placeOrder(): Promise<void> {
    const placed: typeof order._input = { program, work: work.name, parameters };
    await storage.write(workOrderKey(run), JSON.stringify(placed));
  }
}

interface Offered {
  readonly job: PartitionJob;
  readonly end: PromiseWithResolvers<unknown>;
  /** Looks in turn that did not find it in the queue. */
  missed: number;
}

interface Ahead {
  readonly asked: PartitionJob;
  readonly ended: Promise<Answer>;
}

interface Partition<Piece> {
  readonly name: string;
  readonly pieces: readonly Piece[];
}

/** Pieces that follow each other, by the name of their partition; a second one of a name is `2022/01-2`. */
export async function* partitionsOf<Piece>(
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
  { partitionOf, most }: Pick<PartitionedWork<unknown, Piece, unknown>, 'partitionOf' | 'most'>,
): AsyncGenerator<Partition<Piece>> {
  let [name, number] = ['', 0];
  let held: Piece[] = [];
  const closed = () => ({ name: number === 1 ? name : `${name}-${number}`, pieces: held });
  for await (const piece of pieces) {
    const next = partitionOf(piece);
    if (held.length > 0 && (next !== name || held.length >= most)) {
      yield closed();
      held = [];
    }
    if (held.length === 0) number = next === name ? number + 1 : 1;
    name = next;
    held.push(piece);
  }
  if (held.length > 0) yield closed();
}

function parsed(lines: string): readonly unknown[] {
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

/** A server that has much to do answers late. */
async function handsOf(queue: PartitionQueue): Promise<PartitionHands | null> {
  for (const from = performance.now(); ; ) {
    const hands = await queue.hands();
    if (hands !== null || performance.now() - from > ANSWER_MS) return hands;
    await sleep(POLL_MS);
  }
}

/** @throws QUEUE_AWAY, NO_HANDS */
function requireHands(
  hands: PartitionHands | null,
  { redis, program }: { readonly redis: string; readonly program: string },
): void {
  if (hands === null) throw new ArchiveError('QUEUE_AWAY', withoutSecrets(redis));
  if (hands.own > 0) return;
  const others = [...new Set(hands.others)].join(', ');
  const why = others === '' ? 'there is none' : `those that are there are of other versions: ${others}`;
  throw new ArchiveError('NO_HANDS', `${withoutSecrets(redis)}: a hand of version ${program} is needed, and ${why}`);
}

/** What the last attempt said: `CODE: detail`, or what the queue says of hands that died. */
function failureOf(name: string, said: string): ArchiveError {
  const [, code = '', detail = ''] = /^([A-Z_]+): (.*)$/s.exec(said) ?? [];
  if (isErrorCode(code)) return new ArchiveError(code, `${name}: ${detail}`);
  const why = /stalled/.test(said) ? 'several hands died with it in hand' : said;
  return new ArchiveError('PARTITION_FAILED', `${name}: ${why}`);
}

/** Files of commands that were killed. By age: another command may be at work. */
async function removeLeft(storage: Storage): Promise<void> {
  for await (const { key, writtenAt } of storage.list(WORK))
    if (parseKey(key)?.kind === 'work' && Date.now() - writtenAt > LEFT_MS) await storage.remove(key);
}
