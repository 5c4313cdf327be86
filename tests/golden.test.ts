/**
 * Documents pinned byte for byte: one article of the newspaper for each thing that a body can hold, through the real
 * command. After a wanted change of the format: UPDATE_GOLDEN=1 npm test, and read the difference.
 */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Newspaper, type NewspaperArticle, openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';

const GOLDEN = join(import.meta.dirname, 'golden');

let newspaper: Newspaper;
before(async () => {
  newspaper = await openNewspaper({ specials: false });
});
after(() => newspaper[Symbol.asyncDispose]());

/** For each feature and era the first article that shows it; posts with relative times are left out. */
function chosen(): NewspaperArticle[] {
  const steady = newspaper.articles.filter(({ clock }) => /^\d{4}-/.test(clock.published ?? ''));
  const features = new Set(steady.flatMap((article) => article.features));
  const picks = [
    ...[...features].map((feature) => steady.find((article) => article.features.includes(feature))),
    ...['classic', 'cms-2026', 'fengwen'].map((era) =>
      steady.find((article) => article.era === era && article.parts > 1),
    ),
    steady.find(({ leadPicture }) => leadPicture !== null),
    steady.find(({ title }) => title.includes("'")),
    steady.find(({ title }) => title.includes('{')),
  ];
  return [...new Set(picks.filter((pick) => pick !== undefined))];
}

/** The newspaper's ports differ from run to run; its documents say the real site's names instead. */
function withRealNames(text: string): string {
  const { www, community, images } = newspaper;
  return text
    .replaceAll(www, 'https://www.guancha.cn')
    .replaceAll(community, 'https://user.guancha.cn')
    .replaceAll(images, 'https://i.guancha.cn');
}

describe('golden documents', () => {
  it('come out byte for byte', async () => {
    await using folder = await temporaryFolder();
    const config = join(folder.path, 'config.yaml');
    await writeFile(
      config,
      newspaper.config({ archive: './archive', politeness: { intervalMs: 0, assetIntervalMs: 0, concurrency: 2 } }),
    );
    // Crawled, for the lists give the headline pictures and the names of the sources.
    const ended = await run(['crawl', '--json', '--config', config]);
    assert.equal(ended.code, 0, ended.stderr);
    const articles = chosen();
    assert.ok(articles.length >= 15);
    const listed = new Map(ended.lines().map(({ id, document }) => [id, String(document)]));
    const names: string[] = [];
    for (const { id } of articles) {
      const path = listed.get(id);
      if (path === undefined) continue;
      const name = `${id.replace(':', '-')}.html`;
      const text = withRealNames(await readFile(join(folder.path, 'archive', path), 'utf8'));
      names.push(name);
      if (process.env.UPDATE_GOLDEN) {
        await mkdir(GOLDEN, { recursive: true });
        await writeFile(join(GOLDEN, name), text);
      }
      assert.equal(text, await readFile(join(GOLDEN, name), 'utf8'), name);
    }
    assert.deepEqual(names.sort(), (await readdir(GOLDEN)).sort());
  });
});
