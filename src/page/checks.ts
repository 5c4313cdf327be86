/** All checks of an article once it is read. A check that finds something raises a flag, never an error. */
import type { Flag, FlagCode } from '../flags.ts';
import { type CheckInput, checkCharacters, MOST_OF_A_KIND } from './check-input.ts';
import { checkWitnesses } from './checks-agreement.ts';
import { checkBody, checkColumn, checkParts, checkPictures } from './checks-body.ts';
import { checkByline, checkNames } from './checks-byline.ts';
import { checkPage, checkTimes, checkTitle } from './checks-fields.ts';
import { checkFrame } from './checks-frame.ts';
import { checkLikeness } from './checks-likeness.ts';
import { checkList } from './checks-list.ts';
import { checkText } from './checks-text.ts';
import { checkMarkup, MOST_FORMS } from './markup.ts';
import { checkValues } from './values.ts';

const CHECKS: readonly ((input: CheckInput) => readonly Flag[])[] = [
  checkPage,
  checkColumn,
  checkFrame,
  checkTitle,
  checkValues,
  checkWitnesses,
  checkTimes,
  checkNames,
  checkByline,
  checkBody,
  checkLikeness,
  checkMarkup,
  checkText,
  checkCharacters,
  checkPictures,
  checkParts,
  checkList,
];

/** The flags of an article, in the order of the checks; the same evidence is reported once, and each kind a few times. */
export function check(input: CheckInput): readonly Flag[] {
  const reported = new Set<string>();
  const counts = new Map<FlagCode, number>();
  return CHECKS.flatMap((ask) => ask(input)).filter(({ code, detail }) => {
    const key = `${code} ${detail}`;
    const count = counts.get(code) ?? 0;
    if (reported.has(key) || count === (code === 'unknown-markup' ? MOST_FORMS : MOST_OF_A_KIND)) return false;
    reported.add(key);
    counts.set(code, count + 1);
    return true;
  });
}
