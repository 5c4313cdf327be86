/** The file that a report is written to. It lies outside of what is audited, and its path is checked before the audit begins. */
import { promises as fsp } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isMissing } from '../archive/disk.ts';
import { openTextFile, type TextFile } from '../archive/text-file.ts';
import { ArchiveError } from '../errors.ts';

/**
 * @param path as typed; a file that is there already is replaced at the end
 * @param options `roots`: the audited folders, in which nothing is written
 * @throws USAGE for a path inside of these; REPORT_NOT_WRITABLE if there is no such folder, something else than a
 * file has the name, or the disk refuses, now or later
 */
export async function openReportFile(path: string, options: { readonly roots: readonly string[] }): Promise<TextFile> {
  const refused = <T>(work: Promise<T>) => orRefused(path, work);
  const target = await refused(targetOf(path));
  for (const root of options.roots) {
    if (`${target}/`.startsWith(`${await refused(fsp.realpath(root))}/`))
      throw new ArchiveError('USAGE', `${path}: lies inside ${root}, which is audited; name a file outside of it`);
  }
  const file = await refused(openTextFile(target));
  return {
    path: target,
    write: (text) => refused(file.write(text)),
    commit: () => refused(file.commit()),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/** Where the file really lies. Throws where another thing has its name: a rename would put a file in a device's place. */
async function targetOf(path: string): Promise<string> {
  const folder = await fsp.realpath(dirname(resolve(path)));
  try {
    const target = await fsp.realpath(path);
    if (!(await fsp.stat(target)).isFile())
      throw new ArchiveError('REPORT_NOT_WRITABLE', `${path}: exists, and is not a file`);
    return target;
  } catch (error) {
    if (isMissing(error)) return join(folder, basename(path));
    throw error;
  }
}

async function orRefused<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    throw new ArchiveError('REPORT_NOT_WRITABLE', `${path}: ${error.message}`, { cause: error });
  }
}

function isDiskError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
