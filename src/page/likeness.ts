/** How much two texts have in common: a measure that is linear in both. */
import { comparableText } from './check-input.ts';

/** All stretches of so many characters of a text, each once; white space, punctuation and what shows nothing do not count. */
export function shingles(text: string, length: number): ReadonlySet<string> {
  const characters = Array.from(comparableText(text).replace(/[\p{P}\p{S}]/gu, ''));
  const found = new Set<string>();
  for (let i = 0; i + length <= characters.length; i++) found.add(characters.slice(i, i + length).join(''));
  return found;
}

/** The part of `wanted` that is in `there`, from 0 to 1; 1 where nothing is wanted. */
export function partOf(wanted: ReadonlySet<string>, there: ReadonlySet<string>): number {
  if (wanted.size === 0) return 1;
  let count = 0;
  for (const each of wanted) if (there.has(each)) count += 1;
  return count / wanted.size;
}
