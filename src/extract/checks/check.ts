/** Everything that is asked of an article once it is read. Each question has a file; a `yes` is a flag, never an error. */
import type { Flag, FlagCode } from '../../flags.ts';
import { checkBody } from './body.ts';
import { checkByline } from './byline.ts';
import { checkCharacters } from './characters.ts';
import { checkColumn } from './column.ts';
import { checkList } from './list.ts';
import { checkPage } from './page.ts';
import { checkParts } from './parts.ts';
import { checkPictures } from './pictures.ts';
import { MOST_OF_A_KIND, type Reading } from './reading.ts';
import { checkTimes } from './times.ts';
import { checkTitle } from './title.ts';

const CHECKS: readonly ((reading: Reading) => readonly Flag[])[] = [
  checkPage,
  checkColumn,
  checkTitle,
  checkTimes,
  checkByline,
  checkBody,
  checkCharacters,
  checkPictures,
  checkParts,
  checkList,
];

/** The flags of an article, in the order of the checks; the same evidence is told once, and each kind a few times. */
export function check(reading: Reading): readonly Flag[] {
  const told = new Set<string>();
  const counts = new Map<FlagCode, number>();
  return CHECKS.flatMap((ask) => ask(reading)).filter(({ code, detail }) => {
    const key = `${code} ${detail}`;
    const count = counts.get(code) ?? 0;
    if (told.has(key) || count === MOST_OF_A_KIND) return false;
    told.add(key);
    counts.set(code, count + 1);
    return true;
  });
}
