/** `archive ARTICLE… | -`: single articles, now. */
import type { Config } from '../config.ts';
import { ArchiveError, ERRORS, EXIT, type ExitCode } from '../errors.ts';
import type { ArticleAddress, Target } from '../model.ts';
import type { Io } from '../report/output.ts';
import type { Terminal } from '../report/terminal.ts';
import { printReport } from '../report/visits.ts';
import { aloneOrHandedOver, type Wait } from './hand-over.ts';
import { addressOfNamed } from './named-article.ts';
import { NOT_ARCHIVED } from './reporter.ts';
import { withOrders } from './serving.ts';
import { type Interrupts, run, withArchive } from './session.ts';

export interface ArchiveOptions {
  readonly refresh: boolean;
  /** What is implausible beside what is archived is taken at once. */
  readonly acceptChanged: boolean;
  readonly wait?: Wait;
}

export async function archive(
  urls: readonly string[],
  options: ArchiveOptions,
  context: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts; readonly io: Io },
): Promise<ExitCode> {
  const { config, terminal, interrupts, io } = context;
  const addresses = new Map<string, ArticleAddress>();
  const wrong = new Map<string, ArchiveError>();
  for (const text of await spellings(urls, io)) {
    try {
      const address = await addressOfNamed(text, config);
      addresses.set(address.id, address);
    } catch (error) {
      if (!(error instanceof ArchiveError && (error.code === 'URL_INVALID' || error.code === 'NOT_ARCHIVED')))
        throw error;
      wrong.set(text, error);
    }
  }
  // Where all of them are wrong, nothing is done, and the command ends like all that are given such a name.
  const errors = [...wrong.values()];
  const ending = addresses.size > 0 ? undefined : (errors.find(({ code }) => code === 'NOT_ARCHIVED') ?? errors[0]);
  for (const [text, error] of wrong) refuse(text, error, { terminal, isSaidLater: error === ending });
  if (ending !== undefined) throw ending;

  const refresh = options.refresh || options.acceptChanged;
  const accept = options.acceptChanged;
  const targets = [...addresses.values()].map(targetOf);
  const handedOver = { urls: targets.map(({ url }) => url), refresh, accept, json: terminal.json };
  const order = { kind: 'archive', arguments: handedOver } as const;
  const parts = { config, terminal, interrupts };
  const exit = await aloneOrHandedOver(order, { ...parts, wait: options.wait }, (lock) =>
    withArchive(config, terminal, { command: 'archive', wait: null, lock, stopSignal: interrupts.stopSignal }, (app) =>
      withOrders(app, parts, (desk) => {
        const only = targets.map(({ id }) => id);
        app.frontier.add(targets);
        app.frontier.requeue({ ids: only });
        return run(app, config, terminal, interrupts, { refresh, accept, only, notWell: NOT_ARCHIVED, desk });
      }),
    ),
  );
  return exit === EXIT.ok && wrong.size > 0 ? EXIT.incomplete : exit;
}

/** The arguments, or for `-` the lines of stdin; empty lines and `#` comments count for nothing. */
async function spellings(urls: readonly string[], io: Io): Promise<string[]> {
  const texts: string[] = [];
  for (const url of urls) {
    if (url !== '-') texts.push(url);
    else
      texts.push(
        ...(await readAll(io))
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '' && !line.startsWith('#')),
      );
  }
  if (texts.length === 0) throw new ArchiveError('USAGE', 'archive: no URL given');
  return texts;
}

async function readAll(io: Io): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of io.stdin)
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

function refuse(
  url: string,
  { code, detail }: ArchiveError,
  { terminal, isSaidLater }: { readonly terminal: Terminal; readonly isSaidLater: boolean },
): void {
  const { title, fix } = ERRORS[code];
  const message = code === 'URL_INVALID' ? `${url} is ${title} → ${fix}` : detail;
  if (!isSaidLater) terminal.log({ level: 'error', stage: 'run', message: `${code}: ${message}` });
  const nothing = {
    document: null,
    record: null,
    title: null,
    publishedAt: null,
    images: { stored: 0, missing: 0 },
    flags: [],
  };
  if (terminal.json) printReport(terminal, { url, id: null, outcome: 'refused', code, ...nothing });
}

function targetOf({ id, url }: ArticleAddress): Target {
  // What somebody waits for goes before any list.
  const priority = Math.ceil(Date.now() / 60_000);
  return { id, url, source: null, via: null, leadPicture: null, listed: null, priority };
}
