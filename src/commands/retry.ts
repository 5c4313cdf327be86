/** `retry`: what did not end well waits again, by code and by source. Holds nothing, so it may run beside a crawl. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { ArchiveError, ERRORS, type ErrorCode, EXIT, type ExitCode } from '../errors.ts';
import { openFrontier } from '../frontier/sqlite.ts';
import type { Terminal } from './terminal.ts';

export interface RetryOptions {
  /** Names of errors; empty for all. */
  readonly code: readonly string[];
  /** Names of sources, configured or not any more; empty for all. */
  readonly source: readonly string[];
}

/** Prints each URL that waits again. Throws USAGE for a code that is not in the table. */
export function retry(
  options: RetryOptions,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): ExitCode {
  const codes = options.code.map(requireCode);
  if (!existsSync(join(config.archive, 'frontier.sqlite'))) {
    terminal.say(`${config.archive}: nothing has been archived here yet`);
    return EXIT.ok;
  }
  using frontier = openFrontier(config.archive, { command: null, attempts: 1 });
  const given = frontier.retry({
    codes: codes.length === 0 ? undefined : codes,
    sources: options.source.length === 0 ? undefined : options.source,
  });
  for (const { id, url, code } of given) terminal.result(`${code}  ${url}`, { id, url, code });
  terminal.say(given.length === 0 ? 'nothing to try again' : `${given.length} wait again; crawl visits them`);
  return EXIT.ok;
}

function requireCode(text: string): ErrorCode {
  if (Object.hasOwn(ERRORS, text)) return text as ErrorCode;
  throw new ArchiveError('USAGE', `retry: ${text} is no error code; status names those that occurred`);
}
