/** An archive as a bag (BagIt 1.0, RFC 8493), which other tools verify. */
import { constants, promises as fsp } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArchiveError } from '../errors.ts';
import { filesOf, hashFile, isOutside, MANIFEST, manifestLine, writeLines } from './manifest.ts';

const TAG_MANIFEST = 'tagmanifest-sha256.txt';
const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/**
 * Copies an archive into a new bag. Copies and no hard links: a bag is handed on, and must not change with the archive;
 * disks that share blocks between copies do so. The hashes are those of the copies. The declaration is written last: a
 * folder without it is no bag.
 * @param bag must not exist yet, or be empty; throws USAGE otherwise
 * @returns how many files and bytes the bag holds
 */
export async function writeBag(
  archive: string,
  bag: string,
  options: { readonly tool: string; readonly now: Date },
): Promise<{ readonly files: number; readonly bytes: number }> {
  await fsp.mkdir(join(bag, 'data'), { recursive: true });
  if ((await fsp.readdir(bag)).length > 1 || (await fsp.readdir(join(bag, 'data'))).length > 0)
    throw new ArchiveError('USAGE', `${bag}: is not empty`);
  const sum = { files: 0, bytes: 0 };
  async function* lines(): AsyncGenerator<string> {
    for await (const path of filesOf(archive, isOutside)) {
      const copy = join(bag, 'data', path);
      await fsp.mkdir(dirname(copy), { recursive: true });
      await fsp.copyFile(join(archive, path), copy, constants.COPYFILE_FICLONE);
      const { sha256, bytes } = await hashFile(copy);
      sum.files += 1;
      sum.bytes += bytes;
      yield manifestLine({ path: `data/${path}`, sha256 });
    }
  }
  await writeLines(join(bag, MANIFEST), lines());
  const info = `Bag-Software-Agent: ${options.tool}\nBagging-Date: ${options.now.toISOString().slice(0, 10)}\nPayload-Oxum: ${sum.bytes}.${sum.files}\n`;
  await writeLines(join(bag, 'bag-info.txt'), only(info));
  await writeLines(join(bag, '.bagit.txt'), only(DECLARATION));
  async function* tags(): AsyncGenerator<string> {
    for (const path of ['bag-info.txt', 'bagit.txt', MANIFEST]) {
      const { sha256 } = await hashFile(join(bag, path === 'bagit.txt' ? '.bagit.txt' : path));
      yield manifestLine({ path, sha256 });
    }
  }
  await writeLines(join(bag, TAG_MANIFEST), tags());
  await fsp.rename(join(bag, '.bagit.txt'), join(bag, 'bagit.txt'));
  return sum;
}

async function* only(text: string): AsyncGenerator<string> {
  yield text;
}
