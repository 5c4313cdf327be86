/** `prove ARTICLE DIR`: the proof of one article as a folder, whole or not at all; what is not sealed yet is sealed first. */
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import { temporaryName } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import { openCaptureReader } from '../capture/read-captures.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { prove } from '../evidence/prove.ts';
import { makeFolder } from '../folders.ts';
import { expandPath } from '../paths.ts';
import type { Terminal } from '../report/terminal.ts';
import { knownError } from '../system-errors.ts';
import { storedArticle } from './named-article.ts';
import { sealCommand } from './seal.ts';
import type { Interrupts } from './session.ts';

interface Context {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly interrupts: Interrupts;
}

/**
 * @throws USAGE where the folder is not empty or lies in the archive; URL_INVALID, NOT_ARCHIVED, SEAL_DAMAGED; NOT_SEALED
 *   where it cannot be sealed now, or is to be by the command alone (`seal.when: off`)
 */
export async function proveCommand(article: string, dir: string, context: Context): Promise<ExitCode> {
  const { config } = context;
  const target = resolve(expandPath(dir, { code: 'USAGE', where: 'DIR' }));
  if (`${target}/`.startsWith(`${config.archive}/`)) throw new ArchiveError('USAGE', `${target}: lies in the archive`);
  const { files, folders } = await openDisk(target).names('');
  if (files.length + folders.length > 0) throw new ArchiveError('USAGE', `${target}: is not empty`);
  try {
    return await proveTo(target, await storedArticle(article, config), context);
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.code !== 'NOT_SEALED' || config.seal.when === 'off') throw error;
    await sealFirst(error, context);
  }
  return proveTo(target, await storedArticle(article, config), context);
}

/** @throws NOT_SEALED where that cannot be, as for a reader who may not write; INTERRUPTED */
async function sealFirst(why: ArchiveError, { terminal, ...context }: Context): Promise<void> {
  terminal.log({ level: 'info', stage: 'seal', message: `${why.detail}: what is new is sealed first` });
  const mute: Terminal = { ...terminal, result: () => {}, summary: () => {}, say: () => {} };
  try {
    const exit = await sealCommand({ rebuild: false }, { ...context, terminal: mute });
    if (exit === EXIT.findings)
      terminal.log({
        level: 'warn',
        stage: 'seal',
        message: 'some files are not as they were sealed; verify says which',
      });
  } catch (error) {
    if (!(error instanceof ArchiveError) || error.code === 'INTERRUPTED') throw error;
    throw new ArchiveError('NOT_SEALED', `${why.detail}; it cannot be sealed now: ${error.message}`, { cause: error });
  }
}

async function proveTo(
  target: string,
  { key, record }: Awaited<ReturnType<typeof storedArticle>>,
  { config, terminal }: Pick<Context, 'config' | 'terminal'>,
): Promise<ExitCode> {
  const storage = await openStorage(config);
  const captures = openCaptureReader(storage);
  const unfinished = join(dirname(target), temporaryName(basename(target)));
  try {
    const proof = await prove(storage, { key, record }, openDisk(unfinished), {
      members: (place) => captures.members(place).catch(reportUnread),
    });
    makeFolder(dirname(target));
    await rename(unfinished, target);
    const aside = proof.files.filter(({ isEvidence }) => !isEvidence).reduce((sum, { bytes }) => sum + bytes, 0);
    const { origin, size } = proof.checkpoint;
    const { stampedAt, missing } = proof;
    terminal.summary(
      'prove',
      {
        dir: target,
        id: record.id,
        origin,
        size,
        stampedAt,
        captures: proof.captures.all,
        unprovedCaptures: proof.captures.unproved,
        missing,
        bytesBeside: aside,
        files: proof.files.map(({ path }) => path),
      },
      [
        `${target}: ${record.id} in ${origin}, ${counted(size, 'entry', 'entries')}${stampedAt === null ? '' : `, time stamp of ${wallClock(stampedAt)}`}`,
        `${counted(proof.files.length, 'file')}, ${counted(aside, 'byte')} beside the evidence; check with: sh ${join(target, 'check.sh')}`,
        ...(proof.captures.all === 0
          ? ['there is no capture of it: what the site answered is not part of the proof']
          : []),
        ...(proof.captures.unproved === 0
          ? []
          : [
              `${counted(proof.captures.unproved, 'capture is', 'captures are')} there, and not proved: the record does not name their SHA-256`,
            ]),
        ...missing.map((src) => `missing: ${src}`),
      ],
    );
    return EXIT.ok;
  } catch (error) {
    throw knownError(error, { place: 'elsewhere', name: target });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }

  /** What cannot be read is named, and the proof is without it. */
  function reportUnread(error: unknown): null {
    if (!(error instanceof ArchiveError)) throw error;
    terminal.log({ level: 'warn', stage: 'seal', message: error.message });
    return null;
  }
}
