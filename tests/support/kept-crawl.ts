/** A crawl in memory that keeps its exchanges as captures, and what makes its documents again. */

import { openMemory } from '../../src/archive/memory.ts';
import { recordKeys } from '../../src/archive/places.ts';
import type { Storage } from '../../src/archive/storage.ts';
import { type Captures, openCaptures } from '../../src/capture/captures.ts';
import { openCaptureReader } from '../../src/capture/read-captures.ts';
import { visit } from '../../src/crawl/visit.ts';
import type { Fetcher } from '../../src/fetch/fetcher.ts';
import { createReplay } from '../../src/fetch/replay.ts';
import { MIGRATIONS } from '../../src/frontier/migrations.ts';
import { openPayloads } from '../../src/journal/payloads.ts';
import type { Exchange, Target } from '../../src/model.ts';
import { type Extracted, extractAll } from '../../src/reextract/extract-all.ts';
import { type Reproduced, reproduce } from '../../src/reextract/reproduce.ts';
import { type Answer, makeAgain, type Piece, sourcesOf } from '../../src/reextract/threads.ts';
import { openDatabase } from '../../src/sqlite.ts';
import { SITE } from './article-page.ts';
import { openMemoryCrawl } from './memory-crawl.ts';

const { signal } = new AbortController();

export type Sources = ReturnType<typeof sourcesOf>;

export interface KeptCrawl {
  readonly storage: Storage;
  /** Visits an article, whatever the archive has of it; `kept` is what the site answers now. */
  visit(target: Target, kept: readonly Exchange[]): Promise<string>;
  /** Every version of every article. */
  reproduce(): Promise<readonly Reproduced[]>;
  extractAll(
    options: { readonly writes: boolean; readonly since?: string },
    but?: Partial<Sources>,
  ): Promise<readonly Extracted[]>;
  files(): Promise<Readonly<Record<string, string>>>;
}

export function openKeptCrawl(storage: Storage = openMemory()): KeptCrawl {
  const payloads = openPayloads(openDatabase(':memory:', { migrations: MIGRATIONS }));
  const { document } = openMemoryCrawl([]).context.services;
  const sources = sourcesOf(storage, { site: SITE, document, tool: 'guancha-archive/test' });
  const of = (kept: readonly Exchange[], captures?: Captures) => {
    const replay = createReplay(kept, SITE);
    return openMemoryCrawl(kept, { storage, fetcher: captures === undefined ? replay : keeping(replay, captures) });
  };
  return {
    storage,
    visit: async (target, kept) => {
      const now = () => Date.parse(kept[0]?.startedAt ?? '');
      await using captures = openCaptures(storage, { wholePictures: false, payloads, software: 'test', now });
      const { context } = of(kept, captures);
      const { outcome } = await visit(target, context.services, { refresh: true, signal });
      return outcome.kind;
    },
    reproduce: async () => {
      const lines: Reproduced[] = [];
      for await (const key of recordKeys(storage)) lines.push(...(await reproduce(key, sources)));
      return lines;
    },
    extractAll: async ({ writes, since = '' }, but = {}) => {
      const { archive } = of([]).context.services;
      const all = extractAll({
        archive,
        reader: openCaptureReader(storage),
        site: SITE,
        keys: recordKeys(storage, since),
        since,
        targetOf: () => null,
        run: (pieces) => inTurn(pieces, { ...sources, ...but }),
        writes,
      });
      return Array.fromAsync(all);
    },
    files: () => of([]).files(),
  };
}

async function* inTurn(pieces: AsyncIterable<Piece>, sources: Sources): AsyncGenerator<Answer> {
  for await (const piece of pieces) yield makeAgain(piece, sources);
}

/** The same fetcher, each of whose exchanges is kept before anybody sees it. */
function keeping(fetcher: Fetcher, captures: Captures): Fetcher {
  const keep = (exchanges: readonly Exchange[]) =>
    Promise.all(
      exchanges.map(async (exchange) =>
        exchange.capture === undefined ? { ...exchange, capture: await captures.write(exchange, 'page') } : exchange,
      ),
    );
  return {
    ...fetcher,
    fetch: async (url, options) => keep(await fetcher.fetch(url, options)),
    render: async (exchanges, options) => {
      const rendered = (await fetcher.render(exchanges, options)).at(-1);
      if (rendered === undefined) throw new TypeError('nothing was rendered');
      return [
        ...exchanges,
        { ...rendered, capture: await captures.write({ ...rendered, capture: exchanges.at(-1)?.capture }, 'page') },
      ];
    },
  };
}
