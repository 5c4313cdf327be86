/** Commands that have nothing to do make no archive where there was none. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { temporaryFolder } from './support/command.ts';
import { runHere } from './support/run-here.ts';

const NONE = /CONFIG_INVALID[\s\S]*sources: the configuration has none/;
const CALLS: readonly [argv: readonly string[], exit: number, says: RegExp][] = [
  [['crawl'], 2, NONE],
  [['crawl', '--dry-run'], 2, NONE],
  [['backfill', '--from', '2026-10-01', '--to', '2026-10-02'], 2, NONE],
  [['schedule'], 2, NONE],
  [['import', 'AT/page.html'], 3, /refused/],
  [['import', 'AT/page.html', '--url', 'https://www.guancha.cn/politics/2026_10_04_903180.shtml'], 0, /not-an-article/],
  [['import', 'AT/saved'], 3, /refused/],
  [['import', 'AT/nosuch'], 8, /FILE_REFUSED/],
];

for (const [argv, exit, says] of CALLS)
  it(`${argv.join(' ')} makes no archive`, async () => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await mkdir(at('saved'));
    const page = '<html><title>x</title></html>';
    for (const name of ['page.html', 'saved/a.html', 'saved/b.html']) await writeFile(at(name), page);
    await writeFile(at('config.yaml'), 'archive: ./archive\nsources: []\n');
    const before = readdirSync(folder.path, { recursive: true });
    const [name = '', ...rest] = argv.map((word) => word.replace('AT/', `${folder.path}/`));
    const told = await runHere([name, '--config', at('config.yaml'), ...rest]);
    assert.match(told.stdout + told.stderr, says);
    assert.equal(told.exit, exit, told.stderr);
    assert.deepEqual(readdirSync(folder.path, { recursive: true }), before);
  });
