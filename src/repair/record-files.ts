/** The records of an archive, one after the other. */
import type { Disk } from '../store/disk.ts';

/** Keys of all articles that have a record, damaged or not, in order. */
export async function* recordKeys(disk: Disk): AsyncGenerator<string> {
  for await (const path of disk.walk('records'))
    if (/^records\/(?:fengwen\/\d{4}\/\d{2}\/\d+|\d{4}\/\d{2}\/[\d_]+)\.json$/.test(path))
      yield path.slice('records/'.length, -'.json'.length);
}
