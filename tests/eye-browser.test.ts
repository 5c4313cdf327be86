/** What a reader sees, by a real Chromium: planted differences are found, and right pages show none. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compareSeen } from '../src/eye/compare.ts';
import type { ArticleAddress } from '../src/model.ts';
import { extract } from '../src/page/extract.ts';
import { parsePage } from '../src/page/page.ts';
import { parseArticleUrl } from '../src/site/address.ts';
import { bytesOf, caseNames, labelOf } from './labelled/cases.ts';
import { openNewspaper } from './newspaper/newspaper.ts';
import { STYLE_SHEETS } from './newspaper/render/styles.ts';
import { classicPage, NEWS_URL, pageOf, SITE } from './support/article-page.ts';
import { type EyeBrowser, openEyeBrowser } from './support/eye-browser.ts';
import { PICTURE, PLANTED, type Plant, RIGHT } from './support/eye-plants.ts';
import { fetchedPage } from './support/fetched-page.ts';
import { articleParts, siteOf } from './support/newspaper-pages.ts';

const NEWS: ArticleAddress = { id: 'guancha:900', url: NEWS_URL, date: '2022-01-28' };

let browser: EyeBrowser;
before(() => {
  browser = openEyeBrowser();
});
after(() => browser[Symbol.asyncDispose]());

async function flagsOf({ body, css }: Plant) {
  const page = pageOf(classicPage({ head: '<link rel="stylesheet" href="/css/site.css">', body }));
  const seen = await browser.see([page.page], {
    address: NEWS.url,
    site: SITE,
    pictures: [{ url: PICTURE, width: 600, height: 400 }],
    sheet: () => css,
  });
  return compareSeen(seen, extract([page], NEWS, SITE));
}

describe('planted differences', () => {
  for (const plant of PLANTED)
    it(plant.name, async () => {
      const flags = await flagsOf(plant);
      const [code, evidence] = plant.expected ?? [];
      const found = flags.find((each) => each.code === code);
      assert.ok(found, JSON.stringify(flags));
      assert.match(found.detail, evidence ?? /./);
    });
});

describe('pages that are as they were extracted', () => {
  for (const plant of RIGHT) it(plant.name, async () => assert.deepEqual(await flagsOf(plant), []));

  for (const name of caseNames().filter((each) => labelOf(each).verdict === 'article'))
    it(`the labelled page ${name}`, async () => {
      const { url } = labelOf(name);
      const address = parseArticleUrl(url, SITE);
      assert.ok(address);
      const pages = bytesOf(name).map((body) => parsePage(fetchedPage({ url, body })));
      const article = extract(pages, address, SITE);
      const pictures = article.images.map(({ src }) => ({ url: src, width: 800, height: 600 }));
      const seen = await browser.see(
        pages.map(({ page }) => page),
        { address: url, site: SITE, pictures, sheet: () => '' },
      );
      assert.deepEqual(compareSeen(seen, article), []);
    });

  it('every ordinary article of the newspaper', async () => {
    await using newspaper = await openNewspaper({ articles: 48, pageBytes: 40_000, specials: false });
    const site = siteOf(newspaper);
    for (const each of newspaper.articles) {
      const { parts, address } = articleParts(newspaper, each);
      const seen = await browser.see(
        parts.map(({ page }) => page),
        {
          address: address.url,
          site,
          pictures: each.images.flatMap(({ src, asset }) =>
            asset === null ? [] : [{ url: src, width: asset.width, height: asset.height }],
          ),
          sheet: (url) => STYLE_SHEETS[new URL(url).pathname.split('/').at(-1) ?? ''] ?? '',
        },
      );
      assert.deepEqual(compareSeen(seen, extract(parts, address, site)), [], each.url);
    }
  });
});
