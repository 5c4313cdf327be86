/** Records written again from what the archive knows; where that is not enough, the article is visited again. */

import { idOf, recordKey } from '../archive/keys.ts';
import { isGone } from '../archive/record.ts';
import type { Finding } from '../audit/promises.ts';
import { bestRecord } from './best-record.ts';
import { keyOf, type RepairContext } from './context.ts';
import { revisit } from './revisit.ts';

export async function rebuildRecord(findings: readonly Finding[], context: RepairContext): Promise<void> {
  const toVisit: Finding[] = [];
  for (const found of findings) {
    if (context.stopSignal.aborted) return;
    const keys = [found.path, found.also ?? ''].map(keyOf).filter((key) => key !== null);
    let isRepaired = false;
    for (const key of keys) isRepaired = (await rewrite(key, keys, found, context)) || isRepaired;
    if (found.code === 'version-order' && !isRepaired)
      context.leave(found, 'nothing in the archive says how the versions followed each other');
    else if (!isRepaired || isGoneAgain(found, keys[0], context)) toVisit.push(found);
  }
  await revisit(toVisit, context);
}

/** True if a record could be written that keeps every promise, and is another than the one that was there. */
async function rewrite(key: string, keys: readonly string[], found: Finding, context: RepairContext): Promise<boolean> {
  const other = keys.find((each) => each !== key);
  const stranger = found.code === 'alias-shared' && other !== undefined ? { stranger: idOf(other) } : {};
  const measures = found.code === 'picture-facts' || found.code === 'picture-type';
  const change = async () => {
    const best = bestRecord(key, context, { ...stranger, measures });
    if (best === null || !best.isWhole || !best.isChanged) return null;
    await context.trash.keep(recordKey(key), `${found.code}: ${found.detail}`);
    return { record: best.record };
  };
  return (await context.services.archive.update(key, change, { old: () => null })).wrote;
}

/** Whether an article is still gone, a visit knows better than times that were not in order. */
function isGoneAgain({ code }: Finding, key: string | undefined, context: RepairContext): boolean {
  const best = code === 'absence-order' && key !== undefined ? bestRecord(key, context) : null;
  return best !== null && isGone(best.record) !== null;
}
