/**
 * Makes `src/catalog/han-variants.ts` from OpenCC's tables. Run it to write the file again after an
 * update of opencc-js: `node tests/support/han-variants.ts`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rows of a dictionary of OpenCC: a character, and what it may become. */
async function rowsOf(name: string): Promise<[string, readonly string[]][]> {
  const { default: dictionary } = (await import(`opencc-js/dict/${name}`)) as { readonly default: string };
  return dictionary.split('|').map((row) => {
    const [from = '', ...to] = row.split(' ');
    return [from, to];
  });
}

/** Characters that are written for each other in some script: groups of them, the simplified form first. */
export async function makeVariants(): Promise<string[]> {
  const group = new Map<string, Set<string>>();
  const join = (a: string, b: string) => {
    if (a === b || a.length !== 1 || b.length !== 1) return; // of two code units: lengths would change
    const both = new Set([...(group.get(a) ?? [a]), ...(group.get(b) ?? [b])]);
    for (const each of both) group.set(each, both);
  };
  const joinEach = (from: readonly string[], to: readonly string[]) => {
    if (from.length === to.length) for (const [i, each] of from.entries()) join(each, to[i] ?? each);
  };
  const simplifying = await rowsOf('TSCharacters');
  const traditional = new Set(simplifying.map(([from]) => from));
  // Of the simplified forms of a character the first is the usual one.
  for (const [from, [first = from]] of simplifying) join(from, first);
  for (const name of ['STCharacters', 'HKVariants', 'TWVariants'])
    for (const [from, to] of await rowsOf(name)) for (const each of to) join(from, each);
  // Some are written for each other only in certain words: 回复 is 回覆.
  for (const name of ['STPhrases', 'TSPhrases', 'HKVariantsPhrases'])
    for (const [from, to] of await rowsOf(name)) for (const each of to) joinEach([...from], [...each]);
  const groups = [...new Set(group.values())].map((each) =>
    [...each].sort((a, b) => Number(traditional.has(a)) - Number(traditional.has(b)) || (a < b ? -1 : 1)).join(''),
  );
  return groups.filter((each) => each.length > 1).sort();
}

const COLUMNS = 56;

export async function variantsFile(): Promise<string> {
  const groups = await makeVariants();
  const lines: string[] = [''];
  for (const group of groups) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + group.length >= COLUMNS) lines.push(group);
    else lines[lines.length - 1] = last === '' ? group : `${last} ${group}`;
  }
  return `/**
 * Chinese characters that are written for each other in some script, the simplified form first in each group. Made by
 * \`tests/support/han-variants.ts\` from the tables of OpenCC as opencc-js 1.4.2 has them: Copyright the OpenCC authors,
 * licensed under the Apache License, Version 2.0 (https://www.apache.org/licenses/LICENSE-2.0); regrouped.
 */
export const VARIANTS = \`
${lines.join('\n')}
\`;
`;
}

if (import.meta.main)
  writeFileSync(join(import.meta.dirname, '../../src/catalog/han-variants.ts'), await variantsFile());
