/** `prove ARTICLE DIR`: the proof of one article as a folder, whole or not at all. Reads the archive only. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { openDisk } from '../archive/disk.ts';
import { temporaryName } from '../archive/keys.ts';
import { openStorage } from '../archive/open-storage.ts';
import { openCaptureReader } from '../capture/read-captures.ts';
import { wallClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { prove } from '../evidence/prove.ts';
import { expandPath } from '../paths.ts';
import type { Terminal } from '../report/terminal.ts';
import { knownError } from '../system-errors.ts';
import { storedArticle } from './named-article.ts';

/** @throws USAGE where the folder is not empty or lies in the archive; URL_INVALID, NOT_ARCHIVED, NOT_SEALED, SEAL_DAMAGED */
export async function proveCommand(
  article: string,
  dir: string,
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const target = resolve(expandPath(dir, { code: 'USAGE', where: 'DIR' }));
  if (`${target}/`.startsWith(`${config.archive}/`)) throw new ArchiveError('USAGE', `${target}: lies in the archive`);
  const { files, folders } = await openDisk(target).names('');
  if (files.length + folders.length > 0) throw new ArchiveError('USAGE', `${target}: is not empty`);
  const { key, record } = await storedArticle(article, config);

  const storage = await openStorage(config);
  const captures = openCaptureReader(storage);
  const unfinished = join(dirname(target), temporaryName(basename(target)));
  try {
    const proof = await prove(storage, { key, record }, openDisk(unfinished), {
      members: (place) => captures.members(place).catch(reportUnread),
    });
    await mkdir(dirname(target), { recursive: true });
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
        `${target}: ${record.id} in ${origin}, ${size} entries${stampedAt === null ? '' : `, time stamp of ${wallClock(stampedAt)}`}`,
        `${proof.files.length} files, ${aside} bytes beside the evidence; check with: sh ${join(target, 'check.sh')}`,
        ...(proof.captures.all === 0
          ? ['there is no capture of it: what the site answered is not part of the proof']
          : []),
        ...(proof.captures.unproved === 0
          ? []
          : [`${proof.captures.unproved} captures are there, and not proved: the record does not name their SHA-256`]),
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
