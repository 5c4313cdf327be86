/** Does the estimate of completeness hold the truth? Seeded news days with articles that no list shows. `npm run coverage-days` */
import { parseArgs } from 'node:util';
import { tryDays } from '../support/coverage-trial.ts';

const { values } = parseArgs({ options: { days: { type: 'string', default: '100' } } });
const days = Number(values.days);
const WIDTHS = [12, 10, 8, 12, 8, 10, 11, 8] as const;
const row = (...cells: readonly string[]) =>
  `${cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0))).join('')}\n`;

process.stdout.write(`${days} days of about 138 articles, 10 of them on no list\n`);
process.stdout.write(row('lists', 'nobody’s', 'probed', 'held', 'width', 'possible', 'archived', 'missed'));
for (const [lists, unpublishedIds] of [
  ['independent', 0.15],
  ['alike', 0.15],
  ['apart', 0.15],
  ['independent', 0.05],
  ['alike', 0.05],
] as const) {
  for (const probed of [0, 0.2, 0.5]) {
    const trial = await tryDays(days, { lists, probed, unpublishedIds });
    const mean = (sum: number) => (sum / days).toFixed(1);
    const held = `${trial.held} of ${days}`;
    const share = `±${((50 * trial.shareWidth) / days).toFixed(1)} %`;
    const percent = (part: number) => `${Math.round(part * 100)} %`;
    process.stdout.write(
      row(
        lists,
        percent(unpublishedIds),
        percent(probed),
        held,
        mean(trial.width),
        mean(trial.possible),
        share,
        mean(trial.missed),
      ),
    );
    if (trial.held < 0.9 * days) process.exitCode = 1;
  }
}
