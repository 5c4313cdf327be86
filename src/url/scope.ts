/** The origins that belong to the site: nothing else is ever asked for. */
import { ArchiveError } from '../errors.ts';

/** Origins such as `https://www.guancha.cn`, without a path. */
export interface Site {
  readonly www: string;
  readonly community: string;
  readonly images: readonly string[];
  /** Where lists of articles may be asked for besides www and the community, and nothing else; none where absent. */
  readonly lists?: readonly string[];
}

/** All origins of the site where articles and pictures lie, each once. */
export function originsOf(site: Site): string[] {
  return [...new Set([site.www, site.community, ...site.images])];
}

/** The same, and those where only lists lie. */
export function listOriginsOf(site: Site): string[] {
  return [...new Set([...originsOf(site), ...(site.lists ?? [])])];
}

/** True where the URL's origin is one of the site's, and the URL is asked of it: a `blob:` URL has an origin as well. */
export function inScope(url: string, site: Site): boolean {
  return isOf(url, originsOf(site));
}

/** The same for the address of a list. */
export function inListScope(url: string, site: Site): boolean {
  return isOf(url, listOriginsOf(site));
}

/** Throws OUT_OF_SCOPE for a URL of any other origin. */
export function requireScope(url: string, site: Site, { list }: { readonly list: boolean } = { list: false }): void {
  if (!(list ? inListScope(url, site) : inScope(url, site))) throw new ArchiveError('OUT_OF_SCOPE', url);
}

function isOf(url: string, origins: readonly string[]): boolean {
  const { protocol, origin } = URL.parse(url) ?? { protocol: '', origin: '' };
  return /^https?:$/.test(protocol) && origins.includes(origin);
}
