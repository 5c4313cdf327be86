/** The fetcher that asks nobody: it answers from exchanges that were kept. */
import { ArchiveError } from '../errors.ts';
import type { Exchange } from '../model.ts';
import { requireScope, type Site } from '../site/address.ts';
import { type Fetcher, followExchanges } from './fetcher.ts';

/**
 * Where several exchanges have one address, they come one after another, and the last of them for good. What the answer
 * was known by earlier is of no effect: what was kept is what comes.
 * @param kept in the order in which they were made; rendered ones are for `render`
 * @returns a fetcher that throws NETWORK for whatever is not among them, or broke off
 */
export function createReplay(kept: Iterable<Exchange>, site: Site): Fetcher {
  const answers = new Map<string, Exchange[]>();
  const rendered = new Map<string, Exchange[]>();
  for (const exchange of kept) {
    const byUrl = exchange.road === 'rendered' ? rendered : answers;
    byUrl.set(exchange.url, [...(byUrl.get(exchange.url) ?? []), exchange]);
  }

  return {
    fetch: (url, { signal, list = false, budget }) =>
      followExchanges(url, site, async (address) => {
        signal.throwIfAborted();
        requireScope(address, site, { list });
        const get = async () => next(answers, address);
        const answer = await (budget === undefined ? get() : budget.during(get));
        budget?.take(answer.response.body.length);
        return { ...answer, road: 'replay' };
      }),
    render: async (exchanges, { signal }) => {
      signal.throwIfAborted();
      return [...exchanges, next(rendered, exchanges.at(-1)?.url ?? '')];
    },
    [Symbol.asyncDispose]: async () => {}, // holds nothing
  };

  function next(byUrl: ReadonlyMap<string, Exchange[]>, url: string): Exchange {
    const left = byUrl.get(url) ?? [];
    const exchange = left.length > 1 ? left.shift() : left[0];
    if (exchange === undefined) throw new ArchiveError('NETWORK', `${url}: not among the exchanges that were kept`);
    if (exchange.brokenOff !== undefined) throw new ArchiveError('NETWORK', exchange.cut ?? url);
    return exchange;
  }
}
