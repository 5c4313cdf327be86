/** Pages and documents made to be heavy, through the commands that read what somebody hands over or what lies in an archive. */
import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { EXIT } from '../src/errors.ts';
import { classicPage } from './support/article-page.ts';
import { run, temporaryFolder } from './support/command.ts';
import { THROWS } from './support/deadly-markup.ts';
import { makeHealthyArchive } from './support/healthy-archive.ts';
import { openPlant, type Spot } from './support/plant.ts';

const NODES = '<i></i>'.repeat(300_000);
const OWN = '<link rel="alternate" href="https://m.guancha.cn/ZaoCha/2022_01_28_900.shtml">';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  folder = await temporaryFolder();
});
after(() => folder[Symbol.asyncDispose]());

/** A command to its end, with a module that has some pages throw. */
const command = (...args: readonly string[]) =>
  run(args, {
    cwd: folder.path,
    preload: [join(import.meta.dirname, 'support/deadly-markup.ts')],
  });

describe('a saved page or list', () => {
  const cases = [
    ['nodes', classicPage({ head: OWN, body: NODES }), 'PAGE_TOO_HEAVY'],
    ['characters', classicPage({ head: OWN, body: ' '.repeat(2_000_000) }), 'PAGE_TOO_HEAVY'],
    ['throws', classicPage({ head: OWN, body: THROWS }), 'PAGE_FAULT'],
    ['large', null, 'TOO_LARGE'],
  ] as const;
  for (const [name, page, code] of cases)
    for (const args of [['extract'], ['sources', 'test']])
      it(`${args.join(' ')}: ${name}`, async () => {
        const file = join(folder.path, `${name}.html`);
        await writeFile(file, page ?? '');
        if (page === null) await truncate(file, 5_000_000_000);
        const ended = await command(...args, file);
        assert.equal(ended.code, code === 'PAGE_FAULT' ? EXIT.internal : EXIT.incomplete, ended.stderr);
        assert.match(ended.stderr, new RegExp(`\\b${code}\\b`));
        assert.doesNotMatch(ended.stderr, /INTERNAL/);
      });
});

describe('a document', () => {
  it('is audited, told and compared, or refused with a code', async () => {
    const archive = await makeHealthyArchive(folder.path, { articles: 8 });
    const plant = openPlant(archive);
    const idOf = ({ key }: Spot) => `guancha:${/\d+$/.exec(key)?.[0]}`;
    const hasVersions = ({ versions }: { readonly versions: readonly unknown[] }) => versions.length > 1;
    const [nodes, line] = [plant.spot(hasVersions), plant.spot(hasVersions)];
    plant.changeBody(nodes, () => NODES);
    plant.changeBody(line, () => `<p>${'茶馆今天照常开门，'.repeat(100_000)}</p>`);

    const audit = await command('audit', '--json', archive);
    assert.equal(audit.code, EXIT.findings, audit.stderr);
    assert.doesNotMatch(audit.stderr, /INTERNAL/);
    for (const spot of [nodes, line]) {
      const history = await command('history', idOf(spot), '--archive', archive);
      assert.equal(history.code, EXIT.ok, history.stderr);
    }
    const refused = await command('diff', idOf(nodes), '--archive', archive);
    assert.equal(refused.code, EXIT.incomplete, refused.stderr);
    assert.match(refused.stderr, /PAGE_TOO_HEAVY/);
    const compared = await command('diff', idOf(line), '--archive', archive);
    assert.equal(compared.code, EXIT.ok, compared.stderr);
    assert.match(compared.stdout, /too long to be compared word by word/);
  });
});
