/** `export FORMAT TARGET`: the archive, or a part of it, in a format that other programs read. Reads the archive only. */
import { basename, resolve } from 'node:path';
import { openArchive } from '../archive/archive.ts';
import { openDisk } from '../archive/disk.ts';
import { openCaptureReader } from '../capture/read-captures.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { type Exported, type ExportOptions, exportWacz, exportWarc } from '../export/captures-export.ts';
import type { Sources } from '../export/collect.ts';
import type { LeftOut, Selection } from '../export/select.ts';
import { openSigner } from '../export/signing-key.ts';
import { openTarget, type Target } from '../export/target.ts';
import { packageInfo } from '../package.ts';
import { expandPath } from '../paths.ts';
import type { Terminal } from '../report/terminal.ts';
import { line } from '../report/text.ts';
import { requireDay } from './coverage.ts';
import type { Interrupts } from './session.ts';

export interface ExportFlags {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly source: readonly string[];
}

interface Format {
  /** True where the target is a file and no folder, by its name. */
  readonly isFile: (name: string) => boolean;
  readonly write: (
    target: Target,
    selection: Selection,
    given: { readonly sources: Sources; readonly options: ExportOptions },
  ) => Promise<Exported>;
}

/** Every format by its name on the command line. */
const FORMATS = {
  wacz: {
    isFile: (name) => /\.wacz$/i.test(name),
    write: async (target, selection, given) =>
      await exportWacz(target, selection, { ...given, signer: await openSigner() }),
  },
  warc: { isFile: () => false, write: exportWarc },
} satisfies Readonly<Record<string, Format>>;

export type ExportFormat = keyof typeof FORMATS;

/** @throws USAGE, NOT_ARCHIVED, FILE_REFUSED, INTERRUPTED */
export async function exportArchive(
  format: ExportFormat,
  path: string,
  { since, until, source }: ExportFlags,
  {
    config,
    terminal,
    interrupts,
  }: { readonly config: Config; readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const selection: Selection = {
    since: since === undefined ? null : requireDay(since, '--since'),
    until: until === undefined ? null : requireDay(until, '--until'),
    sources: source,
  };
  const storage = openDisk(config.archive);
  if ((await storage.stat('')) === null)
    throw new ArchiveError('USAGE', `${config.archive}: there is no archive; name one with --archive DIR`);
  const { isFile, write } = FORMATS[format];
  const where = resolve(expandPath(path, { code: 'USAGE', where: path }));
  await using target = await openTarget(where, { isFile: isFile(basename(where)), archive: config.archive });

  const left = countLeftOut(terminal);
  const { name, version } = packageInfo();
  const sources = { storage, archive: openArchive(storage, config.limits), captures: openCaptureReader(storage) };
  try {
    const exported = await write(target, selection, {
      sources,
      options: {
        software: `${name}/${version}`,
        signal: interrupts.stopSignal,
        onLeftOut: left.add,
        onProgress: terminal.progress,
        onFile: ({ path: file, bytes, sha256, wrote }) =>
          terminal.result(line`${file}  ${bytes} bytes${wrote ? '' : ', as it was'}`, { file, bytes, sha256, wrote }),
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

/** Says what is not exported: damage at once and in full, what never had captures as a number, or in full with --json. */
function countLeftOut(terminal: Terminal) {
  const counts: Record<LeftOut['kind'], number> = {
    'no-capture': 0,
    'capture-damaged': 0,
    'picture-damaged': 0,
    'article-damaged': 0,
  };
  return {
    add: (each: LeftOut) => {
      counts[each.kind] += 1;
      if (terminal.json) terminal.result('', { leftOut: each.kind, ...each });
      if (each.kind !== 'no-capture')
        terminal.log({ level: 'warn', stage: 'store', message: `${each.url ?? each.key ?? ''}: ${each.detail}` });
    },
    end: ({ articles, files, bytes }: Exported): ExitCode => {
      const { 'no-capture': without, ...damaged } = counts;
      const problems = Object.values(damaged).reduce((sum, count) => sum + count, 0);
      terminal.result(
        [
          line`${articles} articles in ${files} files, ${bytes} bytes`,
          ...(without > 0 ? [line`${without} articles have no captures and are not in it; --json lists them`] : []),
          ...(problems > 0 ? [line`${problems} things could not be exported; audit says what is wrong with them`] : []),
        ],
        { articles, files, bytes, leftOut: counts },
      );
      return problems === 0 ? EXIT.ok : EXIT.incomplete;
    },
  };
}
