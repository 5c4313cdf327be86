/** The long form: `npm run mutants -- [--count 10000] [--seed 1]` prints a table by kind and fails for a silent error. */
import { parseArgs } from 'node:util';
import { tryMutants } from './mutants.ts';
import { findOriginals, SITE } from './originals.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const originals = await findOriginals();
const rows = tryMutants(originals, SITE, { seed: Number(values.seed), count: Number(values.count) });

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
const lines = rows.map(({ kind, counts, example }) => {
  const { right, flagged } = counts;
  const cells = [kind.effect, kind.name, right, counts['right, flagged'], flagged, counts['silent error']];
  return { line: `| ${cells.join(' | ')} |`, example: example === null ? null : `${kind.name}: ${example}` };
});
const sum = (effect: string, of: (counts: (typeof rows)[number]['counts']) => number) =>
  rows.filter(({ kind }) => kind.effect === effect).reduce((total, { counts }) => total + of(counts), 0);
const all = (counts: (typeof rows)[number]['counts']) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

process.stdout.write(
  `${originals.length} pages, seed ${values.seed}\n\n| information | kind | right | right, flagged | flagged or no article | silent error |\n|---|---|---|---|---|---|\n`,
);
process.stdout.write(`${lines.map(({ line }) => line).join('\n')}\n\n`);
for (const { example } of lines) if (example !== null) process.stdout.write(`${example}\n`);

const silent = rows.reduce(
  (total, { kind, counts }) => total + (kind.unseen === undefined ? counts['silent error'] : 0),
  0,
);
for (const { kind, counts } of rows) {
  if (kind.unseen !== undefined)
    process.stdout.write(`\n${kind.name}: ${counts['silent error']} unseen; ${kind.unseen}\n`);
}
const same = sum('same', all);
const lost = sum('lost', all);
const falseFlags = same - sum('same', ({ right }) => right);
const caught = lost - sum('lost', (counts) => counts['silent error']);
process.stdout.write(
  `\n${same + lost} mutants; silent errors ${silent}; of ${lost} that lose information ${percent(caught, lost)} flagged or right all the same; false flags ${falseFlags} of ${same} (${percent(falseFlags, same)})\n`,
);
process.exitCode = silent === 0 ? 0 : 1;
