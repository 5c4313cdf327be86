/** The pages that mutants are made of: the newspaper's articles, and the saved pages of the site where they are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultConfig } from '../../src/config.ts';
import type { ArticleAddress, Listed } from '../../src/model.ts';
import { extract } from '../../src/page/extract.ts';
import { parseArticleUrl, singlePageUrl } from '../../src/site/address.ts';
import { type Newspaper, type NewspaperArticle, openNewspaper } from '../newspaper/newspaper.ts';
import { type Original, readingOf, splitAtBody } from './kind.ts';
import { doubtsOf, pageOf } from './mutants.ts';

export const SITE = defaultConfig().site;

const SAVED: Readonly<Record<string, string>> = {
  'gne_guancha.html': 'https://www.guancha.cn/WangWen/2019_09_07_516891.shtml',
  'article_2026-10-04_903180.html': 'https://www.guancha.cn/ZhengZhi/2026_10_04_903180.shtml',
};

/** Real pages weigh 120 to 280 KB, most of it readers' comments, which no kind changes and every mutant would parse. */
const LIGHT_BYTES = 30_000;

/** All originals, at the real site's addresses. Whole pages as heavy as the site's where `pageBytes` is undefined. */
export async function findOriginals(articles = 48, pageBytes?: number): Promise<Original[]> {
  await using newspaper = await openNewspaper({ articles, ...(pageBytes === undefined ? {} : { pageBytes }) });
  const home = readAt(newspaper, `${newspaper.www}/`);
  const stub = readAt(newspaper, newspaper.specials['link-out']?.url ?? '');
  const seeds = [...seedsOf(newspaper, ({ clock }) => /^\d{4}/.test(clock.published ?? '')), ...savedPages()];
  return seeds.flatMap((seed, i) => {
    const made = originalOf(seed, { home, stub, article: null });
    const other = [...seeds.slice(i + 1), ...seeds.slice(0, i)].find(({ era }) => era === seed.era);
    const article = other === undefined ? null : originalOf(other, { home, stub, article: null });
    return made === null ? [] : [{ ...made, others: { home, stub, article } }];
  });
}

/** The newspaper's articles with what its lists print of them, at the real site's addresses. */
export async function newspaperPages(
  articles: number,
): Promise<readonly (Seed & { readonly address: ArticleAddress })[]> {
  await using newspaper = await openNewspaper({ articles });
  return seedsOf(newspaper, () => true).map((seed) => ({ ...seed, address: addressOf(seed.url) }));
}

function seedsOf(newspaper: Newspaper, isWanted: (truth: NewspaperArticle) => boolean): readonly Seed[] {
  const truths = newspaper.articles.filter((truth) => truth.special === null && truth.wholeForm && isWanted(truth));
  return truths.map((truth) => {
    const { era, id, parts, url } = truth;
    const partUrl = (n: number) => (era === 'fengwen' ? `${url}&page=${n}` : url.replace('.shtml', `_${n}.shtml`));
    const numbers = parts === 1 ? [] : Array.from({ length: parts }, (_, i) => i + 1);
    return {
      name: id,
      era,
      url: withRealNames(newspaper, url),
      html: readAt(newspaper, wholeUrl(newspaper, url)),
      parts: numbers.map((n) => readAt(newspaper, n === 1 ? url : partUrl(n))),
      listed: listedOf(truth),
    };
  });
}

function readAt(newspaper: Newspaper, url: string): string {
  const origin = url.startsWith(newspaper.community) ? 'community' : 'www';
  return withRealNames(newspaper, newspaper.read(pathOf(url), origin));
}

/** The same, light enough for thousands of mutants. */
export const findLightOriginals = () => findOriginals(48, LIGHT_BYTES);

interface Seed {
  readonly name: string;
  readonly era: string;
  readonly url: string;
  readonly html: string;
  readonly parts: readonly string[];
  readonly listed: Listed | null;
}

/** Null for a page that is in doubt as it is. */
function originalOf({ name, url, html, parts, listed }: Seed, others: Original['others']): Original | null {
  const address = addressOf(url);
  const split = splitAtBody(html);
  const article = extract([pageOf(address.url, html)], address, SITE, { listed, single: null });
  if (split === null || doubtsOf(article).length > 0) return null;
  return { name, html, address, listed, parts, truth: readingOf(article), ...split, others };
}

function listedOf({ lists, listTitle, clock, summary }: NewspaperArticle): Listed | null {
  if (lists.length === 0) return null;
  return { title: listTitle, time: clock.published?.slice(0, 16) ?? null, summary, picture: null };
}

function savedPages(): Seed[] {
  const folder = join(import.meta.dirname, '../../../shared/samples/pages');
  if (!existsSync(folder)) return [];
  return Object.entries(SAVED).map(([name, url]) => {
    const html = readFileSync(join(folder, name), 'utf8');
    return { name, era: url.includes('2019') ? 'classic' : 'cms-2026', url, html, parts: [], listed: null };
  });
}

function addressOf(url: string): ArticleAddress {
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
