/** Articles put into an archive in memory, and a catalog of it. */
import { openArchive } from '../../src/archive/archive.ts';
import { makeDocument, writeDocument } from '../../src/archive/document.ts';
import { renderBody } from '../../src/archive/document-body.ts';
import { articleKey } from '../../src/archive/keys.ts';
import { openMemory } from '../../src/archive/memory.ts';
import type { Storage } from '../../src/archive/storage.ts';
import { type Catalog, openCatalog } from '../../src/catalog/catalog.ts';
import { parseQuery } from '../../src/catalog/query.ts';
import type { SearchOptions } from '../../src/catalog/search.ts';
import type { Article } from '../../src/model.ts';
import { extract } from '../../src/page/extract.ts';
import type { Newspaper, NewspaperArticle } from '../newspaper/newspaper.ts';
import { article, digest, documentOf, draft, save } from './drafts.ts';
import { articleParts, siteOf } from './newspaper-pages.ts';

export interface Sample {
  readonly number: number;
  readonly title?: string;
  /** ISO 8601 with the site's offset. */
  readonly publishedAt?: string;
  readonly html?: string;
  readonly but?: Partial<Article>;
  readonly list?: string;
}

/** Writes an article as a visit would, and gives its key. */
export async function put(storage: Storage, sample: Sample): Promise<string> {
  const { number, title = `第${number}篇`, publishedAt = '2026-10-04T16:19:35+08:00', but, list = '头条' } = sample;
  const html = sample.html ?? `<p>这是第${number}篇的正文。</p>`;
  const key = articleKey(`guancha:${number}`, publishedAt.slice(0, 10));
  await save(
    openArchive(storage, { minFreeBytes: 0 }),
    key,
    documentOf(html, title),
    draft({
      id: `guancha:${number}`,
      url: `https://www.guancha.cn/a/${publishedAt.slice(0, 10).replaceAll('-', '_')}_${number}.shtml`,
      source: list,
      article: { ...article, title, publishedAt, ...but },
      contentHash: digest(`${number}${title}${html}`),
    }),
  );
  return key;
}

export async function catalogOf(samples: readonly Sample[]): Promise<{ storage: Storage; catalog: Catalog }> {
  const storage = openMemory();
  for (const sample of samples) await put(storage, sample);
  const catalog = await openCatalog(storage, { path: null });
  await catalog.refresh();
  return { storage, catalog };
}

/** Numbers of the articles that a query finds, in the order of the answer. */
export async function found(
  catalog: Catalog,
  query: string,
  options: Partial<SearchOptions> = {},
): Promise<readonly number[]> {
  const { articles } = await catalog.search(parseQuery(query), { limit: 100, ...options });
  return articles.map(({ id }) => Number(id.split(':')[1]));
}

/** A text as it was printed, and the article that it stands in. */
export interface Printed {
  readonly key: string;
  readonly text: string;
}

/** The articles of a newspaper, extracted and archived in memory, with all that is printed in each by the newspaper's account. */
export async function catalogOfNewspaper(newspaper: Newspaper): Promise<{
  catalog: Catalog;
  printed: readonly Printed[];
  articles: readonly (NewspaperArticle & { key: string })[];
}> {
  const storage = openMemory();
  const archive = openArchive(storage, { minFreeBytes: 0 });
  const site = siteOf(newspaper);
  const printed: Printed[] = [];
  const articles: (NewspaperArticle & { key: string })[] = [];
  for (const truth of newspaper.articles.filter(({ special }) => special === null)) {
    const { parts, address } = articleParts(newspaper, truth);
    const extracted = extract(parts, address, site);
    const { id, url, body, flags, ...fields } = extracted;
    const key = articleKey(id, extracted.publishedAt.slice(0, 10));
    const document = writeDocument(
      makeDocument({
        title: extracted.title,
        categories: ['新媒体', '观察者网', '头条'],
        author: '观察者网',
        publishedAt: extracted.publishedAt,
        convention: 'site-clock',
        body: renderBody(body, { base: url, lead: null }),
      }),
    );
    await save(
      archive,
      key,
      document,
      draft({ id, url, source: '头条', article: fields, flags, contentHash: digest(id) }),
    );
    articles.push({ ...truth, key });
    const { title, paragraphs, images, byline, editors, keywords, source, columnists } = truth;
    const captions = images.map(({ caption }) => caption);
    const names = [byline?.text, source, ...editors, ...keywords, ...columnists.map(({ name }) => name)];
    for (const text of [title, ...paragraphs, ...captions, ...names])
      if (text !== null && text !== undefined && text !== '') printed.push({ key, text });
  }
  const catalog = await openCatalog(storage, { path: null });
  await catalog.refresh();
  return { catalog, printed, articles };
}
