/** A package in ReplayWeb.page itself: articles opened from its list, with text and every picture, and nothing asked of the net. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { openArchive } from '../src/archive/archive.ts';
import { openMemory } from '../src/archive/memory.ts';
import { openCaptureReader } from '../src/capture/read-captures.ts';
import { exportWacz } from '../src/export/captures-export.ts';
import { openSigner } from '../src/export/signing-key.ts';
import { openTarget } from '../src/export/target.ts';
import type { ArticleId } from '../src/model.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { archiveCaptured, type GivenArticle } from './support/captured-archive.ts';
import { temporaryFolder } from './support/command.ts';
import { exchangeOf } from './support/fetched-page.ts';
import { readPackage } from './support/read-package.ts';
import { openReplayPlayer } from './support/replay-player.ts';

/** Twenty in the long form, `npm run replay`. */
const ARTICLES = Number(process.env.REPLAY_ARTICLES ?? 6);

/**
 * Run in the page: the text, and the pictures of the article once they are there. One that the site's scripts would load
 * is loaded in their place, for no scripts are kept.
 */
const READ = `(async () => {
  const images = [...document.images].filter((each) => each.closest('.all-txt, .article-txt-content') !== null);
  for (const each of images) {
    const later = Object.entries(each.dataset).find(([, value]) => /^(?:https?:)?\\/\\//.test(value));
    if (each.getAttribute('src') === null && later !== undefined) each.src = later[1];
  }
  await Promise.all(images.map((each) => each.complete || new Promise((end) => { each.onload = each.onerror = end; })));
  const pictures = images.map(({ src, naturalWidth, outerHTML }) => ({ src: src || outerHTML, naturalWidth }));
  return { text: document.body.textContent, pictures };
})()`;
/** What the player has verified, as it keeps it. (Hashes of single files it checks only where it is set up to.) */
const VERIFIED = `(async () => {
  const rows = [];
  const done = (request) => new Promise((end) => { request.onsuccess = () => end(request.result); });
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    if (![...database.objectStoreNames].includes('verification')) continue;
    rows.push(...(await done(database.transaction('verification').objectStore('verification').getAll())));
  }
  return Object.fromEntries(rows.map(({ id, expected, matched }) => [id, { expected, matched }]));
})()`;

it('articles of the newspaper replay whole, and the signature of the package is verified', {
  timeout: 180_000,
}, async () => {
  await using folder = await temporaryFolder();
  process.env.XDG_DATA_HOME = join(folder.path, 'data');
  const storage = openMemory();
  const titles = await fill(storage);
  const target = await openTarget(join(folder.path, 'news.wacz'), { isFile: true, archive: join(folder.path, 'none') });
  const signer = await openSigner();
  await exportWacz(
    target,
    { since: null, until: null, sources: [], keys: null },
    {
      sources: { storage, archive: openArchive(storage, { minFreeBytes: 0 }), captures: openCaptureReader(storage) },
      signer,
      options: {
        software: 'guancha-archive/test',
        signal: new AbortController().signal,
        onLeftOut: ({ detail }) => assert.fail(detail),
        onFile: () => {},
        onProgress: () => {},
      },
    },
  );
  await target[Symbol.asyncDispose]();
  assert.deepEqual((await readPackage(readFileSync(join(folder.path, 'news.wacz')))).complaints, []);

  await using player = await openReplayPlayer(folder.path);
  const page = await player.open('news.wacz');
  const links = page.locator('wr-page-entry a');
  await links.nth(ARTICLES - 1).waitFor();
  for (const title of titles) await page.locator('wr-page-entry', { hasText: title }).waitFor({ timeout: 20_000 });
  let seen = 0;
  for (let i = 0; i < ARTICLES; i++) {
    await links.nth(i).click();
    const frame = page.frameLocator('wr-coll-replay iframe');
    await frame.locator('h1, h3').first().waitFor();
    const inner = await (await frame.owner().elementHandle())?.contentFrame();
    assert.ok(inner);
    const { text, pictures } = (await inner.evaluate(READ)) as {
      readonly text: string;
      readonly pictures: readonly { readonly src: string; readonly naturalWidth: number }[];
    };
    seen += pictures.length;
    const title = titles.find((each) => text.includes(each));
    assert.ok(title !== undefined, text.slice(0, 200));
    for (const { src, naturalWidth } of pictures) assert.ok(naturalWidth > 0, `${title}: ${src}`);
    await page.goBack();
    await links.nth(ARTICLES - 1).waitFor();
  }
  const verified = (await page.evaluate(VERIFIED)) as Readonly<
    Record<string, { readonly expected: unknown; readonly matched: boolean | null }>
  >;
  assert.equal(verified.signature?.matched, true);
  assert.equal(verified.publicKey?.expected, signer.publicKey);
  assert.ok(seen > ARTICLES, `${seen} pictures`);
  assert.deepEqual(player.strays, []);
});

/** @returns the titles of the articles */
async function fill(storage: ReturnType<typeof openMemory>): Promise<readonly string[]> {
  await using newspaper = await openNewspaper({ articles: 48, specials: false });
  const given: GivenArticle[] = [];
  for (const { id, url, title, images, clock } of newspaper.articles) {
    if (given.length === ARTICLES) break;
    if (images.some(({ asset }) => asset === null)) continue; // of those the archive has no bytes
    const date = clock.published?.slice(0, 10) ?? '2026-11-01';
    const answer = await fetch(url);
    if (answer.status !== 200) continue;
    const body = new Uint8Array(await answer.arrayBuffer());
    const headers = { 'content-type': answer.headers.get('content-type') ?? 'text/html' };
    const fetchedAt = `${date}T04:00:00.000Z`;
    const pictures = [];
    for (const { src, asset } of images) {
      if (asset === null) continue;
      const taken = await fetch(asset.url);
      const bytes = new Uint8Array(await taken.arrayBuffer());
      const said = { 'content-type': taken.headers.get('content-type') ?? 'image/jpeg' };
      pictures.push({ src, url: asset.url, bytes, exchange: exchangeOf({ url: asset.url, headers: said, fetchedAt }) });
    }
    given.push({
      id: id as ArticleId,
      url,
      date,
      title,
      exchanges: [exchangeOf({ url, headers, body, fetchedAt })],
      pictures,
    });
  }
  await archiveCaptured(storage, given);
  return given.map(({ title }) => title);
}
