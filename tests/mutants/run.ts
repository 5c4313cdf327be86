/**
 * The long form: `npm run mutants -- [--count 20000] [--seed 1] [--only NAME] [--all]` prints the classes with the worst
 * kinds, or every kind, and fails where an aim is missed.
 */
import { parseArgs } from 'node:util';
import { measureFalseDoubts } from './false-doubts.ts';
import type { KindClass } from './kind.ts';
import { type Result, type Row, tryMutants } from './mutants.ts';
import { findLightOriginals, SITE } from './originals.ts';

/** What share of a class may be silently wrong; of `same` what share may be in doubt or wrong. Class D is counted only. */
export const AIMS: Readonly<Record<KindClass, number | null>> = { same: 0.01, A: 0.01, B: 0.05, C: 0.02, D: null };
/** What share of right pages may be in doubt. */
const FALSE_DOUBTS = 0.02;
const WORST = 10;

const MEANINGS: Readonly<Record<KindClass, string>> = {
  same: 'merely written otherwise',
  A: 'the page shows it',
  B: 'damage in the column',
  C: 'contradicted elsewhere',
  D: 'no signal in the page',
};

/** How many of a row are bad: false flags and errors of `same`, silent errors of the others. */
export function badOf({ kind, made, counts }: Row): number {
  return kind.class === 'same' ? made - counts.right : counts['silent error'];
}

const sum = (rows: readonly Row[], of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
const print = (line: string) => process.stdout.write(`${line}\n`);
const cells = ({ counts }: Row) =>
  (['right', 'right, flagged', 'flagged', 'silent error'] satisfies Result[]).map((result) => counts[result]);

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      all: { type: 'boolean', default: false },
    },
  });
  const originals = await findLightOriginals();
  const { only } = values;
  const rows = tryMutants(originals, SITE, {
    seed: Number(values.seed),
    count: Number(values.count),
    ...(only === undefined ? {} : { only }),
  });
  print(
    `${originals.length} pages, ${rows.length} kinds, seed ${values.seed}, CPU ${(process.cpuUsage().user / 1e6).toFixed(0)} s`,
  );

  let isMet = true;
  for (const name of Object.keys(AIMS) as KindClass[]) {
    const ofClass = rows.filter(({ kind }) => kind.class === name);
    const [bad, made] = [sum(ofClass, badOf), sum(ofClass, (row) => row.made)];
    const aim = AIMS[name];
    isMet &&= aim === null || bad <= aim * made;
    const word = name === 'same' ? 'wrong or falsely in doubt' : 'silent errors';
    print(
      `\nClass ${name}, ${MEANINGS[name]}: ${ofClass.length} kinds, ${made} mutants, ${bad} ${word}: ${percent(bad, made)}${aim === null ? '' : ` (aim ${percent(aim, 1)})`}`,
    );
    const worst = ofClass.filter((row) => badOf(row) > 0).toSorted((a, b) => badOf(b) / b.made - badOf(a) / a.made);
    const shown = values.all || name === 'D' ? worst : worst.slice(0, WORST);
    if (shown.length > 0)
      print('\n| kind | right | right, flagged | flagged or no article | silent error |\n|---|---|---|---|---|');
    for (const row of shown) print(`| ${[row.kind.name, ...cells(row)].join(' | ')} |`);
    if (shown.length > 0) print('');
    for (const { kind, example } of shown)
      if (name === 'D') print(`${kind.name}: ${kind.why}`);
      else print(`${kind.name}: ${example}`);
    if (worst.length > shown.length) print(`and ${worst.length - shown.length} further kinds (--all)`);
  }
  const unmade = rows.filter(({ made }) => made === 0);
  if (unmade.length > 0) print(`\nNo page could be changed so: ${unmade.map(({ kind }) => kind.name).join('; ')}`);

  for (const { name, pages, doubted, examples } of await measureFalseDoubts()) {
    isMet &&= doubted <= FALSE_DOUBTS * pages;
    print(
      `\nFalse doubts, ${name}: ${doubted} of ${pages} right pages: ${percent(doubted, pages)} (aim ${percent(FALSE_DOUBTS, 1)})`,
    );
    for (const example of examples.slice(0, WORST)) print(`- ${example}`);
  }
  process.exitCode = isMet ? 0 : 1;
}
