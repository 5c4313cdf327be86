/** `export FORMAT TARGET [ARTICLE]…`: the archive, or a part of it, in a format that other programs read. Reads the archive only. */
import { basename, resolve } from 'node:path';
import { openArchive } from '../archive/archive.ts';
import { openStorage } from '../archive/open-storage.ts';
import type { Storage } from '../archive/storage.ts';
import { openCaptureReader } from '../capture/read-captures.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import type { FolderForm } from '../export/article-folder.ts';
import { exportWacz, exportWarc } from '../export/captures-export.ts';
import type { CaptureSources } from '../export/collect.ts';
import { csv } from '../export/csv.ts';
import type { Exported, ExportFormat, ExportOptions, LeftOut } from '../export/exported.ts';
import { exportFile, exportTable, type TableContent } from '../export/file-export.ts';
import { jsonLines } from '../export/json-lines.ts';
import { cslJson, ris } from '../export/references.ts';
import type { Selection } from '../export/selection.ts';
import { openSigner } from '../export/signing-key.ts';
import type { RowPool } from '../export/tabular.ts';
import { openTarget, type Target } from '../export/target.ts';
import { openOperations } from '../frontier/operations.ts';
import { packageInfo } from '../package.ts';
import { expandPath } from '../paths.ts';
import type { Terminal } from '../report/terminal.ts';
import { line } from '../report/text.ts';
import type { Site } from '../site/address.ts';
import { daysAfter, weekdayOf } from '../site/clock.ts';
import { requireDay } from './coverage.ts';
import { storedArticle } from './named-article.ts';
import { requireSources } from './named-source.ts';
import { interrupted, requireRedis } from './partitioning.ts';
import type { Interrupts } from './session.ts';

export interface ExportFlags {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly day?: string | undefined;
  readonly week?: string | undefined;
  readonly source: readonly string[];
  readonly baseUrl?: string | undefined;
  readonly cluster?: boolean | undefined;
}

interface Format {
  /** True where the target is a file and no folder, by its name. */
  readonly isFile: (name: string) => boolean;
  readonly write: (
    target: Target,
    selection: Selection,
    given: {
      readonly sources: CaptureSources;
      readonly options: ExportOptions;
      readonly site: Site;
      readonly baseUrl: string | null;
      /** Makes the rows of a table, where hands of a cluster do. */
      readonly elsewhere: RowPool | null;
    },
  ) => Promise<Exported>;
  /** True where it is a table, whose rows others can make. */
  readonly isTable?: boolean;
}

/** A format whose file is a table of the articles; libraries are loaded once they are needed. */
const table = (load: () => TableContent | Promise<TableContent>): Format => ({
  isFile: () => true,
  write: async (target, selection, given) => exportTable(target, selection, { ...given, content: await load() }),
  isTable: true,
});

/** A format whose folder has a file for each article. */
const folder = (load: () => Promise<FolderForm>): Format => ({
  isFile: () => false,
  write: async (target, selection, given) => {
    const { exportFolder } = await import('../export/article-folder.ts');
    return exportFolder(target, selection, { ...given, form: await load() });
  },
});

/** Every format by its name on the command line. */
const FORMATS = {
  wacz: {
    isFile: (name) => /\.wacz$/i.test(name),
    write: async (target, selection, given) =>
      await exportWacz(target, selection, { ...given, signer: await openSigner() }),
  },
  warc: { isFile: () => false, write: exportWarc },
  jsonl: table(() => jsonLines),
  csv: table(() => csv),
  csl: table(() => cslJson),
  ris: table(() => ris),
  parquet: table(async () => (await import('../export/parquet.ts')).parquet),
  markdown: folder(async () => (await import('../export/markdown.ts')).markdownForm()),
  hexo: folder(async () => (await import('../export/hexo.ts')).hexoForm()),
  epub: {
    isFile: () => true,
    write: async (...given) => (await import('../export/epub.ts')).exportEpub(...given),
  },
  html: {
    isFile: () => true,
    write: async (target, selection, given) => {
      const { keys } = selection;
      if (keys?.length !== 1) throw new ArchiveError('USAGE', 'html: name one article, by its id or address');
      const { htmlFile } = await import('../export/html-file.ts');
      return exportFile(target, selection, { ...given, content: htmlFile(given.site) });
    },
  },
  sqlite: {
    isFile: () => true,
    write: async (...given) => (await import('../export/sqlite-file.ts')).exportSqlite(...given),
    isTable: true,
  },
  site: {
    isFile: () => false,
    write: async (...given) => (await import('../export/site.ts')).exportSite(...given),
  },
} satisfies Readonly<Record<ExportFormat, Format>>;

interface ExportContext {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/**
 * @param named ids or addresses of articles; all where it is empty
 * @returns `incomplete` where something could not be exported
 * @throws USAGE, URL_INVALID, NOT_ARCHIVED, FILE_REFUSED, INTERRUPTED
 */
export async function exportArchive(
  format: ExportFormat,
  path: string,
  named: readonly string[],
  flags: ExportFlags,
  { config, terminal, interrupts }: ExportContext,
): Promise<ExitCode> {
  const storage = await openStorage(config);
  if ((await storage.stat('')) === null) throw new ArchiveError('NO_ARCHIVE', `${storage.name}: there is no archive`);
  const baseUrl = baseUrlOf(format, flags);
  const selection = await selectionOf(named, flags, config);
  const { isFile, write, isTable = false }: Format = FORMATS[format];
  const redis = flags.cluster === true ? requireRedis('export', {}, config) : null;
  if (redis !== null && !isTable)
    throw new ArchiveError('USAGE', `export --cluster: ${format} is no table; ${tables()} are`);
  const where = resolve(expandPath(path, { code: 'USAGE', where: path }));
  await using target = await openTarget(where, { isFile: isFile(basename(where)), archive: config.archive });

  const left = countLeftOut(terminal);
  const { name, version } = packageInfo();
  const sources = { storage, archive: openArchive(storage, config.limits), captures: openCaptureReader(storage) };
  try {
    const exported = await write(target, selection, {
      sources,
      site: config.site,
      baseUrl,
      elsewhere: redis === null ? null : sharedRows(redis, { storage, terminal, interrupts }),
      options: {
        software: `${name}/${version}`,
        signal: interrupts.stopSignal,
        onLeftOut: left.add,
        onProgress: terminal.progress,
        onFile: ({ path: written, bytes, sha256, wrote }) =>
          terminal.result(line`${written}  ${counted(bytes, 'byte')}${wrote ? '' : ', as it was'}`, {
            type: 'exported-file',
            file: written,
            bytes,
            sha256,
            wrote,
          }),
      },
    });
    for (const other of exported.others) {
      const message = `${other}: of an earlier export, and not of this one; it stays, and the list does not name it`;
      terminal.log({ level: 'warn', stage: 'run', message });
    }
    return left.end(exported);
  } finally {
    terminal.end();
  }
}

function tables(): string {
  const formats: Readonly<Record<string, Format>> = FORMATS;
  return Object.keys(formats)
    .filter((name) => formats[name]?.isTable === true)
    .join(', ');
}

/** Rows that the hands of the cluster make. */
function sharedRows(
  redis: string,
  { storage, terminal, interrupts }: Omit<ExportContext, 'config'> & { readonly storage: Storage },
): RowPool {
  return async (selection) => {
    const { openPartitions } = await import('../partitions/partitions.ts');
    const { exportWork } = await import('../partitions/works.ts');
    const signal = interrupted(interrupts.stopSignal, 'export');
    return openPartitions(exportWork, selection, { redis, storage, signal, log: terminal.log });
  };
}

/** With a `/` at its end; null where none is given. */
function baseUrlOf(format: ExportFormat, { baseUrl }: ExportFlags): string | null {
  if (baseUrl === undefined) return null;
  if (format !== 'site') throw new ArchiveError('USAGE', `--base-url: ${format} has no feeds; site has`);
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new ArchiveError('USAGE', `--base-url ${baseUrl}: no address such as https://example.org/archive/`);
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

async function selectionOf(named: readonly string[], flags: ExportFlags, config: Config): Promise<Selection> {
  const { since, until } = stretchOf(flags);
  if (flags.source.length > 0) {
    using operations = openOperations(config, { readOnly: true });
    requireSources(flags.source, config, operations.frontier);
  }
  const keys = new Set<string>();
  for (const each of named) keys.add((await storedArticle(each, config)).key);
  return { since, until, sources: flags.source, keys: named.length === 0 ? null : [...keys] };
}

function stretchOf({ since, until, day, week }: ExportFlags): Pick<Selection, 'since' | 'until'> {
  if ([day, week, since ?? until].filter((each) => each !== undefined).length > 1)
    throw new ArchiveError(
      'USAGE',
      '--day, --week, and --since with --until each name a stretch of days: give one of them',
    );
  if (day !== undefined) return { since: requireDay(day, '--day'), until: day };
  if (week !== undefined) {
    const monday = daysAfter(requireDay(week, '--week'), -((weekdayOf(week) + 6) % 7));
    return { since: monday, until: daysAfter(monday, 6) };
  }
  return {
    since: since === undefined ? null : requireDay(since, '--since'),
    until: until === undefined ? null : requireDay(until, '--until'),
  };
}

/** Says what is not exported: damage at once and in full, what never had captures as a number, or in full with --json. */
function countLeftOut(terminal: Terminal) {
  const counts: Record<LeftOut['kind'], number> = {
    'no-capture': 0,
    'capture-damaged': 0,
    'picture-damaged': 0,
    'article-damaged': 0,
    edited: 0,
  };
  return {
    add: (each: LeftOut) => {
      counts[each.kind] += 1;
      if (terminal.json) terminal.result('', { type: 'left-out', ...each });
      if (each.kind !== 'no-capture')
        terminal.log({ level: 'warn', stage: 'store', message: `${each.url ?? each.key ?? ''}: ${each.detail}` });
    },
    end: ({ articles, files, bytes, wrote }: Exported): ExitCode => {
      const { 'no-capture': without, edited, ...damaged } = counts;
      const problems = Object.values(damaged).reduce((sum, count) => sum + count, 0);
      terminal.summary(
        'export',
        { articles, files, bytes, ...(wrote === undefined ? {} : { wrote }), leftOut: counts },
        [
          line`${counted(articles, 'article')} in ${counted(files, 'file')}, ${counted(bytes, 'byte')}${wrote === undefined ? '' : `; ${counted(wrote, 'file')} written now`}`,
          ...(without > 0
            ? [
                line`${counted(without, 'article has', 'articles have')} no captures and cannot be in it; --json lists what is left out`,
              ]
            : []),
          ...(edited > 0
            ? [
                line`${counted(edited, 'file was changed by somebody else and stays as it is', 'files were changed by somebody else and stay as they are')}`,
              ]
            : []),
          ...(problems > 0
            ? [line`${counted(problems, 'thing')} could not be exported; audit says what is wrong`]
            : []),
        ],
      );
      return problems === 0 ? EXIT.ok : EXIT.incomplete;
    },
  };
}
