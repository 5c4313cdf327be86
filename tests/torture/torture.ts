/** The long forms of everything that this archiver is tortured with, one after the other, and a summary. `npm run torture` */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const LONG = { ...process.env, GUANCHA_ARCHIVE_TORTURE: '1' };

/** What is run by which arguments of Node.js. */
const PARTS: readonly (readonly [name: string, ...args: string[]])[] = [
  ['each command killed 250 times', join(HERE, 'kill-loop.ts'), '--kills', '250'],
  ['a month in which everything goes wrong', join(HERE, 'bad-month.ts')],
  ['the store cut off at every step', '--test', join(HERE, '../faults.test.ts')],
  ['crawls on disks that refuse', '--test', join(HERE, '../disk-full.test.ts')],
  ['200 audits beside busy runs', join(HERE, 'audit-beside.ts'), '--audits', '200'],
  ['damage planted in an archive', '--test', join(HERE, '../audit-damage.test.ts')],
  ['damage of every kind repaired', '--test', join(HERE, '../repair-damage.test.ts')],
  ['repairs killed, offline, dry', '--test', join(HERE, '../repair.test.ts')],
  ['every fault of a hostile server', '--test', join(HERE, '../hostile.test.ts')],
  ['a news day of 150 articles', join(HERE, 'news-day.ts')],
  ['a month of the schedule, killed 40 times', join(HERE, 'schedule-month.ts'), '--days', '31', '--kills', '40'],
  ['30 % of the answers spoilt, 100 articles', join(HERE, 'hostile-mix.ts'), '--articles', '160'],
  ['200 articles in every form of HTTP, and their captures', join(HERE, 'captures.ts')],
  ['two archives of 200 articles, and 500 tamperings', join(HERE, 'two-roads.ts')],
  ['a copy to an object store and one back, each killed 50 times', join(HERE, 'copy-kills.ts')],
  ['the web reader abused', '--expose-gc', join(HERE, 'reader-abuse.ts')],
  ['100 news days, how complete each is held to be', join(HERE, 'coverage-days.ts')],
];

const summary: string[] = [];
for (const [name, ...args] of PARTS) {
  process.stdout.write(`\n# ${name}\n`);
  const from = performance.now();
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'inherit', env: LONG }), 'exit')) as [
    number | null,
  ];
  const seconds = Math.round((performance.now() - from) / 1000);
  summary.push(`${code === 0 ? 'stood' : 'FELL '}  ${name}  ${seconds} s`);
  if (code !== 0) process.exitCode = 1;
}
process.stdout.write(`\n${summary.join('\n')}\n`);
