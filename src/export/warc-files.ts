/** Records as WARC files that stand for themselves: each begins with a warcinfo record, and none grows without end. */

import type { Storage } from '../archive/storage.ts';
import { digestOf, type WarcRecord, writeMember } from '../capture/warc.ts';
import type { Header } from '../model.ts';
import { cdxjLine } from './cdxj.ts';
import type { Piece } from './exchange-records.ts';
import { idOf } from './picture-records.ts';
import { type StagedFile, stageFile } from './staged.ts';

/** Where the next file begins (warc-implementation-guidelines, 3.2). */
const FULL_BYTES = 1 << 30;

interface WarcFilesOptions {
  /** Of the folder in which the files lie in the export, with its `/`; or empty. */
  readonly folder: string;
  /** What their names begin with. */
  readonly stem: string;
  /** Name and version of this program. */
  readonly software: string;
  /** The instant that their warcinfo records bear, ISO 8601 in UTC. */
  readonly date: string;
  /** Is called for each record that answers a request, with its line of the index. */
  readonly onLine: (line: string) => void;
}

/**
 * Writes records into temporary files, one after the other, as they come.
 * @returns the files, which the caller keeps or disposes of; none where nothing came
 */
export async function stageWarcFiles(
  storage: Storage,
  pieces: AsyncGenerator<Piece>,
  options: WarcFilesOptions,
): Promise<readonly StagedFile[]> {
  await using staged = new AsyncDisposableStack();
  const files: StagedFile[] = [];
  for (let next = await pieces.next(); next.done !== true; ) {
    const name = `${options.stem}-${String(files.length + 1).padStart(5, '0')}.warc.gz`;
    const content = async function* (): AsyncGenerator<Uint8Array> {
      const head = warcinfo(name, options);
      yield head;
      let offset = head.length;
      for (; next.done !== true && offset < FULL_BYTES; next = await pieces.next()) {
        const { member, entry } = next.value;
        const place = { filename: name, offset, length: member.length, recordDigest: digestOf(member) };
        if (entry !== null) options.onLine(cdxjLine({ ...entry, ...place }));
        offset += member.length;
        yield member;
      }
    };
    files.push(staged.use(await stageFile(storage, `${options.folder}${name}`, content())));
  }
  staged.move();
  return files;
}

function warcinfo(name: string, { software, date }: WarcFilesOptions): Uint8Array {
  const headers: Header[] = [
    ['WARC-Type', 'warcinfo'],
    ['WARC-Record-ID', idOf('warcinfo', name, date)],
    ['WARC-Date', date],
    ['WARC-Filename', name],
    ['Content-Type', 'application/warc-fields'],
  ];
  const fields = `software: ${software}\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\ndescription: records of an archive's captures, copied as they are; pictures from where the archive keeps them\r\n`;
  const block = Buffer.from(fields);
  const record: WarcRecord = { headers: [...headers, ['WARC-Block-Digest', digestOf(block)]], block };
  return writeMember(record);
}
