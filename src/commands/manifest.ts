/** `manifest write | verify`: writes the hash of every file, or reports which files have changed since. */

import { resolve } from 'node:path';
import { TAG_MANIFEST, writeBag } from '../archive/bag.ts';
import { openDisk } from '../archive/disk.ts';
import { MANIFEST } from '../archive/keys.ts';
import {
  differences,
  filesOf,
  isOutside,
  manifestLine,
  type OnNameless,
  readManifest,
  writeLines,
} from '../archive/manifest.ts';
import { openStorage } from '../archive/open-storage.ts';
import type { Storage } from '../archive/storage.ts';
import { CHECKS, finding } from '../audit/promises.ts';
import type { Config } from '../config.ts';
import { counted } from '../counted.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { lockArchive } from '../frontier/lock.ts';
import { openOperations } from '../frontier/operations.ts';
import { packageInfo } from '../package.ts';
import { expandPath } from '../paths.ts';
import type { Terminal } from '../report/terminal.ts';
import { line, style } from '../report/text.ts';

export type ManifestAction = 'write' | 'verify';

/** @throws USAGE, ARCHIVE_DAMAGED if a manifest cannot be read; for `write` into a bag also ARCHIVE_IN_USE */
export async function manifest(
  action: ManifestAction,
  flags: { readonly bag?: string },
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const { archive } = config;
  const onNameless = (key: string) => {
    const message = `${key}: its name is no text, so no manifest can hold it; give it another`;
    terminal.log({ level: 'warn', stage: 'run', message });
  };
  const storage = await openStorage(config);
  if ((await storage.stat('')) === null) throw new ArchiveError('NO_ARCHIVE', `${storage.name}: there is no archive`);
  if (action === 'verify') {
    const bag = flags.bag === undefined ? null : bagAt(flags.bag);
    return verify(bag === null ? storage : openDisk(bag), { isBag: bag !== null, terminal, onNameless });
  }
  await using lock = await lockArchive(archive, 'manifest').catch((error: unknown) => {
    // A bag is handed on, and must hold all that its records name.
    if (flags.bag !== undefined || !(error instanceof ArchiveError && error.code === 'ARCHIVE_IN_USE')) throw error;
    const message = `${error.detail} goes on: what it writes or moves meanwhile may be in the manifest or not`;
    terminal.log({ level: 'info', stage: 'run', message });
    return null;
  });
  using operations = lock === null ? null : openOperations(config, { command: 'manifest' });
  if (flags.bag === undefined) {
    let files = 0;
    const lines = async function* () {
      for await (const path of filesOf(storage, isOutside, onNameless)) {
        const digest = await storage.digest(path);
        if (digest === null) continue; // moved away since it was listed
        files += 1;
        yield manifestLine({ path, sha256: digest.sha256 });
      }
    };
    await writeLines(storage, MANIFEST, lines());
    terminal.summary(
      'manifest',
      { manifest: MANIFEST, files },
      `${storage.name}/${MANIFEST}: ${counted(files, 'file')}`,
    );
  } else {
    const bag = bagAt(flags.bag);
    if (`${bag}/`.startsWith(`${archive}/`)) throw new ArchiveError('USAGE', `${bag}: lies inside the archive`);
    const { name, version } = packageInfo();
    const options = { tool: `${name}/${version}`, now: new Date(), onNameless };
    const { files, bytes } = await writeBag(storage, openDisk(bag), options);
    terminal.summary('manifest', { bag, files, bytes }, `${bag}: ${counted(files, 'file')}, ${counted(bytes, 'byte')}`);
  }
  operations?.journal.runs.endRun();
  return EXIT.ok;
}

function bagAt(text: string): string {
  return resolve(expandPath(text, { code: 'USAGE', where: '--bag' }));
}

/** Reports each difference as a finding of the group `fixity`. */
async function verify(
  storage: Storage,
  {
    isBag,
    terminal,
    onNameless,
  }: { readonly isBag: boolean; readonly terminal: Terminal; readonly onNameless: OnNameless },
): Promise<ExitCode> {
  const lists = isBag ? [MANIFEST, TAG_MANIFEST] : [MANIFEST];
  let count = 0;
  for (const list of lists) {
    if ((await storage.stat(list)) === null)
      throw new ArchiveError('NOT_THERE', `${storage.name}/${list}: there is no manifest`);
    const isTags = list !== MANIFEST;
    const skip = (each: string) =>
      isBag ? (each.startsWith('data') ? isTags : !isTags || each === list) : isOutside(each);
    for await (const found of differences(storage, readManifest(storage, list), { skip, onNameless })) {
      count += 1;
      const { severity, code, article, detail, repair } = finding(
        found.code,
        { path: found.path, article: null },
        found.detail,
      );
      terminal.result(
        line`${style(severity === 'error' ? 'red' : 'yellow', CHECKS[code].means)}  ${found.path}  ${detail}`,
        { type: 'finding', severity, code, article, path: found.path, detail, repair },
      );
    }
  }
  const text = count === 0 ? '✓ every file is unchanged' : counted(count, 'difference');
  terminal.summary('manifest', { differences: count }, text);
  return count === 0 ? EXIT.ok : EXIT.findings;
}
