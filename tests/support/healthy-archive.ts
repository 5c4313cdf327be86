/** An archive that the real crawl made of the newspaper, with nothing wrong in it: a second version and a page in quarantine too. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Newspaper, openNewspaper } from '../newspaper/newspaper.ts';
import { run } from './command.ts';

const STAND_IN = readFileSync(join(import.meta.dirname, '../newspaper/pictures/canal-530x353.jpg'));

const EDITED = 3;

/**
 * Crawls a newspaper that gives every picture; then some articles are edited and visited again, and one is withdrawn.
 * @param folder where `archive` and its configuration are put
 */
export async function makeHealthyArchive(folder: string, options: { readonly articles: number }): Promise<string> {
  await using newspaper = await openNewspaper({ articles: options.articles, specials: false });
  return (await fillHealthyArchive(folder, newspaper)).archive;
}

/** The same from a newspaper that goes on; `config` is the path of the configuration. */
export async function fillHealthyArchive(
  folder: string,
  newspaper: Newspaper,
): Promise<{ readonly archive: string; readonly config: string }> {
  const withheld = new Set(
    newspaper.articles.flatMap(({ images }) =>
      images.filter(({ asset }) => asset === null).map(({ src }) => new URL(src).pathname),
    ),
  );
  newspaper.handle(({ origin, path }) =>
    origin === 'images' && withheld.has(path.split('?')[0] ?? '')
      ? { headers: { 'content-type': 'image/jpeg' }, body: STAND_IN }
      : undefined,
  );
  const config = join(folder, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0, concurrency: 4 };
  await writeFile(config, newspaper.config({ archive: './archive', politeness }));
  const crawled = await run(['crawl', '--config', config]);
  assert.equal(crawled.code, 0, crawled.stderr);

  const [withdrawn, ...edited] = newspaper.articles
    .filter(({ era, wholeForm, lists }) => era === 'cms-2026' && wholeForm && lists.length > 0)
    .slice(0, 1 + EDITED);
  assert.ok(withdrawn && edited.length > 0);
  for (const { url } of edited) {
    const whole = new URL(url).pathname.replace('.shtml', '_s.shtml');
    const page = newspaper.read(whole);
    newspaper.put(whole, { body: page.replace(/(all-txt">[\s\S]*?<\/p>)/, '$1<p>更正：此前的数字有误。</p>') });
  }
  const refreshed = await run(['archive', '--refresh', '--json', '--config', config, ...edited.map(({ url }) => url)]);
  assert.deepEqual(
    refreshed.lines().map(({ outcome }) => outcome),
    edited.map(() => 'archived'),
    refreshed.stdout,
  );
  for (const path of [new URL(withdrawn.url).pathname, new URL(withdrawn.url).pathname.replace('.shtml', '_s.shtml')])
    newspaper.put(path, { status: 404, body: '<html><body>404</body></html>' });
  const gone = await run(['archive', '--refresh', '--json', '--config', config, withdrawn.url]);
  assert.equal(gone.lines()[0]?.outcome, 'gone', gone.stdout);
  return { archive: join(folder, 'archive'), config };
}
