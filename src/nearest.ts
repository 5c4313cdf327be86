/** The word that somebody may have meant who wrote another one. */
import leven from 'leven';

/** @returns the nearest of the known words; null where none is near, or what was written is one of them */
export function nearest(word: string, known: readonly string[]): string | null {
  const written = word.toLowerCase();
  const ranked = known.map((name) => ({ name, distance: leven(written, name.toLowerCase()) }));
  ranked.sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best === undefined || best.name === word) return null;
  return best.distance <= Math.max(2, word.length / 2) && best.distance < best.name.length ? best.name : null;
}

/** The same as the end of a sentence; empty where no word is near. */
export function orNearest(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `; did you mean ${near}?`;
}
