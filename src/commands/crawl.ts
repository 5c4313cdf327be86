/** `crawl`: the sources' lists, then every article on them that is not archived yet. */
import type { Config } from '../config.ts';
import { discoverAll } from '../crawl.ts';
import { describeDrift, findDrift } from '../drift.ts';
import { EXIT, type ExitCode, renderError } from '../errors.ts';
import { chosenSources } from './chosen-sources.ts';
import type { UrlReport } from './report.ts';
import { type Interrupts, run, runRevisits, withArchive } from './session.ts';
import type { Terminal } from './terminal.ts';

export interface CrawlOptions {
  /** Names of sources; empty for all. */
  readonly source: readonly string[];
  readonly limit?: number | undefined;
  readonly dryRun: boolean;
  /** Archived articles that are due are then visited again. */
  readonly revisit: boolean;
  /** Waits while another run holds the archive. */
  readonly wait: boolean;
}

/** @throws SOURCE_UNKNOWN */
export async function crawl(
  options: CrawlOptions,
  context: {
    readonly config: Config;
    readonly terminal: Terminal;
    readonly interrupts: Interrupts;
    /** Hears what became of each URL. */
    readonly onReport?: (report: UrlReport) => void;
  },
): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  const sources = chosenSources(config, options.source);
  const wait = options.wait ? interrupts.stopping : null;
  return withArchive(config, terminal, { command: 'crawl', wait }, async (app) => {
    const { frontier, rooms } = app;
    let unread = false;
    for await (const list of discoverAll(
      sources,
      rooms,
      options.dryRun ? (targets) => frontier.unknown(targets).length : frontier.add,
      { attempts: config.politeness.attempts, signal: interrupts.signal },
    )) {
      unread ||= list.error !== null;
      if (list.error !== null) terminal.log({ level: 'error', stage: 'discover', message: renderError(list.error) });
      if (list.targets.length > 0)
        terminal.log({
          level: 'info',
          stage: 'discover',
          message: `${list.source}: ${list.targets.length} articles, ${list.added} new`,
        });
      if (options.dryRun) {
        for (const { id, url, source } of frontier.unknown(list.targets))
          terminal.result(`${source}  ${url}`, { id, url, source });
      }
      if (interrupts.stopping.aborted) break;
    }
    if (options.dryRun) return unread ? EXIT.sourcesUnread : EXIT.ok;
    frontier.againLater();
    const telling = { notWell: ['blocked', 'refused', 'failed'] as const, onReport: context.onReport };
    const first = await run(app, config, terminal, interrupts, { refresh: false, limit: options.limit, ...telling });
    const again =
      options.revisit && first !== EXIT.interrupted
        ? await runRevisits(app, config, terminal, interrupts, telling)
        : EXIT.ok;
    const exit = again === EXIT.ok ? first : again;
    for (const drift of findDrift(frontier.readings.newest())) {
      terminal.log({ level: 'warn', stage: 'extract', message: describeDrift(drift) });
    }
    return unread && exit !== EXIT.interrupted ? EXIT.sourcesUnread : exit;
  });
}
