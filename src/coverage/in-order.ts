/** Numbers rise with the time of publication, with few exceptions (site.md, 1.1): which of the dated ones are no exceptions? */

/**
 * The most of the items whose values never fall, in their order: the longest non-decreasing subsequence, by patience
 * sorting. What it leaves out is what least has to be disbelieved for the rest to be in order.
 */
export function longestInOrder<T>(items: readonly T[], orderOf: (item: T) => number): T[] {
  const tails: number[] = []; // of every length, where the subsequence ends whose last value is lowest
  const before: number[] = [];
  const values = items.map(orderOf);
  for (const [index, value] of values.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? 0] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : (tails[low - 1] ?? -1));
    tails[low] = index;
  }
  const kept: T[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) kept.push(items[index] as T);
  return kept.reverse();
}
