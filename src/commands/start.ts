/** `start [ARTICLE…]`: the main job, for whoever begins: articles that are named, else what is new on the lists. */
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { createAddressGuard } from '../fetch/address-guard.ts';
import { openConnections } from '../fetch/connections.ts';
import { destinationOf } from '../fetch/proxies.ts';
import { programWords } from '../package.ts';
import type { Io } from '../report/output.ts';
import type { Terminal } from '../report/terminal.ts';
import { inShell } from '../report/text.ts';
import { parseArticleUrl } from '../site/address.ts';
import { archive } from './archive.ts';
import { crawl } from './crawl.ts';
import type { Interrupts } from './session.ts';

/**
 * Does what `archive` or `crawl` does, once the site is known to be within reach: both bear with a site that is away for a
 * while, and so would keep somebody without a network waiting.
 * @param articles as for `archive`; the sources of the configuration where there are none
 * @param flags what named configuration and archive, for the command that is to be typed next
 * @throws NO_NETWORK before anything is asked for
 */
export async function start(
  articles: readonly string[],
  flags: { readonly config?: string; readonly archive?: string },
  context: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts; readonly io: Io },
): Promise<ExitCode> {
  const { config, terminal } = context;
  // What is no address is refused by `archive`, with or without a network; an id may need none.
  if (articles.length === 0 || articles.some((each) => parseArticleUrl(each, config.site) !== null))
    await requireNetwork(config, terminal);
  const exit =
    articles.length === 0
      ? await crawl({ source: [], dryRun: false, revisit: false }, context)
      : await archive(articles, { refresh: false, acceptChanged: false }, context);
  if (exit === EXIT.ok) {
    const words = [
      ...programWords(),
      'serve',
      '--open',
      ...(flags.config === undefined ? [] : ['--config', flags.config]),
    ];
    if (flags.archive !== undefined) words.push('--archive', flags.archive);
    terminal.say('', 'Read it in a browser; Ctrl-C ends it:', `  ${words.map(inShell).join(' ')}`);
  }
  return exit;
}

/** A connection to the site, on which nothing is asked. @throws NO_NETWORK, and what is wrong with the configuration */
async function requireNetwork(config: Config, { log }: Terminal): Promise<void> {
  const { network, browser, site } = config;
  const guard = createAddressGuard(network.allowAddresses);
  const { timeoutMs } = browser;
  const connections = openConnections({ ...network, environment: process.env, guard, timeoutMs, log });
  try {
    const socket = await connections.open(destinationOf(site.www));
    socket.destroy();
  } catch (error) {
    if (error instanceof ArchiveError && UNREACHED.includes(error.code))
      throw new ArchiveError('NO_NETWORK', error.detail, { cause: error });
    throw error;
  }
}

const UNREACHED: readonly ArchiveError['code'][] = ['NETWORK', 'TIMEOUT', 'PROXY_UNREACHABLE'];
