/** Records written again from what the archive knows; where that is not enough, the article is visited again. */
import { idOf } from '../audit/audit-month.ts';
import type { Finding } from '../audit/finding.ts';
import { isGone, writeRecord } from '../store/record.ts';
import { type Bench, keyOf } from './bench.ts';
import { bestRecord } from './best-record.ts';
import { revisit } from './revisit.ts';

export async function rebuildRecord(findings: readonly Finding[], bench: Bench): Promise<void> {
  const toVisit: Finding[] = [];
  for (const found of findings) {
    if (bench.stopping.aborted) return;
    const keys = [found.path, found.also ?? ''].map(keyOf).filter((key) => key !== null);
    let isMended = false;
    for (const key of keys) isMended = (await rewrite(key, keys, found, bench)) || isMended;
    if (found.code === 'version-order' && !isMended)
      bench.leave(found, 'nothing in the archive says how the versions followed each other');
    else if (!isMended || isGoneAgain(found, keys[0], bench)) toVisit.push(found);
  }
  await revisit(toVisit, bench);
}

/** True where a record could be written that keeps every promise, and is another than the one that was there. */
async function rewrite(key: string, keys: readonly string[], found: Finding, bench: Bench): Promise<boolean> {
  const other = keys.find((each) => each !== key);
  const stranger = found.code === 'alias-shared' && other !== undefined ? { stranger: idOf(other) } : {};
  const measures = found.code === 'picture-facts' || found.code === 'picture-type';
  const best = bestRecord(key, bench, { ...stranger, measures });
  if (best === null || !best.isWhole || !best.isChanged) return false;
  const path = `records/${key}.json`;
  await bench.trash.keep(path, `${found.code}: ${found.detail}`);
  await bench.disk.write(path, writeRecord(best.record));
  return true;
}

/** Whether an article is still gone, a visit knows better than times that were not in order. */
function isGoneAgain({ code }: Finding, key: string | undefined, bench: Bench): boolean {
  const best = code === 'absence-order' && key !== undefined ? bestRecord(key, bench) : null;
  return best !== null && isGone(best.record) !== null;
}
