/** `manifest write | verify`: what every file's bytes were, and which are others now. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeBag } from '../archive/bag.ts';
import {
  differences,
  filesOf,
  hashFile,
  isOutside,
  MANIFEST,
  manifestLine,
  readManifest,
  writeLines,
} from '../archive/manifest.ts';
import { CHECKS, finding } from '../audit/promises.ts';
import type { Config } from '../config.ts';
import { ArchiveError, EXIT, type ExitCode } from '../errors.ts';
import { lockArchive } from '../frontier/lock.ts';
import { openOperations } from '../frontier/operations.ts';
import { printable } from '../log.ts';
import { packageInfo } from '../package.ts';
import type { Terminal } from '../report/terminal.ts';

export type ManifestAction = 'write' | 'verify';

/** @throws USAGE, ARCHIVE_DAMAGED where a manifest cannot be read; for `write` also ARCHIVE_IN_USE */
export async function manifest(
  action: ManifestAction,
  flags: { readonly bag?: string },
  { config, terminal }: { readonly config: Config; readonly terminal: Terminal },
): Promise<ExitCode> {
  const { archive } = config;
  if (!existsSync(archive))
    throw new ArchiveError('USAGE', `${archive}: there is no archive; name one with --archive DIR`);
  if (action === 'verify') {
    const bag = flags.bag === undefined ? null : resolve(flags.bag);
    return verify(bag ?? archive, { isBag: bag !== null, terminal });
  }
  await using _lock = await lockArchive(archive, 'manifest');
  using operations = openOperations(archive, { command: 'manifest' });
  if (flags.bag === undefined) {
    let files = 0;
    const lines = async function* () {
      for await (const path of filesOf(archive, isOutside)) {
        files += 1;
        yield manifestLine({ path, sha256: (await hashFile(join(archive, path))).sha256 });
      }
    };
    await writeLines(join(archive, MANIFEST), lines());
    terminal.result(`${join(archive, MANIFEST)}: ${files} files`, { manifest: MANIFEST, files });
  } else {
    const bag = resolve(flags.bag);
    if (`${bag}/`.startsWith(`${archive}/`)) throw new ArchiveError('USAGE', `${bag}: lies inside the archive`);
    const { name, version } = packageInfo();
    const { files, bytes } = await writeBag(archive, bag, { tool: `${name}/${version}`, now: new Date() });
    terminal.result(`${bag}: ${files} files, ${bytes} bytes`, { bag, files, bytes });
  }
  operations.journal.runs.endRun();
  return EXIT.ok;
}

/** Tells each difference as a finding of the group `fixity`. */
async function verify(
  folder: string,
  { isBag, terminal }: { readonly isBag: boolean; readonly terminal: Terminal },
): Promise<ExitCode> {
  const lists = isBag ? [MANIFEST, 'tagmanifest-sha256.txt'] : [MANIFEST];
  let count = 0;
  for (const list of lists) {
    const path = join(folder, list);
    if (!existsSync(path)) throw new ArchiveError('USAGE', `${path}: there is no manifest; manifest write makes one`);
    const isTags = list !== MANIFEST;
    const skip = (each: string) =>
      isBag ? (each.startsWith('data') ? isTags : !isTags || each === list) : isOutside(each);
    for await (const found of differences(folder, readManifest(path), skip)) {
      count += 1;
      const { severity, code, article, detail, repair } = finding(
        found.code,
        { path: found.path, article: null },
        found.detail,
      );
      terminal.result(
        `${terminal.style(severity === 'error' ? 'red' : 'yellow', CHECKS[code].means)}  ${printable(found.path)}  ${detail}`,
        { severity, code, article, path: found.path, detail, repair },
      );
    }
  }
  terminal.say(count === 0 ? '✓ every file is as it was' : `${count} differences`);
  return count === 0 ? EXIT.ok : EXIT.findings;
}
