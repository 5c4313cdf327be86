/** The lists that an index names: it names no articles, but where they are listed. */
import type { ParsedPage } from '../html/parsed-page.ts';
import { absoluteUrl } from '../url/article-url.ts';
import type { Site } from '../url/scope.ts';
import type { ListLink } from './found.ts';
import { collapse } from './read-fields.ts';

/** Page 1 of each list that the links of a page lead to, each once. */
export function readIndex({ $, page }: ParsedPage, site: Site, links: string): ListLink[] {
  const found = $.root()
    .find(links)
    .toArray()
    .flatMap((element) => {
      const link = $(element);
      const href = absoluteUrl(link.attr('href') ?? '', site, page.finalUrl);
      const url = href === null ? null : URL.parse(href);
      const slug = url?.origin === site.www ? LIST_PATH.exec(url.pathname)?.[1] : undefined;
      const name = collapse(link.text()) || collapse(link.find('img').attr('alt') ?? '');
      return slug === undefined ? [] : [{ name, url: listUrl(site, slug) }];
    });
  return onceEach(found);
}

/** `/SLUG`, `/SLUG/`, `/SLUG/list_1.shtml`; names of files are no slugs. */
const LIST_PATH = /^\/([^/.]+)(?:\/(?:list_\d+\.shtml)?)?$/i;

/** The list of a writer by the app's id: what it spells `·` is `-` in addresses (site.md, 1.1). Null where it is no slug. */
export function listOfSlug(site: Site, name: string, id: string): ListLink | null {
  if (!/^[\w·-]+$/.test(id)) return null;
  return { name, url: listUrl(site, encodeURIComponent(id.replaceAll('·', '-'))) };
}

function listUrl(site: Site, slug: string): string {
  return `${site.www}/${slug}/list_1.shtml`;
}

/** A list that is named twice keeps its first place, and the first name that is one. */
export function onceEach(lists: readonly ListLink[]): ListLink[] {
  const byUrl = new Map<string, ListLink>();
  for (const list of lists) {
    const known = byUrl.get(list.url);
    if (known === undefined || known.name === '') byUrl.set(list.url, list);
  }
  return [...byUrl.values()];
}
