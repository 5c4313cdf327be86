/** Pictures of a visit: the original is waited for, and no article has more of them than the configuration allows. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import type { ArchiveRecord } from '../src/archive/record.ts';
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
    newspaper.config({ archive: './archive', politeness: { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0 } }),
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

it('pictures beyond the limit are recorded as missing and not asked for, until the limit is raised', async () => {
  await using newspaper = await openNewspaper({ articles: 8, specials: false });
  await using folder = await temporaryFolder();
  const article = newspaper.articles.find(({ images, leadPicture }) => images.length >= 3 && leadPicture === null);
  assert.ok(article);
  const config = join(folder.path, 'config.yaml');
  const visit = async (limit: number) => {
    const politeness = { intervalMs: 0, assetIntervalMs: 0 };
    await writeFile(
      config,
      `${newspaper.config({ archive: './archive', politeness })}limits: { imagesPerArticle: ${limit} }\n`,
    );
    const ended = await run(['archive', '--json', '--refresh', '--config', config, article.url]);
    assert.equal(ended.code, 0, ended.stderr);
    const path = join(folder.path, 'archive', String(ended.lines()[0]?.record));
    return (JSON.parse(await readFile(path, 'utf8')) as ArchiveRecord).assets;
  };
  const asked = () => newspaper.requests.filter(({ origin, path }) => origin === 'images' && path !== '/robots.txt');

  const first = await visit(1);
  assert.ok(first.length > 1);
  assert.ok(first[0] !== undefined && 'sha256' in first[0]);
  assert.deepEqual(
    first.slice(1),
    first.slice(1).map(({ src }) => ({ src, missing: 'TOO_MANY_IMAGES' })),
  );
  assert.equal(asked().length, 1);
  assert.ok((await visit(500)).every((asset) => 'sha256' in asset));
});

it('a picture that breaks off is asked for again, and kept with a mark where it comes the same', async () => {
  await using newspaper = await openNewspaper({ articles: 8, specials: false });
  await using folder = await temporaryFolder();
  const article = newspaper.articles.find(
    ({ images }) => images.filter(({ asset }) => asset?.type === 'jpg').length > 1,
  );
  const [always, once] = article?.images.filter(({ asset }) => asset?.type === 'jpg') ?? [];
  assert.ok(article !== undefined && always?.asset && once?.asset);
  const cut = { status: 200, headers: { 'content-type': 'image/jpeg' }, body: jpegWithoutItsEnd() };
  const asked = new Map<string, number>();
  newspaper.handle(({ origin, path }) => {
    if (origin !== 'images') return undefined;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const isAlways = path === new URL(always.src).pathname || path === new URL(always.asset?.url ?? '').pathname;
    return isAlways || (path === new URL(once.asset?.url ?? '').pathname && asked.get(path) === 1) ? cut : undefined;
  });
  const config = join(folder.path, 'config.yaml');
  const politeness = { intervalMs: 0, assetIntervalMs: 0, backoffMs: 0 };
  await writeFile(config, newspaper.config({ archive: './archive', politeness }));
  const ended = await run(['archive', '--json', '--config', config, article.url]);
  assert.equal(ended.code, 0, ended.stderr);
  const path = join(folder.path, 'archive', String(ended.lines()[0]?.record));
  const { assets } = JSON.parse(await readFile(path, 'utf8')) as ArchiveRecord;
  const assetOf = ({ src }: { readonly src: string }) => assets.find((asset) => asset.src === src);
  const kept = assetOf(always);
  assert.ok(kept !== undefined && 'sha256' in kept);
  assert.equal(kept.sha256, createHash('sha256').update(cut.body).digest('hex'));
  assert.equal(kept.flaw?.kind, 'cut');
  assert.deepEqual(assetOf(once), { src: once.src, ...once.asset });
  assert.equal(asked.get(new URL(always.asset.url).pathname), 2);
});

function jpegWithoutItsEnd(): Buffer {
  const whole = readFileSync(join(import.meta.dirname, 'newspaper/pictures/tea-485x187.jpg'));
  return whole.subarray(0, whole.length / 2);
}
