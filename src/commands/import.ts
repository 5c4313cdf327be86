/** `import PATH…`: what others kept of the site, and what of it the archive took. */

import type { App } from '../app.ts';
import { openArchive } from '../archive/archive.ts';
import { openGivenPictures } from '../archive/given-pictures.ts';
import { idOf, parseKey } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import type { ArchiveRecord } from '../archive/record.ts';
import { readAccepted } from '../archive/vocabulary.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { openPageTrial } from '../crawl/page-trial.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import type { ImportServices } from '../import/articles.ts';
import type { DocumentServices } from '../import/document.ts';
import { asDryRun } from '../import/dry-run.ts';
import { type ImportEvent, type ImportOptions, importFiles } from '../import/import.ts';
import { nextVisit } from '../journal/journal.ts';
import { packageInfo } from '../package.ts';
import type { Terminal } from '../report/terminal.ts';
import { joined, line, style, type Text } from '../report/text.ts';
import { inScope, parseArticleUrl } from '../site/address.ts';
import { hasArchive } from './existing-archive.ts';
import { type Interrupts, withArchive } from './session.ts';

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

export interface ImportFlags {
  readonly url?: string | undefined;
  readonly dryRun: boolean;
  readonly wait: boolean;
}

/**
 * @returns `incomplete` if a file, a record or an article could not be used; what is no article is none the worse
 * @throws USAGE, FILE_REFUSED, ARCHIVE_IN_USE, and what stops a run
 */
export async function importPaths(paths: readonly string[], flags: ImportFlags, context: Context): Promise<ExitCode> {
  const { config, terminal, interrupts } = context;
  if (flags.url !== undefined && paths.length !== 1)
    throw new ArchiveError('USAGE', '--url is the address of one saved page, and only one path can be given with it');
  if (flags.url !== undefined && parseArticleUrl(flags.url, config.site) === null)
    throw new ArchiveError('URL_INVALID', `--url ${flags.url}`);
  if (flags.dryRun) return report(await dryServices(config), null);
  if (!hasArchive(config) && !(await hasSomething(paths, flags, context)))
    return report(await dryServices(config), null);
  const wait = flags.wait ? interrupts.stopSignal : null;
  return withArchive(config, terminal, { command: 'import', wait, asksSite: false }, (app) => {
    const allows = (url: string) => inScope(url, config.site);
    const picturesFrom = openGivenPictures({
      ...app,
      ...app.services,
      allows,
      limits: config.limits,
      log: terminal.log,
    });
    return report(withDocuments({ ...app.services, captures: app.captures, picturesFrom, capturedBy }, config), app);
  });

  async function report(services: ReturnType<typeof withDocuments>, app: App | null): Promise<ExitCode> {
    const counts = new Map<string, number>();
    let exit: ExitCode = EXIT.ok;
    for await (const event of importFiles(paths, services, optionsOf(flags, context))) {
      const { outcome, isWell } = print(event, terminal);
      if (outcome !== null) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (!isWell) exit = EXIT.incomplete;
      if (app !== null && event.what === 'article' && event.kind === 'imported') noteInQueue(event.record, app, config);
    }
    const text = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'nothing to import';
    terminal.summary('import', {}, text);
    return interrupts.stopSignal.aborted ? EXIT.interrupted : exit;
  }
}

function optionsOf(
  { url }: ImportFlags,
  { config, interrupts }: Pick<Context, 'config' | 'interrupts'>,
): ImportOptions {
  const { abortSignal, stopSignal } = interrupts;
  return { url: url ?? null, limits: config.limits, now: systemClock.now, signal: abortSignal, stopSignal };
}

/** Whether an archive would come of it: one that would stay empty is not made. Reads no further than to the first article. */
async function hasSomething(paths: readonly string[], flags: ImportFlags, context: Context): Promise<boolean> {
  for await (const event of importFiles(paths, await dryServices(context.config), optionsOf(flags, context)))
    if (event.what === 'article' && 'record' in event) return true;
  return false;
}

type Services = ImportServices & { readonly documents: DocumentServices };

async function capturedBy() {
  const { name, version } = packageInfo();
  return { tool: `${name}/${version}`, userAgent: '' }; // nobody asked the site
}

function withDocuments(services: ImportServices, config: Config): Services {
  const { name, version } = packageInfo();
  const { archive, site } = services;
  return { ...services, documents: { archive, site, document: config.document, tool: `${name}/${version}` } };
}

/** All that an import needs, over an archive that stays as it is; needs no lock. */
async function dryServices(config: Config): Promise<Services> {
  const { site, document } = config;
  const storage = await openStorage(config);
  const accepted = new Set((await readAccepted(storage)).keys());
  const archive = asDryRun(openArchive(storage, config.limits));
  const picturesFrom: ImportServices['picturesFrom'] = () => ({
    collect: async (sources) => [...new Set(sources)].map((src) => ({ src, missing: 'NOT_IMPORTED' })),
  });
  const services = { archive, site, document, accepted: async () => accepted, capturedBy, picturesFrom };
  return withDocuments({ ...services, captures: null, trial: openPageTrial(site) }, config);
}

/** The queue knows it as archived, and visits it again where it is young enough. */
function noteInQueue(record: ArchiveRecord, { frontier, journal, services }: App, config: Config): void {
  const parsed = parseKey(record.document.path);
  if (parsed?.kind !== 'document') return;
  const { article: key } = parsed;
  const { url, source, versions } = record;
  const publishedAt = Date.parse(record.article.publishedAt);
  const priority = Math.floor(publishedAt / 60_000);
  const target = { id: idOf(key), url, source, via: null, leadPicture: null, listed: null, priority };
  frontier.settle(target, { kind: 'archived', key });
  if (record.provenance?.kind === 'document') return; // its slug is made up: the site may not know it
  const age = { publishedAt, hasChanged: versions.length > 1 };
  const next = nextVisit(age, { agesMs: config.revisits.agesMs, now: services.clock.now() });
  journal.revisits.plan({ id: idOf(key), url }, next);
}

const MARKS = {
  imported: style('green', '✓ imported      '),
  present: style('dim', '= present       '),
  kept: style('dim', '= kept          '),
  'not-an-article': style('yellow', '∅ not-an-article'),
  failed: style('red', '✗ failed        '),
  refused: style('red', '✗ refused       '),
} as const;

function print(event: ImportEvent, terminal: Terminal): { readonly outcome: string | null; readonly isWell: boolean } {
  switch (event.what) {
    case 'file': {
      const { what: _what, ...facts } = event;
      const counts = Object.entries(facts).filter(([, value]) => typeof value === 'number' && value > 0);
      const said = counts.map(
        ([name, count]) => `, ${count} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`,
      );
      terminal.result(style('dim', `${event.file}: ${event.kind}${said.join('')}`), { type: 'import-file', ...facts });
      return { outcome: null, isWell: true };
    }
    case 'refusal': {
      const { what: _what, ...facts } = event;
      const where = [event.file, event.url].filter(Boolean).join('  ');
      terminal.result(line`${MARKS.refused} ${event.code}  ${where}  ${event.detail}`, {
        type: 'import',
        ...facts,
        id: null,
        outcome: 'refused',
        capturedAt: null,
      });
      return { outcome: 'refused', isWell: false };
    }
    case 'article': {
      const { id, url, kind, provenance } = event;
      const { capturedAt, from: file } = provenance;
      const common = { type: 'import', file, url, id, outcome: kind, capturedAt, provenance } as const;
      if (!('record' in event)) {
        const { code, detail } = event;
        terminal.result(line`${MARKS[kind]} ${code}  ${url}  ${detail}`, { ...common, code, detail });
        return { outcome: kind, isWell: kind !== 'failed' };
      }
      const { record } = event;
      const missing = record.assets.filter((asset) => 'missing' in asset).length;
      const stored = record.assets.length - missing;
      const facts = { document: record.document.path, title: record.article.title, images: { stored, missing } };
      terminal.result(articleLine(event.kind, record, { stored, missing }), { ...common, ...facts });
      return { outcome: kind, isWell: true };
    }
    default:
      return event satisfies never;
  }
}

function articleLine(
  kind: 'imported' | 'present' | 'kept',
  { article, versions }: ArchiveRecord,
  { stored, missing }: { readonly stored: number; readonly missing: number },
): Text {
  const pictures = `${counted(stored, 'picture')}${missing === 0 ? '' : `, ${missing} missing`}`;
  const which = versions.length > 1 ? `version ${versions.length}  ` : '';
  return joined([
    MARKS[kind],
    `  ${article.publishedAt.slice(0, 16).replace('T', ' ')}  ${pictures}  ${which}${article.title}`,
  ]);
}
