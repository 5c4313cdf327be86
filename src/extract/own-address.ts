/** Which article a www page says it is (site.md, 1.1). */
import type { ParsedPage } from '../html/parsed-page.ts';
import { searchEngineData } from './share-picture.ts';

/** The address that a page gives as its own: of its mobile form, or in its JSON-LD; null where it gives none. */
export function ownAddress(page: ParsedPage): string | null {
  const head = page.$.root().children('html').children('head');
  const alternate = head.children('link[rel="alternate"][href]').first().attr('href');
  const agent = /url=(\S+)/.exec(head.children('meta[name="mobile-agent"]').first().attr('content') ?? '')?.[1];
  const data = /"@id"\s*:\s*"([^"\s]+)/.exec(searchEngineData(page))?.[1];
  return alternate ?? agent ?? data?.replaceAll('\\/', '/') ?? null;
}

/** The number in that address; null where there is none. */
export function ownNumber(page: ParsedPage): string | null {
  return /\/\d{4}_\d{2}_\d{2}_(\d+)/.exec(ownAddress(page) ?? '')?.[1] ?? null;
}
