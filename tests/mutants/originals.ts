/** The pages that mutants are made of: the newspaper's articles, and the saved pages of the site where they are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultConfig } from '../../src/config.ts';
import { parseArticleUrl, singlePageUrl } from '../../src/site/address.ts';
import { type Newspaper, openNewspaper } from '../newspaper/newspaper.ts';
import type { Original } from './mutants.ts';

export const SITE = defaultConfig().site;

const SAVED: Readonly<Record<string, string>> = {
  'gne_guancha.html': 'https://www.guancha.cn/WangWen/2019_09_07_516891.shtml',
  'article_2026-10-04_903180.html': 'https://www.guancha.cn/ZhengZhi/2026_10_04_903180.shtml',
};

/** All originals, at the real site's addresses. */
export async function findOriginals(articles = 48): Promise<Original[]> {
  await using newspaper = await openNewspaper({ articles });
  const page = (url: string) =>
    withRealNames(newspaper, newspaper.read(pathOf(url), url.startsWith(newspaper.community) ? 'community' : 'www'));
  const home = page(`${newspaper.www}/`);
  const stub = page(newspaper.specials['link-out']?.url ?? '');
  const truths = newspaper.articles.filter(
    ({ special, wholeForm, clock }) => special === null && wholeForm && /^\d{4}/.test(clock.published ?? ''),
  );
  const made = truths.map((truth): Original => {
    const address = addressOf(withRealNames(newspaper, truth.url));
    const other =
      truths[
        truths.findLastIndex(({ era }) => era === truth.era) === truths.indexOf(truth)
          ? truths.findIndex(({ era }) => era === truth.era)
          : truths.findIndex(({ era }, i) => era === truth.era && i > truths.indexOf(truth))
      ] ?? truth;
    const whole = ({ url }: { readonly url: string }) => page(wholeUrl(newspaper, url));
    return { name: truth.id, html: whole(truth), address, others: { home, stub, article: whole(other) } };
  });
  return [...made, ...savedPages(home, stub, made)];
}

function savedPages(home: string, stub: string, made: readonly Original[]): Original[] {
  const folder = join(import.meta.dirname, '../../../shared/samples/pages');
  if (!existsSync(folder)) return [];
  const article = made[0]?.html ?? '';
  return Object.entries(SAVED).map(([name, url]) => {
    const html = readFileSync(join(folder, name), 'utf8');
    return { name, html, address: addressOf(url), others: { home, stub, article } };
  });
}

function addressOf(url: string): Original['address'] {
  const address = parseArticleUrl(url, SITE);
  if (address === null) throw new TypeError(`no article: ${url}`);
  return address;
}

function wholeUrl({ www, community, images }: Newspaper, url: string): string {
  const address = parseArticleUrl(url, { www, community, images: [images] });
  if (address === null) throw new TypeError(`no article: ${url}`);
  return singlePageUrl(address);
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function withRealNames({ www, community, images }: Newspaper, text: string): string {
  return text
    .replaceAll(www, SITE.www)
    .replaceAll(community, SITE.community)
    .replaceAll(images, SITE.images[0] ?? '');
}
