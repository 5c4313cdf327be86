/**
 * What a foreign capture answers, kept only once an article is made of it. Until then a stand-in is named as the place of
 * each exchange: whatever turns out to be no article, or to be archived already, leaves nothing behind.
 */
import { withPlaces } from '../archive/capture-places.ts';
import type { ArchiveRecord, RecordDraft } from '../archive/record.ts';
import { sha256 } from '../archive/record.ts';
import type { Captures } from '../capture/captures.ts';
import type { Origin } from '../capture/records.ts';
import { ArchiveError } from '../errors.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import type { CapturePlace, Exchange } from '../model.ts';

export interface ForeignAnswer {
  readonly exchange: Exchange;
  /** Where its bytes come from. */
  readonly origin: Origin;
}

/** Throws NOT_IMPORTED for what the capture does not hold. */
export type AnswerForeign = (url: string, signal: AbortSignal) => Promise<ForeignAnswer>;

export interface ForeignExchanges {
  readonly fetcher: Fetcher;
  /**
   * Keeps the exchanges that a draft names, each once.
   * @returns puts their places where the stand-ins are
   * @throws what `Captures.write` throws
   */
  keep(draft: RecordDraft): Promise<(record: ArchiveRecord) => ArchiveRecord>;
}

/** @param captures null where none are kept: exchanges then have no place */
export function openForeignExchanges(
  answer: AnswerForeign,
  captures: Pick<Captures, 'write'> | null,
): ForeignExchanges {
  const given = new Map<CapturePlace, ForeignAnswer>(); // by stand-in
  const kept = new Map<string, CapturePlace>(); // by what was answered

  return {
    fetcher: {
      fetch: async (url, { signal, budget }) => {
        signal.throwIfAborted();
        const answered = await answer(url, signal);
        budget?.take(answered.exchange.response.body.length);
        return [captures === null ? answered.exchange : standingIn(answered)];
      },
      render: async ([first]) => {
        throw new ArchiveError('NOT_IMPORTED', `${first?.url}: what its scripts would have shown is not kept`);
      },
      [Symbol.asyncDispose]: async () => {}, // holds nothing
    },
    keep: async ({ capture, basis }) => {
      const named = [
        ...capture.requests.flatMap(({ exchanges = [] }) => exchanges),
        ...(basis === undefined ? [] : [...basis.pages.flat(), ...(basis.single ?? [])]),
      ];
      const places = new Map<CapturePlace, CapturePlace>();
      for (const standIn of named) {
        const answered = given.get(standIn);
        if (answered !== undefined && !places.has(standIn)) places.set(standIn, await placeOf(answered));
      }
      return (record) => withPlaces(record, (place) => places.get(place) ?? place);
    },
  };

  function standingIn(answered: ForeignAnswer): Exchange {
    const standIn: CapturePlace = { file: '', offset: given.size, length: 0 };
    given.set(standIn, answered);
    return { ...answered.exchange, capture: standIn };
  }

  async function placeOf({ exchange, origin }: ForeignAnswer): Promise<CapturePlace> {
    if (captures === null) throw new TypeError(`${exchange.url}: a stand-in, and no captures`);
    const name = `${exchange.url} ${exchange.startedAt} ${sha256(exchange.response.body)}`;
    const place = kept.get(name) ?? (await captures.write(exchange, 'page', origin));
    kept.set(name, place);
    return place;
  }
}
