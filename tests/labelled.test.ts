/** Every field of every labelled page is exactly what its label says, and no layout or kind is without a case. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { LAYOUTS } from '../src/page/find-article.ts';
import { bytesOf, caseNames, KINDS, type Label, labelOf, ROWS, readPages, reasonAgainst } from './labelled/cases.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { temporaryFolder } from './support/command.ts';

describe('the labelled set', () => {
  for (const name of caseNames()) {
    it(name, () => {
      const label = labelOf(name);
      const read = readPages(bytesOf(name), label);
      assert.deepEqual(JSON.parse(JSON.stringify(read)), label);
      const [row] = name.split('/');
      if (label.article !== null) assert.equal(label.article.layout, row);
    });
  }

  it('has a case for every layout and kind, or says why there can be none', () => {
    const there = caseNames();
    for (const row of ROWS) {
      for (const kind of KINDS) {
        const name = `${row}/${kind}`;
        const reason = reasonAgainst(row, kind);
        assert.equal(there.includes(name), reason === null, `${name}: ${reason ?? 'a case is missing'}`);
      }
    }
  });

  it('knows every layout', () => {
    const rows: readonly string[] = ROWS;
    for (const { name } of LAYOUTS) assert.ok(rows.includes(name), name);
  });
});

describe('npm run fixture', () => {
  it('saves the pages of an article with what is read from them', async () => {
    await using folder = await temporaryFolder();
    await using newspaper = await openNewspaper({ articles: 12, specials: false });
    const article = newspaper.articles.find(({ images }) => images.length > 0);
    assert.ok(article);
    await writeFile(join(folder.path, 'crawl.config.yaml'), newspaper.config({ archive: './archive' }));
    const script = join(import.meta.dirname, 'labelled/save-fixture.ts');
    await promisify(execFile)(process.execPath, [script, article.url, '--to', 'review'], { cwd: folder.path });
    const name = join(folder.path, 'review', article.id.replace(':', '-'));
    const label = JSON.parse(await readFile(`${name}.json`, 'utf8')) as Label;
    assert.deepEqual([label.verdict, label.article?.title, label.article?.flags], ['article', article.title, []]);
    const single = await fetch(article.url.replace('.shtml', '_s.shtml'));
    assert.ok(Buffer.from(await single.arrayBuffer()).equals(await readFile(`${name}.html`)), 'the bytes as served');
    assert.deepEqual((await readdir(folder.path)).sort(), ['crawl.config.yaml', 'review']);
  });
});
