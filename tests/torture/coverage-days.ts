/** Does the estimate of completeness hold the truth? Seeded news days with articles that no list shows. `npm run coverage-days` */
import { parseArgs } from 'node:util';
import { tryDays } from '../support/coverage-trial.ts';

const { values } = parseArgs({ options: { days: { type: 'string', default: '100' } } });
const days = Number(values.days);
const WIDTHS = [8, 8, 9, 8, 10, 11] as const;
const row = (...cells: readonly string[]) => `${cells.map((cell, i) => cell.padStart(WIDTHS[i] ?? 0)).join('')}\n`;

process.stdout.write(`${days} days of about 138 articles, 10 of them on no list\n`);
process.stdout.write(row('nobody’s', 'probed', 'held', 'width', 'possible', 'archived'));
for (const unpublishedIds of [0.15, 0.05]) {
  for (const probed of [0, 0.2, 0.5]) {
    const { estimates, ...trial } = await tryDays(days, { probed, unpublishedIds });
    const mean = (sum: number) => (sum / estimates).toFixed(1);
    const held = `${mean(100 * trial.held)} %`;
    const share = `±${mean(50 * trial.shareWidth)} %`;
    const percent = (part: number) => `${Math.round(part * 100)} %`;
    process.stdout.write(
      row(percent(unpublishedIds), percent(probed), held, mean(trial.width), mean(trial.possible), share),
    );
    if (trial.held < 0.9 * estimates) process.exitCode = 1;
  }
}
