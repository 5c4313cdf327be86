/** An archive as a bag (BagIt 1.0, RFC 8493), which other tools verify. */
import { pipeline } from 'node:stream/promises';
import { ArchiveError } from '../errors.ts';
import { MANIFEST } from './keys.ts';
import { filesOf, hashFile, isOutside, manifestLine, type OnNameless, writeLines } from './manifest.ts';
import { sha256 } from './record.ts';
import type { Storage } from './storage.ts';

export const TAG_MANIFEST = 'tagmanifest-sha256.txt';
const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
const PAYLOAD = 'data';

/**
 * Copies an archive into a new bag. Copies and no hard links: a bag is handed on, and must not change with the archive.
 * The hashes are those of the copies. The declaration is written last: a folder without it is no bag.
 * @param bag must be empty; throws USAGE otherwise
 * @param options `onNameless` is told what is left out, for its name is no text
 * @returns how many files and bytes the bag holds
 */
export async function writeBag(
  archive: Storage,
  bag: Storage,
  options: { readonly tool: string; readonly now: Date; readonly onNameless: OnNameless },
): Promise<{ readonly files: number; readonly bytes: number }> {
  await (await bag.temporary(PAYLOAD)).discard(); // a bag has the folder, even where nothing lies in it
  const { files, folders } = await bag.names('');
  const payload = await bag.names(PAYLOAD);
  if (files.length + payload.files.length + payload.folders.length > 0 || folders.length > 1)
    throw new ArchiveError('USAGE', `${bag.name}: is not empty`);
  const sum = { files: 0, bytes: 0 };
  async function* lines(): AsyncGenerator<string> {
    for await (const key of filesOf(archive, isOutside, options.onNameless)) {
      const path = `${PAYLOAD}/${key}`;
      await copyInto(bag, path, archive.chunks(key));
      const copy = await hashFile(bag, path);
      sum.files += 1;
      sum.bytes += copy.bytes;
      yield manifestLine({ path, sha256: copy.sha256 });
    }
  }
  await writeLines(bag, MANIFEST, lines());
  const info = `Bag-Software-Agent: ${options.tool}\nBagging-Date: ${options.now.toISOString().slice(0, 10)}\nPayload-Oxum: ${sum.bytes}.${sum.files}\n`;
  await bag.write('bag-info.txt', info);
  const tags = [
    manifestLine({ path: 'bag-info.txt', sha256: sha256(info) }),
    manifestLine({ path: 'bagit.txt', sha256: sha256(DECLARATION) }),
    manifestLine({ path: MANIFEST, sha256: (await hashFile(bag, MANIFEST)).sha256 }),
  ];
  await bag.write(TAG_MANIFEST, tags.join(''));
  await bag.write('bagit.txt', DECLARATION);
  return sum;
}

async function copyInto(bag: Storage, path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const file = await bag.temporary(path.slice(0, path.lastIndexOf('/')));
  try {
    await file.fill((open) => pipeline(chunks, open()));
    await file.commit(path);
  } finally {
    await file.discard();
  }
}
