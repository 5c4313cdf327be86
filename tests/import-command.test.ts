/** `import` as a person runs it: a crawl of the newspaper in a WARC file becomes an archive that the audit finds nothing wrong with. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { EXIT } from '../src/errors.ts';
import { type Newspaper, openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';
import { byWarcio, warc } from './support/foreign-files.ts';

/** What a crawler of another kind would have kept of the newspaper: each article's pages and pictures. */
async function crawlByOthers(newspaper: Newspaper): Promise<Buffer> {
  const records: Buffer[] = [];
  const seen = new Set<string>();
  const keep = async (url: string) => {
    if (seen.has(url)) return;
    seen.add(url);
    const answer = await fetch(url, { redirect: 'manual' });
    const body = Buffer.from(await answer.arrayBuffer());
    const headers = [...answer.headers].filter(
      ([name]) => !/^(?:content-encoding|transfer-encoding|content-length)$/.test(name),
    );
    records.push(
      await byWarcio({
        url,
        body,
        headers,
        status: `${answer.status} ${answer.statusText}`,
        date: '2026-11-01T00:00:00Z',
      }),
    );
  };
  for (const { url, parts, images, leadAsset } of newspaper.articles) {
    await keep(url);
    if (url.endsWith('.shtml')) await keep(url.replace(/\.shtml$/, '_s.shtml'));
    else await keep(`${url}&page=0`);
    for (let part = 2; part <= parts; part++)
      await keep(url.endsWith('.shtml') ? url.replace(/\.shtml$/, `_${part}.shtml`) : `${url}&page=${part}`);
    for (const address of [...images.flatMap(({ src, asset }) => [src, asset?.url]), leadAsset?.url])
      if (address?.startsWith(newspaper.images) === true) await keep(address);
  }
  return warc(records, 'each');
}

describe('guancha-archive import', () => {
  let newspaper: Newspaper;
  before(async () => {
    newspaper = await openNewspaper({ articles: 8, imagesPerArticle: 2, seed: 5, specials: false });
  });
  after(() => newspaper[Symbol.asyncDispose]());

  it('makes an archive that the audit finds nothing wrong with, once and twice the same', async () => {
    await using folder = await temporaryFolder();
    const archive = join(folder.path, 'archive');
    const config = join(folder.path, 'c.yaml');
    writeFileSync(config, newspaper.config({ archive }));
    const file = join(folder.path, 'crawl.warc.gz');
    writeFileSync(file, await crawlByOthers(newspaper));

    const dry = await run(['import', '--dry-run', '--json', '--config', config, file]);
    const isArticle = (line: Record<string, unknown>) => line.id !== undefined;
    const dryOutcomes = dry
      .lines()
      .filter(isArticle)
      .map(({ id, outcome }) => `${String(id)} ${String(outcome)}`);
    assert.throws(() => readdirSync(archive), 'nothing was made');

    const first = await run(['import', '--json', '--config', config, file]);
    const lines = first.lines().filter(isArticle);
    assert.deepEqual(
      lines.map(({ id, outcome }) => `${String(id)} ${String(outcome)}`),
      dryOutcomes,
    );
    const imported = lines.filter(({ outcome }) => outcome === 'imported');
    assert.ok(imported.length >= 8, first.stdout + first.stderr);
    for (const { id, images } of imported) {
      const truth = newspaper.articles.find((article) => article.id === id);
      const lost = new Set(truth?.images.flatMap(({ src, asset, icon }) => (asset === null && !icon ? [src] : [])));
      assert.equal((images as { missing: number }).missing, lost.size, String(id));
    }

    const audit = await run(['audit', '--json', '--config', config, '--fail-on', 'warning']);
    assert.equal(audit.code, 0, audit.stdout);

    const filesOf = () =>
      readdirSync(archive, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:html|json|jpg|png|gif|webp)$/.test(name))
        .map((name) => [name, readFileSync(join(archive, name), 'base64')]);
    const before = filesOf();
    const second = await run(['import', '--json', '--config', config, file]);
    assert.ok(
      second
        .lines()
        .filter(isArticle)
        .every(({ outcome }) => outcome !== 'imported'),
    );
    assert.deepEqual(filesOf(), before);

    const [{ url = '' } = {}] = imported;
    const history = await run(['history', String(url), '--config', config]);
    assert.match(history.stdout, /imported: warc crawl\.warc\.gz/);
  });

  it('refuses a path that is not there, a file of another kind, and --url for several', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'c.yaml');
    writeFileSync(config, newspaper.config({ archive: join(folder.path, 'archive') }));
    const file = join(folder.path, 'notes.txt');
    writeFileSync(file, 'nothing of the site');
    const absent = await run(['import', '--config', config, join(folder.path, 'absent')]);
    assert.match(absent.stderr, /FILE_REFUSED/);
    const other = await run(['import', '--json', '--config', config, file]);
    assert.equal(other.code, EXIT.incomplete);
    assert.equal(other.lines().at(-1)?.code, 'IMPORT_UNKNOWN');
    const several = await run([
      'import',
      '--config',
      config,
      file,
      file,
      '--url',
      'https://www.guancha.cn/a/2022_01_28_1.shtml',
    ]);
    assert.match(several.stderr, /USAGE/);
  });
});
