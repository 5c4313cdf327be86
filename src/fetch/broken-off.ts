/** Answers that fail midway: what came of them is kept before the failure takes its course. */
import { ArchiveError } from '../errors.ts';
import type { Exchange } from '../model.ts';

/** The failure of a request whose answer had begun, with the exchange as far as it came. */
export class BrokenOff extends ArchiveError {
  readonly exchange: Exchange;
  /** Without the exchange. */
  readonly failure: ArchiveError;

  constructor(failure: ArchiveError, exchange: Exchange, how: Exchange['brokenOff'] = howOf(failure)) {
    super(failure.code, failure.detail, { cause: failure });
    this.failure = failure;
    this.exchange = { ...exchange, cut: failure.detail, brokenOff: how };
  }
}

/**
 * Work with one answer; where that breaks off, `keep` gets what came of it.
 * @throws what `keep` throws, else what `work` throws, a BrokenOff as the failure alone
 */
export async function keepBroken<T>(
  keep: ((exchange: Exchange) => Promise<unknown>) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    await keep?.(error.exchange);
    throw error.failure;
  }
}

function howOf({ code }: ArchiveError): Exchange['brokenOff'] {
  if (code === 'TOO_LARGE') return 'length';
  if (code === 'TIMEOUT') return 'time';
  return code === 'NETWORK' || code === 'TRUNCATED' ? 'disconnect' : 'unspecified';
}
