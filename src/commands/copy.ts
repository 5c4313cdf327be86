/**
 * `copy FROM TO`: an archive from a folder to an object store, or back. Not `archive copy`: `archive` is the verb that archives
 * an address.
 */

import { resolve } from 'node:path';
import { copyArchive } from '../archive/copy.ts';
import { openStorage } from '../archive/open-storage.ts';
import { isS3Address } from '../archive/s3-address.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { lockArchive } from '../frontier/lock.ts';
import { expandPath } from '../paths.ts';
import type { Terminal } from '../report/terminal.ts';
import { openTemporary } from '../temporary.ts';
import { requireArchiveIn } from './existing-archive.ts';
import type { Interrupts } from './session.ts';

/** @throws USAGE, CONFIG_INVALID, ARCHIVE_IN_USE, and what either place throws */
export async function copy(
  from: string,
  to: string,
  { terminal, interrupts }: { readonly terminal: Terminal; readonly interrupts: Interrupts },
): Promise<ExitCode> {
  const [source, target] = [placeOf(from, 'FROM'), placeOf(to, 'TO')];
  if (`${target}/`.startsWith(`${source}/`)) throw new ArchiveError('USAGE', `${target}: lies in ${source}`);
  if (!isS3Address(source)) requireArchiveIn(source);
  await using cleanup = new AsyncDisposableStack();
  const { path: local } = cleanup.use(await openTemporary('archive-copy'));
  const report = (message: string) => terminal.log({ level: 'warn', stage: 'run', message });
  const open = (storage: string) =>
    openStorage({ archive: local, cluster: { storage } }, { report, signal: interrupts.abortSignal });
  const [here, there] = [await open(source), await open(target)];
  if ((await here.stat('')) === null) throw new ArchiveError('NO_ARCHIVE', `${here.name}: there is no archive`);
  if (!isS3Address(target)) cleanup.use(await lockArchive(target, 'copy'));
  await there.sweep(); // what a copy that was cut off had not finished
  let done = 0;
  const signal = interrupts.stopSignal;
  const { left, ...sum } = await copyArchive(here, there, {
    now: new Date(),
    signal,
    onFile: (key, how) => {
      done += 1;
      if (terminal.json) terminal.result('', { type: 'copied-file', key, how });
      else if (done % 1000 === 0) terminal.log({ level: 'info', stage: 'run', message: counted(done, 'file') });
    },
  });
  if (signal.aborted) return EXIT.interrupted;
  terminal.summary(
    'copy',
    { to: there.name, ...sum, left },
    `${there.name}: ${counted(sum.files, 'file')}, ${counted(sum.bytes, 'byte')}; ${sum.present} were there, ${sum.replaced} replaced another, ${left.length} of runs stay behind`,
  );
  return EXIT.ok;
}

function placeOf(text: string, where: string): string {
  return isS3Address(text) ? text : resolve(expandPath(text, { code: 'USAGE', where }));
}
