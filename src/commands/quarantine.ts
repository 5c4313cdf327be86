/** `quarantine list | show ITEM… | release ITEM…`: what was fetched and judged no article. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FRONTIER } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import { openQuarantine, type Quarantine, type QuarantineItem } from '../archive/quarantine.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, ERRORS, type ErrorCode, EXIT, type ExitCode } from '../errors.ts';
import { NOT_WELL } from '../frontier/frontier.ts';
import { lockArchive } from '../frontier/lock.ts';
import { openOperations } from '../frontier/operations.ts';
import { orNearest } from '../nearest.ts';
import { linesIn } from '../report/plain.ts';
import type { Terminal } from '../report/terminal.ts';
import { style } from '../report/text.ts';
import { parseArticleUrl } from '../site/address.ts';
import { requireSources } from './named-source.ts';

export type QuarantineAction = 'list' | 'show' | 'release';

/** @throws USAGE, NOT_THERE if an item is not there, ARCHIVE_IN_USE if a run holds the archive (release alone), ARCHIVE_DAMAGED */
export async function quarantine(
  action: QuarantineAction,
  names: readonly string[],
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const kept = openQuarantine(await openStorage(config), config.limits);
  const listed = await kept.list();
  const items = listed.filter((item): item is QuarantineItem => !(item instanceof ArchiveError));
  for (const item of listed)
    if (item instanceof ArchiveError)
      terminal.log({
        level: 'warn',
        stage: 'run',
        message: `${item.detail}; the next page that is kept moves it away`,
      });
  if (action !== 'list' && names.length === 0) throw new ArchiveError('USAGE', `quarantine ${action}: no item given`);
  const chosen = names.length === 0 ? items : names.map((name) => named(items, name));
  if (action === 'release') return release(chosen, kept, config, terminal);
  for (const item of chosen) {
    if (action === 'list') terminal.result(oneLine(item), { type: 'quarantined-page', ...item });
    else await show(item, kept, terminal);
  }
  if (chosen.length === 0) terminal.say('no page is in quarantine');
  return EXIT.ok;
}

function named(items: readonly QuarantineItem[], name: string): QuarantineItem {
  const item = items.find((each) => each.name === name);
  if (item === undefined) throw new ArchiveError('NOT_THERE', `quarantine: there is no item ${name}`);
  return item;
}

function oneLine({ name, verdict, url }: QuarantineItem): string {
  return `${name}  ${verdict.kind}  ${url}  ${verdict.evidence.join('; ')}`;
}

/** Everything that is known of the item, and the page itself. */
async function show(item: QuarantineItem, kept: Quarantine, terminal: Terminal): Promise<void> {
  const body = (await kept.body(item)).toString('utf8');
  if (terminal.json) return terminal.result('', { type: 'quarantined-page', ...item, body });
  const { name, url, finalUrl, status, headers, fetchedAt, fetchedBy, verdict } = item;
  const lines = [
    style('bold', name),
    `${url}${finalUrl === url ? '' : ` → ${finalUrl}`}`,
    `${verdict.kind}: ${verdict.evidence.join('; ')}`,
    `status ${status}, ${wallClock(fetchedAt)}, by ${fetchedBy}`,
    ...Object.entries(headers).map(([header, value]) => `${header}: ${value}`),
    '',
    ...linesIn(body),
  ];
  terminal.say(...lines);
}

/** The URLs wait again for the next crawl, and the items go. */
async function release(
  items: readonly QuarantineItem[],
  kept: Quarantine,
  config: Config,
  terminal: Terminal,
): Promise<ExitCode> {
  await using _lock = await lockArchive(config.archive, 'quarantine');
  using operations = openOperations(config, { command: 'quarantine' });
  const { frontier, journal } = operations;
  for (const item of items) {
    const address = parseArticleUrl(item.url, config.site);
    if (address !== null) {
      const { id, url } = address;
      frontier.add([
        {
          id,
          url,
          source: null,
          via: null,
          leadPicture: null,
          listed: null,
          priority: Math.ceil(Date.now() / 60_000),
        },
      ]);
      frontier.requeue({ ids: [id] });
    }
    await kept.remove(item.name);
    terminal.result(`${item.url} waits again`, {
      type: 'released',
      name: item.name,
      url: item.url,
      id: address?.id ?? null,
    });
  }
  journal.runs.endRun();
  return EXIT.ok;
}

// `retry`: what did not end well waits again, by code and by source. Holds nothing, so it may run beside a crawl.

interface RetryOptions {
  /** Names of errors; empty for all. */
  readonly code: readonly string[];
  /** Names of sources, configured or not any more; empty for all. */
  readonly source: readonly string[];
  /** Hosts, such as www.guancha.cn, that are to be asked again; where nothing else is named, no URL waits again. */
  readonly host: readonly string[];
}

/** Prints each URL that waits again. Throws USAGE for a code that is not in the table. */
export function retry(
  options: RetryOptions,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): ExitCode {
  const codes = options.code.map(requireCode);
  const hosts = options.host.map(requireHost);
  if (config.cluster.postgres === null && !existsSync(join(config.archive, FRONTIER))) {
    terminal.say(`${config.archive}: nothing has been archived here yet`);
    return EXIT.ok;
  }
  using operations = openOperations(config);
  requireSources(options.source, config, operations.frontier);
  for (const host of hosts) {
    const known = operations.journal.hosts.forget(host);
    const text = known ? `${host} may be asked again` : `${host}: nothing is remembered of this host`;
    terminal.result(text, { type: 'host', host, known });
  }
  if (hosts.length > 0 && codes.length + options.source.length === 0) return EXIT.ok;
  const given = operations.frontier.requeue({
    outcomes: NOT_WELL,
    codes: codes.length === 0 ? undefined : codes,
    sources: options.source.length === 0 ? undefined : options.source,
  });
  for (const { id, url, code } of given) terminal.result(`${code}  ${url}`, { type: 'requeued', id, url, code });
  terminal.say(
    given.length === 0
      ? 'nothing to try again'
      : `${counted(given.length, 'URL waits', 'URLs wait')} again; crawl visits ${given.length === 1 ? 'it' : 'them'}`,
  );
  return EXIT.ok;
}

function requireCode(text: string): ErrorCode {
  if (Object.hasOwn(ERRORS, text)) return text as ErrorCode;
  throw new ArchiveError(
    'USAGE',
    `retry: ${text} is not an error code${orNearest(text, Object.keys(ERRORS)) || '; status lists the codes that occurred'}`,
  );
}

/** As requests name it, from a host or an address. */
function requireHost(text: string): string {
  const host = URL.parse(/^https?:/.test(text) ? text : `http://${text}`)?.hostname ?? '';
  if (/^[a-z0-9]/.test(host)) return host;
  throw new ArchiveError('USAGE', `retry: --host ${text}: is not a host such as www.guancha.cn`);
}
