/**
 * The form of the index that pages without a server search: how numbers are written, what its files are called, and how many
 * things one holds. Whoever makes the index and whoever reads it share it; the functions run in browsers as well, so each
 * has in it what it needs.
 *
 * - `search/index`: `[articles, starts]`, how many articles there are, and the first characters where files begin.
 * - `search/XX/C`: `["pairs", first, seconds, lists, …]`, for a first character the second ones and the list of each pair,
 *   parted by spaces; or for a first character that has too many, `["parts", starts]` with the second characters where the
 *   files `search/XX/C-D` begin; or there `["long", count, older, list]`, the newest part of one pair's list, with `older`
 *   further files `search/XX/C-D-N`, each `["older", list]`, of which 1 is the oldest.
 * - `rows/Y/N`: `[id, time, title, …]` of `ROWS` articles by their numbers.
 * - `text/…/ID`: `[titles, names, body]` of an article.
 *
 * Articles are numbered in the order of time from 0. A list has the newest first: that number, and how many numbers lie
 * between it and the next one.
 */

/** Articles in a file of rows. */
export const ROWS = 16;

export type Shard = readonly (string | number)[];

/**
 * Digits are the 92 printable characters that a string of JavaScript holds as they are: 46 that end a number, and 46 after
 * which it goes on.
 */
export function writeNumbers(numbers: Iterable<number>): string {
  const sign = (rank: number) => {
    const code = rank + 33 + Number(rank > 0);
    return String.fromCharCode(code + Number(code > 91));
  };
  let text = '';
  for (const number of numbers) {
    let digits = sign(number % 46);
    for (let rest = Math.floor(number / 46); rest > 0; rest = Math.floor(rest / 46)) {
      rest -= 1;
      digits = sign(46 + (rest % 46)) + digits;
    }
    text += digits;
  }
  return text;
}

export function readNumbers(text: string): number[] {
  const numbers: number[] = [];
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const rank = code - 33 - Number(code > 34) - Number(code > 92);
    if (rank >= 46) number = number * 46 + rank - 45;
    else {
      numbers.push(number * 46 + rank);
      number = 0;
    }
  }
  return numbers;
}

/** A list of numbers, falling, by what lies between them. */
export function gapsOf(falling: readonly number[]): number[] {
  return falling.map((number, i) => (i === 0 ? number : (falling[i - 1] ?? 0) - number - 1));
}

/** Rising numbers by their differences. */
export function stepsOf(rising: readonly number[]): number[] {
  return rising.map((number, i) => number - (rising[i - 1] ?? 0));
}

/** @param parts a first character, a second one, the number of an older part */
export function nameOfShard(first: number, ...parts: readonly number[]): string {
  const [second, older] = parts;
  const rest = (second === undefined ? '' : `-${second.toString(16)}`) + (older === undefined ? '' : `-${older}`);
  return `search/${(first >> 8).toString(16)}/${first.toString(16)}${rest}`;
}

export function nameOfRows(number: number): string {
  const shard = Math.floor(number / 16);
  return `rows/${Math.floor(shard / 256)}/${shard}`;
}

/** Where the files of an article lie: a thousand numbers a folder, for file systems that hold few names in one. */
export function placeOf(id: string): string {
  const [space = '', number = ''] = id.split(':');
  return `${space}/${number.slice(0, -3) || '0'}/${number}`;
}
