/** Does the estimate of completeness hold the truth? Seeded news days with articles that no list shows. `npm run coverage-days` */
import { parseArgs } from 'node:util';
import { tryDays } from '../support/coverage-trial.ts';

const { values } = parseArgs({ options: { days: { type: 'string', default: '100' } } });
const days = Number(values.days);
const ROW = (cells: readonly string[]) =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(10))).join('');

process.stdout.write(`${days} days of about 138 articles, 10 of them on no list, and about 30 unpublished numbers\n`);
process.stdout.write(`${ROW(['lists', 'probed', 'held', 'width', 'possible', 'archived', 'missed'])}\n`);
for (const lists of ['independent', 'alike', 'apart'] as const) {
  for (const probed of [0, 0.2, 0.5]) {
    const trial = await tryDays(days, { lists, probed });
    const mean = (sum: number) => (sum / days).toFixed(1);
    process.stdout.write(
      `${ROW([lists, `${probed * 100} %`, `${trial.held} of ${days}`, mean(trial.width), mean(trial.possible), `±${((50 * trial.shareWidth) / days).toFixed(1)} %`, mean(trial.missed)])}\n`,
    );
    if (trial.held < 0.9 * days) process.exitCode = 1;
  }
}
