/** The newspaper's pages as the fetch room would hand them on, without fetching them. */
import assert from 'node:assert/strict';
import type { ArticleAddress } from '../../src/model.ts';
import { type ParsedPage, parsePage } from '../../src/page/page.ts';
import type { Site } from '../../src/site/address.ts';
import { parseArticleUrl, partUrl, singlePageUrl } from '../../src/site/address.ts';
import type { Newspaper, NewspaperArticle } from '../newspaper/newspaper.ts';
import { fetchedPage } from './fetched-page.ts';

export function siteOf({ www, community, images }: Newspaper): Site {
  return { www, community, images: [images] };
}

/** The pages that make up an article: its single form where there is one, else all its parts. */
export function articleParts(
  newspaper: Newspaper,
  article: NewspaperArticle,
): { readonly parts: readonly ParsedPage[]; readonly address: ArticleAddress } {
  const address = parseArticleUrl(article.url, siteOf(newspaper));
  assert.ok(address);
  const urls = article.wholeForm
    ? [singlePageUrl(address)]
    : Array.from({ length: article.parts }, (_, i) => partUrl(address, i + 1));
  return { parts: urls.map((url) => pageAt(newspaper, url)), address };
}

function pageAt(newspaper: Newspaper, url: string): ParsedPage {
  const { origin, pathname, search } = new URL(url);
  const html = newspaper.read(pathname + search, origin === newspaper.www ? 'www' : 'community');
  return parsePage(
    fetchedPage({
      url,
      body: Buffer.from(html),
    }),
  );
}
