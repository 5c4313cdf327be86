/** How much two texts have in common: measures that are linear in both. */
import { comparableText } from './check-input.ts';

/** A text for comparing it with others: in lower case, without white space, punctuation and what shows nothing. */
export function bareText(text: string): string {
  return comparableText(text)
    .replace(/[\p{P}\p{S}]+/gu, '')
    .toLowerCase();
}

/** All stretches of so many UTF-16 units of a bare text, each once. */
export function shingles(bare: string, length: number): ReadonlySet<string> {
  const found = new Set<string>();
  for (let i = 0; i + length <= bare.length; i++) found.add(bare.slice(i, i + length));
  return found;
}

/** The part of `wanted` that is in `there`, from 0 to 1; 1 where nothing is wanted. */
export function partOf(wanted: ReadonlySet<string>, there: { readonly has: (each: string) => boolean }): number {
  if (wanted.size === 0) return 1;
  let count = 0;
  for (const each of wanted) if (there.has(each)) count += 1;
  return count / wanted.size;
}

/** More of a summary or a text, and more names, say no more: pages may be made to be slow. */
const LONGEST_NAME = 300;
const LONGEST_TEXT = 100_000;
const MOST_NAMES = 8;
/** Fewer pairs prove nothing. */
const LEAST_PAIRS = 12;

/**
 * What share of the pairs of characters of a headline or a summary a text has; the largest share of several of them. Null
 * where all of them are too short to tell.
 */
export function shareOfNames(names: readonly (string | null)[], text: string): number | null {
  const bare = bareText(text.slice(0, LONGEST_TEXT));
  const wanted = names.slice(0, MOST_NAMES).map((name) => shingles(bareText((name ?? '').slice(0, LONGEST_NAME)), 2));
  if (wanted.every(({ size }) => size < LEAST_PAIRS)) return null;
  const there = { has: (pair: string) => bare.includes(pair) };
  return Math.max(...wanted.map((pairs) => (pairs.size === 0 ? 0 : partOf(pairs, there))));
}
