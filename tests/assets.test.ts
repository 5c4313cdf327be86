/** A picture's original is waited for: a processed form stands in only where the site does not have the original. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import type { ArchiveRecord } from '../src/store/record.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { run, temporaryFolder } from './support/command.ts';

it('an original that fails for a moment is recorded as missing, and had by the next visit', async () => {
  await using newspaper = await openNewspaper({ specials: false });
  await using folder = await temporaryFolder();
  const article = newspaper.articles.find(
    ({ features, era }) => features.includes('processed-picture') && era !== 'fengwen',
  );
  const picture = article?.images.find(({ src, asset }) => asset !== null && asset.url !== src);
  assert.ok(article !== undefined && picture?.asset);
  const { pathname } = new URL(picture.asset.url);
  let isFailing = true;
  newspaper.handle(({ origin, path }) =>
    isFailing && origin === 'images' && path === pathname ? { status: 503 } : undefined,
  );
  const config = join(folder.path, 'config.yaml');
  await writeFile(
    config,
    newspaper.config({ archive: './archive', politeness: { intervalMs: 0, assetIntervalMs: 0 } }),
  );

  const stored = async (...flags: string[]) => {
    const ended = await run(['archive', '--json', ...flags, '--config', config, article.url]);
    assert.equal(ended.code, 0, ended.stderr);
    const path = join(folder.path, 'archive', String(ended.lines()[0]?.record));
    const record = JSON.parse(await readFile(path, 'utf8')) as ArchiveRecord;
    return record.assets.find(({ src }) => src === picture.src);
  };
  assert.deepEqual(await stored(), { src: picture.src, missing: 'HTTP_STATUS' });
  isFailing = false;
  assert.deepEqual(await stored('--refresh'), { src: picture.src, ...picture.asset });
});
