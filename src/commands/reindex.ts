/** `reindex`: builds the catalog anew from the files of the archive. */
import { openStorage } from '../archive/open-storage.ts';
import { reindex as build } from '../catalog/reindex.ts';
import type { Config } from '../config.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { describeDuration, type Terminal } from '../report/terminal.ts';
import type { Interrupts } from './session.ts';

/** @throws what `reindex` of the catalog throws */
export async function reindex({
  config,
  terminal,
  interrupts,
}: {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}): Promise<ExitCode> {
  const startedAt = performance.now();
  try {
    const { indexed } = await build(await openStorage(config), config.archive, {
      onProgress: terminal.progress,
      signal: interrupts.stopSignal,
    });
    terminal.end();
    const tookMs = Math.round(performance.now() - startedAt);
    const text = `${indexed} articles in ${describeDuration(tookMs)}`;
    terminal.summary('reindex', { articles: indexed, tookMs }, text);
    return EXIT.ok;
  } finally {
    terminal.end();
  }
}
