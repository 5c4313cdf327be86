/** All that captures hold, extracted again by today's rules: first what has a record, then what has none, or a newer capture. */
import type { Archive, Capture } from '../archive/archive.ts';
import { idOf, monthOf } from '../archive/keys.ts';
import type { CaptureReader } from '../capture/read-captures.ts';
import { ArchiveError, type ErrorCode } from '../errors.ts';
import type { ArticleAddress, ArticleId, Target } from '../model.ts';
import type { Site } from '../site/address.ts';
import { findMissed, type Recovered } from './missed.ts';
import type { Renewed } from './renew.ts';
import type { Answer, Piece } from './threads.ts';

/** What came of an article, or of a file of captures that cannot be read to its end. */
export type Extracted =
  | Renewed
  | Exclude<Recovered, { readonly result: 'nothing' }>
  | { readonly id: ''; readonly result: 'captures'; readonly code: ErrorCode; readonly detail: string };

export interface ExtractAllContext {
  readonly archive: Pick<Archive, 'find' | 'update' | 'requireRoom'>;
  readonly reader: Pick<CaptureReader, 'segments' | 'entries'>;
  readonly site: Site;
  /** The keys of all records since then, in order. */
  readonly keys: AsyncIterable<string>;
  /** A month, `2026-10`: only articles of then and later; empty for all. */
  readonly since: string;
  /** What the queue still knows of an article; null for nothing. */
  readonly targetOf: (id: ArticleId) => Target | null;
  /** Does the pieces, and answers in their order. */
  readonly run: (pieces: AsyncIterable<Piece>) => AsyncIterable<Answer>;
  /** False if nothing is to be written. */
  readonly writes: boolean;
}

/**
 * Gives what came of each article in the order of the archive; what no record had comes last.
 * @throws what stands in the way of all articles, such as ARCHIVE_FULL
 */
export async function* extractAll(context: ExtractAllContext): AsyncGenerator<Extracted, void> {
  const { archive, reader, site, keys, since, run, writes } = context;
  /** When the capture began that a record says most of, ms since 1970; without end where it cannot be read. */
  const recorded = new Map<ArticleId, number>();
  for await (const answer of run(renewals(keys))) {
    if (answer.what !== 'renew') continue;
    const { renewed } = answer;
    const { key, result, capturedAt } = renewed;
    recorded.set(idOf(key), result === 'damaged' ? Number.POSITIVE_INFINITY : Date.parse(capturedAt));
    if (result === 'changed' && writes) await write(key, renewed.capture);
    yield renewed;
  }

  const faults: Extracted[] = [];
  const missed = await findMissed(reader, {
    site,
    since,
    isMissed: async (address, at) => at > (recorded.get(address.id) ?? (await lookUp(address))),
    onFault: (code, detail) => faults.push({ id: '', result: 'captures', code, detail }),
  });
  yield* faults;
  for await (const answer of run(recoveries())) {
    if (answer.what !== 'recover') continue;
    const { recovered } = answer;
    if (recovered.result === 'nothing') continue;
    if (recovered.result === 'found') {
      const { key, isNew, capture } = recovered;
      if (monthOf(key) < since) continue;
      if (writes) await write(key, capture, { isNew });
    }
    yield recovered;
  }

  /** When the record's capture began; before all time where there is none. */
  async function lookUp({ id, date }: ArticleAddress): Promise<number> {
    const at = await archive.find(id, date).then(
      (stored) =>
        stored === null ? Number.NEGATIVE_INFINITY : Date.parse(stored.record.capture.requests[0]?.fetchedAt ?? ''),
      (error: unknown) => {
        if (error instanceof ArchiveError && error.code === 'ARCHIVE_DAMAGED') return Number.POSITIVE_INFINITY;
        throw error;
      },
    );
    recorded.set(id, at);
    return at;
  }

  async function* recoveries(): AsyncGenerator<Piece> {
    for (const { address, visits } of missed) {
      const { id, url, date } = address;
      const present = await archive.find(id, date);
      const nobody = { id, url, source: null, via: null, leadPicture: null, listed: null, priority: 0 };
      const target = context.targetOf(id) ?? nobody;
      yield { what: 'recover', missed: { target, key: present?.key ?? null, visits } };
    }
  }

  async function write(key: string, capture: Capture, { isNew = false } = {}): Promise<void> {
    await archive.requireRoom();
    await archive.update(key, (old) => (isNew && old !== null ? null : capture));
  }
}

async function* renewals(keys: AsyncIterable<string>): AsyncGenerator<Piece> {
  for await (const key of keys) yield { what: 'renew', key };
}
